// SPDX-License-Identifier: Apache-2.0
// Whole recordings in memory: opened, counted, read in one go, in batches and in part. An input is
// 16 bytes of choices and what the file is made of.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "evarrow/error.h"
#include "evarrow/recording.h"
#include "evarrow/scan.h"
#include "options.h"
#include "recording_input.h"

namespace evarrow::fuzz {
namespace {

using Row = std::tuple<int64_t, int16_t, int16_t, int8_t>;

void append(const Batch& batch, std::vector<Row>& rows) {
  for (size_t i = 0; i < batch.size(); ++i) {
    rows.emplace_back(batch.column<int64_t>(kT)[i], batch.column<int16_t>(kX)[i],
                      batch.column<int16_t>(kY)[i], batch.column<int8_t>(kPolarity)[i]);
  }
}

std::vector<Row> rows_of(const Batch& batch) {
  std::vector<Row> rows;
  append(batch, rows);
  return rows;
}

std::vector<Row> streamed(const Scan& scan) {
  std::vector<Row> rows;
  Reader reader = scan.open();
  EventBatch batch;
  while (reader.next(batch)) {
    check(batch.size() <= scan.batch_size, "a batch has the size that was asked for");
    append(batch, rows);
  }
  return rows;
}

bool keeps(const Predicate& wanted, const Row& row) {
  const auto [t, x, y, polarity] = row;
  return t >= wanted.t_begin && (t < wanted.t_end || wanted.t_end == INT64_MAX) &&
         x >= wanted.x_begin && x < wanted.x_end && y >= wanted.y_begin && y < wanted.y_end &&
         (!wanted.polarity || *wanted.polarity == polarity);
}

Options options_of(Choices& choices) {
  Options options;
  const uint32_t format = choices.byte() % 8;  // often found from the content
  if (format < formats().size()) options.format = formats()[format]->name;
  if (choices.flag()) {
    options.resolution = Resolution{.width = static_cast<int32_t>(choices.below(2048) + 1),
                                    .height = static_cast<int32_t>(choices.below(2048) + 1)};
  }
  const uint32_t flags = choices.byte();
  options.on_error = OnError::kIgnore;
  options.sort = (flags & 1) == 0;
  options.binary_polarity = (flags & 2) != 0;
  options.out_of_sensor = (flags & 4) != 0 ? OutOfSensor::kKeep : OutOfSensor::kFormat;
  if ((flags & 8) != 0) options.out_of_sensor = OutOfSensor::kDrop;
  if ((flags & 16) != 0) options.origin.kind = Origin::Kind::kStart;
  options.threads = (flags & 32) != 0 ? 3 : 1;
  return options;
}

std::vector<Row> in_order(std::vector<Row> rows) {
  std::ranges::stable_sort(rows, {}, [](const Row& row) { return std::get<0>(row); });
  return rows;
}

class RecordingFuzz {
 public:
  // `open` opens the same bytes with other options.
  using Open = std::function<Recording(const Options&)>;

  RecordingFuzz(Open open, const Options& options, Choices& choices)
      : open_(std::move(open)), recording_(open_(options)) {
    window_.t_begin = choices.byte();
    window_.t_end = choices.byte();
    window_.x_begin = static_cast<int32_t>(choices.byte());
    window_.x_end = window_.x_begin + static_cast<int32_t>(choices.byte()) * 4;
    batch_size_ = 1 + choices.byte() * 4 + recording_.byte_size() / 64;
    limit_ = choices.byte();
  }

