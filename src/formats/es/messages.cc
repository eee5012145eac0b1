// SPDX-License-Identifier: Apache-2.0
// Event Streams of byte strings, which are rows that say where in the file the strings are.
#include <algorithm>

#include "formats/cursor.h"
#include "formats/es/es.h"
#include "formats/es/words.h"

namespace evarrow::es {
namespace {

constexpr uint64_t kLongest = INT64_MAX;
constexpr uint64_t kLengthBits = 63;

// What of a record comes next.
enum class Part : uint8_t { kStep, kLength, kString };

class MessageDecoder final : public Decoder {
 public:
  size_t decode(Bytes in, const Batches& out) noexcept override { return run(in, out.messages); }
  size_t summarize(Bytes in, Summary& /*summary*/) noexcept override { return run(in, nullptr); }

  size_t unfinished() const noexcept override {
    return static_cast<size_t>(head_ + (part_ == Part::kString ? size_ - left_ : 0));
  }

  DecoderState state() const noexcept override {
    return {.epoch = now_, .words = {size_, left_, head_ << 2 | static_cast<uint64_t>(part_)}};
  }

  void set_state(const DecoderState& state) noexcept override {
    now_ = state.epoch;
    part_ = static_cast<Part>(std::min<uint64_t>(state.words[2] & 3, 2));
    head_ = state.words[2] >> 2;
    size_ = state.words[0] & kLongest;
    left_ = std::min(state.words[1], size_);
    if (part_ == Part::kString && left_ == 0) part_ = Part::kStep;
  }

 private:
  size_t run(Bytes in, Batch* messages) noexcept {
    size_t read = 0;
    while (read < in.size()) {
      const size_t taken = take(in.subspan(read), offset_ + read, messages);
      if (taken == 0) break;
      read += taken;
    }
    offset_ += read;
    return read;
  }

  // Takes the front of `in`, which is not empty; 0 if there is no room for the row it ends.
  size_t take(Bytes in, uint64_t offset, Batch* messages) noexcept {
    const auto byte = std::to_integer<uint32_t>(in[0]);
    if (part_ == Part::kStep) {
      take_step(byte);
      return 1;
    }
    if (part_ == Part::kLength) return take_length(byte, offset + 1, messages) ? 1 : 0;
    if (in.size() < left_) {
      left_ -= in.size();
      return in.size();
    }
    const size_t last = left_;
    return finish(offset + last, messages) ? last : 0;
  }

  void take_step(uint32_t byte) noexcept {
    if (byte >= Generic::kFirstPause) {
      now_ += Generic::pause(byte);
    } else {
      now_ += byte;
      head_ = 1;
      part_ = Part::kLength;
    }
  }

  // `end`: the byte offset behind this byte.
  bool take_length(uint32_t byte, uint64_t end, Batch* messages) noexcept {
    const uint64_t size = longer(size_, Generic::length_bits(byte));
    if (Generic::length_goes_on(byte)) {
      size_ = size;
      ++head_;
      return true;
    }
    if (size == 0) return finish(end, messages);
    size_ = left_ = size;
    ++head_;
    part_ = Part::kString;
    return true;
  }

  // A length with the next seven bits of it; what no file can be as long as is all the same.
  uint64_t longer(uint64_t size, uint64_t bits) const noexcept {
    const uint64_t shift = 7 * (std::min<uint64_t>(head_, kLengthBits) - 1);
    if (bits == 0) return size;
    return shift < kLengthBits ? size | bits << shift : kLongest;
  }

  // The string that ends before `end` is whole. False if there is no room for its row.
  bool finish(uint64_t end, Batch* messages) noexcept {
    const auto begin = static_cast<int64_t>(end - size_);
    if (!append_row(messages, now_, begin, static_cast<int64_t>(size_))) return false;
    size_ = left_ = head_ = 0;
    part_ = Part::kStep;
    return true;
  }

  int64_t now_ = 0;  // the sum of all steps
  Part part_ = Part::kStep;
  uint64_t head_ = 0;  // bytes before the string that were read, of a record that is not whole
  uint64_t size_ = 0;  // of its string, as far as it is known
  uint64_t left_ = 0;  // bytes of its string that are missing
};

}  // namespace

std::unique_ptr<Decoder> make_message_decoder() { return std::make_unique<MessageDecoder>(); }

}  // namespace evarrow::es
