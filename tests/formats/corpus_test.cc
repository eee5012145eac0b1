// SPDX-License-Identifier: Apache-2.0
// Every format on the recordings of the corpus, whose rows are known.
#include "support/corpus.h"

#include <doctest/doctest.h>

#include "formats/dat_words.h"
#include "formats/es_records.h"
#include "formats/evt21_words.h"
#include "formats/evt2_words.h"
#include "formats/evt3_words.h"
#include "formats/evt4_words.h"
#include "formats/nmnist_records.h"
#include "support/decode.h"
#include "support/levels.h"

namespace evarrow::test {
namespace {

struct File {
  const Format* format = nullptr;  // null where it has no decoder of bytes
  Header header;
  std::vector<std::byte> payload;
};

File open(const std::filesystem::path& path) {
  const std::string text = text_of(path);
  const Bytes bytes = std::as_bytes(std::span(text));
  File file;
  file.format = detect_format(bytes, path.string());
  if (file.format == nullptr || file.format->counts_rows) return {};
  file.header = file.format->read_header(bytes, true);
  const Bytes payload = bytes.subspan(file.header.payload);
  file.payload.assign(payload.begin(), payload.end());
  return file;
}

std::unique_ptr<Decoder> make_decoder(const File& file) {
  return file.format->make_decoder(
      file.header, {.off = 0, .drop_out_of_sensor = file.format->drops_out_of_sensor});
}

Rows decode(const File& file, Presented how = {}) {
  return decode_with(*make_decoder(file), *file.format, file.payload, how);
}

Rows plain_rows(const File& file) {
  const int32_t width = file.header.width;
  const int32_t height = file.header.height;
  if (file.format->name == "evt2") {
    const evt2::Reading how = {.width = width, .height = height, .off = 0};
    return evt2::PlainDecoder(how).read(words_of<uint32_t>(file.payload));
  }
  if (file.format->name == "evt3") {
    const evt3::Reading how = {.width = width, .height = height, .off = 0};
    return evt3::PlainDecoder(how).read(words_of<uint16_t>(file.payload));
  }
  if (file.format->name == "evt4") {
    const evt4::Reading how = {.width = width, .height = height, .off = 0};
    return evt4::PlainDecoder(how).read(words_of<uint32_t>(file.payload));
  }
  if (file.format->name == "dat") {
    const dat::Reading how = {
        .width = width, .height = height, .off = 0, .layout = file.header.layout.c_str()};
    return dat::PlainDecoder(how).read(words_of<uint64_t>(file.payload));
  }
  if (file.format->name == "es") {
    const es::Reading how = {
        .type = file.header.fields[1].second, .width = width, .height = height, .off = 0};
    return es::PlainDecoder(how).read(words_of<uint8_t>(file.payload));
  }
  if (file.format->name == "nmnist") {
    return nmnist::plain_rows(words_of<nmnist::Record>(file.payload), {.off = 0});
  }
  evt21::Words words = words_of<uint64_t>(file.payload);
  if (file.header.layout == "legacy") {
    std::ranges::transform(words, words.begin(), evt21::exchanged);
  }
  return evt21::PlainDecoder({.width = width, .height = height, .off = 0}).read(words);
}

// The lists have y as stored; Event Streams store it from the bottom.
int from_top(const File& file, int y) {
  return file.format->name == "es" ? file.header.height - 1 - y : y;
}

// The lists have the signals of AEDAT as stored: DAVIS in the value, cAER in the id.
Row3 trigger_of(const File& file, const std::vector<int64_t>& row) {
  if (file.format->name == "aedat3" || file.header.layout == "davis") {
    const int64_t type = file.format->name == "aedat3" ? row[1] : row[2];
    const bool ends = type == 3;
    return {row[0], ends ? 2 : type, ends ? 0 : 1};
  }
  return {row[0], row[1], row[2]};
}

TEST_CASE("corpus: the synthetic recordings have the rows their descriptions list") {
  const std::filesystem::path folder = corpus() / "synthetic";
  if (!has(folder)) return;
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().extension() == ".json") continue;
    const File file = open(entry.path());
    if (file.format == nullptr) continue;
    const std::string json = text_of(entry.path().string() + ".json");
    const std::string name = entry.path().filename().string();
    CAPTURE(name);
    ++files;
    Rows want;
    for (const auto& row : lists(json, "events", 4)) {
      want.events.push_back({.t = row[0],
                             .x = static_cast<int>(row[1]),
                             .y = from_top(file, static_cast<int>(row[2])),
                             .polarity = static_cast<int>(row[3])});
    }
    for (const auto& row : lists(json, "triggers", 3)) {
      want.triggers.push_back(trigger_of(file, row));
    }
    for (const auto& row : lists(json, "erc", 3)) want.rates.emplace_back(row[0], row[1], row[2]);
    for (const auto& row : lists(json, "atis", 5)) {
      const bool crossing = row[3] != 0;
      if (crossing)
        want.exposures.push_back({row[1], file.header.height - 1 - row[2], row[0], row[4]});
    }
    for (const auto& row : lists(json, "color", 6)) {
      want.colors.push_back(
          {row[1], file.header.height - 1 - row[2], row[0], row[3], row[4], row[5]});
    }
    const bool is_empty = want.events.empty() && want.triggers.empty();
    REQUIRE((!is_empty || name == "es_generic.es"));
    for (const char* level : kLevels) {
      const AtLevel at(level);
      const Rows rows = decode(file);
      CHECK(rows.events == want.events);
      CHECK(rows.triggers == want.triggers);
      if (!want.rates.empty()) CHECK(rows.rates == want.rates);
      CHECK(rows.exposures == want.exposures);
      CHECK(rows.colors == want.colors);
    }
  }
  CHECK(files >= 28);
}

