// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "evarrow/format.h"

namespace evarrow::es {

extern constinit const Format kFormat;

bool matches(Bytes head) noexcept;
Header read_header(Bytes head, bool trust_geometry);
// Of a stream of DVS events. Throws Error(kArgument) if the size of the sensor is not known.
std::string write_header(const Header& header, const EncodeOptions& options);
std::unique_ptr<Decoder> make_message_decoder();  // of a stream of byte strings
std::unique_ptr<Encoder> make_encoder(const Header& header, const EncodeOptions& options);

}  // namespace evarrow::es
