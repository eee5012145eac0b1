// SPDX-License-Identifier: Apache-2.0
#include "formats/ros/packet_writer.h"

#include "formats/encoding.h"
#include "formats/ros/mcap_words.h"

namespace evarrow::ros {
namespace {

// Values of a message, each aligned to its own size.
class CdrWriter {
 public:
  explicit CdrWriter(std::vector<std::byte>& out) : out_(out) {
    append_word(out_, uint32_t{0x100});  // CDR, little-endian, no options
    begin_ = out_.size();
  }

  template <typename T>
  void number(T value) {
    out_.resize(out_.size() + (sizeof(T) - (out_.size() - begin_) % sizeof(T)) % sizeof(T));
    append_word(out_, value);
  }
  void sequence(Bytes bytes) {
    number(static_cast<uint32_t>(bytes.size()));
    append_bytes(out_, bytes);
  }
  // With the 0 behind it.
  void text(const std::string& text) { sequence(bytes_of({text.c_str(), text.size() + 1})); }

 private:
  std::vector<std::byte>& out_;
  size_t begin_;
};

}  // namespace

void append_packet(const PacketFront& front, uint64_t number, int64_t t, Bytes words,
                   std::vector<std::byte>& out) {
  constexpr int64_t kSecond = 1'000'000;  // microseconds
  constexpr int64_t kMicrosecond = 1000;  // nanoseconds
  CdrWriter writer(out);
  writer.number(static_cast<int32_t>(t / kSecond));
  writer.number(static_cast<uint32_t>(t % kSecond * kMicrosecond));
  writer.text(front.frame_id);
  writer.number(static_cast<uint32_t>(front.height));
  writer.number(static_cast<uint32_t>(front.width));
  writer.number(number);
  writer.number(static_cast<uint64_t>(t * kMicrosecond));
  writer.text("evt3");
  writer.number(uint8_t{0});  // the words are little-endian
  writer.sequence(words);
}

}  // namespace evarrow::ros
