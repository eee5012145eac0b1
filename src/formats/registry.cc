// SPDX-License-Identifier: Apache-2.0
// The formats, in the order they are tried. To add one, write its folder and add its line here.
#include <algorithm>
#include <array>
#include <string>

#include "evarrow/format.h"
#include "formats/dat/dat.h"
#include "formats/evt2/evt2.h"
#include "formats/evt21/evt21.h"
#include "formats/evt3/evt3.h"
#include "formats/evt4/evt4.h"
#include "formats/prophesee/header.h"

namespace evarrow {
namespace {

// clang-format off: one line a format
constexpr std::array<const Format*, 5> kFormats = {
    &evt2::kFormat,
    &evt21::kFormat,
    &evt3::kFormat,
    &evt4::kFormat,
    &dat::kFormat,
};
// clang-format on

constexpr std::array<std::string_view, kFaultKinds> kFaultNames = {
    "before_clock", "unknown_word",   "time_backwards", "out_of_sensor",
    "truncated",    "wrong_encoding", "clock_reset"};

}  // namespace

std::span<const Format* const> formats() noexcept { return kFormats; }

const Format* find_format(std::string_view name) noexcept {
  const auto format = std::ranges::find(kFormats, name, &Format::name);
  return format == kFormats.end() ? nullptr : *format;
}

const Format* detect_format(Bytes head) noexcept {
  const auto format =
      std::ranges::find_if(kFormats, [head](const Format* one) { return one->matches(head); });
  return format == kFormats.end() ? nullptr : *format;
}

std::string explain_unknown(Bytes head) {
  const std::string encoding = prophesee::encoding_of(head);
  if (!encoding.empty()) {
    return "its header says that the words are " + encoding +
           ", which evarrow does not read; if it is wrong, pass format=\"evt3\" or another";
  }
  std::string tried;
  for (const Format* format : kFormats) {
    tried += (tried.empty() ? "" : ", ") + std::string(format->name);
  }
  return "it does not begin like any known format (tried " + tried +
         "); if you know which it is, pass format=";
}

std::string_view fault_name(FaultKind kind) noexcept {
  return kFaultNames[static_cast<size_t>(kind)];
}

}  // namespace evarrow
