// SPDX-License-Identifier: Apache-2.0
#include "containers/chunk_decoder.h"

#include <algorithm>
#include <array>
#include <exception>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "containers/container.h"
#include "containers/values.h"
#include "evarrow/stream.h"

namespace evarrow {
namespace {

constexpr size_t kBlock = 4096;  // rows that are made at a time, which stay in cache
constexpr uint32_t kAllDecodedColumns = (uint32_t{1} << kEventFields.size()) - 1;
constexpr uint32_t kPlace = uint32_t{1} << kX | uint32_t{1} << kY;

// False if one of them is too far away to be moved without a look at each.
bool move_times(int64_t* t, size_t n, int64_t added) noexcept {
  if (added == 0) return true;
  constexpr int64_t kFar = int64_t{1} << 60;
  bool is_near = true;
  for (size_t i = 0; i < n; ++i) is_near = is_near && t[i] < kFar && t[i] > -kFar;
  if (!is_near) return false;
  for (size_t i = 0; i < n; ++i) t[i] += added;
  return true;
}

class ChunkDecoder final : public Decoder {
 public:
  ChunkDecoder(const Header& header, const DecodeOptions& options)
      : container_(header.container != nullptr ? header.container
                                               : std::make_shared<const Container>()),
        plan_(container_->plan),
        stream_(*stream_called(plan_.stream)),
        options_(options),
        is_events_(plan_.stream == "events"),
        is_records_(is_events_ && std::ranges::all_of(plan_.columns,
                                                      [](const StoredColumn& one) {
                                                        return one.dataset == 0 && one.shift == 0;
                                                      })),
        knows_sensor_(is_events_ && header.width > 0 && header.height > 0),
        drops_outside_(knows_sensor_ && options.drop_out_of_sensor),
        drops_(drops_outside_ || plan_.drops_timeless),
        judged_((drops_outside_ ? kPlace : 0) |
                (plan_.drops_timeless ? uint32_t{1} << stream_.t : 0)),
        width_(static_cast<uint16_t>(header.width)),
        height_(static_cast<uint16_t>(header.height)),
        rows_(container_->datasets.size()) {
    goes_direct_ = is_events_ && !drops_ && has_columns(*container_);
  }

  size_t decode(Bytes in, const Batches& out) noexcept override {
    const uint64_t begin = offset_;
    const uint64_t end = begin + in.size();
    Batch* const batch = out.*stream_.rows;
    if (batch == nullptr || plan_.columns.empty()) offset_ = end;
    bool made = false;
    while (offset_ < end) {
      if (goes_direct_ && take_chunk(end, *batch)) {
        made = true;
        continue;
      }
      const uint32_t columns = batch->columns() | judged_;
      Stretch stretch = reach(columns, end - offset_);
      // Damage is met on its own: what lies before it can then be given out first.
      if (stretch.damaged != nullptr && made) break;
      if (stretch.damaged != nullptr) {
        tell(*stretch.damaged, stretch.rows);
        offset_ += stretch.rows;
        break;
      }
      if (!drops_) stretch.rows = std::min(stretch.rows, batch->room());
      if (stretch.rows == 0) break;  // damage needs no room, rows do
      made = true;
      const size_t taken = drops_ ? take_kept(stretch.rows, *batch) : take(stretch.rows, *batch);
      offset_ += taken;
      if (taken < stretch.rows) break;
    }
    return static_cast<size_t>(offset_ - begin);
  }

  size_t summarize(Bytes in, Summary& summary) noexcept override {
    if (plan_.columns.empty()) return 0;
    const uint64_t end = offset_ + in.size();
    while (offset_ < end) {
      const uint32_t columns = uint32_t{1} << stream_.t | judged_;
      const Stretch stretch = reach(columns, end - offset_);
      if (stretch.damaged == nullptr) {
        add(stretch.rows, summary);
      } else {
        summary.lost += stretch.rows;
      }
      offset_ += stretch.rows;
    }
    return in.size();
  }