// At every level and however presented; and the same events again once encoded.
void check_recording(const std::filesystem::path& path, size_t events, Event first, Event last) {
  if (!has(path)) return;
  const File file = open(path);
  REQUIRE(file.format != nullptr);
  const Rows want = plain_rows(file);
  REQUIRE(want.events.size() == events);
  CHECK(want.events.front() == first);
  CHECK(want.events.back() == last);
  for (const char* level : kLevels) {
    CAPTURE(level);
    const AtLevel at(level);
    for (const size_t step : {SIZE_MAX, size_t{65'536}, size_t{999}}) {
      CHECK((decode(file, {.step = step, .capacity = 5000}) == want));
    }
    const auto counter = make_decoder(file);
    CHECK(same(summarize_with(*counter, file.payload, 65'536), summary_of(want)));
  }

  if (file.format->make_encoder == nullptr) return;
  File again{.format = file.format, .header = file.header, .payload = {}};
  EventBatch batch = batch_of(want.events);
  file.format->make_encoder(file.header, {})
      ->encode(batch, triggers_of(want.triggers), again.payload);
  CHECK(again.payload.size() <= file.payload.size());
  const Rows back = decode(again);
  CHECK((back.events == want.events));
  CHECK((back.triggers == want.triggers));
}

TEST_CASE("corpus: recordings of cameras read the same at every level and can be written again") {
  check_recording(corpus() / "real" / "faery_evt2_gen3.raw", 521'252, {913716224, 35, 443, 1},
                  {913812095, 12, 471, 0});
  check_recording(corpus() / "derived" / "imx636_evt21_legacy.raw", 150'000,
                  {11200224, 484, 315, 1}, {11548268, 451, 264, 1});
  check_recording(corpus() / "real" / "expelliarmus_evt3.raw", 219'596, {11718656, 874, 200, 0},
                  {11727457, 1218, 572, 1});
  check_recording(corpus() / "real" / "tonic_ncars.dat", 2009, {0, 25, 8, 0}, {99952, 75, 28, 1});
  check_recording(corpus() / "real" / "tonic_nmnist.bin", 4'325, {654, 7, 15, 1},
                  {311175, 21, 14, 1});
  check_recording(corpus() / "real" / "faery_dvs.es", 473'225, {0, 0, 0, 1}, {999000, 38, 193, 1});
  check_recording(corpus() / "synthetic" / "es_dvs.es", 4, {0, 0, 0, 1}, {508, 256, 139, 0});
}

}  // namespace
}  // namespace evarrow::test
