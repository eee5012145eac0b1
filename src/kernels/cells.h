// SPDX-License-Identifier: Apache-2.0
// The numbers of pixels.
#pragma once

#include <cstddef>
#include <cstdint>

namespace evarrow::kernels {

struct CellLoops {
  // cell[i] = y[i] * width + x[i]. Returns whether all pixels are inside width * height; if not,
  // the numbers mean nothing.
  bool (*cells)(const int16_t* x, const int16_t* y, size_t n, int32_t width, int32_t height,
                uint32_t* cell) noexcept;
  // With p = 1 for ON, else -1, and s = (t[i] - t0) * scale - base, for 0 <= t[i] - t0 < 2^52:
  // share[2 i] = p - p s and share[2 i + 1] = p s.
  void (*shares)(const int64_t* t, const int8_t* polarity, size_t n, int64_t t0, double scale,
                 double base, float* share) noexcept;
  // The same in double precision.
  void (*exact_shares)(const int64_t* t, const int8_t* polarity, size_t n, int64_t t0, double scale,
                       double base, double* share) noexcept;
  // sum[i] += pair[2 i].
  void (*add_second)(const float* pair, size_t n, float* sum) noexcept;
  void (*add_exact_second)(const double* pair, size_t n, double* sum) noexcept;
  // Whether low <= t[i] <= last for all.
  bool (*all_within)(const int64_t* t, size_t n, int64_t low, int64_t last) noexcept;
};

// The best for this machine.
const CellLoops& cell_loops() noexcept;

extern const CellLoops kCellLoopsScalar;
extern const CellLoops kCellLoopsAvx2;
extern const CellLoops kCellLoopsAvx512;

}  // namespace evarrow::kernels
