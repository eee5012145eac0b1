// SPDX-License-Identifier: Apache-2.0
#include "scan/opening.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "containers/container.h"
#include "containers/pictures.h"
#include "containers/row_source.h"
#include "evarrow/chunk_plan.h"
#include "evarrow/error.h"

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
  const Orientation way = options.orientation;
  return {.off = static_cast<int8_t>(options.binary_polarity ? 0 : -1),
          .drop_out_of_sensor = drop && known,
          .mirror_x = way == Orientation::kMirrorX || way == Orientation::kRotate180,
          .mirror_y = way == Orientation::kMirrorY || way == Orientation::kRotate180};
}

void check_orientation(const Recording::Shared& shared) {
  if (shared.options.orientation == Orientation::kRecorded) return;
  if (!shared.format->mirrors) {
    throw Error(ErrorCode::kArgument,
                "orientation is of recordings of AEDAT 1 and 2, which programs show differently, "
                "not of " +
                    std::string(shared.format->name) + ": flip x and y themselves there");
  }
  if (shared.header.width > 0 && shared.header.height > 0) return;
  throw Error(ErrorCode::kArgument, "nothing says how large the sensor of " + shared.path +
                                        " is: pass resolution= together with orientation=");
}

// What the user knows better, and how to decode.
void use_header(Recording::Shared& shared) {
  shared.header.format = shared.format->name;
  if (shared.options.resolution) {
    shared.header.width = shared.options.resolution->width;
    shared.header.height = shared.options.resolution->height;
  }
  check_orientation(shared);
  shared.decode = decode_options(shared);
}

// One stream of a container: its rows are what is read.
void enter_container(Recording::Shared& shared, const ContainerPlan& plan,
                     const ChunkPlan& stream) {
  auto container = open_container(stream, plan.payload != nullptr ? plan.payload : shared.file);
  shared.source = make_row_source(container, *shared.file);
  shared.header = plan.header;
  shared.header.layout = fingerprint(*container);
  shared.header.container = std::move(container);
  use_header(shared);
}

// Where nothing chooses from several sensors there is one, and its name if it has one.
void check_sensor(const Recording::Shared& shared) {
  const std::string& wanted = shared.options.sensor;
  const Header& header = shared.header;
  if (wanted.empty() || wanted == header.sensor || wanted == header.serial_number) return;
  std::string known = header.sensor;
  if (!header.serial_number.empty()) known += (known.empty() ? "" : ", ") + header.serial_number;
  throw Error(ErrorCode::kFormat, "there are no events of sensor '" + wanted + "' in " +
                                      shared.path + ", but of one that " +
                                      (known.empty() ? "has no name there" : "is called " + known) +
                                      ": leave out sensor=");
}

void check_seekable(const Recording::Shared& shared) {
  if (!shared.file->sequential()) return;
  throw Error(ErrorCode::kArgument, shared.path +
                                        " is a pipe, but the format is not read from front to "
                                        "back: what comes through a pipe has to be saved first");
}

// Damage that was met on the way to the rows.
void judge(Recording::Shared& shared, const ContainerPlan& plan) {
  Faults faults;
  for (const FaultKind kind : {FaultKind::kTruncated, FaultKind::kCorrupt}) {
    const Fault& fault = plan.faults[kind];
    const uint64_t byte = shared.options.is_copy ? Error::kNoOffset : fault.offset;
    if (fault.count != 0) faults.add(kind, byte, fault.count);
  }
  const Fault& corrupt = faults[FaultKind::kCorrupt];
  if (corrupt.count != 0 && shared.options.on_error == OnError::kRaise) {
    throw Error(ErrorCode::kDamaged, plan.why + at_byte(corrupt.offset) + " of " + shared.path,
                corrupt.offset);
  }
  shared.faults = faults;
  shared.why = plan.why;
}

// Reads the pictures of a stream of frames.
std::function<std::vector<std::byte>(const FramePlace&)> picture_reader(
    const Recording::Shared& frames) {
  return [container = frames.header.container,
          is_copy = frames.options.is_copy](const FramePlace& place) {
    try {
      return read_picture(*container, place);
    } catch (const Error& error) {
      const uint64_t byte = is_copy ? Error::kNoOffset : error.offset();
      throw Error(error.code(), error.what() + at_byte(byte), byte);
    }
  };
}

