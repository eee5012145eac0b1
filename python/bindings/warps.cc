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

nb::tuple finish_graphs(Graphs& graphs, const Windows& windows) {
  Graph graph = LongWork().run([&](const Progress&) { return graphs.finish(windows); });
  nb::list edges;
  for (const size_t n : graph.edges) edges.append(n);
  return nb::make_tuple(to_array(std::move(graph.from)), to_array(std::move(graph.to)),
                        to_array(std::move(graph.distance)), edges);
}

}  // namespace

void bind_warps(nb::module_& module) {
  module.def("warped_image", &make_warped_image, nb::arg("width"), nb::arg("height"),
             nb::arg("kind"), nb::arg("parameters"), nb::arg("camera"), nb::arg("flow"),
             nb::arg("reference"), nb::arg("bilinear"), nb::arg("signed"),
             nb::arg("with_gradient"));
  nb::class_<Graphs>(module, "Graphs", "The edges between the events of windows.")
      .def(
          "__init__",
          [](Graphs* self, int32_t width, int32_t height, double radius, double scale,
             int neighbours) { new (self) Graphs({width, height}, {radius, scale, neighbours}); },
          nb::arg("width"), nb::arg("height"), nb::arg("radius"), nb::arg("scale"),
          nb::arg("neighbours"))
      .def_prop_ro("what", &Graphs::what)
      .def("finish", &finish_graphs, nb::arg("windows"),
           "Rows of events, the earlier ones first, distances, and the numbers of edges.",
           nb::sig("def finish(self, windows: Windows) -> tuple["
                   "numpy.typing.NDArray[numpy.uint32], numpy.typing.NDArray[numpy.uint32], "
                   "numpy.typing.NDArray[numpy.float32], list[int]]"));
}

}  // namespace evarrow::python
