// SPDX-License-Identifier: Apache-2.0
// Apart, since g++ 12 warns of an overflow where it sees how large a new vector is.
#include "formats/ros/mcap_words.h"

namespace evarrow::ros {

void append_bytes(std::vector<std::byte>& out, Bytes bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_text(std::vector<std::byte>& out, std::string_view text) {
  append_word(out, static_cast<uint32_t>(text.size()));
  append_bytes(out, bytes_of(text));
}

}  // namespace evarrow::ros
