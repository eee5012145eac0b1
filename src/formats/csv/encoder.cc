// SPDX-License-Identifier: Apache-2.0
// A line an event, with numbers that are exact whatever they count.
#include "formats/csv/encoder.h"

#include <algorithm>
#include <cstdint>

#include "formats/csv/digits.h"
#include "formats/encoding.h"
#include "formats/fast_rows.h"
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
    const bool usual = style_.columns == "txyp";
    pieces_.append(
        0, events.size(), kMostBytes, out,
        [&](size_t begin, size_t last, std::byte* to, bool /*goes_on*/) {
          const size_t end = first_misfit(events, begin, last);
          auto* text = reinterpret_cast<char*>(to);
          const char* behind =
              usual ? write_usual(events, begin, end, text) : write_any(events, begin, end, text);
          return Encoded{.end = end, .bytes = static_cast<size_t>(behind - text)};
        },
        [&](size_t row, size_t /*end*/) -> size_t { refuse(events, row); });
    events_ += events.size();
  }

 private:
  // The first row in [begin, end) that no reader takes, or `end`.
  static size_t first_misfit(const EventBatch& events, size_t begin, size_t end) noexcept {
    const int64_t* t = events.t();
    const int64_t* last = t + first_without_polarity(events, begin, end);
    return static_cast<size_t>(std::find(t + begin, last, INT64_MIN) - t);
  }

  // The least time has more digits without its sign than a reader's number.
  [[noreturn]] void refuse(const EventBatch& events, size_t i) {
    const RowName row = {.rows = "events", .number = events_ + i};
    events_ += i;
    try {
      if (!is_polarity(events.polarity()[i])) refuse_polarity(row, events.polarity()[i]);
      refuse_row(row, "t is " + std::to_string(INT64_MIN) + " us, which no reader takes");
    } catch (RowError& refused) {
      refused.set_place(i, 0);
      throw;
    }
  }

  char* write_usual(const EventBatch& batch, size_t begin, size_t end, char* to) const {
    const EncodedColumns events(batch);
    const CoordinateText::Writer coordinates(coordinates_);
    const TimeText times(style_.time_power);
    const char separator = style_.separator;
    const auto write_rest = [&](size_t i) {
      *to = separator;
      to = coordinates.write(events.x[i], to + 1);
      to = coordinates.write(events.y[i], to);
      to[0] = events.polarity[i] > 0 ? '1' : '0';
      to[1] = '\n';
      to += 2;
    };
    for (size_t i = begin; i < end;) {
      const TimeText::Thousand thousand = times.thousand_of(events.t[i]);
      if (!thousand.has(events.t[i])) {
        to = times.write(events.t[i], to);
        write_rest(i++);
      }
      for (; i < end && thousand.has(events.t[i]); ++i) {
        to = thousand.write(events.t[i], to);
        write_rest(i);
      }
    }
    return to;
  }

  char* write_any(const EventBatch& batch, size_t begin, size_t end, char* to) const {
    const EncodedColumns events(batch);
    const CoordinateText::Writer coordinates(coordinates_);
    const TimeText times(style_.time_power);
    for (size_t i = begin; i < end; ++i) {
      for (const char column : style_.columns) {
        switch (column) {
          case 'x':
            to = coordinates.write(events.x[i], to);
            break;
          case 'y':
            to = coordinates.write(events.y[i], to);
            break;
          case 't':
            to = times.write(events.t[i], to);
            *to++ = style_.separator;
            break;
          default:
            to[0] = events.polarity[i] > 0 ? '1' : '0';
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
