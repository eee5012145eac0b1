// SPDX-License-Identifier: Apache-2.0
// Plans of where a container keeps its streams, made in Python and read in C++.
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <array>
#include <cstring>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "bindings.h"
#include "buffer_view.h"
#include "evarrow/block_source.h"
#include "evarrow/chunk_plan.h"

namespace evarrow::python {
namespace {

constexpr std::pair<std::string_view, Stored> kTypes[] = {
    {"i1", Stored::kInt8},    {"u1", Stored::kUint8},  {"i2", Stored::kInt16},
    {"u2", Stored::kUint16},  {"i4", Stored::kInt32},  {"u4", Stored::kUint32},
    {"i8", Stored::kInt64},   {"u8", Stored::kUint64}, {"f4", Stored::kFloat32},
    {"f8", Stored::kFloat64},
};

Stored type_of(std::string_view name) {
  for (const auto& [known, type] : kTypes) {
    if (known == name) return type;
  }
  throw Error(ErrorCode::kArgument, "there is no type '" + std::string(name) + "'");
}

// Row, offset, size and filter mask of each chunk, native 64-bit numbers.
std::vector<Chunk> chunks_of(const nb::bytes& packed) {
  using Numbers = std::array<uint64_t, 4>;
  std::vector<Chunk> chunks(packed.size() / sizeof(Numbers));
  const auto* at = static_cast<const char*>(packed.data());
  for (Chunk& chunk : chunks) {
    Numbers numbers;
    std::memcpy(&numbers, at, sizeof(numbers));
    at += sizeof(numbers);
    chunk = {.row = numbers[0], .offset = numbers[1], .size = numbers[2], .skipped = numbers[3]};
  }
  return chunks;
}

std::vector<std::byte> bytes_of(const nb::bytes& bytes) {
  const auto* first = static_cast<const std::byte*>(bytes.data());
  return {first, first + bytes.size()};
}

using Dataset = std::tuple<std::string, uint32_t, uint64_t,
                           std::vector<std::pair<uint32_t, std::vector<uint32_t>>>, nb::bytes,
                           nb::bytes, nb::bytes>;
using Column = std::tuple<uint32_t, uint32_t, std::string, bool, int32_t>;

ChunkedRows rows_of(const Dataset& dataset) {
  const auto& [name, row_bytes, chunk_rows, filters, chunks, fill, content] = dataset;
  ChunkedRows rows = {.name = name,
                      .row_bytes = row_bytes,
                      .chunk_rows = chunk_rows,
                      .filters = {},
                      .chunks = chunks_of(chunks),
                      .fill = bytes_of(fill),
                      .content = bytes_of(content)};
  for (const auto& [id, values] : filters) rows.filters.push_back({.id = id, .values = values});
  return rows;
}

void add_stream(ContainerPlan& plan, std::string stream, uint64_t rows,
                const std::vector<Dataset>& datasets, const std::vector<Column>& columns,
                const std::tuple<int64_t, int64_t, int64_t>& time) {
  ChunkPlan added = {.stream = std::move(stream),
                     .rows = rows,
                     .datasets = {},
                     .columns = {},
                     .time = {.offset = std::get<0>(time),
                              .multiplier = std::get<1>(time),
                              .divisor = std::get<2>(time)}};
  for (const Dataset& dataset : datasets) added.datasets.push_back(rows_of(dataset));
  for (const auto& [dataset, at, type, big_endian, shift] : columns) {
    added.columns.push_back({.dataset = dataset,
                             .at = at,
                             .type = type_of(type),
                             .big_endian = big_endian,
                             .shift = shift});
  }
  plan.streams.push_back(std::move(added));
}

ChunkPlan& last_stream(ContainerPlan& plan) {
  if (plan.streams.empty()) throw Error(ErrorCode::kArgument, "there is no stream");
  return plan.streams.back();
}

using Tile = std::tuple<uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, Dataset>;

void set_pictures(ContainerPlan& plan, int16_t width, int16_t height, int16_t channels,
                  int16_t bits, bool blue_first, const std::vector<Tile>& tiles) {
  ChunkPlan& stream = last_stream(plan);
  stream.pictures = {.width = width,
                     .height = height,
                     .channels = channels,
                     .bits = bits,
                     .blue_first = blue_first};
  for (const auto& [top, left, channel, tall, wide, deep, lines] : tiles) {
    stream.pictures->tiles.push_back({.top = top,
                                      .left = left,
                                      .channel = channel,
                                      .height = tall,
                                      .width = wide,
                                      .channels = deep,
                                      .lines = rows_of(lines)});
  }
  const FramePlace place = {.width = width, .height = height, .channels = channels, .bits = bits};
  const auto size = static_cast<int64_t>(place.bytes());
  const auto make_up = [&](FrameColumn column, int64_t first, int64_t step = 0) {
    stream.columns[column] = {.dataset = kNoDataset, .first = first, .step = step};
  };
  stream.columns.resize(kFrameFields.size());
  make_up(kFrameLeft, 0);
  make_up(kFrameTop, 0);
  make_up(kFrameWidth, width);
  make_up(kFrameHeight, height);
  make_up(kFrameChannels, channels);
  make_up(kFrameBits, bits);
  make_up(kFrameOffset, 0, size);
  make_up(kFrameSize, size);
}

void set_times(ContainerPlan& plan,
               const std::vector<std::tuple<uint64_t, int64_t, int64_t>>& times) {
  std::vector<RowTimes>& known = last_stream(plan).times;
  known.clear();
  for (const auto& [row, first, last] : times) {
    known.push_back({.row = row, .first = first, .last = last});
  }
}

// Any thread may drop the last reference.
std::shared_ptr<nb::callable> shared_callable(nb::callable callable) {
  return {new nb::callable(std::move(callable)), [](nb::callable* held) {
            if (!nb::is_alive()) return;
            const nb::gil_scoped_acquire with_gil;
            delete held;
          }};
}

void set_blocks(ContainerPlan& plan, std::vector<uint64_t> ends, nb::callable make,
                std::vector<uint64_t> places) {
  auto call = [make = shared_callable(std::move(make))](size_t index) -> Block {
    const nb::gil_scoped_acquire with_gil;
    try {
      auto view = std::make_shared<const BufferView>((*make)(index));
      const Bytes bytes = view->bytes();
      return {.bytes = bytes, .keep_alive = std::move(view)};
    } catch (const nb::python_error& error) {
      throw Error(ErrorCode::kDamaged, nb::str(error.value()).c_str());
    }
  };
  plan.payload = make_block_source(std::move(ends), std::move(call), std::move(places));
}

void set_periods(ContainerPlan& plan, const Dataset& dataset, uint64_t entries,
                 const Column& column, int64_t first, int64_t period) {
  const auto& [number, at, type, big_endian, shift] = column;
  last_stream(plan).periods = {
      .dataset = rows_of(dataset),
      .entries = entries,
      .row = {.dataset = number, .at = at, .type = type_of(type), .big_endian = big_endian},
      .first = first,
      .period = period};
}

void choose_bits(ContainerPlan& plan, size_t column, uint8_t first_bit, uint8_t bits,
                 bool inverted) {
  if (plan.streams.empty() || column >= plan.streams.back().columns.size()) {
    throw Error(ErrorCode::kArgument, "there is no such column");
  }
  StoredColumn& chosen = plan.streams.back().columns[column];
  chosen.first_bit = first_bit;
  chosen.bits = bits;
  chosen.inverted = inverted;
}

}  // namespace

void bind_container(nb::module_& module) {
  nb::class_<ContainerPlan>(module, "ContainerPlan",
                            "Where a container keeps its streams, and what it says of itself.")
      .def(
          "__init__",
          [](ContainerPlan* self, std::string format, int32_t width, int32_t height,
             std::string sensor, std::string serial_number, std::string date,
             std::vector<std::pair<std::string, std::string>> fields,
             std::vector<std::string> notes) {
            new (self) ContainerPlan{.header = {.format = std::move(format),
                                                .width = width,
                                                .height = height,
                                                .sensor = std::move(sensor),
                                                .serial_number = std::move(serial_number),
                                                .date = std::move(date),
                                                .layout = {},
                                                .fields = std::move(fields),
                                                .container = nullptr,
                                                .notes = std::move(notes)},
                                     .streams = {}};
          },
          nb::kw_only(), nb::arg("format"), nb::arg("width") = 0, nb::arg("height") = 0,
          nb::arg("sensor") = "", nb::arg("serial_number") = "", nb::arg("date") = "",
          nb::arg("fields") = std::vector<std::pair<std::string, std::string>>(),
          nb::arg("notes") = std::vector<std::string>())
      .def("add_stream", &add_stream, nb::arg("stream"), nb::arg("rows"), nb::arg("datasets"),
           nb::arg("columns"), nb::arg("time"),
           "`datasets`: (name, bytes of a row, rows of a chunk, [(filter, values)], chunks as "
           "native uint64 of row, offset, size and skipped filters, bytes of a row in no chunk, "
           "the rows themselves if they are not in the file); "
           "`columns`: (dataset, byte in its rows, type, big-endian, shift); `time`: (offset, "
           "multiplier, divisor).")
      .def("set_pictures", &set_pictures, nb::kw_only(), nb::arg("width"), nb::arg("height"),
           nb::arg("channels"), nb::arg("bits"), nb::arg("blue_first"), nb::arg("tiles"),
           "Say where the pixels of the frames are whose three times are the stream added last. "
           "`tiles`: (top, left, first channel, height, width, channels, dataset), with a dataset "
           "as those of add_stream whose rows are lines of the tile.")
      .def("set_times", &set_times, nb::arg("times"),
           "Say between which times the rows of the stream added last are: (first row, least time, "
           "greatest time), microseconds, in order of rows. That is believed.")
      .def(
          "drop_timeless", [](ContainerPlan& plan) { last_stream(plan).drops_timeless = true; },
          "Say that rows of the stream added last whose time is the least 64-bit number, which NaN "
          "becomes as a whole number, are to be left out.")
      .def(
          "set_truncated",
          [](ContainerPlan& plan, uint64_t bytes) { last_stream(plan).truncated = bytes; },
          nb::arg("bytes"),
          "Say how many bytes at the end of the file are no whole chunk of the stream added last.")
      .def("set_blocks", &set_blocks, nb::arg("ends"), nb::arg("make"), nb::arg("places"),
           nb::sig("def set_blocks(self, ends: collections.abc.Sequence[int], make: "
                   "collections.abc.Callable[[int], object], places: "
                   "collections.abc.Sequence[int]) -> None"),
           "Say that chunks lie not in the file but in blocks, which end at `ends` and which "
           "`make` makes, of what begins at `places` in the file.")
      .def("set_periods", &set_periods, nb::arg("dataset"), nb::arg("entries"), nb::arg("column"),
           nb::arg("first"), nb::arg("period"),
           "Say where the stream added last has the row to begin at for each `period` microseconds "
           "from `first` on; `dataset` and `column` as those of add_stream.")
      .def("choose_bits", &choose_bits, nb::arg("column"), nb::arg("first_bit"), nb::arg("bits"),
           nb::arg("inverted") = false,
           "Say that a column of the stream added last is some bits of its numbers.");
}

}  // namespace evarrow::python
