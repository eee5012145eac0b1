// SPDX-License-Identifier: Apache-2.0
// Event Stream 2: times are sums of steps, records have one byte or several. Every byte is a word
// here, so that a payload may be cut anywhere; the state holds the bytes of a record that is cut.
#include "formats/es/es.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "formats/es/rows.h"
#include "formats/es/words.h"

namespace evarrow::es {
namespace {

template <typename Layout>
class EsDecoder final : public Decoder {
 public:
  EsDecoder(const Header& header, const DecodeOptions& options)
      : bounds_(header, options.drop_out_of_sensor),
        bottom_(header.height > 0 ? header.height - 1 : 0),
        sign_(header.height > 0 ? -1 : 1),
        off_(options.off) {}

  size_t decode(Bytes in, const Batches& out) noexcept override {
    Rows rows(out, scratch_, bounds_, off_, faults_);
    const size_t read = run(in, rows);
    rows.commit();
    return read;
  }

  size_t summarize(Bytes in, Summary& summary) noexcept override {
    RowCount count(summary, bounds_);
    return run(in, count);
  }

  size_t unfinished() const noexcept override { return held_; }

  DecoderState state() const noexcept override {
    uint64_t bytes = 0;
    std::memcpy(&bytes, front_.data(), held_);
    return {.epoch = now_, .words = {bytes, held_, 0}};
  }

  void set_state(const DecoderState& state) noexcept override {
    now_ = state.epoch;
    held_ = state.words[1] % Layout::kRecord;
    std::memcpy(front_.data(), state.words.data(), held_);
  }

 private:
  template <typename Sink>
  size_t run(Bytes in, Sink& sink) noexcept {
    const auto* bytes = reinterpret_cast<const uint8_t*>(in.data());
    size_t read = held_ == 0 ? 0 : complete(bytes, in.size(), sink);
    int64_t now = now_;
    while (held_ == 0 && read < in.size()) {
      read += take_plain(bytes + read, in.size() - read, now, sink);
      if (read == in.size()) break;
      const uint32_t first = bytes[read];
      if (first >= Layout::kFirstPause) {
        now += Layout::pause(first);
        ++read;
      } else if (in.size() - read < Layout::kRecord) {
        hold(bytes + read, in.size() - read);
        read = in.size();
      } else {
        if (!take(bytes + read, offset_ + read, now, sink)) break;
        read += Layout::kRecord;
      }
    }
    now_ = now;
    offset_ += read;
    return read;
  }

  // The records of changes inside the sensor at the front; returns the bytes they have.
  template <typename Sink>
  size_t take_plain(const uint8_t* bytes, size_t size, int64_t& now, Sink& sink) const noexcept {
    const auto width = static_cast<uint32_t>(bounds_.width());
    const auto height = static_cast<uint32_t>(bounds_.height());
    const int32_t bottom = bottom_;
    const int32_t sign = sign_;
    int64_t t = now;
    const auto next = [&](size_t i) {
      // byte 0: step | 1, 2: x | 3, 4: y | 5 to 7: of what follows, not looked at
      uint64_t record = 0;
      std::memcpy(&record, bytes + i * Layout::kRecord, sizeof record);
      const auto first = static_cast<uint32_t>(record & 0xFF);
      const auto x = static_cast<uint32_t>(record >> 8 & 0xFFFF);
      const auto y = static_cast<uint32_t>(record >> 24 & 0xFFFF);
      const bool is_plain = Layout::is_change(first) && x < width && y < height;
      if (!is_plain) return PlainEvent{};
      t += Layout::delta(first);
      return PlainEvent{.is_plain = true,
                        .x = static_cast<int32_t>(x),
                        .y = bottom + sign * static_cast<int32_t>(y),
                        .t = t,
                        .polarity_bit = Layout::polarity_bit(first)};
    };
    // As many as can be loaded with eight bytes.
    const size_t loads =
        size < sizeof(uint64_t) ? 0 : (size - sizeof(uint64_t)) / Layout::kRecord + 1;
    const size_t taken = sink.put_plain(loads, next);
    now = t;
    return taken * Layout::kRecord;
  }

