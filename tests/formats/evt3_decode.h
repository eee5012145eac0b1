// SPDX-License-Identifier: Apache-2.0
// The EVT 3.0 decoder under all the circumstances it has to cope with.
#pragma once

#include <memory>

#include "formats/evt3_words.h"
#include "support/decode.h"
#include "support/levels.h"

namespace evarrow::test::evt3 {

inline Header header_of(Reading how) {
  Header header;
  header.format = "evt3";
  header.width = how.width;
  header.height = how.height;
  return header;
}

inline std::unique_ptr<Decoder> make_decoder(Reading how) {
  return find_format("evt3")->make_decoder(header_of(how),
                                           {.off = how.off, .drop_out_of_sensor = how.drop});
}

inline Rows decode_with(Decoder& decoder, const std::vector<std::byte>& bytes, Presented how = {}) {
  return test::decode_with(decoder, *find_format("evt3"), bytes, how);
}

inline Rows decode(const Words& words, Reading how = {}, Presented presented = {}) {
  return decode_with(*make_decoder(how), bytes_of(words), presented);
}

}  // namespace evarrow::test::evt3
