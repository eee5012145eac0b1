// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <new>
#include <numeric>
#include <string>
#include <tuple>
#include <vector>

#include "arrow/foreign.h"
#include "evarrow/arrow.h"
#include "evarrow/error.h"

namespace evarrow::test {
namespace {

using Rows = std::vector<std::tuple<int64_t, int16_t, int16_t, int>>;  // t, x, y, polarity

Rows import_rows(ForeignStream& from) {
  Rows rows;
  {
    ArrowArrayStream stream = from.open();
    StreamImporter importer(&stream);
    for (EventBatch batch; importer.next(batch);) {
      CHECK(batch.size() > 0);
      for (size_t i = 0; i < batch.size(); ++i) {
        rows.emplace_back(batch.t()[i], batch.x()[i], batch.y()[i], batch.polarity()[i]);
      }
    }
  }
  CHECK(from.live == 0);
  return rows;
}

Rows import_rows(std::vector<ForeignColumn> columns) {
  ForeignStream from{.chunks = {chunk(std::move(columns))}};
  return import_rows(from);
}

std::string refusal(ForeignStream& from) {
  std::string message;
  try {
    ArrowArrayStream stream = from.open();
    StreamImporter importer(&stream);
    EventBatch batch;
    while (importer.next(batch)) {
    }
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kArgument);
    message = error.what();
  }
  CHECK(from.live == 0);
  return message;
}

std::string refusal(std::vector<ForeignColumn> columns) {
  ForeignStream from{.chunks = {chunk(std::move(columns))}};
  return refusal(from);
}

ForeignColumn x_column() { return column<int16_t>("x", "s", {1, 2, 3}); }
ForeignColumn y_column() { return column<int16_t>("y", "s", {4, 5, 6}); }
ForeignColumn t_column() { return column<int64_t>("t", "tDu", {7, 8, 9}); }
ForeignColumn p_column() { return column<int8_t>("polarity", "c", {1, -1, 1}); }

const Rows kRows = {{7, 1, 4, 1}, {8, 2, 5, -1}, {9, 3, 6, 1}};

template <typename T>
Rows with_x(const std::string& format) {
  return import_rows({column<T>("x", format, {1, 2, 3}), y_column(), t_column(), p_column()});
}

template <typename T>
Rows with_t(const std::string& format, const std::vector<T>& values) {
  return import_rows({x_column(), y_column(), column<T>("t", format, values), p_column()});
}

template <typename T>
Rows with_polarity(const std::string& format, const std::vector<T>& values) {
  return import_rows({x_column(), y_column(), t_column(), column<T>("polarity", format, values)});
}

std::vector<int64_t> times(const Rows& rows) {
  std::vector<int64_t> out;
  for (const auto& row : rows) out.push_back(std::get<0>(row));
  return out;
}

TEST_CASE("import: coordinates of every integer type come out as int16") {
  CHECK(with_x<int8_t>("c") == kRows);
  CHECK(with_x<int16_t>("s") == kRows);
  CHECK(with_x<int32_t>("i") == kRows);
  CHECK(with_x<int64_t>("l") == kRows);
  CHECK(with_x<uint8_t>("C") == kRows);
  CHECK(with_x<uint16_t>("S") == kRows);
  CHECK(with_x<uint32_t>("I") == kRows);
  CHECK(with_x<uint64_t>("L") == kRows);
}

TEST_CASE("import: times of every integer type are microseconds") {
  CHECK(with_t<int32_t>("i", {7, 8, 9}) == kRows);
  CHECK(with_t<int64_t>("l", {7, 8, 9}) == kRows);
  CHECK(with_t<uint64_t>("L", {7, 8, 9}) == kRows);
  CHECK(times(with_t<int8_t>("c", {-7, 8, 9})) == std::vector<int64_t>{-7, 8, 9});
}

TEST_CASE("import: durations and timestamps of every unit become microseconds") {
  const std::vector<int64_t> values = {-2, 0, 3};
  const std::vector<int64_t> seconds = {-2'000'000, 0, 3'000'000};
  const std::vector<int64_t> milliseconds = {-2'000, 0, 3'000};
  CHECK(times(with_t("tDs", values)) == seconds);
  CHECK(times(with_t("tDm", values)) == milliseconds);
  CHECK(times(with_t("tDu", values)) == values);
  CHECK(times(with_t("tss:", values)) == seconds);
  CHECK(times(with_t("tsm:UTC", values)) == milliseconds);
  CHECK(times(with_t("tsu:Europe/Paris", values)) == values);
}

TEST_CASE("import: nanoseconds are rounded down, also before zero") {
  const std::vector<int64_t> nanoseconds = {-1'001, -1, 1'999};
  CHECK(times(with_t("tDn", nanoseconds)) == std::vector<int64_t>{-2, -1, 1});
  CHECK(times(with_t("tsn:", nanoseconds)) == std::vector<int64_t>{-2, -1, 1});
}

TEST_CASE("import: polarity is signed, binary or boolean and comes out signed") {
  CHECK(with_polarity<int8_t>("c", {1, 0, 1}) == kRows);
  CHECK(with_polarity<int64_t>("l", {1, -1, 1}) == kRows);
  CHECK(with_polarity<uint8_t>("C", {1, 0, 1}) == kRows);
  CHECK(with_polarity<uint64_t>("L", {1, 0, 1}) == kRows);
  CHECK(import_rows({x_column(), y_column(), t_column(), bits("polarity", {true, false, true})}) ==
        kRows);
}

TEST_CASE("import: columns are found by name, in any order, and others are ignored") {
  for (const std::string t : {"t", "ts", "timestamp", "time"}) {
    for (const std::string p : {"polarity", "p", "pol", "on"}) {
      CHECK(
          import_rows({column<int8_t>(p, "c", {1, -1, 1}), column<uint8_t>("label", "u", {0, 0, 0}),
                       column<int64_t>(t, "l", {7, 8, 9}), y_column(), x_column()}) == kRows);
    }
  }
  CHECK(import_rows({x_column(), y_column(), t_column(), p_column(),
                     column<int64_t>("timestamp", "l", {0, 0, 0})}) == kRows);
}

TEST_CASE("import: offsets of the columns and of the struct add up") {
  ForeignChunk sliced = chunk(
      {skip(column<int16_t>("x", "s", {-1, -1, 0, 1, 2, 3}), 2),
       skip(column<uint64_t>("y", "L", {9, 0, 4, 5, 6}), 1),
       column<int64_t>("t", "tDu", {0, 7, 8, 9}),
       skip(bits("p", {false, false, false, false, false, false, false, false, true, false, true}),
            7)});
  sliced.offset = 1;
  sliced.length = 3;
  ForeignStream from{.chunks = {sliced}};
  CHECK(import_rows(from) == kRows);
}

TEST_CASE("import: chunks of any length, also none, follow one another") {
  const ForeignChunk empty =
      chunk({column<int16_t>("x", "s", {}), column<int16_t>("y", "s", {}),
             column<int64_t>("t", "tDu", {}), column<int8_t>("polarity", "c", {})});
  const ForeignChunk full = chunk({x_column(), y_column(), t_column(), p_column()});
  ForeignStream from{.chunks = {empty, full, empty, empty, full, empty}};
  Rows twice = kRows;
  twice.insert(twice.end(), kRows.begin(), kRows.end());
  CHECK(import_rows(from) == twice);
}

TEST_CASE("import: a long chunk comes out in batches and whole") {
  const size_t n = 200'001;
  std::vector<int16_t> small(n, 3);
  std::vector<int64_t> t(n);
  std::iota(t.begin(), t.end(), 0);
  std::vector<bool> on(n);
  for (size_t i = 0; i < n; ++i) on[i] = i % 3 == 0;
  ForeignStream from{.chunks = {chunk({column("x", "s", small), column("y", "s", small),
                                       column("t", "l", t), bits("p", on)})}};
  const Rows rows = import_rows(from);
  REQUIRE(rows.size() == n);
  bool same = true;
  for (size_t i = 0; i < n; ++i) {
    same &= std::get<0>(rows[i]) == t[i] && std::get<3>(rows[i]) == (i % 3 == 0 ? 1 : -1);
  }
  CHECK(same);
}

TEST_CASE("import: a batch that somebody holds is not written again") {
  const ForeignChunk full = chunk({x_column(), y_column(), t_column(), p_column()});
  ForeignStream from{.chunks = {full, full, full}};
  ArrowArrayStream stream = from.open();
  StreamImporter importer(&stream);
  EventBatch batch;
  REQUIRE(importer.next(batch));
  const std::byte* memory = batch.bytes(kX);
  REQUIRE(importer.next(batch));
  CHECK(batch.bytes(kX) == memory);  // nobody held it
  const EventBatch held = batch;
  REQUIRE(importer.next(batch));
  CHECK(batch.bytes(kX) != memory);
}

TEST_CASE("import: a batch that was moved from gets memory of its own") {
  const ForeignChunk full = chunk({x_column(), y_column(), t_column(), p_column()});
  ForeignStream from{.chunks = {full, full}};
  ArrowArrayStream stream = from.open();
  StreamImporter importer(&stream);
  EventBatch batch;
  REQUIRE(importer.next(batch));
  const EventBatch first = std::move(batch);
  REQUIRE(importer.next(batch));  // NOLINT(bugprone-use-after-move)
  CHECK(batch.bytes(kX) != first.bytes(kX));
}

TEST_CASE("import: columns that are stored as ours are borrowed, and live as long as the batch") {
  const ForeignChunk ours = chunk({x_column(), y_column(), t_column(), p_column()});
  const ForeignChunk zeros =
      chunk({x_column(), y_column(), t_column(), column<int8_t>("polarity", "c", {1, 0, 1})});
  ForeignStream from{.chunks = {ours, zeros}};
  EventBatch held;
  {
    ArrowArrayStream stream = from.open();
    StreamImporter importer(&stream);
    EventBatch batch;
    REQUIRE(importer.borrow(batch));
    CHECK(batch.size() == 3);
    CHECK_FALSE(batch.unique());
    held = batch;
    REQUIRE(importer.borrow(batch));  // an OFF event is -1 here: copied
    CHECK(batch.unique());
    CHECK(batch.polarity()[1] == -1);
    CHECK_FALSE(importer.borrow(batch));
  }
  CHECK(held.t()[2] == 9);
  CHECK(from.live == 1);
  held = EventBatch();
  CHECK(from.live == 0);
}

TEST_CASE("import: columns of other types are copied where others would be borrowed") {
  ForeignStream from{.chunks = {chunk({column<int32_t>("x", "i", {1, 2, 3}), y_column(), t_column(),
                                       p_column()})}};
  ArrowArrayStream stream = from.open();
  StreamImporter importer(&stream);
  EventBatch batch;
  REQUIRE(importer.borrow(batch));
  CHECK(batch.unique());
  CHECK(batch.x()[2] == 3);
}

TEST_CASE("import: what was borrowed is not written by what is imported next, nor made larger") {
  const ForeignChunk ours = chunk({x_column(), y_column(), t_column(), p_column()});
  ForeignStream from{.chunks = {ours, ours}};
  ArrowArrayStream stream = from.open();
  StreamImporter importer(&stream);
  EventBatch batch;
  REQUIRE(importer.borrow(batch));
  EventBatch larger;
  std::swap(larger, batch);
  const std::byte* memory = larger.bytes(kX);
  larger.reserve(10);
  CHECK(larger.bytes(kX) != memory);
  CHECK(larger.x()[2] == 3);
  REQUIRE(importer.borrow(batch));
  memory = batch.bytes(kX);
  CHECK_FALSE(importer.next(batch));
  CHECK(batch.size() == 0);
}

TEST_CASE("import: a missing column is named, with what there is") {
  CHECK(refusal({x_column(), y_column(), column<int64_t>("when", "l", {1, 2, 3}), p_column()}) ==
        "events need a column 't' or 'ts' or 'timestamp' or 'time', and there are 'x', 'y', "
        "'when', 'polarity': rename the one that is meant");
}

TEST_CASE("import: a column that is there twice is refused") {
  CHECK(refusal({x_column(), x_column(), y_column(), t_column(), p_column()}) ==
        "there are two columns 'x': rename or drop the one that is not meant");
}

TEST_CASE("import: strings, categoricals, floats and times where they make no sense are refused") {
  CHECK(refusal({column<int32_t>("x", "u", {0, 0, 0}), y_column(), t_column(), p_column()}) ==
        "column 'x' is a string: cast it to int16");
  ForeignColumn categorical = column<uint32_t>("p", "I", {0, 1, 0});
  categorical.dictionary = true;
  CHECK(refusal({x_column(), y_column(), t_column(), categorical}) ==
        "column 'p' is dictionary-encoded (a categorical): cast it to int8 or boolean");
  CHECK(refusal({x_column(), y_column(), column<double>("ts", "g", {1, 2, 3}), p_column()}) ==
        "column 'ts' is float64: cast it to a duration, a timestamp or an integer of microseconds");
  CHECK(refusal({x_column(), y_column(), t_column(), column<float>("on", "f", {1, 0, 1})}) ==
        "column 'on' is float32: cast it to int8 or boolean");
  CHECK(refusal({column<int64_t>("x", "tDu", {1, 2, 3}), y_column(), t_column(), p_column()}) ==
        "column 'x' is a duration: cast it to int16");
  CHECK(refusal({x_column(), bits("y", {true, true, true}), t_column(), p_column()}) ==
        "column 'y' is boolean: cast it to int16");
  CHECK(refusal({x_column(), y_column(), column<int32_t>("t", "tdD", {1, 2, 3}), p_column()}) ==
        "column 't' is a date: cast it to a duration, a timestamp or an integer of microseconds");
}

TEST_CASE("import: what is not a table is refused") {
  ForeignStream from{.chunks = {chunk({x_column()})}, .format = "s"};
  CHECK(refusal(from) ==
        "expected a table of events (a struct of columns), found a column that is of Arrow format "
        "'s': pass the table");
}

TEST_CASE("import: a value that does not fit is refused with its row in the stream") {
  CHECK(refusal(
            {column<int32_t>("x", "i", {1, 32'767, 32'768}), y_column(), t_column(), p_column()}) ==
        "column 'x' holds 32768 in row 2, and a coordinate is -32768 to 32767 (int16)");
  CHECK(refusal({x_column(), column<uint16_t>("y", "S", {1, 65'535, 2}), t_column(), p_column()}) ==
        "column 'y' holds 65535 in row 1, and a coordinate is -32768 to 32767 (int16)");
  CHECK(refusal({x_column(), y_column(), t_column(), column<uint8_t>("p", "C", {1, 0, 2})}) ==
        "column 'p' holds 2 in row 2, and a polarity is 1 (ON), 0 or -1 (OFF)");
  CHECK(refusal({x_column(), y_column(), t_column(), column<int8_t>("p", "c", {1, -2, 0})}) ==
        "column 'p' holds -2 in row 1, and a polarity is 1 (ON), 0 or -1 (OFF)");
  CHECK(refusal(
            {x_column(), y_column(), column<int64_t>("t", "tDs", {1, INT64_MAX, 0}), p_column()}) ==
        "column 't' holds 9223372036854775807 in row 1, and 64 bits of microseconds do not reach "
        "that far");
  CHECK(refusal(
            {x_column(), y_column(), column<uint64_t>("t", "L", {1, UINT64_MAX, 0}), p_column()}) ==
        "column 't' holds 18446744073709551615 in row 1, and 64 bits of microseconds do not reach "
        "that far");

  const ForeignChunk good =
      chunk({column<int32_t>("x", "i", {1, 2, 3}), y_column(), t_column(), p_column()});
  const ForeignChunk bad =
      chunk({column<int32_t>("x", "i", {1, -40'000, 3}), y_column(), t_column(), p_column()});
  ForeignStream from{.chunks = {good, bad}};
  CHECK(refusal(from) ==
        "column 'x' holds -40000 in row 4, and a coordinate is -32768 to 32767 (int16)");
}

TEST_CASE("import: a null is refused by its column and row, also where the count is not known") {
  for (const int64_t count : {1, -1}) {
    ForeignColumn holed = t_column();
    holed.validity = {0b101};
    holed.null_count = count;
    CHECK(refusal({x_column(), y_column(), holed, p_column()}) ==
          "column 't' is null in row 1: drop or fill the rows with nulls");
  }
}

TEST_CASE("import: a validity bitmap without nulls in the rows asked for is fine") {
  ForeignColumn full = t_column();
  full.validity = {0b111};
  full.null_count = -1;
  CHECK(import_rows({x_column(), y_column(), full, p_column()}) == kRows);

  ForeignColumn holed = skip(column<int64_t>("t", "tDu", {0, 7, 8, 9, 0}), 1);
  holed.validity = {0b01110};
  holed.null_count = -1;
  holed.length = 3;
  CHECK(import_rows({x_column(), y_column(), holed, p_column()}) == kRows);
}

TEST_CASE("import: nulls in a column that is not ours do not matter") {
  ForeignColumn label = column<int32_t>("label", "i", {1, 2, 3});
  label.validity = {0};
  label.null_count = 3;
  CHECK(import_rows({label, x_column(), y_column(), t_column(), p_column()}) == kRows);
}

TEST_CASE("import: an array that breaks the rules is refused, not read") {
  ForeignColumn short_y = y_column();
  short_y.length = 2;
  CHECK(refusal({x_column(), short_y, t_column(), p_column()}) ==
        "the Arrow stream breaks the rules of its format: column 'y' is shorter than the table");
}

TEST_CASE("import: the text of a stream's own error comes through, and stays") {
  ForeignStream from{.chunks = {chunk({x_column(), y_column(), t_column(), p_column()})},
                     .fails_at = 1};
  {
    ArrowArrayStream stream = from.open();
    StreamImporter importer(&stream);
    EventBatch batch;
    REQUIRE(importer.next(batch));
    for (int i = 0; i < 2; ++i) {
      CHECK_THROWS_WITH_AS(importer.next(batch),
                           "the Arrow stream that holds the events failed: the cable fell out",
                           Error);
      CHECK(batch.size() == 0);
    }
    CHECK(from.calls == 2);
  }
  CHECK(from.live == 0);
}

TEST_CASE("import: a stream that runs out of memory is std::bad_alloc") {
  ForeignStream from{.chunks = {chunk({x_column(), y_column(), t_column(), p_column()})},
                     .fails_at = 0,
                     .error = ENOMEM};
  ArrowArrayStream stream = from.open();
  StreamImporter importer(&stream);
  EventBatch batch;
  CHECK_THROWS_AS(importer.next(batch), std::bad_alloc);
}

TEST_CASE("import: a stream that was taken already is refused") {
  ForeignStream from{.chunks = {chunk({x_column(), y_column(), t_column(), p_column()})}};
  ArrowArrayStream stream = from.open();
  const StreamImporter importer(&stream);
  CHECK((stream.release == nullptr));
  CHECK_THROWS_WITH_AS(StreamImporter{&stream},
                       "the Arrow stream has been taken already and can be read once only: ask "
                       "its source for another",
                       Error);
}

TEST_CASE("import: a stream that is left half read is released") {
  const ForeignChunk full = chunk({x_column(), y_column(), t_column(), p_column()});
  ForeignStream from{.chunks = {full, full}};
  {
    ArrowArrayStream stream = from.open();
    StreamImporter importer(&stream);
    EventBatch batch;
    REQUIRE(importer.next(batch));
    CHECK(from.live == 2);  // the stream and its chunk
  }
  CHECK(from.live == 0);
}

TEST_CASE("import: after the end it says end again") {
  ForeignStream from{.chunks = {chunk({x_column(), y_column(), t_column(), p_column()})}};
  ArrowArrayStream stream = from.open();
  StreamImporter importer(&stream);
  EventBatch batch;
  CHECK(importer.next(batch));
  CHECK(!importer.next(batch));
  CHECK(!importer.next(batch));
  CHECK(from.live == 0);
}

}  // namespace
}  // namespace evarrow::test
