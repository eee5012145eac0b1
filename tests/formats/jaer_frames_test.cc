// SPDX-License-Identifier: Apache-2.0
// Frames of AEDAT 2: readings of pixels among the events.
#include <doctest/doctest.h>

#include <cstring>

#include "evarrow/error.h"
#include "evarrow/scan.h"
#include "evarrow/stream.h"
#include "formats/aedat/aedat.h"
#include "formats/aedat_records.h"

namespace evarrow::test::aedat {
namespace {

constexpr Reading kSmall = {.width = 3, .height = 2};
constexpr uint32_t kReset = 0;
constexpr uint32_t kSignal = 1;

// Of pixel (x, y): after the reset 500 and the number of the pixel, of the signal ten times that.
constexpr uint32_t reading(uint32_t which, uint32_t x, uint32_t y) {
  const uint32_t number = y * 3 + x;
  return 1U << 31 | y << 22 | x << 12 | which << 10 |
         (which == kReset ? 500 + number : 10 * number);
}

// Readings of the pixels [x0, x1) of both rows, from the last row to the first; a microsecond each.
Addresses readings(uint32_t which, uint32_t t, uint32_t x0 = 0, uint32_t x1 = 3) {
  Addresses all;
  for (uint32_t x = x0; x < x1; ++x) {
    for (uint32_t y = 2; y-- > 0;) all.push_back({reading(which, x, y), t++});
  }
  return all;
}

Addresses joined(std::initializer_list<Addresses> parts) {
  Addresses all;
  for (const Addresses& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

// One behind a reset that all pixels had, one with a rolling shutter, events among them.
Addresses two_frames() {
  return joined({{{davis(1, 1, true), 90}},
                 readings(kReset, 100),
                 {{davis(2, 1, true), 110}},
                 readings(kSignal, 200),
                 readings(kReset, 300, 0, 2),
                 readings(kSignal, 310, 0, 1),
                 readings(kReset, 320, 2, 3),
                 {{davis(0, 0, false), 325}},
                 readings(kSignal, 330, 1, 3),
                 {{davis(0, 1, false), 400}}});
}

Cells row(int64_t begin, int64_t end, std::array<int64_t, 4> box, int64_t offset, int64_t size) {
  return {
      begin + (end - begin) / 2, begin, end, box[0], box[1], box[2], box[3], 1, 16, offset, size};
}

TEST_CASE("aedat: two readings of each pixel are a frame, whatever is between them") {
  const Stream bytes = stream_of(two_frames(), 4);
  const Rows want = decode(bytes, kSmall);
  CHECK(want.frames == std::vector<Cells>{row(105, 200, {0, 0, 3, 2}, 8, 13 * 8),
                                          row(300, 310, {0, 0, 3, 2}, 14 * 8, 13 * 8)});
  CHECK(want.events == plain_rows(two_frames(), kSmall).events);
  for (size_t step = 8; step <= 120; ++step) {
    CHECK(decode(bytes, kSmall, {.step = step, .capacity = 2, .small_capacity = 1}) == want);
  }
}

TEST_CASE("aedat: the state within a frame goes on in another decoder, at another epoch") {
  const auto bytes = bytes_of(stream_of(two_frames(), 4));
  const Rows want = decode_with(*make_decoder(kSmall), format_of(kSmall), bytes);
  for (size_t cut = 0; cut <= bytes.size(); cut += 8) {
    CAPTURE(cut);
    const auto middle = bytes.begin() + static_cast<ptrdiff_t>(cut);
    const auto first = make_decoder(kSmall);
    Rows rows = decode_with(*first, format_of(kSmall), {bytes.begin(), middle});
    const auto counting = make_decoder(kSmall);
    Summary summary;
    counting->summarize(Bytes(bytes).first(cut), summary);
    CHECK(counting->state() == first->state());
    const auto second = make_decoder(kSmall);
    DecoderState state = first->state();
    state.epoch += 1000;
    second->set_state(state);
    CHECK(second->state() == state);
    second->set_offset(cut);
    Batch rest(kFrameFields, 4);
    second->decode(Bytes(bytes).subspan(cut), {.frames = &rest});
    const size_t before = rows.frames.size();
    append_cells(rest, rows.frames);
    for (size_t n = before; n < rows.frames.size(); ++n) {
      for (size_t i = kFrameT; i <= kFrameEnd; ++i) rows.frames[n][i] -= 1000;
    }
    CHECK(rows.frames == want.frames);
  }
}

TEST_CASE("aedat: a frame whose exposure is under way when the clock starts over") {
  const Addresses addresses = joined({readings(kReset, 0xFFFF'FFF0), readings(kSignal, 20)});
  const int64_t lap = int64_t{1} << 32;
  CHECK(decode(stream_of(addresses, 4), kSmall).frames ==
        std::vector<Cells>{row(lap - 11, lap + 20, {0, 0, 3, 2}, 0, 12 * 8)});
}

TEST_CASE("aedat: a recording that begins in the middle of a frame notes it and goes on") {
  for (const size_t cut : {size_t{3}, size_t{8}}) {
    Addresses addresses = joined({readings(kReset, 0), readings(kSignal, 50), readings(kReset, 100),
                                  readings(kSignal, 200)});
    addresses.erase(addresses.begin(), addresses.begin() + static_cast<ptrdiff_t>(cut));
    const Rows rows = decode(stream_of(addresses, 4), kSmall);
    CHECK(rows.frames.size() == 1);
    CHECK(rows.count(FaultKind::kBeforeClock) == 12 - cut);
    CHECK(rows.count(FaultKind::kCorrupt) == 0);
  }
}

TEST_CASE("aedat: a frame that lacks a reading is damage, and the next one is whole") {
  Addresses lacking = joined({readings(kReset, 100), readings(kSignal, 200)});
  for (const size_t gone : {size_t{4}, size_t{9}}) {
    Addresses addresses = lacking;
    addresses.erase(addresses.begin() + static_cast<ptrdiff_t>(gone));
    addresses = joined({readings(kReset, 0), readings(kSignal, 50), addresses,
                        readings(kReset, 300), readings(kSignal, 400)});
    const Stream bytes = stream_of(addresses, 4);
    const auto decoder = make_decoder(kSmall);
    const Rows rows = decode_with(*decoder, format_of(kSmall), bytes_of(bytes));
    REQUIRE(rows.frames.size() == 2);
    CHECK(rows.frames[1][kFrameEnd] == 400);
    CHECK(rows.count(FaultKind::kCorrupt) == 1);
    CHECK(decoder->why().find("byte 96") != std::string::npos);
    EventBatch events(10);
    const auto alone = make_decoder(kSmall);
    alone->decode(bytes_of(bytes), {.events = &events});
    CHECK(alone->faults()[FaultKind::kCorrupt].count == 0);
  }
}

TEST_CASE("aedat: a part of the sensor, or a sensor of unknown size, has frames as well") {
  const Addresses frame = joined({readings(kReset, 100, 1, 3), readings(kSignal, 200, 1, 3)});
  const Addresses addresses = joined({frame, {{davis(0, 0, true), 205}}, frame});
  for (const Reading& how : {kSmall, Reading()}) {
    const Rows rows = decode(stream_of(addresses, 4), how);
    CHECK(rows.frames == std::vector<Cells>{row(103, 200, {1, 0, 2, 2}, 0, 9 * 8)});
  }
}

// A file of a sensor of 3 x 2 pixels.
Recording open_file(const std::string& file, Orientation orientation) {
  Options options;
  options.orientation = orientation;
  options.resolution = Resolution{.width = 3, .height = 2};
  return Recording::from_bytes(std::as_bytes(std::span(file)), nullptr, options);
}

TEST_CASE("aedat: pixels of a frame are the differences of their readings, turned as events are") {
  std::string file = "#!AER-DAT2.0\r\n# AEChip: DAVIS240C\r\n#End Of ASCII Header\r\n";
  const Stream records = stream_of(two_frames(), 4);
  file.append(reinterpret_cast<const char*>(records.data()), records.size());
  // 10 n at signal and 500 + n after the reset: 500 - 9 n.
  const std::pair<Orientation, std::array<uint16_t, 6>> wanted[] = {
      {Orientation::kRecorded, {500, 491, 482, 473, 464, 455}},
      {Orientation::kMirrorX, {482, 491, 500, 455, 464, 473}},
      {Orientation::kMirrorY, {473, 464, 455, 500, 491, 482}},
      {Orientation::kRotate180, {455, 464, 473, 482, 491, 500}}};
  for (const auto& [orientation, pixels] : wanted) {
    const Recording recording = open_file(file, orientation);
    const Batch frames = recording.scan("frames").read();
    REQUIRE(frames.size() == 2);
    for (size_t i = 0; i < 2; ++i) {
      const std::vector<std::byte> image = recording.image(frame_place(frames, i));
      REQUIRE(image.size() == sizeof(pixels));
      CHECK(std::memcmp(image.data(), pixels.data(), sizeof(pixels)) == 0);
    }
  }
  const Recording recording = open_file(file, Orientation::kRecorded);
  const auto place = frame_place(recording.scan("frames").read(), 0);
  for (const int64_t moved : {int64_t{48}, int64_t{-8}, int64_t{1} << 40}) {
    FramePlace lying = place;
    lying.offset += moved;
    CHECK_THROWS_WITH_AS(recording.image(lying), doctest::Contains("two readings"), Error);
  }
  FramePlace lying = place;
  lying.height = 30'000;
  CHECK_THROWS_AS(recording.image(lying), Error);
  lying = place;
  lying.width = 2;
  CHECK_THROWS_AS(recording.image(lying), Error);
}

}  // namespace
}  // namespace evarrow::test::aedat
