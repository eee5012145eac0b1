// SPDX-License-Identifier: Apache-2.0
// The lines of text at the front of Prophesee RAW and DAT files.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evarrow/format.h"
#include "evarrow/recording.h"

namespace evarrow::prophesee {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Lines {
  Fields fields;
  uint64_t end = 0;     // bytes of the lines
  bool is_cut = false;  // the bytes end before the lines do
};

// A line belongs to the header only if it begins with a percent sign and a space.
Lines read_lines(Bytes head);

// Throws Error(kFormat) for lines that are longer than what is looked at of a file.
void check_end(const Lines& lines, Bytes head);

// ASCII letters in lower case.
std::string lower(std::string_view text);

// Whose header this is: RAW and DAT have the same lines with other keys.
enum class Kind : uint8_t { kUnknown, kRaw, kDat };
Kind kind_of(const Fields& fields);

// The last line of a key wins; empty where there is none.
std::string value_of(const Fields& fields, std::string_view key);

// All of `text` as a number.
std::optional<int64_t> number_of(std::string_view text);

// Throws Error(kFormat): `found` is what the header says.
[[noreturn]] void throw_geometry(const std::string& found);

// `text` is what `width` and `height` are part of. Throws Error(kFormat) unless both are 1 to
// `most`.
Resolution parse_geometry(const std::string& text, const std::string& width,
                          const std::string& height, int64_t most);

// The size of the sensor that a new header names; nothing if it is not known. Throws
// Error(kArgument) where `parse_geometry` would not take it back.
std::optional<Resolution> geometry_of(const Header& header, int32_t most);

// Fills in the sensor, the serial number and the date.
void read_camera(const Fields& fields, Header& header);

// Lines to be written: one a key, in the order of their bytes, as readers expect them.
class LineWriter {
 public:
  // Begins with the lines of a header but those that say what its payload is, in RAW or in DAT:
  // that is for the caller. What would read as another key, as the end or as a line of its own is
  // left out or cleaned.
  explicit LineWriter(const Header& header);

  void set(const std::string& key, const std::string& value) { lines_[key] = value; }
  // Unless there is such a line.
  void add(const std::string& key, const std::string& value);
  // The lines for what a header says of its camera.
  void add_camera(const Header& header);

  std::string text() const;

 private:
  std::map<std::string, std::string> lines_;
};

}  // namespace evarrow::prophesee