  DecoderState state() const noexcept override { return {.epoch = epoch_, .words = {}}; }
  void set_state(const DecoderState& state) noexcept override { epoch_ = state.epoch; }
  std::string why() const override { return why_; }
  size_t unfinished() const noexcept override {
    return offset_ == plan_.rows ? static_cast<size_t>(plan_.truncated) : 0;
  }

 private:
  // Rows from offset_ on that can be had, or that cannot.
  struct Stretch {
    size_t rows;
    const ChunkCache* damaged;
  };

  // Finds the rows of all datasets that `columns` are in.
  Stretch reach(uint32_t columns, uint64_t most) noexcept {
    uint64_t n = std::min<uint64_t>(most, kBlock);
    for (size_t i = 0; i < plan_.columns.size(); ++i) {
      const uint32_t dataset = plan_.columns[i].dataset;
      if ((columns >> i & 1) == 0 || dataset == kNoDataset) continue;
      ChunkCache::Rows& rows = rows_[dataset];
      if (!rows.holds(offset_)) {
        rows = {};  // gives its memory back first
        rows = container_->datasets[dataset]->rows_at(offset_);
      }
      const uint64_t rest = rows.end() - offset_;
      if (rows.damage() != nullptr) {
        return {static_cast<size_t>(std::min(most, rest)), container_->datasets[dataset].get()};
      }
      n = std::min(n, rest);
    }
    return {static_cast<size_t>(n), nullptr};
  }

  // Whether the columns of the events are those of the chunks.
  static bool has_columns(const Container& container) noexcept {
    const std::vector<StoredColumn>& columns = container.plan.columns;
    if (container.datasets.size() != 1 || !container.datasets[0]->holds_columns()) return false;
    const auto is_plain_at = [](const StoredColumn& column, uint32_t at) {
      return column.at == at && column.shift == 0 && column.bits == 0 && !column.inverted;
    };
    return columns.size() == kEventFields.size() && is_plain_at(columns[kX], kRecordX) &&
           is_plain_at(columns[kY], kRecordY) && is_plain_at(columns[kT], kRecordT) &&
           is_plain_at(columns[kPolarity], kRecordPolarity);
  }

  // The chunk that begins here, if there is room for all of it, straight to where it is wanted.
  bool take_chunk(uint64_t end, Batch& batch) noexcept {
    if (rows_[0].holds(offset_) || !is_plain(plan_.time, epoch_)) return false;
    const size_t at = batch.size();
    const auto place = [&]<typename T>(size_t column, T* first) {
      return batch.has(column) ? first + at : nullptr;
    };
    const codecs::EcfColumns out = {.x = place(kX, batch.column<int16_t>(kX)),
                                    .y = place(kY, batch.column<int16_t>(kY)),
                                    .t = place(kT, batch.column<int64_t>(kT)),
                                    .polarity = place(kPolarity, batch.column<int8_t>(kPolarity)),
                                    .off = options_.off};
    const uint64_t most = std::min<uint64_t>(end - offset_, batch.room());
    const size_t n = container_->datasets[0]->decode_to(offset_, most, out, stored_);
    if (n == 0 || (out.t != nullptr && !move_times(out.t, n, plan_.time.offset + epoch_))) {
      return false;
    }
    batch.resize(at + n);
    if (knows_sensor_ && out.x != nullptr && out.y != nullptr) count_outside(out.x, out.y, n);
    offset_ += n;
    return true;
  }

  // Writes n values of column i from `skip` rows behind offset_ on to `to`; returns how many do not
  // fit.
  size_t convert(size_t i, size_t n, std::byte* to, size_t skip = 0) const noexcept {
    if (plan_.columns[i].dataset != kNoDataset) {
      return convert_from(values_of(i).from(skip), i, n, to);
    }
    make_up(i, n, skip, to);
    return 0;
  }

