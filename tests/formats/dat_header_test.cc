// SPDX-License-Identifier: Apache-2.0
// The header of DAT files, read and written.
#include <doctest/doctest.h>

#include <string>

#include "evarrow/error.h"
#include "formats/dat_words.h"
#include "support/text.h"

namespace evarrow::test::dat {
namespace {

using namespace std::string_literals;

const std::string kCamera =
    "% Data file containing CD events.\n% Version 2\n% Date 2020-09-14 14:18:29\n"
    "% Height 480\n% Width 640\n";
const std::string kEvents = "\x0C\x08"s;

std::string text_of(const Words& words) {
  const std::vector<std::byte> bytes = bytes_of(words);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool is_dat(const std::string& text) {
  const Format* found = detect_format(test::bytes_of(text));
  CHECK(format().matches(test::bytes_of(text)) == (found == &format()));
  return found == &format();
}

Header read(const std::string& text, bool trust_geometry = true) {
  return format().read_header(test::bytes_of(text), trust_geometry);
}

std::string refusal_of(const std::string& text) {
  try {
    read(text);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kFormat);
    return error.what();
  }
  return "read";
}

TEST_CASE("dat header: a DAT file is known by its keys, in either case") {
  for (const char* text :
       {"% Data file containing CD events\n", "% Version 2\n", "% version 1\n", "% VERSION 2\r\n",
        "% Height 240\n% Width 304\n", "% width 304\n% height 240\n% end\n",
        "% Date 2020-01-01\n% Version 2\n\x0C\x08", "% Date 2020-01-01\n\x0C\x08",
        "% Date 2020-01-01\n% end\n\x11\x08", "% data file containing Event2d events\n",
        "% system_ID 49\n% plugin_name x\n% Data file containing CD events.\n"}) {
    CAPTURE(text);
    CHECK(is_dat(text));
  }
}

TEST_CASE("dat header: what a RAW file or something else says is not taken for it") {
  for (const char* text :
       {"", "%", "% ", "% Version 2", "%Version 2\n", "Version 2\n", " % Version 2\n",
        "% Height 240\n", "% Width 304\n", "% Data of another kind\n", "% end\n% Version 2\n",
        "% Date 2020-01-01\n", "% Date 2020-01-01\n\x0C\x09", "% Date 2020-01-01\n\x0F\x08",
        "% plugin_name x\n\x0C\x08", "% evt 2.0\n% Version 2\n",
        "% format EVT4\n% Data file containing CD events.\n% Version 2\n",
        "% system_ID 49\n% Version 2\n", "% plugin_name x\n% Height 240\n% Width 304\n"}) {
    CAPTURE(text);
    CHECK_FALSE(is_dat(text));
  }
}

TEST_CASE("dat header: size, date and lines are read, and records begin behind two bytes") {
  for (const std::string& end : {""s, "% end\n"s}) {
    for (const char type : {'\0', '\x0C'}) {
      const std::string text = kCamera + end + type + '\x08';
      const Header header = read(text + text_of({on(1, 2, 3)}));
      CHECK(header.width == 640);
      CHECK(header.height == 480);
      CHECK(header.date == "2020-09-14 14:18:29");
      CHECK(header.payload == text.size());
      CHECK(header.layout == "cd2");
      CHECK(header.fields.size() == 5);
      CHECK(header.notes.empty());
    }
  }
  const Header other =
      read("% version 2\r\n% date x\r\n% T0 5\r\n% HEIGHT 3\r\n% width 2\r\n"s + kEvents);
  CHECK(other.width == 2);
  CHECK(other.height == 3);
  CHECK(other.date == "x");
}

TEST_CASE("dat header: without a size, or with one that is not trusted, none is known") {
  CHECK(read("% Version 2\n" + kEvents).width == 0);
  for (const char* size : {"% Width 640\n", "% Height 480\n", "% Width 0\n% Height 480\n",
                           "% Width 640\n% Height -1\n", "% Width 16385\n% Height 480\n",
                           "% Width x\n% Height 480\n", "% Width 640 480\n% Height 480\n"}) {
    CAPTURE(size);
    const std::string text = "% Version 2\n"s + size + kEvents;
    CHECK(refusal_of(text).find("pass resolution=") != std::string::npos);
    const Header header = read(text, false);
    CHECK(header.width == 0);
    CHECK(header.height == 0);
  }
  CHECK(read("% Version 2\n% Width 16384\n% Height 16384\n" + kEvents).width == 16'384);
}

TEST_CASE("dat header: the two bytes say what the records are") {
  const auto layout = [](const std::string& end) { return read(kCamera + end).layout; };
  CHECK(layout("\x0E\x08") == "trigger");
  CHECK(layout("\x11\x08") == "erc");
  for (const std::string& end : {"\x28\x1C"s, "\x0C\x0C"s, "\x0E\x0C"s, "\x01\x08"s, "\xFF\xFF"s,
                                 "\x0C\0"s, "\0\0"s, "ab"s}) {
    const std::string why = refusal_of(kCamera + end + "rest");
    CAPTURE(why);
    const auto type = static_cast<unsigned char>(end[0]);
    CHECK(why.find("type " + std::to_string(type) + " with ") != std::string::npos);
  }
}

TEST_CASE("dat header: a file that ends in its header has no records") {
  for (size_t n = 0; n <= 2; ++n) {
    const Header header = read(kCamera + kEvents.substr(0, n));
    CHECK(header.payload == kCamera.size() + n);
    CHECK(header.layout == "cd2");
  }
  CHECK(refusal_of(kCamera + "% Widt").find("cut off") != std::string::npos);
  CHECK(refusal_of(kCamera + "%").find("cut off") != std::string::npos);
}

TEST_CASE("dat header: where the version is not known the records tell") {
  const std::string first = text_of({on_1(1, 303, 239), off_1(2, 1, 2)});
  const std::string second = text_of({off(1, 3, 2), on(2, 3, 4)});
  for (const char* line : {"", "% Version 7\n", "% Version\n", "% Version two\n"}) {
    const std::string text = "% Data file containing CD events\n"s + line + kEvents;
    CHECK(read(text + first).layout == "cd1");
    CHECK(read(text + second).layout == "cd2");
    CHECK(read(text).layout == "cd2");
    CHECK(read(text + first).notes.size() == 1);
  }
  CHECK(read("% Version 1\n" + kEvents + second).layout == "cd1");
  CHECK(read("% Version 2\n" + kEvents + first).layout == "cd2");
  CHECK(read("% Version 2\n" + kEvents + first).notes.empty());
}

TEST_CASE("dat header: a file without any line has records from its first byte on") {
  const Header second = read(text_of({on(0x0C08, 1, 2)}));
  CHECK(second.payload == 0);
  CHECK(second.layout == "cd2");
  CHECK(read(text_of({on_1(5, 1, 2)})).layout == "cd1");
  CHECK(read(text_of({on_1('%', 1, 2)})).payload == 0);
  CHECK(read("").payload == 0);
}

TEST_CASE("dat header: what is written holds what readers look for, in the order of its bytes") {
  Header header;
  header.width = 640;
  header.height = 480;
  header.date = "2024-01-02 03:04:05";
  CHECK(format().write_header(header, {}) ==
        "% Data file containing CD events.\n% Height 480\n% Version 2\n% Width 640\n"
        "% date 2024-01-02 03:04:05\n% end\n\x0C\x08");
  header.layout = "trigger";
  CHECK(format().write_header(header, {}).ends_with("% end\n\x0E\x08"));
  CHECK(format().write_header(header, {}).starts_with("% Data file containing external trigger"));
  CHECK(format().write_header({}, {}).find("Width") == std::string::npos);
}

TEST_CASE("dat header: what was read and written says the same, and is written the same again") {
  for (const std::string& type : {"\0\x08"s, "\x0E\x08"s}) {
    const Header first = read(kCamera + "% version 1\n% T0 7\n% serial_number 12\n" + type);
    const std::string text = format().write_header(first, {});
    CHECK(is_dat(text));
    const Header second = read(text + text_of({on(1, 2, 3)}));
    CHECK(second.payload == text.size());
    CHECK(second.width == 640);
    CHECK(second.height == 480);
    CHECK(second.date == first.date);
    CHECK(second.serial_number == "12");
    CHECK(second.layout == (type[0] == '\0' ? "cd2" : "trigger"));
    CHECK(text.find("% T0 7\n") != std::string::npos);
    CHECK(text.find("% version") == std::string::npos);
    CHECK(format().write_header(second, {}) == text);
  }
}

TEST_CASE("dat header: from RAW to DAT and back, the lines stay that say nothing of the payload") {
  const std::string raw =
      "% Date 2020-09-14 09:03:25\n% endianness little\n% evt 2.1\n"
      "% format EVT21;endianness=legacy;height=480;width=640\n% geometry 640x480\n"
      "% serial_number 00030384\n% system_ID 39\n% plugin_name other\n% zeta\n% end\n";
  const Format& evt = *find_format("evt21");
  const Header first = evt.read_header(test::bytes_of(raw), true);
  const std::string text = format().write_header(first, {});
  CHECK(text ==
        "% Data file containing CD events.\n% Date 2020-09-14 09:03:25\n% Height 480\n"
        "% Version 2\n% Width 640\n% plugin_name other\n% serial_number 00030384\n"
        "% system_ID 39\n% zeta\n% end\n\x0C\x08");
  CHECK(is_dat(text));
  Header second = read(text);
  const std::string back = evt.write_header(second, {});
  CHECK(detect_format(test::bytes_of(back)) == &evt);
  for (const char* line : {"% zeta\n", "% serial_number 00030384\n", "% system_ID 39\n"}) {
    CHECK(back.find(line) != std::string::npos);
  }
  for (const char* key : {"Data", "Version", "Width", "Height", "cd2"}) {
    CHECK(back.find(key) == std::string::npos);
  }
  CHECK(evt.read_header(test::bytes_of(back), true).layout == "little");
}

}  // namespace
}  // namespace evarrow::test::dat
