// SPDX-License-Identifier: Apache-2.0
// The words of EVT 3.0 between runs of ADDR_Y and ADDR_X: included once for each instruction set,
// into an unnamed namespace, behind a definition of EVARROW_EVT3_TARGET and of
//   emit_vector(out, row, state, t, bits): stores a row for each set bit of `bits`, and no more
//   than kOvershoot rows past them; returns the number of the row behind.

inline __attribute__((always_inline)) uint32_t evt3_word(const std::byte* bytes, size_t i) {
  uint16_t word;
  std::memcpy(&word, bytes + i * 2, sizeof(word));
  return word;
}

// Whether four words are VECT_BASE_X, VECT_12, VECT_12, VECT_8: 32 pixels at once.
inline __attribute__((always_inline)) bool is_vector_group(const std::byte* bytes) {
  uint64_t words;
  std::memcpy(&words, bytes, sizeof(words));
  return (words & 0xF000'F000'F000'F000) == 0x5000'4000'4000'3000;
}

inline __attribute__((always_inline)) uint32_t group_bits(const std::byte* bytes, size_t i) {
  return (evt3_word(bytes, i) & 0xFFF) | (evt3_word(bytes, i + 1) & 0xFFF) << 12 |
         (evt3_word(bytes, i + 2) & 0xFF) << 24;
}

// Whether all set bits lie left of the sensor's edge. No base comes near 2^32 - 32.
inline __attribute__((always_inline)) bool bits_inside(const Evt3State& state, uint32_t bits) {
  return state.base + 32 - static_cast<uint32_t>(std::countl_zero(bits)) <= state.width;
}

// Reads whole vector groups from word number `i` on. Returns the number of the first word not read.
EVARROW_EVT3_TARGET inline __attribute__((always_inline)) size_t
read_groups(const std::byte* bytes, size_t i, size_t words, const Columns& out, size_t& row,
            Evt3State& state, int64_t t) {
  for (; i + 4 <= words && is_vector_group(bytes + i * 2); i += 4) {
    const uint32_t word = evt3_word(bytes, i);
    const uint32_t bits = group_bits(bytes, i + 1);
    Evt3State next = state;
    next.base = word & 0x7FF;
    next.base_polarity = word >> 11 & 1;
    next.has_base = true;
    if (!bits_inside(next, bits) || row + 32 + kOvershoot > out.capacity) break;
    row = emit_vector(out, row, next, t, bits);
    next.base += 32;
    state = next;
  }
  return i;
}

// Reads words from number `i` on up to the next ADDR_Y or ADDR_X. Returns the number of the first
// word not read; `stuck` if that word is for the caller.
EVARROW_EVT3_TARGET inline __attribute__((always_inline)) size_t
read_between(const std::byte* bytes, size_t i, size_t words, const Columns& out, size_t& row,
             Evt3State& state, int64_t& t, bool& stuck) {
  while (i < words) {
    const uint32_t word = evt3_word(bytes, i);
    const uint32_t content = word & 0xFFF;
    switch (word >> 12) {
      case 0x0:
      case 0x2:
        return i;
      case 0x3: {
        state.base = content & 0x7FF;
        state.base_polarity = content >> 11;
        state.has_base = true;
        ++i;
        break;
      }
      case 0x4:
      case 0x5: {
        const bool group = i + 3 <= words && word >> 12 == 0x4 &&
                           evt3_word(bytes, i + 1) >> 12 == 0x4 &&
                           evt3_word(bytes, i + 2) >> 12 == 0x5;
        const uint32_t bits = group               ? group_bits(bytes, i)
                              : word >> 12 == 0x4 ? content
                                                  : content & 0xFF;
        if (!state.has_base || !bits_inside(state, bits) || row + 32 + kOvershoot > out.capacity ||
            state.base > 0x7FFF - 32) {
          stuck = true;
          return i;
        }
        row = emit_vector(out, row, state, t, bits);
        state.base += group ? 32 : word >> 12 == 0x4 ? 12 : 8;
        i += group ? 3 : 1;
        break;
      }
      case 0x6:
        state.low = content;
        t = state.time();
        ++i;
        break;
      case 0x8:
        if (content < state.high) {
          stuck = true;
          return i;
        }
        if (content != state.high) state.low = 0;
        state.high = content;
        t = state.time();
        ++i;
        break;
      default:
        stuck = true;
        return i;
    }
  }
  return i;
}
