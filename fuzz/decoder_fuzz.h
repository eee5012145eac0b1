// SPDX-License-Identifier: Apache-2.0
// What must hold for every decoder and any bytes. An input is 16 bytes of choices, in the order
// they are taken below, and the words.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "decoder_run.h"
#include "evarrow/error.h"
#include "evarrow/format.h"
#include "evarrow/machine.h"
#include "evarrow/scan.h"

namespace evarrow::fuzz {

class DecoderFuzz {
 public:
  // `tame` makes a word, in place, one of the kinds that real recordings are made of.
  using Tame = void (*)(std::byte* word);

  // The layouts of the format's words; none if there is but one.
  using Layouts = std::span<const std::string_view>;

  DecoderFuzz(const Format& format, std::span<const uint8_t> input, Tame tame, Layouts layouts)
      : format_(format), choices_(input) {
    header_.format = format.name;
    // The order of these lines is the layout of the seeds.
    const bool known = choices_.flag();
    const auto width = static_cast<int32_t>(choices_.below(2048) + 1);
    const auto height = static_cast<int32_t>(choices_.below(2048) + 1);
    if (known) {
      header_.width = width;
      header_.height = height;
    }
    const uint32_t layout = choices_.byte();
    if (!layouts.empty()) {
      header_.layout = layouts[layout % layouts.size()];
      header_.fields = {{"type", header_.layout}};  // where Event Streams have it
    }
    options_.drop_out_of_sensor = choices_.flag() && known;
    options_.off = choices_.flag() ? 0 : -1;
    cut_.step = 1 + choices_.below(512);
    cut_.capacity = choices_.byte();
    cut_.other_capacity = 1 + choices_.byte() % 8;
    cut_.misalignment = choices_.byte() % 16;
    cut_.columns = choices_.byte() & 15U;
    bytes_.assign(choices_.rest().begin(), choices_.rest().end());
    split_ = choices_.byte();
    if (choices_.flag()) {
      for (size_t at = 0; at + format.word_size <= bytes_.size(); at += format.word_size) {
        tame(bytes_.data() + at);
      }
    }
  }

  void run() {
    set_level("scalar");
    const auto decoder = make_decoder();
    whole_ = Run(format_, *decoder, {}).over(bytes_);
    end_ = decoder->state();
    faults_ = decoder->faults();
    check(decoder->offset() == kOffset + bytes_.size() / format_.word_size * format_.word_size,
          "all whole words are read");
    for (const char* level : levels()) {
      set_level(level);
      check_presented({.misalignment = cut_.misalignment});
      check_presented(cut_);
      check_resumed();
    }
    check_without_events();
    check_summary();
    check_encoded();
  }

 private:
  static constexpr uint64_t kOffset = 100;  // where in the file the words begin

  // The instruction sets of this machine.
  static const std::vector<const char*>& levels() {
    static const std::vector<const char*> all = [] {
      std::vector<const char*> found;
      for (const char* level : {"scalar", "sse4", "avx2", "avx512"}) {
        set_level(level);
        if (instruction_set() == level) found.push_back(level);
      }
      return found;
    }();
    return all;
  }

  // Decoders that are made from now on use no more than this.
  static void set_level(const char* level) { setenv("EVARROW_TARGET", level, 1); }

  std::unique_ptr<Decoder> make_decoder() const { return make_decoder(header_); }
  std::unique_ptr<Decoder> make_decoder(const Header& header) const {
    auto decoder = format_.make_decoder(header, options_);
    decoder->set_offset(kOffset);
    return decoder;
  }

  void check_faults(const Faults& faults, const char* what) const {
    for (size_t i = 0; i < kFaultKinds; ++i) {
      const auto kind = static_cast<FaultKind>(i);
      check(faults[kind].count == faults_[kind].count, what);
      check(faults[kind].count == 0 || faults[kind].offset == faults_[kind].offset, what);
    }
  }

