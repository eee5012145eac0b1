// SPDX-License-Identifier: Apache-2.0
// Stands for the rows of a container: a byte each, of which only the number means anything.
#pragma once

#include <memory>

#include "containers/container.h"
#include "io/source.h"

namespace evarrow {

// Of the rows of `container`; `file` tells whether it has changed.
std::shared_ptr<Source> make_row_source(std::shared_ptr<const Container> container,
                                        const Source& file);

}  // namespace evarrow
