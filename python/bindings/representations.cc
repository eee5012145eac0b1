// SPDX-License-Identifier: Apache-2.0
// Representations: windows, and arrays filled from columns, batches and scans.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/variant.h>
#include <nanobind/stl/vector.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "bindings.h"
#include "evarrow/representation.h"
#include "evarrow/warp.h"

namespace evarrow::python {
namespace {

using Array = nb::ndarray<nb::c_contig, nb::device::cpu>;
using Bounds = nb::ndarray<const int64_t, nb::shape<-1, 2>, nb::c_contig, nb::device::cpu>;

struct NamedType {
  std::string_view name;
  ValueType type;
  nb::dlpack::dtype dtype;
};

const std::array<NamedType, 10> kTypes = {{{"uint8", ValueType::kU8, nb::dtype<uint8_t>()},
                                           {"int8", ValueType::kI8, nb::dtype<int8_t>()},
                                           {"uint16", ValueType::kU16, nb::dtype<uint16_t>()},
                                           {"int16", ValueType::kI16, nb::dtype<int16_t>()},
                                           {"uint32", ValueType::kU32, nb::dtype<uint32_t>()},
                                           {"int32", ValueType::kI32, nb::dtype<int32_t>()},
                                           {"uint64", ValueType::kU64, nb::dtype<uint64_t>()},
                                           {"int64", ValueType::kI64, nb::dtype<int64_t>()},
                                           {"float32", ValueType::kF32, nb::dtype<float>()},
                                           {"float64", ValueType::kF64, nb::dtype<double>()}}};

nb::str name_of(ValueType type) {
  for (const NamedType& known : kTypes) {
    if (known.type == type) return nb::str(known.name.data(), known.name.size());
  }
  return nb::str("");
}

// The memory of `out`, which must hold an array for each window.
Target target_of(const Representation& what, size_t windows, const Array& out) {
  if (out.size() != windows * what.values()) {
    throw nb::value_error("the array does not have a value for each one to be made");
  }
  for (const NamedType& known : kTypes) {
    if (known.dtype == out.dtype()) return {static_cast<std::byte*>(out.data()), known.type};
  }
  throw nb::type_error("the array must hold whole numbers, float32 or float64");
}

const NamedType& type_of(std::string_view name) {
  for (const NamedType& known : kTypes) {
    if (known.name == name) return known;
  }
  throw nb::type_error("values are whole numbers, float32 or float64");
}

// A NumPy array that takes over the memory of a vector.
template <typename T>
nb::object to_array(std::vector<T> values, size_t n, nb::dlpack::dtype dtype) {
  auto held = std::make_unique<std::vector<T>>(std::move(values));
  void* data = held->data();
  const nb::capsule owner(held.release(),
                          [](void* all) noexcept { delete static_cast<std::vector<T>*>(all); });
  return nb::cast(nb::ndarray<nb::numpy>(data, {n}, owner, {}, dtype));
}

// An array, the name of a type, or what takes edges.
using Out = std::variant<Array, std::string_view, Graphs*>;

// Where arrays go: into memory of Python's, away but for what is not 0, or where edges do.
class Into {
 public:
  Into(const Representation& what, size_t windows, const Out& out) {
    if (const Array* array = std::get_if<Array>(&out)) {
      array_ = *array;
      target_ = target_of(what, windows, *array);
    } else if (Graphs* const* graphs = std::get_if<Graphs*>(&out)) {
      if (*graphs == nullptr || &(*graphs)->what() != &what) {
        throw nb::value_error("these graphs are not what is to be made");
      }
      target_ = (*graphs)->target();
    } else {
      type_ = &type_of(std::get<std::string_view>(out));
      kept_.emplace(what, type_->type);
      target_ = kept_->target();
    }
  }

  const Target& target() const noexcept { return target_; }
  // None of memory of Python's; else places and values.
  nb::object kept() {
    if (!kept_) return nb::none();
    NonZeros::Values values = kept_->finish();
    const size_t n = values.place.size();
    return nb::make_tuple(to_array(std::move(values.place), n, nb::dtype<uint64_t>()),
                          to_array(std::move(values.value), n, type_->dtype));
  }

