// SPDX-License-Identifier: Apache-2.0
// Recordings of the corpus, whose rows are known.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "formats/evt3_decode.h"

namespace evarrow::test::evt3 {
namespace {

std::filesystem::path corpus() {
  const char* set = std::getenv("EVARROW_CORPUS");
  return set != nullptr ? set : "../shared/corpus";
}

// Whether a file of the corpus is there; says so if not.
bool has(const std::filesystem::path& file) {
  if (std::filesystem::exists(file)) return true;
  MESSAGE("not tested: there is no ", file.string());
  return false;
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct File {
  Header header;
  std::vector<std::byte> payload;
};

File open(const std::filesystem::path& file) {
  const std::string text = text_of(file);
  const Bytes bytes = std::as_bytes(std::span(text));
  const Header header = find_format("evt3")->read_header(bytes, true);
  const Bytes payload = bytes.subspan(header.payload);
  return {.header = header, .payload = {payload.begin(), payload.end()}};
}

Reading reading_of(const Header& header) {
  return {.width = header.width, .height = header.height, .off = 0};
}

// The numbers of a list of lists of `width` numbers behind `key`; true counts as 1.
std::vector<std::vector<int64_t>> lists(const std::string& json, const std::string& key,
                                        size_t width) {
  std::vector<std::vector<int64_t>> rows;
  const size_t begin = json.find("\"" + key + "\":[");
  if (begin == std::string::npos) return rows;
  std::vector<int64_t> row;
  int depth = 0;
  for (size_t i = json.find('[', begin); i < json.size(); ++i) {
    const char c = json[i];
    if (c == '[') ++depth;
    if (c == ']' && --depth == 0) break;
    if (c == 't') row.push_back(1);
    if (c == 'f') row.push_back(0);
    if (c >= '0' && c <= '9') {
      char* end = nullptr;
      row.push_back(std::strtoll(json.c_str() + i, &end, 10));
      i = static_cast<size_t>(end - json.c_str()) - 1;
    }
    if (row.size() == width) {
      rows.push_back(row);
      row.clear();
    }
  }
  return rows;
}

TEST_CASE("evt3: the synthetic recordings have the rows their descriptions list") {
  const std::filesystem::path folder = corpus() / "synthetic";
  if (!has(folder)) return;
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("evt3_") || !name.ends_with(".raw")) continue;
    CAPTURE(name);
    ++files;
    const std::string json = text_of(entry.path().string() + ".json");
    const File file = open(entry.path());
    Rows want;
    for (const auto& row : lists(json, "events", 4)) {
      want.events.push_back({.t = row[0],
                             .x = static_cast<int>(row[1]),
                             .y = static_cast<int>(row[2]),
                             .polarity = static_cast<int>(row[3])});
    }
    for (const auto& row : lists(json, "triggers", 3)) {
      want.triggers.emplace_back(row[0], row[1], row[2]);
    }
    for (const auto& row : lists(json, "erc", 3)) want.rates.emplace_back(row[0], row[1], row[2]);
    REQUIRE_FALSE(want.events.empty());
    for (const char* level : kLevels) {
      const AtLevel at(level);
      const Rows rows = decode_with(*make_decoder(reading_of(file.header)), file.payload);
      CHECK(rows.events == want.events);
      CHECK(rows.triggers == want.triggers);
      CHECK(rows.rates == want.rates);
    }
  }
  CHECK(files >= 8);
}

TEST_CASE("evt3: a real recording reads the same at every level and comes back from the encoder") {
  const std::filesystem::path path = corpus() / "real" / "expelliarmus_evt3.raw";
  if (!has(path)) return;
  const File file = open(path);
  const Reading how = reading_of(file.header);
  Words words(file.payload.size() / 2);
  std::memcpy(words.data(), file.payload.data(), words.size() * 2);
  const Rows want = PlainDecoder(how).read(words);
  REQUIRE(want.events.size() == 219'596);
  CHECK(want.events.front() == Event{11718656, 874, 200, 0});
  CHECK(want.events.back() == Event{11727457, 1218, 572, 1});
  for (const char* level : kLevels) {
    CAPTURE(level);
    const AtLevel at(level);
    for (const size_t step : {SIZE_MAX, size_t{65'536}, size_t{999}}) {
      const auto decoder = make_decoder(how);
      const Rows rows = decode_with(*decoder, file.payload, {.step = step, .capacity = 5000});
      CHECK((rows == want));
    }
  }

  const auto decoder = make_decoder(how);
  EventBatch events(want.events.size());
  REQUIRE(decoder->decode(file.payload, {.events = &events}) == file.payload.size());
  std::vector<std::byte> again;
  find_format("evt3")->make_encoder(file.header)->encode(events, again);
  CHECK(again.size() <= file.payload.size());
  CHECK((decode_with(*make_decoder(how), again).events == want.events));
}

}  // namespace
}  // namespace evarrow::test::evt3
