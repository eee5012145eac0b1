// SPDX-License-Identifier: Apache-2.0
// Writing AEDAT 4.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "codecs/dv_packet.h"
#include "evarrow/format.h"

namespace evarrow::aedat4 {

inline constexpr std::string_view kMagic = "#!AER-DAT4.0\r\n";
inline constexpr int32_t kEventStream = 0;
inline constexpr int32_t kTriggerStream = 1;

// The compression that is asked for. Throws Error(kArgument) where there is no such one.
codecs::DvCompression compression_of(const EncodeOptions& options);

std::string write_header(const Header& header, const EncodeOptions& options);

std::unique_ptr<Encoder> make_encoder(const Header& header, const EncodeOptions& options);

}  // namespace evarrow::aedat4
