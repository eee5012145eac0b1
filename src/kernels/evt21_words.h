// SPDX-License-Identifier: Apache-2.0
// The loop over the words of EVT 2.1: included once for each instruction set, into an unnamed
// namespace, behind definitions of EVARROW_EVT21_TARGET and EVARROW_EVT21_EMIT, one of the
// emit_pixels_... functions.

// `kAll`: all columns are wanted, so that their strides are known.
template <bool kAll>
EVARROW_EVT21_TARGET size_t read_words(const std::byte* bytes, size_t words, Columns& columns_out,
                                       Evt21State& state) noexcept {
  // Copies, which no store into a column can change.
  Columns out = columns_out;
  if constexpr (kAll) out.x_stride = out.y_stride = out.t_stride = out.polarity_stride = 1;
  Evt21State s = state;
  const int exchange = s.legacy ? 32 : 0;
  size_t row = out.size;
  size_t i = 0;
  for (; i < words && row + 32 + kOvershoot <= out.capacity; ++i) {
    uint64_t word;
    std::memcpy(&word, bytes + i * sizeof(word), sizeof(word));
    word = std::rotl(word, exchange);
    const auto type = static_cast<uint32_t>(word >> 60);
    if (type > 1) {
      const auto high = static_cast<uint32_t>(word >> 32 & 0x0FFF'FFFF);
      if (type != 8 || high < s.high) break;
      s.base += static_cast<int64_t>(high - s.high) << 6;
      s.high = high;
      continue;
    }
    const Pixels pixels{.bits = static_cast<uint32_t>(word),
                        .x = static_cast<uint32_t>(word >> 43 & 0x7FF),
                        .y = static_cast<uint32_t>(word >> 32 & 0x7FF),
                        .t = s.base + static_cast<int64_t>(word >> 54 & 0x3F),
                        .polarity = polarity_of(type, s.off)};
    const auto x_end = pixels.x + 32 - static_cast<uint32_t>(std::countl_zero(pixels.bits));
    if (x_end > s.width || pixels.y >= s.height) break;
    row = EVARROW_EVT21_EMIT(out, row, pixels);
  }
  columns_out.size = row;
  state = s;
  return i;
}

EVARROW_EVT21_TARGET size_t read_columns(const std::byte* bytes, size_t words, Columns& out,
                                         Evt21State& state) noexcept {
  return has_all(out) ? read_words<true>(bytes, words, out, state)
                      : read_words<false>(bytes, words, out, state);
}
