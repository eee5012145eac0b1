// SPDX-License-Identifier: Apache-2.0
#include "containers/stitched_source.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "containers/chunk_cache.h"
#include "evarrow/error.h"

namespace evarrow {
namespace {

constexpr uint64_t kMostSpread = 2;  // times as many bytes are read to get those of several pieces

class StitchedSource final : public Source {
 public:
  StitchedSource(Stitching stitching, std::shared_ptr<Source> file)
      : pieces_(std::move(stitching.pieces)),
        size_(stitching.size),
        memory_(std::move(stitching.memory)),
        file_(std::move(file)) {
    key_ = file_->key();
    if (stitching.chunks.chunks.empty()) return;
    chunks_ = std::make_unique<ChunkCache>(std::move(stitching.chunks), stitching.opened, *file_);
  }

  Bytes read(uint64_t offset, size_t size, Scratch& scratch) override {
    if (offset >= size_) return {};
    size = static_cast<size_t>(std::min<uint64_t>(size, size_ - offset));
    size_t piece = piece_at(offset);
    if (lies_in_file(piece) && offset + size <= end_of(piece)) {
      return file_->read(place(piece, offset), size, scratch);
    }
    if (scratch.size() < size) scratch.resize(size);
    size_t done = 0;
    while (done < size) {
      const size_t got = copy_some(piece, offset + done, {scratch.data() + done, size - done});
      done += got;
      if (got == 0) break;  // the file is shorter than it was
      while (piece < pieces_.size() && end_of(piece) <= offset + done) ++piece;
    }
    return {scratch.data(), done};
  }

  bool copies() const noexcept override { return true; }
  // Of bytes that the file does not have: where what follows them comes from.
  std::optional<uint64_t> byte_in_file(uint64_t offset) const noexcept override {
    if (pieces_.empty()) return {};
    for (size_t piece = piece_at(std::min(offset, size_ - 1)); piece < pieces_.size(); ++piece) {
      const uint64_t from = place(piece, std::max(offset, pieces_[piece].at));
      if (pieces_[piece].space == Space::kFile) return file_->byte_in_file(from);
      if (pieces_[piece].space == Space::kChunks) return chunks_->byte_of(from, 0);
    }
    return {};
  }
  uint64_t size() const noexcept override { return size_; }
  // Pages of the file are not its own: other streams lie between its pieces.
  void drop(uint64_t /*begin*/, uint64_t /*end*/) noexcept override {}

 private:
  size_t piece_at(uint64_t offset) const noexcept {
    const auto after = std::ranges::upper_bound(pieces_, offset, {}, &StitchedPiece::at);
    return static_cast<size_t>(after - pieces_.begin()) - 1;
  }
  uint64_t end_of(size_t piece) const noexcept {
    return piece + 1 < pieces_.size() ? pieces_[piece + 1].at : size_;
  }
  bool lies_in_file(size_t piece) const noexcept { return pieces_[piece].space == Space::kFile; }
  uint64_t place(size_t piece, uint64_t offset) const noexcept {
    return pieces_[piece].from + (offset - pieces_[piece].at);
  }

  // Copies what of `out` lies in one piece, or in several that are near to each other.
  size_t copy_some(size_t piece, uint64_t offset, std::span<std::byte> out) {
    const auto most = static_cast<size_t>(std::min<uint64_t>(out.size(), end_of(piece) - offset));
    switch (pieces_[piece].space) {
      case Space::kFile:
        return copy_of_file(piece, offset, out);
      case Space::kChunks:
        return copy_of_chunk(place(piece, offset), out.first(most));
      case Space::kMemory:
        break;
    }
    std::memcpy(out.data(), memory_.data() + place(piece, offset), most);
    return most;
  }

  // One read for all pieces of the file that follow each other closely.
  size_t copy_of_file(size_t piece, uint64_t offset, std::span<std::byte> out) {
    const uint64_t begin = place(piece, offset);
    size_t last = piece;
    uint64_t taken = std::min<uint64_t>(out.size(), end_of(piece) - offset);
    uint64_t end = begin + taken;
    while (taken < out.size() && last + 1 < pieces_.size() && lies_in_file(last + 1)) {
      const uint64_t from = pieces_[last + 1].from;
      const uint64_t more =
          std::min<uint64_t>(out.size() - taken, end_of(last + 1) - pieces_[last + 1].at);
      if (from < end || from + more - begin > kMostSpread * (taken + more)) break;
      taken += more;
      end = from + more;
      ++last;
    }
    thread_local Scratch scratch;
    const Bytes bytes = file_->read(begin, static_cast<size_t>(end - begin), scratch);
    size_t done = 0;
    for (size_t i = piece; i <= last; ++i) {
      const uint64_t from = i == piece ? begin : pieces_[i].from;
      const uint64_t stop = i == piece ? end_of(i) - offset : end_of(i) - pieces_[i].at;
      const uint64_t skip = std::min<uint64_t>(from - begin, bytes.size());
      const auto n = std::min<uint64_t>({stop, out.size() - done, bytes.size() - skip});
      if (n != 0) std::memcpy(out.data() + done, bytes.data() + skip, n);  // there may be none
      done += n;
    }
    return done;
  }

  size_t copy_of_chunk(uint64_t row, std::span<std::byte> out) {
    const ChunkCache::Rows rows = chunks_->rows_at(row);
    if (rows.damage() != nullptr) {
      throw Error(ErrorCode::kChanged,
                  std::string("a chunk of the file can no longer be opened: ") + rows.damage());
    }
    const size_t n = std::min<uint64_t>(out.size(), rows.end() - row);
    const StoredValues bytes = rows.values({.type = Stored::kUint8}, row);
    std::memcpy(out.data(), bytes.first, n);
    return n;
  }

  std::vector<StitchedPiece> pieces_;
  uint64_t size_;
  std::vector<std::byte> memory_;
  std::shared_ptr<Source> file_;
  std::unique_ptr<ChunkCache> chunks_;
};

}  // namespace

void Stitching::add(Space space, uint64_t from, uint64_t bytes) {
  if (bytes == 0) return;
  const bool goes_on = !pieces.empty() && pieces.back().space == space &&
                       pieces.back().from + (size - pieces.back().at) == from;
  if (!goes_on) pieces.push_back({.at = size, .from = from, .space = space});
  size += bytes;
}

void Stitching::add(Bytes bytes) {
  add(Space::kMemory, memory.size(), bytes.size());
  memory.insert(memory.end(), bytes.begin(), bytes.end());
}

std::shared_ptr<Source> make_stitched_source(Stitching stitching, std::shared_ptr<Source> file) {
  return std::make_shared<StitchedSource>(std::move(stitching), std::move(file));
}

}  // namespace evarrow
