// SPDX-License-Identifier: Apache-2.0
// All numbers of a line at once. The digits between two other characters are a run. Eight digits of
// a run, or as many as it has, are put into each of some lanes, the last digit at the end of the
// lane or the first one where it stands for a fraction, and zeros around them; then the digits of
// all lanes become numbers together. Most lines need four lanes and have less than 32 characters;
// others are read with twice as many.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "kernels/dispatch.h"
#include "kernels/intrinsics.h"
#include "kernels/text.h"
#include "kernels/text_event.h"

#ifdef EVARROW_X86

namespace evarrow::kernels {
namespace {

#include "kernels/text_vectors_avx512.h"

constexpr int kLane = 8;  // digits
constexpr int8_t kNowhere = 64;

// The lanes. A time has up to 24 digits before the place of microseconds, those down to it behind a
// point, and eight more, by which it is rounded. The four lanes of most lines come first: without a
// point the lane of the fraction holds the digits in front of the low ones.
enum Lane : uint8_t { kLaneX, kLaneY, kLow, kFraction, kMiddle, kHigh, kRest };
constexpr size_t kLanes = 8;

// How the lines are laid out.
struct Plan {
  alignas(64) std::array<int8_t, 64> run{};     // of each digit of the lanes
  alignas(64) std::array<int8_t, 64> offset{};  // and its place behind where its run begins or ends
  std::array<uint64_t, kLanes> weight{};        // of the lanes of the time, in microseconds
  alignas(16) std::array<uint8_t, 16> least{};  // digits of each run
  alignas(16) std::array<uint8_t, 16> spread{};      // and how many more there may be
  alignas(16) std::array<uint8_t, 16> few_spread{};  // if there are four lanes
  bool few = true;                                   // whether they may be enough
  uint64_t from_begin = 0;  // the digits that are placed by where their run begins
  uint64_t pattern = 0;     // the characters behind the runs
  uint64_t pattern_mask = 0;
  uint32_t runs = 0;
  uint32_t polarity_run = 0;

  void add_run(char behind, int least_digits, int most_digits, int few_digits) {
    pattern |= uint64_t{static_cast<uint8_t>(behind)} << (8 * runs);
    pattern_mask |= uint64_t{0xFF} << (8 * runs);
    least[runs] = static_cast<uint8_t>(least_digits);
    spread[runs] = static_cast<uint8_t>(most_digits - least_digits);
    few_spread[runs] = static_cast<uint8_t>(std::min(few_digits, most_digits) - least_digits);
    ++runs;
  }

