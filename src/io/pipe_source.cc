// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <utility>

#include "evarrow/error.h"
#include "io/sources.h"

namespace evarrow {
namespace {

// A window that slides over the bytes of a pipe: those that came and are not yet given away.
class PipeSource final : public Source {
 public:
  PipeSource(Descriptor pipe, std::string name) : pipe_(std::move(pipe)), name_(std::move(name)) {}

  bool sequential() const noexcept override { return true; }
  uint64_t size() const noexcept override { return 0; }

  Bytes read(uint64_t offset, size_t size, Scratch& /*scratch*/) override {
    if (offset < begin_) {
      throw Error(ErrorCode::kArgument,
                  "a pipe can be read only once, and byte " + std::to_string(offset) + " of '" +
                      name_ + "' was read before: save it to a file first",
                  offset);
    }
    const uint64_t skipped = offset - begin_;
    const uint64_t wanted = skipped + std::min<uint64_t>(size, UINT64_MAX - skipped);
    while (!ended_ && filled_ - first_ < wanted) receive(wanted);
    return part_of(Bytes(memory_).subspan(first_, filled_ - first_), skipped, size);
  }

  // The bytes stay where they are until the next read: the piece given out last remains valid.
  void drop(uint64_t /*begin*/, uint64_t end) noexcept override {
    if (end <= begin_) return;
    const uint64_t n = std::min<uint64_t>(end - begin_, filled_ - first_);
    first_ += n;
    begin_ += n;
  }

 private:
  static constexpr size_t kLeastRoom = 64 * 1024;  // what a pipe holds

  void receive(uint64_t wanted) {
    if (memory_.size() - filled_ < kLeastRoom) make_room(wanted);
    const std::span<std::byte> room = std::span(memory_).subspan(filled_);
    const size_t n = read_some(pipe_.get(), room, name_);
    filled_ += n;
    ended_ = n == 0;
  }

  // The window grows by what has come, never by what was asked for: `wanted` may be without bound.
  void make_room(uint64_t wanted) {
    if (first_ != 0) {
      std::memmove(memory_.data(), memory_.data() + first_, filled_ - first_);
      filled_ -= std::exchange(first_, 0);
    }
    const uint64_t enough = std::min<uint64_t>(wanted, 2 * filled_) + kLeastRoom;
    if (memory_.size() < enough) memory_.resize(enough);
  }

  Descriptor pipe_;
  std::string name_;
  std::vector<std::byte> memory_;
  size_t first_ = 0;    // in memory_: the first byte that is not given away
  size_t filled_ = 0;   // in memory_: behind the last byte that came
  uint64_t begin_ = 0;  // offset in the stream of memory_[first_]
  bool ended_ = false;
};

}  // namespace

std::shared_ptr<Source> make_pipe_source(Descriptor pipe, const std::string& name) {
  return std::make_shared<PipeSource>(std::move(pipe), name);
}

}  // namespace evarrow
