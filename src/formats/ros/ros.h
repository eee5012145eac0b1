// SPDX-License-Identifier: Apache-2.0
// Recordings of ROS: see README.md.
#pragma once

#include "evarrow/format.h"

namespace evarrow::ros {

extern const Format kBag;
extern const Format kDb3;
extern const Format kMcap;

}  // namespace evarrow::ros
