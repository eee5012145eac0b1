// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "evarrow/arrow.h"

namespace evarrow::test {
namespace {

EventBatch events_from(int16_t first_x, size_t n) {
  EventBatch events(n);
  for (size_t i = 0; i < n; ++i) {
    events.x()[i] = static_cast<int16_t>(first_x + static_cast<int16_t>(i));
    events.y()[i] = 0;
    events.t()[i] = static_cast<int64_t>(i);
    events.polarity()[i] = 1;
  }
  events.resize(n);
  return events;
}

ArrowArrayStream stream_of(std::vector<Batch> batches, uint32_t columns = kAllColumns) {
  ArrowArrayStream stream{};
  export_batches(std::move(batches), kEventFields, columns, TimeType::kInt64,
                 {{"evarrow.width", "640"}}, &stream);
  return stream;
}

TEST_CASE("a stream of batches gives each of them and then says end for ever") {
  ArrowArrayStream stream = stream_of({events_from(0, 2), events_from(5, 3)});
  ArrowArray array;
  REQUIRE(stream.get_next(&stream, &array) == 0);
  CHECK(array.length == 2);
  array.release(&array);
  REQUIRE(stream.get_next(&stream, &array) == 0);
  CHECK(static_cast<const int16_t*>(array.children[kX]->buffers[1])[0] == 5);
  array.release(&array);
  for (int i = 0; i < 3; ++i) {
    array.release = reinterpret_cast<void (*)(ArrowArray*)>(1);  // must be overwritten
    REQUIRE(stream.get_next(&stream, &array) == 0);
    CHECK((array.release == nullptr));
  }
  CHECK(stream.get_last_error(&stream) == nullptr);
  stream.release(&stream);
  CHECK((stream.release == nullptr));
}

TEST_CASE("a stream tells its schema at any time") {
  ArrowArrayStream stream = stream_of({events_from(0, 2)});
  for (int i = 0; i < 2; ++i) {
    ArrowSchema schema;
    REQUIRE(stream.get_schema(&stream, &schema) == 0);
    CHECK(schema.n_children == 4);
    CHECK(std::string(schema.children[kT]->format) == "l");
    CHECK(schema.metadata != nullptr);
    schema.release(&schema);
    ArrowArray array;
    REQUIRE(stream.get_next(&stream, &array) == 0);
    if (array.release != nullptr) array.release(&array);
  }
  stream.release(&stream);
}

TEST_CASE("a stream that is released half read lets go of what is left") {
  EventBatch read = events_from(0, 2);
  EventBatch left = events_from(5, 2);
  ArrowArrayStream stream = stream_of({read, left});
  CHECK(!left.unique());
  ArrowArray array;
  REQUIRE(stream.get_next(&stream, &array) == 0);
  stream.release(&stream);
  CHECK(left.unique());
  CHECK(!read.unique());
  CHECK(static_cast<const int16_t*>(array.children[kX]->buffers[1])[1] == 1);
  array.release(&array);
  CHECK(read.unique());
}

TEST_CASE("a stream does not keep the batches it has handed out") {
  EventBatch events = events_from(0, 2);
  ArrowArrayStream stream = stream_of({events});
  ArrowArray array;
  REQUIRE(stream.get_next(&stream, &array) == 0);
  array.release(&array);
  CHECK(events.unique());
  stream.release(&stream);
}

TEST_CASE("a projected stream has arrays that fit its schema") {
  ArrowArrayStream stream = stream_of({events_from(0, 2)}, 1U << kX | 1U << kT);
  ArrowSchema schema;
  REQUIRE(stream.get_schema(&stream, &schema) == 0);
  CHECK(schema.n_children == 2);
  schema.release(&schema);
  ArrowArray array;
  REQUIRE(stream.get_next(&stream, &array) == 0);
  CHECK(array.n_children == 2);
  array.release(&array);
  stream.release(&stream);
}

TEST_CASE("a stream of no batches has a schema and an end") {
  ArrowArrayStream stream = stream_of({});
  ArrowSchema schema;
  REQUIRE(stream.get_schema(&stream, &schema) == 0);
  schema.release(&schema);
  ArrowArray array;
  REQUIRE(stream.get_next(&stream, &array) == 0);
  CHECK((array.release == nullptr));
  stream.release(&stream);
}

TEST_CASE("what was exported and imported again is the same") {
  ArrowArrayStream stream = stream_of({events_from(0, 3), events_from(9, 0), events_from(7, 2)});
  StreamImporter importer(&stream);
  CHECK((stream.release == nullptr));
  CHECK(importer.metadata() == Metadata{{"evarrow.width", "640"}});
  EventBatch batch;
  std::vector<int16_t> x;
  std::vector<int64_t> t;
  while (importer.next(batch)) {
    x.insert(x.end(), batch.x(), batch.x() + batch.size());
    t.insert(t.end(), batch.t(), batch.t() + batch.size());
  }
  CHECK(x == std::vector<int16_t>{0, 1, 2, 7, 8});
  CHECK(t == std::vector<int64_t>{0, 1, 2, 0, 1});
}

}  // namespace
}  // namespace evarrow::test
