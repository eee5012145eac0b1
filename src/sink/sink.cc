// SPDX-License-Identifier: Apache-2.0
#include "evarrow/sink.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "evarrow/error.h"
#include "io/os_output.h"
#include "sink/losses.h"

namespace evarrow {
namespace {

std::string names_of_writable_formats() {
  std::string names;
  for (const Format* format : formats()) {
    if (format->make_encoder == nullptr) continue;
    names += (names.empty() ? "" : ", ") + std::string(format->name);
  }
  return names;
}

const Format& writable_format(const std::string& name) {
  const Format* format = find_format(name);
  if (format != nullptr && format->make_encoder != nullptr) return *format;
  throw Error(ErrorCode::kArgument,
              (format == nullptr ? "there is no format '" + name + "'"
                                 : "the format '" + name + "' can be read but not written") +
                  "; these can be written: " + names_of_writable_formats());
}

[[noreturn]] void refuse_option(const Format& format, const std::string& name) {
  std::string known;
  for (const std::string_view one : format.encode_options) {
    known += known.empty() ? "; it has " : ", ";
    known += one;
  }
  throw Error(ErrorCode::kArgument, "the format '" + std::string(format.name) +
                                        "' is written without an option '" + name + "'" + known);
}

void check_options(const Format& format, const EncodeOptions& options) {
  for (const auto& [name, value] : options.named) {
    const auto& known = format.encode_options;
    if (std::ranges::find(known, name) == known.end()) refuse_option(format, name);
  }
}

}  // namespace

struct Sink::State {
  // `open` is called once the header is known to be good.
  template <typename Open>
  State(const Header& header, const EncodeOptions& wanted, const Open& open) {
    const Format& format = writable_format(header.format);
    check_options(format, wanted);
    (void)format.make_encoder(header, wanted);
    const std::string text = format.write_header(header, wanted);
    output = std::make_unique<Output>(open());
    EncodeOptions options = wanted;
    options.can_patch = output->can_patch();
    encoder = format.make_encoder(header, options);
    const auto* begin = reinterpret_cast<const std::byte*>(text.data());
    bytes.append({begin, text.size()});
  }

  // After a failure part of a batch may be missing: such a file never gets its name.
  void check_open() const {
    if (stage == Stage::kOpen) return;
    throw Error(ErrorCode::kArgument,
                "'" + output->name() +
                    (stage == Stage::kFinished ? "' is finished: nothing can be added to it"
                                               : "' cannot be completed: an earlier write failed"));
  }

  // Runs `work`; if it throws, the sink has failed for good.
  template <typename Work>
  void guarded(const Work& work) {
    check_open();
    stage = Stage::kFailed;
    work();
    stage = Stage::kOpen;
  }

  void encode(const EventBatch& rows, const Batch& triggers) {
    const uint64_t lost = losses.rows("events");
    if (may_lose) {
      encode_what_fits(rows, triggers);
    } else {
      encoder->encode(rows, triggers, bytes);
    }
    events += rows.size() - (losses.rows("events") - lost);
  }

  bool may_lose_of(std::string_view stream) const {
    return may_lose && std::ranges::find(wanted, stream) == wanted.end();
  }

  void encode_what_fits(const EventBatch& rows, const Batch& triggers) {
    size_t row = 0;
    size_t trigger = 0;
    while (row < rows.size() || trigger < triggers.size()) {
      try {
        encoder->encode(EventBatch(rows.slice(row, rows.size() - row)),
                        triggers.slice(trigger, triggers.size() - trigger), bytes);
        return;
      } catch (const RowError& refused) {
        const bool is_event = refused.stream() == "events";
        if (!refused.can_go_on() || !(is_event ? may_lose_events : may_lose_of("triggers"))) throw;
        losses.add(refused.stream(), false, refused.what());
        row += refused.next_event();
        trigger += refused.next_trigger();
      }
    }
  }

