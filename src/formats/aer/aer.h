// SPDX-License-Identifier: Apache-2.0
// Prophesee AER recordings: see README.md.
#pragma once

#include "evarrow/format.h"

namespace evarrow::aer {

extern const Format k8b;
extern const Format k4b;
extern const Format kWords;  // of any layout, which the user gives

}  // namespace evarrow::aer
