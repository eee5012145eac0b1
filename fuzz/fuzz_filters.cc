// SPDX-License-Identifier: Apache-2.0
// Chunks of HDF5: any bytes behind any filters. Of the choices, the first two are the size of the
// chunk, the third how many filters there are, the fourth the mask; then each filter has two: its
// number in kFilters, and its values.
#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <vector>

#include "codecs/filters.h"
#include "options.h"

namespace evarrow::fuzz {
namespace {

using namespace codecs;

constexpr uint32_t kFilters[] = {kDeflate, kShuffle, kFletcher32, kLzf, kBlosc,
                                 kLz4,     kZstd,    kBitshuffle, kEcf, 12345};

Filter any_filter(Choices& choices) {
  Filter filter = {.id = kFilters[choices.byte() % std::size(kFilters)], .values = {}};
  const uint32_t how = choices.byte();
  constexpr uint32_t kWidths[] = {1, 2, 4, 8, 13, 16, 0, 0x8000'0001};
  const uint32_t width = kWidths[how % 8];
  if (filter.id == kShuffle) filter.values = {width};
  if (filter.id == kBitshuffle) {
    constexpr uint32_t kBlocks[] = {0, 16, 64, 9};
    constexpr uint32_t kCompressors[] = {0, 2, 3, 2, 3, 2, 0, 9};
    filter.values = {0, 4, width, kBlocks[how >> 3 & 3], kCompressors[how >> 5]};
  }
  return filter;
}

struct Result {
  Undone undone;
  std::vector<std::byte> bytes;
};

Result undo(std::span<const Filter> filters, uint32_t skipped, Bytes chunk, size_t size,
            Scratch& scratch, std::byte before) {
  // A sanitizer sees what is written past either of them.
  const std::vector<std::byte> in(chunk.begin(), chunk.end());
  std::vector<std::byte> out(size, before);
  Result result;
  result.undone = undo_filters(filters, skipped, in, out, scratch);
  result.bytes.assign(result.undone.bytes.begin(), result.undone.bytes.end());
  return result;
}

bool has(std::span<const Filter> filters, uint32_t id) {
  return std::ranges::find(filters, id, &Filter::id) != filters.end();
}

void check_chunk(Bytes chunk, Choices& choices) {
  const size_t size = choices.below(65'536);
  std::vector<Filter> filters(choices.byte() % 5);
  const uint32_t skipped = choices.byte();
  for (Filter& filter : filters) filter = any_filter(choices);
  Scratch scratch;
  const Result once = undo(filters, skipped, chunk, size, scratch, std::byte{0x00});
  const Result again = undo(filters, skipped, chunk, size, scratch, std::byte{0xFF});
  check(once.undone.outcome == again.undone.outcome, "the same becomes of a chunk each time");
  check(once.bytes == again.bytes, "every byte that comes out was written");
  check(once.undone.outcome != Outcome::kNoMemory, "no more memory is asked for than there is");
  if (once.undone.outcome == Outcome::kDone) {
    check(once.bytes.size() <= size, "no more comes out than there is room for");
    check(once.bytes.size() == size || has(filters, kEcf), "all of a chunk comes out");
    return;
  }
  check(once.bytes.empty(), "nothing comes out of a damaged chunk");
  check(std::string_view(once.undone.why) != "", "a reason is given");
  check(once.undone.filter == 0 || has(filters, once.undone.filter), "the filter is one of these");
}

}  // namespace
}  // namespace evarrow::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace evarrow::fuzz;
  Choices choices(std::span(bytes, size));
  check_chunk(choices.rest(), choices);
  return 0;
}
