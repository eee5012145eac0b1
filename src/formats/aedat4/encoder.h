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
inline constexpr int32_t kImuStream = 2;
inline constexpr int32_t kFrameStream = 3;

// The compression that is asked for. Throws Error(kArgument) where there is no such one.
codecs::DvCompression compression_of(const EncodeOptions& options);

// What a file begins with. It tells of events and triggers, and of the streams in the options.
std::string write_header(const Header& header, const EncodeOptions& options);

// The same with blanks in it, so that it has so many bytes: of fewer streams than another one.
std::string write_header(const Header& header, const EncodeOptions& options, size_t bytes);

std::unique_ptr<Encoder> make_encoder(const Header& header, const EncodeOptions& options);

}  // namespace evarrow::aedat4
