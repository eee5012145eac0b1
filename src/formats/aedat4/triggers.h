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

// The source that a trigger of this id and polarity is of; nothing where there is none.
std::optional<int8_t> trigger_source(int16_t id, int8_t polarity) noexcept;

}  // namespace evarrow::aedat4
