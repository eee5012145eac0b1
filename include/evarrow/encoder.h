// SPDX-License-Identifier: Apache-2.0
// Rows into the bytes of a file: what every format that is written fills in.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evarrow/encoded_bytes.h"
#include "evarrow/error.h"
#include "evarrow/event.h"

namespace evarrow {

// A frame with its pixels: what a row of the stream `frames` says, and they, row by row from the
// top, of several channels as RGB or RGBA.
struct Picture {
  int64_t t = 0;  // microseconds, as the two below
  int64_t exposure_begin = 0;
  int64_t exposure_end = 0;
  int16_t left = 0;
  int16_t top = 0;
  FramePlace place = {};  // without where it lies
  Bytes pixels;           // as many as the place has
};

// A row that a format cannot hold: what encoders throw.
class RowError : public Error {
 public:
  // `stream` is that of the row, a literal; `row` is counted from the encoder's first call.
  RowError(std::string_view stream, uint64_t row, const std::string& why)
      : Error(ErrorCode::kArgument, "row " + std::to_string(row) + " of the " +
                                        std::string(stream) + " cannot be written: " + why),
        stream_(stream) {}

  std::string_view stream() const noexcept { return stream_; }

  // Of events and triggers: the row is number `event` of the events of this call, or number
  // `trigger` of its triggers, and of the other stream all rows before that number are written.
  void set_place(size_t event, size_t trigger) noexcept {
    placed_ = true;
    event_ = event;
    trigger_ = trigger;
  }
  // Whether a further call may go on with the rows behind it, which begin at these numbers.
  bool can_go_on() const noexcept { return placed_; }
  size_t next_event() const noexcept { return event_ + (stream_ == "events" ? 1 : 0); }
  size_t next_trigger() const noexcept { return trigger_ + (stream_ == "events" ? 0 : 1); }

 private:
  std::string_view stream_;
  bool placed_ = false;
  size_t event_ = 0;
  size_t trigger_ = 0;
};

// How a recording is written.
struct EncodeOptions {
  std::map<std::string, std::string> named;  // of Format::encode_options
  int threads = 0;         // at most; 0: as EVARROW_NUM_THREADS says, else all the process may use
  bool can_patch = false;  // whether bytes at the front can be changed at the end: not in a pipe
  std::vector<std::string> streams;  // that may come, besides events and triggers
};

// Bytes in place of those that were written before.
struct Patch {
  uint64_t offset = 0;  // in the file
  std::vector<std::byte> bytes;
};

// Turns rows into bytes, which do not depend on the number of threads. Times may step back by less
// than half the clock's range.
class Encoder {
 public:
  virtual ~Encoder() = default;

  // Appends the words for all rows to `out`; triggers are merged in by time, after events of the
  // same time. Throws RowError that names the first row the format cannot hold (its number counted
  // from the first call) and why; the rows before it are written, and nothing of it.
  virtual void encode(const EventBatch& events, const Batch& triggers, EncodedBytes& out) = 0;
  // The same into memory.
  void encode(const EventBatch& events, const Batch& triggers, std::vector<std::byte>& out) {
    EncodedBytes bytes(out);
    encode(events, triggers, bytes);
  }
  void encode(const EventBatch& events, std::vector<std::byte>& out) {
    encode(events, Batch(kTriggerFields, 0), out);
  }

  // Whether files of this kind have a place for rows of the stream, one besides the events; where
  // not, these are rows that cannot be held.
  virtual bool takes(std::string_view stream) const noexcept { return stream == "triggers"; }
  // Columns of such a stream that the files have no place for, by their names.
  virtual std::span<const std::string_view> lacks(std::string_view /*stream*/) const noexcept {
    return {};
  }

  // Appends samples, kImuFields, or lets them wait for more. As they come, whatever the times of
  // the events are. Throws RowError; the samples before that one are written.
  virtual void encode_samples(const Batch& /*samples*/, EncodedBytes& /*out*/) {
    throw RowError("imu", 0, "the format has no place for samples");
  }
  // Appends a frame. Throws RowError.
  virtual void encode_picture(const Picture& /*picture*/, EncodedBytes& /*out*/) {
    throw RowError("frames", 0, "the format has no place for frames");
  }

  // Appends what the format wants at the end.
  virtual void finish(EncodedBytes& /*out*/) {}
  void finish(std::vector<std::byte>& out) {
    EncodedBytes bytes(out);
    finish(bytes);
  }

  // What to change in the file after finish(), if EncodeOptions::can_patch was set.
  virtual std::vector<Patch> patches() const { return {}; }
};

}  // namespace evarrow
