// SPDX-License-Identifier: Apache-2.0
// The loops over pixels and times, once for all instruction sets: compilers vectorise them for the
// target that EVARROW_LOOP_TARGET names. Included inside a namespace.
// No include guard: included once a target.

EVARROW_LOOP_TARGET bool cells(const int16_t* x, const int16_t* y, size_t n, int32_t width,
                               int32_t height, uint32_t* cell) noexcept {
  const auto w = static_cast<uint16_t>(width);
  const auto h = static_cast<uint16_t>(height);
  uint16_t outside = 0;
  for (size_t i = 0; i < n; ++i) {
    // A negative number is a great one here.
    outside |= static_cast<uint16_t>(static_cast<uint16_t>(x[i]) >= w) |
               static_cast<uint16_t>(static_cast<uint16_t>(y[i]) >= h);
    cell[i] = static_cast<uint32_t>(int32_t{y[i]} * width + int32_t{x[i]});
  }
  return outside == 0;
}

// A whole number below 2^52 put into the mantissa of 2^52 is that sum, exactly.
EVARROW_LOOP_INLINE double to_double(int64_t number) noexcept {
  constexpr uint64_t kTwo52 = 0x4330'0000'0000'0000;
  return std::bit_cast<double>(static_cast<uint64_t>(number) | kTwo52) -
         std::bit_cast<double>(kTwo52);
}

template <typename T>
EVARROW_LOOP_INLINE void make_shares(const int64_t* t, const int8_t* polarity, size_t n, int64_t t0,
                                     double scale, double base, T* __restrict share) noexcept {
  for (size_t i = 0; i < n; ++i) {
    const T whole = polarity[i] > 0 ? T{1} : T{-1};
    const T right = whole * static_cast<T>(to_double(t[i] - t0) * scale - base);
    share[2 * i] = whole - right;
    share[2 * i + 1] = right;
  }
}

EVARROW_LOOP_TARGET void shares(const int64_t* t, const int8_t* polarity, size_t n, int64_t t0,
                                double scale, double base, float* share) noexcept {
  make_shares(t, polarity, n, t0, scale, base, share);
}

EVARROW_LOOP_TARGET void exact_shares(const int64_t* t, const int8_t* polarity, size_t n,
                                      int64_t t0, double scale, double base,
                                      double* share) noexcept {
  make_shares(t, polarity, n, t0, scale, base, share);
}

EVARROW_LOOP_TARGET void add_second(const float* pair, size_t n, float* __restrict sum) noexcept {
  for (size_t i = 0; i < n; ++i) sum[i] += pair[2 * i];
}

EVARROW_LOOP_TARGET void add_exact_second(const double* pair, size_t n,
                                          double* __restrict sum) noexcept {
  for (size_t i = 0; i < n; ++i) sum[i] += pair[2 * i];
}

EVARROW_LOOP_TARGET bool all_within(const int64_t* t, size_t n, int64_t low,
                                    int64_t last) noexcept {
  int64_t outside = 0;
  for (size_t i = 0; i < n; ++i) {
    outside |= static_cast<int64_t>(t[i] < low) | static_cast<int64_t>(t[i] > last);
  }
  return outside == 0;
}
