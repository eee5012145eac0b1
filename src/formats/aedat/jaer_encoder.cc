// SPDX-License-Identifier: Apache-2.0
// AEDAT 2 in the addresses of a DVS128 or of a DAVIS.
#include "formats/aedat/jaer_encoder.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "evarrow/error.h"
#include "formats/aedat/aedat.h"
#include "formats/aedat/cameras.h"
#include "formats/aedat/jaer_words.h"
#include "formats/clock32_writer.h"
#include "formats/encoding.h"
#include "formats/run_encoder.h"
#include "formats/text.h"

namespace evarrow::aedat {
namespace {

constexpr int32_t kDvs128Size = 128;  // pixels
constexpr int32_t kDavisWidth = 1024;
constexpr int32_t kDavisHeight = 512;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return text;
}

// The layout that is asked for, else that of the recording it comes from, else by the size.
std::string_view layout_of(const Header& header, const EncodeOptions& options) {
  const auto named = options.named.find("layout");
  const std::string wanted = named == options.named.end() ? header.layout : named->second;
  if (wanted == kDvs128) return kDvs128;
  if (wanted == kDavis) return kDavis;
  if (named != options.named.end()) {
    throw Error(ErrorCode::kArgument,
                "AEDAT 2 has the layouts dvs128 and davis, not '" + wanted + "'");
  }
  const bool is_small = header.width > 0 && header.width <= kDvs128Size && header.height > 0 &&
                        header.height <= kDvs128Size;
  return is_small ? kDvs128 : kDavis;
}

const Camera* camera_in(const std::string& chip) {
  const std::string plain = lower(chip);
  const auto camera = std::ranges::find_if(
      kCameras, [&](const Camera& one) { return plain.find(one.name) != std::string::npos; });
  return camera == kCameras.end() ? nullptr : &*camera;
}

bool is_davis(std::string_view chip) {
  return lower(std::string(chip)).find("davis") != std::string::npos;
}

// What a reader knows the layout by, and the size where it is that of a camera.
std::string chip_of(const Header& header, std::string_view layout) {
  const auto has_size = [&](const Camera& camera) {
    return camera.width == header.width && camera.height == header.height;
  };
  for (const auto& [key, value] : header.fields) {
    if (!lower(key).starts_with("aechip") || is_davis(value) != (layout == kDavis)) continue;
    if (!value.empty()) return readable(value);
  }
  for (const Camera& camera : kCameras) {
    if (has_size(camera) && is_davis(camera.name) == (layout == kDavis)) {
      return std::string(camera.chip);
    }
  }
  return layout == kDavis ? "DAVIS" : "DVS";
}

template <typename Layout>
struct JaerWords {
  using State = Clock32Writer;
  static constexpr bool takes_triggers() noexcept { return true; }
  static constexpr size_t kMost = kAddressOf2 + sizeof(uint32_t);

  static State state_after(const EventBatch& events, size_t i) noexcept {
    return Clock32Writer(events.t()[i]);
  }

  static Encoded plain(const EventBatch& events, size_t begin, size_t end, State state,
                       std::byte* to) noexcept {
    size_t i = begin;
    for (; i < end; ++i, to += kMost) {
      const int64_t t = events.t()[i];
      const auto x = static_cast<uint16_t>(events.x()[i]);
      const auto y = static_cast<uint16_t>(events.y()[i]);
      const int8_t polarity = events.polarity()[i];
      const bool fits =
          t >= 0 && x < Layout::kWidth && y < Layout::kHeight && is_polarity(polarity);
      if (!fits || !state.step_to(t)) break;
      put(Layout::address(x, y, polarity > 0), t, to);
    }
    return {.end = i, .bytes = (i - begin) * kMost};
  }

  size_t any(const EventBatch& events, size_t i, size_t /*end*/, RowName row, State& state,
             EncodedBytes& out) const {
    check.check_event(events, i, row);
    const int64_t t = events.t()[i];
    state.advance(row, t, "AEDAT 2");
    append(Layout::address(static_cast<uint16_t>(events.x()[i]),
                           static_cast<uint16_t>(events.y()[i]), events.polarity()[i] > 0),
           t, out);
    return i + 1;
  }

