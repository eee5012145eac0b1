// SPDX-License-Identifier: Apache-2.0
// Images of warped events, graphs, and what is made of each event.
#include <nanobind/stl/array.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include <array>
#include <memory>
#include <vector>

#include "bindings.h"
#include "evarrow/representations.h"
#include "evarrow/warp.h"

namespace evarrow::python {
namespace {

template <typename T>
nb::object to_array(std::vector<T>&& values) {
  auto held = std::make_unique<std::vector<T>>(std::move(values));
  T* data = held->data();
  const size_t n = held->size();
  const nb::capsule owner(
      held.get(), [](void* memory) noexcept { delete static_cast<std::vector<T>*>(memory); });
  held.release();
  return nb::cast(nb::ndarray<nb::numpy, T, nb::ndim<1>>(data, {n}, owner));
}

Representation make_warped_image(int32_t width, int32_t height, std::string_view kind,
                                 std::vector<double> parameters, std::array<double, 4> camera,
                                 const Column<float>& flow, std::string_view reference,
                                 bool bilinear, bool is_signed, bool with_gradient) {
  using Kind = Warp::Kind;
  using Reference = WarpedImageOptions::Reference;
  WarpedImageOptions options;
  options.warp.kind = kind == "affine"       ? Kind::kAffine
                      : kind == "rotation"   ? Kind::kRotation
                      : kind == "homography" ? Kind::kHomography
                      : kind == "flow"       ? Kind::kFlow
                                             : Kind::kTranslation;
  options.warp.parameters = std::move(parameters);
  options.warp.camera = camera;
  options.warp.flow =
      std::make_shared<const std::vector<float>>(flow.data(), flow.data() + flow.shape(0));
  options.reference = reference == "first"    ? Reference::kFirst
                      : reference == "middle" ? Reference::kMiddle
                                              : Reference::kLast;
  options.bilinear = bilinear;
  options.is_signed = is_signed;
  options.with_gradient = with_gradient;
  return warped_image({width, height}, options);
}

nb::tuple graph_of_columns(const Column<int16_t>& x, const Column<int16_t>& y,
                           const Column<int64_t>& t, int32_t width, int32_t height, double radius,
                           double scale, int neighbours) {
  const size_t n = x.shape(0);
  if (y.shape(0) != n || t.shape(0) != n) {
    throw nb::value_error("x, y and t must be equally long");
  }
  const EventBatch events(Batch::borrow(kEventFields, {x.data(), y.data(), t.data(), nullptr}, n));
  Graph graph = LongWork().run([&](const Progress&) {
    return make_graph(events, {width, height}, {radius, scale, neighbours});
  });
  return nb::make_tuple(to_array(std::move(graph.from)), to_array(std::move(graph.to)),
                        to_array(std::move(graph.distance)));
}

}  // namespace

void bind_warps(nb::module_& module) {
  module.def("warped_image", &make_warped_image, nb::arg("width"), nb::arg("height"),
             nb::arg("kind"), nb::arg("parameters"), nb::arg("camera"), nb::arg("flow"),
             nb::arg("reference"), nb::arg("bilinear"), nb::arg("signed"),
             nb::arg("with_gradient"));
  module.def("make_graph", &graph_of_columns, nb::arg("x"), nb::arg("y"), nb::arg("t"),
             nb::arg("width"), nb::arg("height"), nb::arg("radius"), nb::arg("scale"),
             nb::arg("neighbours"),
             nb::sig("def make_graph(x: numpy.typing.NDArray[numpy.int16], y: "
                     "numpy.typing.NDArray[numpy.int16], t: numpy.typing.NDArray[numpy.int64], "
                     "width: int, height: int, radius: float, scale: float, neighbours: int) -> "
                     "tuple[numpy.typing.NDArray[numpy.uint32], "
                     "numpy.typing.NDArray[numpy.uint32], numpy.typing.NDArray[numpy.float32]]"));
}

}  // namespace evarrow::python
