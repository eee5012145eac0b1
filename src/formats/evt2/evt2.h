// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evarrow/format.h"

namespace evarrow::evt2 {

extern constinit const Format kFormat;

std::unique_ptr<Encoder> make_encoder(const Header& header, const EncodeOptions& options);

}  // namespace evarrow::evt2
