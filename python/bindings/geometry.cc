// SPDX-License-Identifier: Apache-2.0
// Filters that move pixels.
#include "evarrow/geometry.h"

#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <set>
#include <string>

#include "filters.h"

namespace evarrow::python {
namespace {

using Matrix = std::array<double, 9>;
using Map = nb::ndarray<const float, nb::shape<-1, -1, 2>, nb::c_contig, nb::device::cpu>;

Resolution to_resolution(Size size) {
  const auto [width, height] = size;
  return {width, height};
}

// The same name for as long as the process lives.
std::string_view lasting(const std::string& name) {
  static std::set<std::string> names;
  return *names.insert(name).first;
}

FilterObject turn(Size resolution, std::string_view outside, int kind) {
  return {make_turn(sensor_of(resolution, outside), static_cast<Turn>(kind))};
}

FilterObject scale(Size resolution, std::string_view outside, double scale_x, double scale_y,
                   Size after) {
  return {
      make_remap("rescale", sensor_of(resolution, outside),
                 scaled_pixels(to_resolution(resolution), scale_x, scale_y, to_resolution(after)),
                 to_resolution(after))};
}

FilterObject warp(const std::string& name, Size resolution, std::string_view outside,
                  const Matrix& matrix, Size after) {
  return {make_remap(lasting(name), sensor_of(resolution, outside),
                     warped_pixels(to_resolution(resolution), matrix, to_resolution(after)),
                     to_resolution(after))};
}

FilterObject map(const std::string& name, const Map& places, std::string_view outside, Size after) {
  const Size before(static_cast<int32_t>(places.shape(1)), static_cast<int32_t>(places.shape(0)));
  return {make_remap(
      lasting(name), sensor_of(before, outside),
      mapped_pixels(to_resolution(before), {places.data(), places.size()}, to_resolution(after)),
      to_resolution(after))};
}

Camera camera_of(const std::array<double, 4>& matrix, bool fisheye,
                 const std::vector<double>& distortion) {
  return {.fx = matrix[0],
          .fy = matrix[1],
          .cx = matrix[2],
          .cy = matrix[3],
          .lens = fisheye ? Lens::kFisheye : Lens::kBrownConrady,
          .distortion = distortion};
}

nb::object undistorted(Size resolution, const std::array<double, 4>& matrix, bool fisheye,
                       const std::vector<double>& distortion, const Matrix& rotation,
                       const std::array<double, 4>& target) {
  auto points = std::make_unique<std::vector<float>>();
  {
    const nb::gil_scoped_release without_gil;
    *points = undistorted_points(to_resolution(resolution), camera_of(matrix, fisheye, distortion),
                                 rotation, camera_of(target, false, {}));
  }
  float* data = points->data();
  const nb::capsule owner(
      points.get(), [](void* held) noexcept { delete static_cast<std::vector<float>*>(held); });
  points.release();
  const auto [width, height] = resolution;
  return nb::cast(nb::ndarray<nb::numpy, float, nb::ndim<3>>(
      data, {static_cast<size_t>(height), static_cast<size_t>(width), 2}, owner));
}

}  // namespace

void bind_geometry(nb::module_& module) {
  module.def(
      "make_crop",
      [](const Region& region) {
        const auto [x0, y0, x1, y1] = region;
        return FilterObject{make_crop({x0, y0, x1, y1})};
      },
      nb::kw_only(), nb::arg("region"));
  module.def("make_turn", &turn, nb::kw_only(), nb::arg("resolution"), nb::arg("outside"),
             nb::arg("turn"), "0 to 5: flip x, flip y, rotate by 90, 180, 270 degrees, transpose.");
  module.def("make_rescale", &scale, nb::kw_only(), nb::arg("resolution"), nb::arg("outside"),
             nb::arg("scale_x"), nb::arg("scale_y"), nb::arg("after"));
  module.def("make_warp", &warp, nb::kw_only(), nb::arg("name"), nb::arg("resolution"),
             nb::arg("outside"), nb::arg("matrix"), nb::arg("after"));
  module.def("make_map", &map, nb::kw_only(), nb::arg("name"), nb::arg("places"),
             nb::arg("outside"), nb::arg("after"));
  module.def("undistorted_points", &undistorted, nb::kw_only(), nb::arg("resolution"),
             nb::arg("matrix"), nb::arg("fisheye"), nb::arg("distortion"), nb::arg("rotation"),
             nb::arg("target"),
             nb::sig("def undistorted_points(*, resolution: tuple[int, int], matrix: "
                     "Sequence[float], fisheye: bool, distortion: Sequence[float], rotation: "
                     "Sequence[float], target: Sequence[float]) -> "
                     "numpy.typing.NDArray[numpy.float32]"),
             "Where the pixels of a camera are seen without distortion, (height, width, 2).");
}

}  // namespace evarrow::python
