// SPDX-License-Identifier: Apache-2.0
// The formats, in the order they are tried. To add one, write its folder and add its line here.
#include <algorithm>
#include <array>
#include <string>

#include "evarrow/format.h"
#include "formats/aedat/aedat.h"
#include "formats/aedat4/aedat4.h"
#include "formats/aer/aer.h"
#include "formats/csv/csv.h"
#include "formats/dat/dat.h"
#include "formats/es/es.h"
#include "formats/evt2/evt2.h"
#include "formats/evt21/evt21.h"
#include "formats/evt3/evt3.h"
#include "formats/evt4/evt4.h"
#include "formats/hdf5/hdf5.h"
#include "formats/nmnist/nmnist.h"
#include "formats/numpy/numpy.h"
#include "formats/prophesee/header.h"
#include "formats/ros/ros.h"
#include "formats/tables/tables.h"

namespace evarrow {
namespace {

// clang-format off: one line a format
constexpr std::array<const Format*, 29> kFormats = {
    &evt2::kFormat,
    &evt21::kFormat,
    &evt3::kFormat,
    &evt4::kFormat,
    &aer::k8b,
    &aer::k4b,
    &dat::kFormat,
    &hdf5::kProphesee,
    &hdf5::kDsec,
    &hdf5::kM3ed,
    &hdf5::kMvsec,
    &hdf5::kMonash,
    &hdf5::kColumns,
    &numpy::kArray,
    &numpy::kArchive,
    &tables::kParquet,
    &tables::kArrow,
    &tables::kMatlab,
    &aer::kWords,
    &aedat::kAedat1,
    &aedat::kAedat2,
    &aedat::kAedat3,
    &aedat4::kFormat,
    &ros::kBag,
    &ros::kMcap,
    &ros::kDb3,
    &es::kFormat,
    &csv::kFormat,
    &nmnist::kFormat,
};
// clang-format on

constexpr std::array<std::string_view, kFaultKinds> kFaultNames = {
    "before_clock",   "unknown_word", "time_backwards", "out_of_sensor", "truncated",
    "wrong_encoding", "clock_reset",  "corrupt",        "bad_value"};

bool has_extension(std::string_view name, const Format& format) noexcept {
  const auto is_same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
  return std::ranges::any_of(format.extensions, [&](std::string_view extension) {
    return name.size() >= extension.size() &&
           std::ranges::equal(name.substr(name.size() - extension.size()), extension, is_same);
  });
}

}  // namespace

std::span<const Format* const> formats() noexcept { return kFormats; }

const Format* find_format(std::string_view name) noexcept {
  const auto format = std::ranges::find(kFormats, name, &Format::name);
  return format == kFormats.end() ? nullptr : *format;
}

const Format* detect_format(Bytes head, std::string_view name) noexcept {
  const auto first = [&](bool by_extension) -> const Format* {
    const auto format = std::ranges::find_if(kFormats, [&](const Format* one) {
      return one->needs_extension == by_extension && (!by_extension || has_extension(name, *one)) &&
             one->matches(head);
    });
    return format == kFormats.end() ? nullptr : *format;
  };
  const Format* told_by_content = first(false);
  return told_by_content != nullptr ? told_by_content : first(true);
}

bool is_hdf5(Bytes head) noexcept { return hdf5::is_hdf5(head); }

std::string explain_unknown(Bytes head) {
  const std::string encoding = prophesee::encoding_of(head);
  if (!encoding.empty()) {
    return "its header says that the words are " + encoding +
           ", which evarrow does not read; if it is wrong, pass format=\"evt3\" or another";
  }
  if (hdf5::is_hdf5(head)) {
    return "it is an HDF5 file, which is opened with a plan of where its columns are, such as the "
           "Python package makes";
  }
  std::string tried;
  for (const Format* format : kFormats) {
    tried += (tried.empty() ? "" : ", ") + std::string(format->name);
    if (format->needs_extension) {
      tried += " where the name ends in " + std::string(format->extensions[0]);
    }
  }
  return "it does not begin like any known format (tried " + tried +
         "); if you know which it is, pass format=";
}

std::string_view fault_name(FaultKind kind) noexcept {
  return kFaultNames[static_cast<size_t>(kind)];
}

}  // namespace evarrow
