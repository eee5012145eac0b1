// SPDX-License-Identifier: Apache-2.0
// One word of EVT 2.1 after the other: included once for each instruction set, into an unnamed
// namespace, behind definitions of EVARROW_EVT21_TARGET and EVARROW_EVT21_EMIT, one of the
// emit_pixels_... functions.

// The word number `i`, in the order of the specification.
inline __attribute__((always_inline)) uint64_t evt21_word(const std::byte* bytes, size_t i,
                                                          bool legacy) {
  uint64_t word;
  std::memcpy(&word, bytes + i * sizeof(word), sizeof(word));
  return std::rotl(word, legacy ? 32 : 0);
}

// Whether `word` is a clock word that does not step back; then the clock is moved on.
inline __attribute__((always_inline)) bool take_clock(uint64_t word, Evt21State& state) {
  const auto high = static_cast<uint32_t>(word >> 32 & 0x0FFF'FFFF);
  if (word >> 60 != 8 || high < state.high) return false;
  state.base += static_cast<int64_t>(high - state.high) << 6;
  state.high = high;
  return true;
}

// Whether all events of a word lie inside the sensor.
inline __attribute__((always_inline)) bool is_inside(const Pixels& pixels,
                                                     const Evt21State& state) {
  const auto x_end = pixels.x + 32 - static_cast<uint32_t>(std::countl_zero(pixels.bits));
  return x_end <= state.width && pixels.y < state.height;
}

inline __attribute__((always_inline)) Pixels pixels_of(uint64_t word, const Evt21State& state) {
  return {.bits = static_cast<uint32_t>(word),
          .x = static_cast<uint32_t>(word >> 43 & 0x7FF),
          .y = static_cast<uint32_t>(word >> 32 & 0x7FF),
          .t = state.base + static_cast<int64_t>(word >> 54 & 0x3F),
          .polarity = polarity_of(static_cast<uint32_t>(word >> 60), state.off)};
}

// Reads words from number `i` on, up to `end`. Returns the number of the first word not read.
EVARROW_EVT21_TARGET inline __attribute__((always_inline)) size_t
read_singly(const std::byte* bytes, size_t i, size_t end, const Columns& out, size_t& row,
            Evt21State& state) {
  for (; i < end && row + 32 + kOvershoot <= out.capacity; ++i) {
    const uint64_t word = evt21_word(bytes, i, state.legacy);
    if (word >> 60 > 1) {
      if (!take_clock(word, state)) break;
      continue;
    }
    const Pixels pixels = pixels_of(word, state);
    if (!is_inside(pixels, state)) break;
    row = EVARROW_EVT21_EMIT(out, row, pixels);
  }
  return i;
}

EVARROW_EVT21_TARGET inline __attribute__((always_inline)) size_t
count_singly(const std::byte* bytes, size_t i, size_t end, Evt21State& state, Count& count) {
  for (; i < end; ++i) {
    const uint64_t word = evt21_word(bytes, i, state.legacy);
    if (word >> 60 > 1) {
      if (!take_clock(word, state)) break;
      continue;
    }
    const Pixels pixels = pixels_of(word, state);
    if (pixels.bits == 0 || !is_inside(pixels, state)) break;
    count.events += static_cast<unsigned>(std::popcount(pixels.bits));
    count.t_min = std::min(count.t_min, pixels.t);
    count.t_max = std::max(count.t_max, pixels.t);
  }
  return i;
}