  void encode_samples(const Batch& rows) {
    if (!may_lose_of("imu") && encoder->lacks("imu").empty()) {
      encoder->encode_samples(rows, bytes);
      samples += rows.size();
      return;
    }
    for (size_t i = 0; i < rows.size(); ++i, ++samples) {
      losing("imu", samples, lost_of_sample(rows, i, encoder->lacks("imu")),
             [&] { encoder->encode_samples(rows.slice(i, 1), bytes); });
    }
  }

  void encode_picture(const Picture& picture) {
    losing("frames", pictures, lost_of_picture(picture, encoder->lacks("frames")),
           [&] { encoder->encode_picture(picture, bytes); });
    ++pictures;
  }

  // Writes a row of which the file has all but the values `lost`, in words, or counts it where it
  // may be lost.
  template <typename Work>
  void losing(std::string_view stream, uint64_t row, const std::string& lost, const Work& work) {
    const bool may_be_lost = may_lose_of(stream);
    try {
      if (!may_be_lost && !lost.empty()) {
        throw RowError(stream, row, "the format has no place for " + lost);
      }
      work();
      if (lost.empty()) return;
      losses.add(
          stream, true,
          "row " + std::to_string(row) + " of the " + std::string(stream) + " loses " + lost);
    } catch (const RowError& refused) {
      if (!may_be_lost) throw;
      losses.add(stream, false, refused.what());
    }
  }

  enum class Stage : uint8_t { kOpen, kFailed, kFinished };

  std::unique_ptr<Encoder> encoder;
  std::unique_ptr<Output> output;
  std::vector<std::byte> pending;  // encoded, not yet written
  EncodedBytes bytes{pending, [this](Bytes block) {
                       output->write(block);
                       written += block.size();
                     }};
  uint64_t events = 0;
  uint64_t samples = 0;  // that came, and those below
  uint64_t pictures = 0;
  uint64_t written = 0;  // bytes
  bool may_lose = false;
  bool may_lose_events = false;
  std::vector<std::string> wanted;  // streams that lose nothing all the same
  Losses losses;
  Stage stage = Stage::kOpen;
};

Sink::Sink(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Sink::~Sink() = default;
Sink::Sink(Sink&&) noexcept = default;
Sink& Sink::operator=(Sink&&) noexcept = default;

Sink Sink::create(const std::filesystem::path& path, const Header& header, bool overwrite,
                  const EncodeOptions& options) {
  return Sink(
      std::make_unique<State>(header, options, [&] { return Output::create(path, overwrite); }));
}

Sink Sink::to_descriptor(int descriptor, const std::string& name, const Header& header,
                         const EncodeOptions& options) {
  return Sink(std::make_unique<State>(header, options,
                                      [&] { return Output::to_descriptor(descriptor, name); }));
}

void Sink::write(const EventBatch& events, const Batch& triggers) {
  state_->guarded([&] { state_->encode(events, triggers); });
}

void Sink::write(const EventBatch& events) { write(events, Batch(kTriggerFields, 0)); }

void Sink::write_samples(const Batch& samples) {
  state_->guarded([&] { state_->encode_samples(samples); });
}

void Sink::write_picture(const Picture& picture) {
  state_->guarded([&] { state_->encode_picture(picture); });
}

void Sink::finish() {
  state_->guarded([&] {
    state_->encoder->finish(state_->bytes);
    state_->bytes.flush();
    for (const Patch& patch : state_->encoder->patches()) {
      state_->output->write_at(patch.offset, patch.bytes);
    }
    state_->output->publish();
  });
  state_->stage = State::Stage::kFinished;
}

void Sink::allow_loss(bool of_events, std::vector<std::string> wanted) noexcept {
  state_->may_lose_events = of_events;
  state_->wanted = std::move(wanted);
  state_->may_lose = true;
}
const std::vector<Loss>& Sink::losses() const noexcept { return state_->losses.all(); }
bool Sink::takes(std::string_view stream) const noexcept { return state_->encoder->takes(stream); }
uint64_t Sink::events() const noexcept { return state_->events; }
uint64_t Sink::bytes() const noexcept { return state_->written + state_->pending.size(); }

}  // namespace evarrow
