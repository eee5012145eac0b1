// SPDX-License-Identifier: Apache-2.0
#include "formats/ros/imu.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>
#include <vector>

#include "formats/ros/nearest.h"

namespace evarrow::ros {
namespace {

constexpr uint32_t kAtAccel = 8, kAtGyro = 32;  // of a sample, behind its time
static_assert(offsetof(ImuSample, accel) == kAtAccel && offsetof(ImuSample, gyro) == kAtGyro);

}  // namespace

std::optional<ChunkPlan> plan_imu(const Walk& walk, const Topic* events, Header& header) {
  std::set<uint32_t> ids;
  for (const TopicSample& one : walk.samples()) ids.insert(one.topic);
  const Topic* topic = nearest_topic(walk, events, ids);
  if (topic == nullptr) return {};
  header.fields.emplace_back("imu_topic", topic->name);
  std::vector<ImuSample> samples;
  for (const TopicSample& one : walk.samples()) {
    if (one.topic == topic->id) samples.push_back(one.sample);
  }
  std::ranges::stable_sort(samples, {}, [](const ImuSample& sample) {
    return std::pair(sample.seconds, sample.nanoseconds);
  });
  const size_t bytes = samples.size() * sizeof(ImuSample);
  ChunkedRows stored = {.name = topic->name,
                        .row_bytes = sizeof(ImuSample),
                        .chunk_rows = samples.size(),
                        .filters = {},
                        .chunks = {{.size = bytes}},
                        .fill = {},
                        .content = std::vector<std::byte>(bytes)};
  std::memcpy(stored.content.data(), samples.data(), bytes);
  ChunkPlan plan;
  plan.stream = "imu";
  plan.rows = samples.size();
  plan.datasets.push_back(std::move(stored));
  plan.columns = {{.dataset = 0, .at = 0, .type = Stored::kStamp}};
  for (const uint32_t begin : {kAtAccel, kAtGyro}) {
    for (uint32_t axis = 0; axis < 3; ++axis) {
      const auto at = static_cast<uint32_t>(begin + axis * sizeof(double));
      plan.columns.push_back({.dataset = 0, .at = at, .type = Stored::kFloat64});
    }
  }
  plan.columns.resize(kImuFields.size(), {.dataset = kNoDataset});
  return plan;
}

}  // namespace evarrow::ros
