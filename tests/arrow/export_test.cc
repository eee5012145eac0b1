// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "evarrow/arrow.h"

namespace evarrow::test {
namespace {

EventBatch three_events() {
  EventBatch events(8);
  for (size_t i = 0; i < 3; ++i) {
    events.x()[i] = static_cast<int16_t>(10 + i);
    events.y()[i] = static_cast<int16_t>(20 + i);
    events.t()[i] = static_cast<int64_t>(1'000 + i);
    events.polarity()[i] = i % 2 == 0 ? int8_t{1} : int8_t{-1};
  }
  events.resize(3);
  return events;
}

std::string format_of_t(TimeType t_type) {
  ArrowSchema schema;
  export_schema(kEventFields, kAllColumns, t_type, {}, &schema);
  std::string format = schema.children[kT]->format;
  schema.release(&schema);
  return format;
}

TEST_CASE("the schema of events is a struct of four columns without nulls") {
  ArrowSchema schema;
  export_schema(kEventFields, kAllColumns, TimeType::kDuration, {}, &schema);
  CHECK(std::string(schema.format) == "+s");
  CHECK(std::string(schema.name).empty());
  CHECK(schema.metadata == nullptr);
  CHECK(schema.flags == 0);
  CHECK(schema.dictionary == nullptr);
  REQUIRE(schema.n_children == 4);
  const std::vector<std::string> names = {"x", "y", "t", "polarity"};
  const std::vector<std::string> formats = {"s", "s", "tDu", "c"};
  for (size_t i = 0; i < 4; ++i) {
    const ArrowSchema& field = *schema.children[i];
    CHECK(field.name == names[i]);
    CHECK(field.format == formats[i]);
    CHECK(field.flags == 0);
    CHECK(field.n_children == 0);
    CHECK(field.metadata == nullptr);
  }
  schema.release(&schema);
  CHECK((schema.release == nullptr));
}

TEST_CASE("the type of t is what the user asked for") {
  CHECK(format_of_t(TimeType::kDuration) == "tDu");
  CHECK(format_of_t(TimeType::kInt64) == "l");
  CHECK(format_of_t(TimeType::kTimestamp) == "tsu:");
}

TEST_CASE("integer columns keep their widths") {
  ArrowSchema schema;
  export_schema(kRateFields, kAllColumns, TimeType::kInt64, {}, &schema);
  CHECK(std::string(schema.children[kRateCount]->format) == "i");
  CHECK(std::string(schema.children[kRateOutput]->format) == "c");
  schema.release(&schema);
}

TEST_CASE("a projected schema has its columns alone, in the order of the schema") {
  ArrowSchema schema;
  export_schema(kEventFields, 1U << kPolarity | 1U << kX, TimeType::kDuration, {}, &schema);
  REQUIRE(schema.n_children == 2);
  CHECK(std::string(schema.children[0]->name) == "x");
  CHECK(std::string(schema.children[1]->name) == "polarity");
  schema.release(&schema);
}

TEST_CASE("schema metadata is counted keys and values in the machine's byte order") {
  ArrowSchema schema;
  export_schema(kEventFields, kAllColumns, TimeType::kDuration,
                {{"evarrow.width", "640"}, {"empty", ""}}, &schema);
  std::string want;
  const auto number = [&](int32_t value) {
    char bytes[4];
    std::memcpy(bytes, &value, 4);
    want.append(bytes, 4);
  };
  number(2);
  number(13);
  want += "evarrow.width";
  number(3);
  want += "640";
  number(5);
  want += "empty";
  number(0);
  CHECK(std::string(schema.metadata, want.size()) == want);
  schema.release(&schema);
}

TEST_CASE("a field moved out of its schema outlives it") {
  ArrowSchema schema;
  export_schema(kEventFields, kAllColumns, TimeType::kDuration, {}, &schema);
  ArrowSchema moved = *schema.children[kT];
  schema.children[kT]->release = nullptr;
  schema.release(&schema);
  CHECK(std::string(moved.name) == "t");
  moved.release(&moved);
  CHECK((moved.release == nullptr));
}

TEST_CASE("an exported batch is the batch's own memory") {
  const EventBatch events = three_events();
  ArrowArray array;
  export_batch(events, &array);
  CHECK(array.length == 3);
  CHECK(array.null_count == 0);
  CHECK(array.offset == 0);
  REQUIRE(array.n_buffers == 1);
  CHECK(array.buffers[0] == nullptr);
  REQUIRE(array.n_children == 4);
  for (size_t i = 0; i < 4; ++i) {
    const ArrowArray& child = *array.children[i];
    CHECK(child.length == 3);
    CHECK(child.null_count == 0);
    REQUIRE(child.n_buffers == 2);
    CHECK(child.buffers[0] == nullptr);
    CHECK(child.buffers[1] == events.bytes(i));
    CHECK(reinterpret_cast<uintptr_t>(child.buffers[1]) % 64 == 0);
  }
  array.release(&array);
  CHECK((array.release == nullptr));
}

TEST_CASE("an exported batch holds its memory until it is released, and no longer") {
  EventBatch events = three_events();
  const std::weak_ptr<Buffer> memory = events.buffer(kX);
  ArrowArray array;
  export_batch(events, &array);
  CHECK(memory.use_count() == 2);
  CHECK(!events.unique());
  events = EventBatch();
  CHECK(memory.use_count() == 1);
  CHECK(static_cast<const int16_t*>(array.children[kX]->buffers[1])[2] == 12);
  array.release(&array);
  CHECK(memory.expired());
}

TEST_CASE("a column moved out of its batch outlives the batch and its siblings") {
  EventBatch events = three_events();
  const std::weak_ptr<Buffer> t = events.buffer(kT);
  const std::weak_ptr<Buffer> x = events.buffer(kX);
  ArrowArray array;
  export_batch(events, &array);
  events = EventBatch();
  ArrowArray moved = *array.children[kT];
  array.children[kT]->release = nullptr;
  array.release(&array);
  CHECK(x.expired());
  CHECK(t.use_count() == 1);
  CHECK(static_cast<const int64_t*>(moved.buffers[1])[1] == 1'001);
  moved.release(&moved);
  CHECK(t.expired());
}

TEST_CASE("a column that is released early is not released again") {
  EventBatch events = three_events();
  ArrowArray array;
  export_batch(events, &array);
  array.children[kY]->release(array.children[kY]);
  CHECK(events.buffer(kY).use_count() == 1);
  CHECK(events.buffer(kX).use_count() == 2);
  array.release(&array);
  CHECK(events.unique());
}

TEST_CASE("a projected batch exports the columns it has") {
  EventBatch events(4, 1U << kT);
  events.t()[0] = 7;
  events.resize(1);
  ArrowArray array;
  export_batch(events, &array);
  REQUIRE(array.n_children == 1);
  CHECK(array.children[0]->buffers[1] == events.bytes(kT));
  array.release(&array);
}

TEST_CASE("a slice exports its own rows of the shared memory") {
  const EventBatch events = three_events();
  const Batch last = events.slice(1, 2);
  ArrowArray array;
  export_batch(last, &array);
  CHECK(array.length == 2);
  CHECK(static_cast<const int16_t*>(array.children[kX]->buffers[1])[0] == 11);
  CHECK(array.children[kX]->buffers[1] == events.bytes(kX) + sizeof(int16_t));
  array.release(&array);
}

TEST_CASE("an empty batch exports columns that have buffers") {
  const EventBatch events(0);
  ArrowArray array;
  export_batch(events, &array);
  CHECK(array.length == 0);
  CHECK(array.children[kX]->buffers[1] != nullptr);
  array.release(&array);
}

}  // namespace
}  // namespace evarrow::test