  void trigger(const Batch& triggers, size_t i, RowName row, State& state,
               EncodedBytes& out) const {
    check.check_trigger(triggers, i, row);
    const int16_t id = triggers.column<int16_t>(kTriggerId)[i];
    const bool on = triggers.column<int8_t>(kTriggerPolarity)[i] > 0;
    const auto address = Layout::signal_address({.id = id, .on = on});
    if (!address) {
      refuse_row(row, std::string(Layout::kName) + " has no signal with id " + std::to_string(id) +
                          " that is " + (on ? "ON" : "OFF"));
    }
    const int64_t t = triggers.column<int64_t>(kTriggerT)[i];
    state.advance(row, t, "AEDAT 2");
    append(*address, t, out);
  }

  static void put(uint32_t address, int64_t t, std::byte* to) noexcept {
    const uint64_t record = __builtin_bswap64(uint64_t{address} << 32 | static_cast<uint32_t>(t));
    std::memcpy(to, &record, sizeof(record));
  }
  static void append(uint32_t address, int64_t t, EncodedBytes& out) {
    std::byte record[kMost];
    put(address, t, record);
    out.append(record);
  }

  RowCheck check{Layout::kName, Layout::kWidth, Layout::kHeight, 1024};
};

struct WriteDvs128 {
  static constexpr const char* kName = "AEDAT 2 of a DVS128";
  static constexpr int32_t kWidth = kDvs128Size;
  static constexpr int32_t kHeight = kDvs128Size;

  static constexpr uint32_t address(uint32_t x, uint32_t y, bool on) noexcept {
    return y << 8 | x << 1 | (on ? 0U : 1U);
  }
  static std::optional<uint32_t> signal_address(Signal signal) noexcept {
    const Signal only = Dvs128::signal(0);
    if (signal.id != only.id || signal.on != only.on) return {};
    return 1U << 15;
  }
};

struct WriteDavis {
  static constexpr const char* kName = "AEDAT 2 of a DAVIS";
  static constexpr int32_t kWidth = kDavisWidth;
  static constexpr int32_t kHeight = kDavisHeight;

  static constexpr uint32_t address(uint32_t x, uint32_t y, bool on) noexcept {
    return y << 22 | x << 12 | (on ? 1U : 0U) << 11;
  }
  static std::optional<uint32_t> signal_address(Signal signal) noexcept {
    // What ends has the number behind that of its beginning.
    const uint32_t type = static_cast<uint32_t>(signal.id) + (signal.on ? 0 : 1);
    const Signal read = signal_of(type);
    if (type > 0x3FF || read.id != signal.id || read.on != signal.on) return {};
    return 1U << 10 | type;
  }
};

}  // namespace

std::string write_jaer_header(const Header& header, const EncodeOptions& options) {
  const std::string chip = chip_of(header, layout_of(header, options));
  std::string text = "#!AER-DAT2.0\r\n# AEChip: " + chip + "\r\n";
  const Camera* camera = camera_in(chip);
  const bool is_known = header.width > 0 && header.height > 0;
  if (is_known &&
      (camera == nullptr || camera->width != header.width || camera->height != header.height)) {
    text += "# Resolution: " + std::to_string(header.width) + 'x' + std::to_string(header.height) +
            "\r\n";
  }
  if (!header.date.empty()) text += "# created " + readable(header.date) + "\r\n";
  for (const auto& [key, value] : header.fields) {
    const std::string name = lower(key);
    // What would end the header, or is there already.
    if (name.starts_with("aechip") || name.starts_with("resolution") ||
        name.starts_with("created ") || name.starts_with('!')) {
      continue;
    }
    text += "# " + readable(key) + ": " + readable(value) + "\r\n";
  }
  return text + "#End Of ASCII Header\r\n";
}

std::unique_ptr<Encoder> make_jaer_encoder(const Header& header, const EncodeOptions& options) {
  if (layout_of(header, options) == kDavis) {
    return std::make_unique<RunEncoder<JaerWords<WriteDavis>>>(options.threads);
  }
  return std::make_unique<RunEncoder<JaerWords<WriteDvs128>>>(options.threads);
}

}  // namespace evarrow::aedat
