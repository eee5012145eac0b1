// SPDX-License-Identifier: Apache-2.0
// AEDAT 1 and 2: records of an address and all of the time.
#include "formats/aedat/aedat.h"
#include "formats/aedat/imu_words.h"
#include "formats/aedat/jaer_encoder.h"
#include "formats/aedat/jaer_words.h"
#include "formats/aedat/sinks.h"
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
    return {.epoch = clock_.epoch(), .words = {clock_.last(), first, second}};
  }
  void set_state(const DecoderState& state) noexcept override {
    clock_.set(state.epoch, static_cast<uint32_t>(state.words[0]));
    imu_.set_state(state.words[1], state.words[2]);
  }

 private:
  static constexpr size_t kRecord = kAddress + sizeof(uint32_t);

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
      if (read == whole || !take(bytes + read, offset_ + read, sink)) break;
      read += kRecord;
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

  Bounds bounds_;
  int8_t off_;
  Mirror x_, y_;
  Clock32 clock_;
  ImuWords imu_;
  ScratchLines scratch_;
};

template <size_t kAddress>
std::unique_ptr<Decoder> make_decoder(const Header& header, const DecodeOptions& options) {
  if (kAddress == kAddressOf2 && header.layout == kDavis) {
    return std::make_unique<JaerDecoder<Davis, kAddress>>(header, options);
  }
  return std::make_unique<JaerDecoder<Dvs128, kAddress>>(header, options);
}

constexpr std::string_view kExtensions[] = {".aedat"};
constexpr std::string_view kStreams1[] = {"events", "triggers"};
constexpr std::string_view kStreams2[] = {"events", "triggers", "imu"};
constexpr std::string_view kSpecification =
    "https://docs.inivation.com/software/software-advanced-usage/file-formats/index.html";

template <size_t kAddress>
constexpr Format format(std::string_view name, std::string_view description,
                        std::span<const std::string_view> streams,
                        bool (*matches)(Bytes) noexcept) {
  constexpr bool kWritten = kAddress == kAddressOf2;
  return {
      .name = name,
      .description = description,
      .specification = kSpecification,
      .extensions = kExtensions,
      .streams = streams,
      .word_size = kAddress + sizeof(uint32_t),
      .max_burst = 1,
      .state_version = 2,
      .drops_out_of_sensor = false,
      .mirrors = true,
      .matches = matches,
      .read_header = read_jaer_header,
      .misfit = nullptr,
      .make_decoder = make_decoder<kAddress>,
      .write_header = kWritten ? write_jaer_header : nullptr,
      .make_encoder = kWritten ? make_jaer_encoder : nullptr,
      .encode_options = kWritten ? std::span<const std::string_view>(kJaerOptions)
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
