// SPDX-License-Identifier: Apache-2.0
// The table of formats.
#include <nanobind/stl/string_view.h>

#include <span>
#include <string_view>

#include "bindings.h"
#include "evarrow/format.h"

namespace evarrow::python {
namespace {

nb::tuple to_tuple(std::span<const std::string_view> values) {
  nb::list out;
  for (const std::string_view value : values) out.append(nb::str(value.data(), value.size()));
  return nb::tuple(out);
}

nb::list list_formats() {
  nb::list out;
  for (const Format* format : formats()) {
    nb::dict row;
    row["name"] = format->name;
    row["description"] = format->description;
    row["specification"] = format->specification;
    row["extensions"] = to_tuple(format->extensions);
    row["streams"] = to_tuple(format->streams);
    row["writable"] = format->make_encoder != nullptr;
    row["seek"] = format->own_index          ? "own table"
                  : format->index_from_front ? "index, one thread"
                                             : "index";
    out.append(row);
  }
  return out;
}

}  // namespace

void bind_formats(nb::module_& module) {
  module.def("formats", &list_formats, nb::sig("def formats() -> list[dict[str, typing.Any]]"),
             "What is known of each format, in the order tried.");
  module.def(
      "is_container",
      [](std::string_view name) {
        const Format* format = find_format(name);
        return format != nullptr && format->counts_rows;
      },
      nb::arg("name"), "Whether recordings of a format are opened with a plan.");
  module.def(
      "is_hdf5",
      [](const nb::bytes& head) {
        return is_hdf5({static_cast<const std::byte*>(head.data()), head.size()});
      },
      nb::arg("head"), "Whether a file begins as those of the HDF5 library do.");
}

}  // namespace evarrow::python
