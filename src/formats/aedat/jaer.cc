// SPDX-License-Identifier: Apache-2.0
// AEDAT 1 and 2: records of an address and all of the time.
#include <algorithm>
#include <array>
#include <string>

#include "formats/aedat/aedat.h"
#include "formats/aedat/imu_words.h"
#include "formats/aedat/jaer_encoder.h"
#include "formats/aedat/jaer_image.h"
#include "formats/aedat/jaer_words.h"
#include "formats/aedat/readings.h"
#include "formats/aedat/sinks.h"
#include "formats/bare_clock.h"
#include "formats/clock32.h"

namespace evarrow::aedat {
namespace {

// A coordinate as recorded, or counted from the other side.
struct Mirror {
  int32_t begin = 0;
  int32_t sign = 1;

  static constexpr Mirror of(bool mirrored, int32_t size) noexcept {
    return mirrored ? Mirror{.begin = size - 1, .sign = -1} : Mirror{};
  }
  constexpr int32_t operator()(int32_t recorded) const noexcept { return begin + sign * recorded; }
};

template <typename Layout, size_t kAddress>
class JaerDecoder final : public Decoder {
 public:
  JaerDecoder(const Header& header, const DecodeOptions& options)
      : bounds_(header, options.drop_out_of_sensor),
        pixels_(static_cast<uint64_t>(header.width) * static_cast<uint64_t>(header.height)),
        off_(options.off),
        x_(Mirror::of(options.mirror_x, header.width)),
        y_(Mirror::of(options.mirror_y, header.height)) {}

  size_t decode(Bytes in, const Batches& out) noexcept override {
    Rows rows(out, scratch_, bounds_, off_, faults_);
    const size_t read = run(in, rows);
    rows.commit();
    return read;
  }

  size_t summarize(Bytes in, Summary& summary) noexcept override {
    Count count(summary, bounds_);
    return run(in, count);
  }

  DecoderState state() const noexcept override {
    const auto [first, second] = imu_.state();
    DecoderState state = {.epoch = clock_.epoch(), .words = {clock_.last(), first, second}};
    std::ranges::copy(readings_.state(), state.words.begin() + kAtReadings);
    return state;
  }
  void set_state(const DecoderState& state) noexcept override {
    clock_.set(state.epoch, static_cast<uint32_t>(state.words[0]));
    imu_.set_state(state.words[1], state.words[2]);
    std::array<uint64_t, Readings::kWords> readings{};
    std::copy_n(state.words.begin() + kAtReadings, readings.size(), readings.begin());
    readings_.set_state(readings);
  }

  std::string why() const override {
    return "the frame at byte " + std::to_string(bad_frame_at_) +
           " lacks readings of some of its pixels: it is left out";
  }

 private:
  static constexpr size_t kRecord = kAddress + sizeof(uint32_t);
  static constexpr size_t kAtReadings = 3;  // of the words of a state

  static uint32_t address(const uint8_t* record) noexcept { return big_endian<kAddress>(record); }
  static uint32_t time(const uint8_t* record) noexcept {
    return big_endian<sizeof(uint32_t)>(record + kAddress);
  }

  template <typename Sink>
  size_t run(Bytes in, Sink& sink) noexcept {
    const auto* bytes = reinterpret_cast<const uint8_t*>(in.data());
    const size_t whole = in.size() / kRecord * kRecord;
    size_t read = 0;
    while (true) {
      read += take_plain(bytes + read, (whole - read) / kRecord, sink) * kRecord;
      const size_t others = take_others(bytes + read, whole - read, offset_ + read, sink);
      read += others;
      if (others == 0) break;
    }
    offset_ += read;
    return read;
  }

  // The events inside the sensor at the front, up to one whose clock starts over; returns how many.
  template <typename Sink>
  size_t take_plain(const uint8_t* records, size_t count, Sink& sink) noexcept {
    const auto width = static_cast<uint32_t>(bounds_.width());
    const auto height = static_cast<uint32_t>(bounds_.height());
    const int64_t epoch = clock_.epoch();
    const Mirror mirror_x = x_;
    const Mirror mirror_y = y_;
    uint32_t last = clock_.last();
    const size_t taken =
        sink.put_plain(count, [&, width, height, epoch, mirror_x, mirror_y](size_t i) {
          const uint8_t* record = records + i * kRecord;
          const uint32_t place = address(record);
          const uint32_t now = time(record);
          const int32_t x = mirror_x(Layout::x(place));
          const int32_t y = mirror_y(Layout::y(place));
          const bool is_plain =
              Layout::kind(place) == Kind::kEvent && static_cast<uint32_t>(x) < width &&
              static_cast<uint32_t>(y) < height && !kernels::starts_over(last, now);
          if (is_plain) last = now;
          return PlainEvent{.is_plain = is_plain,
                            .x = x,
                            .y = y,
                            .t = epoch + now,
                            .polarity_bit = Layout::polarity_bit(place)};
        });
    clock_.set(epoch, last);
    return taken;
  }

  // What take_plain() stopped at and, since those come by the thousand, the readings of pixels
  // behind it; returns their bytes.
  template <typename Sink>
  size_t take_others(const uint8_t* bytes, size_t size, uint64_t offset, Sink& sink) noexcept {
    size_t read = 0;
    while (read < size && take(bytes + read, offset + read, sink)) {
      read += kRecord;
      if (read < size && Layout::kind(address(bytes + read)) != Kind::kReading) break;
    }
    return read;
  }

