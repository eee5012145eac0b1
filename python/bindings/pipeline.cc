// SPDX-License-Identifier: Apache-2.0
// Pipelines of filters and the passes through them.
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/tuple.h>

#include <array>
#include <mutex>
#include <utility>
#include <vector>

#include "evarrow/filtered_reader.h"
#include "filters.h"

namespace evarrow::python {
namespace {

// A pipeline for Python: one thread at a time.
class PyPipeline {
 public:
  explicit PyPipeline(const nb::typed<nb::list, FilterObject>& filters) {
    std::vector<std::unique_ptr<Filter>> taken;
    for (const nb::handle filter : filters) {
      taken.push_back(nb::cast<FilterObject&>(filter).take());
    }
    pipeline_ = std::make_shared<Pipeline>(std::move(taken));
  }

  nb::object append(const Column<int16_t>& x, const Column<int16_t>& y, const Column<int64_t>& t,
                    const Column<int8_t>& polarity, bool numbered) {
    const EventBatch from = borrow_columns(x, y, t, polarity);
    return run(numbered, from.size(), [&](EventBatch& to) { pipeline_->append(from, to); });
  }

  nb::object finish(bool numbered) {
    return run(numbered, 0, [&](EventBatch& to) { pipeline_->finish(to); });
  }

  void learn(const Column<int16_t>& x, const Column<int16_t>& y, const Column<int64_t>& t,
             const Column<int8_t>& polarity) {
    const EventBatch from = borrow_columns(x, y, t, polarity);
    const nb::gil_scoped_release without_gil;
    const std::lock_guard lock(mutex_);
    pipeline_->learn(from);
  }

  void learned() {
    const nb::gil_scoped_release without_gil;
    const std::lock_guard lock(mutex_);
    pipeline_->learned();
  }

  bool learning() {
    const std::lock_guard lock(mutex_);
    return pipeline_->learning();
  }

  FilterTraits traits() const { return pipeline_->traits(); }

  // (in, out, outside) of each filter.
  nb::list counts() {
    const std::lock_guard lock(mutex_);
    nb::list out;
    for (const auto& filter : pipeline_->filters()) {
      const FilterCounts& counts = filter->counts();
      out.append(nb::make_tuple(counts.in, counts.out, counts.outside));
    }
    return out;
  }

  const std::shared_ptr<Pipeline>& shared() const { return pipeline_; }

 private:
  template <typename Work>
  nb::object run(bool numbered, size_t rows, Work work) {
    EventBatch to;
    {
      const nb::gil_scoped_release without_gil;
      const std::lock_guard lock(mutex_);
      // What the filters leave out costs no memory: its pages are never written.
      to = EventBatch(Batch(numbered ? Schema(kNumberedEventFields) : Schema(kEventFields), rows));
      work(to);
    }
    return to_python(std::move(to), TimeType::kDuration, nullptr);
  }

  std::mutex mutex_;
  std::shared_ptr<Pipeline> pipeline_;
};

// A pass over a recording through a pipeline, which belongs to the pass alone.
class FilteredPass {
 public:
  FilteredPass(const Scan& scan, const PyPipeline& pipeline)
      : t_type_(scan.recording.options().t_type), reader_(open(scan, pipeline)) {
    metadata_ = std::make_shared<const Metadata>(filtered_metadata(scan, *pipeline.shared()));
  }

  nb::object next() {
    Batch rows;
    {
      const nb::gil_scoped_release without_gil;
      const std::lock_guard lock(mutex_);
      // As Reader: the caller still holds the last batch while it asks for the next one.
      turn_ = (turn_ + 1) % slots_.size();
      if (!reader_.next(slots_[turn_])) {
        slots_ = {};
        return nb::none();
      }
      rows = slots_[turn_];
    }
    return to_python(std::move(rows), t_type_, metadata_);
  }

  Scan::Report report() {
    const nb::gil_scoped_release without_gil;
    const std::lock_guard lock(mutex_);
    return reader_.report();
  }

 private:
  static FilteredReader open(const Scan& scan, const PyPipeline& pipeline) {
    const nb::gil_scoped_release without_gil;
    return {scan, pipeline.shared()};
  }

