// SPDX-License-Identifier: Apache-2.0
// AEDAT 3: packets of events. Every byte is a word here, so that a payload may be cut anywhere; the
// state holds where in which packet the decoder stands, and the bytes of an event that is cut.
#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <tuple>
#include <vector>

#include "evarrow/error.h"
#include "formats/aedat/aedat.h"
#include "formats/aedat/caer_words.h"
#include "formats/aedat/sinks.h"
#include "io/source.h"

namespace evarrow::aedat {
namespace {

// Where a decoder stands.
struct Stand {
  enum class In : uint8_t {
    kHeader,
    kSpecials,
    kPolarities,
    kSkipped,
    kLost,
    kSamples,
    kFrames,
    kPixels
  } in = In::kHeader;
  uint8_t held = 0;      // bytes that were read of a header, or of the event that was cut
  PacketHeader header;   // of a packet, as far as it was read; `number` of events to come
  uint64_t skipped = 0;  // bytes still to be stepped over
  std::array<uint8_t, kMostBytes> event{};  // the front of the event that was cut

  // Of an event, or of what there is of a frame before its pixels.
  size_t event_bytes() const noexcept {
    if (in == In::kFrames) return kFrameBytes;
    return in == In::kSamples ? header.size : kEventBytes;
  }
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
    const bool lost = stand_.in == Stand::In::kLost;
    const size_t read = run(in, count);
    if (!lost && stand_.in == Stand::In::kLost) ++summary.lost;
    return read;
  }

  size_t unfinished() const noexcept override { return stand_.held; }

  std::string why() const override {
    if (stand_.in != Stand::In::kLost && bad_packet_.size != 0) {
      return "the packet at byte " + std::to_string(bad_packet_at_) + " has events of " +
             std::to_string(bad_packet_.size) + " bytes, which those of its type " +
             std::to_string(bad_packet_.type) + " never have: it is left out";
    }
    if (stand_.in != Stand::In::kLost) {
      return "the frame at byte " + std::to_string(bad_frame_at_) +
             " has numbers that cannot be: it is left out";
    }
    return "the header of a packet, at byte " + std::to_string(lost_at_) +
           ", has numbers that cannot be: what is behind it is not found";
  }

  DecoderState state() const noexcept override {
    const PacketHeader& header = stand_.header;
    DecoderState state = {
        .epoch = epoch_,
        .words = {static_cast<uint64_t>(stand_.in) | uint64_t{stand_.held} << 8 |
                      uint64_t{header.type} << 16 | uint64_t{header.size} << 32,
                  uint64_t{header.number} | uint64_t{header.overflow} << 32, stand_.skipped}};
    if (stand_.skipped == 0) std::memcpy(&state.words[2], stand_.event.data(), kMostBytes);
    return state;
  }

