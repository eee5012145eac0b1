// SPDX-License-Identifier: Apache-2.0
#include "formats/dat/header.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "evarrow/error.h"
#include "formats/bare_clock.h"
#include "formats/dat/words.h"
#include "formats/prophesee/lines.h"

namespace evarrow::dat {
namespace {

using prophesee::Fields;

// The keys are capitalised in most files, not in all.
std::string value_of(const Fields& fields, std::string_view lower_key) {
  for (size_t i = fields.size(); i-- > 0;) {
    if (prophesee::lower(fields[i].first) == lower_key) return fields[i].second;
  }
  return {};
}

constexpr int32_t kMost = 16'384;  // pixels: 14 bits

void read_geometry(const Fields& fields, Header& header) {
  const std::string width = value_of(fields, "width");
  const std::string height = value_of(fields, "height");
  if (width.empty() && height.empty()) return;
  const Resolution size =
      prophesee::parse_geometry("Width " + width + ", Height " + height, width, height, kMost);
  header.width = size.width;
  header.height = size.height;
}

// Records of version 2 have bits above those of version 1 as soon as y >= 16 or polarity is ON.
std::string_view events_layout(const std::string& version, Bytes records, Header& header) {
  if (version == "1") return kEventsOf1;
  if (version == "2") return kEventsOf2;
  constexpr size_t kLookedAt = 64 * 1024;
  records = records.first(std::min(records.size(), kLookedAt));
  bool any = false;
  bool beyond = false;
  for (size_t at = 0; at + kRecordBytes <= records.size(); at += kRecordBytes) {
    uint64_t word;
    std::memcpy(&word, records.data() + at, sizeof(word));
    any = true;
    beyond |= is_beyond_1(rest(word));
  }
  const bool first = any && !beyond;
  header.notes.push_back(std::string("the header names no version that is known: going by the ") +
                         "records, it is " + (first ? "1" : "2"));
  return first ? kEventsOf1 : kEventsOf2;
}

[[noreturn]] void throw_records(uint32_t type, uint32_t size) {
  throw Error(ErrorCode::kFormat,
              "the header says that the records are of type " + std::to_string(type) + " with " +
                  std::to_string(size) +
                  " bytes each, but evarrow reads those of type 0 or 12 (events), 14 (triggers) "
                  "and 17 (event rates) with 8 bytes each");
}

// Whether the two bytes in front of records say what these are.
bool says_records(Bytes bytes) noexcept {
  constexpr std::array<uint8_t, 4> kTypes = {kEvents2d, kEvents, kTriggers, kRates};
  return bytes.size() >= 2 && std::to_integer<uint8_t>(bytes[1]) == kRecordBytes &&
         std::ranges::find(kTypes, std::to_integer<uint8_t>(bytes[0])) != kTypes.end();
}

std::string_view layout_of(const Fields& fields, uint32_t type, Bytes records, Header& header) {
  switch (type) {
    case kEvents2d:
    case kEvents:
      return events_layout(value_of(fields, "version"), records, header);
    case kTriggers:
      return kTriggerLayout;
    case kRates:
      return kRateLayout;
    default:
      throw_records(type, kRecordBytes);
  }
}

}  // namespace

bool matches(Bytes head) noexcept {
  if (head.size() < 2 || head[0] != std::byte{'%'} || head[1] != std::byte{' '}) return false;
  try {
    const prophesee::Lines lines = prophesee::read_lines(head);
    const prophesee::Kind kind = prophesee::kind_of(lines.fields);
    if (kind != prophesee::Kind::kUnknown) return kind == prophesee::Kind::kDat;
    return lines.end != 0 && says_records(head.subspan(lines.end));
  } catch (const std::bad_alloc&) {
    return false;
  }
}

// Events of either version, in order but for a few: records of others have bits that they lack.
bool could_be(Bytes head) noexcept {
  if (!head.empty() && head[0] == std::byte{'%'}) return false;
  BareClock clock;
  for (size_t at = 0; at + kRecordBytes <= head.size(); at += kRecordBytes) {
    uint64_t word;
    std::memcpy(&word, head.data() + at, sizeof(word));
    if (is_beyond_2(rest(word))) return false;
    clock.add(time(word));
  }
  return clock.runs();
}

Header read_header(Bytes head, bool trust_geometry) {
  prophesee::Lines lines = prophesee::read_lines(head);
  prophesee::check_end(lines, head);
  Header header;
  prophesee::read_camera(lines.fields, header);
  try {
    read_geometry(lines.fields, header);
  } catch (const Error&) {
    if (trust_geometry) throw;
  }
  const Bytes rest = head.subspan(lines.end);
  if (!rest.empty() && rest[0] == std::byte{'%'} && lines.end != 0) {
    throw Error(ErrorCode::kFormat, "the header does not end: a line is cut off", lines.end);
  }
  uint32_t type = kEvents2d;
  header.payload = lines.end;
  // The oldest files have no header, and not these bytes either.
  if (lines.end != 0) {
    if (rest.size() >= 2) {
      type = std::to_integer<uint32_t>(rest[0]);
      const auto size = std::to_integer<uint32_t>(rest[1]);
      if (size != kRecordBytes) throw_records(type, size);
    }
    header.payload += std::min<size_t>(rest.size(), 2);
  }
  header.layout = layout_of(lines.fields, type, head.subspan(header.payload), header);
  header.fields = std::move(lines.fields);
  return header;
}

std::string write_header(const Header& header, const EncodeOptions& /*options*/) {
  const bool triggers = header.layout == kTriggerLayout;
  prophesee::LineWriter lines(header);
  lines.set("Data",
            triggers ? "file containing external trigger events." : "file containing CD events.");
  lines.set("Version", "2");
  if (const auto size = prophesee::geometry_of(header, kMost)) {
    lines.set("Width", std::to_string(size->width));
    lines.set("Height", std::to_string(size->height));
  }
  lines.add_camera(header);
  std::string text = lines.text();
  text += static_cast<char>(triggers ? kTriggers : kEvents);
  text += static_cast<char>(kRecordBytes);
  return text;
}

}  // namespace evarrow::dat
