// SPDX-License-Identifier: Apache-2.0
#include "scan/index.h"

#include <doctest/doctest.h>

#include "evarrow/error.h"
#include "scan/recordings.h"
#include "scan/shared.h"

namespace evarrow::test {
namespace {

std::shared_ptr<const Index> index_of(const Recording& recording, int threads) {
  const Recording::Shared& shared = recording.shared();
  return build_index(*shared.format, shared.header, shared.decode, *shared.source, threads, {});
}

void check_same(const Index& a, const Index& b) {
  REQUIRE(a.blocks.size() == b.blocks.size());
  for (size_t i = 0; i < a.blocks.size(); ++i) {
    CAPTURE(i);
    CHECK(a.blocks[i].offset == b.blocks[i].offset);
    CHECK(a.blocks[i].event == b.blocks[i].event);
    CHECK(a.blocks[i].trigger == b.blocks[i].trigger);
    CHECK(a.blocks[i].t_min == b.blocks[i].t_min);
    CHECK(a.blocks[i].t_max == b.blocks[i].t_max);
    CHECK(a.blocks[i].state == b.blocks[i].state);
  }
  CHECK(a.events == b.events);
  CHECK(a.triggers == b.triggers);
  CHECK(a.end == b.end);
}

// What going through the recording once, front to back, says of each block.
void walk(const Recording& recording, Index& index) {
  const Recording::Shared& shared = recording.shared();
  const auto decoder = shared.format->make_decoder(shared.header, shared.decode);
  Scratch scratch;
  const Bytes payload = shared.source->read(shared.header.payload, SIZE_MAX / 2, scratch);
  const uint64_t unit = unit_bytes(*shared.format);
  for (size_t at = 0; at < payload.size(); at += unit) {
    Summary summary;
    IndexBlock block{.offset = shared.header.payload + at,
                     .event = index.events,
                     .trigger = index.triggers,
                     .state = decoder->state()};
    decoder->summarize(payload.subspan(at, std::min(unit, payload.size() - at)), summary);
    block.t_min = summary.t_min;
    block.t_max = summary.t_max;
    index.blocks.push_back(block);
    index.events += summary.events;
    index.triggers += summary.triggers;
  }
  index.end = shared.header.payload + payload.size();
}

TEST_CASE("index: guessed cuts give what going through once gives, with any number of threads") {
  // Slow enough that the 24-bit clock of EVT 3.0 starts over many times in the recording.
  for (const int step : {1, 300}) {
    const auto events = noisy_events(3'000'000, 20, 5'000, step, 101, 300);
    for (const char* format : {"evt2", "evt21", "evt3"}) {
      CAPTURE(format);
      CAPTURE(step);
      const Recording recording = recording_of(encoded(format, events));
      Index want;
      walk(recording, want);
      CHECK(want.blocks.size() > 2 * 64);
      for (const int threads : {1, 2, 7}) check_same(*index_of(recording, threads), want);
    }
  }
}

TEST_CASE("index: a state that no guess can know is carried through all cuts") {
  // One vector at the very beginning sets the base of vectors for the rest of the recording.
  EventBatch events = noisy_events(2'500'000, 21);
  for (size_t i = 0; i < 6; ++i) {
    events.t()[i] = 5'000;
    events.x()[i] = static_cast<int16_t>(10 + i);
    events.y()[i] = 3;
    events.polarity()[i] = 1;
  }
  const Recording recording = recording_of(encoded("evt3", events));
  Index want;
  walk(recording, want);
  CHECK(want.events == events.size());
  check_same(*index_of(recording, 2), want);
}

TEST_CASE("index: where no guess can know the state, the index is made from front to back") {
  for (const int step : {1, 300}) {
    const Recording recording = recording_of(encoded("es", noisy_events(1'500'000, 24, 500, step)));
    Index want;
    walk(recording, want);
    CHECK(want.blocks.size() > 64);
    CHECK(want.events == 1'500'000);
    for (const int threads : {1, 3}) check_same(*index_of(recording, threads), want);
  }
}

TEST_CASE("index: work from front to back can be interrupted") {
  const Recording recording = recording_of(encoded("es", noisy_events(1'500'000, 25)));
  int calls = 0;
  CHECK_THROWS_AS((void)recording.index([&](double share) {
    CHECK(share <= 1);
    return ++calls < 2;
  }),
                  Error);
  CHECK(calls == 2);
  CHECK(recording.count() == 1'500'000);
}

TEST_CASE("index: garbage is indexed as it is decoded") {
  std::mt19937_64 random(22);
  for (const char* format : {"evt2", "evt21", "evt3", "es"}) {
    auto file = encoded(format, EventBatch(0));
    const size_t header = file.size();
    file.resize(header + 12'000'000);
    for (size_t i = header; i + 8 <= file.size(); i += 8) {
      const uint64_t word = random();
      std::memcpy(file.data() + i, &word, 8);
    }
    const Recording recording = recording_of(file);
    Index want;
    walk(recording, want);
    check_same(*index_of(recording, 3), want);
  }
}

TEST_CASE("index: a window decodes little of a long recording") {
  const auto events = noisy_events(2'000'000, 23);
  for (const char* format : {"evt2", "evt3"}) {
    const Recording recording = recording_of(encoded(format, events));
    Scan scan = recording.scan();
    scan.predicate.t_begin = events.t()[1'000'000];
    scan.predicate.t_end = scan.predicate.t_begin + 1'000;
    Scan::Report report;
    const Batch rows = scan.read(&report);
    CHECK(rows.size() > 500);
    CHECK(report.events_decoded < 50'000);
    CHECK(report.bytes_read < 300'000);
  }
}

}  // namespace
}  // namespace evarrow::test
