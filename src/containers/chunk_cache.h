// SPDX-License-Identifier: Apache-2.0
// The chunks of one dataset, decoded where they are wanted and kept while threads read them, so
// that no chunk is decoded twice because two threads or two batches end inside it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "codecs/ecf.h"
#include "codecs/filters.h"
#include "containers/values.h"
#include "evarrow/chunk_plan.h"
#include "io/source.h"

namespace evarrow {

// Where the columns lie in records of ECF.
inline constexpr uint32_t kRecordX = 0, kRecordY = 2, kRecordPolarity = 4, kRecordT = 8;

class ChunkCache {
  struct Slot;

 public:
  // `rows`: of the whole stream. Throws Error(kFormat) if the chunks cannot be as they are said to
  // be, or if one of the filters cannot be undone.
  ChunkCache(ChunkedRows dataset, uint64_t rows, Source& file);
  ~ChunkCache();
  ChunkCache(const ChunkCache&) = delete;
  ChunkCache& operator=(const ChunkCache&) = delete;

  // Rows [begin, end) of the dataset: a decoded chunk, or what lies between two. Valid as long as
  // the object lives.
  class Rows {
   public:
    Rows() = default;
    ~Rows() { release(); }
    Rows(Rows&& other) noexcept { swap(other); }
    Rows& operator=(Rows&& other) noexcept {
      swap(other);
      return *this;
    }

    bool holds(uint64_t row) const noexcept { return row >= begin_ && row < end_; }
    uint64_t end() const noexcept { return end_; }
    // In words, why the rows cannot be had; null: they can.
    const char* damage() const noexcept { return damage_; }
    // The values of a column from `row` on.
    StoredValues values(const StoredColumn& column, uint64_t row) const noexcept;

   private:
    friend class ChunkCache;
    void release() noexcept;
    void swap(Rows& other) noexcept;

    ChunkCache* cache_ = nullptr;
    Slot* slot_ = nullptr;
    uint64_t begin_ = 0;
    uint64_t end_ = 0;
    const std::byte* bytes_ = nullptr;
    size_t row_bytes_ = 0;   // 0: all rows are the same bytes
    size_t columns_of_ = 0;  // not 0: columns of so many events, as ECF decodes them
    const char* damage_ = nullptr;
  };

  Rows rows_at(uint64_t row) noexcept;

  // Whether chunks are blocks of ECF, which hold columns as they are wanted.
  bool holds_columns() const noexcept { return ecf_; }
  // Decodes the chunk that begins at `row`, if one does and it has no more than `most` rows, to
  // where its columns are wanted. Returns its rows; 0: it is to be had as all others, or damaged.
  size_t decode_to(uint64_t row, uint64_t most, const codecs::EcfColumns& out,
                   Scratch& stored) noexcept;

  // The most bytes that the chunk of a row can be once its filters are undone; 0: it is in none.
  uint64_t most_bytes(uint64_t row) const noexcept;

  // The byte of the file that is `at` bytes into a row or, of rows that went through filters, where
  // their chunk begins; nothing if the file has no place for them.
  std::optional<uint64_t> byte_of(uint64_t row, uint64_t at) const noexcept;

  const std::string& name() const noexcept { return dataset_.name; }
  // Of rows that lie in chunks.
  uint64_t stored_rows() const noexcept { return stored_rows_; }

 private:
  uint64_t most_plain_bytes() const noexcept;
  void check_filters();
  void cut_plain_chunks(uint64_t rows);
  void check_chunks(uint64_t rows) const;
  Slot* claim(size_t chunk) noexcept;
  void load(Slot& slot) noexcept;
  void read(Slot& slot);
  void undo_filters(Slot& slot, Bytes stored, size_t size);
  void decode_columns(Slot& slot, Bytes stored);
  uint64_t rows_of(size_t chunk) const noexcept;

  ChunkedRows dataset_;
  uint64_t rows_;                    // of the stream
  std::shared_ptr<Source> content_;  // if the rows are not in the file
  Source& file_;
  std::vector<codecs::Filter> filters_;
  bool plain_ = false;  // without filters
  bool exact_ = false;  // chunks say themselves how many rows they have
  bool bulky_ = false;  // chunks may be far larger than their rows
  bool ecf_ = false;    // with that of Prophesee's files alone, on records of events
  uint64_t stored_rows_ = 0;
  std::vector<std::byte> fill_;

  std::mutex mutex_;
  std::condition_variable loaded_;
  std::list<Slot> slots_;
};

}  // namespace evarrow
