// SPDX-License-Identifier: Apache-2.0
// The events of one EVT 2.1 word.
#pragma once

#include <cstdint>

#include "kernels/columns.h"

namespace evarrow::kernels {

// Appends a row for each set bit of `pixels`, whose x is `x` plus the bit's number. There is room
// for 32 rows and kOvershoot more.
using Evt21Emitter = void (*)(Columns& out, uint32_t pixels, int16_t x, int16_t y, int64_t t,
                              int8_t polarity) noexcept;

// The best for this machine, or null.
Evt21Emitter evt21_emitter() noexcept;

}  // namespace evarrow::kernels
