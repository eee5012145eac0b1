// SPDX-License-Identifier: Apache-2.0
// A line an event, with numbers that are exact whatever they count.
#include "formats/csv/encoder.h"

#include <algorithm>
#include <cstdint>

#include "formats/csv/digits.h"
#include "formats/encoding.h"
#include "formats/pieces.h"

namespace evarrow::csv {
namespace {

// Time, two coordinates and the polarity with what stands behind each.
constexpr size_t kMostBytes = TimeText::kMost + 1 + 7 + 7 + 2;

class CsvEncoder final : public Encoder {
 public:
  explicit CsvEncoder(const EncodeOptions& options)
      : style_(style_of(options)), coordinates_(style_.separator), pieces_(options.threads) {}

  bool takes(std::string_view /*stream*/) const noexcept override { return false; }

  void encode(const EventBatch& events, const Batch& triggers, EncodedBytes& out) override {
    if (triggers.size() != 0) {
      refuse_row({.rows = "triggers", .number = 0}, "text holds events alone");
    }
    check_polarities(events, events_);
    check_times(events);
    const bool usual = style_.columns == "txyp";
    pieces_.append(
        0, events.size(), kMostBytes, out,
        [&](size_t begin, size_t end, std::byte* to, bool /*goes_on*/) {
          auto* text = reinterpret_cast<char*>(to);
          const char* last =
              usual ? write_usual(events, begin, end, text) : write_any(events, begin, end, text);
          return Encoded{.end = end, .bytes = static_cast<size_t>(last - text)};
        },
        [](size_t row, size_t /*end*/) { return row; });
    events_ += events.size();
  }

 private:
  // Its digits without the sign are more than a reader's number has.
  void check_times(const EventBatch& events) const {
    const int64_t* end = events.t() + events.size();
    const int64_t* wrong = std::find(events.t(), end, INT64_MIN);
    if (wrong == end) return;
    refuse_row({.rows = "events", .number = events_ + static_cast<uint64_t>(wrong - events.t())},
               "t is " + std::to_string(INT64_MIN) + " us, which no reader takes");
  }

  char* write_usual(const EventBatch& events, size_t begin, size_t end, char* to) const {
    TimeText times(style_.time_power);
    for (size_t i = begin; i < end; ++i) {
      to = times.write(events.t()[i], to);
      *to = style_.separator;
      to = coordinates_.write(events.x()[i], to + 1);
      to = coordinates_.write(events.y()[i], to);
      to[0] = events.polarity()[i] > 0 ? '1' : '0';
      to[1] = '\n';
      to += 2;
    }
    return to;
  }

  char* write_any(const EventBatch& events, size_t begin, size_t end, char* to) const {
    TimeText times(style_.time_power);
    for (size_t i = begin; i < end; ++i) {
      for (const char column : style_.columns) {
        switch (column) {
          case 'x':
            to = coordinates_.write(events.x()[i], to);
            break;
          case 'y':
            to = coordinates_.write(events.y()[i], to);
            break;
          case 't':
            to = times.write(events.t()[i], to);
            *to++ = style_.separator;
            break;
          default:
            to[0] = events.polarity()[i] > 0 ? '1' : '0';
            to[1] = style_.separator;
            to += 2;
        }
      }
      to[-1] = '\n';
    }
    return to;
  }

  Style style_;
  CoordinateText coordinates_;
  Pieces pieces_;
  uint64_t events_ = 0;
};

}  // namespace

std::unique_ptr<Encoder> make_encoder(const Header& /*header*/, const EncodeOptions& options) {
  return std::make_unique<CsvEncoder>(options);
}

}  // namespace evarrow::csv
