// SPDX-License-Identifier: Apache-2.0
#include "evarrow/recording.h"

#include <algorithm>

#include "containers/container.h"
#include "evarrow/chunk_plan.h"
#include "evarrow/error.h"
#include "evarrow/machine.h"
#include "evarrow/scan.h"
#include "scan/index_cache.h"
#include "scan/opening.h"
#include "scan/pass.h"
#include "scan/shared.h"
#include "scan/stream.h"

namespace evarrow {
namespace {

// The number of the line that begins at a byte, from 1; nothing if records are no lines, or if
// what lies before cannot be read again.
std::optional<uint64_t> line_at(const Recording::Shared& shared, uint64_t offset) {
  if (shared.format->look_ahead == 0 || shared.source->sequential()) return {};
  constexpr uint64_t kPiece = uint64_t{1} << 20;
  uint64_t line = 1;
  Scratch scratch;
  for (uint64_t at = 0; at < offset;) {
    const Bytes bytes = shared.source->read(at, std::min(kPiece, offset - at), scratch);
    if (bytes.empty()) return {};
    line += static_cast<uint64_t>(std::ranges::count(bytes, std::byte{'\n'}));
    at += bytes.size();
  }
  return line;
}

std::string_view orientation_name(Orientation orientation) {
  switch (orientation) {
    case Orientation::kRecorded:
      return "recorded";
    case Orientation::kMirrorX:
      return "mirror_x";
    case Orientation::kMirrorY:
      return "mirror_y";
    case Orientation::kRotate180:
      break;
  }
  return "rotate_180";
}

}  // namespace

Recording Recording::open(const std::filesystem::path& path, Options options) {
  auto source = open_file(path, options.io);
  const bool named = !source->sequential();
  return Recording(open_shared(path.string(), named, std::move(source), std::move(options)));
}

Recording Recording::from_bytes(Bytes bytes, std::shared_ptr<const void> keep_alive,
                                Options options) {
  return Recording(
      open_shared("<bytes>", false, open_memory(bytes, std::move(keep_alive)), std::move(options)));
}

Recording Recording::from_descriptor(int descriptor, std::string name, Options options) {
  auto source = open_descriptor(descriptor, name, options.io);
  return Recording(open_shared(std::move(name), false, std::move(source), std::move(options)));
}

const std::string& Recording::path() const noexcept { return shared_->path; }
const Format& Recording::format() const noexcept { return *shared_->format; }
const Header& Recording::header() const noexcept { return shared_->header; }
const Options& Recording::options() const noexcept { return shared_->options; }
bool Recording::seekable() const noexcept { return !shared_->source->sequential(); }
uint64_t Recording::byte_size() const noexcept { return shared_->file->size(); }

Scan Recording::scan(std::string_view stream) const {
  for (const auto& [name, apart] : shared_->apart) {
    if (name == stream) return Recording({shared_, apart.get()}).scan(stream);
  }
  Scan scan(*this);
  scan.stream = find_stream(*shared_->format, stream).name;
  return scan;
}

std::shared_ptr<const Index> Recording::index(const Progress& progress) const {
  const Shared& shared = *shared_;
  if (!seekable()) {
    throw Error(ErrorCode::kArgument,
                shared.path + " is a pipe: counts, time ranges and windows need a file");
  }
  check_unchanged(shared);
  // One thread makes the index while others that want it wait for it.
  const std::lock_guard lock(shared.mutex);
  if (shared.index == nullptr) shared.index = find_index(shared);
  const auto times = known_times(shared);
  if (shared.index == nullptr && !times.empty()) {
    shared.index = make_row_index(*shared.format, shared.source->size(), times);
  }
  if (shared.index == nullptr) {
    shared.index = build_index(*shared.format, shared.header, shared.decode, *shared.source,
                               thread_count(shared.options.threads), progress);
    keep_index(shared, shared.index);
  }
  return shared.index;
}

bool Recording::has_index() const {
  if (!seekable()) return false;
  const std::lock_guard lock(shared_->mutex);
  if (shared_->index == nullptr) shared_->index = find_index(*shared_);
  return shared_->index != nullptr;
}

bool Recording::knows_times() const {
  return has_index() ? index()->lost == 0 : !known_times(*shared_).empty();
}

uint64_t Recording::count(std::string_view stream) const {
  if (stream == main_stream(*shared_)) return index()->events;
  for (const auto& [name, apart] : shared_->apart) {
    if (name == stream) return Recording({shared_, apart.get()}).count(stream);
  }
  if (stream == "triggers") {
    (void)find_stream(*shared_->format, stream);
    return index()->triggers;
  }
  return scan(stream).count();
}

std::optional<TimeRange> Recording::time_range() const {
  const auto index = this->index();
  if (index->events == 0) return std::nullopt;
  const int64_t origin = origin_of(*shared_);
  return TimeRange{.first = index->t_min - origin, .last = index->t_max - origin};
}

std::vector<std::byte> Recording::image(const FramePlace& place) const {
  const auto read_image = format().read_image;
  const bool is_of_container = shared_->read_image != nullptr;
  if (read_image == nullptr && !is_of_container) {
    throw Error(ErrorCode::kArgument,
                "evarrow reads no pixels of " + header().format + " recordings");
  }
  if (place.bytes() == 0 || place.offset < 0 || place.size < 0) {
    throw Error(ErrorCode::kArgument, "there can be no such frame in " + path());
  }
  if (!seekable()) throw Error(ErrorCode::kArgument, path() + " is a pipe: images need a file");
  check_unchanged(*shared_);
  try {
    if (is_of_container) return shared_->read_image(place);
    return read_image(*shared_->file, place, shared_->decode);
  } catch (const Error& error) {
    throw Error(error.code(), std::string(error.what()) + " of " + path(), error.offset(),
                error.os_error());
  }
}

std::vector<std::pair<std::string, std::string>> Recording::metadata() const {
  const Header& header = shared_->header;
  std::vector<std::pair<std::string, std::string>> metadata = {
      {"evarrow.version", EVARROW_VERSION},
      {"evarrow.format", header.format},
      {"evarrow.source", path()},
      {"evarrow.polarity", options().binary_polarity ? "binary" : "signed"},
      {"evarrow.t_unit", "us"}};
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) metadata.emplace_back(key, value);
  };
  if (header.width > 0 && header.height > 0) {
    add("evarrow.width", std::to_string(header.width));
    add("evarrow.height", std::to_string(header.height));
  }
  if (format().mirrors)
    add("evarrow.orientation", std::string(orientation_name(options().orientation)));
  add("evarrow.sensor", header.sensor);
  add("evarrow.serial_number", header.serial_number);
  add("evarrow.date", header.date);
  for (const auto& [key, value] : header.fields) {
    metadata.emplace_back("evarrow.header." + key, value);
  }
  return metadata;
}

