// SPDX-License-Identifier: Apache-2.0
#include "evarrow/block_source.h"

#include <algorithm>
#include <cstring>
#include <list>
#include <mutex>
#include <string>
#include <utility>

#include "evarrow/error.h"
#include "io/source.h"

namespace evarrow {
namespace {

constexpr size_t kKept = 5;  // blocks: one for each column of events, and the next of one of them

class BlockSource final : public Source {
 public:
  BlockSource(std::vector<uint64_t> ends, MakeBlock make, std::vector<uint64_t> places)
      : ends_(std::move(ends)), make_(std::move(make)), places_(std::move(places)) {}

  Bytes read(uint64_t offset, size_t size, Scratch& scratch) override {
    if (offset >= this->size()) return {};
    size = static_cast<size_t>(std::min<uint64_t>(size, this->size() - offset));
    if (scratch.size() < size) scratch.resize(size);
    const auto first = std::ranges::upper_bound(ends_, offset);
    auto index = static_cast<size_t>(first - ends_.begin());
    for (size_t done = 0; done < size; ++index) {
      const Block block = block_at(index);
      const auto skip = static_cast<size_t>(offset + done - begin_of(index));
      const size_t n = std::min(size - done, block.bytes.size() - skip);
      if (n != 0) std::memcpy(scratch.data() + done, block.bytes.data() + skip, n);
      done += n;
    }
    return {scratch.data(), size};
  }

  bool copies() const noexcept override { return true; }
  std::optional<uint64_t> byte_in_file(uint64_t offset) const noexcept override {
    const auto index = static_cast<size_t>(std::ranges::upper_bound(ends_, offset) - ends_.begin());
    if (index >= places_.size()) return {};
    return places_[index];
  }
  uint64_t size() const noexcept override { return ends_.empty() ? 0 : ends_.back(); }
  void drop(uint64_t /*begin*/, uint64_t /*end*/) noexcept override {}

 private:
  uint64_t begin_of(size_t index) const noexcept { return index == 0 ? 0 : ends_[index - 1]; }

  Block block_at(size_t index) {
    {
      const std::lock_guard lock(mutex_);
      const auto at =
          std::ranges::find_if(kept_, [&](const auto& one) { return one.first == index; });
      if (at != kept_.end()) {
        kept_.splice(kept_.begin(), kept_, at);
        return at->second;
      }
    }
    // Without the lock: who makes it may wait for what another thread has that waits for the lock.
    const Block made = make_(index);
    const uint64_t wanted = ends_[index] - begin_of(index);
    if (made.bytes.size() != wanted) {
      throw Error(ErrorCode::kDamaged, "a block of " + std::to_string(wanted) + " bytes has " +
                                           std::to_string(made.bytes.size()));
    }
    const std::lock_guard lock(mutex_);
    kept_.emplace_front(index, made);
    if (kept_.size() > kKept) kept_.pop_back();
    return made;
  }

  std::vector<uint64_t> ends_;
  MakeBlock make_;
  std::vector<uint64_t> places_;
  std::mutex mutex_;
  std::list<std::pair<size_t, Block>> kept_;  // the one used last is in front
};

}  // namespace

std::shared_ptr<Source> make_block_source(std::vector<uint64_t> ends, MakeBlock make,
                                          std::vector<uint64_t> places) {
  if (!std::ranges::is_sorted(ends)) {
    throw Error(ErrorCode::kArgument, "the ends of blocks are not in order");
  }
  return std::make_shared<BlockSource>(std::move(ends), std::move(make), std::move(places));
}

}  // namespace evarrow