  void hold(const uint8_t* bytes, size_t size) noexcept {
    std::copy_n(bytes, size, front_.begin() + held_);  // `bytes` is null where there are none
    held_ += size;
  }

  // Goes on with the record that was cut; returns how many bytes of it came.
  template <typename Sink>
  size_t complete(const uint8_t* bytes, size_t size, Sink& sink) noexcept {
    const size_t missing = Layout::kRecord - held_;
    if (size < missing) {
      hold(bytes, size);
      return size;
    }
    std::array<uint8_t, Layout::kRecord> record = front_;
    std::memcpy(record.data() + held_, bytes, missing);
    if (!take(record.data(), offset_ - held_, now_, sink)) return 0;
    held_ = 0;
    return missing;
  }

  // False if the rows of the event do not fit.
  template <typename Sink>
  bool take(const uint8_t* record, uint64_t offset, int64_t& now, Sink& sink) const noexcept {
    const int64_t t = now + Layout::delta(record[0]);
    const Place at{.x = x(record), .y = from_top(y(record)), .t = t, .offset = offset};
    if (!Layout::put(record, at, sink)) return false;
    now = t;
    return true;
  }

  // What is past a column as stored is past it whatever the height is.
  int32_t from_top(int32_t stored) const noexcept {
    return stored <= INT16_MAX ? bottom_ + sign_ * stored : INT32_MAX;
  }

  Bounds bounds_;
  int32_t bottom_, sign_;  // y is bottom + sign * what is stored
  int8_t off_;
  int64_t now_ = 0;  // the sum of all steps
  size_t held_ = 0;  // bytes of a record that was cut
  std::array<uint8_t, Layout::kRecord> front_{};
  ScratchLines scratch_;
};

// Commands for a display are stepped over.
class SilentDecoder final : public Decoder {
 public:
  size_t decode(Bytes in, const Batches& /*out*/) noexcept override { return skip(in); }
  size_t summarize(Bytes in, Summary& /*summary*/) noexcept override { return skip(in); }
  DecoderState state() const noexcept override { return {.epoch = epoch_}; }
  void set_state(const DecoderState& state) noexcept override { epoch_ = state.epoch; }

 private:
  size_t skip(Bytes in) noexcept {
    offset_ += in.size();
    return in.size();
  }

  int64_t epoch_ = 0;
};

std::unique_ptr<Decoder> make_decoder(const Header& header, const DecodeOptions& options) {
  std::string_view type = "dvs";
  for (const auto& [key, value] : header.fields) {
    if (key == "type") type = value;
  }
  if (type == "atis") return std::make_unique<EsDecoder<Atis>>(header, options);
  if (type == "color") return std::make_unique<EsDecoder<Color>>(header, options);
  if (type == "generic") return make_message_decoder();
  if (type == "display") return std::make_unique<SilentDecoder>();
  return std::make_unique<EsDecoder<Dvs>>(header, options);
}

constexpr std::string_view kExtensions[] = {".es"};
constexpr std::string_view kStreams[] = {"events", "exposures", "colors", "messages"};

}  // namespace

constinit const Format kFormat = {
    .name = "es",
    .description = "Event Stream 2",
    .specification = "https://github.com/neuromorphicsystems/event_stream",
    .extensions = kExtensions,
    .streams = kStreams,
    .word_size = 1,
    .max_burst = 1,
    .state_version = 1,
    .index_from_front = true,
    .drops_out_of_sensor = false,
    .matches = matches,
    .read_header = read_header,
    .misfit = nullptr,
    .make_decoder = make_decoder,
    .write_header = write_header,
    .make_encoder = make_encoder,
};

}  // namespace evarrow::es