 private:
  Array array_;
  const NamedType* type_ = nullptr;
  std::optional<NonZeros> kept_;
  Target target_;
};

Outside outside_of(std::string_view name) {
  if (name == "drop") return Outside::kDrop;
  if (name == "raise") return Outside::kRaise;
  if (name == "clamp") return Outside::kClamp;
  throw Error(ErrorCode::kArgument, "outside must be \"drop\", \"raise\" or \"clamp\", not \"" +
                                        std::string(name) + "\"");
}

WindowSpec make_spec(std::string_view kind, int64_t length, int64_t stride,
                     std::optional<int64_t> start, std::optional<int64_t> end, bool partial,
                     std::string_view closed, const std::optional<Bounds>& bounds) {
  WindowSpec spec;
  spec.kind = kind == "every"   ? WindowSpec::Kind::kEvery
              : kind == "count" ? WindowSpec::Kind::kCount
              : kind == "times" ? WindowSpec::Kind::kTimes
              : kind == "rows"  ? WindowSpec::Kind::kRows
                                : WindowSpec::Kind::kWhole;
  spec.length = length;
  spec.stride = stride;
  spec.start = start;
  spec.end = end;
  spec.partial = partial;
  spec.open_begin = closed == "right";
  spec.closed_end = closed == "right" || closed == "both";
  if (bounds) {
    for (size_t i = 0; i < bounds->shape(0); ++i) {
      spec.bounds.emplace_back(bounds->data()[2 * i], bounds->data()[2 * i + 1]);
    }
  }
  return spec;
}

nb::tuple represent_columns(const Representation& what, const Column<int16_t>& x,
                            const Column<int16_t>& y, const Column<int64_t>& t,
                            const Column<int8_t>& polarity, const Windows& windows, const Out& out,
                            std::string_view outside, int threads) {
  Into into(what, windows.windows.size(), out);
  const EventBatch events = borrow_columns(x, y, t, polarity);
  for (const Window& window : windows.windows) {
    if (window.end > events.size()) throw nb::value_error("the windows are of other events");
  }
  const uint64_t left_out = LongWork().run([&](const Progress& progress) {
    return represent(what, events, windows, into.target(),
                     {.outside = outside_of(outside), .threads = threads, .progress = progress});
  });
  return nb::make_tuple(left_out, into.kept());
}

nb::tuple represent_scan(const Representation& what, const Scan& scan, const Windows& windows,
                         const Out& out, std::string_view outside) {
  Into into(what, windows.windows.size(), out);
  Scan::Report report;
  const uint64_t left_out = LongWork().run([&](const Progress& progress) {
    return represent(what, scan, windows, into.target(),
                     {.outside = outside_of(outside), .progress = progress}, &report);
  });
  return nb::make_tuple(left_out, into.kept(), report);
}

// A Representing that keeps the array alive.
class Filling {
 public:
  Filling(const Representation& what, const Windows& windows, const Out& out,
          std::string_view outside)
      : into_(what, windows.windows.size(), out),
        representing_(what, windows, into_.target(), outside_of(outside)) {}

  void add(const EventRows& batch) {
    const nb::gil_scoped_release without_gil;
    representing_.add(EventBatch(Batch(batch.rows)));
  }
  nb::tuple finish() {
    uint64_t left_out = 0;
    {
      const nb::gil_scoped_release without_gil;
      left_out = representing_.finish();
    }
    return nb::make_tuple(left_out, into_.kept());
  }

