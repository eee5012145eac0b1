// SPDX-License-Identifier: Apache-2.0
// Files of table libraries, which the Python package opens: see README.md.
#pragma once

#include "evarrow/format.h"

namespace evarrow::tables {

extern const Format kParquet;
extern const Format kArrow;
extern const Format kMatlab;

}  // namespace evarrow::tables
