// SPDX-License-Identifier: Apache-2.0
#include "containers/chunk_cache.h"

#include <algorithm>
#include <iterator>
#include <new>
#include <utility>

#include "evarrow/error.h"

namespace evarrow {
namespace {

constexpr size_t kKeptSlots = 2;
constexpr uint64_t kPlainBytes = uint64_t{1} << 20;      // of a chunk without filters, read at once
constexpr uint64_t kModestBytes = uint64_t{1} << 26;     // of a chunk, which need no proof
constexpr uint64_t kMostGrowth = 1100;                   // of larger chunks; deflate's is 1032
constexpr uint64_t kModestGrowth = 64 * 1024;            // that filters may add to bytes of noise
constexpr uint64_t kMostChunkBytes = uint64_t{1} << 32;  // HDF5's own limit
constexpr size_t kEventRecord = 16;                      // x, y, polarity, t as ECF has them

// What a column of `n` events takes, on a cache line of its own.
constexpr size_t padded(size_t bytes) noexcept { return (bytes + 63) / 64 * 64; }

[[noreturn]] void refuse(const std::string& name, const std::string& why) {
  throw Error(ErrorCode::kFormat, "the dataset '" + name + "' cannot be read: " + why);
}

}  // namespace

struct ChunkCache::Slot {
  enum class State : uint8_t { kEmpty, kLoading, kReady };

  size_t chunk = 0;
  State state = State::kEmpty;
  size_t users = 0;
  const std::byte* bytes = nullptr;
  bool columns = false;
  const char* damage = nullptr;
  std::string why;
  Scratch stored;
  std::unique_ptr<std::byte[]> rows;
  size_t rows_size = 0;
  codecs::Scratch scratch;

