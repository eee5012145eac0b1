// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "formats/es_records.h"
#include "support/encode.h"

namespace evarrow::test::es {
namespace {

const Reading kSensor = {.width = 640, .height = 480};

std::unique_ptr<Encoder> make_encoder() {
  Header header;
  header.width = 640;
  header.height = 480;
  return format().make_encoder(header, {});
}

Stream encoded(const std::vector<Event>& events) {
  std::vector<std::byte> bytes;
  make_encoder()->encode(batch_of(events), bytes);
  return words_of<uint8_t>(bytes);
}

void check_comes_back(const std::vector<Event>& events) {
  const Rows rows = decode(encoded(events), kSensor);
  CHECK((rows.events == events));
  CHECK(rows.faults == FaultCounts{});
}

bool says(const std::string& text, const char* what) { return text.find(what) != text.npos; }

TEST_CASE("es: an event is a byte with step and polarity, and a pixel from the bottom") {
  CHECK(encoded({{3, 1, 479, 1}, {129, 639, 0, -1}, {129, 256, 223, 0}}) ==
        joined({dvs(3, 1, 0, true), dvs(126, 639, 479, false), dvs(0, 256, 256, false)}));
  CHECK(encoded({}).empty());
}

TEST_CASE("es: silences are written with as few bytes as there can be") {
  CHECK(encoded({{127, 1, 1, 1}, {253, 1, 1, 1}, {254 + 253, 1, 1, 1}}) ==
        joined({{0xFF},
                dvs(0, 1, 478, true),
                dvs(126, 1, 478, true),
                {0xFF, 0xFF},
                dvs(0, 1, 478, true)}));
  for (const int64_t gap : {126, 127, 128, 253, 254, 255, 1'000'000}) {
    check_comes_back({{gap, 1, 1, 1}, {2 * gap, 2, 2, -1}});
  }
}

TEST_CASE("es: a silence that would fill a disk is refused") {
  constexpr int64_t kMost = (int64_t{1} << 24) * 127 + 126;
  std::vector<std::byte> bytes;
  make_encoder()->encode(batch_of({{kMost, 1, 1, 1}}), bytes);
  CHECK(bytes.size() == (size_t{1} << 24) + 5);
  for (const int64_t t : {kMost + 1, int64_t{1'600'000'000'000'000}, INT64_MAX}) {
    const std::string why = refusal_of(*make_encoder(), {{t, 1, 1, 1}});
    CHECK(says(why, "row 0 of the events"));
    CHECK(says(why, "origin=\"start\""));
  }
}

TEST_CASE("es: what an Event Stream cannot hold is refused with its row and value") {
  const auto why = [](const Event& bad) {
    return refusal_of(*make_encoder(), {{100, 1, 1, 1}, bad});
  };
  CHECK(says(why({99, 1, 1, 1}), "row 1 of the events"));
  CHECK(says(why({99, 1, 1, 1}), "sort the rows by t"));
  CHECK(says(why({100, 640, 1, 1}), "x is 640, but an Event Stream of 640x480 holds 0 to 639"));
  CHECK(says(why({100, 1, 480, 1}), "y is 480"));
  CHECK(says(why({100, -1, 1, 1}), "x is -1"));
  CHECK(says(why({100, 1, -1, 1}), "y is -1"));
  CHECK(says(why({100, 1, 1, 2}), "polarity is 2"));
  CHECK(says(refusal_of(*make_encoder(), {{-1, 1, 1, 1}}), "t is -1 us"));
  CHECK(says(refusal_of(*make_encoder(), {{5, 1, 1, 1}}, {{5, 0, 1}}), "row 0 of the triggers"));
}

TEST_CASE("es: nothing of a refused row is written, and rows are numbered from the first call") {
  const auto encoder = make_encoder();
  std::vector<std::byte> bytes;
  encoder->encode(batch_of({{5, 1, 1, 1}, {600, 1, 1, 1}}), bytes);
  const std::vector<std::byte> before = bytes;
  CHECK(says(test::refusal_of(*encoder, {{9000, 1, -1, 1}}, {}, &bytes), "row 2 "));
  CHECK(bytes == before);
}

TEST_CASE("es: any events come back, in one call or in many, and encode to the same bytes") {
  std::vector<Event> events = any_events(10'000, 1, 12'345);
  std::ranges::stable_sort(events, {}, &Event::t);
  check_comes_back(events);
  const auto encoder = make_encoder();
  std::vector<std::byte> bytes;
  for (size_t i = 0; i < events.size(); i += 97) {
    const auto begin = events.begin() + static_cast<ptrdiff_t>(i);
    const auto end = begin + static_cast<ptrdiff_t>(std::min<size_t>(97, events.size() - i));
    encoder->encode(batch_of({begin, end}), bytes);
  }
  CHECK((words_of<uint8_t>(bytes) == encoded(events)));
}

}  // namespace
}  // namespace evarrow::test::es
