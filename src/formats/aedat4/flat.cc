// SPDX-License-Identifier: Apache-2.0
#include "formats/aedat4/flat.h"

#include <cstring>
#include <initializer_list>
#include <string>

#include "containers/pixels.h"

namespace evarrow::aedat4 {
namespace {

// u32 size | u32 root | identifier | the places of the fields | the root | what it refers to
//
// All tables that are elements of one vector have their fields in the same places, so one list of
// these serves all of them. A table whose fields have 8 bytes begins 4 bytes before a multiple of
// 8: that is where its own i32 ends and its fields begin.
constexpr size_t kIdentifierEnd = 12;

template <typename T>
void put_at(size_t place, T value, std::vector<std::byte>& out) {
  std::memcpy(out.data() + place, &value, sizeof(value));
}

template <typename T>
void put(T value, std::vector<std::byte>& out) {
  const size_t place = out.size();
  out.resize(place + sizeof(value));
  put_at(place, value, out);
}

uint32_t distance(size_t from, size_t to) { return static_cast<uint32_t>(to - from); }

void pad_to(size_t place, std::vector<std::byte>& out) { out.resize(place); }

std::vector<std::byte> begin_buffer(std::string_view identifier, uint32_t root) {
  std::vector<std::byte> out;
  put(uint32_t{0}, out);  // the size, when it is known
  put(root - static_cast<uint32_t>(sizeof(uint32_t)), out);
  for (const char letter : identifier) put(letter, out);
  return out;
}

void put_fields(std::initializer_list<uint16_t> list, std::vector<std::byte>& out) {
  for (const uint16_t number : list) put(number, out);
}

void end_buffer(std::vector<std::byte>& out) {
  out.resize((out.size() + 7) / 8 * 8);
  put_at(0, static_cast<uint32_t>(out.size() - sizeof(uint32_t)), out);
}

// What begins a buffer whose root has nothing but a vector of `count` elements, which begin at 32.
constexpr uint16_t kRoot = 20;
constexpr size_t kCount = 28;
constexpr size_t kElements = kEventsAt;

std::vector<std::byte> begin_vector(std::string_view identifier, size_t count) {
  std::vector<std::byte> out = begin_buffer(identifier, kRoot);
  put_fields({6, 8, 4, 0}, out);  // bytes of these, of the root, place of its field; a gap
  put(static_cast<int32_t>(kRoot - kIdentifierEnd), out);
  put(distance(kRoot + sizeof(int32_t), kCount), out);
  put(static_cast<uint32_t>(count), out);
  return out;
}

// Elements that are tables of `stride` bytes, with the list of their fields right before the first.
struct Tables {
  size_t fields;
  size_t first;
  size_t stride;
};

Tables put_tables(size_t count, std::initializer_list<uint16_t> fields, size_t stride,
                  std::vector<std::byte>& out) {
  const size_t list = kElements + count * sizeof(uint32_t);
  const size_t first = (list + fields.size() * sizeof(uint16_t) + 3) / 8 * 8 + 4;
  out.reserve(first + count * stride);
  for (size_t i = 0; i < count; ++i) {
    put(distance(kElements + i * sizeof(uint32_t), first + i * stride), out);
  }
  put_fields(fields, out);
  pad_to(first + count * stride, out);
  for (size_t i = 0; i < count; ++i) {
    put_at(first + i * stride, static_cast<int32_t>(first + i * stride - list), out);
  }
  return {.fields = list, .first = first, .stride = stride};
}

// How long the pixels were exposed, microseconds; 0 if that is no number of 64 bits.
int64_t exposure_of(const Picture& picture) {
  int64_t length = 0;
  return __builtin_sub_overflow(picture.exposure_end, picture.exposure_begin, &length) ? 0 : length;
}

}  // namespace

std::vector<std::byte> make_io_header(codecs::DvCompression compression, std::string_view xml) {
  constexpr uint16_t kTable = kTablePlace - sizeof(int32_t);
  std::vector<std::byte> out = begin_buffer("IOHE", kTable);
  // Bytes of these, of the table, places of the compression, of the table's place and of the text.
  put_fields({10, 20, 12, 4, 16}, out);
  pad_to(kTable, out);
  put(static_cast<int32_t>(kTable - kIdentifierEnd), out);
  put(int64_t{-1}, out);
  put(static_cast<int32_t>(compression), out);
  put(static_cast<uint32_t>(sizeof(uint32_t)), out);
  put(static_cast<uint32_t>(xml.size()), out);
  for (const char letter : xml) put(letter, out);
  put('\0', out);
  end_buffer(out);
  return out;
}

std::byte* begin_events_packet(size_t events, std::vector<std::byte>& packet) {
  packet = begin_vector("EVTS", events);
  packet.resize(kElements + events * codecs::kDvEvent);
  put_at(0, static_cast<uint32_t>(packet.size() - sizeof(uint32_t)), packet);
  return packet.data() + kElements;
}

std::vector<std::byte> make_triggers_packet(std::span<const Trigger> triggers) {
  std::vector<std::byte> out = begin_vector("TRIG", triggers.size());
  const Tables tables = put_tables(triggers.size(), {8, 13, 4, 12}, 16, out);
  for (size_t i = 0; i < triggers.size(); ++i) {
    const size_t at = tables.first + i * tables.stride;
    put_at(at + 4, triggers[i].t, out);
    put_at(at + 12, triggers[i].source, out);
  }
  end_buffer(out);
  return out;
}

std::vector<std::byte> make_samples_packet(std::span<const Sample> samples) {
  std::vector<std::byte> out = begin_vector("IMUS", samples.size());
  const Tables tables =
      put_tables(samples.size(), {26, 52, 4, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48}, 56, out);
  for (size_t i = 0; i < samples.size(); ++i) {
    const size_t at = tables.first + i * tables.stride;
    put_at(at + 4, samples[i].t, out);
    put_at(at + 12, samples[i].numbers, out);
  }
  end_buffer(out);
  return out;
}

std::vector<std::byte> make_frame_packet(const Picture& picture) {
  constexpr uint16_t kFrame = 44;
  constexpr size_t kPixelsField = kFrame + 60;
  constexpr size_t kPixels = 128;  // aligned for any number
  std::vector<std::byte> out = begin_buffer("FRME", kFrame);
  // Bytes of these, of the frame, and the places of its fields: the five times, the type, width,
  // height, left, top, pixels, and the length of the exposure.
  put_fields({28, 65, 4, 12, 20, 28, 36, 64, 52, 54, 56, 58, 60, 44}, out);
  pad_to(kFrame, out);
  put(static_cast<int32_t>(kFrame - kIdentifierEnd), out);
  put(picture.t, out);
  for (int i = 0; i < 2; ++i) {  // the frame begins and ends with its exposure, as far as we know
    put(picture.exposure_begin, out);
    put(picture.exposure_end, out);
  }
  put(exposure_of(picture), out);
  for (const int16_t number :
       {picture.place.width, picture.place.height, picture.left, picture.top}) {
    put(number, out);
  }
  put(distance(kPixelsField, kPixels - sizeof(uint32_t)), out);
  put(codecs::dv_frame_type(picture.place), out);
  pad_to(kPixels - sizeof(uint32_t), out);
  put(static_cast<uint32_t>(picture.pixels.size()), out);
  out.reserve(kPixels + picture.pixels.size() + sizeof(uint64_t));
  out.insert(out.end(), picture.pixels.begin(), picture.pixels.end());
  if (picture.place.channels > 1) swap_colors(std::span(out).subspan(kPixels), picture.place);
  end_buffer(out);
  return out;
}

std::vector<std::byte> make_table(std::span<const TableRow> rows) {
  std::vector<std::byte> out = begin_vector("FTAB", rows.size());
  const Tables tables = put_tables(rows.size(), {14, 44, 4, 36, 12, 20, 28}, 48, out);
  for (size_t i = 0; i < rows.size(); ++i) {
    const size_t at = tables.first + i * tables.stride;
    put_at(at + 4, rows[i].offset, out);
    put_at(at + 12, rows[i].elements, out);
    put_at(at + 20, rows[i].first, out);
    put_at(at + 28, rows[i].last, out);
    put_at(at + 36, rows[i].stream, out);
    put_at(at + 40, rows[i].size, out);
  }
  end_buffer(out);
  return out;
}

}  // namespace evarrow::aedat4
