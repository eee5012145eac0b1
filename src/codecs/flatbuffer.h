// SPDX-License-Identifier: Apache-2.0
// Reading FlatBuffers that nobody vouches for: https://flatbuffers.dev/internals. What lies
// outside of the buffer is not there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "evarrow/event.h"

namespace evarrow::codecs {

// A table in a buffer that outlives it.
class FlatTable {
 public:
  // The root of a buffer with this identifier of four characters, without its size prefix.
  static std::optional<FlatTable> root(Bytes buffer, std::string_view identifier) noexcept {
    constexpr size_t kIdentifier = 4;
    const auto offset = read<uint32_t>(buffer, 0);
    if (!offset || buffer.size() < kIdentifier + identifier.size() ||
        std::memcmp(buffer.data() + kIdentifier, identifier.data(), identifier.size()) != 0) {
      return {};
    }
    return at(buffer, *offset);
  }

  // The value of a field; `otherwise` if it was left out.
  template <typename T>
  T number(size_t field, T otherwise) const noexcept {
    const size_t place = place_of(field);
    return place == 0 ? otherwise : read<T>(buffer_, place).value_or(otherwise);
  }

  // `size` bytes of a struct that stands in the table; empty if it was left out.
  Bytes structure(size_t field, size_t size) const noexcept {
    const size_t place = place_of(field);
    return place == 0 ? Bytes() : piece(buffer_, place, size).value_or(Bytes());
  }

  // The elements of a vector of numbers or structs of `element` bytes; empty if it was left out,
  // nothing if it goes past the buffer.
  std::optional<Bytes> vector(size_t field, size_t element) const noexcept {
    const auto place = vector_at(field);
    if (!place) return place_of(field) == 0 ? std::optional<Bytes>(Bytes()) : std::nullopt;
    const auto count = read<uint32_t>(buffer_, *place);
    if (!count) return {};
    return piece(buffer_, *place + sizeof(uint32_t), uint64_t{*count} * element);
  }

  // The number of elements of a vector, which may go past a buffer that was cut off.
  std::optional<uint32_t> length(size_t field) const noexcept {
    const auto place = vector_at(field);
    if (!place) return place_of(field) == 0 ? std::optional<uint32_t>(0) : std::nullopt;
    return read<uint32_t>(buffer_, *place);
  }

  // Element i of a vector of tables, which must have one.
  std::optional<FlatTable> table(size_t field, size_t i) const noexcept {
    const auto place = vector_at(field);
    if (!place) return {};
    const uint64_t element = *place + sizeof(uint32_t) * (1 + uint64_t{i});
    const auto offset = read<uint32_t>(buffer_, element);
    return offset ? at(buffer_, element + *offset) : std::nullopt;
  }

  std::string_view text(size_t field) const noexcept {
    const Bytes bytes = vector(field, 1).value_or(Bytes());
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

 private:
  FlatTable(Bytes buffer, size_t table, size_t fields, size_t fields_bytes)
      : buffer_(buffer), table_(table), fields_(fields), fields_bytes_(fields_bytes) {}

  static std::optional<Bytes> piece(Bytes buffer, uint64_t place, uint64_t size) noexcept {
    if (place > buffer.size() || size > buffer.size() - place) return {};
    return buffer.subspan(static_cast<size_t>(place), static_cast<size_t>(size));
  }

  template <typename T>
  static std::optional<T> read(Bytes buffer, uint64_t place) noexcept {
    const auto bytes = piece(buffer, place, sizeof(T));
    if (!bytes) return {};
    T value;
    std::memcpy(&value, bytes->data(), sizeof(value));
    return value;
  }

  // i32 bytes back to the fields: u16 bytes of them, u16 bytes of the table, u16 place of each.
  static std::optional<FlatTable> at(Bytes buffer, uint64_t place) noexcept {
    const auto back = read<int32_t>(buffer, place);
    if (!back) return {};
    const int64_t fields = static_cast<int64_t>(place) - *back;
    const auto bytes =
        fields < 0 ? std::nullopt : read<uint16_t>(buffer, static_cast<uint64_t>(fields));
    if (!bytes) return {};
    return FlatTable(buffer, static_cast<size_t>(place), static_cast<size_t>(fields), *bytes);
  }

  // Where in the buffer a field is; 0: it was left out.
  size_t place_of(size_t field) const noexcept {
    const size_t entry = 2 * sizeof(uint16_t) + field * sizeof(uint16_t);
    if (entry + sizeof(uint16_t) > fields_bytes_) return 0;
    const uint16_t offset = read<uint16_t>(buffer_, fields_ + entry).value_or(0);
    return offset == 0 ? 0 : table_ + offset;
  }

  // Where the vector that a field refers to begins.
  std::optional<uint64_t> vector_at(size_t field) const noexcept {
    const size_t place = place_of(field);
    if (place == 0) return {};
    const auto offset = read<uint32_t>(buffer_, place);
    if (!offset) return {};
    return uint64_t{place} + *offset;
  }

  Bytes buffer_;
  size_t table_;         // where the table begins
  size_t fields_;        // where the places of its fields are
  size_t fields_bytes_;  // how long these are, with their own header
};

}  // namespace evarrow::codecs
