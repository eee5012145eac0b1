// SPDX-License-Identifier: Apache-2.0
// Packets of a fixed number of events, triggers, samples and frames between them, and the table of
// all of them.
#include "formats/aedat4/encoder.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "codecs/packer.h"
#include "evarrow/machine.h"
#include "formats/aedat4/flat.h"
#include "formats/aedat4/samples.h"
#include "formats/aedat4/triggers.h"
#include "formats/encoding.h"
#include "parallel/in_order.h"

namespace evarrow::aedat4 {
namespace {

constexpr size_t kPacketEvents = 8192;
constexpr size_t kMostTriggers = 4096;  // of a packet
constexpr size_t kPacketSamples = 256;

// i64 t | i16 x | i16 y | u8 polarity | 24 bits of 0
struct Record {
  int64_t t;
  int16_t x;
  int16_t y;
  uint32_t on;
};
static_assert(sizeof(Record) == codecs::kDvEvent);

// One packet's worth of rows.
struct Piece {
  const EventBatch* events;
  size_t begin;
  size_t rows;
};

// What packets are made with, and the one that was made.
struct Bench {
  codecs::Packer packer;
  std::vector<std::byte> packet;
  std::vector<std::byte> packed;
  int64_t first = 0;  // times
  int64_t last = 0;
};

class Aedat4Encoder final : public Encoder {
 public:
  Aedat4Encoder(const Header& header, const EncodeOptions& options)
      : compression_(compression_of(options)),
        threads_(thread_count(options.threads)),
        header_(header),
        options_(options),
        header_bytes_(write_header(header, options).size()),
        position_(header_bytes_) {}

  void encode(const EventBatch& events, const Batch& triggers, EncodedBytes& out) override {
    check_polarities(events, events_);
    queue(triggers);
    std::vector<Piece> pieces;
    size_t begin = 0;
    if (rest_.size() != 0) {
      begin = std::min(kPacketEvents - rest_.size(), events.size());
      keep(events, 0, begin);
      if (rest_.size() == kPacketEvents) pieces.push_back(piece_of(rest_, 0, kPacketEvents));
    }
    for (; events.size() - begin >= kPacketEvents; begin += kPacketEvents) {
      pieces.push_back(piece_of(events, begin, kPacketEvents));
    }
    write(pieces, out);
    if (rest_.size() == kPacketEvents) rest_.resize(0);
    keep(events, begin, events.size() - begin);
    events_ += events.size();
    while (waiting_.size() > kMostTriggers) write_triggers(kMostTriggers, out);
  }

  bool takes(std::string_view stream) const noexcept override {
    return stream == "triggers" || stream == "imu" || stream == "frames";
  }

  void encode_samples(const Batch& samples, EncodedBytes& out) override {
    for (size_t i = 0; i < samples.size(); ++i, ++samples_) {
      samples_waiting_.push_back(sample_of(samples, i, samples_));
      if (samples_waiting_.size() == kPacketSamples) write_samples(out);
    }
  }

  void encode_picture(const Picture& picture, EncodedBytes& out) override {
    check_picture(picture, pictures_);
    std::vector<std::byte> bytes;
    codecs::Packer().append(compression_, make_frame_packet(picture), bytes);
    append(kFrameStream, 1, picture.t, picture.t, bytes, out);
    ++pictures_;
  }

  void finish(EncodedBytes& out) override {
    std::vector<Piece> pieces;
    if (rest_.size() != 0) pieces.push_back(piece_of(rest_, 0, rest_.size()));
    write(pieces, out);
    write_triggers(waiting_.size(), out);
    write_samples(out);
    if (!options_.can_patch) return;
    table_at_ = static_cast<int64_t>(position_);
    std::vector<std::byte> table;
    codecs::Packer().append(compression_, make_table(table_), table);
    out.append(table);
  }

  // The header, which tells of the streams that there are and of the table.
  std::vector<Patch> patches() const override {
    if (!options_.can_patch) return {};
    EncodeOptions found = options_;
    found.streams.clear();
    if (samples_ != 0) found.streams.emplace_back("imu");
    if (pictures_ != 0) found.streams.emplace_back("frames");
    const std::string header = write_header(header_, found, header_bytes_);
    Patch patch = {.offset = 0, .bytes = std::vector<std::byte>(header.size())};
    std::memcpy(patch.bytes.data(), header.data(), header.size());
    std::memcpy(patch.bytes.data() + kMagic.size() + kTablePlace, &table_at_, sizeof(table_at_));
    return {std::move(patch)};
  }

 private:
  static Piece piece_of(const EventBatch& events, size_t begin, size_t rows) {
    return {.events = &events, .begin = begin, .rows = rows};
  }

  // Lets rows wait until there are enough of them for a packet.
  void keep(const EventBatch& events, size_t begin, size_t rows) {
    if (rows == 0) return;
    rest_.copy_rows(rest_.size(), events, begin, rows);
    rest_.resize(rest_.size() + rows);
  }

