// SPDX-License-Identifier: Apache-2.0
// Every instruction set gives the same rows, faults, state and summary as one line after the other.
#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "formats/csv/csv.h"
#include "support/decode.h"
#include "support/levels.h"

namespace evarrow::test {
namespace {

constexpr const char* kLayouts[] = {"txyp s", "txyp us", "txyp ms", "txyp ns",
                                    "xypt s", "xypt ns", "pyxt us", "-t-yxp s"};

struct Reading {
  std::string layout = "txyp s";
  int32_t width = 0, height = 0;
  int8_t off = -1;
  int64_t epoch = 0;
};

struct Read {
  std::vector<Event> events;
  std::vector<std::pair<uint64_t, uint64_t>> faults;
  DecoderState state;
  bool operator==(const Read&) const = default;
};

Header header_of(const Reading& how) {
  Header header;
  header.layout = how.layout;
  header.width = how.width;
  header.height = how.height;
  return header;
}

void add_faults(const Faults& faults, Read& read) {
  for (const FaultKind kind : {FaultKind::kCorrupt, FaultKind::kOutOfSensor}) {
    read.faults.emplace_back(faults[kind].count, faults[kind].offset);
  }
}

// By the definition: every line by itself, with all care.
Read by_line(const std::string& text, const Reading& how) {
  const auto columns = csv::columns_of(how.layout);
  Read read;
  Faults faults;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    csv::Event event;
    const auto line = csv::read_line(std::string_view(text).substr(at, end - at), *columns, event);
    if (line == csv::Line::kBad) faults.add(FaultKind::kCorrupt, at);
    if (line == csv::Line::kEvent) {
      if (how.width != 0 &&
          (event.x < 0 || event.x >= how.width || event.y < 0 || event.y >= how.height)) {
        faults.add(FaultKind::kOutOfSensor, at);
      } else if (how.width == 0 && (event.x < 0 || event.y < 0)) {
        faults.add(FaultKind::kOutOfSensor, at);
      }
      read.events.push_back({.t = event.t + how.epoch,
                             .x = event.x,
                             .y = event.y,
                             .polarity = event.polarity_bit != 0 ? 1 : how.off});
    }
    at = end + 1;
  }
  add_faults(faults, read);
  read.state = {.epoch = how.epoch, .words = {}};
  return read;
}

Read decode_text(const std::string& text, const Reading& how, size_t step, size_t capacity,
                 Summary& summary) {
  const auto decoder = find_format("csv")->make_decoder(header_of(how), {.off = how.off});
  const auto counter = find_format("csv")->make_decoder(header_of(how), {.off = how.off});
  const Bytes bytes = std::as_bytes(std::span(text));
  decoder->set_state({.epoch = how.epoch, .words = {}});
  counter->set_state({.epoch = how.epoch, .words = {}});
  Read read;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.size(), (at / step + 1) * step);
    const size_t seen = std::min(text.size(), end + csv::kLongestLine);
    const auto present = [&](Decoder& to) {
      to.look_ahead(bytes.subspan(end, seen - end), seen == text.size());
    };
    FencedBatch rows(capacity, kAllColumns);
    present(*decoder);
    at += decoder->decode(bytes.subspan(at, end - at), {.events = &rows.rows()});
    CHECK(rows.is_intact());
    append_events(rows.rows(), read.events);
  }
  for (size_t at = 0; at < text.size(); at += step) {
    const size_t end = std::min(text.size(), at + step);
    const size_t seen = std::min(text.size(), end + csv::kLongestLine);
    counter->look_ahead(bytes.subspan(end, seen - end), seen == text.size());
    CHECK(counter->summarize(bytes.subspan(at, end - at), summary) == end - at);
  }
  CHECK(counter->state() == decoder->state());
  add_faults(decoder->faults(), read);
  read.state = decoder->state();
  return read;
}

void check_all_levels(const std::string& text, const Reading& how, size_t step = 65'536,
                      size_t capacity = 1000) {
  const Read want = by_line(text, how);
  int64_t t_min = INT64_MAX;
  int64_t t_max = INT64_MIN;
  for (const Event& event : want.events) {
    t_min = std::min(t_min, event.t);
    t_max = std::max(t_max, event.t);
  }
  for (const char* level : kLevels) {
    CAPTURE(level);
    CAPTURE(how.layout);
    const AtLevel at(level);
    Summary summary;
    const Read read = decode_text(text, how, step, capacity, summary);
    // Not compared in the macro: a difference would print all rows.
    size_t first = 0;
    while (first < std::min(read.events.size(), want.events.size()) &&
           read.events[first] == want.events[first]) {
      ++first;
    }
    CAPTURE(first);
    CHECK((read.events == want.events));
    CHECK(read.faults == want.faults);
    CHECK(read.state == want.state);
    CHECK(summary.events == want.events.size());
    CHECK(summary.t_min == t_min);
    CHECK(summary.t_max == t_max);
  }
}

