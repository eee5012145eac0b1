// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "evarrow/error.h"
#include "scan/recordings.h"

namespace evarrow::test {
namespace {

constexpr size_t kBatchSize = 65'536;

// Longer than it takes to hand a batch over, so that a thread pays.
void dawdle() { std::this_thread::sleep_for(std::chrono::milliseconds(1)); }

// 0 where the system does not tell.
size_t threads_now() {
  std::error_code none;
  const std::filesystem::directory_iterator tasks("/proc/self/task", none);
  return static_cast<size_t>(std::distance(begin(tasks), end(tasks)));
}

Recording two_threads(std::vector<std::byte> file) {
  Options options;
  options.threads = 2;
  return recording_of(std::move(file), std::move(options));
}

TEST_CASE("reader: a slow caller gets the same batches, decoded ahead on a thread") {
  const EventBatch events = noisy_events(1'000'000, 1);
  Scan scan = two_threads(encoded("evt3", events)).scan();
  scan.batch_size = kBatchSize;
  const size_t before = threads_now();
  size_t most = 0;
  std::vector<Row> got;
  Reader reader = scan.open();
  for (Batch batch; reader.next(batch);) {
    for (const Row& row : rows_of(batch)) got.push_back(row);
    dawdle();
    most = std::max(most, threads_now());
  }
  CHECK(got == rows_of(events));
  if (before > 0) CHECK(most == before + 1);
}

TEST_CASE("reader: a caller that does nothing costs no thread") {
  Scan scan = two_threads(encoded("evt2", noisy_events(200'000, 2))).scan();
  scan.batch_size = 10;
  const size_t before = threads_now();
  Reader reader = scan.open();
  size_t rows = 0;
  for (Batch batch; reader.next(batch);) rows += batch.size();
  CHECK(rows == 200'000);
  CHECK(threads_now() == before);
}

TEST_CASE("reader: a pass that decodes ahead can be dropped at any batch") {
  const auto file = encoded("evt3", noisy_events(1'000'000, 3));
  for (const int batches : {1, 4, 6, 9}) {
    Scan scan = two_threads(file).scan();
    scan.batch_size = kBatchSize;
    Reader reader = scan.open();
    Batch batch;
    for (int i = 0; i < batches; ++i) {
      REQUIRE(reader.next(batch));
      dawdle();
    }
    CHECK(batch.size() == kBatchSize);
  }
}

TEST_CASE("reader: damage found ahead comes after all that was before it, and stays") {
  EventBatch events = noisy_events(1'000'000, 4, 1'000'000);
  for (size_t i = 900'000; i < 1'000'000; ++i) events.t()[i] -= 800'000;
  Scan scan = two_threads(encoded("evt2", events)).scan();
  scan.batch_size = kBatchSize;
  Reader reader = scan.open();
  size_t rows = 0;
  Batch batch;
  const auto read_all = [&] {
    while (reader.next(batch)) {
      rows += batch.size();
      dawdle();
    }
  };
  CHECK_THROWS_AS(read_all(), Error);
  CHECK(rows == 900'000);
  CHECK_THROWS_AS(read_all(), Error);
  CHECK(rows == 900'000);
}

TEST_CASE("reader: rows of other streams come with the batches they were met with, ahead or not") {
  const EventBatch events = noisy_events(1'000'000, 5);
  Batch triggers(kTriggerFields, 500);
  for (size_t i = 0; i < 500; ++i) {
    triggers.column<int64_t>(kTriggerT)[i] = events.t()[i * 2000];
    triggers.column<int16_t>(kTriggerId)[i] = static_cast<int16_t>(i % 16);
    triggers.column<int8_t>(kTriggerPolarity)[i] = i % 2 == 0 ? int8_t{1} : int8_t{-1};
  }
  triggers.resize(500);
  Scan scan = two_threads(encoded("evt3", events, triggers)).scan();
  scan.batch_size = kBatchSize;
  scan.also = {"triggers"};
  for (const size_t take_every : {1, 3, 1000}) {
    Reader reader = scan.open();
    std::vector<int64_t> got;
    const auto take = [&] {
      const Batch met = reader.take("triggers");
      const auto* t = met.column<int64_t>(kTriggerT);
      got.insert(got.end(), t, t + met.size());
    };
    double done = 0;
    size_t batches = 0;
    for (Batch batch; reader.next(batch);) {
      if (++batches % take_every == 0) take();
      CHECK(reader.share_done() >= done);
      done = reader.share_done();
      dawdle();
    }
    take();
    CHECK(reader.take("triggers").size() == 0);
    CHECK(done == 1.0);
    const auto* want = triggers.column<int64_t>(kTriggerT);
    CHECK(got == std::vector<int64_t>(want, want + 500));
  }
}

}  // namespace
}  // namespace evarrow::test