// Streams that a container keeps apart from the events: rows of its own format. The events are read
// even if such a stream cannot be.
void add_apart(Recording::Shared& shared, const ContainerPlan& plan, size_t first) {
  for (size_t i = first; i < plan.streams.size(); ++i) {
    auto other = copy_of(shared, shared.options);
    other->format = find_format(plan.header.format);
    other->words = nullptr;
    other->options.index = IndexPolicy::kMemory;
    other->events = &shared;
    try {
      enter_container(*other, plan, plan.streams[i]);
      if (plan.streams[i].pictures) shared.read_image = picture_reader(*other);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kFormat) throw;
      shared.header.notes.push_back("the stream '" + plan.streams[i].stream +
                                    "' is left out: " + error.what());
      continue;
    }
    shared.apart.emplace_back(plan.streams[i].stream, std::move(other));
  }
}

// Words that a container holds in pieces.
std::shared_ptr<Recording::Shared> enter_words(std::shared_ptr<Recording::Shared> shared,
                                               const ContainerPlan& plan) {
  shared->words = plan.words;
  shared->format = plan.words.get();
  shared->source = plan.payload;
  shared->header = plan.header;
  use_header(*shared);
  add_apart(*shared, plan, 0);
  return shared;
}

std::shared_ptr<Recording::Shared> read_container(std::shared_ptr<Recording::Shared> shared,
                                                  const ContainerPlan& plan) {
  judge(*shared, plan);
  shared->read_image = plan.read_image;
  if (plan.words != nullptr) return enter_words(std::move(shared), plan);
  shared->format = find_format(plan.header.format);
  if (shared->format == nullptr || plan.streams.empty() || plan.streams[0].stream != "events") {
    throw Error(ErrorCode::kArgument,
                "the plan of " + shared->path + " is not that of a container");
  }
  check_seekable(*shared);
  enter_container(*shared, plan, plan.streams[0]);
  add_apart(*shared, plan, 1);
  return shared;
}

ContainerPlan plan_of(const Format& format, const Recording::Shared& shared) {
  try {
    return format.make_plan(shared.source, shared.options);
  } catch (const Error& error) {
    throw Error(error.code(), shared.path + " cannot be read: " + error.what(), error.offset(),
                error.os_error());
  }
}

// Reads the header: what every way to open a recording ends with.
std::shared_ptr<Recording::Shared> read_header(std::shared_ptr<Recording::Shared> shared) {
  const Options& options = shared->options;
  check_options(options);
  if (options.container != nullptr) {
    shared = read_container(shared, *options.container);
    check_sensor(*shared);
    return shared;
  }
  Source& source = *shared->source;
  Scratch scratch;
  const Bytes head = source.read(0, source.sequential() ? kSniffBytes : kHeaderBytes, scratch);
  const Format& format = format_of(head, *shared);
  if (format.make_plan != nullptr) {
    check_seekable(*shared);
    return read_container(shared, plan_of(format, *shared));
  }
  shared->format = &format;
  shared->header = format.read_header_as != nullptr
                       ? format.read_header_as(head, !options.resolution, options)
                       : format.read_header(head, !options.resolution);
  use_header(*shared);
  check_sensor(*shared);
  return shared;
}

}  // namespace

std::unique_ptr<Recording::Shared> copy_of(const Recording::Shared& shared,
                                           const Options& options) {
  auto other = std::make_unique<Recording::Shared>();
  other->path = shared.path;
  other->named_file = shared.named_file;
  other->source = shared.source;
  other->file = shared.file;
  other->format = shared.format;
  other->words = shared.words;
  other->faults = shared.faults;
  other->why = shared.why;
  other->read_image = shared.read_image;
  other->header = shared.header;
  other->options = options;
  other->decode = decode_options(*other);
  return other;
}

std::shared_ptr<Recording::Shared> open_shared(std::string path, bool named_file,
                                               std::shared_ptr<Source> source, Options options) {
  auto shared = std::make_shared<Recording::Shared>();
  shared->path = std::move(path);
  shared->named_file = named_file;
  shared->file = source;
  shared->source = std::move(source);
  shared->options = std::move(options);
  return read_header(std::move(shared));
}

}  // namespace evarrow
