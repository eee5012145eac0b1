// SPDX-License-Identifier: Apache-2.0
// Writing AEDAT 2.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "evarrow/format.h"

namespace evarrow::aedat {

inline constexpr std::string_view kJaerOptions[] = {"layout"};

std::string write_jaer_header(const Header& header, const EncodeOptions& options);
std::unique_ptr<Encoder> make_jaer_encoder(const Header& header, const EncodeOptions& options);

}  // namespace evarrow::aedat
