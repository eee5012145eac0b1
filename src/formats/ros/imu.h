// SPDX-License-Identifier: Apache-2.0
// The samples of an IMU that lie beside the events of a recording.
#pragma once

#include <optional>

#include "evarrow/chunk_plan.h"
#include "formats/ros/walk.h"

namespace evarrow::ros {

// Those of the topic whose name begins most like that of the events (null: there are none), and a
// line of the header that names it. Nothing if there are no samples.
std::optional<ChunkPlan> plan_imu(const Walk& walk, const Topic* events, Header& header);

}  // namespace evarrow::ros
