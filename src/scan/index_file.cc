// SPDX-License-Identifier: Apache-2.0
// Layout, little-endian: Preamble, then block_count times Block, then the FNV-1a hash of all that.
#include "scan/index_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <type_traits>

#include "evarrow/error.h"
#include "io/os_file.h"

namespace evarrow {
namespace {

constexpr std::array<char, 8> kMagic = {'E', 'V', 'A', 'R', 'R', 'I', 'D', 'X'};
constexpr uint32_t kVersion = 3;
constexpr uint64_t kHashedBytes = 64 * 1024;  // of the head and of the tail of the recording
constexpr size_t kMostBytes = size_t{16} * 1024 * 1024;

struct Preamble {
  std::array<char, 8> magic;
  uint32_t version;
  uint32_t state_version;
  std::array<char, 16> format;
  std::array<char, 8> layout;
  int32_t width, height;
  uint64_t drops;
  uint64_t file_size;
  int64_t modified_ns;
  uint64_t content_hash;
  uint64_t end, events, triggers;
  int64_t t_min, t_max;
  uint64_t block_count;
};

struct Block {
  uint64_t offset, event, trigger, lost;
  int64_t t_min, t_max, epoch;
  std::array<uint64_t, 8> words;
};
static_assert(std::has_unique_object_representations_v<Preamble>);
static_assert(std::has_unique_object_representations_v<Block>);

uint64_t fnv1a(Bytes bytes, uint64_t hash = 0xCBF29CE484222325) noexcept {
  for (const std::byte byte : bytes)
    hash = (hash ^ std::to_integer<uint64_t>(byte)) * 0x100000001B3;
  return hash;
}

template <size_t N>
std::array<char, N> padded(std::string_view text) {
  std::array<char, N> chars{};
  std::copy_n(text.begin(), std::min(N, text.size()), chars.begin());
  return chars;
}

// What an index file of this recording must begin with, but for what only the index knows.
Preamble expected(const Recording::Shared& shared) {
  Source& source = *shared.file;
  const FileKey& key = source.key();
  Scratch scratch;
  uint64_t hash = fnv1a(source.read(0, kHashedBytes, scratch));
  const uint64_t tail = std::min(key.size, kHashedBytes);
  hash = fnv1a(source.read(key.size - tail, tail, scratch), hash);
  return {.magic = kMagic,
          .version = kVersion,
          .state_version = shared.format->state_version,
          .format = padded<16>(shared.format->name),
          .layout = padded<8>(shared.header.layout),
          .width = shared.header.width,
          .height = shared.header.height,
          .drops = shared.decode.drop_out_of_sensor ? 1U : 0U,
          .file_size = key.size,
          .modified_ns = key.modified_ns,
          .content_hash = hash,
          .end = 0,
          .events = 0,
          .triggers = 0,
          .t_min = 0,
          .t_max = 0,
          .block_count = 0};
}

template <typename T>
void append(std::vector<std::byte>& out, const T& value) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&value);
  out.insert(out.end(), bytes, bytes + sizeof(T));
}

template <typename T>
T load(Bytes bytes, size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

// A file with the right hash can still have been made by hand: nothing in it may lead outside.
bool is_sound(const Index& index, const Recording::Shared& shared) {
  const uint64_t unit = unit_bytes(*shared.format);
  uint64_t offset = shared.header.payload;
  uint64_t event = 0;
  uint64_t trigger = 0;
  for (const IndexBlock& block : index.blocks) {
    const bool ordered = block.offset >= offset && block.event >= event && block.trigger >= trigger;
    const bool aligned = (block.offset - shared.header.payload) % unit == 0;
    if (!ordered || !aligned) return false;
    offset = block.offset;
    event = block.event;
    trigger = block.trigger;
  }
  const uint64_t most_events = (index.end - std::min(index.end, shared.header.payload)) /
                               shared.format->word_size * shared.format->max_burst;
  return offset <= index.end && index.end <= shared.source->size() && event <= index.events &&
         trigger <= index.triggers && index.events <= most_events;
}

}  // namespace

void write_index_file(const std::filesystem::path& path, const Recording::Shared& shared,
                      const Index& index) {
  Preamble preamble = expected(shared);
  preamble.end = index.end;
  preamble.events = index.events;
  preamble.triggers = index.triggers;
  preamble.t_min = index.t_min;
  preamble.t_max = index.t_max;
  preamble.block_count = index.blocks.size();
  std::vector<std::byte> out;
  append(out, preamble);
  for (const IndexBlock& block : index.blocks) {
    append(out, Block{.offset = block.offset,
                      .event = block.event,
                      .trigger = block.trigger,
                      .lost = block.lost,
                      .t_min = block.t_min,
                      .t_max = block.t_max,
                      .epoch = block.state.epoch,
                      .words = block.state.words});
  }
  append(out, fnv1a(out));
  write_file_atomically(path, out);
}

std::shared_ptr<const Index> read_index_file(const std::filesystem::path& path,
                                             const Recording::Shared& shared) {
  std::vector<std::byte> file;
  try {
    file = read_file(path, kMostBytes);
  } catch (const Error&) {
    return nullptr;
  }
  const size_t fixed = sizeof(Preamble) + sizeof(uint64_t);
  if (file.size() < fixed || (file.size() - fixed) % sizeof(Block) != 0) return nullptr;
  const Bytes bytes = file;
  const Bytes hashed = bytes.first(bytes.size() - sizeof(uint64_t));
  if (load<uint64_t>(bytes, hashed.size()) != fnv1a(hashed)) return nullptr;
  auto found = load<Preamble>(bytes, 0);
  if (found.block_count != (file.size() - fixed) / sizeof(Block)) return nullptr;
  auto index = std::make_shared<Index>();
  index->end = std::exchange(found.end, 0);
  index->events = std::exchange(found.events, 0);
  index->triggers = std::exchange(found.triggers, 0);
  index->t_min = std::exchange(found.t_min, 0);
  index->t_max = std::exchange(found.t_max, 0);
  const size_t blocks = std::exchange(found.block_count, 0);
  const Preamble wanted = expected(shared);
  if (std::memcmp(&found, &wanted, sizeof(Preamble)) != 0) return nullptr;
  for (size_t i = 0; i < blocks; ++i) {
    const auto block = load<Block>(bytes, sizeof(Preamble) + i * sizeof(Block));
    index->blocks.push_back({.offset = block.offset,
                             .event = block.event,
                             .trigger = block.trigger,
                             .t_min = block.t_min,
                             .t_max = block.t_max,
                             .lost = block.lost,
                             .state = {.epoch = block.epoch, .words = block.words}});
    index->lost += block.lost;
  }
  return is_sound(*index, shared) ? index : nullptr;
}

}  // namespace evarrow