  void queue(const Batch& triggers) {
    for (size_t i = 0; i < triggers.size(); ++i) {
      const RowName row = {.rows = "triggers", .number = triggers_ + i};
      const int16_t id = triggers.column<int16_t>(kTriggerId)[i];
      const int8_t polarity = triggers.column<int8_t>(kTriggerPolarity)[i];
      const auto source = trigger_source(id, polarity);
      if (!source) {
        triggers_ += i;
        RowError refused(row.rows, row.number,
                         "AEDAT 4 has no source of triggers with id " + std::to_string(id) +
                             " and polarity " + std::to_string(int{polarity}) +
                             "; edges of its external input have the id 1");
        refused.set_place(0, i);  // no event is written yet
        throw refused;
      }
      waiting_.push_back({.t = triggers.column<int64_t>(kTriggerT)[i], .source = *source});
    }
    triggers_ += triggers.size();
  }

  void write_samples(EncodedBytes& out) {
    if (samples_waiting_.empty()) return;
    const auto [first, last] = std::ranges::minmax(samples_waiting_, {}, &Sample::t);
    std::vector<std::byte> bytes;
    codecs::Packer().append(compression_, make_samples_packet(samples_waiting_), bytes);
    append(kImuStream, samples_waiting_.size(), first.t, last.t, bytes, out);
    samples_waiting_.clear();
  }

  void make(const Piece& piece, Bench& bench) const {
    std::byte* to = begin_events_packet(piece.rows, bench.packet);
    const EventBatch& events = *piece.events;
    bench.first = INT64_MAX;
    bench.last = INT64_MIN;
    for (size_t i = piece.begin; i < piece.begin + piece.rows; ++i, to += sizeof(Record)) {
      const int64_t t = events.t()[i];
      bench.first = std::min(bench.first, t);
      bench.last = std::max(bench.last, t);
      const Record record = {
          .t = t, .x = events.x()[i], .y = events.y()[i], .on = events.polarity()[i] > 0 ? 1U : 0U};
      std::memcpy(to, &record, sizeof(record));
    }
    bench.packed.clear();
    bench.packer.append_events(compression_, bench.packet, kEventsAt, bench.packed);
  }

  // Triggers come behind the packet whose events go past them.
  void write(const std::vector<Piece>& pieces, EncodedBytes& out) {
    benches_.resize(slots_in_order(threads_));
    const auto put = [&](size_t i, size_t slot) {
      const Bench& bench = benches_[slot];
      append(kEventStream, pieces[i].rows, bench.first, bench.last, bench.packed, out);
      size_t passed = 0;
      while (passed < waiting_.size() && waiting_[passed].t <= bench.last) ++passed;
      write_triggers(passed, out);
    };
    parallel_in_order(
        pieces.size(), threads_, [&](size_t i, size_t slot) { make(pieces[i], benches_[slot]); },
        put);
  }

  // Writes the first `n` triggers that wait.
  void write_triggers(size_t n, EncodedBytes& out) {
    if (n == 0) return;
    const std::vector<Trigger> triggers(waiting_.begin(),
                                        waiting_.begin() + static_cast<ptrdiff_t>(n));
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<ptrdiff_t>(n));
    const auto [first, last] = std::ranges::minmax(triggers, {}, &Trigger::t);
    std::vector<std::byte> bytes;
    codecs::Packer().append(compression_, make_triggers_packet(triggers), bytes);
    append(kTriggerStream, n, first.t, last.t, bytes, out);
  }

  void append(int32_t stream, size_t elements, int64_t first, int64_t last, Bytes packet,
              EncodedBytes& out) {
    const auto size = static_cast<int32_t>(packet.size());
    append_word(out, stream);
    append_word(out, size);
    out.append(packet);
    position_ += 2 * sizeof(int32_t);
    if (options_.can_patch) {
      table_.push_back({.offset = static_cast<int64_t>(position_),
                        .stream = stream,
                        .size = size,
                        .elements = static_cast<int64_t>(elements),
                        .first = first,
                        .last = last});
    }
    position_ += packet.size();
  }

  codecs::DvCompression compression_;
  int threads_;
  Header header_;
  EncodeOptions options_;
  size_t header_bytes_;
  uint64_t position_;  // in the file, of what is written next
  int64_t table_at_ = -1;
  std::vector<TableRow> table_;
  EventBatch rest_{kPacketEvents};  // rows that wait for more
  std::vector<Trigger> waiting_;
  std::vector<Sample> samples_waiting_;
  std::vector<Bench> benches_;
  uint64_t events_ = 0;
  uint64_t triggers_ = 0;
  uint64_t samples_ = 0;
  uint64_t pictures_ = 0;
};

}  // namespace

std::unique_ptr<Encoder> make_encoder(const Header& header, const EncodeOptions& options) {
  return std::make_unique<Aedat4Encoder>(header, options);
}

}  // namespace evarrow::aedat4
