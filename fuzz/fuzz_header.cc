// SPDX-License-Identifier: Apache-2.0
// Headers: which format it is, what the header says, and the header written again. The input is
// the front of a file.
#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <string_view>

#include "evarrow/error.h"
#include "evarrow/format.h"
#include "options.h"

namespace evarrow::fuzz {
namespace {

bool is_sentence(std::string_view text) {
  return !text.empty() && text.find('\0') == std::string_view::npos;
}

std::optional<Header> read(const Format& format, Bytes head, bool trust_geometry) {
  try {
    return format.read_header(head, trust_geometry);
  } catch (const Error& error) {
    check(error.code() == ErrorCode::kFormat, "a bad header is an error of the format");
    check(is_sentence(error.what()), "an error is a sentence");
    return std::nullopt;
  }
}

void check_header(const Header& header, Bytes head) {
  check(header.payload <= head.size(), "the payload begins in the file");
  check((header.width > 0) == (header.height > 0), "a size is of two numbers");
  check(header.width >= 0 && header.width <= INT16_MAX, "the width fits a column");
  check(header.height >= 0 && header.height <= INT16_MAX, "the height fits a column");
}

std::string value_of(const Header& header, std::string_view key) {
  std::string value;
  for (const auto& [name, text] : header.fields) {
    if (name == key) value = text;
  }
  return value;
}

// Whether a line of this key says what the payload is, in RAW or DAT.
bool is_of_payload(std::string key) {
  for (const char* raw : {"evt", "format", "geometry", "endianness"}) {
    if (key == raw) return true;
  }
  std::ranges::transform(key, key.begin(), [](unsigned char c) { return std::tolower(c); });
  // Of AEDAT 2, what is written in a form of its own.
  if (key.starts_with("aechip") || key.starts_with("resolution") || key.starts_with("created ")) {
    return true;
  }
  return key == "data" || key == "version" || key == "width" || key == "height";
}

// The header that is written says the same, and is the same when it is written once more.
void check_written(const Format& format, const Header& header) {
  // That of some is not read by itself.
  if (format.write_header == nullptr || format.counts_rows) return;
  std::string text;
  try {
    text = format.write_header(header, {});
  } catch (const Error& error) {
    check(error.code() == ErrorCode::kArgument && header.width == 0,
          "only a header without a size is not written");
    return;
  }
  if (text.empty()) return;  // there is none
  const Bytes bytes = std::as_bytes(std::span(text));
  check(format.matches(bytes), "what was written is the format");
  check(detect_format(bytes) == &format, "what was written is found to be the format");
  const Header again = format.read_header(bytes, true);
  check(again.payload == text.size(), "the payload begins behind what was written");
  check(again.width == header.width && again.height == header.height, "the size is the same");
  // Of DAT there are layouts that are not written, and text is written in one way.
  const bool is_text = format.name == "csv";
  const bool kept = !is_text && header.layout != "cd1" && header.layout != "erc";
  check(!kept || again.layout == header.layout, "the layout of the words is the same");
  check(again.date == header.date, "the date is the same");
  check(again.serial_number == header.serial_number, "the serial number is the same");
  // AEDAT 2 always names a chip.
  const bool is_named = format.name != "aedat2" || !header.sensor.empty();
  check(!is_named || again.sensor == header.sensor, "the sensor is the same");
  for (const auto& [key, value] : header.fields) {
    if (is_of_payload(key) || format.name == "es" || is_text) continue;
    check(value_of(again, key) == value_of(header, key), "the other lines are the same");
  }
  check(format.write_header(again, {}) == text,
        "a header that was written is written the same again");
}

void check_format(const Format& format, Bytes head) {
  // Called for any file, not only for those that look like the format: it can be forced.
  const std::optional<Header> header = read(format, head, true);
  std::optional<Header> untrusting = read(format, head, false);
  if (!untrusting) {
    check(!header, "a header that is read is read without its geometry too");
    check(format.extensions[0] != ".raw", "RAW needs no header");
    return;
  }
  if (header) {
    check(header->fields == untrusting->fields, "the lines do not depend on the geometry");
    check_header(*header, head);
    check_written(format, *header);
  }
  check_header(*untrusting, head);
  if (!header) {
    // Whoever does not trust the geometry brings one.
    untrusting->width = 640;
    untrusting->height = 480;
  }
  check_written(format, *untrusting);
  if (format.misfit == nullptr) return;
  const double misfit = format.misfit(head.subspan(untrusting->payload), *untrusting);
  check(misfit >= 0 && misfit <= 1, "the share of misfits is a share");
}

}  // namespace
}  // namespace evarrow::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace evarrow;
  const Bytes head = std::as_bytes(std::span(bytes, size));
  const Format* found = detect_format(head);
  size_t matching = 0;
  for (const Format* format : formats()) {
    matching += format->matches(head) ? 1 : 0;
    fuzz::check_format(*format, head);
  }
  fuzz::check(matching <= 1, "no file is of two formats");
  fuzz::check((matching == 1) == (found != nullptr), "a format that matches is found");
  const Format* named = detect_format(head, "a.bin");
  fuzz::check(found == nullptr || named == found, "a name changes nothing where the content tells");
  fuzz::check(fuzz::is_sentence(explain_unknown(head)), "why nothing matches is a sentence");
  return 0;
}