std::string_view main_stream(const Recording::Shared& shared) noexcept {
  return shared.events == nullptr ? std::string_view("events")
                                  : std::string_view(shared.header.container->plan.stream);
}

bool is_apart(const Recording::Shared& shared, std::string_view stream) noexcept {
  return std::ranges::any_of(shared.apart, [&](const auto& one) { return one.first == stream; });
}

std::string place(const Recording::Shared& shared, uint64_t offset) {
  const auto line = line_at(shared, offset);
  if (line) return " at line " + std::to_string(*line);
  std::string byte = at_byte(byte_at(shared, offset));
  if (!shared.format->counts_rows) return byte;
  const std::string row = "row " + std::to_string(offset);
  return byte.empty() ? " at " + row : byte + " (" + row + ")";
}

std::string at_byte(uint64_t byte) {
  return byte == Error::kNoOffset ? "" : " at byte " + std::to_string(byte);
}

uint64_t byte_at(const Recording::Shared& shared, uint64_t offset) noexcept {
  if (shared.options.is_copy) return Error::kNoOffset;
  return shared.source->byte_in_file(offset).value_or(Error::kNoOffset);
}

Faults in_file(const Recording::Shared& shared, const Faults& faults) noexcept {
  Faults placed;
  for (size_t i = 0; i < kFaultKinds; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    const Fault& fault = faults[kind];
    if (fault.count == 0) continue;
    // What is cut off is no row: it is the end of the file.
    const bool is_end = kind == FaultKind::kTruncated && shared.format->counts_rows;
    placed.add(kind, is_end ? shared.file->size() - fault.count : byte_at(shared, fault.offset),
               fault.count);
  }
  return placed;
}

std::span<const RowTimes> known_times(const Recording::Shared& shared) {
  const Container* container = shared.header.container.get();
  if (container == nullptr || shared.decode.drop_out_of_sensor) return {};
  return container->plan.times;
}

Recording with_options(const Recording::Shared& shared, const Options& options) {
  std::shared_ptr<Recording::Shared> other = copy_of(shared, options);
  for (const auto& [stream, apart] : shared.apart) {
    other->apart.emplace_back(stream, copy_of(*apart, options));
    other->apart.back().second->events = other.get();
  }
  return Recording::with_shared(std::move(other));
}

int64_t origin_of(const Recording::Shared& shared) {
  if (shared.events != nullptr) return origin_of(*shared.events);
  const Origin& origin = shared.options.origin;
  if (origin.kind == Origin::Kind::kSensor) return 0;
  if (origin.kind == Origin::Kind::kAt) return origin.at;
  if (shared.source->sequential()) {
    throw Error(ErrorCode::kArgument,
                shared.path + " is a pipe: origin=\"start\" needs a file that can be read twice");
  }
  {
    const std::lock_guard lock(shared.mutex);
    if (shared.origin) return *shared.origin;
  }
  Options plain = shared.options;
  plain.origin = {};
  plain.sort = true;
  plain.on_error = OnError::kIgnore;
  Scan scan(with_options(shared, plain));
  scan.columns = column_bit(kT);
  scan.limit = 1;
  Pass pass(scan, false);
  Batch batch;
  const int64_t first = pass.next(batch) ? batch.column<int64_t>(kT)[0] : 0;
  const std::lock_guard lock(shared.mutex);
  shared.origin = first;
  return first;
}

void begin_pass(const Recording::Shared& shared) {
  check_unchanged(shared);
  if (!shared.source->sequential()) return;
  const std::lock_guard lock(shared.mutex);
  if (shared.pass_begun) {
    throw Error(ErrorCode::kArgument,
                shared.path + " is a pipe and was read before: a pipe can be read only once");
  }
  shared.pass_begun = true;
}

void check_unchanged(const Recording::Shared& shared) {
  if (!shared.named_file || file_key(shared.path) == shared.source->key()) return;
  throw Error(ErrorCode::kChanged, shared.path + " has changed since it was opened: open it again");
}

}  // namespace evarrow