  void check_same(const Rows& rows, uint32_t columns) const {
    const auto same = [&](size_t column, const auto& values, const auto& expected) {
      const bool wanted = (columns >> column & 1U) != 0;
      check(wanted ? values == expected : values.empty(), "the rows are the same");
    };
    same(kX, rows.x, whole_.x);
    same(kY, rows.y, whole_.y);
    same(kT, rows.t, whole_.t);
    same(kPolarity, rows.polarity, whole_.polarity);
    check(rows.events == whole_.events, "the number of events is the same");
    check(rows.triggers == whole_.triggers, "the triggers are the same");
    check(rows.rates == whole_.rates, "the rates are the same");
    check(rows.lists == whole_.lists, "the rows of the other streams are the same");
  }

  void check_presented(Presented how) const {
    const auto decoder = make_decoder();
    check_same(Run(format_, *decoder, how).over(bytes_), how.columns);
    check(decoder->state() == end_, "the state at the end is the same");
    check_faults(decoder->faults(), "the faults are the same");
  }

  // A decoder goes on from the state of another one, with another epoch.
  void check_resumed() const {
    constexpr int64_t kShift = 1'000'000'007;
    const size_t words = bytes_.size() / format_.word_size;
    const size_t split = words * split_ / 256 * format_.word_size;
    const auto first = make_decoder();
    Rows rows = Run(format_, *first, {}).over(Bytes(bytes_).first(split));
    const auto second = make_decoder();
    DecoderState state = first->state();
    state.epoch += kShift;
    second->set_state(state);
    check(second->state() == state, "a state that is set is the state");
    second->set_offset(first->offset());
    Rows rest = Run(format_, *second, {}).over(Bytes(bytes_).subspan(split));
    for (int64_t& t : rest.t) t -= kShift;
    for (auto& trigger : rest.triggers) std::get<0>(trigger) -= kShift;
    for (auto& rate : rest.rates) std::get<0>(rate) -= kShift;
    for (size_t i = 0; i < kLists.size(); ++i) {
      for (Cells& row : rest.lists[i]) shift_times(row, kLists[i].schema, -kShift);
    }
    append(rows, rest);
    check_same(rows, kAllColumns);
    state = second->state();
    state.epoch -= kShift;
    check(state == end_, "the state at the end is the same");
    Faults faults = first->faults();
    faults.add(second->faults());
    check_faults(faults, "the faults are the same");
  }

  static void shift_times(Cells& row, Schema schema, int64_t by) {
    for (size_t i = 0; i < schema.size(); ++i) {
      if (schema[i].type == Type::kTime) row[i] += by;
    }
  }

  static void append(Rows& rows, const Rows& more) {
    const auto add = [](auto& to, const auto& from) {
      to.insert(to.end(), from.begin(), from.end());
    };
    add(rows.x, more.x);
    add(rows.y, more.y);
    add(rows.t, more.t);
    add(rows.polarity, more.polarity);
    add(rows.triggers, more.triggers);
    add(rows.rates, more.rates);
    for (size_t i = 0; i < kLists.size(); ++i) add(rows.lists[i], more.lists[i]);
    rows.events += more.events;
  }

  void check_without_events() const {
    const auto decoder = make_decoder();
    const Rows rows = Run(format_, *decoder, {.wants_events = false}).over(bytes_);
    check(rows.triggers == whole_.triggers, "triggers alone are the same");
    check(rows.rates == whole_.rates, "rates alone are the same");
    check(rows.lists == whole_.lists, "the rows of the other streams alone are the same");
    check(decoder->state() == end_, "the state at the end is the same");
  }

  void check_summary() const {
    const auto decoder = make_decoder();
    Summary sum;
    size_t at = 0;
    while (at < bytes_.size()) {
      const size_t end = at + std::min(std::max(cut_.step, format_.word_size), bytes_.size() - at);
      const ExactBytes piece(Bytes(bytes_).subspan(at, end - at), cut_.misalignment);
      const size_t read = decoder->summarize(piece.bytes(), sum);
      check(read == piece.bytes().size() / format_.word_size * format_.word_size,
            "a summary is of all whole words");
      if (read == 0) break;
      at += read;
    }
    check(sum.events == whole_.events, "a summary counts the events");
    check(sum.triggers == whole_.triggers.size(), "a summary counts the triggers");
    const auto [least, greatest] = std::ranges::minmax_element(whole_.t);
    check(whole_.t.empty() ? sum.t_min > sum.t_max : sum.t_min == *least && sum.t_max == *greatest,
          "a summary has the range of the times");
    check(decoder->state() == end_, "a summary ends in the same state");
  }

