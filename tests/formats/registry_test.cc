// SPDX-License-Identifier: Apache-2.0
// Every format says what it is, and is known by its content.
#include <doctest/doctest.h>

#include <set>
#include <string>

#include "evarrow/format.h"
#include "support/text.h"

namespace evarrow {
namespace {

const Format* detect(const std::string& text) { return detect_format(test::bytes_of(text)); }
std::string explain(const std::string& text) { return explain_unknown(test::bytes_of(text)); }

TEST_CASE("registry: formats have names of their own, by which they are found") {
  std::set<std::string_view> names;
  for (const Format* format : formats()) {
    CHECK(find_format(format->name) == format);
    names.insert(format->name);
  }
  CHECK(names.size() == formats().size());
  CHECK(names.contains("evt2"));
  CHECK(names.contains("evt21"));
  CHECK(names.contains("evt3"));
  CHECK(names.contains("evt4"));
  CHECK(names.contains("dat"));
  CHECK(names.contains("es"));
  CHECK(names.contains("nmnist"));
  for (const char* name : {"", "evt", "EVT3", "evt5", "evt3 "}) CHECK(find_format(name) == nullptr);
}

TEST_CASE("registry: every format fills in what the others rely on") {
  for (const Format* format : formats()) {
    CAPTURE(format->name);
    CHECK_FALSE(format->description.empty());
    CHECK_FALSE(format->specification.empty());
    REQUIRE_FALSE(format->streams.empty());
    CHECK(format->streams[0] == "events");
    for (const std::string_view extension : format->extensions) CHECK(extension.starts_with('.'));
    CHECK(format->word_size > 0);
    CHECK(format->max_burst > 0);
    CHECK(format->state_version > 0);
    REQUIRE((format->matches != nullptr));
    REQUIRE((format->read_header != nullptr));
    if (format->matches_bare != nullptr) CHECK_FALSE(format->extensions.empty());
    REQUIRE((format->make_decoder != nullptr));
    CHECK(((format->write_header == nullptr) == (format->make_encoder == nullptr)));
  }
}

TEST_CASE("registry: no bytes are no format and no words that do not fit") {
  CHECK(detect("") == nullptr);
  for (const Format* format : formats()) {
    if (format->misfit != nullptr) CHECK(format->misfit({}, {}) == 0);
    const auto decoder = format->make_decoder({}, {});
    Summary summary;
    CHECK(decoder->decode({}, {}) == 0);
    CHECK(decoder->summarize({}, summary) == 0);
    CHECK(summary.events == 0);
    CHECK(summary.t_min > summary.t_max);
  }
}

TEST_CASE("registry: a RAW file is known by what its header says of the words") {
  CHECK(detect("% evt 2.0\n") == find_format("evt2"));
  CHECK(detect("% evt 2.1\n") == find_format("evt21"));
  CHECK(detect("% evt 3.0\n") == find_format("evt3"));
  CHECK(detect("% evt 4.0\n") == find_format("evt4"));
  CHECK(detect("% evt 2.0\n% format EVT21;endianness=legacy\n") == find_format("evt21"));
  CHECK(detect("% system_ID 49\n% end\n") == find_format("evt3"));
}

TEST_CASE("registry: a DAT file, whose header has the same lines with other keys, is known") {
  CHECK(detect("% Data file containing CD events.\n% Version 2\n% Date 2020-01-01 00:00:00\n"
               "% Height 720\n% Width 1280\n\x0C\x08") == find_format("dat"));
}

TEST_CASE("registry: what is not a RAW header is not taken for one") {
  for (const char* text : {"evt 3.0\n", "%evt 3.0\n", "%\tevt 3.0\n", " % evt 3.0\n", "% evt 3.0",
                           "% evt\n", "% evt 5.0\n", "% format HISTO3D\n", "% end\n% evt 3.0\n"}) {
    CAPTURE(text);
    CHECK(detect(text) == nullptr);
  }
  CHECK(detect("\x89HDF\r\n\x1A\n") == nullptr);
  CHECK(detect("#!AER-DAT5.0\r\n") == nullptr);
}

TEST_CASE("registry: AEDAT is known by its first line") {
  CHECK(detect("#!AER-DAT1.0\r\n") == find_format("aedat1"));
  CHECK(detect("# a raw AE data file\r\n# Data format is int16 address, int32 timestamp\r\n") ==
        find_format("aedat1"));
  CHECK(detect("# something else\n") == nullptr);
  CHECK(detect("#!AER-DAT2.0\r\n") == find_format("aedat2"));
  CHECK(detect("#!AER-DAT3.0\r\n") == find_format("aedat3"));
  CHECK(detect("#!AER-DAT3.1\r\n") == find_format("aedat3"));
  CHECK(detect("#!AER-DAT4.0\r\n") == find_format("aedat4"));
}

TEST_CASE("registry: an encoding that evarrow does not read is named") {
  for (const char* name : {"EVT5", "HISTO3D", "DIFF3D", "AER-8b"}) {
    const std::string why = explain("% format " + std::string(name) + ";height=3;width=4\n% end\n");
    CAPTURE(why);
    CHECK(why.find(name) != std::string::npos);
    CHECK(why.find("height") == std::string::npos);
    CHECK(why.find("format=") != std::string::npos);
  }
  CHECK(explain("% evt 7.1\n").find("EVT 7.1") != std::string::npos);
}

TEST_CASE("registry: a RAW header that does not say what the words are is told from other bytes") {
  for (const char* text : {"% system_ID 59\n% end\n", "% plugin_name hal_plugin_prophesee\n"}) {
    CAPTURE(text);
    CHECK(detect(text) == nullptr);
    CHECK(explain(text).find("RAW file") != std::string::npos);
    CHECK(explain(text).find("system_ID") != std::string::npos);
  }
}

TEST_CASE("registry: wrappers that are not undone are named") {
  CHECK(explain("\x04\x22\x4D\x18 ...").find("LZ4") != std::string::npos);
  CHECK(explain("7z\xBC\xAF\x27\x1C").find("7-Zip") != std::string::npos);
  CHECK(explain("Rar!\x1A\x07").find("RAR") != std::string::npos);
  CHECK(explain(std::string(257, 'a') + "ustar").find("tar") != std::string::npos);
}

TEST_CASE("registry: records without a header are known where the name of the file says so") {
  const std::string end(7, '\0');
  std::string dat;    // u32 time | u32 rest
  std::string aedat;  // u16 address | i32 time, big-endian
  for (const char t : {'\1', '\2', '\3', '\4'}) {
    dat += t + end;
    aedat += std::string(5, '\0') + t;
  }
  const auto named = [](const std::string& text, const char* name) {
    return detect_format(test::bytes_of(text), name);
  };
  CHECK(named(dat, "a_td.dat") == find_format("dat"));
  CHECK(named(dat, "a.raw") == nullptr);
  CHECK(named(dat + std::string(8, '\xFF'), "a.dat") == nullptr);
  CHECK(named(dat.substr(0, 16), "a.dat") == nullptr);
  for (const char* comments : {"", "# of a camera\r\n# 128x128\r\n"}) {
    CHECK(named(comments + aedat, "a.aedat") == find_format("aedat1"));
    CHECK(named(comments + aedat, "a.raw") == nullptr);
    CHECK(named(comments + aedat.substr(0, 12), "a.aedat") == nullptr);
  }
  CHECK(named("#!AER-DAT5.0\r\n" + aedat, "a.aedat") == nullptr);
}

TEST_CASE("registry: for anything else the formats that were tried are named") {
  for (const char* text : {"", "hello", "% Versions 2\n"}) {
    const std::string why = explain(text);
    CAPTURE(why);
    for (const Format* format : formats()) {
      CHECK(why.find(std::string(format->name)) != std::string::npos);
    }
  }
}

TEST_CASE("registry: faults have names of their own") {
  std::set<std::string_view> names;
  for (size_t i = 0; i < kFaultKinds; ++i) names.insert(fault_name(static_cast<FaultKind>(i)));
  CHECK(names.size() == kFaultKinds);
  CHECK(fault_name(FaultKind::kBeforeClock) == "before_clock");
  CHECK(fault_name(FaultKind::kUnknownWord) == "unknown_word");
  CHECK(fault_name(FaultKind::kTimeBackwards) == "time_backwards");
  CHECK(fault_name(FaultKind::kOutOfSensor) == "out_of_sensor");
  CHECK(fault_name(FaultKind::kTruncated) == "truncated");
  CHECK(fault_name(FaultKind::kWrongEncoding) == "wrong_encoding");
  CHECK(fault_name(FaultKind::kClockReset) == "clock_reset");
}

}  // namespace
}  // namespace evarrow
