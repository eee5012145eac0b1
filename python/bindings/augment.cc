// SPDX-License-Identifier: Apache-2.0
// Filters that change events by chance.
#include "evarrow/augment.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <optional>

#include "filters.h"

namespace evarrow::python {
namespace {

Rounding rounding_of(bool truncate) { return truncate ? Rounding::kTruncate : Rounding::kNearest; }

FilterObject spatial_jitter(Size resolution, std::string_view outside, double a, double b, double c,
                            bool clip, bool truncate, uint64_t seed) {
  return {make_spatial_jitter(
      sensor_of(resolution, outside),
      {.a = a, .b = b, .c = c, .clip = clip, .rounding = rounding_of(truncate), .seed = seed})};
}

FilterObject time_jitter(double deviation, bool drop_negative, bool sort, bool truncate,
                         uint64_t seed) {
  return {make_time_jitter({.deviation = deviation,
                            .drop_negative = drop_negative,
                            .sort = sort,
                            .rounding = rounding_of(truncate),
                            .seed = seed})};
}

FilterObject noise_rate(Size resolution, double rate, double on_share, uint64_t seed) {
  return {make_noise_rate(sensor_of(resolution, "drop"),
                          {.rate = rate, .on_share = on_share, .seed = seed})};
}

FilterObject noise_count(Size resolution, uint64_t count, double on_share, uint64_t seed) {
  return {make_noise_count(sensor_of(resolution, "drop"),
                           {.count = count, .on_share = on_share, .seed = seed})};
}

FilterObject mix(const Column<int16_t>& x, const Column<int16_t>& y, const Column<int64_t>& t,
                 const Column<int8_t>& polarity, std::optional<int64_t> shift) {
  return {make_mix(borrow_columns(x, y, t, polarity), shift)};
}

void bind_drops(nb::module_& module) {
  module.def(
      "make_drop_events",
      [](double share, bool exact, uint64_t seed) {
        return FilterObject{make_drop_events({.share = share, .exact = exact, .seed = seed})};
      },
      nb::kw_only(), nb::arg("share"), nb::arg("exact"), nb::arg("seed"));
  module.def(
      "make_drop_pixels",
      [](Size resolution, std::string_view outside, double share, uint64_t seed) {
        return FilterObject{make_drop_pixels(sensor_of(resolution, outside), share, seed)};
      },
      nb::kw_only(), nb::arg("resolution"), nb::arg("outside"), nb::arg("share"), nb::arg("seed"));
  module.def(
      "make_drop_area",
      [](const Region& region) {
        const auto [x0, y0, x1, y1] = region;
        return FilterObject{make_drop_area({x0, y0, x1, y1})};
      },
      nb::kw_only(), nb::arg("region"));
  module.def(
      "make_drop_time",
      [](double share, double begin, bool from_zero) {
        return FilterObject{
            make_drop_time({.share = share, .begin = begin, .from_zero = from_zero})};
      },
      nb::kw_only(), nb::arg("share"), nb::arg("begin"), nb::arg("from_zero"));
}

}  // namespace

void bind_augment(nb::module_& module) {
  bind_drops(module);
  module.def("make_spatial_jitter", &spatial_jitter, nb::kw_only(), nb::arg("resolution"),
             nb::arg("outside"), nb::arg("a"), nb::arg("b"), nb::arg("c"), nb::arg("clip"),
             nb::arg("truncate"), nb::arg("seed"));
  module.def("make_time_jitter", &time_jitter, nb::kw_only(), nb::arg("deviation"),
             nb::arg("drop_negative"), nb::arg("sort"), nb::arg("truncate"), nb::arg("seed"));
  module.def("make_noise_rate", &noise_rate, nb::kw_only(), nb::arg("resolution"), nb::arg("rate"),
             nb::arg("on_share"), nb::arg("seed"));
  module.def("make_noise_count", &noise_count, nb::kw_only(), nb::arg("resolution"),
             nb::arg("count"), nb::arg("on_share"), nb::arg("seed"));
  module.def("make_mix", &mix, nb::arg("x"), nb::arg("y"), nb::arg("t"), nb::arg("polarity"),
             nb::kw_only(), nb::arg("shift") = nb::none());
  module.def(
      "make_scale_time",
      [](double scale, int64_t offset, bool truncate) {
        return FilterObject{
            make_time_map({.scale = scale, .offset = offset, .rounding = rounding_of(truncate)})};
      },
      nb::kw_only(), nb::arg("scale"), nb::arg("offset"), nb::arg("truncate"));
  module.def(
      "make_hold_time", [](bool from_zero) { return FilterObject{make_held_time(from_zero)}; },
      nb::kw_only(), nb::arg("from_zero"));
  module.def(
      "make_reverse_time",
      [](bool to_zero, bool flip_polarity) {
        return FilterObject{make_reverse({.to_zero = to_zero, .flip_polarity = flip_polarity})};
      },
      nb::kw_only(), nb::arg("to_zero"), nb::arg("flip_polarity"));
  module.def("random_seeds", &random_seeds, nb::arg("seed"), nb::arg("count"));
  module.def("random_parameters", &random_parameters, nb::arg("seed"), nb::arg("first"),
             nb::arg("count"));
  module.def("spatial_draws", &spatial_draws, nb::arg("seed"), nb::arg("first"), nb::arg("events"));
  module.def("time_draws", &time_draws, nb::arg("seed"), nb::arg("first"), nb::arg("events"));
}

}  // namespace evarrow::python
