// SPDX-License-Identifier: Apache-2.0
// The header of RAW files that are written.
#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "evarrow/format.h"
#include "support/text.h"

namespace evarrow {
namespace {

constexpr const char* kFormatNames[] = {"evt2", "evt21", "evt3"};

Header read(const std::string& text, const char* format) {
  return find_format(format)->read_header(test::bytes_of(text), true);
}

std::string write(const Header& header, const char* format) {
  return find_format(format)->write_header(header, {});
}

const std::string kCamera =
    "% Date 2020-09-14 09:03:25\n% integrator_name Prophesee\n% plugin_name hal_plugin_gen41_evk2\n"
    "% serial_number 1\n% serial_number 00030384\n% system_ID 39\n% firmware_version 2.0.2\n"
    "% generation 4.1\n% zeta\n% evt 2.0\n";

TEST_CASE("header: what is written holds what readers look for, in the order of its bytes") {
  Header header;
  header.width = 640;
  header.height = 480;
  header.date = "2024-01-02 03:04:05";
  CHECK(write(header, "evt3") ==
        "% camera_integrator_name Prophesee\n% date 2024-01-02 03:04:05\n% evt 3.0\n"
        "% format EVT3;height=480;width=640\n% geometry 640x480\n% integrator_name Prophesee\n"
        "% plugin_integrator_name Prophesee\n% plugin_name hal_plugin_prophesee\n% end\n");
}

TEST_CASE("header: each format names itself") {
  for (const char* name : kFormatNames) {
    CAPTURE(name);
    const std::string text = write(read(kCamera, "evt2"), name);
    REQUIRE(detect_format(test::bytes_of(text)) != nullptr);
    CHECK(detect_format(test::bytes_of(text))->name == name);
  }
  CHECK(write({}, "evt2").find("% evt 2.0\n% format EVT2\n") != std::string::npos);
  CHECK(write({}, "evt21").find("% evt 2.1\n% format EVT21;endianness=little\n") !=
        std::string::npos);
}

TEST_CASE("header: an unknown sensor size is not written") {
  const std::string text = write({}, "evt3");
  CHECK(text.find("geometry") == std::string::npos);
  CHECK(text.find("width") == std::string::npos);
  CHECK(read(text, "evt3").width == 0);
}

TEST_CASE("header: a sensor that no reader of the format would take is refused") {
  constexpr std::pair<const char*, int32_t> kLargest[] = {
      {"evt2", 2048}, {"evt21", 2048}, {"evt3", 2048}, {"evt4", 2048}, {"dat", 16'384}};
  for (const auto& [name, most] : kLargest) {
    CAPTURE(name);
    Header header;
    header.width = most;
    header.height = most;
    CHECK(read(write(header, name), name).width == most);
    header.width = most + 1;
    CHECK_THROWS_WITH_AS(write(header, name), doctest::Contains("pass a smaller resolution"),
                         Error);
    header.width = 1;
    header.height = most + 1;
    CHECK_THROWS_AS(write(header, name), Error);
  }
}

TEST_CASE("header: what was read and written says the same, and is written the same again") {
  for (const char* name : kFormatNames) {
    CAPTURE(name);
    const Header first = read(kCamera, "evt2");
    const std::string text = write(first, name);
    const Header second = read(text + "\x01", name);
    CHECK(second.payload == text.size());
    CHECK(second.width == first.width);
    CHECK(second.height == first.height);
    CHECK(second.sensor == first.sensor);
    CHECK(second.serial_number == "00030384");
    CHECK(second.date == first.date);
    CHECK(second.notes.empty());
    CHECK(write(second, name) == text);
    // Lines that evarrow knows nothing of are kept.
    CHECK(text.find("% firmware_version 2.0.2\n") != std::string::npos);
    CHECK(text.find("% zeta\n") != std::string::npos);
    CHECK(text.find("% serial_number 1\n") == std::string::npos);
  }
}

TEST_CASE("header: the word order of EVT 2.1 is written and read") {
  for (const char* order : {"little", "legacy"}) {
    Header header = read(kCamera + "% endianness other\n", "evt2");
    header.layout = order;
    const std::string text = write(header, "evt21");
    CHECK(text.find(std::string("endianness=") + order) != std::string::npos);
    CHECK(text.find("other") == std::string::npos);
    CHECK(read(text, "evt21").layout == order);
    // It means nothing to other formats.
    CHECK(write(read(text, "evt21"), "evt3").find("endianness") == std::string::npos);
  }
}

TEST_CASE("header: a new sensor size replaces the one there was") {
  Header header = read("% format EVT3;height=720;width=1280\n% geometry 1280x720\n", "evt3");
  header.width = 100;
  header.height = 90;
  const std::string text = write(header, "evt3");
  CHECK(text.find("% format EVT3;height=90;width=100\n% geometry 100x90\n") != std::string::npos);
  CHECK(text.find("1280") == std::string::npos);
}

TEST_CASE("header: no field can end the header or begin another line") {
  Header header;
  header.fields = {{"end", ""},  {"", "x"},      {" end", ""}, {"a", "1\n% end"},
                   {"b\n", "2"}, {"c", "% end"}, {"d e", "3"}};
  const std::string text = write(header, "evt3");
  const Header back = read(text, "evt3");
  CHECK(back.payload == text.size());
  CHECK(text.starts_with("% a 1\xEF\xBF\xBD% end\n% c % end\n% camera"));
  CHECK(text.find("% b") == std::string::npos);
  CHECK(text.find("% d") == std::string::npos);
  CHECK(write(back, "evt3") == text);
}

TEST_CASE("header: line breaks in a date, a number or a sensor are not written") {
  Header header;
  header.date = "1\n% end\n";
  header.serial_number = "2\r\n% end";
  header.sensor = "3\n";
  const std::string text = write(header, "evt3");
  const Header back = read(text, "evt3");
  CHECK(back.payload == text.size());
  CHECK(back.date == "1\xEF\xBF\xBD% end\xEF\xBF\xBD");
  CHECK(back.serial_number == "2 \xEF\xBF\xBD% end");
  CHECK(back.sensor == "3\xEF\xBF\xBD");
}

}  // namespace
}  // namespace evarrow
