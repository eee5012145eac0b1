// SPDX-License-Identifier: Apache-2.0
#include "codecs/lz4_events.h"

#include <doctest/doctest.h>

#include <cstring>
#include <random>
#include <vector>

#include "codecs/dv_packet.h"
#include "codecs/frames.h"
#include "codecs/packer.h"

namespace evarrow::codecs {
namespace {

struct Record {
  int64_t t;
  int16_t x;
  int16_t y;
  uint32_t on;
};
static_assert(sizeof(Record) == kDvEvent);

constexpr size_t kFront = 32;

std::vector<std::byte> packet_of(const std::vector<Record>& records) {
  std::vector<std::byte> packet(kFront + records.size() * kDvEvent, std::byte{7});
  if (!records.empty()) {
    std::memcpy(packet.data() + kFront, records.data(), records.size() * kDvEvent);
  }
  return packet;
}

// The bytes of the frame, once it is seen that they become the packet again.
size_t compressed_size(const std::vector<Record>& records) {
  const std::vector<std::byte> packet = packet_of(records);
  std::vector<std::byte> frame;
  Packer().append_events(DvCompression::kLz4, packet, kFront, frame);
  std::vector<std::byte> back(packet.size());
  const Stage stage = undo_lz4_frame(frame, back);
  CHECK(stage.outcome == Outcome::kDone);
  CHECK(stage.bytes == packet.size());
  CHECK((back == packet));
  return frame.size();
}

TEST_CASE("lz4_events: any events come back, whatever they have in common") {
  std::mt19937_64 random(3);
  const auto below = [&](uint64_t end) { return static_cast<int64_t>(random() % end); };
  for (int round = 0; round < 3000; ++round) {
    std::vector<Record> records(static_cast<size_t>(below(40)));
    const bool odd = below(2) == 0;
    for (Record& record : records) {
      record.t = odd ? static_cast<int64_t>(random()) : below(300);
      record.x = static_cast<int16_t>(below(odd ? 65'536 : 700));
      record.y = static_cast<int16_t>(below(odd ? 65'536 : 300));
      record.on = static_cast<uint32_t>(below(2));
    }
    compressed_size(records);
  }
}

TEST_CASE("lz4_events: a block is about as small as that of the library") {
  std::mt19937_64 random(4);
  int64_t t = 1'700'000'000'000'000;
  for (const uint64_t step : {3, 50, 5000}) {
    CAPTURE(step);
    std::vector<Record> records(8192);
    for (Record& record : records) {
      t += random() % 3 == 0 ? static_cast<int64_t>(random() % step) : 0;
      record = {.t = t,
                .x = static_cast<int16_t>(random() % 640),
                .y = static_cast<int16_t>(random() % 480),
                .on = static_cast<uint32_t>(random() % 2)};
    }
    const std::vector<std::byte> packet = packet_of(records);
    std::vector<std::byte> theirs;
    append_lz4_frame(packet, 0, theirs);
    CHECK(static_cast<double>(compressed_size(records)) <
          1.02 * static_cast<double>(theirs.size()));
  }
}

}  // namespace
}  // namespace evarrow::codecs
