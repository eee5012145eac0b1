// SPDX-License-Identifier: Apache-2.0
// Time surfaces around events, and their prototypes.
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

void surround(const Surroundings& around, const Values<float>& out) {
  if (out.size() != around.events.size() * around.values()) {
    throw nb::value_error("the array does not have a surface for each event");
  }
  LongWork().run([&](const Progress&) {
    local_surfaces(around.events, around.resolution, around.options, out.data());
    return 0;
  });
}

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

}  // namespace

void bind_local_surfaces(nb::module_& module) {
  nb::class_<Surroundings>(module, "Surroundings", "Time surfaces around events in memory.")
      .def(nb::init<const Column<int16_t>&, const Column<int16_t>&, const Column<int64_t>&,
                    const Column<int8_t>&, int32_t, int32_t, int, double, bool>(),
           nb::arg("x"), nb::arg("y"), nb::arg("t"), nb::arg("polarity"), nb::arg("width"),
           nb::arg("height"), nb::arg("radius"), nb::arg("tau"), nb::arg("merged"),
           nb::sig("def __init__(self, x: numpy.typing.NDArray[numpy.int16], y: "
                   "numpy.typing.NDArray[numpy.int16], t: numpy.typing.NDArray[numpy.int64], "
                   "polarity: numpy.typing.NDArray[numpy.int8], width: int, height: int, "
                   "radius: int, tau: float, merged: bool) -> None"))
      .def("fill", &surround, nb::arg("out"),
           nb::sig("def fill(self, out: numpy.typing.NDArray[numpy.float32]) -> None"))
      .def("learn", &learn, nb::arg("prototypes"),
           nb::sig("def learn(self, prototypes: numpy.typing.NDArray[numpy.float64]) -> int"))
      .def("match", &match, nb::arg("prototypes"), nb::arg("out"),
           nb::sig("def match(self, prototypes: numpy.typing.NDArray[numpy.float64], out: "
                   "numpy.typing.NDArray[numpy.int32]) -> None"));
}

}  // namespace evarrow::python
