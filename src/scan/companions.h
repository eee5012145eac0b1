// SPDX-License-Identifier: Apache-2.0
// The other streams that come along in a pass: rows met in the same words, or, where a recording
// keeps a stream apart, the rows of a pass of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "evarrow/scan.h"
#include "scan/stream.h"

namespace evarrow {

class Companions {
 public:
  explicit Companions(const Scan& scan);

  bool has_apart() const noexcept;
  // Room for the rows that a stretch of words can give, and where they go.
  void make_room(Batches& batches);
  // Rows of a stream since the last call; of one kept apart, up to `until`.
  Batch take(std::string_view name, int64_t until);
  // Adds what the passes of streams kept apart met, once each, when they are over.
  void tell(Scan::Report& report);

 private:
  struct Companion {
    const Stream* stream;
    Batch met;                       // and not taken
    std::unique_ptr<Reader> reader;  // if it is kept apart
    bool ended = false;
    bool told = false;
  };

  static Batch take_apart(Companion& companion, int64_t until);

  Predicate times_;
  std::vector<Companion> companions_;
};

}  // namespace evarrow
