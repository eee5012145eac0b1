// SPDX-License-Identifier: Apache-2.0
// What makes the filters: one function each, all arguments by name.
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/tuple.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "filters.h"

namespace evarrow::python {
namespace {

// Defines make_<name>, which takes the sensor and what `arguments` name.
template <typename Make, typename... Arguments>
void define(nb::module_& module, const char* name, Make make, const Arguments&... arguments) {
  module.def(name, std::move(make), nb::kw_only(), nb::arg("resolution"), nb::arg("outside"),
             arguments...);
}

HotPixelMethod method_of(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, HotPixelMethod>, 5> kMethods = {
      {{"robust", HotPixelMethod::kRobust},
       {"deviation", HotPixelMethod::kDeviation},
       {"quantile", HotPixelMethod::kQuantile},
       {"rate", HotPixelMethod::kRate},
       {"neighbours", HotPixelMethod::kNeighbours}}};
  for (const auto& [known, method] : kMethods) {
    if (name == known) return method;
  }
  throw nb::value_error("no such method");
}

void bind_neighbour_filters(nb::module_& module) {
  define(
      module, "make_background_activity",
      [](Size size, std::string_view outside, int64_t window, int neighbours, bool inclusive,
         bool primed) -> FilterObject {
        return {make_background_activity(sensor_of(size, outside), {.window = window,
                                                                    .neighbours = neighbours,
                                                                    .inclusive = inclusive,
                                                                    .primed = primed})};
      },
      nb::arg("window"), nb::arg("neighbours"), nb::arg("inclusive"), nb::arg("primed"));
  define(
      module, "make_correlation",
      [](Size size, std::string_view outside, int64_t window, int least, int radius, bool own,
         bool same_polarity, bool inclusive, bool keep_first, int subsample) -> FilterObject {
        return {make_correlation(sensor_of(size, outside), {.window = window,
                                                            .radius = radius,
                                                            .least = least,
                                                            .own = own,
                                                            .same_polarity = same_polarity,
                                                            .inclusive = inclusive,
                                                            .keep_first = keep_first,
                                                            .subsample = subsample})};
      },
      nb::arg("window"), nb::arg("least"), nb::arg("radius"), nb::arg("own"),
      nb::arg("same_polarity"), nb::arg("inclusive"), nb::arg("keep_first"), nb::arg("subsample"));
  define(
      module, "make_k_noise",
      [](Size size, std::string_view outside, int64_t window, bool own) -> FilterObject {
        return {make_k_noise(sensor_of(size, outside), {.window = window, .own = own})};
      },
      nb::arg("window"), nb::arg("own"));
}

void bind_pixel_filters(nb::module_& module) {
  define(
      module, "make_refractory",
      [](Size size, std::string_view outside, int64_t period, bool since_seen, bool strict,
         bool per_polarity, bool primed) -> FilterObject {
        return {make_refractory(sensor_of(size, outside),
                                {.period = period,
                                 .since = since_seen ? Since::kSeen : Since::kKept,
                                 .strict = strict,
                                 .per_polarity = per_polarity,
                                 .primed = primed})};
      },
      nb::arg("period"), nb::arg("since_seen"), nb::arg("strict"), nb::arg("per_polarity"),
      nb::arg("primed"));
  define(
      module, "make_contrast",
      [](Size size, std::string_view outside, int64_t window, bool cut_trail) -> FilterObject {
        return {
            make_contrast(sensor_of(size, outside), {.window = window, .cut_trail = cut_trail})};
      },
      nb::arg("window"), nb::arg("cut_trail"));
  define(
      module, "make_trail",
      [](Size size, std::string_view outside, int64_t window) -> FilterObject {
        return {make_trail(sensor_of(size, outside), {.window = window})};
      },
      nb::arg("window"));
  define(
      module, "make_interval",
      [](Size size, std::string_view outside, int64_t least, int64_t most, bool inside,
         bool keep_first) -> FilterObject {
        return {make_interval(
            sensor_of(size, outside),
            {.least = least, .most = most, .inside = inside, .keep_first = keep_first})};
      },
      nb::arg("least"), nb::arg("most"), nb::arg("inside"), nb::arg("keep_first"));
  define(
      module, "make_anti_flicker",
      [](Size size, std::string_view outside, int64_t shortest, int64_t longest, int64_t tolerance,
         int32_t start, int32_t stop, bool keep_flicker) -> FilterObject {
        return {make_anti_flicker(sensor_of(size, outside), {.shortest = shortest,
                                                             .longest = longest,
                                                             .tolerance = tolerance,
                                                             .start = start,
                                                             .stop = stop,
                                                             .keep_flicker = keep_flicker})};
      },
      nb::arg("shortest"), nb::arg("longest"), nb::arg("tolerance"), nb::arg("start"),
      nb::arg("stop"), nb::arg("keep_flicker"));
}

void bind_level_filters(nb::module_& module) {
  define(
      module, "make_fast_decay",
      [](Size size, std::string_view outside, int64_t half_life, int32_t block,
         double threshold) -> FilterObject {
        return {make_fast_decay(sensor_of(size, outside),
                                {.half_life = half_life, .block = block, .threshold = threshold})};
      },
      nb::arg("half_life"), nb::arg("block"), nb::arg("threshold"));
  define(
      module, "make_time_surface",
      [](Size size, std::string_view outside, int64_t tau, int radius, double threshold, bool sum,
         bool linear) -> FilterObject {
        return {make_time_surface_filter(
            sensor_of(size, outside),
            {.tau = tau, .radius = radius, .threshold = threshold, .sum = sum, .linear = linear})};
      },
      nb::arg("tau"), nb::arg("radius"), nb::arg("threshold"), nb::arg("sum"), nb::arg("linear"));
}

void bind_mask_filters(nb::module_& module) {
  define(
      module, "make_mask",
      [](Size size, std::string_view outside, const Column<uint8_t>& mask) -> FilterObject {
        return {make_mask(sensor_of(size, outside),
                          std::vector<uint8_t>(mask.data(), mask.data() + mask.shape(0)))};
      },
      nb::arg("mask"));
  define(
      module, "make_hot_pixels",
      [](Size size, std::string_view outside, std::string_view method,
         double threshold) -> FilterObject {
        return {make_hot_pixels(sensor_of(size, outside),
                                {.method = method_of(method), .threshold = threshold})};
      },
      nb::arg("method"), nb::arg("threshold"));
}

void bind_rate_filters(nb::module_& module) {
  module.def(
      "make_rate_limit",
      [](int64_t rate, int64_t burst) -> FilterObject {
        return {make_rate_limit({.rate = rate, .burst = burst})};
      },
      nb::kw_only(), nb::arg("rate"), nb::arg("burst"));
  module.def(
      "make_decimate",
      [](int64_t n, bool keep_first) -> FilterObject {
        return {make_decimate({.n = n, .keep_first = keep_first})};
      },
      nb::kw_only(), nb::arg("n"), nb::arg("keep_first"));
  define(
      module, "make_decimate_pixels",
      [](Size size, std::string_view outside, int64_t n, bool keep_first) -> FilterObject {
        return {make_decimate_pixels(sensor_of(size, outside), {.n = n, .keep_first = keep_first})};
      },
      nb::arg("n"), nb::arg("keep_first"));
}

template <typename Make>
void define_accumulator(nb::module_& module, const char* name, Make make) {
  define(
      module, name,
      [make](Size size, std::string_view outside, int32_t block, int64_t step,
             int64_t threshold) -> FilterObject {
        return {
            make(sensor_of(size, outside), {.block = block, .step = step, .threshold = threshold})};
      },
      nb::arg("block"), nb::arg("step"), nb::arg("threshold"));
}

void bind_changing_filters(nb::module_& module) {
  module.def("make_flip_polarity", []() -> FilterObject { return {make_flip_polarity()}; });
  module.def("make_merge_polarities", []() -> FilterObject { return {make_merge_polarities()}; });
  module.def(
      "make_downsample",
      [](int32_t block, int64_t step) -> FilterObject {
        return {make_downsample({.block = block, .step = step})};
      },
      nb::kw_only(), nb::arg("block"), nb::arg("step"));
  define_accumulator(module, "make_integrate", &make_integrate);
  define_accumulator(module, "make_differentiate", &make_differentiate);
}

}  // namespace

Sensor sensor_of(Size resolution, std::string_view outside) {
  const auto [width, height] = resolution;
  return {.width = width,
          .height = height,
          .outside = outside == "raise" ? evarrow::Outside::kRaise : evarrow::Outside::kDrop};
}

void bind_make_filters(nb::module_& module) {
  bind_neighbour_filters(module);
  bind_pixel_filters(module);
  bind_level_filters(module);
  bind_mask_filters(module);
  bind_rate_filters(module);
  bind_changing_filters(module);
}

}  // namespace evarrow::python
