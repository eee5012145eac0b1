// SPDX-License-Identifier: Apache-2.0
// What every file format fills in: how to know it, its header, its decoder and its encoder.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evarrow/encoder.h"
#include "evarrow/error.h"
#include "evarrow/event.h"

namespace evarrow {

class Source;          // bytes: src/io/source.h
struct ContainerPlan;  // where the rows are: evarrow/chunk_plan.h
struct Options;        // how a recording is read: evarrow/recording.h
struct Container;      // an open file of a format whose positions are rows: src/containers

// What a recording says of itself.
struct Header {
  std::string format;    // name of the format, such as "evt3"
  int32_t width = 0;     // pixels; 0 where unknown
  int32_t height = 0;    // pixels; 0 where unknown
  uint64_t payload = 0;  // byte offset of the first word behind the header
  std::string sensor;    // such as "IMX636"; empty where unknown, as the two below
  std::string serial_number;
  std::string date;    // as written in the file, local time
  std::string layout;  // which of the format's layouts the words have; empty where there is one
  std::vector<std::pair<std::string, std::string>> fields;  // every line of the header, in order
  std::shared_ptr<const Container> container;  // of formats whose positions are rows, else null
  std::vector<std::string> notes;  // what a reader should know: "geometry taken from system_ID 21"
};

// Malformed or unusual input that a pass stepped over. Nothing is silent.
enum class FaultKind : uint8_t {
  kBeforeClock,    // note: events before the first clock word (EVT3: before the first row)
  kUnknownWord,    // note: reserved or undefined words
  kTimeBackwards,  // note: steps back in time inside the horizon
  kOutOfSensor,    // note: events outside the geometry
  kTruncated,      // warning: bytes of an unfinished last word
  kWrongEncoding,  // damage: the words do not look like this format
  kClockReset,     // damage: a step back in time beyond the horizon
  kCorrupt,        // damage: rows of a chunk that cannot be decoded
  kBadValue,       // damage: numbers that a column cannot hold; the nearest one stands there
};
inline constexpr size_t kFaultKinds = 9;
std::string_view fault_name(FaultKind kind) noexcept;  // "before_clock", ...

struct Fault {
  uint64_t count = 0;
  uint64_t offset = 0;  // position of the first: its byte in the file, or its row
};

class Faults {
 public:
  void add(FaultKind kind, uint64_t offset, uint64_t count = 1) noexcept {
    Fault& fault = faults_[static_cast<size_t>(kind)];
    if (fault.count == 0 || offset < fault.offset) fault.offset = offset;
    fault.count += count;
  }
  void add(const Faults& other) noexcept {
    for (size_t i = 0; i < kFaultKinds; ++i) {
      const Fault& fault = other.faults_[i];
      if (fault.count != 0) add(static_cast<FaultKind>(i), fault.offset, fault.count);
    }
  }
  const Fault& operator[](FaultKind kind) const noexcept {
    return faults_[static_cast<size_t>(kind)];
  }

 private:
  std::array<Fault, kFaultKinds> faults_{};
};

// All that a decoder carries from one word to the next. Small, trivially copyable, versioned by
// Format::state_version: the index, its file and parallel cuts share it. `epoch` is added to every
// time (clock wraps so far; a caller may shift it to move the origin); `words` is the rest, in a
// canonical form: two decoders with equal words decode the same from here on, but for the epoch.
struct DecoderState {
  int64_t epoch = 0;
  std::array<uint64_t, 8> words{};

  bool operator==(const DecoderState&) const = default;
};

// What to do with events outside the geometry.
enum class OutOfSensor : uint8_t { kFormat, kKeep, kDrop, kRaise };

struct DecodeOptions {
  int8_t off = -1;  // the polarity of an OFF event: -1, or 0 for binary polarity
  // True: events outside the geometry, where it is known, are dropped; else kept. Counted either
  // way. Use Format::drops_out_of_sensor where the user did not say.
  bool drop_out_of_sensor = false;
  // Of formats with Format::mirrors: x counts from the right, y from the bottom.
  bool mirror_x = false;
  bool mirror_y = false;
};

// Where decoded rows go. A null pointer: not asked for, and not written.
struct Batches {
  Batch* events = nullptr;     // kEventFields
  Batch* triggers = nullptr;   // kTriggerFields
  Batch* rates = nullptr;      // kRateFields
  Batch* exposures = nullptr;  // kExposureFields
  Batch* colors = nullptr;     // kColorFields
  Batch* messages = nullptr;   // kMessageFields
  Batch* imu = nullptr;        // kImuFields
  Batch* frames = nullptr;     // kFrameFields
};

// The rows of a stretch of words, as decode() would give them, without the rows.
struct Summary {
  uint64_t events = 0;
  uint64_t triggers = 0;
  int64_t t_min = INT64_MAX;  // over events; t_min > t_max where there are none
  int64_t t_max = INT64_MIN;
  uint64_t lost = 0;  // rows or records that decode() would count as damage: no time is known
};

// Turns words into rows, from any place whose state is known. It never throws, allocates or
// writes past a batch's capacity.
class Decoder {
 public:
  virtual ~Decoder() = default;

