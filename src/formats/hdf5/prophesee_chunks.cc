// SPDX-License-Identifier: Apache-2.0
// Records of Prophesee's HDF5 files, as they are or as a block of ECF.
#include <cstring>
#include <string>

#include "codecs/ecf.h"
#include "codecs/filters.h"
#include "evarrow/error.h"
#include "formats/hdf5/chunk_maker.h"

namespace evarrow::hdf5 {
namespace {

constexpr uint32_t kFirstFilter = 1;  // the bit of a mask

struct Record {
  uint16_t x;
  uint16_t y;
  int16_t polarity;
  uint16_t unused;
  int64_t t;
};
static_assert(sizeof(Record) == codecs::kEcfRecord);

class PropheseeMaker final : public ChunkMaker {
 public:
  explicit PropheseeMaker(const ChunkOptions& options) : options_(options) {
    if (options.compression != "none" && options.compression != "ecf") {
      throw Error(ErrorCode::kArgument,
                  "chunks of Prophesee's HDF5 files are compressed with 'ecf' or 'none', not '" +
                      options.compression + "'");
    }
    if (options.compression == "ecf" && options.rows > codecs::kMostEcfEvents) {
      throw Error(ErrorCode::kArgument, "a block of ECF has no more than 65535 events");
    }
  }

  uint32_t datasets() const noexcept override { return 1; }

  bool holds(const EventBatch& events) const override { return holds_pixels(events); }
  void refuse(const EventBatch& events, uint64_t before) const override {
    refuse_pixels(events, before, "Prophesee's HDF5");
  }

  // The filter is an optional one: what its blocks cannot hold, pixels beyond 2047 and times that
  // step back, is stored as records, and the chunk's mask says so.
  void make(uint32_t /*dataset*/, const EventBatch& rows, MadeChunk& chunk) const override {
    chunk.skipped = 0;
    if (options_.compression == "ecf") {
      const codecs::EcfEvents events = {
          .x = rows.x(), .y = rows.y(), .t = rows.t(), .polarity = rows.polarity()};
      const size_t n = rows.size();
      chunk.packed.resize(codecs::ecf_bound(n));
      const codecs::EcfEncoded block =
          codecs::ecf_encode(events, n, codecs::ecf_mode(events, n), chunk.packed.data());
      if (block.misfit == codecs::EcfMisfit::kNone) {
        chunk.bytes = Bytes(chunk.packed).first(block.bytes);
        return;
      }
      chunk.skipped = kFirstFilter;
    }
    chunk.plain.assign(options_.rows * sizeof(Record), std::byte{0});
    auto* to = reinterpret_cast<Record*>(chunk.plain.data());
    for (size_t i = 0; i < rows.size(); ++i) {
      to[i] = {.x = static_cast<uint16_t>(rows.x()[i]),
               .y = static_cast<uint16_t>(rows.y()[i]),
               .polarity = static_cast<int16_t>(rows.polarity()[i] > 0 ? 1 : 0),
               .unused = 0,
               .t = rows.t()[i]};
    }
    chunk.bytes = chunk.plain;
  }

 private:
  ChunkOptions options_;
};

}  // namespace

std::unique_ptr<ChunkMaker> make_prophesee_maker(const ChunkOptions& options) {
  return std::make_unique<PropheseeMaker>(options);
}

}  // namespace evarrow::hdf5
