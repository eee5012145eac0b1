// SPDX-License-Identifier: Apache-2.0
// Chunks of events as HDF5 files of two layouts hold them, made by all threads. Who writes the file
// (in Python, h5py) puts them where they belong.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "evarrow/event.h"

namespace evarrow {

struct ChunkOptions {
  // "dsec": datasets x u16, y u16, t u32 behind the time offset and p u8, in this order.
  // "prophesee-hdf5": one dataset of records u16 x | u16 y | i16 p | 16 bits of 0 | i64 t.
  std::string layout;
  // "none", or of "dsec" "lz4" or "zstd" (in buffers of blosc, bytes shuffled), of "prophesee-hdf5"
  // "ecf".
  std::string compression = "none";
  int level = 1;       // 1 to 9, of blosc
  size_t rows = 1024;  // of a chunk; at most 65'535 with ECF
  int threads = 0;     // as everywhere
  int64_t period =
      1000;  // microseconds, of the periods behind the first event whose starts are noted
};

// The first event in a period or, where it has none, behind it.
struct PeriodStart {
  uint64_t row = 0;
  int64_t t = 0;
};

struct EncodedChunk {
  uint32_t dataset = 0;
  uint64_t row = 0;      // its first
  uint32_t skipped = 0;  // HDF5's mask of filters that were not applied
  Bytes bytes;           // valid until the call returns
};

class ChunkEncoder {
 public:
  using Put = std::function<void(const EncodedChunk&)>;

  // Throws Error(kArgument) if there is no such layout or compression.
  explicit ChunkEncoder(const ChunkOptions& options);
  ~ChunkEncoder();
  ChunkEncoder(ChunkEncoder&&) noexcept;
  ChunkEncoder& operator=(ChunkEncoder&&) noexcept;

  // Takes events and gives out the chunks that are full, in order of rows and one at a time, on
  // whichever thread is free. Throws Error(kArgument) that names the first row that the layout
  // cannot hold.
  void encode(const EventBatch& events, const Put& put);
  // Gives out the last chunks; all that are without ECF, or not applied, are filled up with zeros.
  void finish(const Put& put);

  // Of the periods that have begun since the last call, up to the first 2^23.
  std::vector<PeriodStart> take_starts();

  // How many were taken, with those whose chunks are being given out.
  uint64_t events() const noexcept;
  // What "dsec" takes from all times: that of the first event; 0 before it.
  int64_t time_offset() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace evarrow
