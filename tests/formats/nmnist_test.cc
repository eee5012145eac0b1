// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "formats/nmnist_records.h"

namespace evarrow::test::nmnist {
namespace {

constexpr Reading kSensor = {.width = 34, .height = 34};

// Something of everything.
const Records& assorted() {
  static const Records records = {record(0, 0, 0, true),
                                  record(8'388'607, 255, 239, false),
                                  record(7, 34, 3, true),
                                  overflow(),
                                  overflow(),
                                  record(7, 33, 33, true),
                                  record(3, 3, 34, false),
                                  record(0, 12, 241, true),
                                  overflow(),
                                  record(65'536, 5, 6, true)};
  return records;
}

bool is_found(const Records& records, const char* name = "a.bin", size_t cut = 0) {
  const auto bytes = bytes_of(records);
  return detect_format(Bytes(bytes).first(bytes.size() - cut), name) == &format();
}

TEST_CASE("nmnist: a record is x, y, a polarity bit and 23 bits of time, high byte first") {
  const Records records = {{7, 15, 0x80, 0x02, 0x8E}, {0, 0, 0x7F, 0xFF, 0xFF}};
  CHECK(decode(records).events == std::vector<Event>{{654, 7, 15, 1}, {8'388'607, 0, 0, -1}});
  CHECK(decode(records, {.off = 0}).events[1].polarity == 0);
}

TEST_CASE("nmnist: a record in row 240 adds 8192 us to all times behind it, and is no event") {
  const Records records = {overflow(), record(1, 2, 3, true),  overflow(),
                           overflow(), record(0, 4, 5, false), overflow()};
  CHECK(decode(records).events == std::vector<Event>{{8193, 2, 3, 1}, {3 * 8192, 4, 5, -1}});
}

TEST_CASE("nmnist: times may step back, and 23 bits do not start over") {
  CHECK(times_of(decode({record(8'388'607, 1, 1, true), record(5, 1, 1, true)})) ==
        std::vector<int64_t>{8'388'607, 5});
}

TEST_CASE("nmnist: events outside the sensor are counted, and dropped where that is asked for") {
  for (const Reading how : {Reading{}, kSensor, Reading{.width = 34, .height = 34, .drop = true}}) {
    const Rows rows = decode(assorted(), how);
    CHECK(rows == plain_rows(assorted(), how));
    CHECK(rows.count(FaultKind::kOutOfSensor) == (how.width == 0 ? 0 : 4));
    CHECK(rows.events.size() == (how.drop ? 3 : 7));
  }
}

TEST_CASE("nmnist: however the input is cut and however small the batches are, rows are the same") {
  Records records = camera_records(300, 1);
  records.insert(records.end(), assorted().begin(), assorted().end());
  const Rows want = plain_rows(records, kSensor);
  for (size_t step = 1; step <= 60; ++step) {
    CAPTURE(step);
    CHECK(decode(records, kSensor, {.step = step}) == want);
    CHECK(decode(records, kSensor, {.step = 100, .capacity = step}) == want);
  }
}

TEST_CASE("nmnist: bytes of an unfinished record are left, and no bytes give no rows") {
  std::vector<std::byte> bytes = bytes_of(Records{record(1, 7, 8, true)});
  for (size_t left = 1; left < 5; ++left) {
    bytes.push_back(std::byte{0x10});
    EventBatch events(16);
    const auto decoder = make_decoder();
    CHECK(decoder->decode(bytes, {.events = &events}) == 5);
    CHECK(events.size() == 1);
    CHECK(decoder->offset() == 5);
    Summary summary;
    CHECK(make_decoder()->summarize(bytes, summary) == 5);
  }
  CHECK(decode({}) == Rows{});
}

TEST_CASE("nmnist: columns that are left out change nothing in the others") {
  const Rows want = plain_rows(assorted());
  Rows only_t = decode(assorted(), {}, {.columns = 1U << kT});
  CHECK(times_of(only_t) == times_of(want));
  CHECK(decode(assorted(), {}, {.columns = 0}).events.size() == want.events.size());
  CHECK(make_decoder()->decode(bytes_of(assorted()), {}) == assorted().size() * 5);
}

TEST_CASE("nmnist: the state taken at any record goes on in another decoder") {
  const auto bytes = bytes_of(assorted());
  const Rows want = plain_rows(assorted());
  for (size_t cut = 0; cut <= bytes.size(); cut += 5) {
    const auto middle = bytes.begin() + static_cast<ptrdiff_t>(cut);
    const auto first = make_decoder();
    Rows rows = decode_with(*first, format(), {bytes.begin(), middle});
    const auto second = make_decoder();
    DecoderState state = first->state();
    state.epoch += 1'000;
    second->set_state(state);
    for (Event event : decode_with(*second, format(), {middle, bytes.end()}).events) {
      event.t -= 1'000;
      rows.events.push_back(event);
    }
    CAPTURE(cut);
    CHECK(rows.events == want.events);
  }
}

TEST_CASE("nmnist: a summary counts what decoding gives and ends in the same state") {
  const auto bytes = bytes_of(assorted());
  for (const Reading how : {Reading{}, kSensor, Reading{.width = 9, .height = 9, .drop = true}}) {
    for (size_t cut = 0; cut <= bytes.size(); cut += 5) {
      const std::vector<std::byte> part = {bytes.begin(),
                                           bytes.begin() + static_cast<ptrdiff_t>(cut)};
      const auto decoder = make_decoder(how);
      const Rows rows = decode_with(*decoder, format(), part);
      const auto counter = make_decoder(how);
      CAPTURE(cut);
      CHECK(same(summarize_with(*counter, part, SIZE_MAX), summary_of(rows)));
      CHECK(counter->state() == decoder->state());
    }
  }
}

TEST_CASE("nmnist: a file is known by its name and by records that could be a camera's") {
  const Records records = camera_records(20'000, 2);
  CHECK(is_found(records));
  CHECK(is_found(records, "/some/folder.raw/00012.BIN"));
  CHECK(is_found(records, "a.bin", 3));
  for (const char* name : {"", "a.raw", "a.bin.txt", "bin", "<bytes>"}) {
    CAPTURE(name);
    CHECK_FALSE(is_found(records, name));
  }
  CHECK_FALSE(is_found({}));
  CHECK_FALSE(is_found({records[0], records[1]}));
  CHECK(is_found({record(1, 1, 1, true), record(2, 1, 1, true), record(2, 3, 1, true)}));
}

TEST_CASE("nmnist: other files with such a name are not taken for one") {
  std::mt19937 random(3);
  Records noise(100);
  for (Record& one : noise) {
    for (uint8_t& byte : one) byte = static_cast<uint8_t>(random());
    one[1] %= 240;
  }
  CHECK_FALSE(is_found(noise));
  Records row = camera_records(100, 4);
  row[50][1] = 241;
  CHECK_FALSE(is_found(row));
  CHECK_FALSE(is_found(Records(1000, Record{})));
  const std::string text = "Lorem ipsum dolor sit amet, consetetur sadipscing elitr, sed diam.";
  CHECK(detect_format(std::as_bytes(std::span(text)), "text.bin") == nullptr);
  const std::string raw = "% evt 3.0\n% end\n";
  CHECK(detect_format(std::as_bytes(std::span(raw)), "a.bin") == find_format("evt3"));
}

}  // namespace
}  // namespace evarrow::test::nmnist
