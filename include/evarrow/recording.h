// SPDX-License-Identifier: Apache-2.0
// A recording: a file, its header and what its streams hold.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evarrow/event.h"
#include "evarrow/format.h"

namespace evarrow {

struct ContainerPlan;  // evarrow/chunk_plan.h

enum class OnError : uint8_t { kRaise, kWarn, kIgnore };
enum class TimeType : uint8_t { kDuration, kInt64, kTimestamp };
enum class Io : uint8_t { kAuto, kMmap, kPread };  // kAuto: kPread, the faster one
// Where the index is kept: in this process; also in the user's cache folder; also beside the file.
enum class IndexPolicy : uint8_t { kMemory, kCache, kSidecar };

// Of recordings of AEDAT 1 and 2, which programs show differently: as the addresses are, or with x
// counted from the right, y from the bottom, or both.
enum class Orientation : uint8_t { kRecorded, kMirrorX, kMirrorY, kRotate180 };

struct Resolution {
  int32_t width = 0;
  int32_t height = 0;
};

// Which time is 0: the sensor's own clock, the first event, or a given time of the sensor's clock.
struct Origin {
  enum class Kind : uint8_t { kSensor, kStart, kAt } kind = Kind::kSensor;
  int64_t at = 0;  // microseconds, with kAt
};

// How a recording is read. The same for all its streams.
struct Options {
  std::string format;  // empty: found from the content
  std::optional<Resolution> resolution;
  OnError on_error = OnError::kRaise;
  OutOfSensor out_of_sensor = OutOfSensor::kFormat;
  bool binary_polarity = false;
  TimeType t_type = TimeType::kDuration;
  Origin origin;
  bool sort = true;  // non-decreasing t, ties in recording order
  Io io = Io::kAuto;
  Orientation orientation = Orientation::kRecorded;
  int threads = 0;  // 0: EVARROW_NUM_THREADS or the processors this process may use
  IndexPolicy index = IndexPolicy::kMemory;
  std::string order;   // of columns without names, such as "txyp"; empty: found out
  std::string t_unit;  // of times: "s", "ms", "us" or "ns"; empty: found out
  std::string sensor;  // whose events are read, of a file with those of several; empty: the first
  // Whether the bytes are a copy that was made of a file of another form: none is told then as a
  // place in that file.
  bool is_copy = false;
  // Where the streams are in a container such as HDF5, from one who has looked; then nothing is
  // looked for in the file.
  std::shared_ptr<const ContainerPlan> container;
};

struct TimeRange {
  int64_t first = 0;  // microseconds, inclusive
  int64_t last = 0;   // microseconds, inclusive
};

// Called now and then in long work with the share done, 0 to 1; returns false to stop, which
// makes the work throw Error(kArgument, "interrupted").
using Progress = std::function<bool(double)>;

// The event horizon of sorting: a step back is repaired if it is at most this long ...
inline constexpr int64_t kSortHorizonUs = 10'000;
// ... and reaches back over at most this many events; else it is a clock_reset.
inline constexpr uint64_t kSortHorizonEvents = uint64_t{1} << 20;

class Source;  // bytes: src/io/source.h
class Index;   // time to place: src/scan/index.h
struct Scan;

// Cheap to copy: copies share the open file and the index.
class Recording {
 public:
  // Opens a file, reads its header and nothing else. Throws Error.
  static Recording open(const std::filesystem::path& path, Options options = {});
  // A recording in memory; `keep_alive` holds `bytes` for as long as needed.
  static Recording from_bytes(Bytes bytes, std::shared_ptr<const void> keep_alive,
                              Options options = {});
  // An open descriptor: a file is read where it is wanted, a pipe once, front to back. The
  // descriptor is duplicated. `name` stands for the path in messages.
  static Recording from_descriptor(int descriptor, std::string name, Options options = {});

  const std::string& path() const noexcept;  // or the name given; "<bytes>" for memory
  const Format& format() const noexcept;
  const Header& header() const noexcept;  // with `resolution` of the options, where given
  const Options& options() const noexcept;
  bool seekable() const noexcept;       // false for a pipe
  uint64_t byte_size() const noexcept;  // of the whole file; 0 for a pipe

  // The counting pass that these three need is made once, kept, and shared by all recordings of
  // the same file. Throw Error.
  uint64_t count(std::string_view stream = "events") const;
  std::optional<TimeRange> time_range() const;  // of the events; none if there are none
  std::shared_ptr<const Index> index(const Progress& progress = {}) const;
  bool has_index() const;
  // Whether time_range() costs no pass and is that of all rows: there is an index of a recording
  // without damage, or the file itself says.
  bool knows_times() const;

  // A description of a pass over one stream; nothing is read. Throws Error for an unknown stream.
  Scan scan(std::string_view stream = "events") const;

  // The pixels of a frame, which is a row of the stream `frames`: row by row from the top, several
  // channels as RGB or RGBA. Throws Error.
  std::vector<std::byte> image(const FramePlace& place) const;

  // The schema metadata: evarrow.width, evarrow.height, evarrow.format, evarrow.source, ...
  std::vector<std::pair<std::string, std::string>> metadata() const;

  struct Shared;  // for the library itself
  const Shared& shared() const noexcept { return *shared_; }
  static Recording with_shared(std::shared_ptr<Shared> shared) {
    return Recording(std::move(shared));
  }

 private:
  explicit Recording(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  std::shared_ptr<Shared> shared_;
};

}  // namespace evarrow
