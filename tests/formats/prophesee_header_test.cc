// SPDX-License-Identifier: Apache-2.0
// The text header of RAW files as cameras and programs of all ages write it.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "evarrow/error.h"
#include "evarrow/format.h"
#include "formats/prophesee/header.h"
#include "support/text.h"

namespace evarrow {
namespace {

Header read(const std::string& text, const char* format = "evt3", bool trust_geometry = true) {
  return find_format(format)->read_header(test::bytes_of(text), trust_geometry);
}

// Why the header is refused; empty if it is not.
std::string refusal_of(const std::string& text) {
  try {
    (void)read(text);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kFormat);
    return error.what();
  }
  return "";
}

const std::string kOld =
    "% Date 2020-09-14 09:03:25\n% firmware_version 2.0.2\n% integrator_name Prophesee\n"
    "% plugin_name hal_plugin_gen3_fx3\n% serial_number 30384338\n% system_ID 21\n% evt 2.0\n";
const std::string kNew =
    "% camera_integrator_name Prophesee\n% date 2024-01-02 03:04:05\n% evt 3.0\n"
    "% format EVT3;height=720;width=1280\n% generation 4.2\n% geometry 1280x720\n"
    "% integrator_name Prophesee\n% plugin_integrator_name Prophesee\n"
    "% plugin_name hal_plugin_imx636_evk4\n% serial_number 00050423\n% system_ID 49\n% end\n";

TEST_CASE("header: a file of 2020 has neither an end line nor a geometry") {
  const std::string text = kOld + std::string("\x05\x00\x00\x80", 4);
  const Header header = read(text, "evt2");
  CHECK(header.payload == kOld.size());
  CHECK(header.width == 640);
  CHECK(header.height == 480);
  CHECK(header.serial_number == "30384338");
  CHECK(header.date == "2020-09-14 09:03:25");
  CHECK(header.sensor == "");
  CHECK(header.layout == "");
  CHECK(header.fields.size() == 7);
  CHECK(header.fields.front() == std::pair<std::string, std::string>{"Date", header.date});
  REQUIRE(header.notes.size() == 1);
  CHECK(header.notes[0].find("system_ID 21") != std::string::npos);
}

TEST_CASE("header: a file of 2024 says all there is to know") {
  const Header header = read(kNew + "payload");
  CHECK(header.payload == kNew.size());
  CHECK(header.width == 1280);
  CHECK(header.height == 720);
  CHECK(header.sensor == "IMX636");
  CHECK(header.serial_number == "00050423");
  CHECK(header.date == "2024-01-02 03:04:05");
  CHECK(header.fields.size() == 11);
  CHECK(header.notes.empty());
}

TEST_CASE("header: the sensor has a name, or a generation, or neither") {
  CHECK(read("% evt 3.0\n% sensor_name GENX320\n% generation 4.2\n").sensor == "GENX320");
  CHECK(read("% evt 3.0\n% sensor_generation 4.2\n% generation 3.1\n").sensor == "IMX636");
  CHECK(read("% evt 3.0\n% generation 3.1\n").sensor == "Gen3.1");
  CHECK(read("% evt 3.0\n").sensor == "");
}

TEST_CASE("header: lines may end as on Windows") {
  std::string text;
  for (const char c : kNew) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const Header header = read(text + "\x25 payload\n");
  const Header same = read(kNew);
  CHECK(header.payload == text.size());
  CHECK(header.fields == same.fields);
  CHECK(header.width == 1280);
  CHECK(header.serial_number == "00050423");
}

TEST_CASE("header: behind the end line anything is payload") {
  const std::string text = "% evt 3.0\n% end\n";
  CHECK(read(text + "% evt 2.0\n").payload == text.size());
  CHECK(read(text + "% evt 2.0\n").fields.size() == 1);
}

TEST_CASE("header: without an end line the payload begins where no line does") {
  const std::string text = "% evt 3.0\n";
  for (const char* payload : {"", "%", "%%\n", "%\t\n", "\x80", "% unfinished"}) {
    CAPTURE(payload);
    CHECK(read(text + payload).payload == text.size());
  }
}

TEST_CASE("header: an empty file, and one that is no text, have an empty header") {
  CHECK(read("").payload == 0);
  CHECK(read(std::string(100, '\0')).payload == 0);
  CHECK(read(std::string(100, '\0')).fields.empty());
}

TEST_CASE("header: white space is single, empty lines are none, values may be empty") {
  const Header header = read("%  evt \t 3.0 \n% \n%   \n% note  a\t b  c \n% empty\n% end  \nx");
  using Fields = std::vector<std::pair<std::string, std::string>>;
  CHECK(header.fields == Fields{{"evt", "3.0"}, {"note", "a b c"}, {"empty", ""}});
}

TEST_CASE("header: the last line of a key counts, all are kept") {
  const Header header = read("% evt 3.0\n% serial_number 1\n% serial_number 2\n");
  CHECK(header.serial_number == "2");
  CHECK(header.fields.size() == 3);
}

TEST_CASE("header: the encoding is that of format, else of evt, else of system_ID") {
  const auto encoding = [](const std::string& text) {
    return prophesee::encoding_of(test::bytes_of(text));
  };
  CHECK(encoding("% evt 2.0\n% format EVT3;width=1;height=1\n% system_ID 21\n") == "EVT3");
  CHECK(encoding("% format EVT21\n") == "EVT21");
  CHECK(encoding("% format\n% evt 3.0\n") == "EVT3");
  CHECK(encoding("% system_ID 21\n% evt 3.0\n") == "EVT3");
  CHECK(encoding("% evt 2\n") == "EVT2");
  CHECK(encoding("% evt 2.1\n") == "EVT21");
  CHECK(encoding("% evt 3\n") == "EVT3");
  CHECK(encoding("% evt 4.0\n") == "EVT4");
  CHECK(encoding("% evt 9.7\n") == "EVT 9.7");
  CHECK(encoding("% system_ID 21\n") == "EVT2");
  CHECK(encoding("% system_ID 49\n") == "EVT3");
  CHECK(encoding("% system_ID 64\n") == "");
  CHECK(encoding("% plugin_name hal\n") == "");
  CHECK(encoding("% Data file containing CD events.\n% Version 2\n") == "");
  CHECK(encoding("no header") == "");
}

TEST_CASE("header: a system_ID stands for an encoding and a sensor size") {
  const auto is = [](int id, const char* encoding, int32_t width, int32_t height) {
    CAPTURE(id);
    const std::string text = "% system_ID " + std::to_string(id) + "\n";
    CHECK(prophesee::encoding_of(test::bytes_of(text)) == encoding);
    CHECK(read(text).width == width);
    CHECK(read(text).height == height);
  };
  for (const int id : {21, 23, 25, 28, 29, 33, 34, 35, 41, 151, 153, 161, 162}) {
    is(id, "EVT2", 640, 480);
  }
  for (const int id : {26, 31, 39}) is(id, "EVT2", 1280, 720);
  is(40, "EVT3", 640, 480);
  for (const int id : {30, 46, 48, 49, 50}) is(id, "EVT3", 1280, 720);
  for (const int id : {0, 1, 22, 52, 59, 64, 65}) is(id, "", 0, 0);
  // The sizes are those of Prophesee's own cameras.
  for (const char* key : {"camera_integrator_name", "plugin_integrator_name", "integrator_name"}) {
    CHECK(read(std::string("% system_ID 49\n% ") + key + " Other\n").width == 0);
    CHECK(read(std::string("% system_ID 49\n% ") + key + " Prophesee\n").width == 1280);
  }
}

TEST_CASE("header: the sensor size is in the geometry or in the format") {
  CHECK(read("% evt 3.0\n% geometry 320x240\n").width == 320);
  CHECK(read("% evt 3.0\n% geometry 320x240\n% system_ID 49\n").height == 240);
  CHECK(read("% format EVT3;width=320;height=240\n").height == 240);
  CHECK(read("% format EVT3;height=240;width=320\n% geometry 320x240\n").width == 320);
  CHECK(read("% format EVT3;pixellayout=csr;height=240;a=b;width=320\n").width == 320);
  CHECK(read("% evt 3.0\n% geometry 2048x2048\n").width == 2048);
  CHECK(read("% evt 3.0\n").width == 0);
}

TEST_CASE("header: a sensor size that cannot be is refused, with what was found and what to do") {
  for (const char* geometry :
       {"0x720", "1280x0", "-1x720", "1280", "x", "1280x", "x720", "1280X720", "2049x720",
        "1280x2049", "99999999999999999999x1", "1280x720x3", "12.5x7"}) {
    CAPTURE(geometry);
    const std::string text = std::string("% evt 3.0\n% geometry ") + geometry + "\n";
    const std::string why = refusal_of(text);
    CHECK(why.find("'" + std::string(geometry) + "'") != std::string::npos);
    CHECK(why.find("resolution=") != std::string::npos);
    const Header header = read(text, "evt3", false);
    CHECK(header.width == 0);
    CHECK(header.height == 0);
    CHECK(header.payload == text.size());
  }
  CHECK(refusal_of("% format EVT3;width=0;height=240\n") != "");
  CHECK(refusal_of("% format EVT3;width=320\n") != "");
}

TEST_CASE("header: two sizes that differ are refused, with both") {
  const std::string text = "% format EVT3;height=720;width=1280\n% geometry 640x480\n";
  const std::string why = refusal_of(text);
  CHECK(why.find("640x480") != std::string::npos);
  CHECK(why.find("width=1280") != std::string::npos);
  CHECK(read(text, "evt3", false).width == 0);
}

TEST_CASE("header: any bytes at all are read or refused") {
  std::string text = kNew;
  for (size_t at = 0; at < kNew.size(); ++at) {
    for (const char c : {'\0', '\n', '%', ' ', '\xFF', '9'}) {
      text[at] = c;
      try {
        const Header header = read(text, "evt21");
        CHECK(header.payload <= text.size());
      } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::kFormat);
      }
    }
    text[at] = kNew[at];
    CHECK(read(kNew.substr(0, at), "evt3", false).payload <= at);
  }
}

}  // namespace
}  // namespace evarrow
