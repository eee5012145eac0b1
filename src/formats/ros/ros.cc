// SPDX-License-Identifier: Apache-2.0
#include "formats/ros/ros.h"

#include <string_view>

#include "containers/row_format.h"
#include "evarrow/chunk_plan.h"
#include "evarrow/error.h"
#include "formats/ros/mcap_encoder.h"
#include "formats/ros/mcap_words.h"
#include "formats/ros/plan.h"
#include "formats/ros/walk.h"

namespace evarrow::ros {
namespace {

constexpr std::string_view kBagMagic = "#ROSBAG V2.0\n";

std::string_view text_of(Bytes head) noexcept {
  return {reinterpret_cast<const char*>(head.data()), head.size()};
}

ContainerPlan plan_bag(const std::shared_ptr<Source>& file, const Options& options) {
  Walk walk(*file);
  walk_bag(*file, walk);
  return make_plan(kBag, file, walk, options);
}

bool is_mcap(Bytes head) noexcept { return text_of(head).starts_with(kMcapMagic); }

// What the Python package makes of the messages of a database is an MCAP file as well.
template <const Format& kFormat>
ContainerPlan plan_mcap(const std::shared_ptr<Source>& file, const Options& options) {
  Scratch scratch;
  if (!is_mcap(file->read(0, kMcapMagic.size(), scratch))) {
    throw Error(ErrorCode::kFormat, "it is no file of messages", 0);
  }
  Walk walk(*file);
  walk_mcap(*file, walk);
  return make_plan(kFormat, file, walk, options);
}

constexpr std::string_view kStreams[] = {"events", "triggers", "imu", "frames"};
constexpr std::string_view kBagNames[] = {".bag"};
constexpr std::string_view kDb3Names[] = {".db3"};
constexpr std::string_view kMcapNames[] = {".mcap"};

}  // namespace

constinit const Format kBag = row_format({
    .name = "rosbag",
    .description = "ROS 1 bag with events",
    .specification = "https://wiki.ros.org/Bags/Format/2.0",
    .extensions = kBagNames,
    .streams = kStreams,
    .matches = [](Bytes head) noexcept { return text_of(head).starts_with(kBagMagic); },
    .make_plan = plan_bag,
});

constinit const Format kDb3 = row_format({
    .name = "db3",
    .description = "ROS 2 bag (SQLite) with events",
    .specification = "https://github.com/ros2/rosbag2",
    .extensions = kDb3Names,
    .streams = kStreams,
    .make_plan = plan_mcap<kDb3>,
});

constinit const Format kMcap = row_format({
    .name = "mcap",
    .description = "MCAP (ROS 2 bag) with events",
    .specification = "https://mcap.dev/spec",
    .extensions = kMcapNames,
    .streams = kStreams,
    .matches = is_mcap,
    .make_plan = plan_mcap<kMcap>,
    .write_header = write_mcap_header,
    .make_encoder = make_mcap_encoder,
    .encode_options = kMcapOptions,
});

}  // namespace evarrow::ros