  void run() {
    // The order of use decides which of them makes the index.
    if (limit_ % 2 == 0) check_count();
    Scan::Report report;
    const std::vector<Row> all = rows_of(recording_.scan().read(&report));
    const bool sorted =
        std::ranges::is_sorted(all, {}, [](const Row& r) { return std::get<0>(r); });
    check(!report.sorted || sorted, "what is said to be sorted is");
    count_ = all.size();
    if (all.size() > 1000) batch_size_ += 500;  // or a run would take seconds
    check_count();
    Scan scan = recording_.scan();
    scan.batch_size = batch_size_;
    check(streamed(scan) == all, "batches hold what a read in one go does");
    check_window(all);
    check_limit(all);
    check_range(all);
    check_validation(all);
    check_threads(all);
    check_sorting(all, report);
    check_raising(all);
    check_others();
  }

 private:
  void check_count() const {
    const uint64_t count = recording_.count();
    check(recording_.scan().count() == count, "a scan of everything counts as the recording");
    if (count_) check(count == *count_, "as many rows are counted as are read");
  }

  void check_window(const std::vector<Row>& all) {
    Scan scan = recording_.scan();
    scan.batch_size = batch_size_;
    if (!all.empty()) {
      // In parts of the whole time, or the first and the last of the rows would rarely be hit.
      const auto [least, greatest] = std::ranges::minmax(all);
      const int64_t first = std::get<0>(least);
      const int64_t length = std::get<0>(greatest) - first;
      window_.t_begin = first + length / 255 * window_.t_begin;
      window_.t_end = first + length / 255 * window_.t_end + 1;
    }
    scan.predicate = window_;
    std::vector<Row> wanted;
    std::ranges::copy_if(all, std::back_inserter(wanted),
                         [&](const Row& row) { return keeps(window_, row); });
    check(streamed(scan) == wanted, "a window holds the rows that lie in it");
    check(rows_of(scan.read()) == wanted, "a window in one go holds the same");
    check(scan.count() == wanted.size(), "a window is counted as it is read");
  }

  void check_limit(const std::vector<Row>& all) const {
    Scan scan = recording_.scan();
    scan.limit = limit_;
    std::vector<Row> wanted = all;
    wanted.resize(std::min<size_t>(limit_, all.size()));
    check(streamed(scan) == wanted, "a limit gives the first rows");
    check(rows_of(scan.read()) == wanted, "a limit gives the first rows in one go");
  }

  void check_range(const std::vector<Row>& all) const {
    const auto range = recording_.time_range();
    check(range.has_value() == !all.empty(), "there is a range of times if there are rows");
    if (!range) return;
    const auto [least, greatest] = std::ranges::minmax(all);
    check(range->first == std::get<0>(least), "the range begins with the least time");
    check(range->last == std::get<0>(greatest), "the range ends with the greatest time");
  }

  void check_validation(const std::vector<Row>& all) const {
    const Validation validation = validate(recording_);
    // It looks at a recording as its format has it, whatever is to be done with events outside.
    if (recording_.options().out_of_sensor == OutOfSensor::kFormat) {
      check(validation.events == all.size(), "a validation counts the events");
    }
    check(validation.largest_step_back >= 0, "a step back is positive");
    check(survey_streams(recording_).streams.size() == validation.streams.size(),
          "streams beside the events are the same with and without them");
    if (validation.damaged) check(!validation.findings.empty(), "what is damaged is said");
  }

  // Neither threads nor what is known by then change what is read.
  void check_threads(const std::vector<Row>& all) const {
    Options options = recording_.options();
    options.threads = options.threads == 1 ? 2 : 1;
    const Recording other = open_(options);
    check(streamed(other.scan()) == all, "another number of threads gives the same rows");
    check(rows_of(other.scan().read()) == all, "another number of threads reads the same");
  }

  void check_sorting(const std::vector<Row>& all, const Scan::Report& report) {
    Options options = recording_.options();
    options.origin = {.kind = Origin::Kind::kAt, .at = origin()};
    options.sort = !options.sort;
    Scan::Report other_report;
    const std::vector<Row> other = rows_of(open_(options).scan().read(&other_report));
    recorded_ = options.sort ? all : other;
    const bool reset = report.faults[FaultKind::kClockReset].count != 0 ||
                       other_report.faults[FaultKind::kClockReset].count != 0;
    if (!reset) {
      const std::vector<Row>& sorted = options.sort ? other : all;
      check(sorted == in_order(options.sort ? all : other), "sorting is a stable sort by time");
    }
    std::vector<Row> one = all;
    std::vector<Row> two = other;
    std::ranges::sort(one);
    std::ranges::sort(two);
    check(one == two, "sorting loses no row and makes up none");
  }

