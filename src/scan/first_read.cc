// SPDX-License-Identifier: Apache-2.0
#include "scan/first_read.h"

#include <algorithm>
#include <utility>

#include "evarrow/machine.h"
#include "parallel/parallel_for.h"
#include "scan/stream.h"
#include "scan/units.h"

namespace evarrow {
namespace {

constexpr uint64_t kPartUnits = 8;
constexpr size_t kMostDescents = 16'384;    // of a part; more are for another way to read
constexpr size_t kFewRows = 16'384;         // room for the rows of a part at first
constexpr double kSpare = 1.1;              // room for more rows than so far let expect
constexpr uint64_t kLeastRoom = 64 * 1024;  // rows

}  // namespace

bool FirstRead::is_possible(const Recording::Shared& shared) {
  return shared.format->look_ahead != 0 && shared.source->size() > shared.header.payload;
}

FirstRead::FirstRead(const Scan& scan)
    : scan_(scan),
      shared_(scan.recording.shared()),
      origin_(origin_of(shared_)),
      columns_(scan.columns | column_bit(kT)),
      end_(shared_.source->size()),
      block_(index_block_bytes(*shared_.format, end_ - shared_.header.payload)),
      part_blocks_(std::max<uint64_t>(kPartUnits * unit_bytes(*shared_.format) / block_, 1)),
      threads_(thread_count(shared_.options.threads)),
      all_(kEventFields, 0, columns_) {
  const uint64_t step = block_ * part_blocks_;
  parts_.resize((end_ - shared_.header.payload + step - 1) / step);
}

bool FirstRead::run(const Progress& progress) {
  parallel_for(parts_.size(), threads_, [this](size_t i) { work(i); }, progress);
  return !give_up_;
}

void FirstRead::work(size_t number) {
  auto slot = take_slot(number);
  if (slot == nullptr) return;
  bool sound = false;
  try {
    sound = decode(number, *slot);
  } catch (...) {
    place(number, nullptr);
    throw;
  }
  for (const size_t placed : place(number, sound ? std::move(slot) : nullptr)) copy(parts_[placed]);
}

uint64_t FirstRead::begin_of(size_t part) const noexcept {
  return std::min(shared_.header.payload + part * part_blocks_ * block_, end_);
}

// False if there is damage, or something that this way of reading is not for.
bool FirstRead::decode(size_t number, Slot& slot) {
  Part& part = parts_[number];
  const uint64_t begin = begin_of(number);
  DecoderState state = shared_.format->make_decoder(shared_.header, shared_.decode)->state();
  if (begin > shared_.header.payload) {
    const Bytes before = shared_.source->read(begin - 1, 1, slot.bytes);
    if (before.empty()) return false;
    // Whether it stands in a line that began before, which is read there.
    state.words[0] = before[0] == std::byte{'\n'} ? 0 : 1;
  }
  const uint64_t end = begin_of(number + 1);
  Units units(shared_, {{.begin = begin, .end = end, .state = state}}, origin_);
  std::swap(units.scratch(), slot.bytes);
  slot.rows.resize(0);
  IndexBlock block = {.offset = begin, .state = state};
  uint64_t lost_before = 0;
  bool sound = true;
  while (sound && units.decode({.events = &slot.rows})) {
    sound = !is_damaged(shared_, units);
    if (slot.rows.room() == 0) slot.rows.reserve(2 * slot.rows.capacity());
    const uint64_t at = units.offset();
    if (at < end && (at - shared_.header.payload) % block_ != 0) continue;
    const uint64_t lost = units.faults()[FaultKind::kCorrupt].count;
    block.lost = lost - lost_before;
    sound = sound && add_block(part, block, slot.rows);
    block = {.offset = at, .event = slot.rows.size(), .state = units.state()};
    lost_before = lost;
  }
  part.faults = units.faults();
  part.events = slot.rows.size();
  std::swap(units.scratch(), slot.bytes);
  return sound && units.offset() == end;
}

// Looks at the times of the rows of a block that has come to its end. False if time steps back too
// often.
bool FirstRead::add_block(Part& part, const IndexBlock& begun, const Batch& rows) const {
  const auto* t = rows.column<int64_t>(kT);
  IndexBlock block = begun;
  loops_.widen_range(t + block.event, rows.size() - block.event, block.t_min, block.t_max);
  if (block.t_min <= block.t_max) {
    block.t_min += origin_;
    block.t_max += origin_;
  }
  part.blocks.push_back(block);
  for (size_t row = std::max<size_t>(block.event, 1); row < rows.size(); ++row) {
    row = row - 1 + loops_.first_descent(t + row - 1, rows.size() - row + 1);
    if (row >= rows.size()) break;
    part.descents.push_back(row);
  }
  return part.descents.size() <= kMostDescents;
}

// Null if others have given up. A part that no other waits for may have to wait for a slot, but
// never the one that all wait for.
std::unique_ptr<FirstRead::Slot> FirstRead::take_slot(size_t part) {
  std::unique_lock lock(mutex_);
  const size_t most = 2 * static_cast<size_t>(threads_) + 1;
  freed_.wait(lock, [&] { return give_up_ || !free_.empty() || slots_ < most || part == next_; });
  if (give_up_) return nullptr;
  if (!free_.empty()) {
    auto slot = std::move(free_.back());
    free_.pop_back();
    return slot;
  }
  ++slots_;
  lock.unlock();
  auto slot = std::make_unique<Slot>();
  slot->rows = Batch(kEventFields, kFewRows, columns_);
  return slot;
}

void FirstRead::give_back(std::unique_ptr<Slot> slot) {
  {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(slot));
  }
  freed_.notify_all();
}

