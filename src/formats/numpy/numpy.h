// SPDX-License-Identifier: Apache-2.0
// NumPy's files: arrays of events and archives of such. README.md has the layout.
#pragma once

#include "evarrow/format.h"

namespace evarrow::numpy {

extern const Format kArray;
extern const Format kArchive;

}  // namespace evarrow::numpy