  void set_state(const DecoderState& state) noexcept override {
    using In = Stand::In;
    const auto [first, second] = std::tuple(state.words[0], state.words[1]);
    epoch_ = state.epoch;
    stand_ = {};
    stand_.in =
        static_cast<In>(std::min<uint64_t>(first & 0xFF, static_cast<uint64_t>(In::kPixels)));
    stand_.header = {.type = static_cast<uint16_t>(first >> 16),
                     .size = static_cast<uint32_t>(first >> 32),
                     .overflow = static_cast<uint32_t>(second >> 32),
                     .number = static_cast<uint32_t>(second)};
    const bool holds = stand_.in != In::kSkipped && stand_.in != In::kPixels;
    if (!holds) stand_.skipped = state.words[2];
    if (holds) std::memcpy(stand_.event.data(), &state.words[2], kMostBytes);
    // A state that was kept in a file may be any.
    if (stand_.in == In::kSamples && stand_.header.size != kImu9Bytes) {
      stand_.header.size = kImu6Bytes;
    }
    if (stand_.in == In::kFrames || stand_.in == In::kPixels) {
      stand_.header.size = std::max<uint32_t>(stand_.header.size, kFrameBytes);
    }
    const uint64_t most = stand_.in == In::kHeader ? kHeaderBytes - 1 : stand_.event_bytes() - 1;
    stand_.held = static_cast<uint8_t>(std::min<uint64_t>(first >> 8 & 0xFF, most));
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
          read += read_header(at, size, offset_ + read, sink);
          break;
        case Stand::In::kSkipped:
        case Stand::In::kPixels:
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

  template <typename Sink>
  size_t read_header(const uint8_t* bytes, size_t size, uint64_t offset, Sink& sink) noexcept {
    const size_t n = std::min<size_t>(size, kHeaderBytes - stand_.held);
    for (size_t i = 0; i < n; ++i) stand_.header.put(stand_.held + i, bytes[i]);
    stand_.held = static_cast<uint8_t>(stand_.held + n);
    if (stand_.held == kHeaderBytes) begin_packet(offset + n - kHeaderBytes, sink);
    return n;
  }

  template <typename Sink>
  void begin_packet(uint64_t offset, Sink& sink) noexcept {
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
    } else if (is_samples(header) || (header.type == kFrame && header.size >= kFrameBytes)) {
      stand_.in = header.type == kFrame ? Stand::In::kFrames : Stand::In::kSamples;
      stand_.header = {.size = header.size, .overflow = header.overflow, .number = header.number};
    } else {
      if (header.type <= kImu9 && sink.put_bad_packet(header.type, offset)) {
        bad_packet_ = header;
        bad_packet_at_ = offset;
      }
      stand_.in = Stand::In::kSkipped;
      stand_.skipped = uint64_t{header.size} * header.number;
    }
  }

  static bool is_samples(const PacketHeader& header) noexcept {
    return (header.type == kImu6 && header.size == kImu6Bytes) ||
           (header.type == kImu9 && header.size == kImu9Bytes);
  }

  size_t skip(size_t size) noexcept {
    const size_t n = std::min<uint64_t>(size, stand_.skipped);
    stand_.skipped -= n;
    if (stand_.skipped != 0) return n;
    if (stand_.in == Stand::In::kPixels) {
      stand_.in = Stand::In::kFrames;
      end_event();
    } else {
      stand_ = {};
    }
    return n;
  }

  // Returns how many bytes were read; 0: there is no room for a row.
  template <typename Sink>
  size_t take_events(const uint8_t* bytes, size_t size, uint64_t offset, Sink& sink) noexcept {
    const size_t whole = stand_.event_bytes();
    if (stand_.held != 0 || size < whole) return complete(bytes, size, offset, sink);
    if (stand_.in == Stand::In::kPolarities) {
      const size_t n = std::min<size_t>(size / kEventBytes, stand_.header.number);
      const size_t taken = take_plain(bytes, n, sink);
      if (taken != 0) {
        end_event(taken);
        return taken * kEventBytes;
      }
    }
    if (!take(bytes, offset, sink)) return 0;
    move_on();
    return whole;
  }

  // Goes behind an event, or to the pixels of a frame.
  void move_on() noexcept {
    const uint64_t pixels = stand_.in == Stand::In::kFrames ? stand_.header.size - kFrameBytes : 0;
    if (pixels == 0) return end_event();
    stand_.in = Stand::In::kPixels;
    stand_.skipped = pixels;
  }

  void end_event(size_t events = 1) noexcept {
    stand_.header.number -= static_cast<uint32_t>(events);
    if (stand_.header.number == 0) stand_ = {};
  }

