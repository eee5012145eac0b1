// SPDX-License-Identifier: Apache-2.0
// The key-value metadata of an Arrow schema, as bytes.
#pragma once

#include <string>

#include "evarrow/arrow.h"

namespace evarrow {

// The number of pairs, then the length and the bytes of each key and each value; all numbers are
// int32 in the machine's own byte order. Throws Error(kArgument) if that cannot hold it.
std::string encode_metadata(const Metadata& metadata);

// The pairs of `bytes`; none if it is null or says lengths that make no sense.
Metadata decode_metadata(const char* bytes);

}  // namespace evarrow
