// SPDX-License-Identifier: Apache-2.0
// Streams of an AEDAT 4 file whose packets are decoded when their rows are asked for.
#pragma once

#include "codecs/dv_packet.h"
#include "evarrow/chunk_plan.h"
#include "formats/aedat4/info.h"
#include "formats/aedat4/packets.h"
#include "io/source.h"

namespace evarrow::aedat4 {

// A file, and where its packets are.
struct Layout {
  Source& bytes;
  const Packets& packets;
  codecs::DvCompression compression;
};

ChunkPlan plan_events(const Layout& file, const StreamInfo& stream);
ChunkPlan plan_imu(const Layout& file, const StreamInfo& stream);
ChunkPlan plan_frames(const Layout& file, const StreamInfo& stream);

}  // namespace evarrow::aedat4
