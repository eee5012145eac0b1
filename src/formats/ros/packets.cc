// SPDX-License-Identifier: Apache-2.0
#include "formats/ros/packets.h"

#include <bit>
#include <cstring>
#include <memory>

#include "formats/event_sink.h"
#include "formats/ros/tokens.h"

namespace evarrow::ros {
namespace {

constexpr uint64_t kNanoseconds = 1000;  // of a microsecond

// Rounded down; the sum may be more than 64 bits hold.
int64_t microseconds(uint64_t base, uint64_t nanoseconds) noexcept {
  const uint64_t rest = base % kNanoseconds + nanoseconds % kNanoseconds;
  return static_cast<int64_t>(base / kNanoseconds + nanoseconds / kNanoseconds +
                              rest / kNanoseconds);
}

struct RowsOf {
  RowSink events;
  Batch* triggers;
  int8_t off;

  bool put_trigger(int64_t t, uint32_t id, uint32_t bit) noexcept {
    return append_row(triggers, t, static_cast<int16_t>(id), kernels::polarity_of(bit, off));
  }
};

struct CountOf {
  SummarySink events;
  Summary& summary;

  bool put_trigger(int64_t /*t*/, uint32_t /*id*/, uint32_t /*bit*/) noexcept {
    ++summary.triggers;
    return true;
  }
};

// What a packet of each encoding carries from one word to the next, and what its words mean.
// `take` returns false if there is no room for the rows of the word; then nothing has changed.
struct Place {
  uint64_t base;  // nanoseconds
  int64_t epoch;  // microseconds
  uint64_t offset;
};

struct Mono {
  static constexpr size_t kMostRows = 1;

  template <typename Sink>
  bool take(uint64_t word, const Place& at, Sink& sink, Faults& /*faults*/) noexcept {
    const auto x = static_cast<uint16_t>(word >> 32);
    const auto y = static_cast<uint32_t>(word >> 48 & 0x7FFF);
    const int64_t t = at.epoch + microseconds(at.base, word & UINT32_MAX);
    return sink.events.put(x, static_cast<int32_t>(y), t, static_cast<uint32_t>(word >> 63),
                           at.offset);
  }
  uint64_t state() const noexcept { return 0; }
  void set_state(uint64_t /*state*/) noexcept {}
};

struct Trigger {
  static constexpr size_t kMostRows = 1;

  template <typename Sink>
  bool take(uint64_t word, const Place& at, Sink& sink, Faults& /*faults*/) noexcept {
    const int64_t t = at.epoch + microseconds(at.base, word & UINT32_MAX);
    return sink.put_trigger(t, static_cast<uint32_t>(word >> 48 & 0x7FFF),
                            static_cast<uint32_t>(word >> 63));
  }
  uint64_t state() const noexcept { return 0; }
  void set_state(uint64_t /*state*/) noexcept {}
};

// The records of libcaer, whose clock of 31 bits may run over within a packet.
class Libcaer {
 public:
  static constexpr size_t kMostRows = 1;

  template <typename Sink>
  bool take(uint64_t word, const Place& at, Sink& sink, Faults& faults) noexcept {
    const auto data = static_cast<uint32_t>(word);
    const auto time = static_cast<uint32_t>(word >> 32 & INT32_MAX);
    const uint64_t overflows = overflows_ + (time < last_ ? 1 : 0);
    const uint64_t t = (overflows << 31 | time) * kNanoseconds;
    if ((data & 1) == 0) {
      faults.add(FaultKind::kUnknownWord, at.offset);  // it says itself that it is not valid
    } else if (!sink.events.put(static_cast<int32_t>(data >> 17),
                                static_cast<int32_t>(data >> 2 & 0x7FFF),
                                at.epoch + microseconds(at.base, t), data >> 1 & 1, at.offset)) {
      return false;
    }
    overflows_ = overflows;
    last_ = time;
    return true;
  }
  uint64_t state() const noexcept { return overflows_ << 31 | last_; }
  void set_state(uint64_t state) noexcept {
    overflows_ = state >> 31;
    last_ = static_cast<uint32_t>(state & INT32_MAX);
  }

 private:
  uint64_t overflows_ = 0;
  uint32_t last_ = 0;
};

// Four tokens a word.
class LibcaerCmp {
 public:
  static constexpr size_t kMostRows = Tokens::kMostEvents;

