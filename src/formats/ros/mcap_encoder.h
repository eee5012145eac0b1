// SPDX-License-Identifier: Apache-2.0
// Writing MCAP: words of EVT 3.0 in messages, messages in chunks, and a summary at the end.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "evarrow/format.h"

namespace evarrow::ros {

// Of how chunks are compressed: "zstd", the default, "lz4" or "none".
inline constexpr std::string_view kMcapOptions[] = {"compression"};

std::string write_mcap_header(const Header& header, const EncodeOptions& options);

std::unique_ptr<Encoder> make_mcap_encoder(const Header& header, const EncodeOptions& options);

}  // namespace evarrow::ros
