// SPDX-License-Identifier: Apache-2.0
// Representations: columns of events to dense arrays (..., height, width), one for each window.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "evarrow/event.h"
#include "evarrow/recording.h"
#include "evarrow/scan.h"

namespace evarrow {

// The events that one array is made of: rows [begin, end) of a pass.
struct Window {
  uint64_t begin = 0, end = 0;
  int64_t t_begin = 0, t_end = 0;   // its bounds, microseconds; of rows: t_first and t_last
  int64_t t_first = 0, t_last = 0;  // the least and the greatest time of its rows; else t_begin
  bool timed = false;               // a window of time: its bounds do not depend on its rows
  bool in_order = false;            // no time is less than the one before

  uint64_t rows() const noexcept { return end - begin; }
  // The time of the picture: the end of a window of time, else that of the last event.
  int64_t t_picture() const noexcept { return timed ? t_end : t_last; }
  uint64_t span() const noexcept {
    return static_cast<uint64_t>(t_last) - static_cast<uint64_t>(t_first);
  }
};

// How events are cut into windows.
struct WindowSpec {
  enum class Kind : uint8_t {
    kWhole,  // all rows are one window
    kEvery,  // `length` microseconds each, `stride` from the start of one to that of the next
    kCount,  // `length` rows each, `stride` from the first of one to that of the next
    kTimes,  // `bounds`, microseconds
    kRows,   // `bounds`, rows
  } kind = Kind::kWhole;
  int64_t length = 0, stride = 0;
  // Of kEvery; else the first event, and behind the last one.
  std::optional<int64_t> start = std::nullopt, end = std::nullopt;
  bool partial = true;      // windows that are not over when the events are
  bool open_begin = false;  // t_begin < t, else t_begin <= t
  bool closed_end = false;  // t <= t_end, else t < t_end
  std::vector<std::pair<int64_t, int64_t>> bounds = {};
};

// Finds the rows of windows in times that are handed over in pieces.
class WindowFinder {
 public:
  // Throws Error(kArgument) for lengths and strides that are not positive.
  explicit WindowFinder(WindowSpec spec);
  ~WindowFinder();
  WindowFinder(WindowFinder&&) noexcept;
  WindowFinder& operator=(WindowFinder&&) noexcept;

  // Throws Error(kArgument) where windows of time meet times that decrease, and for more than
  // kMostWindows.
  void add(const int64_t* t, size_t n);
  std::vector<Window> finish();  // in the order of the spec
  bool in_order() const noexcept;

  static constexpr size_t kMostWindows = size_t{1} << 24;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The same for a pass, of which only the times are made; and for columns in memory.
struct Windows {
  std::vector<Window> windows;
  bool in_order = false;  // no time is less than the one before
};
Windows find_windows(const Scan& scan, const WindowSpec& spec);
Windows find_windows(const int64_t* t, size_t n, const WindowSpec& spec, int threads = 0);

// Events inside the sensor, as accumulators get them. `cell` is y * width + x.
struct Block {
  size_t n = 0;
  uint64_t row = 0;  // of the first one, in the window; those outside the sensor count
  const uint32_t* cell = nullptr;
  const int16_t* x = nullptr;
  const int16_t* y = nullptr;
  const int64_t* t = nullptr;
  const int8_t* polarity = nullptr;  // positive is ON
};

// Makes one array after another. `begin` comes first, `add` for each block, in order, `flush`
// behind the last block and `finish` at the end.
class Accumulator {
 public:
  Accumulator() = default;
  virtual ~Accumulator() = default;
  Accumulator(const Accumulator&) = delete;
  Accumulator& operator=(const Accumulator&) = delete;

  // `out` holds one array, all zero. What is to be carried over from window to window stays.
  virtual void begin(const Window& window, std::byte* out) = 0;
  virtual void add(const Block& block) noexcept = 0;
  virtual void flush() {}
  virtual void finish() {}
  // Times at which the events of the window that has begun can be cut, if they are in order: an
  // accumulator for each piece, each of them flushed, gives the same bits, in any order and at the
  // same time. Empty: they cannot be cut.
  virtual std::vector<int64_t> cuts() const { return {}; }
  // Whether accumulators that began with the same window, each with an array and a run of its
  // events of its own, can be put together before `finish` to the same bits.
  virtual bool absorbs() const { return false; }
  // Takes over what one of the same class gathered of the events behind its own.
  virtual void absorb(const Accumulator& /*later*/) {}
};

enum class ValueType : uint8_t { kU8, kI8, kU16, kI16, kU32, kI32, kU64, kI64, kF32, kF64 };
size_t width_of(ValueType type) noexcept;

// What is made of events: arrays of one shape and type, and by what.
struct Representation {
  Resolution resolution;
  std::vector<size_t> shape;  // of the array of one window
  ValueType type = ValueType::kF32;
  uint32_t columns = kAllColumns;  // the columns of events that it looks at
  bool needs_times = true;         // looks at t_first, t_last or the number of rows of a window
  bool carries = false;  // state goes on from window to window, and over the events between
  bool wraps = false;    // whole numbers wrap where another type than `type` cannot hold them
  std::function<std::unique_ptr<Accumulator>()> make;

  size_t values() const noexcept;
};

// Where arrays go: one after another into `data`, or each into `take` with its number once it is
// made, by several threads at the same time. Whole numbers that do not fit into `type` become the
// nearest that does, unless the representation wraps.
struct Target {
  std::byte* data = nullptr;
  ValueType type = ValueType::kF32;
  std::function<void(size_t number, const std::byte* values)> take = {};
};

// A target that keeps what is not 0: no more arrays are in memory than are being made.
class NonZeros {
 public:
  // What is not 0 of all arrays, in order; `place` counts the values of the arrays before, too.
  struct Values {
    std::vector<uint64_t> place;
    std::vector<std::byte> value;  // of `type`
  };

  NonZeros(const Representation& what, ValueType type);
  ~NonZeros();
  NonZeros(NonZeros&&) noexcept;
  NonZeros& operator=(NonZeros&&) noexcept;

  Target target();  // while this lives
  Values finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
  size_t values_;  // of an array
  ValueType type_;
};

struct RepresentOptions {
  Outside outside = Outside::kDrop;
  int threads = 0;  // 0: EVARROW_NUM_THREADS, else the processors of the process
  Progress progress = {};
};

// Fills `target` with an array for each window and returns how many events lay outside the sensor.
// The result does not depend on the number of threads, nor on how a stream is cut into batches.
// Throws Error(kArgument) for events outside if they shall raise, and for types that cannot hold
// the values.
uint64_t represent(const Representation& what, const EventBatch& events, const Windows& windows,
                   const Target& target, const RepresentOptions& options = {});
// Decodes and accumulates in one pass, whose memory is a constant.
uint64_t represent(const Representation& what, const Scan& scan, const Windows& windows,
                   const Target& target, const RepresentOptions& options = {},
                   Scan::Report* report = nullptr);

// The same for batches that are handed over one by one.
class Representing {
 public:
  Representing(const Representation& what, const Windows& windows, const Target& target,
               Outside outside);
  ~Representing();
  Representing(Representing&&) noexcept;
  Representing& operator=(Representing&&) noexcept;

  void add(const EventBatch& events);
  uint64_t finish();  // how many events lay outside the sensor

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace evarrow
