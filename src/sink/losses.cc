// SPDX-License-Identifier: Apache-2.0
#include "sink/losses.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace evarrow {
namespace {

void name_value(std::string& all, std::string_view column, const std::string& value) {
  all += (all.empty() ? "" : ", ") + std::string(column) + " (" + value + ")";
}

std::string text_of(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

}  // namespace

uint64_t Losses::rows(std::string_view stream) const noexcept {
  const auto found = std::ranges::find_if(
      all_, [&](const Loss& one) { return one.stream == stream && !one.of_values; });
  return found == all_.end() ? 0 : found->rows;
}

void Losses::add(std::string_view stream, bool of_values, const std::string& which) {
  auto found = std::ranges::find_if(
      all_, [&](const Loss& one) { return one.stream == stream && one.of_values == of_values; });
  if (found == all_.end()) {
    found =
        all_.insert(found, {.stream = stream, .of_values = of_values, .rows = 0, .first = which});
  }
  ++found->rows;
}

std::string lost_of_sample(const Batch& samples, size_t i,
                           std::span<const std::string_view> columns) {
  std::string all;
  for (size_t column = 0; column < samples.schema().size(); ++column) {
    const Field& field = samples.schema()[column];
    if (field.type != Type::kFloat64 || std::ranges::find(columns, field.name) == columns.end()) {
      continue;
    }
    const double value = samples.column<double>(column)[i];
    if (!std::isnan(value)) name_value(all, field.name, text_of(value));
  }
  return all;
}

std::string lost_of_picture(const Picture& picture, std::span<const std::string_view> columns) {
  struct Value {
    std::string_view column;
    int64_t value, otherwise;
  };
  const Value values[] = {{"exposure_begin", picture.exposure_begin, picture.t},
                          {"exposure_end", picture.exposure_end, picture.t},
                          {"left", picture.left, 0},
                          {"top", picture.top, 0}};
  std::string all;
  for (const auto& [column, value, otherwise] : values) {
    const bool is_lost = value != otherwise && std::ranges::find(columns, column) != columns.end();
    if (is_lost) name_value(all, column, std::to_string(value));
  }
  return all;
}

}  // namespace evarrow
