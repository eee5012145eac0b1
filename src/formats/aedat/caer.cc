// SPDX-License-Identifier: Apache-2.0
// AEDAT 3: packets of events. Every byte is a word here, so that a payload may be cut anywhere; the
// state holds where in which packet the decoder stands, and the bytes of an event that is cut.
#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "formats/aedat/aedat.h"
#include "formats/aedat/caer_words.h"
#include "formats/aedat/sinks.h"

namespace evarrow::aedat {
namespace {

// Where a decoder stands.
struct Stand {
  enum class In : uint8_t { kHeader, kSpecials, kPolarities, kSkipped, kLost } in = In::kHeader;
  uint8_t held = 0;      // bytes that were read of a header, or of the event that was cut
  PacketHeader header;   // of a packet, as far as it was read; `number` of events to come
  uint64_t skipped = 0;  // bytes still to be stepped over
  std::array<uint8_t, kEventBytes> event{};  // the front of the event that was cut
};

class CaerDecoder final : public Decoder {
 public:
  CaerDecoder(const Header& header, const DecodeOptions& options)
      : bounds_(header, options.drop_out_of_sensor),
        off_(options.off),
        fields_(header.layout == kVersion30 ? kFields30 : kFields31) {}

  size_t decode(Bytes in, const Batches& out) noexcept override {
    Rows rows(out, scratch_, bounds_, off_, faults_);
    const bool lost = stand_.in == Stand::In::kLost;
    const size_t read = run(in, rows);
    rows.commit();
    if (!lost && stand_.in == Stand::In::kLost) faults_.add(FaultKind::kCorrupt, lost_at_);
    return read;
  }

  size_t summarize(Bytes in, Summary& summary) noexcept override {
    Count count(summary, bounds_);
    return run(in, count);
  }

  size_t unfinished() const noexcept override { return stand_.held; }

  std::string why() const override {
    return "the header of a packet, at byte " + std::to_string(lost_at_) +
           ", has numbers that cannot be: what is behind it is not found";
  }

  DecoderState state() const noexcept override {
    uint64_t event = 0;
    std::memcpy(&event, stand_.event.data(), kEventBytes);
    const PacketHeader& header = stand_.header;
    return {.epoch = epoch_,
            .words = {static_cast<uint64_t>(stand_.in) | uint64_t{stand_.held} << 8 |
                          uint64_t{header.type} << 16 | uint64_t{header.size} << 32,
                      uint64_t{header.number} | uint64_t{header.overflow} << 32,
                      stand_.in == Stand::In::kSkipped ? stand_.skipped : event}};
  }

  void set_state(const DecoderState& state) noexcept override {
    const auto& [first, second, third] = state.words;
    epoch_ = state.epoch;
    stand_ = {};
    stand_.in = static_cast<Stand::In>(std::min<uint64_t>(first & 0xFF, 4));
    const size_t most = stand_.in == Stand::In::kHeader ? kHeaderBytes - 1 : kEventBytes - 1;
    stand_.held = static_cast<uint8_t>(std::min<uint64_t>(first >> 8 & 0xFF, most));
    stand_.header = {.type = static_cast<uint16_t>(first >> 16),
                     .size = static_cast<uint32_t>(first >> 32),
                     .overflow = static_cast<uint32_t>(second >> 32),
                     .number = static_cast<uint32_t>(second)};
    if (stand_.in == Stand::In::kSkipped) {
      stand_.skipped = third;
    } else {
      std::memcpy(stand_.event.data(), &third, kEventBytes);
    }
  }

 private:
  template <typename Sink>
  size_t run(Bytes in, Sink& sink) noexcept {
    const auto* bytes = reinterpret_cast<const uint8_t*>(in.data());
    size_t read = 0;
    bool room = true;
    while (room && read < in.size()) {
      const uint8_t* const at = bytes + read;
      const size_t size = in.size() - read;
      switch (stand_.in) {
        case Stand::In::kHeader:
          read += read_header(at, size, offset_ + read);
          break;
        case Stand::In::kSkipped:
          read += skip(size);
          break;
        case Stand::In::kLost:
          read = in.size();
          break;
        default: {
          const size_t taken = take_events(at, size, offset_ + read, sink);
          room = taken != 0;
          read += taken;
        }
      }
    }
    offset_ += read;
    return read;
  }

  size_t read_header(const uint8_t* bytes, size_t size, uint64_t offset) noexcept {
    const size_t n = std::min<size_t>(size, kHeaderBytes - stand_.held);
    for (size_t i = 0; i < n; ++i) stand_.header.put(stand_.held + i, bytes[i]);
    stand_.held = static_cast<uint8_t>(stand_.held + n);
    if (stand_.held == kHeaderBytes) begin_packet(offset + n - kHeaderBytes);
    return n;
  }