  // Goes on with an event that was cut, or begins one that is.
  template <typename Sink>
  size_t complete(const uint8_t* bytes, size_t size, uint64_t offset, Sink& sink) noexcept {
    const size_t whole = stand_.event_bytes();
    const size_t n = std::min<size_t>(size, whole - stand_.held);
    std::array<uint8_t, kMostBytes> event = stand_.event;
    std::copy_n(bytes, n, event.begin() + stand_.held);
    if (stand_.held + n < whole) {
      stand_.event = event;
      stand_.held = static_cast<uint8_t>(stand_.held + n);
      return n;
    }
    if (!take(event.data(), offset - stand_.held, sink)) return 0;
    stand_.event = {};
    stand_.held = 0;
    move_on();
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
  bool take(const uint8_t* bytes, uint64_t offset, Sink& sink) noexcept {
    if (stand_.in == Stand::In::kSamples) return take_sample(bytes, sink);
    if (stand_.in == Stand::In::kFrames) return take_frame(bytes, offset, sink);
    const EventWords event = load(bytes);
    if (!is_valid(event.data)) return true;
    const int64_t t = time_of(event.time);
    if (stand_.in == Stand::In::kSpecials) return sink.put_trigger(t, signal_of(type(event.data)));
    return sink.put(fields_.x(event.data), fields_.y(event.data), t, event.data >> 1 & 1, offset);
  }

  template <typename Sink>
  bool take_sample(const uint8_t* bytes, Sink& sink) const noexcept {
    SampleWords words{};
    std::memcpy(&words, bytes, stand_.header.size);
    if (!is_valid(words.info)) return true;
    Sample sample;
    for (size_t i = 0; i < 3; ++i) {
      sample.accel[i] = double{words.accel[i]} * kStandardGravity;
      sample.gyro[i] = double{words.gyro[i]} * kRadiansPerDegree;
      if (stand_.header.size == kImu9Bytes) {
        sample.mag[i] = double{words.mag[i]} * kTeslaPerMicrotesla;
      }
    }
    sample.temperature = words.temperature;
    return sink.put_sample(time_of(words.time), sample);
  }

  template <typename Sink>
  bool take_frame(const uint8_t* bytes, uint64_t offset, Sink& sink) noexcept {
    FrameWords words;
    std::memcpy(&words, bytes, sizeof(words));
    if (!is_valid(words.info)) return true;
    const auto fits = [](int32_t number) { return number >= 0 && number <= INT16_MAX; };
    Frame frame = {.begin = time_of(words.begin),
                   .end = time_of(words.end),
                   .left = static_cast<int16_t>(words.left),
                   .top = static_cast<int16_t>(words.top),
                   .place = {.width = static_cast<int16_t>(words.width),
                             .height = static_cast<int16_t>(words.height),
                             .channels = words.channels(),
                             .bits = 16,
                             .offset = static_cast<int64_t>(offset + kFrameBytes),
                             .size = 0}};
    const uint64_t pixels = frame.place.bytes();
    frame.place.size = static_cast<int64_t>(pixels);
    const bool can_be = fits(words.width) && fits(words.height) && fits(words.left) &&
                        fits(words.top) && pixels != 0 &&
                        pixels <= stand_.header.size - kFrameBytes;
    if (can_be) return sink.put_frame(frame);
    if (sink.put_bad_frame(offset)) {
      bad_frame_at_ = offset;
      bad_packet_ = {};
    }
    return true;
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
  uint64_t bad_frame_at_ = 0;
  PacketHeader bad_packet_;  // whose events have a size that those of its type never have
  uint64_t bad_packet_at_ = 0;
  ScratchLines scratch_;
};

constexpr std::string_view kExtensions[] = {".aedat"};
std::vector<std::byte> read_image(Source& file, const FramePlace& place,
                                  const DecodeOptions& /*options*/) {
  const auto offset = static_cast<uint64_t>(place.offset);
  Scratch scratch;
  Bytes pixels;
  if (offset <= file.size() && place.bytes() <= file.size() - offset) {
    pixels = file.read(offset, place.bytes(), scratch);
  }
  if (pixels.size() < place.bytes()) {
    throw Error(ErrorCode::kDamaged,
                "the file ends within the frame at byte " + std::to_string(offset), offset);
  }
  file.check(offset + pixels.size());
  return {pixels.begin(), pixels.end()};
}

constexpr std::string_view kStreams[] = {"events", "triggers", "imu", "frames"};

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
    .state_version = 2,
    .index_from_front = true,
    .drops_out_of_sensor = false,
    .matches = [](Bytes head) noexcept { return is_version(head, '3'); },
    .read_header = read_caer_header,
    .misfit = nullptr,
    .make_decoder = [](const Header& header, const DecodeOptions& options)
        -> std::unique_ptr<Decoder> { return std::make_unique<CaerDecoder>(header, options); },
    .read_image = read_image,
    .write_header = nullptr,
    .make_encoder = nullptr,
};

}  // namespace evarrow::aedat
