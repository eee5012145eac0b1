// SPDX-License-Identifier: Apache-2.0
// The triggers of an AEDAT 4 file.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "evarrow/chunk_plan.h"
#include "formats/aedat4/packets.h"

namespace evarrow::aedat4 {

// The rows of all triggers in packets of `streams`, in order of time; nothing if there are none.
std::optional<ChunkPlan> plan_triggers(Source& file, std::span<const Packet> packets,
                                       std::span<const int32_t> streams,
                                       codecs::DvCompression compression);

}  // namespace evarrow::aedat4