  // What origin="start" takes off every time.
  int64_t origin() const {
    if (recording_.options().origin.kind == Origin::Kind::kSensor) return 0;
    Options options = recording_.options();
    options.origin = {};
    options.sort = true;
    Scan scan = open_(options).scan();
    scan.limit = 1;
    const std::vector<Row> first = rows_of(scan.read());
    return first.empty() ? 0 : std::get<0>(first.front());
  }

  // With damage, rows come until there, and nothing but the error after them.
  void check_raising(const std::vector<Row>& all) const {
    Options options = recording_.options();
    options.on_error = OnError::kRaise;
    const Recording strict = open_(options);
    bool whole = true;
    try {
      check(rows_of(strict.scan().read()) == all, "what is sound is read the same");
    } catch (const Error& error) {
      check(error.code() == ErrorCode::kDamaged, "only damage stops a read");
      check(error.offset() <= strict.byte_size(), "damage is at a byte of the file");
      whole = false;
    }
    std::vector<Row> rows;
    bool complete = true;
    Scan scan = strict.scan();
    scan.batch_size = batch_size_;
    Reader reader = scan.open();
    EventBatch batch;
    try {
      while (reader.next(batch)) append(batch, rows);
    } catch (const Error& error) {
      check(error.code() == ErrorCode::kDamaged, "only damage stops a pass");
      complete = false;
    }
    check(complete == whole, "a pass and a read agree on what is damaged");
    check(rows.size() <= recorded_.size(), "damage makes up no rows");
    std::vector<Row> before(recorded_.begin(),
                            recorded_.begin() + static_cast<ptrdiff_t>(rows.size()));
    if (options.sort) before = in_order(std::move(before));
    check(rows == before, "what comes before the damage is the same");
    check(!complete || rows.size() == all.size(), "a pass without damage is complete");
  }

  // The other streams, on their own and on the way.
  void check_others() const {
    for (const std::string_view stream : recording_.format().streams) {
      if (stream == "events") continue;
      const Batch alone = recording_.scan(stream).read();
      check(recording_.count(stream) == alone.size(), "a stream is counted as it is read");
      Scan scan = recording_.scan();
      scan.also = {std::string(stream)};
      std::vector<Batch> others;
      (void)scan.read(nullptr, &others);
      check(others.size() == 1 && others[0].size() == alone.size(),
            "a stream on the way is as long as on its own");
    }
  }

  Open open_;
  Recording recording_;
  Predicate window_;
  std::vector<Row> recorded_;  // all rows, in the order of the file
  std::optional<uint64_t> count_;
  size_t batch_size_ = 1;
  uint64_t limit_ = 0;
};

}  // namespace
}  // namespace evarrow::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace evarrow;
  fuzz::Choices choices({bytes, size});
  const Options options = fuzz::options_of(choices);
  const uint32_t content = choices.byte();
  const auto file = std::make_shared<std::vector<std::byte>>(
      std::move(fuzz::RecordingInput(choices.rest(), content).file()));
  const auto open = [&](const Options& wanted) {
    return Recording::from_bytes(*file, file, wanted);
  };
  try {
    (void)open(options);
  } catch (const Error& error) {
    fuzz::check(error.code() == ErrorCode::kFormat, "what cannot be opened is of no format");
    return 0;
  }
  // From here on damage is passed over, but where it is said otherwise.
  fuzz::RecordingFuzz(open, options, choices).run();
  return 0;
}
