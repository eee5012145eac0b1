// SPDX-License-Identifier: Apache-2.0
// The fast part of writing: rows that become words of a file, several at a time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/columns.h"

namespace evarrow::kernels {

struct EncodedRows {
  const int16_t* x;
  const int16_t* y;
  const int64_t* t;
  const int8_t* polarity;
};

// Which rows become words: those inside the sensor, with a polarity, and times in one period of
// the clock. The others are left to the caller.
struct EncodeState {
  uint32_t x_end, y_end;  // 1 to 32,768
  int64_t t_begin;        // microseconds: where the period begins
  int32_t t_bits;         // it lasts 2^t_bits microseconds; 1 to 32
  uint32_t low = 0;       // DAT, EVT 3.0: the time of the row before, from t_begin on
  int32_t y = -1;         // EVT 3.0: the row of the one before; -1: not known
};

// What was written.
struct EncodedWords {
  size_t rows = 0;
  size_t bytes = 0;
};

// Writes rows from `begin` on, up to one that must be left to the caller or does not fill a group;
// the state is brought up to them. Up to kEncodeSlack bytes more are written to, or, while rows
// are left, as many as these would take.
using EncodeKernel = EncodedWords (*)(const EncodedRows& rows, size_t begin, size_t end,
                                      EncodeState& state, std::byte* to) noexcept;

inline constexpr size_t kEncodeSlack = 64;
inline constexpr size_t kPrefetchedRows = 512;  // how far ahead

struct EncodeKernels {
  EncodeKernel evt2 = nullptr;
  // Leaves rows that are earlier than the one before.
  EncodeKernel dat = nullptr;
  // Leaves rows that may begin a vector of kFewestInVector pixels.
  EncodeKernel evt3 = nullptr;
};

// As many pixels take less words as vectors, of which there are three behind a base, than one by
// one; and how far they reach.
inline constexpr size_t kFewestInVector = 5;
inline constexpr int32_t kVectorPixels = 32;

// The best for this machine, or nulls: then rows are best written one by one.
EncodeKernels encode_kernels() noexcept;

extern const EncodeKernels kEncodeAvx2;
extern const EncodeKernels kEncodeAvx512;

}  // namespace evarrow::kernels
