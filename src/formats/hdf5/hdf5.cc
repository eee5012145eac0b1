// SPDX-License-Identifier: Apache-2.0
#include "formats/hdf5/hdf5.h"

#include <algorithm>
#include <string>

#include "containers/row_format.h"

namespace evarrow::hdf5 {
namespace {

constexpr std::string_view kExtensions[] = {".h5", ".hdf5"};
constexpr std::string_view kEventsAlone[] = {"events"};
constexpr std::string_view kWithTriggers[] = {"events", "triggers"};
constexpr std::string_view kWithFrames[] = {"events", "imu", "frames"};

constexpr Format layout(std::string_view name, std::string_view description,
                        std::string_view specification, std::span<const std::string_view> streams) {
  return row_format({.name = name,
                     .description = description,
                     .specification = specification,
                     .extensions = kExtensions,
                     .streams = streams});
}

}  // namespace

constinit const Format kProphesee =
    layout("prophesee-hdf5", "Prophesee HDF5",
           "https://docs.prophesee.ai/stable/data/file_formats/hdf5.html", kWithTriggers);
constinit const Format kDsec = layout("dsec", "DSEC, TUM-VIE and VECtor HDF5",
                                      "https://dsec.ifi.uzh.ch/data-format/", kEventsAlone);
constinit const Format kM3ed =
    layout("m3ed", "M3ED HDF5", "https://m3ed.io/data_overview/", kWithFrames);
constinit const Format kMvsec =
    layout("mvsec", "MVSEC HDF5", "https://daniilidis-group.github.io/mvsec/", kWithFrames);
constinit const Format kMonash = layout("monash", "Monash and E2VID training HDF5",
                                        "https://github.com/TimoStoff/event_utils", kEventsAlone);
constinit const Format kColumns =
    layout("hdf5", "HDF5 with columns of events", "https://docs.hdfgroup.org/hdf5/", kEventsAlone);

bool is_hdf5(Bytes head) noexcept {
  constexpr std::string_view kSignature = "\x89HDF\r\n\x1A\n";
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  // Behind a block of the user's own, which is 512 bytes or a power of two times that.
  for (size_t at = 0; at < text.size(); at = std::max<size_t>(512, 2 * at)) {
    if (text.substr(at).starts_with(kSignature)) return true;
  }
  return false;
}

}  // namespace evarrow::hdf5
