// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evarrow/format.h"

namespace evarrow::nmnist {

extern constinit const Format kFormat;

}  // namespace evarrow::nmnist
