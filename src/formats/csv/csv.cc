// SPDX-License-Identifier: Apache-2.0
// A decoder reads the lines that begin in what it is given; the last of them may end in what lies
// behind. The state is one bit: whether the decoder stands in a line that was read already.
#include "formats/csv/csv.h"

#include <cstring>
#include <exception>
#include <utility>

#include "formats/csv/encoder.h"
#include "formats/csv/fast_lines.h"
#include "formats/event_sink.h"
#include "formats/text.h"

namespace evarrow::csv {
namespace {

constexpr size_t kShown = 60;  // characters of a bad line

Columns columns_from(const Header& header) {
  const auto columns = columns_of(header.layout);
  return columns ? *columns : Columns{.role = {kT, kX, kY, kPolarity}, .count = 4};
}

class CsvDecoder final : public Decoder {
 public:
  CsvDecoder(const Header& header, const DecodeOptions& options)
      : bounds_(header, options.drop_out_of_sensor),
        off_(options.off),
        columns_(columns_from(header)),
        fast_(columns_, bounds_, off_) {}

  size_t decode(Bytes in, const Batches& out) noexcept override {
    RowSink rows(out.events, scratch_, bounds_, off_, faults_);
    const size_t read = run(in, rows, true);
    rows.commit();
    return read;
  }

  size_t summarize(Bytes in, Summary& summary) noexcept override {
    SummarySink count(summary, bounds_);
    const size_t read = run(in, count, false);
    summary.lost += std::exchange(lost_, 0);
    return read;
  }

  void look_ahead(Bytes behind, bool last) noexcept override {
    behind_ = behind.size();
    last_ = last;
  }

  DecoderState state() const noexcept override {
    return {.epoch = epoch_, .words = {inside_ ? 1U : 0U, 0, 0}};
  }
  void set_state(const DecoderState& state) noexcept override {
    epoch_ = state.epoch;
    inside_ = state.words[0] != 0;
  }

  std::string why() const override { return "the line '" + bad_ + "' is no event"; }

 private:
  template <typename Sink>
  size_t run(Bytes in, Sink& sink, bool tells) noexcept {
    const auto* text = reinterpret_cast<const char*>(in.data());
    const std::string_view all(text, in.size() + behind_);
    // Lines that end in here can be read without looking for their ends first.
    const std::string_view ended = all.substr(0, all.rfind('\n') + 1);
    size_t at = 0;
    while (at < in.size()) {
      if (!inside_) at = take_plain(ended, at, in.size(), sink);
      if (at >= in.size()) {
        inside_ = at > in.size();
        at = in.size();
        break;
      }
      const auto* end = static_cast<const char*>(std::memchr(text + at, '\n', all.size() - at));
      const bool ends = end != nullptr;
      size_t next = ends ? static_cast<size_t>(end - text) + 1 : all.size();
      if (inside_) {
        inside_ = !ends || next > in.size();
        at = std::min(next, in.size());
        continue;
      }
      const bool too_long = next - at > kLongestLine;
      if (!ends && !last_ && !too_long) break;
      const std::string_view line = all.substr(at, next - at - (ends ? 1 : 0));
      if (!take(line, too_long, offset_ + at, sink, tells)) break;
      // What is left of the line is not ours to read any more.
      inside_ = next > in.size() || (!ends && !last_);
      at = std::min(next, in.size());
    }
    offset_ += at;
    return at;
  }

  // Takes lines of plain numbers from `at` on that begin before `end`; returns where the next line
  // begins.
  template <typename Sink>
  size_t take_plain(std::string_view text, size_t at, size_t end, Sink& sink) noexcept {
    while (at < end && at < text.size()) {
      at = fast_.run(text, at, end, epoch_, sink);
      if (at >= end || at >= text.size()) break;
      Event event;
      const size_t length = read_plain_line(text.substr(at), columns_, event);
      int64_t t = 0;
      if (length == 0 || length > kLongestLine || __builtin_add_overflow(event.t, epoch_, &t))
        break;
      if (!sink.put(event.x, event.y, t, event.polarity_bit, offset_ + at)) break;
      fast_.learn(text.substr(at, length));
      at += length;
    }
    return at;
  }

  // False if there is no room for the row of the line.
  template <typename Sink>
  bool take(std::string_view line, bool too_long, uint64_t offset, Sink& sink,
            bool tells) noexcept {
    Event event;
    const Line kind = too_long ? Line::kBad : read_line(line, columns_, event);
    int64_t t = 0;
    if (kind == Line::kNothing) return true;
    if (kind == Line::kEvent && !__builtin_add_overflow(event.t, epoch_, &t)) {
      return sink.put(event.x, event.y, t, event.polarity_bit, offset);
    }
    if (tells) {
      tell(line, offset);
    } else {
      ++lost_;
    }
    return true;
  }

  void tell(std::string_view line, uint64_t offset) noexcept {
    faults_.add(FaultKind::kCorrupt, offset);
    if (!bad_.empty()) return;
    try {
      bad_ = readable(line.substr(0, kShown)) + (line.size() > kShown ? "..." : "");
    } catch (const std::exception&) {
      bad_.clear();  // the fault is counted all the same
    }
  }

  Bounds bounds_;
  int8_t off_;
  Columns columns_;
  int64_t epoch_ = 0;
  bool inside_ = false;  // of a line that was read already
  size_t behind_ = 0;    // bytes that lie behind those to be read
  bool last_ = false;    // and nothing behind these
  uint64_t lost_ = 0;    // lines that are no events, of a summary
  std::string bad_;      // the first line that is no event
  ScratchLines scratch_;
  FastLines fast_;
};

constexpr std::string_view kExtensions[] = {".txt", ".csv", ".tsv"};
constexpr std::string_view kStreams[] = {"events"};

}  // namespace

constinit const Format kFormat = {
    .name = "csv",
    .description = "Text and CSV, an event a line",
    .specification = "https://www.rfc-editor.org/rfc/rfc4180",
    .extensions = kExtensions,
    .streams = kStreams,
    .word_size = 1,
    .look_ahead = kLongestLine,
    .max_burst = 1,
    .state_version = 1,
    .drops_out_of_sensor = false,
    .matches = matches,
    .read_header = [](Bytes head, bool trust) { return read_header(head, trust, {}); },
    .read_header_as = read_header,
    .misfit = nullptr,
    .make_decoder = [](const Header& header, const DecodeOptions& options)
        -> std::unique_ptr<Decoder> { return std::make_unique<CsvDecoder>(header, options); },
    .write_header = write_header,
    .make_encoder = make_encoder,
    .encode_options = kEncodeOptions,
};

}  // namespace evarrow::csv
