// SPDX-License-Identifier: Apache-2.0
// Scans and the passes they describe.
#include "evarrow/scan.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <array>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "bindings.h"

namespace evarrow::python {
namespace {

uint32_t column_bits(const Scan& scan, const std::vector<std::string>& names) {
  const Schema schema = scan.schema();
  uint32_t bits = 0;
  for (const std::string& name : names) {
    size_t i = 0;
    while (i < schema.size() && schema[i].name != name) ++i;
    if (i == schema.size()) {
      std::string message = "the stream '" + scan.stream + "' has no column '" + name + "'; it has";
      for (const Field& field : schema) message.append(" ").append(field.name);
      throw Error(ErrorCode::kArgument, message);
    }
    bits |= uint32_t{1} << i;
  }
  return bits;
}

Scan make_scan(const Recording& recording, std::string_view stream, std::optional<int64_t> t_begin,
               std::optional<int64_t> t_end, const std::optional<Region>& region,
               std::optional<int8_t> polarity,
               const std::optional<std::vector<std::string>>& columns,
               std::optional<uint64_t> limit, size_t batch_size, std::vector<std::string> also) {
  if (batch_size == 0) throw Error(ErrorCode::kArgument, "a batch must have at least one row");
  Scan scan = recording.scan(stream);
  scan.predicate = predicate_of(t_begin, t_end, region, polarity);
  if (columns) scan.columns = column_bits(scan, *columns);
  if (limit) scan.limit = *limit;
  scan.batch_size = batch_size;
  scan.also = std::move(also);
  return scan;
}

std::shared_ptr<const Metadata> metadata_of(const Scan& scan) {
  return std::make_shared<const Metadata>(scan.recording.metadata());
}

nb::tuple read(const Scan& scan, nb::object progress) {
  Scan::Report report;
  std::vector<Batch> others;
  Batch rows = LongWork(std::move(progress)).run([&](const Progress& on_progress) {
    return scan.read(&report, scan.also.empty() ? nullptr : &others, on_progress);
  });
  const TimeType t_type = scan.recording.options().t_type;
  const std::shared_ptr<const Metadata> metadata = metadata_of(scan);
  nb::list also;
  for (Batch& batch : others) also.append(to_python(std::move(batch), t_type, metadata));
  return nb::make_tuple(to_python(std::move(rows), t_type, metadata), also, report);
}

// A pass for Python: one thread at a time.
class Pass {
 public:
  explicit Pass(const Scan& scan)
      : t_type_(scan.recording.options().t_type),
        metadata_(metadata_of(scan)),
        reader_(open(scan)) {}

  nb::object next() {
    Batch rows;
    {
      const nb::gil_scoped_release without_gil;
      const std::lock_guard lock(mutex_);
      // The caller still holds the last batch while it asks for the next one, so the memory that
      // is free by now is that of the one before.
      turn_ = (turn_ + 1) % slots_.size();
      if (!reader_.next(slots_[turn_])) {
        slots_ = {};
        return nb::none();
      }
      rows = slots_[turn_];
    }
    return to_python(std::move(rows), t_type_, metadata_);
  }

  nb::object take(std::string_view stream) {
    Batch rows;
    {
      const nb::gil_scoped_release without_gil;
      const std::lock_guard lock(mutex_);
      rows = reader_.take(stream);
    }
    return to_python(std::move(rows), t_type_, metadata_);
  }

  double share_done() {
    const nb::gil_scoped_release without_gil;
    const std::lock_guard lock(mutex_);
    return reader_.share_done();
  }

  Scan::Report report() {
    const nb::gil_scoped_release without_gil;
    const std::lock_guard lock(mutex_);
    return reader_.report();
  }

 private:
  static Reader open(const Scan& scan) {
    const nb::gil_scoped_release without_gil;
    return scan.open();
  }

  TimeType t_type_;
  std::shared_ptr<const Metadata> metadata_;
  std::mutex mutex_;
  Reader reader_;
  std::array<Batch, 2> slots_;
  size_t turn_ = 0;
};

nb::object export_schema_of(const Scan& scan) {
  return schema_capsule(scan.schema(), scan.columns, scan.recording.options().t_type,
                        scan.recording.metadata());
}

nb::object export_stream_of(const Scan& scan, const nb::object& /*requested_schema*/) {
  auto stream = std::make_unique<ArrowArrayStream>();
  {
    const nb::gil_scoped_release without_gil;
    export_stream(scan.open(), stream.get());
  }
  return to_capsule(std::move(stream), "arrow_array_stream");
}

void bind_report(nb::module_& module) {
  nb::class_<Scan::Report>(module, "Report", "What a pass met on its way.")
      .def_prop_ro(
          "faults", [](const Scan::Report& report) { return to_dict(report.faults); },
          nb::sig("def faults(self) -> dict[str, tuple[int, int | None]]"))
      .def_ro("warnings", &Scan::Report::warnings)
      .def_ro("sorted", &Scan::Report::sorted)
      .def_ro("events_decoded", &Scan::Report::events_decoded)
      .def_ro("bytes_read", &Scan::Report::bytes_read);
}

}  // namespace

void bind_scan(nb::module_& module) {
  bind_report(module);
  nb::class_<Pass>(module, "Reader", "One pass; any number of threads may share it.")
      .def("next", &Pass::next, nb::sig("def next(self) -> Batch | None"),
           "The next batch, or None at the end.")
      .def("take", &Pass::take, nb::arg("stream"), nb::sig("def take(self, stream: str) -> Batch"),
           "The rows of a stream that goes along, met since the last call.")
      .def_prop_ro("share_done", &Pass::share_done, "How far the pass is, 0 to 1.")
      .def_prop_ro("report", &Pass::report);
  nb::class_<Scan>(module, "Scan")
      .def_prop_ro(
          "columns",
          [](const Scan& scan) { return nb::tuple(column_names(scan.schema(), scan.columns)); },
          nb::sig("def columns(self) -> tuple[str, ...]"))
      .def_ro("stream", &Scan::stream)
      .def(
          "open", [](const Scan& scan) { return new Pass(scan); }, nb::rv_policy::take_ownership)
      .def("read", &read, nb::arg("progress") = nb::none(),
           nb::sig("def read(self, progress: object | None = None) -> "
                   "tuple[Batch, list[Batch], Report]"),
           "The rows, those of the streams asked for as well, and a report.")
      .def("count",
           [](const Scan& scan) {
             return LongWork().run([&](const Progress&) { return scan.count(); });
           })
      .def("__arrow_c_schema__", &export_schema_of)
      .def("__arrow_c_stream__", &export_stream_of, nb::arg("requested_schema") = nb::none());
  module.def("make_scan", &make_scan, nb::arg("recording"), nb::arg("stream") = "events",
             nb::kw_only(), nb::arg("t_begin") = nb::none(), nb::arg("t_end") = nb::none(),
             nb::arg("region") = nb::none(), nb::arg("polarity") = nb::none(),
             nb::arg("columns") = nb::none(), nb::arg("limit") = nb::none(),
             nb::arg("batch_size") = 65'536, nb::arg("also") = std::vector<std::string>());
}

}  // namespace evarrow::python
