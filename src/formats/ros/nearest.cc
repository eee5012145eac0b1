// SPDX-License-Identifier: Apache-2.0
#include "formats/ros/nearest.h"

#include <algorithm>
#include <string_view>

namespace evarrow::ros {
namespace {

size_t common_front(std::string_view a, std::string_view b) noexcept {
  return static_cast<size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

}  // namespace

const Topic* nearest_topic(const Walk& walk, const Topic* events, const std::set<uint32_t>& ids) {
  const Topic* chosen = nullptr;
  size_t best = 0;
  for (const Topic& topic : walk.topics()) {
    const size_t alike = events == nullptr ? 0 : common_front(topic.name, events->name);
    if (!ids.contains(topic.id) || (chosen != nullptr && alike <= best)) continue;
    chosen = &topic;
    best = alike;
  }
  return chosen;
}

}  // namespace evarrow::ros
