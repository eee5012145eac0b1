// SPDX-License-Identifier: Apache-2.0
// AEDAT 4: packets of FlatBuffers, each compressed on its own. README.md has the layout.
#pragma once

#include "evarrow/format.h"

namespace evarrow::aedat4 {

extern const Format kFormat;

}  // namespace evarrow::aedat4
