// SPDX-License-Identifier: Apache-2.0
// A box of columns that somebody else holds.
#include "filters.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/tuple.h>

namespace evarrow::python {
namespace {

EventRows filter_columns(const Column<int16_t>& x, const Column<int16_t>& y,
                         const Column<int64_t>& t, const Column<int8_t>& polarity,
                         std::optional<int64_t> t_begin, std::optional<int64_t> t_end,
                         const std::optional<Region>& region, std::optional<int8_t> wanted_polarity,
                         bool in_order) {
  const EventBatch from = borrow_columns(x, y, t, polarity);
  const Predicate predicate = predicate_of(t_begin, t_end, region, wanted_polarity);
  const nb::gil_scoped_release without_gil;
  EventBatch to;
  filter_box(from, predicate, to, {.in_order = in_order});
  EventRows out;
  out.rows = std::move(to);
  return out;
}

FilterObject box_filter(std::optional<int64_t> t_begin, std::optional<int64_t> t_end,
                        const std::optional<Region>& region, std::optional<int8_t> polarity) {
  return {make_box_filter(predicate_of(t_begin, t_end, region, polarity))};
}

}  // namespace

Predicate predicate_of(std::optional<int64_t> t_begin, std::optional<int64_t> t_end,
                       const std::optional<Region>& region, std::optional<int8_t> polarity) {
  Predicate predicate;
  if (t_begin) predicate.t_begin = *t_begin;
  if (t_end) predicate.t_end = *t_end;
  if (region) {
    std::tie(predicate.x_begin, predicate.y_begin, predicate.x_end, predicate.y_end) = *region;
  }
  predicate.polarity = polarity;
  return predicate;
}

void bind_filters(nb::module_& module) {
  module.def("filter_box", &filter_columns, nb::arg("x"), nb::arg("y"), nb::arg("t"),
             nb::arg("polarity"), nb::kw_only(), nb::arg("t_begin") = nb::none(),
             nb::arg("t_end") = nb::none(), nb::arg("region") = nb::none(),
             nb::arg("wanted_polarity") = nb::none(), nb::arg("in_order") = false,
             "The events of columns that lie in a box, in memory of their own.");
  module.def("make_box", &box_filter, nb::kw_only(), nb::arg("t_begin") = nb::none(),
             nb::arg("t_end") = nb::none(), nb::arg("region") = nb::none(),
             nb::arg("polarity") = nb::none());
}

}  // namespace evarrow::python
