// SPDX-License-Identifier: Apache-2.0
#include "containers/container.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "containers/pictures.h"
#include "containers/values.h"
#include "evarrow/error.h"
#include "evarrow/stream.h"

namespace evarrow {
namespace {

// Rows that no chunk holds may be this many, or as many as all others.
constexpr uint64_t kFewUnstored = uint64_t{1} << 20;

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::kFormat, why); }

void check_stream(const ChunkPlan& plan) {
  const Stream* stream = stream_called(plan.stream);
  const bool known =
      stream != nullptr && (plan.columns.empty() || plan.columns.size() == stream->schema.size());
  bool can_be = known;
  for (size_t i = 0; can_be && i < plan.columns.size(); ++i) {
    const Type type = stream->schema[i].type;
    const bool is_made_up = plan.columns[i].dataset == kNoDataset;
    can_be = type != Type::kInt32 && !(is_made_up && (type == Type::kTime || type == Type::kInt8));
  }
  if (!can_be) refuse("the columns of the stream '" + plan.stream + "' are not those that it has");
}

void check_columns(const ChunkPlan& plan) {
  check_stream(plan);
  for (const StoredColumn& column : plan.columns) {
    if (column.dataset == kNoDataset) continue;
    const bool known = column.dataset < plan.datasets.size();
    if (!known || column.at > plan.datasets[column.dataset].row_bytes ||
        plan.datasets[column.dataset].row_bytes - column.at < width_of(column.type)) {
      refuse("a column of the stream '" + plan.stream + "' lies outside of its dataset");
    }
    if (column.bits != 0 && column.first_bit + column.bits > 8 * width_of(column.type)) {
      refuse("a column of the stream '" + plan.stream + "' has bits that its numbers have not");
    }
  }
  if (plan.time.divisor <= 0 || plan.time.multiplier <= 0) {
    refuse("the times of the stream '" + plan.stream + "' have no unit");
  }
}

void check_times(const ChunkPlan& plan) {
  for (size_t i = 0; i < plan.times.size(); ++i) {
    const uint64_t before = i == 0 ? 0 : plan.times[i - 1].row + 1;
    if (plan.times[i].first > plan.times[i].last || plan.times[i].row < before ||
        (i == 0 && plan.times[i].row != 0)) {
      refuse("the times of the rows of the stream '" + plan.stream + "' are not in order");
    }
  }
}

// Who has nothing of use to say of the times is read all the same.
std::unique_ptr<ChunkCache> open_periods(PeriodRows& periods, Source& file) {
  const StoredColumn& row = periods.row;
  const uint32_t width = periods.dataset.row_bytes;
  if (periods.period <= 0 || row.at > width || width - row.at < width_of(row.type)) return nullptr;
  try {
    return std::make_unique<ChunkCache>(std::move(periods.dataset), periods.entries, file);
  } catch (const Error&) {
    return nullptr;
  }
}

}  // namespace

std::shared_ptr<const Container> open_container(ChunkPlan plan, std::shared_ptr<Source> file) {
  auto container = std::make_shared<Container>();
  check_columns(plan);
  for (ChunkedRows& dataset : plan.datasets) {
    container->datasets.push_back(
        std::make_unique<ChunkCache>(std::move(dataset), plan.rows, *file));
    const ChunkCache& cache = *container->datasets.back();
    const uint64_t unstored = plan.rows - cache.stored_rows();
    if (unstored > std::max(kFewUnstored, cache.stored_rows())) {
      refuse("the dataset '" + cache.name() + "' has " + std::to_string(plan.rows) +
             " rows, but the file holds only " + std::to_string(cache.stored_rows()) + " of them");
    }
  }
  check_times(plan);
  plan.datasets.clear();
  if (plan.pictures) container->tiles = open_tiles(*plan.pictures, plan.rows, *file);
  container->periods = open_periods(plan.periods, *file);
  container->plan = std::move(plan);
  container->file = std::move(file);
  return container;
}

std::optional<uint64_t> byte_of_row(const Container& container, uint64_t row) noexcept {
  const ChunkPlan& plan = container.plan;
  const Schema schema = stream_called(plan.stream)->schema;
  std::optional<uint64_t> of_time;
  for (size_t i = 0; i < plan.columns.size(); ++i) {
    const StoredColumn& column = plan.columns[i];
    if (column.dataset == kNoDataset) continue;
    ChunkCache& dataset = *container.datasets[column.dataset];
    const ChunkCache::Rows rows = dataset.rows_at(row);
    alignas(8) std::array<std::byte, 8> value;
    if (rows.damage() != nullptr ||
        to_column(plan, i, schema[i].type, rows.values(column, row), 1, value.data()) != 0) {
      return dataset.byte_of(row, column.at);
    }
    if (schema[i].type == Type::kTime) of_time = dataset.byte_of(row, column.at);
  }
  return of_time;
}

size_t to_column(const ChunkPlan& plan, size_t column, Type type, const StoredValues& values,
                 size_t n, std::byte* to, const Conversion& how) noexcept {
  switch (type) {
    case Type::kTime:
      return to_time(values, n, plan.time, how.epoch, reinterpret_cast<int64_t*>(to));
    case Type::kFloat64:
      to_measure(values, n, plan.columns[column].unit, reinterpret_cast<double*>(to));
      return 0;
    case Type::kInt64:
      return to_time(values, n, TimeRule(), 0, reinterpret_cast<int64_t*>(to));
    case Type::kInt8:
      return to_polarity(values, n, how.off, reinterpret_cast<int8_t*>(to));
    default:
      return to_int16(values, n, plan.columns[column].shift, reinterpret_cast<int16_t*>(to));
  }
}

std::string fingerprint(const Container& container) {
  const ChunkPlan& plan = container.plan;
  std::string text = plan.stream;
  for (const StoredColumn& column : plan.columns) {
    if (column.dataset == kNoDataset) continue;
    text += ' ' + container.datasets[column.dataset]->name() + '+' + std::to_string(column.at) +
            '+' + std::to_string(column.shift);
    if (column.bits != 0) {
      text += '+' + std::to_string(column.first_bit) + '+' + std::to_string(column.bits);
    }
    if (column.inverted) text += '-';
  }
  for (const int64_t number : {plan.time.offset, plan.time.multiplier, plan.time.divisor}) {
    text += ' ' + std::to_string(number);
  }
  uint32_t hash = 0x811C9DC5;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x01000193;
  std::string digits(8, '0');
  for (char& digit : digits) {
    digit = "0123456789abcdef"[hash % 16];
    hash /= 16;
  }
  return digits;
}

}  // namespace evarrow