  // Memory for decoded rows.
  std::byte* room(size_t bytes) {
    if (rows_size < bytes) {
      rows_size = 0;
      rows = std::make_unique_for_overwrite<std::byte[]>(bytes);
      rows_size = bytes;
    }
    return rows.get();
  }
};

ChunkCache::ChunkCache(ChunkedRows dataset, uint64_t rows, Source& file)
    : dataset_(std::move(dataset)),
      rows_(rows),
      content_(dataset_.content.empty() ? nullptr : open_memory(dataset_.content, nullptr)),
      file_(content_ == nullptr ? file : *content_),
      fill_(dataset_.fill) {
  check_filters();
  const uint64_t row_bytes = dataset_.row_bytes;
  const uint64_t most = plain_ ? std::max(kMostChunkBytes, most_plain_bytes()) : kMostChunkBytes;
  if (row_bytes == 0 || dataset_.chunk_rows == 0 || dataset_.chunk_rows > most / row_bytes) {
    refuse(name(), "its chunks have " + std::to_string(dataset_.chunk_rows) + " rows of " +
                       std::to_string(row_bytes) + " bytes");
  }
  fill_.resize(row_bytes);
  check_chunks(rows);
  if (plain_) cut_plain_chunks(rows);
  for (size_t i = 0; i < dataset_.chunks.size(); ++i) stored_rows_ += rows_of(i);
}

ChunkCache::~ChunkCache() = default;

// Rows that are not in chunks may be as many as the file holds, or some times that: it may have
// been cut off.
uint64_t ChunkCache::most_plain_bytes() const noexcept {
  constexpr uint64_t kTimes = 16;
  return std::min<uint64_t>(file_.size(), UINT64_MAX / kTimes) * kTimes;
}

void ChunkCache::check_filters() {
  for (const ChunkFilter& filter : dataset_.filters) {
    filters_.push_back({.id = filter.id, .values = filter.values});
    const char* why = codecs::why_unsupported(filters_.back());
    if (why != nullptr) {
      refuse(name(), "its filter " + std::to_string(filter.id) + " (" +
                         codecs::filter_name(filter.id) + ") cannot be undone: " + why);
    }
  }
  plain_ = filters_.empty();
  exact_ = !plain_ && filters_[0].id >= codecs::kDvEvents;
  bulky_ = !plain_ && (filters_[0].id == codecs::kDvImu || filters_[0].id == codecs::kDvFrame);
  ecf_ = filters_.size() == 1 && filters_[0].id == codecs::kEcf &&
         dataset_.row_bytes == kEventRecord && dataset_.chunk_rows <= codecs::kMostEcfEvents;
}

// Rows without filters can be read from any place: they are, in pieces of modest size.
void ChunkCache::cut_plain_chunks(uint64_t rows) {
  const uint64_t row_bytes = dataset_.row_bytes;
  const uint64_t piece = std::max<uint64_t>(kPlainBytes / row_bytes, 1);
  if (dataset_.chunk_rows <= piece) return;
  std::vector<Chunk> pieces;
  for (const Chunk& chunk : dataset_.chunks) {
    const uint64_t stored = std::min(dataset_.chunk_rows, rows - std::min(rows, chunk.row));
    for (uint64_t row = 0; row < stored; row += piece) {
      const uint64_t at = std::min(row * row_bytes, chunk.size);
      pieces.push_back({.row = chunk.row + row,
                        .offset = chunk.offset + at,
                        .size = std::min(piece * row_bytes, chunk.size - at)});
    }
  }
  dataset_.chunks = std::move(pieces);
  dataset_.chunk_rows = piece;
}

void ChunkCache::check_chunks(uint64_t rows) const {
  uint64_t end = 0;
  for (const Chunk& chunk : dataset_.chunks) {
    if (chunk.row < end || chunk.row >= rows || chunk.offset > chunk.offset + chunk.size) {
      refuse(name(), "its chunk at row " + std::to_string(chunk.row) +
                         " overlaps another or lies outside of its " + std::to_string(rows) +
                         " rows");
    }
    end = chunk.row + (exact_ ? 1 : dataset_.chunk_rows);
  }
}

uint64_t ChunkCache::rows_of(size_t chunk) const noexcept {
  const std::vector<Chunk>& chunks = dataset_.chunks;
  const uint64_t next = chunk + 1 < chunks.size() ? chunks[chunk + 1].row : rows_;
  return std::min(dataset_.chunk_rows, next - chunks[chunk].row);
}

ChunkCache::Rows ChunkCache::rows_at(uint64_t row) noexcept {
  Rows rows;
  const std::vector<Chunk>& chunks = dataset_.chunks;
  const auto after = std::ranges::upper_bound(chunks, row, {}, &Chunk::row);
  const auto chunk = static_cast<size_t>(after - chunks.begin()) - 1;  // wraps: there is none
  const bool before_all = after == chunks.begin();
  if (before_all || row >= chunks[chunk].row + rows_of(chunk)) {
    rows.begin_ = before_all ? 0 : chunks[chunk].row + rows_of(chunk);
    rows.end_ = after == chunks.end() ? rows_ : after->row;
    rows.bytes_ = fill_.data();
    return rows;
  }
  rows.begin_ = chunks[chunk].row;
  rows.end_ = rows.begin_ + rows_of(chunk);
  rows.slot_ = claim(chunk);
  if (rows.slot_ == nullptr) {
    rows.damage_ = "there is not enough memory";
    return rows;
  }
  rows.cache_ = this;
  rows.bytes_ = rows.slot_->bytes;
  rows.row_bytes_ = dataset_.row_bytes;
  rows.columns_of_ = rows.slot_->columns ? rows_of(chunk) : 0;
  rows.damage_ = rows.slot_->damage;
  return rows;
}

uint64_t ChunkCache::most_bytes(uint64_t row) const noexcept {
  const auto after = std::ranges::upper_bound(dataset_.chunks, row, {}, &Chunk::row);
  if (after == dataset_.chunks.begin()) return 0;
  if (plain_) return file_.size();
  return std::max(kModestBytes, std::min(std::prev(after)->size, kMostChunkBytes) * kMostGrowth);
}

std::optional<uint64_t> ChunkCache::byte_of(uint64_t row, uint64_t at) const noexcept {
  const auto after = std::ranges::upper_bound(dataset_.chunks, row, {}, &Chunk::row);
  if (after == dataset_.chunks.begin()) return {};
  const Chunk& chunk = *std::prev(after);
  if (chunk.damage != nullptr) return chunk.offset;
  if (content_ != nullptr) return {};
  const uint64_t skip = plain_ ? (row - chunk.row) * dataset_.row_bytes + at : 0;
  return file_.byte_in_file(chunk.offset + skip);
}

// The slot with a chunk, decoded by this thread if no other has done so. Null: no memory.
ChunkCache::Slot* ChunkCache::claim(size_t chunk) noexcept {
  std::unique_lock lock(mutex_);
  Slot* slot = nullptr;
  size_t kept = 0;
  for (Slot& one : slots_) {
    if (one.state != Slot::State::kEmpty && one.chunk == chunk) {
      ++one.users;
      loaded_.wait(lock, [&] { return one.state == Slot::State::kReady; });
      return &one;
    }
    ++kept;
    if (one.users == 0) slot = &one;  // the last one is the one left alone for longest
  }
  if (slot == nullptr || kept < kKeptSlots) {
    try {
      slot = &slots_.emplace_front();
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
  }
  slot->chunk = chunk;
  slot->state = Slot::State::kLoading;
  slot->users = 1;
  const auto at = std::ranges::find_if(slots_, [&](const Slot& one) { return &one == slot; });
  slots_.splice(slots_.begin(), slots_, at);
  lock.unlock();
  load(*slot);
  lock.lock();
  slot->state = Slot::State::kReady;
  loaded_.notify_all();
  return slot;
}

void ChunkCache::load(Slot& slot) noexcept {
  slot.columns = false;
  slot.bytes = nullptr;
  slot.damage = nullptr;
  try {
    read(slot);
  } catch (const std::exception& error) {
    slot.why = error.what();
    slot.damage = slot.why.c_str();
  }
}

void ChunkCache::read(Slot& slot) {
  const Chunk& chunk = dataset_.chunks[slot.chunk];
  if (chunk.damage != nullptr) {
    slot.damage = chunk.damage;
    return;
  }
  const uint64_t wanted = rows_of(slot.chunk) * dataset_.row_bytes;
  const uint64_t whole = exact_ ? wanted : dataset_.chunk_rows * dataset_.row_bytes;
  if (!plain_ && !bulky_ && chunk.size > whole + whole / 2 + kModestGrowth) {
    slot.damage = "it is larger than its rows can be";
    return;
  }
  const Bytes stored =
      file_.read(chunk.offset, plain_ ? std::min(chunk.size, wanted) : chunk.size, slot.stored);
  file_.check(chunk.offset + stored.size());
  if (plain_ || stored.size() < chunk.size) {
    if (stored.size() < wanted) slot.damage = "the file ends before it does";
    slot.bytes = stored.data();
  } else if (ecf_ && (chunk.skipped & 1) == 0) {
    decode_columns(slot, stored);
  } else if (whole > kModestBytes && whole / kMostGrowth > chunk.size) {
    slot.damage = "it is too small for the rows that it should hold";
  } else {
    undo_filters(slot, stored, whole);
  }
}

void ChunkCache::undo_filters(Slot& slot, Bytes stored, size_t size) {
  std::byte* const out = slot.room(size);
  const auto undone =
      codecs::undo_filters(filters_, static_cast<uint32_t>(dataset_.chunks[slot.chunk].skipped),
                           stored, {out, size}, slot.scratch);
  if (undone.outcome != codecs::Outcome::kDone) {
    slot.why = undone.why;
    if (undone.filter != 0) slot.why = codecs::filter_name(undone.filter) + (": " + slot.why);
    slot.damage = slot.why.c_str();
  } else if (undone.bytes.size() < rows_of(slot.chunk) * dataset_.row_bytes) {
    slot.damage = "it is smaller than its rows";
  }
  slot.bytes = undone.bytes.data();
}

size_t ChunkCache::decode_to(uint64_t row, uint64_t most, const codecs::EcfColumns& out,
                             Scratch& stored) noexcept {
  const std::vector<Chunk>& chunks = dataset_.chunks;
  const auto at = std::ranges::lower_bound(chunks, row, {}, &Chunk::row);
  if (at == chunks.end() || at->row != row || (at->skipped & 1) != 0) return 0;
  const uint64_t rows = rows_of(static_cast<size_t>(at - chunks.begin()));
  if (rows > most || at->size > codecs::ecf_bound(dataset_.chunk_rows)) return 0;
  try {
    const Bytes bytes = file_.read(at->offset, at->size, stored);
    file_.check(at->offset + bytes.size());
    const auto decoded = codecs::ecf_decode(bytes, rows, out);
    const bool sound = bytes.size() == at->size && decoded.damage == nullptr;
    return sound && decoded.events == rows ? rows : 0;
  } catch (const std::exception&) {
    return 0;
  }
}

// A block of ECF holds columns: they need not become records first.
void ChunkCache::decode_columns(Slot& slot, Bytes stored) {
  const size_t rows = rows_of(slot.chunk);
  const size_t narrow = padded(rows * sizeof(int16_t));
  std::byte* const memory = slot.room(padded(rows * sizeof(int64_t)) + 2 * narrow + padded(rows));
  std::byte* const x = memory + padded(rows * sizeof(int64_t));
  std::byte* const y = x + narrow;
  const codecs::EcfColumns columns = {.x = reinterpret_cast<int16_t*>(x),
                                      .y = reinterpret_cast<int16_t*>(y),
                                      .t = reinterpret_cast<int64_t*>(memory),
                                      .polarity = reinterpret_cast<int8_t*>(y + narrow),
                                      .off = 0};
  const auto decoded = codecs::ecf_decode(stored, rows, columns);
  if (decoded.damage != nullptr) {
    slot.damage = decoded.damage;
  } else if (decoded.events < rows) {
    slot.damage = "it has fewer events than rows";
  }
  slot.bytes = memory;
  slot.columns = true;
}

StoredValues ChunkCache::Rows::values(const StoredColumn& column, uint64_t row) const noexcept {
  const auto skip = static_cast<size_t>(row - begin_);
  if (columns_of_ == 0) {
    return {.first = bytes_ + skip * row_bytes_ + column.at,
            .step = row_bytes_,
            .type = column.type,
            .big_endian = column.big_endian,
            .first_bit = column.first_bit,
            .bits = column.bits,
            .inverted = column.inverted};
  }
  const size_t x = padded(columns_of_ * sizeof(int64_t));
  const size_t narrow = padded(columns_of_ * sizeof(int16_t));
  const auto at = [&](size_t begin, Stored type) {
    StoredValues values;
    values.first = bytes_ + begin + skip * width_of(type);
    values.step = width_of(type);
    values.type = type;
    return values;
  };
  switch (column.at) {
    case kRecordT:
      return at(0, Stored::kInt64);
    case kRecordY:
      return at(x + narrow, Stored::kInt16);
    case kRecordPolarity:
      return at(x + 2 * narrow, Stored::kInt8);
    default:
      return at(x, Stored::kInt16);
  }
}

void ChunkCache::Rows::release() noexcept {
  if (cache_ == nullptr) return;
  const std::lock_guard lock(cache_->mutex_);
  --slot_->users;
  cache_ = nullptr;
}

void ChunkCache::Rows::swap(Rows& other) noexcept {
  std::swap(cache_, other.cache_);
  std::swap(slot_, other.slot_);
  std::swap(begin_, other.begin_);
  std::swap(end_, other.end_);
  std::swap(bytes_, other.bytes_);
  std::swap(row_bytes_, other.row_bytes_);
  std::swap(columns_of_, other.columns_of_);
  std::swap(damage_, other.damage_);
}

}  // namespace evarrow
