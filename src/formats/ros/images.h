// SPDX-License-Identifier: Apache-2.0
// The images of a camera that lie beside the events of a recording.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "evarrow/chunk_plan.h"
#include "formats/ros/walk.h"
#include "io/source.h"

namespace evarrow::ros {

struct ImagesPlan {
  ChunkPlan rows;
  std::function<std::vector<std::byte>(const FramePlace& place)> read_image;
};

// Those of the topic whose name begins most like that of the events (null: there are none), and a
// line of the header that names it; notes tell of images whose encoding is not read. Nothing if
// there are no others. The chunks of `walk` must still be there.
std::optional<ImagesPlan> plan_images(Walk& walk, const Topic* events,
                                      const std::shared_ptr<Source>& file, Header& header);

// That of images with so many channels and bits, of several with red first; empty if there is none.
std::string_view encoding_of(const FramePlace& place) noexcept;

}  // namespace evarrow::ros
