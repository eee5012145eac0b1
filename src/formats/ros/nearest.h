// SPDX-License-Identifier: Apache-2.0
// Which of several topics beside the events belongs to them.
#pragma once

#include <set>

#include "formats/ros/walk.h"

namespace evarrow::ros {

// Of the topics with these ids the one whose name begins most like that of the events (null: there
// are none), the first of several; null if there are no ids.
const Topic* nearest_topic(const Walk& walk, const Topic* events, const std::set<uint32_t>& ids);

}  // namespace evarrow::ros
