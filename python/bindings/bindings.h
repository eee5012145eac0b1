// SPDX-License-Identifier: Apache-2.0
// What the parts of the module evarrow._core share.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "evarrow/arrow.h"
#include "evarrow/error.h"
#include "evarrow/event.h"
#include "evarrow/recording.h"
#include "evarrow/scan.h"

namespace evarrow::python {

namespace nb = nanobind;

// Rows as Python sees them: the batch and what its Arrow schema needs to know.
struct RowBatch {
  Batch rows;
  TimeType t_type = TimeType::kDuration;
  std::shared_ptr<const Metadata> metadata;  // null: none
};

// A batch of the event stream, which also has x and y.
struct EventRows : RowBatch {};

// Wraps `rows` in the class for its schema.
nb::object to_python(Batch rows, TimeType t_type, std::shared_ptr<const Metadata> metadata);

// The names of the columns that `batch` holds, or that `columns` picks out of `schema`.
nb::list column_names(Schema schema, uint32_t columns);

nb::dict to_dict(const Faults& faults);

using Region = std::tuple<int32_t, int32_t, int32_t, int32_t>;  // x0, y0, x1, y1
Predicate predicate_of(std::optional<int64_t> t_begin, std::optional<int64_t> t_end,
                       const std::optional<Region>& region, std::optional<int8_t> polarity);

template <typename T>
using Column = nb::ndarray<const T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

// Arrays as a batch that must not outlive them; throws ValueError if their lengths differ.
EventBatch borrow_columns(const Column<int16_t>& x, const Column<int16_t>& y,
                          const Column<int64_t>& t, const Column<int8_t>& polarity);

// Runs long work without the GIL, and looks every now and then whether Ctrl-C was pressed.
class LongWork {
 public:
  // `callback` is None or called with the share done, 0 to 1.
  explicit LongWork(nb::object callback = nb::none()) : callback_(std::move(callback)) {}
  LongWork(const LongWork&) = delete;
  LongWork& operator=(const LongWork&) = delete;

  // `work` takes a const Progress& and returns a value.
  template <typename Work>
  auto run(Work work) {
    try {
      auto result = without_gil(work);
      if (failure_) throw std::move(*failure_);
      return result;
    } catch (const Error&) {
      if (failure_) throw std::move(*failure_);
      throw;
    }
  }

 private:
  template <typename Work>
  auto without_gil(Work& work) {
    const nb::gil_scoped_release released;
    return work(Progress([this](double share) { return go_on(share); }));
  }

  bool go_on(double share);

  nb::object callback_;
  std::atomic<int64_t> next_look_{0};  // ms of the steady clock
  std::optional<nb::python_error> failure_;
};

// Arrow structs in the capsules of the PyCapsule interface. A consumer that takes the struct over
// sets `release` to null; else the capsule releases it.
template <typename Struct>
nb::object to_capsule(std::unique_ptr<Struct> value, const char* name) {
  PyObject* capsule = PyCapsule_New(value.get(), name, [](PyObject* object) {
    auto* held = static_cast<Struct*>(PyCapsule_GetPointer(object, PyCapsule_GetName(object)));
    if (held == nullptr) {
      PyErr_Clear();
      return;
    }
    if (held->release != nullptr) held->release(held);
    delete held;
  });
  if (capsule == nullptr) {
    if (value->release != nullptr) value->release(value.get());
    throw nb::python_error();
  }
  value.release();
  return nb::steal(capsule);
}

nb::object schema_capsule(Schema schema, uint32_t columns, TimeType t_type,
                          const Metadata& metadata);

void bind_augment(nb::module_& module);
void bind_batch(nb::module_& module);
void bind_container(nb::module_& module);
void bind_errors();
void bind_filters(nb::module_& module);
void bind_formats(nb::module_& module);
void bind_geometry(nb::module_& module);
void bind_make_filters(nb::module_& module);
void bind_pipeline(nb::module_& module);
void bind_new_file(nb::module_& module);
void bind_recording(nb::module_& module);
void bind_representation_kinds(nb::module_& module);
void bind_representations(nb::module_& module);
void bind_sample(nb::module_& module);
void bind_scan(nb::module_& module);
void bind_sink(nb::module_& module);
void bind_local_surfaces(nb::module_& module);
void bind_warps(nb::module_& module);

}  // namespace evarrow::python
