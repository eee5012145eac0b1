// SPDX-License-Identifier: Apache-2.0
// The pixels of a frame of a DAVIS in AEDAT 2.
#pragma once

#include <vector>

#include "evarrow/format.h"

namespace evarrow::aedat {

// As Format::read_image: 16 bits a pixel, the reading after the reset less that of the signal.
std::vector<std::byte> read_jaer_image(Source& file, const FramePlace& place,
                                       const DecodeOptions& options);

}  // namespace evarrow::aedat
