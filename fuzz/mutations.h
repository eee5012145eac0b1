// SPDX-License-Identifier: Apache-2.0
// Random changes of inputs, the same for the same seed on every machine.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace evarrow::fuzz {

using Input = std::vector<uint8_t>;

// Numbers by SplitMix64: https://prng.di.unimi.it/splitmix64.c
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() noexcept {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  // From 0 on and below `end`, which is at least 1.
  size_t below(size_t end) noexcept { return static_cast<size_t>(next() % end); }
  // Mostly small, up to `end`.
  size_t small(size_t end) noexcept { return below(below(end) + 1); }

 private:
  uint64_t state_;
};

class Mutator {
 public:
  Mutator(uint64_t seed, size_t max_length) : random_(seed), max_length_(max_length) {}

  // An input made out of those of `corpus`, which is not empty.
  const Input& next(const std::vector<Input>& corpus) {
    input_ = corpus[random_.below(corpus.size())];
    if (input_.empty() || random_.below(16) == 0) fill_at_random();
    const size_t changes = 1 + random_.small(16);
    for (size_t i = 0; i < changes; ++i) change(corpus);
    if (input_.size() > max_length_) input_.resize(max_length_);
    return input_;
  }

 private:
  void change(const std::vector<Input>& corpus) {
    switch (random_.below(9)) {
      case 0:
        return flip_bit();
      case 1:
        return set_byte();
      case 2:
        return set_word();
      case 3:
        return add_to_word();
      case 4:
        return copy_block();
      case 5:
        return insert_block();
      case 6:
        return erase_block();
      case 7:
        return splice(corpus[random_.below(corpus.size())]);
      default:
        return cut();
    }
  }

  void fill_at_random() {
    input_.resize(1 + random_.small(max_length_));
    for (uint8_t& byte : input_) byte = static_cast<uint8_t>(random_.next());
  }

  void flip_bit() {
    if (input_.empty()) return;
    input_[random_.below(input_.size())] ^= static_cast<uint8_t>(1U << random_.below(8));
  }

  void set_byte() {
    if (input_.empty()) return;
    input_[random_.below(input_.size())] = static_cast<uint8_t>(random_.next());
  }

  // Numbers at the ends of ranges, and what formats have at the front of their words.
  void set_word() {
    constexpr std::array<uint64_t, 12> kWords = {0,          1,          0x7F,       0x80,
                                                 0xFF,       0x7FFF,     0x8000,     0xFFFF,
                                                 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, ~uint64_t{0}};
    store(kWords[random_.below(kWords.size())]);
  }

  void add_to_word() {
    const size_t width = word_width();
    if (input_.size() < width) return;
    const size_t at = random_.below(input_.size() - width + 1);
    uint64_t value = 0;
    std::memcpy(&value, input_.data() + at, width);
    value += random_.below(2) == 0 ? random_.small(256) : 0 - random_.small(256);
    std::memcpy(input_.data() + at, &value, width);
  }

  void store(uint64_t value) {
    const size_t width = word_width();
    if (input_.size() < width) return;
    std::memcpy(input_.data() + random_.below(input_.size() - width + 1), &value, width);
  }

  size_t word_width() noexcept { return size_t{1} << random_.below(4); }

  void copy_block() {
    const auto [from, length] = block(input_);
    if (length == 0) return;
    const size_t to = random_.below(input_.size() - length + 1);
    std::memmove(input_.data() + to, input_.data() + from, length);
  }

  void insert_block() {
    const auto [from, length] = block(input_);
    const Input part(input_.begin() + static_cast<ptrdiff_t>(from),
                     input_.begin() + static_cast<ptrdiff_t>(from + length));
    insert(part);
  }

  void erase_block() {
    const auto [from, length] = block(input_);
    input_.erase(input_.begin() + static_cast<ptrdiff_t>(from),
                 input_.begin() + static_cast<ptrdiff_t>(from + length));
  }

  void splice(const Input& other) {
    const auto [from, length] = block(other);
    const Input part(other.begin() + static_cast<ptrdiff_t>(from),
                     other.begin() + static_cast<ptrdiff_t>(from + length));
    if (random_.below(2) == 0 || part.size() > input_.size()) return insert(part);
    std::ranges::copy(part, input_.begin() + static_cast<ptrdiff_t>(
                                                 random_.below(input_.size() - part.size() + 1)));
  }

  void cut() {
    if (!input_.empty())
      input_.resize(input_.size() - random_.small(std::min<size_t>(input_.size(), 64)));
  }

  void insert(const Input& part) {
    if (input_.size() + part.size() > max_length_) return;
    input_.insert(input_.begin() + static_cast<ptrdiff_t>(random_.below(input_.size() + 1)),
                  part.begin(), part.end());
  }

  // A piece of `of`: where it begins, and its length.
  std::pair<size_t, size_t> block(const Input& of) {
    if (of.empty()) return {0, 0};
    const size_t from = random_.below(of.size());
    return {from, 1 + random_.small(of.size() - from)};
  }

  Random random_;
  size_t max_length_;
  Input input_;
};

}  // namespace evarrow::fuzz