  // Appends the rows at the front of `in` to `out` until `in` holds no whole word or the rows of
  // the next word do not fit. A word is decoded whole or not at all. Returns the number of bytes
  // read; present the rest again, with more behind it or more room.
  virtual size_t decode(Bytes in, const Batches& out) noexcept = 0;

  // Adds to `summary` what decode() would append, and moves on as decode() would. Counts no faults.
  virtual size_t summarize(Bytes in, Summary& summary) noexcept = 0;

  // Says what lies right behind the bytes of the next decode() or summarize(), and whether the
  // recording ends with that: for formats with Format::look_ahead. A record that begins in those
  // bytes is read whole, and its rest stepped over when it comes.
  virtual void look_ahead(Bytes /*behind*/, bool /*last*/) noexcept {}

  virtual DecoderState state() const noexcept = 0;
  virtual void set_state(const DecoderState& state) noexcept = 0;

  // Bytes read of a record that is not whole yet, where records of several lengths make every byte
  // a word: they are part of the state, and missing from the rows if nothing follows.
  virtual size_t unfinished() const noexcept { return 0; }

  // In words, what the last corrupt rows or bad values are; empty if there were none.
  virtual std::string why() const { return {}; }

  // Position of the next word, its byte in the file or its row: what faults are reported with.
  uint64_t offset() const noexcept { return offset_; }
  void set_offset(uint64_t offset) noexcept { offset_ = offset; }

  const Faults& faults() const noexcept { return faults_; }

 protected:
  uint64_t offset_ = 0;
  Faults faults_;
};

// All the library knows about a file format. One per folder in src/formats; constinit.
struct Format {
  std::string_view name;           // "evt3"
  std::string_view description;    // "Prophesee EVT 3.0 RAW"
  std::string_view specification;  // where the layout is described: a page's address or title
  std::span<const std::string_view> extensions;  // ".raw"
  std::span<const std::string_view> streams;     // as in Batches
  size_t word_size;  // bytes; a payload may be cut at any multiple of it
  // Whether the positions of this format are rows, not bytes: it is that of containers, which an
  // opener finds its way in and whose payload stands for a byte a row. Every row can be decoded on
  // its own.
  bool counts_rows = false;
  // Of formats whose records are lines: the bytes behind a piece of the payload that a decoder
  // wants to see, since the last record of the piece may end in them.
  size_t look_ahead = 0;
  size_t max_burst;        // the most events one word can give
  uint32_t state_version;  // of DecoderState::words
  // Whether a file of this format may say itself where which times are.
  bool own_index = false;
  // Whether a decoder that begins in the middle may never come to agree with one that began at the
  // front: the index is then made from front to back, by one thread.
  bool index_from_front = false;
  bool drops_out_of_sensor;
  // Whether programs differ in which way round they show such recordings (Options::orientation).
  bool mirrors = false;
  // Whether `head`, the first 64 KiB or all of the file, is this format. Looks at content only.
  bool (*matches)(Bytes head) noexcept;
  // Whether `head` could be this format without a header, as some files are: asked after all
  // others, and only for files whose names end in one of `extensions`. Null: all have one.
  bool (*matches_bare)(Bytes head) noexcept = nullptr;
  // Reads the header at the front of `head` (the first 1 MiB or all of the file). Throws
  // Error(kFormat). With `trust_geometry` false a bad geometry in the header is left out, not
  // thrown, because the caller brings its own.
  Header (*read_header)(Bytes head, bool trust_geometry);
  // The same where the options say what a header may not. Null: they say nothing.
  Header (*read_header_as)(Bytes head, bool trust_geometry, const Options& options) = nullptr;
  // In place of that, of a format whose positions are rows: finds the rows of a file. Throws
  // Error(kFormat). Null where an opener outside of this library does it.
  ContainerPlan (*make_plan)(const std::shared_ptr<Source>& file, const Options& options) = nullptr;
  // The share of the words of `payload` (up to 64 KiB) that the format does not define, 0 to 1.
  // Null where words are never behind the header of another format.
  double (*misfit)(Bytes payload, const Header& header) noexcept;
  std::unique_ptr<Decoder> (*make_decoder)(const Header& header, const DecodeOptions& options);
  // The pixels of a frame, as the options turn the sensor, row by row from the top, of several
  // channels as RGB or RGBA; no more than its place allows is allocated. Throws Error(kDamaged).
  // Null: there are none, or another library reads them.
  std::vector<std::byte> (*read_image)(Source& file, const FramePlace& place,
                                       const DecodeOptions& options) = nullptr;
  // Null where the format cannot be written.
  std::string (*write_header)(const Header& header, const EncodeOptions& options);
  std::unique_ptr<Encoder> (*make_encoder)(const Header& header, const EncodeOptions& options);
  // The options that both know, and no others; the format's README says what they mean.
  std::span<const std::string_view> encode_options = {};
};

std::span<const Format* const> formats() noexcept;
const Format* find_format(std::string_view name) noexcept;  // null where there is none
// The format of which `head` is the beginning, or null. `name` is that of the file, where it has
// one.
const Format* detect_format(Bytes head, std::string_view name = {}) noexcept;
// Whether a file begins as those of the HDF5 library do: it is opened with a plan of its columns.
bool is_hdf5(Bytes head) noexcept;
// Why no format matches `head`, in one sentence: what it seems to be, or what was tried.
std::string explain_unknown(Bytes head);

}  // namespace evarrow