  void make_up(size_t i, size_t n, size_t skip, std::byte* to) const noexcept {
    const StoredColumn& column = plan_.columns[i];
    const auto count = [&]<typename T>(T* out) {
      const auto row = static_cast<int64_t>(offset_ + skip);
      for (size_t j = 0; j < n; ++j) {
        out[j] = static_cast<T>(column.first + column.step * (row + static_cast<int64_t>(j)));
      }
    };
    if (schema()[i].type == Type::kFloat64) {
      std::fill_n(reinterpret_cast<double*>(to), n, std::numeric_limits<double>::quiet_NaN());
    } else if (schema()[i].type == Type::kInt16) {
      count(reinterpret_cast<int16_t*>(to));
    } else {
      count(reinterpret_cast<int64_t*>(to));
    }
  }

  StoredValues values_of(size_t i) const noexcept {
    const StoredColumn& column = plan_.columns[i];
    return rows_[column.dataset].values(column, offset_);
  }

  size_t convert_from(const StoredValues& values, size_t i, size_t n,
                      std::byte* to) const noexcept {
    return to_column(plan_, i, schema()[i].type, values, n, to,
                     {.epoch = epoch_, .off = options_.off});
  }

  Schema schema() const noexcept { return stream_.schema; }

  size_t take(size_t n, Batch& batch) noexcept {
    const size_t at = batch.size();
    if (!take_records(n, batch)) take_columns(n, batch);
    batch.resize(at + n);
    if (knows_sensor_ && batch.has(kX) && batch.has(kY)) {
      count_outside(batch.column<int16_t>(kX) + at, batch.column<int16_t>(kY) + at, n);
    }
    return n;
  }

  void take_columns(size_t n, Batch& batch) noexcept {
    for (size_t i = 0; i < plan_.columns.size(); ++i) {
      if (!batch.has(i)) continue;
      const size_t width = width_of(schema()[i].type);
      const size_t misfits = convert(i, n, batch.column<std::byte>(i) + batch.size() * width);
      if (misfits != 0) tell_misfits(i, n, misfits);
    }
  }

  // All columns at once, where the rows are records that need no care.
  bool take_records(size_t n, Batch& batch) const noexcept {
    if (!is_records_ || batch.columns() != kAllDecodedColumns || !is_plain(plan_.time, epoch_)) {
      return false;
    }
    const size_t at = batch.size();
    return to_events({values_of(kX), values_of(kY), values_of(kT), values_of(kPolarity)}, n,
                     plan_.time.offset + epoch_, options_.off,
                     {.x = batch.column<int16_t>(kX) + at,
                      .y = batch.column<int16_t>(kY) + at,
                      .t = batch.column<int64_t>(kT) + at,
                      .polarity = batch.column<int8_t>(kPolarity) + at});
  }

  bool is_outside(int16_t x, int16_t y) const noexcept {
    return static_cast<uint16_t>(x) >= width_ || static_cast<uint16_t>(y) >= height_;
  }

  void count_outside(const int16_t* x, const int16_t* y, size_t n) noexcept {
    size_t outside = 0;
    for (size_t i = 0; i < n; ++i) outside += is_outside(x[i], y[i]) ? 1U : 0U;
    if (outside == 0) return;
    size_t first = 0;
    while (!is_outside(x[first], y[first])) ++first;
    faults_.add(FaultKind::kOutOfSensor, offset_ + first, outside);
  }

  // Makes the columns that say which of n rows are kept.
  void judge(size_t n) noexcept {
    if (plan_.drops_timeless) {
      // As stored: in whatever unit, and with nothing added.
      (void)to_column(plan_, stream_.t, Type::kInt64, values_of(stream_.t), n,
                      reinterpret_cast<std::byte*>(stored_t_.data()));
    }
    if (!drops_outside_) return;
    (void)convert(kX, n, reinterpret_cast<std::byte*>(x_.data()));
    (void)convert(kY, n, reinterpret_cast<std::byte*>(y_.data()));
  }

  bool keeps(size_t row) const noexcept {
    return !(plan_.drops_timeless && stored_t_[row] == std::numeric_limits<int64_t>::min()) &&
           !(drops_outside_ && is_outside(x_[row], y_[row]));
  }