// Says that a part is decoded, or without a slot that it is not to be had. Returns the parts whose
// place that makes known: it is for the caller to put them there.
std::vector<size_t> FirstRead::place(size_t number, std::unique_ptr<Slot> slot) {
  std::vector<size_t> placed;
  uint64_t rows = 0;
  {
    const std::lock_guard lock(mutex_);
    give_up_ = give_up_ || slot == nullptr;
    parts_[number].slot = std::move(slot);
    parts_[number].decoded = true;
    while (!give_up_ && next_ < parts_.size() && parts_[next_].decoded) {
      parts_[next_].first_row = rows_;
      rows_ += parts_[next_].events;
      placed.push_back(next_++);
    }
    rows = rows_;
  }
  freed_.notify_all();
  if (!placed.empty()) make_room(rows, begin_of(placed.back() + 1) - shared_.header.payload);
  return placed;
}

// Makes room for `rows`, which are in so many bytes of the payload, and for as many more as the
// other bytes let expect.
void FirstRead::make_room(uint64_t rows, uint64_t bytes) {
  {
    const std::shared_lock lock(growing_);
    if (rows <= all_.capacity()) return;
  }
  const std::unique_lock lock(growing_);
  if (rows <= all_.capacity()) return;
  const auto payload = static_cast<double>(end_ - shared_.header.payload);
  const double share = payload / static_cast<double>(std::max<uint64_t>(bytes, 1));
  const auto expected = static_cast<uint64_t>(static_cast<double>(rows) * share * kSpare);
  all_.resize(all_.capacity());  // all of it is kept
  all_.reserve(std::max(rows, expected) + kLeastRoom);
}

void FirstRead::copy(Part& part) {
  {
    const std::shared_lock lock(growing_);
    all_.copy_rows(part.first_row, part.slot->rows, 0, part.events);
  }
  give_back(std::move(part.slot));
}

FirstRead::Result FirstRead::take() {
  auto index = std::make_shared<Index>();
  Result result;
  for (Part& part : parts_) {
    const size_t first = index->blocks.size();
    for (IndexBlock block : part.blocks) {
      block.event += part.first_row;
      index->t_min = std::min(index->t_min, block.t_min);
      index->t_max = std::max(index->t_max, block.t_max);
      index->lost += block.lost;
      index->blocks.push_back(block);
    }
    for (uint64_t& row : part.descents) row += part.first_row;
    result.pieces.push_back(
        {.first_block = first, .last_block = index->blocks.size() - 1, .faults = part.faults});
    result.descents.push_back(std::move(part.descents));
  }
  index->end = end_;
  index->events = rows_;
  bound_lost(*index);
  all_.resize(rows_);
  result.index = std::move(index);
  result.rows = std::move(all_);
  return result;
}

}  // namespace evarrow
