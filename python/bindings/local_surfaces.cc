// SPDX-License-Identifier: Apache-2.0
// What is made of each event: points, the time surfaces around them and their prototypes.
#include <nanobind/stl/string_view.h>

#include <string_view>
#include <tuple>

#include "bindings.h"
#include "evarrow/representations.h"

namespace evarrow::python {
namespace {

template <typename T>
using Values = nb::ndarray<T, nb::c_contig, nb::device::cpu>;

// Events in memory, and what their surfaces are like.
struct Surroundings {
  Surroundings(const Column<int16_t>& x, const Column<int16_t>& y, const Column<int64_t>& t,
               const Column<int8_t>& polarity, int32_t width, int32_t height, int radius,
               double tau, bool merged)
      : columns(x, y, t, polarity),
        events(borrow_columns(x, y, t, polarity)),
        resolution{width, height},
        options{radius, tau, merged} {
    if (radius < 0) throw nb::value_error("radius must be 0 or more");
  }

  size_t values() const {
    const auto size = static_cast<size_t>(2 * options.radius + 1);
    return size * size;
  }

  template <typename T>
  void check_prototypes(const Values<T>& prototypes) const {
    if (prototypes.ndim() == 0 || prototypes.size() != prototypes.shape(0) * values()) {
      throw nb::value_error("prototypes must have the shape of the surfaces");
    }
  }

  // Whose memory the events are.
  std::tuple<Column<int16_t>, Column<int16_t>, Column<int64_t>, Column<int8_t>> columns;
  EventBatch events;
  Resolution resolution;
  LocalSurfaceOptions options;
};

size_t learn(const Surroundings& around, const Values<double>& prototypes) {
  around.check_prototypes(prototypes);
  return LongWork().run([&](const Progress&) {
    return learn_prototypes(around.events, around.resolution, around.options, prototypes.shape(0),
                            prototypes.data());
  });
}

void match(const Surroundings& around, const Values<const double>& prototypes,
           const Values<int32_t>& out) {
  around.check_prototypes(prototypes);
  if (out.size() != around.events.size()) {
    throw nb::value_error("the array does not have a number for each event");
  }
  LongWork().run([&](const Progress&) {
    nearest_prototypes(around.events, around.resolution, around.options, prototypes.data(),
                       prototypes.shape(0), out.data());
    return 0;
  });
}

RowChoice choose(size_t count, std::string_view from) {
  using From = RowChoice::From;
  const bool at_an_end = from == "first" || from == "last";
  return {count, !at_an_end ? From::kWhole : from == "first" ? From::kStart : From::kEnd};
}

void bind_of_each_event(nb::module_& module) {
  module.def(
      "point_set",
      [](int32_t width, int32_t height, size_t count, std::string_view from, bool in_pixels) {
        return point_set({width, height}, {.rows = choose(count, from), .in_pixels = in_pixels});
      },
      nb::arg("width"), nb::arg("height"), nb::arg("count"), nb::arg("from_"),
      nb::arg("in_pixels"));
  module.def(
      "local_surfaces",
      [](int32_t width, int32_t height, int radius, double tau, bool merged, size_t count,
         std::string_view from) {
        return local_surfaces({width, height}, {radius, tau, merged}, choose(count, from));
      },
      nb::arg("width"), nb::arg("height"), nb::arg("radius"), nb::arg("tau"), nb::arg("merged"),
      nb::arg("count"), nb::arg("from_"));
}

}  // namespace

void bind_local_surfaces(nb::module_& module) {
  bind_of_each_event(module);
  nb::class_<Surroundings>(module, "Surroundings", "Time surfaces around events in memory.")
      .def(nb::init<const Column<int16_t>&, const Column<int16_t>&, const Column<int64_t>&,
                    const Column<int8_t>&, int32_t, int32_t, int, double, bool>(),
           nb::arg("x"), nb::arg("y"), nb::arg("t"), nb::arg("polarity"), nb::arg("width"),
           nb::arg("height"), nb::arg("radius"), nb::arg("tau"), nb::arg("merged"),
           nb::sig("def __init__(self, x: numpy.typing.NDArray[numpy.int16], y: "
                   "numpy.typing.NDArray[numpy.int16], t: numpy.typing.NDArray[numpy.int64], "
                   "polarity: numpy.typing.NDArray[numpy.int8], width: int, height: int, "
                   "radius: int, tau: float, merged: bool) -> None"))
      .def("learn", &learn, nb::arg("prototypes"),
           nb::sig("def learn(self, prototypes: numpy.typing.NDArray[numpy.float64]) -> int"))
      .def("match", &match, nb::arg("prototypes"), nb::arg("out"),
           nb::sig("def match(self, prototypes: numpy.typing.NDArray[numpy.float64], out: "
                   "numpy.typing.NDArray[numpy.int32]) -> None"));
}

}  // namespace evarrow::python
