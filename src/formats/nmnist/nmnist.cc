// SPDX-License-Identifier: Apache-2.0
// N-MNIST and N-Caltech101: records of 5 bytes, without a header.
#include "formats/nmnist/nmnist.h"

#include "formats/bare_clock.h"
#include "formats/event_sink.h"
#include "formats/nmnist/words.h"

namespace evarrow::nmnist {
namespace {

const uint8_t* records_of(Bytes bytes) noexcept {
  return reinterpret_cast<const uint8_t*>(bytes.data());
}

class NmnistDecoder final : public Decoder {
 public:
  NmnistDecoder(const Header& header, const DecodeOptions& options)
      : bounds_(header, options.drop_out_of_sensor), off_(options.off) {}

  size_t decode(Bytes in, const Batches& out) noexcept override {
    RowSink sink(out.events, scratch_, bounds_, off_, faults_);
    const size_t read = run(in, sink);
    sink.commit();
    return read;
  }

  size_t summarize(Bytes in, Summary& summary) noexcept override {
    SummarySink sink(summary, bounds_);
    return run(in, sink);
  }

  // The overflows so far are all that there is to know.
  DecoderState state() const noexcept override { return {.epoch = epoch_}; }
  void set_state(const DecoderState& state) noexcept override { epoch_ = state.epoch; }

 private:
  template <typename Sink>
  size_t run(Bytes in, Sink& sink) noexcept {
    const size_t whole = in.size() / kRecord * kRecord;
    size_t read = 0;
    while (true) {
      read += take_plain(records_of(in) + read, (whole - read) / kRecord, sink) * kRecord;
      if (read == whole) break;
      const uint8_t* record = records_of(in) + read;
      if (is_overflow(record)) {
        epoch_ += kOverflow;
      } else if (!sink.put(x(record), y(record), epoch_ + time(record), polarity_bit(record),
                           offset_ + read)) {
        break;
      }
      read += kRecord;
    }
    offset_ += read;
    return read;
  }

  // The events inside the sensor at the front; returns how many.
  template <typename Sink>
  size_t take_plain(const uint8_t* records, size_t count, Sink& sink) const noexcept {
    const int32_t width = bounds_.width();
    const int32_t height = bounds_.height();
    const int64_t epoch = epoch_;
    return sink.put_plain(count, [=](size_t i) {
      const uint8_t* record = records + i * kRecord;
      const bool is_plain = !is_overflow(record) && x(record) < width && y(record) < height;
      return PlainEvent{.is_plain = is_plain,
                        .x = x(record),
                        .y = y(record),
                        .t = epoch + time(record),
                        .polarity_bit = polarity_bit(record)};
    });
  }

  Bounds bounds_;
  int8_t off_;
  int64_t epoch_ = 0;
  ScratchLines scratch_;
};

// Whether these could be records: rows that the camera has, and times of a clock.
bool could_be(Bytes head) noexcept {
  const size_t count = head.size() / kRecord;
  int64_t epoch = 0;
  BareClock clock;
  for (size_t i = 0; i < count; ++i) {
    const uint8_t* record = records_of(head) + i * kRecord;
    if (y(record) > kOverflowRow) return false;
    if (is_overflow(record)) {
      epoch += kOverflow;
    } else {
      clock.add(epoch + time(record));
    }
  }
  return clock.runs();
}

constexpr std::string_view kExtensions[] = {".bin"};
constexpr std::string_view kStreams[] = {"events"};

}  // namespace

constinit const Format kFormat = {
    .name = "nmnist",
    .description = "N-MNIST and N-Caltech101 (ATIS, 5 bytes an event)",
    .specification = "https://www.garrickorchard.com/datasets/n-mnist",
    .extensions = kExtensions,
    .streams = kStreams,
    .word_size = kRecord,
    .max_burst = 1,
    .state_version = 1,
    .drops_out_of_sensor = false,
    .matches = [](Bytes) noexcept { return false; },
    .matches_bare = could_be,
    .read_header = [](Bytes, bool) { return Header{}; },
    .misfit = nullptr,
    .make_decoder = [](const Header& header, const DecodeOptions& options)
        -> std::unique_ptr<Decoder> { return std::make_unique<NmnistDecoder>(header, options); },
    .write_header = [](const Header&, const EncodeOptions&) { return std::string(); },
    .make_encoder = make_encoder,
};

}  // namespace evarrow::nmnist
