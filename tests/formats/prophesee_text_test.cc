// SPDX-License-Identifier: Apache-2.0
// Headers hold any bytes; what is told of them is text.
#include <doctest/doctest.h>

#include <span>
#include <string>

#include "evarrow/error.h"
#include "evarrow/format.h"
#include "formats/text.h"

namespace evarrow {
namespace {

Bytes bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

TEST_CASE("text that is UTF-8 stays, the rest becomes U+FFFD") {
  CHECK(readable("Z\xC3\xBCrich \xE2\x82\xAC \xF0\x9F\x93\xB7") ==
        "Z\xC3\xBCrich \xE2\x82\xAC \xF0\x9F\x93\xB7");
  CHECK(readable("Z\xFCrich") == "Z\xEF\xBF\xBDrich");
  CHECK(readable(std::string_view("a\0b\x1B", 4)) ==
        "a\xEF\xBF\xBD"
        "b\xEF\xBF\xBD");
  CHECK(readable("\xC3") == "\xEF\xBF\xBD");
  CHECK(readable("\xC0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD");                  // longer than needed
  CHECK(readable("\xED\xA0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // half of a pair
  CHECK(readable("\xF4\x90\x80\x80").size() == 12);  // past the last code point
}

TEST_CASE("values of headers that are not UTF-8 are Latin-1, of which nothing is lost") {
  CHECK(readable_value("Z\xC3\xBCrich \xE2\x82\xAC") == "Z\xC3\xBCrich \xE2\x82\xAC");
  CHECK(readable_value("Z\xFCrich \xB5m") == "Z\xC3\xBCrich \xC2\xB5m");
  CHECK(readable_value("\xA0\xC3\xFF") == "\xC2\xA0\xC3\x83\xC3\xBF");
  CHECK(readable_value("\x80\xE4\x9F\n") == "\xEF\xBF\xBD\xC3\xA4\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(readable_value("\xC3\xA4\n") == "\xC3\xA4\xEF\xBF\xBD");
  CHECK(readable_value("").empty());
}

TEST_CASE("a header that does not end in what is looked at is refused") {
  std::string text = "% evt 3.0\n";
  while (text.size() < (size_t{1} << 20)) text += "% note " + std::string(1000, 'x') + "\n";
  const Bytes all = bytes_of(text);
  for (const size_t size : {size_t{1} << 16, size_t{1} << 20}) {
    try {
      (void)find_format("evt3")->read_header(all.first(size), true);
      FAIL("it was not refused");
    } catch (const Error& error) {
      const std::string kib = std::to_string(size >> 10) + " KiB";
      CHECK(std::string(error.what()).find("no end in its first " + kib) != std::string::npos);
    }
  }
  CHECK(find_format("evt3")->read_header(all.first(5000), true).payload > 4000);
  text.replace(text.rfind('%'), std::string::npos, "% end\n");
  CHECK(find_format("evt3")->read_header(bytes_of(text), true).payload == text.size());
}

TEST_CASE("words that begin like a line are no header without an end") {
  // As cameras of 2020 wrote it, with words whose first byte is any, behind more than is sniffed.
  std::string text = "% Date 2020-09-14 09:03:25\n% evt 3.0\n";
  const size_t payload = text.size();
  text.resize(size_t{1} << 17, '\x11');
  for (const char first : {'\x24', '%', '\x26'}) {
    CAPTURE(int{first});
    text[payload] = first;
    for (const size_t size : {size_t{1} << 16, text.size()}) {
      CHECK(find_format("evt3")->read_header(bytes_of(text).first(size), true).payload == payload);
    }
  }
}

TEST_CASE("a header with bytes that are not text is read, and told of as text") {
  const std::string text = "% evt 3.0\n% integrator_name Z\xFCrich\n% serial_number " +
                           std::string(1, '\0') + "1\n% end\n";
  const Header header = find_format("evt3")->read_header(bytes_of(text), true);
  REQUIRE(header.fields.size() == 3);
  CHECK(header.fields[1].second == "Z\xC3\xBCrich");
  CHECK(header.serial_number ==
        "\xEF\xBF\xBD"
        "1");
  CHECK(header.payload == text.size());
}

TEST_CASE("an encoding that is not text is named in an explanation that is") {
  const std::string why = explain_unknown(bytes_of("% format \xFFx" + std::string(1, '\0') + "\n"));
  CHECK(why.find("\xC3\xBFx\xEF\xBF\xBD") != std::string::npos);
  CHECK(why.find('\0') == std::string::npos);
}

TEST_CASE("a geometry that is not text is refused in a sentence that is") {
  const std::string text = "% evt 3.0\n% geometry \xFFx9\n% end\n";
  try {
    (void)find_format("evt3")->read_header(bytes_of(text), true);
    FAIL("it was not refused");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kFormat);
    CHECK(std::string(error.what()).find("'\xC3\xBFx9'") != std::string::npos);
  }
}

}  // namespace
}  // namespace evarrow
