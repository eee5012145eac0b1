// SPDX-License-Identifier: Apache-2.0
// What lines in front of the data can say: names of columns, with units and sizes, and the
// geometry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/csv/csv.h"

namespace evarrow::csv {

using Fields = std::vector<std::string_view>;

// Of a line, kMostColumns at most.
Fields fields_of(std::string_view line);

std::string lower(std::string_view text);

// What the first lines say.
struct Front {
  Columns columns;
  bool has_names = false;
  bool has_unit = false;
  size_t names = 0;
  bool has_geometry_line = false;  // "%geometry:1280,720"
  int32_t width = 0, height = 0;
  size_t payload = 0;
};

// Microseconds of a unit are times 10 to the power of this; nothing if it is none.
std::optional<int> power_of(std::string_view unit);

// The columns that a line names, a bit each; all four of them go to `front`.
uint32_t read_names(std::string_view line, Front& front);
inline constexpr uint32_t kAllNamed = 0xF;

// "%geometry:1280,720", or a line of two numbers alone.
bool read_geometry(std::string_view line, Front& front);

}  // namespace evarrow::csv