  // False if the record's row does not fit.
  template <typename Sink>
  bool take(const uint8_t* record, uint64_t offset, Sink& sink) noexcept {
    Clock32 next = clock_;
    const uint32_t place = address(record);
    const int64_t t = next.advance(time(record));
    bool fits = true;
    switch (Layout::kind(place)) {
      case Kind::kEvent:
        fits = sink.put(x_(Layout::x(place)), y_(Layout::y(place)), t, Layout::polarity_bit(place),
                        offset);
        break;
      case Kind::kTrigger:
        fits = sink.put_trigger(t, Layout::signal(place));
        break;
      case Kind::kImu:
        fits = take_imu(place, t, sink);
        break;
      case Kind::kReading:
        fits = take_reading(place, t, time(record), offset, sink);
        break;
      case Kind::kOther:
        break;
    }
    if (fits) clock_ = next;
    return fits;
  }

  template <typename Sink>
  bool take_imu(uint32_t address, int64_t t, Sink& sink) noexcept {
    ImuWords words = imu_;
    if (words.take(address)) {
      if (!sink.put_sample(t, words.sample())) return false;
      words = ImuWords();
    }
    imu_ = words;
    return true;
  }

  template <typename Sink>
  bool take_reading(uint32_t address, int64_t t, uint32_t now, uint64_t offset,
                    Sink& sink) noexcept {
    if (!readings_.is_open() && is_signal(address)) {
      sink.put_part_of_frame(offset, 1);
      return true;
    }
    if (readings_.begins_next(address)) {
      if (!put_frame(readings_, t, now, offset, sink)) return false;
      readings_.close();
    }
    Readings readings = readings_;
    readings.add(address, now, offset);
    if (readings.has_signals_of(pixels_)) {
      if (!put_frame(readings, t, now, offset + kRecord, sink)) return false;
      readings.close();
    }
    readings_ = readings;
    return true;
  }

  // What there is of a frame whose readings end before byte `end`.
  template <typename Sink>
  bool put_frame(const Readings& readings, int64_t t, uint32_t now, uint64_t end,
                 Sink& sink) noexcept {
    if (readings.is_whole()) {
      Frame frame = readings.frame(t, now, end);
      frame.left = mirrored(x_, frame.left, frame.place.width);
      frame.top = mirrored(y_, frame.top, frame.place.height);
      return sink.put_frame(frame);
    }
    if (readings.is_first()) {
      sink.put_part_of_frame(readings.offset(), readings.count());
    } else if (sink.put_bad_frame(readings.offset())) {
      bad_frame_at_ = readings.offset();
    }
    return true;
  }

  // Where a stretch of pixels begins.
  static int16_t mirrored(const Mirror& mirror, int16_t begin, int16_t size) noexcept {
    return static_cast<int16_t>(std::min(mirror(begin), mirror(begin + size - 1)));
  }

  Bounds bounds_;
  uint64_t pixels_;  // of the sensor; 0 if that is not known
  int8_t off_;
  Mirror x_, y_;
  Clock32 clock_;
  ImuWords imu_;
  Readings readings_;
  uint64_t bad_frame_at_ = 0;
  ScratchLines scratch_;
};

template <size_t kAddress>
std::unique_ptr<Decoder> make_decoder(const Header& header, const DecodeOptions& options) {
  if (kAddress == kAddressOf2 && header.layout == kDavis) {
    return std::make_unique<JaerDecoder<Davis, kAddress>>(header, options);
  }
  return std::make_unique<JaerDecoder<Dvs128, kAddress>>(header, options);
}

// Whether these could be the records of version 1, behind comments or none.
bool could_be_1(Bytes head) noexcept {
  constexpr size_t kRecord = kAddressOf1 + sizeof(uint32_t);
  const size_t begin = end_of_comments(head);
  const auto* bytes = reinterpret_cast<const uint8_t*>(head.data());
  BareClock clock;
  for (size_t at = begin; at + kRecord <= head.size(); at += kRecord) {
    clock.add(big_endian<sizeof(uint32_t)>(bytes + at + kAddressOf1));
  }
  return clock.runs();
}

constexpr std::string_view kExtensions[] = {".aedat"};
constexpr std::string_view kStreams1[] = {"events", "triggers"};
constexpr std::string_view kStreams2[] = {"events", "triggers", "imu", "frames"};
constexpr std::string_view kSpecification =
    "https://docs.inivation.com/software/software-advanced-usage/file-formats/index.html";

template <size_t kAddress>
constexpr Format format(std::string_view name, std::string_view description,
                        std::span<const std::string_view> streams,
                        bool (*matches)(Bytes) noexcept) {
  constexpr bool kIsVersion2 = kAddress == kAddressOf2;
  return {
      .name = name,
      .description = description,
      .specification = kSpecification,
      .extensions = kExtensions,
      .streams = streams,
      .word_size = kAddress + sizeof(uint32_t),
      .max_burst = 1,
      .state_version = 3,
      .drops_out_of_sensor = false,
      .mirrors = true,
      .matches = matches,
      .matches_bare = kIsVersion2 ? nullptr : could_be_1,
      .read_header = read_jaer_header,
      .misfit = nullptr,
      .make_decoder = make_decoder<kAddress>,
      .read_image = kIsVersion2 ? read_jaer_image : nullptr,
      .write_header = kIsVersion2 ? write_jaer_header : nullptr,
      .make_encoder = kIsVersion2 ? make_jaer_encoder : nullptr,
      .encode_options = kIsVersion2 ? std::span<const std::string_view>(kJaerOptions)
                                    : std::span<const std::string_view>(),
  };
}

}  // namespace

constinit const Format kAedat1 =
    format<kAddressOf1>("aedat1", "jAER AEDAT 1.0", kStreams1,
                        [](Bytes head) noexcept { return is_version(head, '1'); });
constinit const Format kAedat2 =
    format<kAddressOf2>("aedat2", "jAER AEDAT 2.0", kStreams2,
                        [](Bytes head) noexcept { return is_version(head, '2'); });

}  // namespace evarrow::aedat
