// SPDX-License-Identifier: Apache-2.0
// What text is read with on AVX-512, in two widths: included into an unnamed namespace.

#define EVARROW_INLINE_AVX512 EVARROW_TARGET_AVX512 inline __attribute__((always_inline))

alignas(64) inline constexpr auto kTextPlaces = [] {
  std::array<int8_t, 64> places{};
  for (size_t i = 0; i < places.size(); ++i) places[i] = static_cast<int8_t>(i);
  return places;
}();

// Eight lanes, and lines of up to 63 characters.
struct Wide {
  using Vector = __m512i;
  using Mask = __mmask64;
  static constexpr size_t kWindow = 64;  // characters looked at; a line is shorter
  static constexpr bool kFew = false;

  EVARROW_INLINE_AVX512 static Vector load(const void* from) { return _mm512_loadu_si512(from); }
  EVARROW_INLINE_AVX512 static void store(uint64_t* to, Vector numbers) {
    _mm512_store_si512(to, numbers);
  }
  EVARROW_INLINE_AVX512 static Vector set(char c) { return _mm512_set1_epi8(c); }
  EVARROW_INLINE_AVX512 static Vector minus(Vector a, char b) { return _mm512_sub_epi8(a, set(b)); }
  EVARROW_INLINE_AVX512 static Vector plus(Vector a, Vector b) { return _mm512_add_epi8(a, b); }
  EVARROW_INLINE_AVX512 static Mask where(Vector v, char c) {
    return _mm512_cmpeq_epi8_mask(v, set(c));
  }
  EVARROW_INLINE_AVX512 static Mask where_above(Vector v, char c) {
    return _mm512_cmpgt_epu8_mask(v, set(c));
  }
  EVARROW_INLINE_AVX512 static __m128i front(Vector v) { return _mm512_castsi512_si128(v); }
  EVARROW_INLINE_AVX512 static Vector widened(__m128i v) { return _mm512_castsi128_si512(v); }
  EVARROW_INLINE_AVX512 static Vector places_of(Mask set) {
    return _mm512_maskz_compress_epi8(set, load(kTextPlaces.data()));
  }
  EVARROW_INLINE_AVX512 static Vector pick(Vector places, Vector from) {
    return _mm512_permutexvar_epi8(places, from);
  }
  EVARROW_INLINE_AVX512 static Vector blend(Mask second, Vector a, Vector b) {
    return _mm512_mask_blend_epi8(second, a, b);
  }
  // Zeros where a place is not in its run.
  EVARROW_INLINE_AVX512 static Vector pick_within(Vector places, Vector begin, Vector end,
                                                  Vector from) {
    const Mask behind_begin = _mm512_cmpge_epi8_mask(places, begin);
    const Mask within = _mm512_mask_cmplt_epi8_mask(behind_begin, places, end);
    return _mm512_maskz_permutexvar_epi8(within, places, from);
  }
  // Of eight digits each, the first in front.
  EVARROW_INLINE_AVX512 static Vector numbers(Vector digits) {
    const Vector twos = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(1 << 8 | 10));
    const Vector fours = _mm512_madd_epi16(twos, _mm512_set1_epi32(1 << 16 | 100));
    return _mm512_add_epi64(_mm512_srli_epi64(fours, 32),
                            _mm512_mul_epu32(fours, _mm512_set1_epi64(10'000)));
  }
};

// Four lanes, and lines of up to 31 characters.
struct Narrow {
  using Vector = __m256i;
  using Mask = __mmask32;
  static constexpr size_t kWindow = 32;  // characters looked at; a line is shorter
  static constexpr bool kFew = true;

  EVARROW_INLINE_AVX512 static Vector load(const void* from) {
    return _mm256_loadu_si256(static_cast<const __m256i*>(from));
  }
  EVARROW_INLINE_AVX512 static void store(uint64_t* to, Vector numbers) {
    _mm256_store_si256(reinterpret_cast<__m256i*>(to), numbers);
  }
  EVARROW_INLINE_AVX512 static Vector set(char c) { return _mm256_set1_epi8(c); }
  EVARROW_INLINE_AVX512 static Vector minus(Vector a, char b) { return _mm256_sub_epi8(a, set(b)); }
  EVARROW_INLINE_AVX512 static Vector plus(Vector a, Vector b) { return _mm256_add_epi8(a, b); }
  EVARROW_INLINE_AVX512 static Mask where(Vector v, char c) {
    return _mm256_cmpeq_epi8_mask(v, set(c));
  }
  EVARROW_INLINE_AVX512 static Mask where_above(Vector v, char c) {
    return _mm256_cmpgt_epu8_mask(v, set(c));
  }
  EVARROW_INLINE_AVX512 static __m128i front(Vector v) { return _mm256_castsi256_si128(v); }
  EVARROW_INLINE_AVX512 static Vector widened(__m128i v) { return _mm256_castsi128_si256(v); }
  EVARROW_INLINE_AVX512 static Vector places_of(Mask set) {
    return _mm256_maskz_compress_epi8(set, load(kTextPlaces.data()));
  }
  EVARROW_INLINE_AVX512 static Vector pick(Vector places, Vector from) {
    return _mm256_permutexvar_epi8(places, from);
  }
  EVARROW_INLINE_AVX512 static Vector blend(Mask second, Vector a, Vector b) {
    return _mm256_mask_blend_epi8(second, a, b);
  }
  // Zeros where a place is not in its run.
  EVARROW_INLINE_AVX512 static Vector pick_within(Vector places, Vector begin, Vector end,
                                                  Vector from) {
    const Mask behind_begin = _mm256_cmpge_epi8_mask(places, begin);
    const Mask within = _mm256_mask_cmplt_epi8_mask(behind_begin, places, end);
    return _mm256_maskz_permutexvar_epi8(within, places, from);
  }
  // Of eight digits each, the first in front.
  EVARROW_INLINE_AVX512 static Vector numbers(Vector digits) {
    const Vector twos = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(1 << 8 | 10));
    const Vector fours = _mm256_madd_epi16(twos, _mm256_set1_epi32(1 << 16 | 100));
    return _mm256_add_epi64(_mm256_srli_epi64(fours, 32),
                            _mm256_mul_epu32(fours, _mm256_set1_epi64x(10'000)));
  }
};
