// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "evarrow/error.h"
#include "formats/es_records.h"

namespace evarrow::test::es {
namespace {

Header read(const std::vector<std::byte>& bytes, bool trust_geometry = true) {
  return format().read_header(bytes, trust_geometry);
}

// Why a header is refused; "read" where it is not.
std::string refusal_of(const std::vector<std::byte>& bytes, bool trust_geometry = true) {
  try {
    (void)read(bytes, trust_geometry);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kFormat);
    CHECK(error.offset() <= bytes.size());
    return error.what();
  }
  return "read";
}

bool says(const std::string& text, const char* what) { return text.find(what) != text.npos; }

TEST_CASE("es header: an Event Stream is known by its first words alone") {
  const auto bytes = head(2, 1);
  CHECK(detect_format(bytes) == &format());
  CHECK(detect_format(bytes, "a.bin") == &format());
  CHECK(detect_format(Bytes(bytes).first(12)) == &format());
  CHECK(detect_format(Bytes(bytes).first(11)) == nullptr);
  CHECK(detect_format(Bytes(bytes).subspan(1)) == nullptr);
}

TEST_CASE("es header: version, type and size are read") {
  const Header header = read(head(2, 1, 0x1234, 0x0102));
  CHECK(header.width == 0x1234);
  CHECK(header.height == 0x0102);
  CHECK(header.payload == 20);
  CHECK(header.fields == decltype(header.fields){{"version", "2.3.7"}, {"type", "dvs"}});
  CHECK(header.notes.empty());
}

TEST_CASE("es header: types without pixels have no size") {
  for (const int type : {0, 3}) {
    const Header header = read(head(2, type));
    CHECK(header.payload == 16);
    CHECK(header.width == 0);
    REQUIRE(header.notes.size() == 1);
    CHECK(says(header.notes[0], type == 0 ? "messages" : "no rows"));
  }
  CHECK(read(head(2, 0)).fields[1].second == "generic");
  CHECK(read(head(2, 3)).fields[1].second == "display");
}

TEST_CASE("es header: what a reader of the events should know is noted") {
  CHECK(read(head(2, 2)).fields[1].second == "atis");
  CHECK(says(read(head(2, 2)).notes.at(0), "threshold crossings"));
  CHECK(read(head(2, 4)).fields[1].second == "color");
  CHECK(says(read(head(2, 4)).notes.at(0), "colours"));
}

TEST_CASE("es header: other versions and types are refused by name, whoever brings the size") {
  for (const bool trust : {true, false}) {
    CHECK(says(refusal_of(head(1, 1), trust), "version 1.3.7"));
    CHECK(says(refusal_of(head(3, 1), trust), "version 3.3.7"));
    CHECK(says(refusal_of(head(2, 5), trust), "type 5"));
    CHECK(says(refusal_of(head(2, 255), trust), "type 255"));
    CHECK(says(refusal_of({}, trust), "begins with 'Event Stream'"));
  }
}

TEST_CASE("es header: a header that is cut is refused") {
  for (const int type : {0, 1, 2, 3, 4}) {
    const auto bytes = head(2, type);
    for (size_t size = 12; size < bytes.size(); ++size) {
      const std::vector<std::byte> part(bytes.begin(),
                                        bytes.begin() + static_cast<ptrdiff_t>(size));
      CHECK(says(refusal_of(part), "ends too soon"));
    }
    CHECK(refusal_of(bytes) == "read");
  }
}

TEST_CASE("es header: an impossible size is refused, unless the caller brings one") {
  for (const auto& [width, height] : {std::pair{0, 240}, {320, 0}, {32'768, 240}, {320, 65'535}}) {
    const auto bytes = head(2, 1, width, height);
    const std::string why = refusal_of(bytes);
    CHECK(says(why, "which cannot be"));
    CHECK(says(why, "resolution="));
    CHECK(read(bytes, false).width == 0);
    CHECK(read(bytes, false).height == 0);
  }
  CHECK(refusal_of(head(2, 1, 32'767, 32'767)) == "read");
}

TEST_CASE("es header: what is written is read again") {
  Header header;
  header.width = 1280;
  header.height = 720;
  header.fields = {{"type", "color"}};  // of the recording that is converted
  const std::string text = format().write_header(header, {});
  CHECK(text.size() == 20);
  const Header again = format().read_header(bytes_of(text), true);
  CHECK(again.width == 1280);
  CHECK(again.height == 720);
  CHECK(again.payload == 20);
  CHECK(again.fields == decltype(again.fields){{"version", "2.0.0"}, {"type", "dvs"}});
}

TEST_CASE("es header: without the size of the sensor nothing can be written") {
  for (const bool encoder : {false, true}) {
    try {
      if (encoder) {
        (void)format().make_encoder({}, {});
      } else {
        (void)format().write_header({}, {});
      }
      FAIL("was written");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kArgument);
      CHECK(says(error.what(), "resolution="));
    }
  }
}

}  // namespace
}  // namespace evarrow::test::es
