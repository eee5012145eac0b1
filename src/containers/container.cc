// SPDX-License-Identifier: Apache-2.0
#include "containers/container.h"

#include <algorithm>
#include <string>
#include <utility>

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
    can_be =
        type != Type::kInt32 && (type == Type::kFloat64 || plan.columns[i].dataset != kNoDataset);
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
  container->periods = open_periods(plan.periods, *file);
  container->plan = std::move(plan);
  container->file = std::move(file);
  return container;
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
