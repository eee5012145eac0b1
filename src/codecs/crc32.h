// SPDX-License-Identifier: Apache-2.0
// The checksum of zlib, gzip and MCAP: CRC-32 of IEEE 802.3, bits in reflected order.
#pragma once

#include <cstdint>

#include "evarrow/event.h"

namespace evarrow::codecs {

// That of the bytes so far and these behind them; `before` is the checksum so far, 0 of none.
uint32_t crc32(Bytes bytes, uint32_t before = 0) noexcept;

}  // namespace evarrow::codecs
