// SPDX-License-Identifier: Apache-2.0
#include "scan/units.h"

#include <algorithm>
#include <system_error>

namespace evarrow {
namespace {

constexpr uint64_t kWindowUnits = 16;                              // that are read at once
constexpr uint64_t kWorthAThread = 8 * kWindowUnits * kUnitBytes;  // still to be read

// A unit with at least this many undefined words, and one in sixteen of all, is not this format:
// real recordings have far less than one in a hundred.
constexpr uint64_t kFewUnknown = 64;
constexpr uint64_t kUnknownShare = 16;

}  // namespace

Units::Units(const Recording::Shared& shared, std::vector<Segment> segments, int64_t origin,
             bool ahead)
    : shared_(shared),
      segments_(std::move(segments)),
      origin_(origin),
      decoder_(shared.format->make_decoder(shared.header, shared.decode)),
      may_read_ahead_(ahead && shared.source->copies() && shared.format->look_ahead == 0) {}

Faults Units::faults() const noexcept {
  Faults all = decoder_->faults();
  if (truncated_.count != 0) {
    all.add(FaultKind::kTruncated, truncated_.offset, truncated_.count);
  }
  return all;
}

DecoderState Units::state() const noexcept {
  DecoderState state = decoder_->state();
  state.epoch += origin_;
  return state;
}

bool Units::enter_segment() {
  if (segment_ == segments_.size()) return false;
  const Segment& segment = segments_[segment_];
  const Source& source = *shared_.source;
  end_ = segment.end;
  if (!source.sequential()) {
    const uint64_t bytes = source.size() - std::min(source.size(), shared_.header.payload);
    const uint64_t rest = bytes % shared_.format->word_size;
    const uint64_t last = shared_.header.payload + bytes - rest;
    to_the_end_ = end_ >= last;
    rest_ = rest;
    end_ = std::min(end_, last);
  }
  DecoderState state = segment.state;
  state.epoch -= origin_;
  decoder_->set_state(state);
  decoder_->set_offset(segment.begin);
  unit_end_ = segment.begin;
  ahead_.reset();
  entered_ = true;
  return true;
}

// `left`: bytes of a sequential source that are no whole word.
void Units::leave_segment(uint64_t left) {
  if (shared_.source->sequential()) rest_ = left;
  if (to_the_end_ || shared_.source->sequential()) {
    const uint64_t unfinished = decoder_->unfinished();
    truncated_ = {.count = unfinished + rest_, .offset = decoder_->offset() - unfinished};
  }
  ++segment_;
  entered_ = false;
}

// The bytes [begin, end), fewer at the end of the recording, and what the decoder wants to see
// behind them.
Units::Window Units::window(uint64_t begin, uint64_t end) {
  const uint64_t behind = shared_.format->look_ahead;
  const uint64_t wanted = std::min(end + behind, std::max(end, window_limit()));
  const uint64_t window_end = window_begin_ + window_.size();
  if (begin < window_begin_ || begin >= window_end || (behind != 0 && wanted > window_end)) {
    window_begin_ = begin;
    window_ = next_window(begin);
  }
  const Bytes rest = window_.subspan(begin - window_begin_);
  const Bytes own = rest.first(std::min<uint64_t>(end - begin, rest.size()));
  const uint64_t more = std::min<uint64_t>(behind, rest.size() - own.size());
  return {.own = own, .behind = rest.subspan(own.size(), more)};
}

// Behind the last byte that can be looked at.
uint64_t Units::window_limit() const noexcept {
  return shared_.source->sequential() ? kToTheEnd : shared_.source->size();
}

Bytes Units::next_window(uint64_t begin) {
  if (ahead_ == nullptr && may_read_ahead_ && end_ - begin >= kWorthAThread) start_ahead(begin);
  if (ahead_ != nullptr && ahead_->is_next(begin)) return ahead_->next();
  Source& source = *shared_.source;
  const uint64_t unit = unit_bytes(*shared_.format);
  const uint64_t size = source.sequential() ? unit : unit * kWindowUnits;
  return source.read(begin, std::min(size, end_ - begin) + shared_.format->look_ahead, scratch_);
}

void Units::start_ahead(uint64_t begin) {
  try {
    const uint64_t size = unit_bytes(*shared_.format) * kWindowUnits;
    ahead_ = std::make_unique<ReadAhead>(*shared_.source, begin, end_, size);
  } catch (const std::system_error&) {
    may_read_ahead_ = false;  // no more threads to be had
  }
}

bool Units::decode(const Batches& out) {
  looks_wrong_ = false;
  const uint64_t word = shared_.format->word_size;
  while (entered_ || enter_segment()) {
    const uint64_t offset = decoder_->offset();
    if (offset >= unit_end_) {
      const uint64_t payload = shared_.header.payload;
      const uint64_t unit = unit_bytes(*shared_.format);
      unit_begin_ = offset;
      unit_end_ = std::min(payload + ((offset - payload) / unit + 1) * unit, end_);
      unknown_before_unit_ = decoder_->faults()[FaultKind::kUnknownWord].count;
    }
    const Window at = offset < end_ ? window(offset, unit_end_) : Window();
    const Bytes bytes = at.own;
    if (bytes.size() < word) {
      leave_segment(bytes.size());
      continue;
    }
    shared_.source->check(offset + bytes.size() + at.behind.size());
    if (shared_.format->look_ahead != 0) look_ahead(*decoder_, offset, at);
    last_state_ = decoder_->state();
    last_offset_ = offset;
    const size_t read = decoder_->decode(bytes, out);
    bytes_read_ += read;
    const bool last = bytes.size() - read < word && offset + bytes.size() < unit_end_;
    if (offset + read >= unit_end_ || last) {
      looks_wrong_ = seems_wrong();
    }
    return true;
  }
  return false;
}

// A pipe ends where it gives fewer bytes than were asked for.
void Units::look_ahead(Decoder& decoder, uint64_t offset, const Window& at) const noexcept {
  const uint64_t end = offset + at.own.size() + at.behind.size();
  const bool last = shared_.source->sequential() ? at.behind.size() < shared_.format->look_ahead
                                                 : end >= shared_.source->size();
  decoder.look_ahead(at.behind, last);
}

bool Units::seems_wrong() const noexcept {
  const uint64_t words = (offset() - unit_begin_) / shared_.format->word_size;
  const uint64_t unknown = decoder_->faults()[FaultKind::kUnknownWord].count - unknown_before_unit_;
  return unknown >= kFewUnknown && unknown * kUnknownShare > words;
}

uint64_t Units::first_unknown() const noexcept {
  return unknown_before_unit_ == 0 ? decoder_->faults()[FaultKind::kUnknownWord].offset
                                   : unit_begin_;
}

uint64_t Units::offset_of_row(size_t row) const {
  const auto decoder = shared_.format->make_decoder(shared_.header, shared_.decode);
  decoder->set_state(last_state_);
  decoder->set_offset(last_offset_);
  Scratch scratch;
  const Bytes bytes = shared_.source->sequential()
                          ? window_.subspan(last_offset_ - window_begin_)
                          : shared_.source->read(last_offset_, unit_end_ - last_offset_, scratch);
  if (shared_.format->look_ahead != 0) return last_offset_ + line_of_row(*decoder, row, bytes);
  // Word by word, until the row is there: this happens once for a kind of fault.
  const size_t word = shared_.format->word_size;
  EventBatch rows(row + 1 + shared_.format->max_burst, 0);
  uint64_t begin = last_offset_;
  for (size_t at = 0; at + word <= bytes.size(); at += word) {
    begin = decoder->offset() - decoder->unfinished();
    if (decoder->decode(bytes.subspan(at, word), {.events = &rows}) == 0) break;
    if (rows.size() > row) break;
  }
  return begin;
}

// Where in `bytes` the line of a row begins: a decoder stops in front of one that has no room.
size_t Units::line_of_row(Decoder& decoder, size_t row, Bytes bytes) {
  EventBatch rows(row, 0);
  return decoder.decode(bytes, {.events = &rows});
}

void Units::drop_behind() noexcept {
  if (window_begin_ > dropped_) {
    shared_.source->drop(dropped_, window_begin_);
    dropped_ = window_begin_;
  }
}

}  // namespace evarrow
