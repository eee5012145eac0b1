// SPDX-License-Identifier: Apache-2.0
// Containers in memory, with events that are known.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "evarrow/chunk_plan.h"
#include "evarrow/recording.h"
#include "support/decode.h"

namespace evarrow::test {

// Bytes of a file, and where in it things were put.
struct Storage {
  std::vector<std::byte> bytes = std::vector<std::byte>(16);

  template <typename T>
  uint64_t put(const std::vector<T>& values) {
    const uint64_t at = bytes.size();
    bytes.resize(at + values.size() * sizeof(T));
    if (!values.empty()) std::memcpy(bytes.data() + at, values.data(), values.size() * sizeof(T));
    return at;
  }
};

// A column of `values` in chunks of `chunk_rows` without filters.
template <typename T>
ChunkedRows put_column(Storage& storage, const std::string& name, const std::vector<T>& values,
                       size_t chunk_rows) {
  ChunkedRows rows = {.name = name,
                      .row_bytes = sizeof(T),
                      .chunk_rows = chunk_rows,
                      .filters = {},
                      .chunks = {},
                      .fill = {},
                      .content = {}};
  for (size_t row = 0; row < values.size(); row += chunk_rows) {
    std::vector<T> part(chunk_rows);
    std::copy(values.begin() + static_cast<ptrdiff_t>(row),
              values.begin() + static_cast<ptrdiff_t>(std::min(row + chunk_rows, values.size())),
              part.begin());
    rows.chunks.push_back(
        {.row = row, .offset = storage.put(part), .size = chunk_rows * sizeof(T)});
  }
  return rows;
}

struct Columns {
  std::vector<uint16_t> x, y;
  std::vector<uint32_t> t;
  std::vector<uint8_t> p;
};

inline Columns known_columns(size_t n) {
  Columns columns;
  for (size_t i = 0; i < n; ++i) {
    columns.x.push_back(static_cast<uint16_t>(i * 7 % 640));
    columns.y.push_back(static_cast<uint16_t>(i * 11 % 480));
    columns.t.push_back(static_cast<uint32_t>(3 * i));
    columns.p.push_back(static_cast<uint8_t>(i % 3 == 0));
  }
  return columns;
}

// x, y, t and polarity, each a dataset with chunks of another length.
inline ChunkPlan plan_of(Storage& storage, const Columns& columns) {
  ChunkPlan plan;
  plan.rows = columns.t.size();
  plan.datasets.push_back(put_column(storage, "x", columns.x, 1000));
  plan.datasets.push_back(put_column(storage, "y", columns.y, 777));
  plan.datasets.push_back(put_column(storage, "t", columns.t, 4096));
  plan.datasets.push_back(put_column(storage, "p", columns.p, 100'000));
  plan.columns = {{.dataset = 0, .type = Stored::kUint16},
                  {.dataset = 1, .type = Stored::kUint16},
                  {.dataset = 2, .type = Stored::kUint32},
                  {.dataset = 3, .type = Stored::kUint8}};
  return plan;
}

inline Recording open_plan(const Storage& storage, std::vector<ChunkPlan> streams,
                           Options options = {}, const char* format = "dsec") {
  auto plan = std::make_shared<ContainerPlan>();
  plan->header.format = format;
  plan->streams = std::move(streams);
  options.container = plan;
  auto bytes = std::make_shared<const std::vector<std::byte>>(storage.bytes);
  const Bytes view = *bytes;
  return Recording::from_bytes(view, bytes, options);
}

}  // namespace evarrow::test
