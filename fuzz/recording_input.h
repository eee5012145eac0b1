// SPDX-License-Identifier: Apache-2.0
// Recordings out of the bytes of an input: as they are, as the words behind a header, or as steps
// of a clock and pixels that our own encoders write. Few inputs of a fuzzer would otherwise get
// past the header, and fewer still have times that go forward.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "evarrow/error.h"
#include "evarrow/format.h"
#include "options.h"

namespace evarrow::fuzz {

class RecordingInput {
 public:
  // `choice` is a byte of the input.
  RecordingInput(Bytes bytes, uint32_t choice) : bytes_(bytes) {
    header_.width = 640;
    header_.height = 480;
    const std::vector<const Format*> writable = writable_formats();
    const Format& format = *writable[choice % writable.size()];
    switch (choice / writable.size() % 4) {
      case 0:
        file_.assign(bytes.begin(), bytes.end());
        break;
      case 1:
        write_header(format);
        repeat(choice / 64 == 3 ? kLong : 1);
        break;
      default:
        write_header(format);
        write_rows(format, choice / 64);
    }
  }

  std::vector<std::byte>& file() noexcept { return file_; }

 private:
  static constexpr size_t kLong = 100'000;  // bytes: several units, blocks of an index and batches
  static constexpr size_t kRowBytes = 4;

  static std::vector<const Format*> writable_formats() {
    std::vector<const Format*> found;
    std::ranges::copy_if(formats(), std::back_inserter(found),
                         [](const Format* one) { return one->make_encoder != nullptr; });
    return found;
  }

  void write_header(const Format& format) {
    header_.format = format.name;
    const std::string text = format.write_header(header_, {});
    const Bytes head = std::as_bytes(std::span(text));
    file_.assign(head.begin(), head.end());
  }

  // Appends the bytes until there are at least `least`, at least once.
  void repeat(size_t least) {
    if (bytes_.empty()) return;
    do {
      file_.insert(file_.end(), bytes_.begin(), bytes_.end());
    } while (file_.size() < least);
  }

  // `kind`: 0 and 1 short, 2 short and with a damaged word, 3 long and perhaps damaged.
  void write_rows(const Format& format, uint32_t kind) {
    const size_t in_bytes = bytes_.size() / kRowBytes;
    if (in_bytes == 0) return;
    const size_t n =
        kind == 3 ? std::max(in_bytes, kLong / std::max<size_t>(format.word_size, 2)) : in_bytes;
    EventBatch events(n);
    Batch triggers(kTriggerFields, n);
    int64_t now = 100'000;
    for (size_t i = 0; i < n; ++i) add_row(i % in_bytes, now, events, triggers);
    const size_t begin = file_.size();
    const auto encoder = format.make_encoder(header_, {});
    if (!encoder->takes("triggers")) triggers.resize(0);
    try {
      encoder->encode(events, triggers, file_);
      encoder->finish(file_);
    } catch (const Error& error) {
      check(error.code() == ErrorCode::kArgument, "an encoder refuses rows as an argument");
    }
    const bool damaged = kind == 2 || (kind == 3 && byte(3) % 2 != 0);
    if (!damaged || file_.size() == begin) return;
    const size_t at = begin + (byte(0) << 8 | byte(1)) * (file_.size() - begin) / 65'536;
    file_[at] ^= static_cast<std::byte>(1 + byte(2) % 255);
  }

  uint32_t byte(size_t i) const { return std::to_integer<uint32_t>(bytes_[i]); }

  // Times mostly go forward by little, sometimes back by little, seldom far in either direction.
  static int64_t step_of(uint32_t choice) noexcept {
    if (choice < 200) return choice % 8;
    if (choice < 240) return -static_cast<int64_t>(choice - 199) * 16;
    if (choice < 250) return static_cast<int64_t>(choice - 239) * 997;
    if (choice < 252) return -9'990;
    if (choice < 253) return -12'000;
    return choice < 255 ? 4'100'000 : 7'000'000;
  }

  void add_row(size_t row, int64_t& now, EventBatch& events, Batch& triggers) const {
    const size_t at = row * kRowBytes;
    now = std::max<int64_t>(now + step_of(byte(at)), 0);
    const uint32_t more = byte(at + 3);
    if (more % 32 == 31 && (triggers.size() == 0 || now >= last_trigger(triggers))) {
      const size_t i = triggers.size();
      triggers.column<int64_t>(kTriggerT)[i] = now;
      triggers.column<int16_t>(kTriggerId)[i] = static_cast<int16_t>(byte(at + 1) % 8);
      triggers.column<int8_t>(kTriggerPolarity)[i] = byte(at + 2) % 2 == 0 ? 1 : -1;
      triggers.resize(i + 1);
      return;
    }
    const size_t i = events.size();
    events.x()[i] = static_cast<int16_t>((byte(at + 1) << 2 | more % 4) % 640);
    events.y()[i] = static_cast<int16_t>((byte(at + 2) << 1 | (more >> 2) % 2) % 480);
    events.t()[i] = now;
    events.polarity()[i] = more >= 128 ? int8_t{1} : int8_t{-1};
    events.resize(i + 1);
  }

  static int64_t last_trigger(const Batch& triggers) noexcept {
    return triggers.column<int64_t>(kTriggerT)[triggers.size() - 1];
  }

  Bytes bytes_;
  Header header_;
  std::vector<std::byte> file_;
};

}  // namespace evarrow::fuzz