  TimeType t_type_;
  std::shared_ptr<const Metadata> metadata_;
  std::mutex mutex_;
  FilteredReader reader_;
  std::array<Batch, 2> slots_;
  size_t turn_ = 0;
};

nb::object export_filtered(const PyPipeline& pipeline, const Scan& scan) {
  auto stream = std::make_unique<ArrowArrayStream>();
  {
    const nb::gil_scoped_release without_gil;
    export_stream(FilteredReader(scan, pipeline.shared()), stream.get());
  }
  return to_capsule(std::move(stream), "arrow_array_stream");
}

nb::object export_schema_of(const PyPipeline& pipeline, const Scan& scan) {
  return schema_capsule(scan.schema(), scan.columns, scan.recording.options().t_type,
                        filtered_metadata(scan, *pipeline.shared()));
}

}  // namespace

std::unique_ptr<Filter> FilterObject::take() {
  if (filter == nullptr) throw nb::value_error("this filter is in a pipeline already");
  return std::move(filter);
}

void bind_pipeline(nb::module_& module) {
  nb::class_<FilterObject>(module, "Filter", "A filter on its way into a pipeline.")
      .def(
          "resolution_after",
          [](const FilterObject& object, Size before) {
            const auto [width, height] = before;
            const Resolution after = object.filter->resolution_after({width, height});
            return Size(after.width, after.height);
          },
          nb::arg("before"), "The size of the sensor behind the filter.");
  nb::class_<PyPipeline>(module, "Pipeline", "Filters one behind the other.")
      .def(nb::init<const nb::typed<nb::list, FilterObject>&>(), nb::arg("filters"))
      .def("append", &PyPipeline::append, nb::arg("x"), nb::arg("y"), nb::arg("t"),
           nb::arg("polarity"), nb::kw_only(), nb::arg("numbered") = false,
           nb::sig("def append(self, x: numpy.typing.NDArray[numpy.int16], y: "
                   "numpy.typing.NDArray[numpy.int16], t: numpy.typing.NDArray[numpy.int64], "
                   "polarity: numpy.typing.NDArray[numpy.int8], *, numbered: bool = False) -> "
                   "EventBatch"),
           "What comes out of these events; `numbered` with a column of row numbers.")
      .def("finish", &PyPipeline::finish, nb::kw_only(), nb::arg("numbered") = false,
           nb::sig("def finish(self, *, numbered: bool = False) -> EventBatch"),
           "What has been held back, at the end of all events.")
      .def("learn", &PyPipeline::learn, nb::arg("x"), nb::arg("y"), nb::arg("t"),
           nb::arg("polarity"), "Shows events to the filter that has to learn.")
      .def("learned", &PyPipeline::learned, "Ends the pass of learning.")
      .def_prop_ro("learning", &PyPipeline::learning, "Whether a pass of learning comes next.")
      .def_prop_ro(
          "changes",
          [](const PyPipeline& p) { return column_names(kEventFields, p.traits().changes); },
          nb::sig("def changes(self) -> list[str]"))
      .def_prop_ro("creates", [](const PyPipeline& p) { return p.traits().creates; })
      .def_prop_ro("reorders", [](const PyPipeline& p) { return p.traits().reorders; })
      .def_prop_ro("counts", &PyPipeline::counts,
                   nb::sig("def counts(self) -> list[tuple[int, int, int]]"),
                   "Of each filter how many events came in, went out, lay outside.")
      .def(
          "open",
          [](const PyPipeline& pipeline, const Scan& scan) {
            return new FilteredPass(scan, pipeline);
          },
          nb::arg("scan"), nb::rv_policy::take_ownership,
          "Begins a pass over a recording; the pipeline can do nothing else meanwhile.")
      .def("export_schema", &export_schema_of, nb::arg("scan"))
      .def("export_stream", &export_filtered, nb::arg("scan"));
  nb::class_<FilteredPass>(module, "FilteredReader", "One pass through filters.")
      .def("next", &FilteredPass::next, nb::sig("def next(self) -> EventBatch | None"),
           "The next batch, or None at the end.")
      .def_prop_ro("report", &FilteredPass::report);
}

}  // namespace evarrow::python
