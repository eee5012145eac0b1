// SPDX-License-Identifier: Apache-2.0
#include "scan/findings.h"

#include <algorithm>

#include "scan/shared.h"
#include "scan/units.h"

namespace evarrow {
namespace {

std::string at(const Fault& fault, const Recording& recording) {
  return place(recording.shared(), fault.offset);
}

std::string count_of(const Fault& fault, const std::string& what) {
  return std::to_string(fault.count) + " " + what + (fault.count == 1 ? "" : "s");
}

// What the rows of the recording are.
const char* rows_of(const Recording& recording) {
  return recording.shared().events == nullptr ? "events" : "rows";
}

std::string upper(std::string_view name) {
  std::string text(name);
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  return text;
}

std::string wrong_encoding(const Fault& fault, const Recording& recording) {
  const std::string name = upper(recording.format().name);
  std::string text = "the words" + at(fault, recording) + " of " + recording.path() +
                     " do not look like " + name + ", which its header says it is";
  const Format* better = better_format(recording.shared());
  if (better != nullptr) {
    text += ": they look like " + upper(better->name) + ", so try format=\"" +
            std::string(better->name) + "\"";
  }
  return text;
}

// Notes are for `validate` alone; the rest every reader hears about.
std::string note(FaultKind kind, const Fault& fault, const Recording& recording) {
  const bool one = fault.count == 1;
  const std::string count = std::to_string(fault.count);
  const Header& header = recording.header();
  switch (kind) {
    case FaultKind::kBeforeClock:
      return count +
             (one ? " event, trigger or reading of a pixel comes"
                  : " events, triggers or readings of pixels come") +
             " before the first clock word, row or frame, the first" + at(fault, recording) +
             ": without a time and a place there is no row";
    case FaultKind::kUnknownWord:
      return count + (one ? " word is" : " words are") + " of no known type, the first" +
             at(fault, recording) + ": stepped over";
    case FaultKind::kTimeBackwards:
      return "time steps back a little " + count + (one ? " time" : " times") + ", first" +
             at(fault, recording) + ": sort=True puts the " + rows_of(recording) + " in order";
    case FaultKind::kOutOfSensor:
      return count + (one ? " event lies" : " events lie") + " outside the " +
             std::to_string(header.width) + "x" + std::to_string(header.height) +
             " sensor, the first" + at(fault, recording) +
             (recording.shared().decode.drop_out_of_sensor ? ": left out" : ": kept");
    default:
      return {};
  }
}

std::string warning(FaultKind kind, const Fault& fault, const Recording& recording) {
  switch (kind) {
    case FaultKind::kTruncated:
      if (recording.format().counts_rows) {
        return recording.path() + " ends in the middle of a packet: its last " +
               std::to_string(fault.count) +
               " bytes were left out; the recording was probably cut off";
      }
      return recording.path() + " ends in the middle of a word: its last " +
             std::to_string(fault.count) + " bytes," + at(fault, recording) +
             ", were left out; the recording was probably cut off";
    case FaultKind::kWrongEncoding:
      return wrong_encoding(fault, recording);
    case FaultKind::kClockReset:
      return "the clock of " + recording.path() + " goes back by more than 10 ms " +
             std::to_string(fault.count) + (fault.count == 1 ? " time" : " times") + ", first" +
             at(fault, recording) + ": the " + rows_of(recording) +
             " are not in order of time there";
    case FaultKind::kCorrupt:
      return count_of(fault, recording.format().look_ahead != 0 ? "line" : "row") + " of " +
             recording.path() + " cannot be decoded, the first" + at(fault, recording) +
             ": left out";
    case FaultKind::kBadValue:
      return count_of(fault, "number") + " in " + recording.path() +
             " cannot be held by their columns, the first" + at(fault, recording) +
             ": the nearest that can stand in their place";
    default:
      return {};
  }
}

}  // namespace

const Format* better_format(const Recording::Shared& shared) {
  constexpr double kBad = 0.05;
  constexpr double kGood = 0.005;
  constexpr size_t kFewBytes = 1024;  // of which nothing can be said
  if (shared.format->misfit == nullptr || shared.source->sequential()) return nullptr;
  Scratch scratch;
  const Bytes payload = shared.source->read(shared.header.payload, kUnitBytes, scratch);
  if (payload.size() < kFewBytes || shared.format->misfit(payload, shared.header) < kBad) {
    return nullptr;
  }
  Header unnamed;  // what the header says of the words is not true for another format
  const auto fit = std::ranges::find_if(formats(), [&](const Format* format) {
    return format != shared.format && format->misfit != nullptr &&
           format->misfit(payload, unnamed) < kGood;
  });
  return fit == formats().end() ? nullptr : *fit;
}

std::vector<std::string> losses_of(const Recording& recording) {
  const Faults& faults = recording.shared().faults;
  std::vector<std::string> sentences;
  const Fault& cut = faults[FaultKind::kTruncated];
  if (cut.count != 0) {
    sentences.push_back(recording.path() + " ends in the middle of a record: its last " +
                        std::to_string(cut.count) +
                        " bytes were left out; the recording was probably cut off");
  }
  const Fault& corrupt = faults[FaultKind::kCorrupt];
  if (corrupt.count != 0) {
    sentences.push_back(count_of(corrupt, "chunk or message") + " of " + recording.path() +
                        " cannot be decoded, the first" + at_byte(corrupt.offset) + " (" +
                        recording.shared().why + "): left out");
  }
  return sentences;
}

std::vector<std::string> warnings_of(const Faults& faults, const Recording& recording) {
  std::vector<std::string> sentences = losses_of(recording);
  for (size_t i = 0; i < kFaultKinds; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    if (faults[kind].count == 0) continue;
    std::string sentence = warning(kind, faults[kind], recording);
    if (!sentence.empty()) sentences.push_back(std::move(sentence));
  }
  return sentences;
}

std::string finding(FaultKind kind, const Fault& fault, const Recording& recording) {
  std::string sentence = note(kind, fault, recording);
  return sentence.empty() ? warning(kind, fault, recording) : sentence;
}

}  // namespace evarrow
