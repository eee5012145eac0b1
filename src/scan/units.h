// SPDX-License-Identifier: Apache-2.0
// The bytes of a pass, a stretch at a time, and the decoder that stands at their front.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "evarrow/format.h"
#include "evarrow/scan.h"
#include "io/read_ahead.h"
#include "io/source.h"
#include "scan/index.h"
#include "scan/shared.h"

namespace evarrow {

// A stretch of the file to decode, and the state its decoder is in at its first word.
struct Segment {
  uint64_t begin;
  uint64_t end;  // kToTheEnd: wherever the file ends
  DecoderState state;
};
inline constexpr uint64_t kToTheEnd = ~uint64_t{0};

class Units {
 public:
  // `ahead`: another thread may read the next bytes while these are decoded.
  Units(const Recording::Shared& shared, std::vector<Segment> segments, int64_t origin,
        bool ahead = false);

  // Decodes from where it stands into `out` until a unit ends or `out` is full. False if there is
  // nothing left to decode. Throws Error from the source.
  bool decode(const Batches& out);

  // Whether the last decode() came to the end of a unit, and the unknown words of that unit are
  // too many for this format.
  bool looks_wrong() const noexcept { return looks_wrong_; }
  // The same of the part of the unit that was decoded so far.
  bool seems_wrong() const noexcept;
  uint64_t first_unknown() const noexcept;

  // What is wrong with the last corrupt rows or bad values.
  std::string why() const { return decoder_->why(); }

  // Position of the word that gave row `row` of the rows that the last decode() appended.
  uint64_t offset_of_row(size_t row) const;

  uint64_t offset() const noexcept { return decoder_->offset(); }
  // That of the decoder, on the sensor's clock.
  DecoderState state() const noexcept;
  // What bytes are read into: who has some keeps the system from making more.
  Scratch& scratch() noexcept { return scratch_; }
  uint64_t bytes_read() const noexcept { return bytes_read_; }
  // With the unfinished last word, once the pass has come to the end of the file.
  Faults faults() const noexcept;
  void drop_behind() noexcept;

 private:
  bool enter_segment();
  void leave_segment(uint64_t left);
  struct Window {
    Bytes own;     // to be read
    Bytes behind;  // to be looked at
  };
  Window window(uint64_t begin, uint64_t end);
  uint64_t window_limit() const noexcept;
  void look_ahead(Decoder& decoder, uint64_t offset, const Window& at) const noexcept;
  static size_t line_of_row(Decoder& decoder, size_t row, Bytes bytes);
  Bytes next_window(uint64_t begin);
  void start_ahead(uint64_t begin);

  const Recording::Shared& shared_;
  std::vector<Segment> segments_;
  int64_t origin_;
  std::unique_ptr<Decoder> decoder_;
  size_t segment_ = 0;
  uint64_t end_ = 0;         // of the segment
  uint64_t unit_begin_ = 0;  // of the unit in which the decoder stands
  uint64_t unit_end_ = 0;
  Scratch scratch_;
  bool may_read_ahead_;
  std::unique_ptr<ReadAhead> ahead_;
  Bytes window_;  // bytes at hand, from window_begin_ on
  uint64_t window_begin_ = 0;
  uint64_t dropped_ = 0;  // everything before it was given up
  uint64_t unknown_before_unit_ = 0;
  DecoderState last_state_;  // where the last decode() began
  uint64_t last_offset_ = 0;
  bool looks_wrong_ = false;
  bool to_the_end_ = false;  // the segment is the last of the file
  uint64_t rest_ = 0;        // bytes of the file behind its last whole word
  Fault truncated_;
  uint64_t bytes_read_ = 0;
  bool entered_ = false;
};

}  // namespace evarrow
