// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mutex>
#include <utility>

#include "evarrow/representation.h"
#include "representations/values.h"

namespace evarrow {
namespace {

// Of one array.
struct Part {
  size_t number = 0;
  NonZeros::Values values;
};

template <typename T>
void collect(const std::byte* from, size_t n, uint64_t first, NonZeros::Values& out) {
  const auto* values = reinterpret_cast<const T*>(from);
  const auto count = n - static_cast<size_t>(std::count(values, values + n, T{}));
  out.place.reserve(count);
  out.value.reserve(count * sizeof(T));
  for (size_t i = 0; i < n; ++i) {
    if (values[i] == T{}) continue;
    out.place.push_back(first + i);
    out.value.insert(out.value.end(), from + i * sizeof(T), from + (i + 1) * sizeof(T));
  }
}

}  // namespace

struct NonZeros::State {
  std::mutex mutex;
  std::vector<Part> parts;
};

NonZeros::NonZeros(const Representation& what, ValueType type)
    : state_(std::make_unique<State>()), values_(what.values()), type_(type) {}
NonZeros::~NonZeros() = default;
NonZeros::NonZeros(NonZeros&&) noexcept = default;
NonZeros& NonZeros::operator=(NonZeros&&) noexcept = default;

Target NonZeros::target() {
  const auto take = [state = state_.get(), n = values_, type = type_](size_t number,
                                                                      const std::byte* values) {
    Part part{.number = number, .values = {}};
    with_type(type, [&](auto zero) {
      collect<decltype(zero)>(values, n, uint64_t{number} * n, part.values);
    });
    const std::lock_guard lock(state->mutex);
    state->parts.push_back(std::move(part));
  };
  return {.data = nullptr, .type = type_, .take = take};
}

NonZeros::Values NonZeros::finish() {
  std::vector<Part>& parts = state_->parts;
  std::ranges::sort(parts, {}, &Part::number);
  size_t places = 0;
  size_t bytes = 0;
  for (const Part& part : parts) {
    places += part.values.place.size();
    bytes += part.values.value.size();
  }
  Values all;
  all.place.reserve(places);
  all.value.reserve(bytes);
  for (Part& part : parts) {
    const Values one = std::exchange(part.values, {});
    all.place.insert(all.place.end(), one.place.begin(), one.place.end());
    all.value.insert(all.value.end(), one.value.begin(), one.value.end());
  }
  parts.clear();
  return all;
}

}  // namespace evarrow
