// SPDX-License-Identifier: Apache-2.0
// Stands for the rows of a container: a byte each, of which only the number means anything.
#pragma once

#include <memory>

#include "io/source.h"

namespace evarrow {

// `file` tells whether it has changed.
std::shared_ptr<Source> make_row_source(uint64_t rows, const Source& file);

}  // namespace evarrow
