// SPDX-License-Identifier: Apache-2.0
// Text out of headers, which may hold any bytes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace evarrow {

// The length of the UTF-8 character that `text` begins with; 0 where there is none.
inline size_t utf8_length(std::string_view text) noexcept {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return 1;
  const size_t length = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
  if (byte(0) < 0xC2 || byte(0) > 0xF4 || length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  // Neither longer than needed, nor half of a pair, nor past the last code point.
  const bool wrong = (byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xED && byte(1) > 0x9F) ||
                     (byte(0) == 0xF0 && byte(1) < 0x90) || (byte(0) == 0xF4 && byte(1) > 0x8F);
  return wrong ? 0 : length;
}

// `text` as UTF-8 that can be shown: U+FFFD in place of control characters and of bytes that are
// not UTF-8.
inline std::string readable(std::string_view text) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string clean;
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    const bool control = length == 1 && (text[0] < ' ' || text[0] == '\x7F');
    clean += length == 0 || control ? kReplacement : text.substr(0, length);
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return clean;
}

// The same of a value of a header: text that is not UTF-8 is Latin-1, of which every byte is a
// character, so that nothing is lost but control characters.
inline std::string readable_value(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t length = utf8_length(text.substr(at));
    if (length == 0) break;
    at += length;
  }
  if (at == text.size()) return readable(text);
  std::string utf8;
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (code < 0x80) {
      utf8 += letter;
    } else if (code < 0xA0) {
      utf8 += '\x7F';  // one of the control characters of Latin-1
    } else {
      utf8 += static_cast<char>(0xC0 | code >> 6);
      utf8 += static_cast<char>(0x80 | (code & 0x3F));
    }
  }
  return readable(utf8);
}

}  // namespace evarrow
