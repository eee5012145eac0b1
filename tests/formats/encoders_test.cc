// SPDX-License-Identifier: Apache-2.0
// What holds for the encoders of all formats.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "evarrow/sink.h"
#include "support/encode.h"

namespace evarrow::test {
namespace {

constexpr int64_t kNear = 1 << 20;  // microseconds: every format holds such times

Header header_for(const Format& format) {
  Header header;
  header.format = format.name;
  header.width = format.name == "nmnist" ? 34 : 640;
  header.height = format.name == "nmnist" ? 34 : 480;
  return header;
}

// Events that the format holds: in order, and on its sensor.
std::vector<Event> events_for(const Format& format, size_t n) {
  const Header header = header_for(format);
  std::vector<Event> events = any_events(n, 7, 0);
  int64_t last = 0;
  for (Event& event : events) {
    event.t = last = std::max(last, event.t % kNear);
    event.x %= header.width;
    event.y %= header.height;
  }
  return events;
}

std::vector<std::byte> encoded(const Format& format, const std::vector<Event>& events, int threads,
                               size_t at_once, const std::vector<Row3>& triggers = {}) {
  EncodeOptions options;
  options.threads = threads;
  options.can_patch = true;
  const auto encoder = format.make_encoder(header_for(format), options);
  std::vector<std::byte> out;
  for (size_t i = 0; i < events.size(); i += at_once) {
    const auto begin = events.begin() + static_cast<ptrdiff_t>(i);
    const auto n = static_cast<ptrdiff_t>(std::min(at_once, events.size() - i));
    encoder->encode(batch_of({begin, begin + n}), triggers_of(triggers), out);
  }
  encoder->finish(out);
  return out;
}

TEST_CASE("encoders: bytes do not depend on the number of threads") {
  for (const Format* format : formats()) {
    if (format->make_encoder == nullptr) continue;
    CAPTURE(format->name);
    const std::vector<Event> events = events_for(*format, 100'000);
    const std::vector<std::byte> want = encoded(*format, events, 1, events.size());
    CHECK(!want.empty());
    for (const int threads : {2, 7}) {
      CHECK((encoded(*format, events, threads, events.size()) == want));
    }
    // Vectors, which the words of MCAP have too, end with a call.
    const bool has_vectors = format->name.starts_with("evt") && format->name != "evt2";
    if (has_vectors || format->name == "mcap") continue;
    for (const size_t at_once : {size_t{999}, size_t{16'385}}) {
      CHECK((encoded(*format, events, 3, at_once) == want));
    }
  }
}

TEST_CASE("encoders: the first row that does not fit is named, whichever thread meets it") {
  for (const Format* format : formats()) {
    if (format->make_encoder == nullptr) continue;
    CAPTURE(format->name);
    std::vector<Event> events = events_for(*format, 60'000);
    for (const size_t bad : {size_t{59'999}, size_t{40'000}, size_t{16'384}, size_t{0}}) {
      events[bad].polarity = 9;
      const std::string why = refusal_of(*format->make_encoder(header_for(*format), {}), events);
      CHECK(why.starts_with("row " + std::to_string(bad) + " of the events cannot be written"));
    }
  }
}

TEST_CASE("encoders: an option that a format does not have is refused by name") {
  for (const Format* format : formats()) {
    if (format->make_encoder == nullptr) continue;
    EncodeOptions options;
    options.named["colour"] = "red";
    try {
      Sink::create("/no folder/a", header_for(*format), false, options);
      FAIL("it was taken");
    } catch (const Error& error) {
      CHECK(std::string(error.what()).find("an option 'colour'") != std::string::npos);
    }
  }
}

}  // namespace
}  // namespace evarrow::test
