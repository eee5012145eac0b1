// SPDX-License-Identifier: Apache-2.0
#include "scan/stream.h"

#include <algorithm>
#include <array>
#include <string>

#include "evarrow/error.h"

namespace evarrow {
namespace {

constexpr std::array<Stream, 6> kStreams = {{
    {.name = "events", .schema = kEventFields, .t = kT, .x = kX, .y = kY, .polarity = kPolarity},
    {.name = "triggers", .schema = kTriggerFields, .t = kTriggerT, .polarity = kTriggerPolarity},
    {.name = "rates", .schema = kRateFields, .t = kRateT},
    {.name = "exposures", .schema = kExposureFields, .t = kT, .x = kX, .y = kY},
    {.name = "colors", .schema = kColorFields, .t = kT, .x = kX, .y = kY},
    {.name = "messages", .schema = kMessageFields, .t = 0},
}};

}  // namespace

const Stream& find_stream(const Format& format, std::string_view name) {
  if (std::ranges::find(format.streams, name) != format.streams.end()) {
    const auto stream = std::ranges::find(kStreams, name, &Stream::name);
    if (stream != kStreams.end()) return *stream;
  }
  std::string known;
  for (const std::string_view stream : format.streams) {
    if (!known.empty()) known += ", ";
    known += stream;
  }
  throw Error(ErrorCode::kArgument, "there is no stream '" + std::string(name) + "' in " +
                                        std::string(format.name) + " recordings: use one of " +
                                        known);
}

Batch*& batch_of(Batches& batches, const Stream& stream) noexcept {
  if (stream.name == "triggers") return batches.triggers;
  if (stream.name == "rates") return batches.rates;
  if (stream.name == "exposures") return batches.exposures;
  if (stream.name == "colors") return batches.colors;
  if (stream.name == "messages") return batches.messages;
  return batches.events;
}

}  // namespace evarrow