  // Whether the clock words between the times are not too many to be written again and again.
  bool is_short() const {
    constexpr int64_t kMost = int64_t{1} << 27;
    int64_t now = 0;
    int64_t way = 0;
    for (const int64_t t : whole_.t) {
      way += std::abs(t - now);
      now = t;
      if (way > kMost) return false;
    }
    const auto late = [](const auto& trigger) { return std::get<0>(trigger) > kMost; };
    return std::ranges::none_of(whole_.triggers, late);
  }

  // Rows that can be written are the same when they are read again.
  void check_encoded() const {
    if (format_.make_encoder == nullptr || !is_short()) return;
    EventBatch events(whole_.events);
    std::ranges::copy(whole_.x, events.x());
    std::ranges::copy(whole_.y, events.y());
    std::ranges::copy(whole_.t, events.t());
    std::ranges::copy(whole_.polarity, events.polarity());
    events.resize(whole_.events);
    Batch triggers(kTriggerFields, whole_.triggers.size());
    for (size_t i = 0; i < whole_.triggers.size(); ++i) {
      std::tie(triggers.column<int64_t>(kTriggerT)[i], triggers.column<int16_t>(kTriggerId)[i],
               triggers.column<int8_t>(kTriggerPolarity)[i]) = whole_.triggers[i];
    }
    triggers.resize(whole_.triggers.size());
    std::vector<std::byte> written;
    Header header;  // of what is written, which may be laid out in another way
    try {
      const std::string text = format_.write_header(header_, {});
      header = format_.read_header(std::as_bytes(std::span(text)), true);
      const auto encoder = format_.make_encoder(header_, {});
      encoder->encode(events, triggers, written);
      encoder->finish(written);
    } catch (const Error& error) {
      check(error.code() == ErrorCode::kArgument, "an encoder refuses rows as an argument");
      return;
    }
    const auto decoder = make_decoder(header);
    const Rows rows = Run(format_, *decoder, {}).over(written);
    check(rows.x == whole_.x && rows.y == whole_.y && rows.t == whole_.t &&
              rows.polarity == whole_.polarity,
          "events that were written are the same");
    check(rows.triggers == whole_.triggers, "triggers that were written are the same");
    for (size_t i = 0; i < kFaultKinds; ++i) {
      const auto kind = static_cast<FaultKind>(i);
      check(kind == FaultKind::kOutOfSensor || decoder->faults()[kind].count == 0,
            "what was written has no faults");
    }
  }

  const Format& format_;
  Choices choices_;
  Header header_;
  DecodeOptions options_;
  Presented cut_;
  uint32_t split_ = 0;  // where another decoder takes over, in 256ths
  std::vector<std::byte> bytes_;
  Rows whole_;  // of the scalar decoder, in one go: what all others must give too
  DecoderState end_;
  Faults faults_;
};

// What is behind one fuzz target.
inline int fuzz_decoder(const Format& format, const uint8_t* bytes, size_t size,
                        DecoderFuzz::Tame tame, DecoderFuzz::Layouts layouts = {}) {
  DecoderFuzz(format, {bytes, size}, tame, layouts).run();
  return 0;
}
inline int fuzz_decoder(const char* name, const uint8_t* bytes, size_t size, DecoderFuzz::Tame tame,
                        DecoderFuzz::Layouts layouts = {}) {
  const Format* format = find_format(name);
  check(format != nullptr, "the format is there");
  return fuzz_decoder(*format, bytes, size, tame, layouts);
}

}  // namespace evarrow::fuzz