class Lines {
 public:
  explicit Lines(uint32_t seed) : random_(seed) {}

  uint32_t below(uint32_t n) { return std::uniform_int_distribution<uint32_t>(0, n - 1)(random_); }

  std::string digits(uint32_t n) {
    std::string text;
    for (uint32_t i = 0; i < n; ++i) text += static_cast<char>('0' + below(10));
    return text;
  }

  // A time with so many digits before and behind the point.
  std::string time(uint32_t whole, uint32_t fraction) {
    const std::string front = digits(whole);
    return fraction == 0 ? front : front + "." + digits(fraction);
  }

  // One line; in `odd` of a hundred something is not as in most.
  std::string line(std::string_view layout, const std::string& t, const std::string& separator,
                   const std::string& end, bool sign, uint32_t odd) {
    std::string text;
    for (const char column : layout.substr(0, layout.find(' '))) {
      if (!text.empty()) text += separator;
      if (column == 't') text += t;
      if (column == 'x') text += std::to_string(below(1280));
      if (column == 'y') text += std::to_string(below(720));
      if (column == 'p') text += below(2) != 0 ? "1" : sign ? "-1" : "0";
      if (column == '-') text += digits(1 + below(6));
    }
    if (below(100) < odd) spoil(text);
    return text + end;
  }

 private:
  void spoil(std::string& text) {
    constexpr const char* kOdd[] = {" ", ",",     ".",   "-",  "+", "e2", "\r",
                                    "#", "99999", "nan", "\t", "0", "  "};
    const size_t at = below(static_cast<uint32_t>(text.size()) + 1);
    if (below(3) == 0) {
      text.erase(at, 1 + below(3));
    } else {
      text.insert(at, kOdd[below(std::size(kOdd))]);
    }
  }

  std::mt19937 random_;
};

TEST_CASE("csv: every instruction set reads lines of any layout the same") {
  uint32_t seed = 0;
  for (const char* layout : kLayouts) {
    for (const char* separator : {" ", ",", "\t", ", "}) {
      for (const char* end : {"\n", "\r\n", " more,-1\n"}) {
        Lines lines(++seed);
        std::string text;
        const bool sign = lines.below(2) != 0;
        const uint32_t whole = 1 + lines.below(12);
        const uint32_t fraction = lines.below(3) == 0 ? 0 : lines.below(13);
        for (int i = 0; i < 150; ++i) {
          text += lines.line(layout, lines.time(whole, fraction), separator, end, sign,
                             i < 40 ? 0 : 10);
        }
        check_all_levels(text, {.layout = layout});
        check_all_levels(text, {.layout = layout, .width = 1000, .height = 700, .off = 0}, 77, 5);
      }
    }
  }
}

TEST_CASE("csv: every instruction set reads times of any length the same") {
  for (const char* layout : {"txyp s", "xypt us", "txyp ms", "xypt ns"}) {
    for (uint32_t whole = 0; whole < 21; ++whole) {
      for (uint32_t fraction = 0; fraction < 16; ++fraction) {
        Lines lines(whole * 100 + fraction);
        std::string text;
        for (int i = 0; i < 8; ++i) {
          text += lines.line(layout, lines.time(whole, fraction), " ", "\n", true, 0);
        }
        text += std::string(80, '#') + '\n';  // room to look at
        check_all_levels(text, {.layout = layout});
      }
    }
  }
}

TEST_CASE("csv: every instruction set rounds ties to even") {
  std::string text;
  for (const char* t : {"1.0000005", "1.0000015", "1.00000150", "1.00000250", "1.000002500",
                        "1.0000025000001", "1.00000249999999", "1.5", "0.9999995", "0.9999994"}) {
    for (int i = 0; i < 3; ++i) text += std::string(t) + " 1 2 1\n";
  }
  check_all_levels(text + std::string(80, '#') + '\n', {});
  text.clear();
  for (const char* t : {"1500", "2500", "2501", "2499", "500", "1", "999", "1468939993067416500"}) {
    for (int i = 0; i < 3; ++i) text += std::string(t) + " 1 2 1\n";
  }
  check_all_levels(text + std::string(80, '#') + '\n', {.layout = "txyp ns"});
}

TEST_CASE("csv: every instruction set reads text that ends anywhere, from any epoch") {
  Lines lines(7);
  std::string text;
  for (int i = 0; i < 12; ++i) {
    text += lines.line("txyp s", lines.time(3, 6), " ", "\n", false, 0);
  }
  for (size_t size = 0; size <= text.size(); ++size) {
    CAPTURE(size);
    check_all_levels(text.substr(0, size), {});
  }
  for (const int64_t epoch : {int64_t{-7}, int64_t{1} << 59, -(int64_t{1} << 61)}) {
    check_all_levels(text, {.epoch = epoch});
  }
}

}  // namespace
}  // namespace evarrow::test
