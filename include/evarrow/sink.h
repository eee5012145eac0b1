// SPDX-License-Identifier: Apache-2.0
// Batches into a file, which appears under its name only once it is complete.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "evarrow/event.h"
#include "evarrow/format.h"

namespace evarrow {

// Rows that a new file does not have, or not whole, because its format cannot hold them.
struct Loss {
  std::string_view stream;
  bool of_values = false;  // the rows are there, without the values of some columns
  uint64_t rows = 0;
  std::string first;  // which the first one is and why, in one sentence
};

class Sink {
 public:
  // Writes to a temporary file beside `path`, or to a descriptor (a pipe, standard output).
  // `header.format` names the format; whether the front can be changed at the end is found out.
  // Throws Error: kArgument if the format cannot be written or has no such option, or the file is
  // there and `overwrite` is not set, kSystem from the operating system.
  static Sink create(const std::filesystem::path& path, const Header& header,
                     bool overwrite = false, const EncodeOptions& options = {});
  // A program that wants an Error where a pipe loses its reader ignores SIGPIPE, as Python does.
  static Sink to_descriptor(int descriptor, const std::string& name, const Header& header,
                            const EncodeOptions& options = {});

  ~Sink();  // without finish(): the temporary file is removed
  Sink(Sink&&) noexcept;
  Sink& operator=(Sink&&) noexcept;

  // Whether the format has a place for rows of the stream "triggers", "imu" or "frames".
  bool takes(std::string_view stream) const noexcept;

  // From now on what the format cannot hold of triggers, samples and frames is left out and
  // counted, not an Error, and an event too unless `of_events` is false; but nothing of the streams
  // that are `wanted`. That takes about a microsecond a row.
  void allow_loss(bool of_events = true, std::vector<std::string> wanted = {}) noexcept;
  const std::vector<Loss>& losses() const noexcept;

  // Appends events and triggers, merged by time within one call. Throws Error as Encoder::encode.
  void write(const EventBatch& events, const Batch& triggers);
  void write(const EventBatch& events);

  // Appends samples of an IMU, kImuFields, or a frame, of a stream that is among
  // EncodeOptions::streams. Throws Error as Encoder::encode_samples, and where values would be
  // lost.
  void write_samples(const Batch& samples);
  void write_picture(const Picture& picture);

  // Completes the file: writes what is left, syncs, renames. Throws Error.
  void finish();

  uint64_t events() const noexcept;
  uint64_t bytes() const noexcept;

 private:
  struct State;
  explicit Sink(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace evarrow