 private:
  Into into_;
  Representing representing_;
};

void bind_windows(nb::module_& module) {
  nb::class_<WindowSpec>(module, "WindowSpec", "How events are cut into windows.")
      .def(
          "__init__",
          [](WindowSpec* self, std::string_view kind, int64_t length, int64_t stride,
             std::optional<int64_t> start, std::optional<int64_t> end, bool partial,
             std::string_view closed, const std::optional<Bounds>& bounds) {
            new (self)
                WindowSpec(make_spec(kind, length, stride, start, end, partial, closed, bounds));
          },
          nb::arg("kind") = "whole", nb::arg("length") = 0, nb::arg("stride") = 0,
          nb::arg("start") = nb::none(), nb::arg("end") = nb::none(), nb::arg("partial") = true,
          nb::arg("closed") = "left", nb::arg("bounds") = nb::none());
  nb::class_<Windows>(module, "Windows", "Windows of events and their rows.")
      .def_static(
          "whole", [](uint64_t rows) { return Windows{{{.end = rows}}, false}; }, nb::arg("rows"),
          "All rows in one window, whose times are not known.")
      .def_static(
          "between",
          [](uint64_t rows, int64_t first, int64_t last, bool in_order) {
            return Windows{{{.end = rows,
                             .t_begin = first,
                             .t_end = last,
                             .t_first = first,
                             .t_last = last,
                             .in_order = in_order}},
                           in_order};
          },
          nb::arg("rows"), nb::arg("first"), nb::arg("last"), nb::arg("in_order"),
          "All rows in one window, whose times are known.")
      .def("__len__", [](const Windows& windows) { return windows.windows.size(); })
      .def(
          "rows",
          [](const Windows& windows) {
            nb::list out;
            for (const Window& window : windows.windows) out.append(window.rows());
            return out;
          },
          "How many each of them has.", nb::sig("def rows(self) -> list[int]"))
      .def_ro("in_order", &Windows::in_order)
      .def(
          "bounds",
          [](const Windows& windows) {
            nb::list out;
            for (const Window& window : windows.windows) {
              out.append(nb::make_tuple(window.t_begin, window.t_end));
            }
            return out;
          },
          nb::sig("def bounds(self) -> list[tuple[int, int]]"));
  nb::class_<WindowFinder>(module, "WindowFinder", "Finds windows in batches.")
      .def(nb::init<WindowSpec>(), nb::arg("spec"))
      .def(
          "add",
          [](WindowFinder& finder, const RowBatch& batch) {
            const nb::gil_scoped_release without_gil;
            const EventBatch rows{Batch(batch.rows)};
            finder.add(rows.t(), rows.size());
          },
          nb::arg("batch"))
      .def("finish", [](WindowFinder& finder) {
        std::vector<Window> windows = finder.finish();
        return Windows{std::move(windows), finder.in_order()};
      });
  module.def(
      "find_windows_of_columns",
      [](const Column<int64_t>& t, const WindowSpec& spec, int threads) {
        return LongWork().run(
            [&](const Progress&) { return find_windows(t.data(), t.shape(0), spec, threads); });
      },
      nb::arg("t"), nb::arg("spec"), nb::arg("threads") = 0);
  module.def(
      "find_windows_of_scan",
      [](const Scan& scan, const WindowSpec& spec) {
        return LongWork().run([&](const Progress&) { return find_windows(scan, spec); });
      },
      nb::arg("scan"), nb::arg("spec"));
}

}  // namespace

void bind_representations(nb::module_& module) {
  bind_windows(module);
  nb::class_<Representation>(module, "Representation", "What is made of events.")
      .def_prop_ro(
          "shape",
          [](const Representation& what) {
            nb::list out;
            for (const size_t n : what.shape) out.append(n);
            return nb::tuple(out);
          },
          nb::sig("def shape(self) -> tuple[int, ...]"))
      .def_prop_ro("dtype", [](const Representation& what) { return name_of(what.type); })
      .def_ro("needs_times", &Representation::needs_times)
      .def_ro("carries", &Representation::carries)
      .def("fill_from_columns", &represent_columns, nb::arg("x"), nb::arg("y"), nb::arg("t"),
           nb::arg("polarity"), nb::arg("windows"), nb::arg("out"), nb::arg("outside") = "drop",
           nb::arg("threads") = 0,
           nb::sig("def fill_from_columns(self, x: numpy.typing.NDArray[numpy.int16], y: "
                   "numpy.typing.NDArray[numpy.int16], t: numpy.typing.NDArray[numpy.int64], "
                   "polarity: numpy.typing.NDArray[numpy.int8], windows: Windows, out: "
                   "numpy.typing.NDArray[typing.Any] | str | Graphs, outside: str = 'drop', "
                   "threads: int = 0) -> tuple[int, tuple[numpy.typing.NDArray[numpy.uint64], "
                   "numpy.typing.NDArray[typing.Any]] | None]"))
      .def("fill_from_scan", &represent_scan, nb::arg("scan"), nb::arg("windows"), nb::arg("out"),
           nb::arg("outside") = "drop",
           nb::sig("def fill_from_scan(self, scan: Scan, windows: Windows, out: "
                   "numpy.typing.NDArray[typing.Any] | str | Graphs, outside: str = 'drop') -> "
                   "tuple[int, tuple[numpy.typing.NDArray[numpy.uint64], "
                   "numpy.typing.NDArray[typing.Any]] | None, Report]"));
  nb::class_<Filling>(module, "Filling", "Arrays that are filled batch by batch.")
      .def(nb::init<const Representation&, const Windows&, const Out&, std::string_view>(),
           nb::arg("what"), nb::arg("windows"), nb::arg("out"), nb::arg("outside") = "drop",
           nb::keep_alive<1, 4>(),
           nb::sig(
               "def __init__(self, what: Representation, windows: Windows, out: "
               "numpy.typing.NDArray[typing.Any] | str | Graphs, outside: str = 'drop') -> None"))
      .def("add", &Filling::add, nb::arg("batch"))
      .def("finish", &Filling::finish,
           nb::sig("def finish(self) -> tuple[int, tuple[numpy.typing.NDArray[numpy.uint64], "
                   "numpy.typing.NDArray[typing.Any]] | None]"));
  bind_representation_kinds(module);
}

}  // namespace evarrow::python
