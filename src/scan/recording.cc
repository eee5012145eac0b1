// SPDX-License-Identifier: Apache-2.0
#include "evarrow/recording.h"

#include <algorithm>

#include "containers/container.h"
#include "containers/row_source.h"
#include "evarrow/chunk_plan.h"
#include "evarrow/error.h"
#include "evarrow/machine.h"
#include "evarrow/scan.h"
#include "scan/index_cache.h"
#include "scan/pass.h"
#include "scan/shared.h"
#include "scan/stream.h"

namespace evarrow {
namespace {

constexpr size_t kSniffBytes = 64 * 1024;
constexpr size_t kHeaderBytes = 1024 * 1024;

const Format& format_of(Bytes head, const Recording::Shared& shared) {
  const std::string& name = shared.options.format;
  if (!name.empty()) {
    const Format* format = find_format(name);
    if (format != nullptr) return *format;
    std::string known;
    for (const Format* one : formats())
      known += (known.empty() ? "" : ", ") + std::string(one->name);
    throw Error(ErrorCode::kArgument, "there is no format '" + name + "': use one of " + known);
  }
  if (head.empty()) {
    throw Error(ErrorCode::kFormat, shared.path + " is empty: it has neither a header nor events",
                0);
  }
  const Bytes front = head.first(std::min(head.size(), kSniffBytes));
  const Format* format = detect_format(front, shared.path);
  if (format == nullptr) {
    throw Error(ErrorCode::kFormat, shared.path + " cannot be read: " + explain_unknown(front), 0);
  }
  return *format;
}

void check_options(const Options& options) {
  if (!options.resolution) return;
  const auto [width, height] = *options.resolution;
  if (width <= 0 || height <= 0 || width > INT16_MAX || height > INT16_MAX) {
    throw Error(ErrorCode::kArgument,
                "a resolution is (width, height) with both from 1 to 32767, "
                "not (" +
                    std::to_string(width) + ", " + std::to_string(height) + ")");
  }
}

// Events outside a sensor of unknown size cannot be told; else the format's rule or the user's.
DecodeOptions decode_options(const Recording::Shared& shared) {
  const Options& options = shared.options;
  const bool known = shared.header.width > 0 && shared.header.height > 0;
  const bool drop = options.out_of_sensor == OutOfSensor::kFormat
                        ? shared.format->drops_out_of_sensor
                        : options.out_of_sensor == OutOfSensor::kDrop;
  return {.off = static_cast<int8_t>(options.binary_polarity ? 0 : -1),
          .drop_out_of_sensor = drop && known};
}

// What the user knows better, and how to decode.
void use_header(Recording::Shared& shared) {
  shared.header.format = shared.format->name;
  if (shared.options.resolution) {
    shared.header.width = shared.options.resolution->width;
    shared.header.height = shared.options.resolution->height;
  }
  shared.decode = decode_options(shared);
}

// The same open file read with other options.
std::unique_ptr<Recording::Shared> copy_of(const Recording::Shared& shared,
                                           const Options& options) {
  auto other = std::make_unique<Recording::Shared>();
  other->path = shared.path;
  other->named_file = shared.named_file;
  other->source = shared.source;
  other->file = shared.file;
  other->format = shared.format;
  other->header = shared.header;
  other->options = options;
  other->decode = decode_options(*other);
  return other;
}

// Reads the header: what every way to open a recording ends with.
std::shared_ptr<Recording::Shared> read_header(std::shared_ptr<Recording::Shared> shared) {
  check_options(shared->options);
  Source& source = *shared->source;
  Scratch scratch;
  const Bytes head = source.read(0, source.sequential() ? kSniffBytes : kHeaderBytes, scratch);
  const Format& format = format_of(head, *shared);
  const Options& options = shared->options;
  shared->format = &format;
  shared->header = format.read_header(head, !options.resolution);
  use_header(*shared);
  return shared;
}

// One stream of a container: its rows are what is read.
void enter_container(Recording::Shared& shared, const ContainerPlan& plan,
                     const ChunkPlan& stream) {
  auto container = open_container(stream, shared.file);
  shared.source = make_row_source(container->plan.rows, *shared.file);
  shared.header = plan.header;
  shared.header.layout = fingerprint(*container);
  shared.header.container = std::move(container);
  use_header(shared);
}

std::shared_ptr<Recording::Shared> read_container(std::shared_ptr<Recording::Shared> shared) {
  const ContainerPlan& plan = *shared->options.container;
  check_options(shared->options);
  shared->format = find_format(plan.header.format);
  if (shared->format == nullptr || plan.streams.empty() || plan.streams[0].stream != "events") {
    throw Error(ErrorCode::kArgument,
                "the plan of " + shared->path + " is not that of a container");
  }
  if (shared->file->sequential()) {
    throw Error(ErrorCode::kArgument, shared->path + " is a pipe: a container needs a file");
  }
  enter_container(*shared, plan, plan.streams[0]);
  for (size_t i = 1; i < plan.streams.size(); ++i) {
    auto other = copy_of(*shared, shared->options);
    other->options.index = IndexPolicy::kMemory;
    other->events = shared.get();
    enter_container(*other, plan, plan.streams[i]);
    shared->apart.emplace_back(plan.streams[i].stream, std::move(other));
  }
  return shared;
}

std::shared_ptr<Recording::Shared> make_shared_state(std::string path, bool named_file,
                                                     std::shared_ptr<Source> source,
                                                     Options options) {
  auto shared = std::make_shared<Recording::Shared>();
  shared->path = std::move(path);
  shared->named_file = named_file;
  shared->file = source;
  shared->source = std::move(source);
  shared->options = std::move(options);
  if (shared->options.container != nullptr) return read_container(std::move(shared));
  return read_header(std::move(shared));
}

}  // namespace

Recording Recording::open(const std::filesystem::path& path, Options options) {
  auto source = open_file(path, options.io);
  const bool named = !source->sequential();
  return Recording(make_shared_state(path.string(), named, std::move(source), std::move(options)));
}

Recording Recording::from_bytes(Bytes bytes, std::shared_ptr<const void> keep_alive,
                                Options options) {
  return Recording(make_shared_state("<bytes>", false, open_memory(bytes, std::move(keep_alive)),
                                     std::move(options)));
}

Recording Recording::from_descriptor(int descriptor, std::string name, Options options) {
  auto source = open_descriptor(descriptor, name, options.io);
  return Recording(
      make_shared_state(std::move(name), false, std::move(source), std::move(options)));
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

uint64_t Recording::count(std::string_view stream) const {
  if (stream == "events") return index()->events;
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
  add("evarrow.sensor", header.sensor);
  add("evarrow.serial_number", header.serial_number);
  add("evarrow.date", header.date);
  for (const auto& [key, value] : header.fields) {
    metadata.emplace_back("evarrow.header." + key, value);
  }
  return metadata;
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
