// SPDX-License-Identifier: Apache-2.0
// Samples and frames as AEDAT 4 holds them.
#pragma once

#include <cstdint>

#include "evarrow/encoder.h"
#include "formats/aedat4/flat.h"

namespace evarrow::aedat4 {

// Row `i` of samples, whose number in the file is `row`. Throws RowError.
Sample sample_of(const Batch& samples, size_t i, uint64_t row);

// Refuses a frame that the format does not hold: throws RowError.
void check_picture(const Picture& picture, uint64_t number);

}  // namespace evarrow::aedat4
