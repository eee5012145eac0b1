// SPDX-License-Identifier: Apache-2.0
// From the messages of a recording to the payload that its events are decoded from.
#pragma once

#include <memory>
#include <string_view>

#include "evarrow/chunk_plan.h"
#include "evarrow/recording.h"
#include "formats/ros/walk.h"

namespace evarrow::ros {

// Of the topic that `options.sensor` names, or else of the first with events. Throws Error(kFormat)
// if there is none of that name or its events are encoded in a way that is not known.
ContainerPlan make_plan(const Format& format, const std::shared_ptr<Source>& file, Walk& walk,
                        const Options& options);

}  // namespace evarrow::ros
