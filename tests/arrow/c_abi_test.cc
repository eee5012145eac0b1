// SPDX-License-Identifier: Apache-2.0
// A pass as an Arrow stream, through the C interface.
#include <doctest/doctest.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "evarrow/arrow.h"
#include "evarrow/c.h"
#include "evarrow/format.h"

namespace evarrow::test {
namespace {

struct Row {
  int64_t t;
  int16_t x, y;
  int8_t polarity;

  bool operator==(const Row&) const = default;
};

const std::vector<Row> kRows = {
    {1'000, 1, 2, 1}, {1'010, 3, 4, -1}, {1'020, 5, 6, 1}, {2'000, 300, 200, -1}, {2'500, 7, 8, 1}};

void append_events(const std::vector<Row>& rows, Encoder& encoder, std::vector<std::byte>& file) {
  EventBatch events(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    events.t()[i] = rows[i].t;
    events.x()[i] = rows[i].x;
    events.y()[i] = rows[i].y;
    events.polarity()[i] = rows[i].polarity;
  }
  events.resize(rows.size());
  encoder.encode(events, file);
}

// A recording on disk, made of stretches that each begin with a clock of their own.
class TemporaryRecording {
 public:
  explicit TemporaryRecording(const std::vector<std::vector<Row>>& stretches)
      : path_(std::filesystem::temp_directory_path() /
              ("evarrow-c-" + std::to_string(std::random_device()()) + ".raw")) {
    const Format* format = find_format("evt2");
    REQUIRE(format != nullptr);
    Header header;
    header.format = "evt2";
    header.width = 640;
    header.height = 480;
    const std::string text = format->write_header(header, {});
    std::vector<std::byte> file(text.size());
    std::memcpy(file.data(), text.data(), text.size());
    for (const std::vector<Row>& rows : stretches) {
      const auto encoder = format->make_encoder(header, {});
      append_events(rows, *encoder, file);
      encoder->finish(file);
    }
    std::ofstream out(path_, std::ios::binary);
    out.write(reinterpret_cast<const char*>(file.data()),
              static_cast<std::streamsize>(file.size()));
  }
  ~TemporaryRecording() { std::filesystem::remove(path_); }
  TemporaryRecording(const TemporaryRecording&) = delete;
  TemporaryRecording& operator=(const TemporaryRecording&) = delete;

  std::string path() const { return path_.string(); }
  evarrow_recording* open(const char* options = nullptr) const {
    evarrow_recording* recording = evarrow_open(path().c_str(), options);
    REQUIRE_MESSAGE(recording != nullptr, evarrow_last_error());
    return recording;
  }

 private:
  std::filesystem::path path_;
};

std::vector<Row> read_rows(ArrowArrayStream& stream, std::vector<int64_t>* lengths = nullptr) {
  std::vector<Row> rows;
  while (true) {
    ArrowArray array;
    REQUIRE(stream.get_next(&stream, &array) == 0);
    if (array.release == nullptr) break;
    REQUIRE(array.n_children == 4);
    if (lengths != nullptr) lengths->push_back(array.length);
    for (int64_t i = 0; i < array.length; ++i) {
      rows.push_back(
          {.t = static_cast<const int64_t*>(array.children[kT]->buffers[1])[i],
           .x = static_cast<const int16_t*>(array.children[kX]->buffers[1])[i],
           .y = static_cast<const int16_t*>(array.children[kY]->buffers[1])[i],
           .polarity = static_cast<const int8_t*>(array.children[kPolarity]->buffers[1])[i]});
    }
    array.release(&array);
  }
  return rows;
}

std::vector<Row> rows_with(const char* scan_options, const char* open_options = nullptr) {
  const TemporaryRecording file({kRows});
  evarrow_recording* recording = file.open(open_options);
  ArrowArrayStream stream;
  REQUIRE_MESSAGE(evarrow_stream(recording, "events", scan_options, &stream) == 0,
                  evarrow_last_error());
  std::vector<Row> rows = read_rows(stream);
  stream.release(&stream);
  evarrow_close(recording);
  return rows;
}

std::string refused_scan(const char* stream_name, const char* options) {
  const TemporaryRecording file({kRows});
  evarrow_recording* recording = file.open();
  ArrowArrayStream stream;
  CHECK(evarrow_stream(recording, stream_name, options, &stream) == EINVAL);
  CHECK((stream.release == nullptr));
  evarrow_close(recording);
  return evarrow_last_error();
}

TEST_CASE("a C caller reads the events of a recording") { CHECK(rows_with(nullptr) == kRows); }

TEST_CASE("a C stream outlives its recording and its file") {
  ArrowArrayStream stream;
  {
    const TemporaryRecording file({kRows});
    evarrow_recording* recording = file.open();
    REQUIRE(evarrow_stream(recording, "events", nullptr, &stream) == 0);
    evarrow_close(recording);
  }
  CHECK(read_rows(stream) == kRows);
  stream.release(&stream);
}

TEST_CASE("a C stream may be released before it is read, or half read") {
  const TemporaryRecording file({kRows});
  evarrow_recording* recording = file.open();
  for (int reads = 0; reads < 2; ++reads) {
    ArrowArrayStream stream;
    REQUIRE(evarrow_stream(recording, "events", "batch_size=2", &stream) == 0);
    for (int i = 0; i < reads; ++i) {
      ArrowArray array;
      REQUIRE(stream.get_next(&stream, &array) == 0);
      array.release(&array);
    }
    stream.release(&stream);
    CHECK((stream.release == nullptr));
  }
  evarrow_close(recording);
}

TEST_CASE("a C stream takes a time range, a region, a polarity and a limit") {
  CHECK(rows_with("start=1010;end=2000") == std::vector<Row>{kRows[1], kRows[2]});
  CHECK(rows_with("region=3,4,6,7") == std::vector<Row>{kRows[1], kRows[2]});
  CHECK(rows_with("polarity=-1") == std::vector<Row>{kRows[1], kRows[3]});
  CHECK(rows_with("limit=2") == std::vector<Row>{kRows[0], kRows[1]});
  CHECK(rows_with("limit=0").empty());
  CHECK(rows_with("polarity=1;start=1001;limit=1") == std::vector<Row>{kRows[2]});
}

TEST_CASE("a C recording takes options") {
  CHECK(rows_with(nullptr, "polarity=binary")[1].polarity == 0);
  CHECK(rows_with(nullptr, "origin=start")[0].t == 0);
  CHECK(rows_with(nullptr, "origin=400")[0].t == 600);
}

TEST_CASE("a C stream has batches of the size asked for, the last one shorter") {
  const TemporaryRecording file({kRows});
  evarrow_recording* recording = file.open();
  ArrowArrayStream stream;
  REQUIRE(evarrow_stream(recording, "events", "batch_size=2", &stream) == 0);
  std::vector<int64_t> lengths;
  CHECK(read_rows(stream, &lengths) == kRows);
  CHECK(lengths == std::vector<int64_t>{2, 2, 1});
  stream.release(&stream);
  evarrow_close(recording);
}

TEST_CASE("a C schema says the columns, their types and what is known of the recording") {
  const TemporaryRecording file({kRows});
  evarrow_recording* recording = file.open("t_type=timestamp");
  ArrowSchema schema;
  REQUIRE(evarrow_schema(recording, "events", &schema) == 0);
  REQUIRE(schema.n_children == 4);
  CHECK(std::string(schema.children[kT]->format) == "tsu:");
  REQUIRE(schema.metadata != nullptr);
  schema.release(&schema);
  REQUIRE(evarrow_schema(recording, "triggers", &schema) == 0);
  CHECK(std::string(schema.children[kTriggerId]->name) == "id");
  schema.release(&schema);
  CHECK(evarrow_schema(recording, "smells", &schema) == EINVAL);
  CHECK((schema.release == nullptr));
  evarrow_close(recording);
}

TEST_CASE("a projected C stream exports its columns alone, in the order of the schema") {
  const TemporaryRecording file({kRows});
  evarrow_recording* recording = file.open();
  ArrowArrayStream stream;
  REQUIRE(evarrow_stream(recording, "events", "columns=t,x", &stream) == 0);
  ArrowSchema schema;
  REQUIRE(stream.get_schema(&stream, &schema) == 0);
  REQUIRE(schema.n_children == 2);
  CHECK(std::string(schema.children[0]->name) == "x");
  CHECK(std::string(schema.children[1]->name) == "t");
  schema.release(&schema);
  ArrowArray array;
  REQUIRE(stream.get_next(&stream, &array) == 0);
  REQUIRE(array.n_children == 2);
  CHECK(static_cast<const int16_t*>(array.children[0]->buffers[1])[1] == 3);
  CHECK(static_cast<const int64_t*>(array.children[1]->buffers[1])[1] == 1'010);
  array.release(&array);
  stream.release(&stream);
  evarrow_close(recording);
}

TEST_CASE("a pass as an Arrow stream can be imported again") {
  const TemporaryRecording file({kRows});
  evarrow_recording* recording = file.open();
  ArrowArrayStream stream;
  REQUIRE(evarrow_stream(recording, "events", nullptr, &stream) == 0);
  evarrow_close(recording);
  StreamImporter importer(&stream);
  bool has_width = false;
  for (const auto& [key, value] : importer.metadata()) {
    has_width |= key == "evarrow.width" && value == "640";
  }
  CHECK(has_width);
  EventBatch batch;
  REQUIRE(importer.next(batch));
  CHECK(batch.size() == kRows.size());
  CHECK(batch.t()[3] == 2'000);
}

TEST_CASE("a damaged recording gives its rows, then its error, and goes on failing") {
  std::vector<Row> late = kRows;
  for (Row& row : late) row.t += 60'000'000;
  const TemporaryRecording file({late, kRows});
  evarrow_recording* recording = file.open();
  ArrowArrayStream stream;
  REQUIRE(evarrow_stream(recording, "events", nullptr, &stream) == 0);
  evarrow_close(recording);
  int64_t rows = 0;
  int code = 0;
  ArrowArray array;
  while ((code = stream.get_next(&stream, &array)) == 0 && array.release != nullptr) {
    rows += array.length;
    array.release(&array);
  }
  CHECK(code == EINVAL);
  CHECK(rows == static_cast<int64_t>(kRows.size()));
  REQUIRE(stream.get_last_error(&stream) != nullptr);
  const std::string message = stream.get_last_error(&stream);
  CHECK(!message.empty());
  CHECK(stream.get_next(&stream, &array) == EINVAL);
  CHECK((array.release == nullptr));
  CHECK(stream.get_last_error(&stream) == message);
  stream.release(&stream);
}

TEST_CASE("a file that is not there is the system's error") {
  CHECK(evarrow_open("/no/such/recording.raw", nullptr) == nullptr);
  CHECK(std::string(evarrow_last_error()).find("/no/such/recording.raw") != std::string::npos);
}

TEST_CASE("options of a C stream are refused with what they take") {
  CHECK(refused_scan("events", "color=red") ==
        "there is no option 'color': the options are start, end, region, polarity, columns, "
        "limit, batch_size");
  CHECK(refused_scan("events", "columns=x,z") ==
        "option columns is 'x,z', expected some of x, y, t, polarity");
  CHECK(refused_scan("events", "region=1,2,3") ==
        "option region is '1,2,3', expected four integers x0,y0,x1,y1, such as 0,0,320,240");
  CHECK(refused_scan("events", "region=1,2,3,4,5") ==
        "option region is '1,2,3,4,5', expected four integers x0,y0,x1,y1, such as 0,0,320,240");
  CHECK(refused_scan("events", "polarity=2") ==
        "option polarity is '2', expected an integer from -1 to 1");
  CHECK(refused_scan("events", "batch_size=0") ==
        "option batch_size is '0', expected an integer from 1 to 1073741824");
  CHECK(refused_scan("events", "limit=-1") ==
        "option limit is '-1', expected an integer from 0 to 18446744073709551615");
  CHECK(refused_scan("smells", nullptr).find("smells") != std::string::npos);
  CHECK(refused_scan(nullptr, nullptr) == "stream is null");
}

TEST_CASE("null arguments of the C interface are refused") {
  CHECK(evarrow_open(nullptr, nullptr) == nullptr);
  CHECK(std::string(evarrow_last_error()) == "path is null");
  ArrowArrayStream stream;
  CHECK(evarrow_stream(nullptr, "events", nullptr, &stream) == EINVAL);
  CHECK(std::string(evarrow_last_error()) == "recording is null");
  CHECK(evarrow_stream(nullptr, "events", nullptr, nullptr) == EINVAL);
  CHECK(std::string(evarrow_last_error()) == "out is null");
  evarrow_close(nullptr);
}

TEST_CASE("the last error belongs to the thread that made it") {
  CHECK(evarrow_open(nullptr, nullptr) == nullptr);
  std::string elsewhere = "untouched";
  std::thread([&] { elsewhere = evarrow_last_error(); }).join();
  CHECK(elsewhere.empty());
  CHECK(std::string(evarrow_last_error()) == "path is null");
}

}  // namespace
}  // namespace evarrow::test
