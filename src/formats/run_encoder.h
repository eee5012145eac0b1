// SPDX-License-Identifier: Apache-2.0
// Encoders of words whose state is known from the row before: they work on several threads.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "formats/encoding.h"
#include "formats/pieces.h"

namespace evarrow {

// `Words` has
//   State                                    what is known before a row; kMost, bytes of a row
//   takes_triggers()                         whether there are words of triggers
//   state_after(events, i)                   that behind event i
//   plain(events, begin, end, state, to)     encodes up to a row that takes more care: an Encoded
//   any(events, i, end, row, state, out)     encodes event i, or refuses it; returns the next row,
//                                            which may be further on, up to `end`
//   trigger(triggers, i, row, state, out)    the same for a trigger
// where plain() may use less bytes than any() would, and stops at no row if any() refuses none.
template <typename Words>
class RunEncoder final : public Encoder {
 public:
  template <typename... Arguments>
  explicit RunEncoder(int threads, Arguments&&... arguments)
      : words_(std::forward<Arguments>(arguments)...), pieces_(threads) {}

  bool takes(std::string_view stream) const noexcept override {
    return stream == "triggers" && words_.takes_triggers();
  }

  void encode(const EventBatch& events, const Batch& triggers, EncodedBytes& out) override {
    merge_runs(
        events, triggers, [&](size_t begin, size_t end) { encode_run(events, begin, end, out); },
        [&](size_t i) {
          words_.trigger(triggers, i, {.rows = "triggers", .number = triggers_}, state_, out);
          ++triggers_;
        });
  }

 private:
  void encode_run(const EventBatch& events, size_t begin, size_t end, EncodedBytes& out) {
    const auto state_before = [&](size_t i) {
      return i == begin ? state_ : words_.state_after(events, i - 1);
    };
    typename Words::State behind{};  // the difficult row that was last
    pieces_.append(
        begin, end, Words::kMost, out,
        [&](size_t from, size_t to, std::byte* bytes, bool goes_on) {
          return words_.plain(events, from, to, goes_on ? behind : state_before(from), bytes);
        },
        [&](size_t i, size_t last) {
          behind = state_before(i);
          try {
            return words_.any(events, i, last, {.rows = "events", .number = events_ + i - begin},
                              behind, out);
          } catch (RowError& refused) {
            move_to(events, begin, i);
            refused.set_place(i, 0);
            throw;
          }
        });
    move_to(events, begin, end);
  }

  // Once the events before `i` are written.
  void move_to(const EventBatch& events, size_t begin, size_t i) {
    if (i == begin) return;
    state_ = words_.state_after(events, i - 1);
    events_ += i - begin;
  }

  Words words_;
  typename Words::State state_{};
  Pieces pieces_;
  uint64_t events_ = 0;
  uint64_t triggers_ = 0;
};

}  // namespace evarrow
