// SPDX-License-Identifier: Apache-2.0
// What holds for the encoders of all formats.
#include <doctest/doctest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "evarrow/sink.h"
#include "support/encode.h"
#include "support/levels.h"

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

// The bytes, or what was refused behind how many of them.
std::string outcome(const Format& format, const std::vector<Event>& events) {
  const auto encoder = format.make_encoder(header_for(format), {});
  std::vector<std::byte> out;
  std::string why;
  try {
    encoder->encode(batch_of(events), triggers_of({}), out);
    encoder->finish(out);
  } catch (const RowError& error) {
    why = error.what();
  }
  return why + std::string(reinterpret_cast<const char*>(out.data()), out.size());
}

void check_all_levels(const std::vector<Event>& events, const char* name = nullptr) {
  for (const Format* format : formats()) {
    if (format->make_encoder == nullptr) continue;
    if (name != nullptr && format->name != name) continue;
    std::optional<std::string> want;
    for (const char* level : kLevels) {
      CAPTURE(format->name);
      CAPTURE(level);
      const AtLevel at(level);
      const std::string found = outcome(*format, events);
      if (!want) want = found;
      CHECK((found == *want));  // not compared in the macro: a difference would print all bytes
    }
  }
}

TEST_CASE("encoders: every instruction set writes the same, whatever the number of rows") {
  const Format& narrow = *find_format("evt2");
  check_all_levels(events_for(narrow, 50'000));
  const std::vector<Event> events = any_events(100, 5, 0);
  for (ptrdiff_t n = 0; n <= 80; ++n) check_all_levels({events.begin(), events.begin() + n});
}

TEST_CASE("encoders: every instruction set writes single pixels and vectors the same") {
  for (const char* name : {"evt2", "evt3", "dat"}) {
    for (const uint32_t seed : {1U, 2U, 3U}) {
      std::mt19937 random(seed);
      std::vector<Event> events;
      int64_t t = 4000 * seed;
      int y = 0;
      while (events.size() < 5000) {
        const bool runs = random() % 8 == 0;
        if (random() % 4 == 0) y = static_cast<int>(random() % 480);
        if (random() % 5 == 0) t += random() % 40;
        for (int x = static_cast<int>(random() % 640); x < 640;
             x += 1 + static_cast<int>(random() % 9)) {
          events.push_back({.t = t, .x = x, .y = y, .polarity = random() % 3 == 0 ? 0 : 1});
          if (!runs) break;
        }
      }
      check_all_levels(events, name);
    }
  }
}

TEST_CASE("encoders: every instruction set refuses the same row") {
  const std::vector<Event> good = events_for(*find_format("evt2"), 200);
  for (const size_t bad : {size_t{0}, size_t{1}, size_t{7}, size_t{8}, size_t{31}, size_t{150}}) {
    const auto check = [&](const auto& spoil) {
      std::vector<Event> events = good;
      spoil(events[bad]);
      check_all_levels(events);
    };
    check([](Event& event) { event.x = 640; });
    check([](Event& event) { event.x = -1; });
    check([](Event& event) { event.x = 32'767; });
    check([](Event& event) { event.y = 480; });
    check([](Event& event) { event.y = -32'768; });
    check([](Event& event) { event.t = -1; });
    check([](Event& event) { event.t = INT64_MIN; });
    check([](Event& event) { event.t = INT64_MAX; });
    for (const int polarity : {-2, 2, 127, -128}) {
      check([&](Event& event) { event.polarity = polarity; });
    }
    check([](Event& event) { event.polarity = 0; });
  }
}

TEST_CASE("encoders: every instruction set takes the clock past its period and back the same") {
  for (const int64_t lap : {int64_t{1} << 24, int64_t{1} << 32, int64_t{1} << 34}) {
    for (const int64_t around : {lap, 5 * lap}) {
      std::vector<Event> events = events_for(*find_format("evt2"), 300);
      for (size_t i = 0; i < events.size(); ++i) {
        events[i].t = around - 150 * 40 + static_cast<int64_t>(i) * 40;
      }
      check_all_levels(events);
      events[100].t -= 5000;
      events[101].t -= int64_t{1} << 31;
      check_all_levels(events);
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