  template <typename Sink>
  bool take(uint64_t word, const Place& at, Sink& sink, Faults& faults) noexcept {
    if (sink.events.room() < kMostRows && sink.events.room() < rows_in(word, sink)) return false;
    tokens_.take(word, [&](int32_t x, int32_t y, uint32_t microseconds_of_packet, uint32_t bit) {
      const int64_t t = microseconds(at.base, microseconds_of_packet * kNanoseconds);
      (void)sink.events.put(x, y, at.epoch + t, bit, at.offset);
    });
    const size_t unknown = Tokens::unknown_in(word);
    if (unknown != 0) faults.add(FaultKind::kUnknownWord, at.offset, unknown);
    return true;
  }
  uint64_t state() const noexcept { return tokens_.state(); }
  void set_state(uint64_t state) noexcept { tokens_.set_state(state); }

 private:
  template <typename Sink>
  size_t rows_in(uint64_t word, const Sink& sink) const noexcept {
    size_t rows = 0;
    Tokens tokens = tokens_;
    tokens.take(word, [&](int32_t x, int32_t y, uint32_t /*time*/, uint32_t /*bit*/) {
      rows += sink.events.keeps(x, y) ? 1 : 0;
    });
    return rows;
  }

  Tokens tokens_;
};

template <typename Packet>
class FrameDecoder final : public Decoder {
 public:
  FrameDecoder(const Header& header, const DecodeOptions& options)
      : bounds_(header, options.drop_out_of_sensor), off_(options.off) {}

  size_t decode(Bytes in, const Batches& out) noexcept override {
    RowsOf sink = {.events = {out.events, scratch_, bounds_, off_, faults_},
                   .triggers = out.triggers,
                   .off = off_};
    const size_t read = run(in, sink, faults_);
    sink.events.commit();
    return read;
  }

  size_t summarize(Bytes in, Summary& summary) noexcept override {
    CountOf sink = {.events = {summary, bounds_}, .summary = summary};
    Faults nobody;
    return run(in, sink, nobody);
  }

  DecoderState state() const noexcept override {
    return {.epoch = epoch_,
            .words = {base_, left_ << 2 | static_cast<uint64_t>(next_), packet_.state()}};
  }
  void set_state(const DecoderState& state) noexcept override {
    epoch_ = state.epoch;
    base_ = state.words[0];
    left_ = state.words[1] >> 2;
    next_ = static_cast<Next>(state.words[1] & 3);
    packet_.set_state(state.words[2]);
  }

 private:
  enum class Next : uint8_t { kBase, kSize, kWords };

  template <typename Sink>
  size_t run(Bytes in, Sink& sink, Faults& faults) noexcept {
    size_t read = 0;
    for (; in.size() - read >= kFrameWord; read += kFrameWord) {
      uint64_t word = 0;
      std::memcpy(&word, in.data() + read, sizeof(word));
      if (next_ == Next::kWords && left_ != 0) {
        const Place at = {.base = base_, .epoch = epoch_, .offset = offset_ + read};
        if (!packet_.take(word, at, sink, faults)) break;
        --left_;
      } else if (next_ == Next::kSize) {
        left_ = (word + kFrameWord - 1) / kFrameWord;
        next_ = Next::kWords;
        packet_ = Packet();
      } else {
        base_ = word;
        next_ = Next::kSize;
      }
    }
    offset_ += read;
    return read;
  }

  Bounds bounds_;
  int8_t off_;
  int64_t epoch_ = 0;
  uint64_t base_ = 0;  // of the packet, nanoseconds
  uint64_t left_ = 0;  // words of the packet
  Next next_ = Next::kBase;
  Packet packet_;
  ScratchLines scratch_;
};

constexpr std::string_view kStreams[] = {"events", "triggers"};

template <typename Packet>
constexpr Format frame_format() {
  return {
      .name = {},
      .description = {},
      .specification = {},
      .extensions = {},
      .streams = kStreams,
      .word_size = kFrameWord,
      .max_burst = Packet::kMostRows,
      .state_version = 1,
      .index_from_front = true,
      .drops_out_of_sensor = false,
      .matches = [](Bytes) noexcept { return false; },
      .read_header = [](Bytes, bool) { return Header{}; },
      .misfit = nullptr,
      .make_decoder = [](const Header& header,
                         const DecodeOptions& options) -> std::unique_ptr<Decoder> {
        return std::make_unique<FrameDecoder<Packet>>(header, options);
      },
      .write_header = nullptr,
      .make_encoder = nullptr,
  };
}

}  // namespace

constinit const Format kMono = frame_format<Mono>();
constinit const Format kTrigger = frame_format<Trigger>();
constinit const Format kLibcaer = frame_format<Libcaer>();
constinit const Format kLibcaerCmp = frame_format<LibcaerCmp>();

}  // namespace evarrow::ros
