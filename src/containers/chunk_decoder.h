// SPDX-License-Identifier: Apache-2.0
// The rows of a container, as every other format gives them. Positions are rows.
#pragma once

#include <memory>

#include "evarrow/format.h"

namespace evarrow {

std::unique_ptr<Decoder> make_chunk_decoder(const Header& header, const DecodeOptions& options);

}  // namespace evarrow