  // `first`: place of the lane's first digit, behind where the run begins or ends.
  void set_lane(Lane lane, uint32_t its_run, int first, bool begin = false) {
    for (int i = 0; i < kLane; ++i) {
      const auto at = static_cast<size_t>(kLane) * lane + static_cast<size_t>(i);
      run[at] = static_cast<int8_t>(its_run);
      offset[at] = static_cast<int8_t>(first + i);
    }
    if (begin) from_begin |= uint64_t{0xFF} << (kLane * lane);
  }
};

constexpr uint64_t power_of_ten(int n) {
  uint64_t power = 1;
  for (int i = 0; i < n; ++i) power *= 10;
  return power;
}

// A time with a point, `places` digits behind which are those of microseconds.
void plan_fraction(Plan& plan, int places, char behind) {
  constexpr int kMostTime = 18;  // digits that fit
  const uint32_t whole = plan.runs;
  plan.add_run('.', 1, kMostTime - places, kLane);
  plan.set_lane(kMiddle, whole, -2 * kLane);
  plan.set_lane(kHigh, whole, -3 * kLane);
  plan.add_run(behind, 0, places + kLane, places);
  plan.set_lane(kFraction, whole + 1, places - kLane, true);
  plan.set_lane(kRest, whole + 1, places, true);
  const uint64_t unit = power_of_ten(places);
  plan.weight = {0,
                 0,
                 unit,
                 1,
                 places + kLane <= kMostTime ? unit * power_of_ten(kLane) : 0,
                 places == 0 ? power_of_ten(2 * kLane) : 0};
}

// A whole number that is a time once its last `cut` digits are taken off, or `places` are put on.
void plan_whole(Plan& plan, int cut, int places, char behind) {
  constexpr int kMostTime = 18, kMostDigits = 19;  // digits that fit
  const uint32_t whole = plan.runs;
  plan.add_run(behind, 1, cut != 0 ? kMostDigits : kMostTime - places, 2 * kLane);
  plan.set_lane(kFraction, whole, -cut - 2 * kLane);
  plan.set_lane(kMiddle, whole, kNowhere);
  plan.set_lane(kHigh, whole, -cut - 3 * kLane);
  plan.set_lane(kRest, whole, cut != 0 ? -cut : kNowhere);
  const uint64_t unit = power_of_ten(places);
  plan.few = cut == 0;
  plan.weight = {
      0, 0, unit, unit * power_of_ten(kLane), 0, places == 0 ? power_of_ten(2 * kLane) : 0};
}

Plan plan_of(const TextFields& fields) {
  constexpr int kMostPlace = 5, kMostIgnored = 63;  // digits
  Plan plan;
  for (uint32_t i = 0; i < fields.count; ++i) {
    const char behind = i + 1 < fields.count ? fields.separator : fields.last;
    const uint32_t run = plan.runs;
    if (i == fields.t) {
      const int places = std::max(fields.time_power, 0);
      plan.set_lane(kLow, run, std::min(fields.time_power, 0) - kLane);
      if (fields.has_point) {
        plan_fraction(plan, places, behind);
      } else {
        plan_whole(plan, places - fields.time_power, places, behind);
      }
    } else if (i == fields.polarity) {
      plan.polarity_run = run;
      const int most = fields.has_sign ? 2 : 1;
      plan.add_run(behind, 1, most, most);
    } else {
      if (i == fields.x) plan.set_lane(kLaneX, run, -kLane);
      if (i == fields.y) plan.set_lane(kLaneY, run, -kLane);
      const int most = i == fields.x || i == fields.y ? kMostPlace : kMostIgnored;
      plan.add_run(behind, 1, most, most);
    }
  }
  if (fields.last == '\r') plan.add_run('\n', 0, 0, 0);
  return plan;
}

// The plan in registers.
template <typename V>
struct Loaded {
  typename V::Vector run, offset;
  __m128i least, spread;
  typename V::Mask from_begin;
  __mmask16 runs;
  uint64_t pattern, pattern_mask;
  uint32_t polarity_shift, last_shift;  // bits in front of the byte of that run
};

template <typename V>
EVARROW_INLINE_AVX512 Loaded<V> load(const Plan& plan) {
  const auto* spread = V::kFew ? plan.few_spread.data() : plan.spread.data();
  return {.run = V::load(plan.run.data()),
          .offset = V::load(plan.offset.data()),
          .least = _mm_load_si128(reinterpret_cast<const __m128i*>(plan.least.data())),
          .spread = _mm_load_si128(reinterpret_cast<const __m128i*>(spread)),
          .from_begin = static_cast<typename V::Mask>(plan.from_begin),
          .runs = static_cast<__mmask16>((1U << plan.runs) - 1U),
          .pattern = plan.pattern,
          .pattern_mask = plan.pattern_mask,
          .polarity_shift = 8 * plan.polarity_run,
          .last_shift = 8 * std::max(plan.runs, 1U) - 8};
}

// A line, as far as it is looked at.
template <typename V>
struct Line {
  typename V::Vector characters;
  uint64_t begins, ends;  // of the runs, a byte each
  typename V::Vector numbers;
};

// Finds the runs of a line and reads the numbers. False if it is not as planned. Polarities may
// begin with a minus if `kSign`, which counts as a digit until it is found to stand elsewhere.
template <typename V, bool kSign>
EVARROW_INLINE_AVX512 bool read_numbers(const Loaded<V>& plan, Line<V>& line) {
  const auto values = V::minus(line.characters, '0');
  typename V::Mask others = V::where_above(values, 9);
  typename V::Mask minus = 0;
  if constexpr (kSign) {
    minus = V::where(line.characters, '-');
    others &= static_cast<typename V::Mask>(~minus);
  }
  const auto ends = V::places_of(others);
  const __m128i few_ends = V::front(ends);
  const __m128i begins = _mm_slli_si128(_mm_add_epi8(few_ends, _mm_set1_epi8(1)), 1);
  const __m128i lengths = _mm_sub_epi8(_mm_sub_epi8(few_ends, begins), plan.least);
  const __mmask16 odd = _mm_mask_cmpgt_epu8_mask(plan.runs, lengths, plan.spread);
  const __m128i found = V::front(V::pick(ends, line.characters));
  const auto pattern = static_cast<uint64_t>(_mm_cvtsi128_si64(found)) & plan.pattern_mask;
  line.begins = static_cast<uint64_t>(_mm_cvtsi128_si64(begins));
  line.ends = static_cast<uint64_t>(_mm_cvtsi128_si64(few_ends));
  const auto end = V::pick(plan.run, ends);
  const auto begin = V::pick(plan.run, V::widened(begins));
  const auto place = V::plus(V::blend(plan.from_begin, end, begin), plan.offset);
  line.numbers = V::numbers(V::pick_within(place, begin, end, values));
  bool good = (odd == 0) & (pattern == plan.pattern);
  if constexpr (kSign) {
    const uint64_t used = (uint64_t{1} << (line.ends >> plan.last_shift & 63)) - 1;
    const uint64_t allowed = uint64_t{1} << (line.begins >> plan.polarity_shift & 63);
    good = good & ((minus & used & ~allowed) == 0);
  }
  return good;
}

// Microseconds of the lanes of a time.
template <typename V>
EVARROW_INLINE_AVX512 int64_t time_of(const std::array<uint64_t, kLanes>& numbers,
                                      const std::array<uint64_t, kLanes>& weight) {
  uint64_t t = numbers[kLow] * weight[kLow] + numbers[kFraction] * weight[kFraction];
  if constexpr (!V::kFew) {
    constexpr uint64_t kHalf = 50'000'000;  // of a microsecond, in the rest
    t += numbers[kMiddle] * weight[kMiddle] + numbers[kHigh] * weight[kHigh];
    const uint64_t rest = numbers[kRest];
    t += static_cast<uint64_t>((rest > kHalf) | ((rest == kHalf) & ((t & 1) != 0)));
  }
  return static_cast<int64_t>(t);
}

// Reads lines of one kind, as a TextKernel does.
template <typename V, bool kSign, typename Take>
EVARROW_INLINE_AVX512 size_t read_lines(Text text, size_t at, size_t end, const TextState& state,
                                        const Plan& planned, Take& take) {
  const Loaded<V> plan = load<V>(planned);
  const std::array<uint64_t, kLanes> weight = planned.weight;
  const uint32_t width = state.width;
  const uint32_t height = state.height;
  const int64_t epoch = state.epoch;
  while (at < end && at + V::kWindow <= text.size) {
    const char* const front = text.bytes + at;
    Line<V> line;
    line.characters = V::load(front);
    const uint64_t newlines = V::where(line.characters, '\n');
    if (newlines == 0 || !read_numbers<V, kSign>(plan, line)) break;
    const uint32_t polarity = line.begins >> plan.polarity_shift & 63;
    const uint32_t minus = kSign && front[polarity] == '-' ? 1 : 0;
    if (kSign && (line.ends >> plan.polarity_shift & 63) != polarity + minus + 1) break;
    alignas(64) std::array<uint64_t, kLanes> numbers;
    V::store(numbers.data(), line.numbers);
    const TextEvent event = {
        .x = static_cast<uint32_t>(numbers[kLaneX]),
        .y = static_cast<uint32_t>(numbers[kLaneY]),
        .t = time_of<V>(numbers, weight) + epoch,
        .polarity_bit = (front[polarity + minus] != '0' ? 1U : 0U) & (minus ^ 1U)};
    if (event.x >= width || event.y >= height || !take.take(event)) break;
    at += static_cast<size_t>(std::countr_zero(newlines)) + 1;
  }
  return at;
}

template <bool kSign, typename Take>
EVARROW_INLINE_AVX512 size_t read_both(Text text, size_t at, size_t end, const TextState& state,
                                       Take& take) {
  const Plan plan = plan_of(state.fields);
  if (plan.few) at = read_lines<Narrow, kSign>(text, at, end, state, plan, take);
  return read_lines<Wide, kSign>(text, at, end, state, plan, take);
}

template <typename Take>
EVARROW_INLINE_AVX512 size_t read_text(Text text, size_t at, size_t end, const TextState& state,
                                       Take& take) {
  return state.fields.has_sign ? read_both<true>(text, at, end, state, take)
                               : read_both<false>(text, at, end, state, take);
}

template <bool kAll>
EVARROW_TARGET_AVX512 size_t read_rows(Text text, size_t at, size_t end, Columns& out,
                                       const TextState& state) noexcept {
  TakeTextRows take = {.columns = text_columns<kAll>(out), .off = state.off};
  at = read_text(text, at, end, state, take);
  out.size = take.columns.size;
  return at;
}

}  // namespace

EVARROW_TARGET_AVX512 size_t text_avx512(Text text, size_t at, size_t end, Columns& out,
                                         const TextState& state) noexcept {
  return has_all(out) ? read_rows<true>(text, at, end, out, state)
                      : read_rows<false>(text, at, end, out, state);
}

EVARROW_TARGET_AVX512 size_t text_count_avx512(Text text, size_t at, size_t end,
                                               const TextState& state, Count& count) noexcept {
  TakeTextCount take = {.count = count};
  at = read_text(text, at, end, state, take);
  count = take.count;
  return at;
}

}  // namespace evarrow::kernels

#endif