  void begin_packet(uint64_t offset) noexcept {
    const PacketHeader header = stand_.header;
    stand_ = {};
    if (header.size > INT32_MAX || header.number > INT32_MAX) {
      stand_.in = Stand::In::kLost;
      lost_at_ = offset;
    } else if (header.number == 0 || header.size == 0) {
      return;
    } else if (header.size == kEventBytes && header.type <= kPolarity) {
      stand_.in = header.type == kPolarity ? Stand::In::kPolarities : Stand::In::kSpecials;
      stand_.header = {.overflow = header.overflow, .number = header.number};
    } else {
      stand_.in = Stand::In::kSkipped;
      stand_.skipped = uint64_t{header.size} * header.number;
    }
  }

  size_t skip(size_t size) noexcept {
    const size_t n = std::min<uint64_t>(size, stand_.skipped);
    stand_.skipped -= n;
    if (stand_.skipped == 0) stand_ = {};
    return n;
  }

  // Returns how many bytes were read; 0: there is no room for a row.
  template <typename Sink>
  size_t take_events(const uint8_t* bytes, size_t size, uint64_t offset, Sink& sink) noexcept {
    if (stand_.held != 0 || size < kEventBytes) return complete(bytes, size, offset, sink);
    size_t n = std::min<size_t>(size / kEventBytes, stand_.header.number);
    if (stand_.in == Stand::In::kPolarities) {
      const size_t taken = take_plain(bytes, n, sink);
      if (taken != 0) return move_on(taken);
    }
    if (!take(bytes, offset, sink)) return 0;
    return move_on(1);
  }

  size_t move_on(size_t events) noexcept {
    stand_.header.number -= static_cast<uint32_t>(events);
    if (stand_.header.number == 0) stand_ = {};
    return events * kEventBytes;
  }

  // Goes on with an event that was cut, or begins one that is.
  template <typename Sink>
  size_t complete(const uint8_t* bytes, size_t size, uint64_t offset, Sink& sink) noexcept {
    const size_t n = std::min<size_t>(size, kEventBytes - stand_.held);
    std::array<uint8_t, kEventBytes> event = stand_.event;
    std::copy_n(bytes, n, event.begin() + stand_.held);
    if (stand_.held + n < kEventBytes) {
      stand_.event = event;
      stand_.held = static_cast<uint8_t>(stand_.held + n);
      return n;
    }
    if (!take(event.data(), offset - stand_.held, sink)) return 0;
    stand_.event = {};
    stand_.held = 0;
    (void)move_on(1);
    return n;
  }

  // The valid events inside the sensor at the front; returns how many.
  template <typename Sink>
  size_t take_plain(const uint8_t* bytes, size_t count, Sink& sink) const noexcept {
    const Fields fields = fields_;
    const int32_t width = bounds_.width();
    const int32_t height = bounds_.height();
    const int64_t begin = time_of(0);
    return sink.put_plain(count, [=](size_t i) {
      const EventWords event = load(bytes + i * kEventBytes);
      const int32_t x = fields.x(event.data);
      const int32_t y = fields.y(event.data);
      return PlainEvent{.is_plain = is_valid(event.data) && x < width && y < height,
                        .x = x,
                        .y = y,
                        .t = begin + event.time,
                        .polarity_bit = event.data >> 1 & 1};
    });
  }

  // False if the row of the event does not fit.
  template <typename Sink>
  bool take(const uint8_t* bytes, uint64_t offset, Sink& sink) const noexcept {
    const EventWords event = load(bytes);
    if (!is_valid(event.data)) return true;
    const int64_t t = time_of(event.time);
    if (stand_.in == Stand::In::kSpecials) return sink.put_trigger(t, signal_of(type(event.data)));
    return sink.put(fields_.x(event.data), fields_.y(event.data), t, event.data >> 1 & 1, offset);
  }

  int64_t time_of(int32_t time) const noexcept {
    return epoch_ + (int64_t{stand_.header.overflow} << 31) + time;
  }

  Bounds bounds_;
  int8_t off_;
  Fields fields_;
  int64_t epoch_ = 0;
  Stand stand_;
  uint64_t lost_at_ = 0;
  ScratchLines scratch_;
};

constexpr std::string_view kExtensions[] = {".aedat"};
constexpr std::string_view kStreams[] = {"events", "triggers"};

}  // namespace

constinit const Format kAedat3 = {
    .name = "aedat3",
    .description = "cAER AEDAT 3.0 and 3.1",
    .specification =
        "https://docs.inivation.com/software/software-advanced-usage/file-formats/aedat-3.1.html",
    .extensions = kExtensions,
    .streams = kStreams,
    .word_size = 1,
    .max_burst = 1,
    .state_version = 1,
    .index_from_front = true,
    .drops_out_of_sensor = false,
    .matches = [](Bytes head) noexcept { return is_version(head, '3'); },
    .read_header = read_caer_header,
    .misfit = nullptr,
    .make_decoder = [](const Header& header, const DecodeOptions& options)
        -> std::unique_ptr<Decoder> { return std::make_unique<CaerDecoder>(header, options); },
    .write_header = nullptr,
    .make_encoder = nullptr,
};

}  // namespace evarrow::aedat
