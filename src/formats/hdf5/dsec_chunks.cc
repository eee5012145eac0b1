// SPDX-License-Identifier: Apache-2.0
// Columns of DSEC: x u16, y u16, t u32, p u8.
#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

#include "codecs/libraries.h"
#include "evarrow/error.h"
#include "formats/encoding.h"
#include "formats/hdf5/chunk_maker.h"

namespace evarrow::hdf5 {
namespace {

constexpr uint32_t kWidths[] = {2, 2, 4, 1};  // bytes of a value, in order of EventColumn
constexpr int64_t kMostTime = std::numeric_limits<uint32_t>::max();

class DsecMaker final : public ChunkMaker {
 public:
  explicit DsecMaker(const ChunkOptions& options) : options_(options) {
    const bool is_plain = options.compression == "none";
    if (!is_plain && options.compression != "lz4" && options.compression != "zstd") {
      throw Error(ErrorCode::kArgument,
                  "chunks of DSEC are compressed with 'zstd', 'lz4' or "
                  "'none', not '" +
                      options.compression + "'");
    }
    if (!is_plain && !codecs::kHasBlosc) {
      throw Error(ErrorCode::kArgument,
                  "this build of evarrow has no blosc: ask for no compression ('none')");
    }
    if (options.level < 1 || options.level > 9) {
      throw Error(ErrorCode::kArgument,
                  "levels of blosc are 1 to 9, not " + std::to_string(options.level));
    }
  }

  uint32_t datasets() const noexcept override { return 4; }
  int64_t time_offset() const noexcept override { return offset_; }

  void start(int64_t t) override { offset_ = t; }

  bool holds(const EventBatch& events) const override {
    if (events.size() == 0) return true;
    const auto [least, most] = std::ranges::minmax(std::span(events.t(), events.size()));
    return is_held(least) && is_held(most) && holds_pixels(events);
  }

  void refuse(const EventBatch& events, uint64_t before) const override {
    refuse_pixels(events, before, "DSEC");
    for (size_t i = 0; i < events.size(); ++i) {
      const int64_t t = events.t()[i];
      if (is_held(t)) continue;
      refuse_row({.rows = "events", .number = before + i},
                 "t is " + std::to_string(t) + " us, but DSEC holds 0 to 4294967295 us behind " +
                     "the first event, which is at " + std::to_string(offset_) +
                     " us: split the recording, or sort it if it is not in order");
    }
  }

  void make(uint32_t dataset, const EventBatch& rows, MadeChunk& chunk) const override {
    const size_t bytes = options_.rows * kWidths[dataset];
    const Bytes plain = column(dataset, rows, bytes, chunk);
    if (options_.compression == "none") {
      chunk.bytes = plain;
      return;
    }
    chunk.packed.resize(bytes + codecs::kMostBloscGrowth);
    const size_t packed = codecs::compress_blosc(options_.compression.c_str(), options_.level,
                                                 kWidths[dataset], plain, chunk.packed);
    if (packed == codecs::kBroken) {
      throw Error(ErrorCode::kArgument, "a chunk of " + std::to_string(bytes) +
                                            " bytes cannot be compressed by this build's blosc");
    }
    chunk.bytes = Bytes(chunk.packed).first(packed);
  }

 private:
  // The difference of any two times fits 64 bits without a sign.
  bool is_held(int64_t t) const noexcept {
    return t >= offset_ && static_cast<uint64_t>(t) - static_cast<uint64_t>(offset_) <=
                               static_cast<uint64_t>(kMostTime);
  }

  // The values as they are stored, and zeros up to `bytes`.
  Bytes column(uint32_t dataset, const EventBatch& rows, size_t bytes, MadeChunk& chunk) const {
    const size_t n = rows.size();
    const bool is_pixel = dataset == kX || dataset == kY;
    if (is_pixel && n * kWidths[dataset] == bytes) return {rows.bytes(dataset), bytes};
    chunk.plain.assign(bytes, std::byte{0});
    if (is_pixel) {
      std::memcpy(chunk.plain.data(), rows.bytes(dataset), n * kWidths[dataset]);
    } else if (dataset == kT) {
      auto* to = reinterpret_cast<uint32_t*>(chunk.plain.data());
      const auto offset = static_cast<uint64_t>(offset_);
      for (size_t i = 0; i < n; ++i) {
        to[i] = static_cast<uint32_t>(static_cast<uint64_t>(rows.t()[i]) - offset);
      }
    } else {
      auto* to = reinterpret_cast<uint8_t*>(chunk.plain.data());
      for (size_t i = 0; i < n; ++i) to[i] = rows.polarity()[i] > 0 ? 1 : 0;
    }
    return chunk.plain;
  }

  ChunkOptions options_;
  int64_t offset_ = 0;
};

}  // namespace

std::unique_ptr<ChunkMaker> make_dsec_maker(const ChunkOptions& options) {
  return std::make_unique<DsecMaker>(options);
}

}  // namespace evarrow::hdf5
