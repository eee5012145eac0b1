// SPDX-License-Identifier: Apache-2.0
// The formats, in the order they are tried. To add one, write its folder and add its line here.
#include <algorithm>
#include <array>
#include <span>
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

struct Magic {
  std::string_view bytes;
  std::string_view what;
  size_t at = 0;
};
// Those that are not undone when a recording is opened.
constexpr Magic kWrappers[] = {{"\x04\x22\x4D\x18", "compressed with LZ4"},
                               {"7z\xBC\xAF\x27\x1C", "an archive of 7-Zip"},
                               {"Rar!\x1A\x07", "an archive of RAR"},
                               {"\x1F\x9D", "compressed with compress (.Z)"},
                               {"ustar", "an archive of tar", 257}};
constexpr Magic kOfPython[] = {{"PAR1", "a Parquet file"},
                               {"ARROW1", "an Arrow file"},
                               {"SQLite format 3", "an SQLite database"},
                               {"\x93NUMPY", "a file of NumPy"},
                               {"PK\x03\x04", "a zip archive"},
                               {"MATLAB 5.0", "a MATLAB file"}};
// By the program that unpacks it.
constexpr Magic kPacked[] = {
    {"\x1F\x8B", "gzip"}, {"\x28\xB5\x2F\xFD", "zstd"}, {"\xFD\x37zXZ", "xz"}, {"BZh", "bzip2"}};

// What `head` begins with, of those; empty if it is none of them.
std::string_view find_magic(Bytes head, std::span<const Magic> known) noexcept {
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  for (const Magic& one : known) {
    if (text.size() >= one.at && text.substr(one.at).starts_with(one.bytes)) return one.what;
  }
  return {};
}

std::string needs_file(std::string_view what) {
  return "it is " + std::string(what) +
         ", which the Python package opens where all of its bytes are at hand: what comes through "
         "a pipe has to be saved first";
}

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
  const auto told = std::ranges::find_if(kFormats, [&](auto one) { return one->matches(head); });
  if (told != kFormats.end()) return *told;
  const auto bare = std::ranges::find_if(kFormats, [&](const Format* one) {
    return one->matches_bare != nullptr && has_extension(name, *one) && one->matches_bare(head);
  });
  return bare == kFormats.end() ? nullptr : *bare;
}

bool is_hdf5(Bytes head) noexcept { return hdf5::is_hdf5(head); }

std::string explain_unknown(Bytes head) {
  const std::string encoding = prophesee::encoding_of(head);
  if (!encoding.empty()) {
    return "its header says that the words are " + encoding +
           ", which evarrow does not read; if it is wrong, pass format=\"evt3\" or another";
  }
  if (hdf5::is_hdf5(head)) return needs_file("an HDF5 file");
  const std::string_view of_python = find_magic(head, kOfPython);
  if (!of_python.empty()) return needs_file(of_python);
  if (prophesee::is_raw(head)) {
    return "its header is that of a RAW file, but has none of the lines that say what the words "
           "are ('format', 'evt', or a 'system_ID' that is known): pass format=\"evt2\", "
           "\"evt21\", "
           "\"evt3\" or \"evt4\"";
  }
  const std::string wrapper(find_magic(head, kWrappers));
  if (!wrapper.empty()) return "it is " + wrapper + ", which has to be unpacked first";
  const std::string packed(find_magic(head, kPacked));
  if (!packed.empty()) {
    return "it is compressed with " + packed +
           ", which the Python package unpacks from a file that has a name; unpack what comes "
           "through a pipe on its way, as in `" +
           packed + " -dc rec.raw | evarrow info -`";
  }
  std::string utf16 = csv::explain_utf16(head);
  if (!utf16.empty()) return utf16;
  std::string missing = csv::missing_columns(head);
  if (!missing.empty()) return missing;
  std::string tried;
  std::string bare;
  for (const Format* format : kFormats) {
    tried += (tried.empty() ? "" : ", ") + std::string(format->name);
    if (format->matches_bare == nullptr) continue;
    bare += (bare.empty() ? "" : ", ") + std::string(format->name) + " where the name ends in " +
            std::string(format->extensions[0]);
  }
  return "it does not begin like any known format (tried " + tried + "; and without a header " +
         bare + "); if you know which it is, pass format=";
}

std::string_view fault_name(FaultKind kind) noexcept {
  return kFaultNames[static_cast<size_t>(kind)];
}

}  // namespace evarrow
