// SPDX-License-Identifier: Apache-2.0
#include "formats/aedat4/aedat4.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "codecs/flatbuffer.h"
#include "evarrow/error.h"
#include "evarrow/scan.h"
#include "formats/aedat4/info.h"
#include "support/corpus.h"
#include "support/decode.h"

namespace evarrow::test {
namespace {

class File {
 public:
  template <typename T>
  File& put(T value) {
    const auto* first = reinterpret_cast<const char*>(&value);
    bytes_.append(first, sizeof(value));
    return *this;
  }
  File& text(std::string_view text) {
    bytes_.append(text);
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// The smallest buffer with a root that has one vector: its elements are `count` and `content`.
std::string buffer(const char* identifier, uint32_t count, const std::string& content) {
  File file;
  file.put<uint32_t>(16).text(identifier);
  file.put<uint16_t>(6).put<uint16_t>(8).put<uint16_t>(4).put<uint16_t>(0);
  file.put<int32_t>(8).put<uint32_t>(8).put<uint32_t>(0).put<uint32_t>(count).text(content);
  return file.bytes();
}

std::string sized(const std::string& content) {
  return File().put(static_cast<uint32_t>(content.size())).text(content).bytes();
}

std::string event(const Event& event) {
  File file;
  file.put(event.t).put(static_cast<int16_t>(event.x)).put(static_cast<int16_t>(event.y));
  return file.put<uint32_t>(event.polarity > 0 ? 1 : 0).bytes();
}

std::string packet(const std::vector<Event>& events, int32_t stream = 0) {
  std::string content;
  for (const Event& one : events) content += event(one);
  const std::string buffered = sized(buffer("EVTS", static_cast<uint32_t>(events.size()), content));
  return File().put(stream).put(static_cast<int32_t>(buffered.size())).text(buffered).bytes();
}

// Not compressed, without a table.
std::string header(const std::string& xml) {
  File file;
  file.put<uint32_t>(18).text("IOHE");
  file.put<uint16_t>(10).put<uint16_t>(8).put<uint16_t>(0).put<uint16_t>(0).put<uint16_t>(4);
  file.put<int32_t>(10).put<uint32_t>(4).put(static_cast<uint32_t>(xml.size())).text(xml);
  return "#!AER-DAT4.0\r\n" + sized(file.bytes());
}

const std::string kXml =
    "<dv version=\"2.0\"><node name=\"outInfo\"><node name=\"0\">"
    "<attr key=\"typeIdentifier\" type=\"string\">EVTS</attr><node name=\"info\">"
    "<attr key=\"sizeX\" type=\"int\">346</attr><attr key=\"sizeY\" type=\"int\">260</attr>"
    "<attr key=\"source\" type=\"string\">A&amp;B_7</attr></node></node></node></dv>";

const std::vector<Event> kEvents = {{1000, 1, 2, 1}, {1001, 345, 259, -1}, {1001, 0, 0, 1}};

Recording open_text(const std::string& text, Options options = {}) {
  auto kept = std::make_shared<const std::string>(text);
  return Recording::from_bytes(std::as_bytes(std::span(*kept)), kept, options);
}

std::vector<Event> read(const Recording& recording) {
  std::vector<Event> events;
  append_events(recording.scan().read(), events);
  return events;
}

TEST_CASE("aedat4: events of all packets, with what the file says of their camera") {
  const Recording recording = open_text(header(kXml) + packet({kEvents[0]}) + packet({}) +
                                        packet({}, 3) + packet({kEvents[1], kEvents[2]}));
  CHECK(recording.format().name == "aedat4");
  CHECK(recording.header().width == 346);
  CHECK(recording.header().height == 260);
  CHECK(recording.header().sensor == "A&B");
  CHECK(recording.header().serial_number == "7");
  CHECK(read(recording) == kEvents);
}

TEST_CASE("aedat4: a file cut anywhere is refused, or has the packets that are whole") {
  const std::string front = header(kXml);
  const std::string first = packet({kEvents[0]});
  const std::string whole = front + first + packet({kEvents[1], kEvents[2]});
  Options options;
  options.on_error = OnError::kIgnore;
  for (size_t n = 0; n < whole.size(); ++n) {
    CAPTURE(n);
    if (n < front.size()) {
      CHECK_THROWS_AS(open_text(whole.substr(0, n), options), Error);
      continue;
    }
    const Recording recording = open_text(whole.substr(0, n), options);
    Scan::Report report;
    const Batch rows = recording.scan().read(&report);
    const size_t packets = n < front.size() + first.size() ? 0 : 1;
    CHECK(rows.size() == packets);
    const size_t rest = n - front.size() - packets * first.size();
    CHECK(report.faults[FaultKind::kTruncated].count == rest);
  }
}

TEST_CASE("aedat4: any byte may be another one") {
  const std::string whole = header(kXml) + packet(kEvents);
  Options options;
  options.on_error = OnError::kIgnore;
  for (size_t n = 0; n < whole.size(); ++n) {
    for (const char change : {'\x01', '\x80', '\xFF'}) {
      std::string changed = whole;
      changed[n] = static_cast<char>(changed[n] ^ change);
      size_t rows = 0;
      try {
        rows = read(open_text(changed, options)).size();
      } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::kFormat);
      }
      CHECK(rows <= 3);
    }
  }
}

TEST_CASE("aedat4: XML is read as far as it goes, and its entities are not expanded") {
  CHECK(aedat4::read_info("").streams.empty());
  CHECK(aedat4::read_info("<node name=\"outInfo\"><node name=\"x\"").streams.empty());
  const aedat4::Info info = aedat4::read_info(
      "<!DOCTYPE x [<!ENTITY a \"aaaa\"> <!ENTITY b \"&a;&a;\">]><dv><!-- <node name=\"outInfo\"> "
      "--><node name='outInfo' path='/>/'><node name=\"2\"><attr "
      "key='originalOutputName'>&b;</attr>"
      "</node><node name=\"0\"><attr key=\"typeIdentifier\">EVTS</attr><attr key=\"empty\"/>"
      "</node></node><node name=\"7\"><attr key=\"typeIdentifier\">EVTS</attr></node></dv>");
  REQUIRE(info.streams.size() == 2);
  CHECK(info.streams[0].type == "EVTS");
  CHECK(info.streams[1].id == 2);
  CHECK(info.streams[1].name == "&b;");
}

TEST_CASE("aedat4: tables refer to nothing outside of their buffer") {
  const std::string good = buffer("EVTS", 2, std::string(32, '\0'));
  const auto as_bytes = [](const std::string& text) { return std::as_bytes(std::span(text)); };
  const auto root = codecs::FlatTable::root(as_bytes(good), "EVTS");
  REQUIRE(root);
  CHECK(root->vector(0, 16)->size() == 32);
  CHECK(root->length(0) == 2U);
  CHECK(root->vector(1, 16)->empty());
  CHECK(root->number<int32_t>(7, -5) == -5);
  CHECK(!codecs::FlatTable::root(as_bytes(good), "TRIG"));
  const auto cut = good.substr(0, good.size() - 1);
  CHECK(!codecs::FlatTable::root(as_bytes(cut), "EVTS")->vector(0, 16));
  CHECK(codecs::FlatTable::root(as_bytes(cut), "EVTS")->length(0) == 2U);
  CHECK(!root->table(0, 4'000'000'000));
}

}  // namespace
}  // namespace evarrow::test
