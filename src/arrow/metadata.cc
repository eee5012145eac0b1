// SPDX-License-Identifier: Apache-2.0
#include "arrow/metadata.h"

#include <cstring>
#include <limits>

#include "evarrow/error.h"

namespace evarrow {
namespace {

void append_number(std::string& bytes, size_t value) {
  if (value > static_cast<size_t>(std::numeric_limits<int32_t>::max())) {
    throw Error(ErrorCode::kArgument,
                "metadata of " + std::to_string(value) +
                    " bytes is too long for an Arrow schema, which can hold 2147483647");
  }
  const auto number = static_cast<int32_t>(value);
  char digits[sizeof number];
  std::memcpy(digits, &number, sizeof number);
  bytes.append(digits, sizeof number);
}

void append_text(std::string& bytes, const std::string& text) {
  append_number(bytes, text.size());
  bytes += text;
}

// Negative numbers are nonsense and stand for nothing to read.
size_t take_number(const char*& bytes) {
  int32_t number = 0;
  std::memcpy(&number, bytes, sizeof number);
  bytes += sizeof number;
  return number < 0 ? 0 : static_cast<size_t>(number);
}

std::string take_text(const char*& bytes) {
  const size_t length = take_number(bytes);
  std::string text(bytes, length);
  bytes += length;
  return text;
}

}  // namespace

std::string encode_metadata(const Metadata& metadata) {
  std::string bytes;
  append_number(bytes, metadata.size());
  for (const auto& [key, value] : metadata) {
    append_text(bytes, key);
    append_text(bytes, value);
  }
  return bytes;
}

Metadata decode_metadata(const char* bytes) {
  Metadata metadata;
  if (bytes == nullptr) return metadata;
  for (size_t pairs = take_number(bytes); pairs > 0; --pairs) {
    std::string key = take_text(bytes);
    std::string value = take_text(bytes);
    metadata.emplace_back(std::move(key), std::move(value));
  }
  return metadata;
}

}  // namespace evarrow