  // Appends those of n rows that are kept, as far as there is room; returns how many rows it went
  // past.
  size_t take_kept(size_t n, Batch& batch) noexcept {
    judge(n);
    size_t row = 0;
    for (; row < n; ++row) {
      if (!keeps(row)) continue;
      if (batch.room() == 0) break;
      const size_t at = batch.size();
      for (size_t i = 0; i < plan_.columns.size(); ++i) {
        if (!batch.has(i)) continue;
        std::byte* const to = batch.column<std::byte>(i) + at * width_of(schema()[i].type);
        if (convert(i, 1, to, row) != 0) tell_misfit(i, row);
      }
      batch.resize(at + 1);
    }
    if (drops_outside_) count_outside(x_.data(), y_.data(), row);
    return row;
  }

  void add(size_t n, Summary& summary) noexcept {
    const size_t misfits = convert(stream_.t, n, reinterpret_cast<std::byte*>(t_.data()));
    if (!plan_.drops_timeless) summary.lost += misfits;
    size_t kept = n;
    if (drops_) {
      judge(n);
      kept = 0;
      alignas(8) std::array<std::byte, 8> unused;
      for (size_t i = 0; i < n; ++i) {
        if (!keeps(i)) continue;
        t_[kept++] = t_[i];
        if (plan_.drops_timeless) summary.lost += convert(stream_.t, 1, unused.data(), i);
      }
    }
    summary.events += kept;
    for (size_t i = 0; i < kept; ++i) {
      summary.t_min = std::min(summary.t_min, t_[i]);
      summary.t_max = std::max(summary.t_max, t_[i]);
    }
  }

  void tell(const ChunkCache& dataset, size_t rows) noexcept {
    faults_.add(FaultKind::kCorrupt, offset_, rows);
    const auto at =
        std::ranges::find(container_->datasets, &dataset, &std::unique_ptr<ChunkCache>::get);
    const char* damage = rows_[static_cast<size_t>(at - container_->datasets.begin())].damage();
    say([&] {
      return "the chunk of '" + dataset.name() + "' with rows " + std::to_string(offset_) + " to " +
             std::to_string(offset_ + rows - 1) + " cannot be decoded: " + damage;
    });
  }

  // The first of the numbers of column i that do not fit, and how many there are among n.
  void tell_misfits(size_t i, size_t n, size_t misfits) noexcept {
    const StoredValues values = values_of(i);
    alignas(8) std::array<std::byte, 8> unused;
    size_t first = 0;
    while (first + 1 < n && convert_from(values.from(first), i, 1, unused.data()) == 0) ++first;
    tell_misfit(i, first);
    if (misfits > 1) faults_.add(FaultKind::kBadValue, offset_ + first, misfits - 1);
  }

  void tell_misfit(size_t i, size_t row) noexcept {
    faults_.add(FaultKind::kBadValue, offset_ + row);
    say([&] {
      return "the " + std::string(schema()[i].name) + " of row " + std::to_string(offset_ + row) +
             " is no number that its column can hold";
    });
  }

  template <typename MakeText>
  void say(const MakeText& text) noexcept {
    try {
      why_ = text();
    } catch (const std::exception&) {
      why_.clear();  // the fault is counted all the same
    }
  }

  std::shared_ptr<const Container> container_;
  const ChunkPlan& plan_;
  const Stream& stream_;
  DecodeOptions options_;
  bool is_events_, is_records_, knows_sensor_, drops_outside_, drops_;
  uint32_t judged_;           // the columns that say which rows are kept
  bool goes_direct_ = false;  // chunks become columns at once
  uint16_t width_, height_;
  int64_t epoch_ = 0;
  std::vector<ChunkCache::Rows> rows_;  // of every dataset, where the decoder stands
  std::string why_;
  Scratch stored_;  // the bytes of a chunk
  std::array<int64_t, kBlock> t_, stored_t_;
  std::array<int16_t, kBlock> x_, y_;
};

}  // namespace

std::unique_ptr<Decoder> make_chunk_decoder(const Header& header, const DecodeOptions& options) {
  return std::make_unique<ChunkDecoder>(header, options);
}

}  // namespace evarrow
