// SPDX-License-Identifier: Apache-2.0
// Lines of plain numbers: included once for each instruction set, into an unnamed namespace, behind
// a definition of EVARROW_TEXT_TARGET and of
//   marks_of(text, separator): which of the 64 characters at `text` are what.

#define EVARROW_TEXT_INLINE inline __attribute__((always_inline))

// 10 to the power of i.
inline constexpr uint64_t kTextPowers[] = {1,       10,        100,        1'000,      10'000,
                                           100'000, 1'000'000, 10'000'000, 100'000'000};
inline constexpr uint32_t kTextWord = 8;  // digits that are read at once

// The bits below bit i, which is less than 64.
EVARROW_TEXT_INLINE uint64_t bits_below(uint32_t i) { return (uint64_t{1} << i) - 1; }

// The number that n digits are, 1 to 8. As many bytes as the most can be looked at.
EVARROW_TEXT_INLINE uint64_t few_digits(const char* text, uint32_t n) {
  uint64_t word;
  std::memcpy(&word, text, sizeof(word));
  // The first digit is the lowest byte. What lies behind the last one is shifted out, and zeros
  // come in front. Then two digits become one number, two of these, and two of those.
  word <<= 8 * (kTextWord - n);
  word = (word & 0x0F0F0F0F0F0F0F0F) * (10 * 256 + 1) >> 8;
  word = (word & 0x00FF00FF00FF00FF) * (100 * 65'536 + 1) >> 16;
  return (word & 0x0000FFFF0000FFFF) * (10'000 * (uint64_t{1} << 32) + 1) >> 32;
}

// The same of 1 to 19 digits.
EVARROW_TEXT_INLINE uint64_t many_digits(const char* text, uint32_t n) {
  uint32_t at = (n - 1) % kTextWord + 1;
  uint64_t number = few_digits(text, at);
  for (; at < n; at += kTextWord) {
    number = number * kTextPowers[kTextWord] + few_digits(text + at, kTextWord);
  }
  return number;
}

// `whole` and a rest of so many digits, rounded to the nearest, ties to even.
EVARROW_TEXT_INLINE uint64_t rounded(uint64_t whole, uint64_t rest, uint32_t digits) {
  const uint64_t half = kTextPowers[digits] / 2;
  return whole + ((rest > half || (rest == half && (whole & 1) != 0)) ? 1 : 0);
}

// Microseconds of `whole` digits at `text` and `fraction` ones behind a point. False if that takes
// more care.
EVARROW_TEXT_INLINE bool read_time(const char* text, uint32_t whole, uint32_t fraction,
                                   int32_t power, int64_t& t) {
  constexpr uint32_t kMostWhole = 19, kMostTime = 18;  // digits that fit
  if (whole == 0) return false;
  if (power < 0) {
    const auto digits = static_cast<uint32_t>(-power);
    if (whole > kMostWhole || fraction != 0) return false;
    const uint64_t number = many_digits(text, whole);
    const uint64_t divisor = kTextPowers[digits];
    t = static_cast<int64_t>(rounded(number / divisor, number % divisor, digits));
    return true;
  }
  const auto places = static_cast<uint32_t>(power);
  if (whole + places > kMostTime || fraction > places + kTextWord) return false;
  uint64_t number = many_digits(text, whole) * kTextPowers[places];
  const char* const behind = text + whole + 1;
  const uint32_t used = fraction < places ? fraction : places;
  if (used != 0) number += few_digits(behind, used) * kTextPowers[places - used];
  if (fraction > used) {
    const uint32_t rest = fraction - used;
    number = rounded(number, few_digits(behind + used, rest), rest);
  }
  t = static_cast<int64_t>(number);
  return true;
}

// Reads the line at `text`, of which 64 characters and a word can be looked at; returns its length
// with its end, or 0 if it is not plain. `kCount`: of the fields, if it is not 0.
template <uint32_t kCount>
EVARROW_TEXT_TARGET EVARROW_TEXT_INLINE uint32_t read_text_line(const char* text,
                                                                const TextFields& fields,
                                                                TextEvent& event) {
  const TextMarks marks = marks_of(text, fields.separator);
  if (marks.newlines == 0) return 0;
  const auto length = static_cast<uint32_t>(std::countr_zero(marks.newlines));
  if (length == 0) return 0;
  const uint32_t line_end = length - (text[length - 1] == '\r' ? 1 : 0);
  const uint64_t ends = (marks.separators & bits_below(line_end)) | uint64_t{1} << line_end;
  // Field i lies between edges[i] and edges[i + 1] - 1.
  std::array<uint32_t, kMostTextFields + 1> edges;
  edges[0] = 0;
  const uint32_t count = kCount != 0 ? kCount : fields.count;
  uint64_t left = ends;
  for (uint32_t i = 0; i < count; ++i) {
    if (left == 0) return 0;
    edges[i + 1] = static_cast<uint32_t>(std::countr_zero(left)) + 1;
    left &= left - 1;
  }
  if (left != 0) return 0;  // there are more fields
  const uint32_t end = edges[count] - 1;
  const uint64_t used = bits_below(end);
  const uint32_t polarity = edges[fields.polarity];
  const uint32_t minus = text[polarity] == '-' ? 1 : 0;
  const uint64_t known = marks.digits | marks.points | ends | uint64_t{minus} << polarity;
  const uint64_t empty = ends & (ends << 1 | 1) & (used << 1 | 1);
  const uint32_t t_begin = edges[fields.t];
  const uint32_t t_end = edges[fields.t + 1] - 1;
  const uint64_t points = marks.points & used;
  const uint64_t misplaced = points & ~(bits_below(t_end) & ~bits_below(t_begin));
  if (((used & ~known) | empty | misplaced | (points & (points - 1))) != 0) return 0;
  const uint32_t point = points == 0 ? t_end : static_cast<uint32_t>(std::countr_zero(points));
  const uint32_t fraction = t_end - (point + 1 < t_end ? point + 1 : t_end);
  const uint32_t x_digits = edges[fields.x + 1] - 1 - edges[fields.x];
  const uint32_t y_digits = edges[fields.y + 1] - 1 - edges[fields.y];
  if (x_digits > kTextWord || y_digits > kTextWord ||
      edges[fields.polarity + 1] - 1 - polarity != 1 + minus ||
      !read_time(text + t_begin, point - t_begin, fraction, fields.time_power, event.t)) {
    return 0;
  }
  event.x = static_cast<uint32_t>(few_digits(text + edges[fields.x], x_digits));
  event.y = static_cast<uint32_t>(few_digits(text + edges[fields.y], y_digits));
  event.polarity_bit = (text[polarity + minus] != '0' ? 1U : 0U) & (minus ^ 1U);
  return length + 1;
}

// Hands the events of lines to `take`, which returns false where it has no room.
template <uint32_t kCount, typename Take>
EVARROW_TEXT_TARGET EVARROW_TEXT_INLINE size_t read_text_lines(Text text, size_t at, size_t end,
                                                               const TextState& state, Take& take) {
  constexpr size_t kLookedAt = 64 + kTextWord;
  const TextFields fields = state.fields;
  const uint32_t width = state.width;
  const uint32_t height = state.height;
  while (at < end && at + kLookedAt <= text.size) {
    TextEvent event;
    const uint32_t length = read_text_line<kCount>(text.bytes + at, fields, event);
    if (length == 0 || event.x >= width || event.y >= height) break;
    event.t += state.epoch;
    if (!take.take(event)) break;
    at += length;
  }
  return at;
}

template <typename Take>
EVARROW_TEXT_TARGET EVARROW_TEXT_INLINE size_t read_text(Text text, size_t at, size_t end,
                                                         const TextState& state, Take& take) {
  constexpr uint32_t kUsual = 4;  // fields
  return state.fields.count == kUsual ? read_text_lines<kUsual>(text, at, end, state, take)
                                      : read_text_lines<0>(text, at, end, state, take);
}

template <bool kAll>
EVARROW_TEXT_TARGET size_t read_text_rows(Text text, size_t at, size_t end, Columns& out,
                                          const TextState& state) noexcept {
  TakeTextRows take = {.columns = text_columns<kAll>(out), .off = state.off};
  at = read_text(text, at, end, state, take);
  out.size = take.columns.size;
  return at;
}

EVARROW_TEXT_TARGET inline size_t count_text_rows(Text text, size_t at, size_t end,
                                                  const TextState& state, Count& count) noexcept {
  TakeTextCount take = {.count = count};
  at = read_text(text, at, end, state, take);
  count = take.count;
  return at;
}

#undef EVARROW_TEXT_INLINE
