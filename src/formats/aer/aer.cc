// SPDX-License-Identifier: Apache-2.0
#include "formats/aer/aer.h"

#include "containers/row_format.h"
#include "formats/aer/words.h"
#include "formats/event_sink.h"
#include "formats/prophesee/header.h"

namespace evarrow::aer {
namespace {

template <typename Layout>
class AerDecoder final : public Decoder {
 public:
  AerDecoder(const Header& header, const DecodeOptions& options)
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

  // How many events there were is all that there is to know.
  DecoderState state() const noexcept override { return {.epoch = events_}; }
  void set_state(const DecoderState& state) noexcept override { events_ = state.epoch; }

 private:
  template <typename Sink>
  size_t run(Bytes in, Sink& sink) noexcept {
    const auto* words = reinterpret_cast<const uint8_t*>(in.data());
    const size_t whole = in.size() / Layout::kWord * Layout::kWord;
    size_t read = 0;
    for (; read < whole; read += Layout::kWord) {
      if (sink.room() < Layout::kEvents && sink.room() < rows_in(words + read, sink)) break;
      for (size_t i = 0; i < Layout::kEvents; ++i) {
        const uint32_t event = Layout::event(words + read, i);
        (void)sink.put(x(event), y(event), events_++, polarity_bit(event), offset_ + read);
      }
    }
    offset_ += read;
    return read;
  }

  template <typename Sink>
  static size_t rows_in(const uint8_t* word, const Sink& sink) noexcept {
    size_t rows = 0;
    for (size_t i = 0; i < Layout::kEvents; ++i) {
      const uint32_t event = Layout::event(word, i);
      rows += sink.keeps(x(event), y(event)) ? 1 : 0;
    }
    return rows;
  }

  Bounds bounds_;
  int8_t off_;
  int64_t events_ = 0;
  ScratchLines scratch_;
};

constexpr std::string_view kExtensions[] = {".raw"};
constexpr std::string_view kNames[] = {".aer"};
constexpr std::string_view kStreams[] = {"events"};

// `kEncoding`: as headers name it.
template <typename Layout, const char* kEncoding>
constexpr Format aer_format(std::string_view name, std::string_view description) {
  return {
      .name = name,
      .description = description,
      .specification = "https://github.com/prophesee-ai/openeb",
      .extensions = kExtensions,
      .streams = kStreams,
      .word_size = Layout::kWord,
      .max_burst = Layout::kEvents,
      .state_version = 1,
      .drops_out_of_sensor = false,
      .matches = [](Bytes head) noexcept { return prophesee::matches(head, kEncoding); },
      .read_header =
          [](Bytes head, bool trust_geometry) {
            Header header = prophesee::read_header(head, trust_geometry, kEncoding);
            header.notes.emplace_back(
                "its events have no times: t is the number of the event, not microseconds");
            return header;
          },
      .misfit = nullptr,
      .make_decoder = [](const Header& header,
                         const DecodeOptions& options) -> std::unique_ptr<Decoder> {
        return std::make_unique<AerDecoder<Layout>>(header, options);
      },
      .write_header = nullptr,
      .make_encoder = nullptr,
  };
}

constexpr char kName8b[] = "AER-8b";
constexpr char kName4b[] = "AER-4b";

}  // namespace

constinit const Format k8b =
    aer_format<Bytes3, kName8b>("aer8b", "Prophesee AER-8b RAW (no times)");
constinit const Format kWords = row_format({
    .name = "aer",
    .description = "raw AER words, whose layout is given (words=)",
    .specification = "https://github.com/SpiNNakerManchester/spif",
    .extensions = kNames,
    .streams = kStreams,
});
constinit const Format k4b =
    aer_format<Nibbles5, kName4b>("aer4b", "Prophesee AER-4b RAW (no times)");

}  // namespace evarrow::aer
