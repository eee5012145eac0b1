// SPDX-License-Identifier: Apache-2.0
#include "formats/aedat/aedat.h"

#include <doctest/doctest.h>

#include <bit>

#include "evarrow/error.h"
#include "evarrow/scan.h"
#include "evarrow/stream.h"
#include "formats/aedat_records.h"

namespace evarrow::test::aedat {
namespace {

constexpr Reading kDavis = {};
constexpr Reading kDvs128 = {.layout = "dvs128"};
constexpr Reading kAedat1 = {.format = "aedat1", .layout = "dvs128"};
constexpr Reading kAedat3 = {.format = "aedat3", .layout = "3.1"};

size_t address_bytes(const Reading& how) { return std::string(how.format) == "aedat1" ? 2 : 4; }

// Something of everything: events, signals, pixels and IMU, a clock that steps back and one that
// starts over.
Addresses assorted(const Reading& how) {
  const bool is_davis = std::string(how.layout) == "davis";
  const auto event = [&](uint32_t x, uint32_t y, bool on) {
    return is_davis ? davis(x, y, on) : dvs128(x & 0x7F, y & 0x7F, on);
  };
  Addresses all = {{event(0, 0, true), 0}, {event(239, 179, false), 5}, {event(3, 4, true), 3}};
  for (uint32_t i = 0; i < 40; ++i) all.push_back({event(i, 2 * i, i % 3 == 0), 10 + i});
  all.push_back({is_davis ? davis_signal(3) : kDvs128Signal, 60});
  if (is_davis) {
    all.push_back({kPixel, 61});
    for (uint32_t i = 5; i < 8; ++i) all.push_back({imu(i, 9), 61});
    for (uint32_t i = 0; i < 7; ++i) all.push_back({imu(i, static_cast<int16_t>(1 - 100 * i)), 61});
    for (uint32_t i = 0; i < 4; ++i) all.push_back({imu(i, 7), 62});
    for (uint32_t i = 0; i < 7; ++i) all.push_back({imu(i, static_cast<int16_t>(-i)), 62});
    all.push_back({davis_signal(2), 62});
    all.push_back({davis(1023, 511, true), 63});
  }
  all.push_back({event(5, 6, true), 0xFFFF'FFF0});
  all.push_back({event(7, 8, true), 2});
  all.push_back({event(100, 8, false), 1});
  return all;
}

// Two samples of so many numbers, 0.5, 1.5, ..., and one that is not valid.
std::vector<uint32_t> samples(uint32_t numbers) {
  std::vector<uint32_t> words;
  for (const uint32_t info : {1U, 1U, 0U}) {
    words.insert(words.end(), {info, 40 + static_cast<uint32_t>(words.size())});
    for (uint32_t i = 0; i < numbers; ++i) {
      words.push_back(std::bit_cast<uint32_t>(static_cast<float>(i) + 0.5F));
    }
  }
  return words;
}

// A frame at (5, 6) and its pixels.
std::vector<uint32_t> frame(uint32_t info, uint32_t width, uint32_t height) {
  std::vector<uint32_t> words = {info, 10, 20, 12, 18, width, height, 5, 6};
  const uint32_t numbers = width * height * (info >> 1 & 7);
  for (uint32_t i = 0; i < (numbers + 1) / 2; ++i) words.push_back(0x0002'0001 + 0x0002'0002 * i);
  return words;
}

Stream assorted3() {
  std::vector<uint32_t> behind = frame(3, 3, 2);
  behind.push_back(0);  // of no pixel
  return joined({packet(0, 0, {special(1), 1, special(2, 7), 5, special(9, 0, false), 6}),
                 packet(1, 0,
                        {polarity31(1, 2, true), 5, polarity31(300, 200, false), 6,
                         polarity31(9, 9, true, false), 7, polarity31(32'767, 32'767, true), 8}),
                 packet(2, 0, std::vector<uint32_t>(13, 0xFFFF'FFFF), 52), packet(1, 0, {}),
                 packet(3, 0, samples(7), 36), packet(4, 0, samples(10), 48),
                 packet(3, 0, std::vector<uint32_t>(20, 1), 40), packet(2, 0, behind, 52),
                 packet(2, 0, frame(7, 1, 2), 48),
                 packet(1, 1, {polarity31(4, 5, false), 3, polarity31(6, 7, true), 4}),
                 packet(0, 1, {special(3), 4, special(17), 9})});
}

const std::vector<Event> kEvents3 = {{5, 1, 2, 1},
                                     {6, 300, 200, -1},
                                     {8, 32'767, 32'767, 1},
                                     {2'147'483'651, 4, 5, -1},
                                     {2'147'483'652, 6, 7, 1}};
const std::vector<Row3> kTriggers3 = {
    {1, 1, 1}, {5, 2, 1}, {2'147'483'652, 2, -1}, {2'147'483'657, 16, -1}};

TEST_CASE("aedat: addresses of a DVS128 and of a DAVIS, and times that start over") {
  for (const Reading& how : {kDavis, kDvs128, kAedat1}) {
    for (const bool drop : {false, true}) {
      Reading bounded = how;
      bounded.width = 100;
      bounded.height = 60;
      bounded.drop = drop;
      const Stream bytes = stream_of(assorted(how), address_bytes(how));
      CHECK(decode(bytes, how) == plain_rows(assorted(how), how));
      CHECK(decode(bytes, bounded) == plain_rows(assorted(how), bounded));
    }
  }
  CHECK(decode(stream_of({{davis(239, 1, true), 100}}, 4), kDavis).events ==
        std::vector<Event>{{100, 239, 1, 1}});
  CHECK(decode(stream_of({{dvs128(127, 3, false), 100}}, 2), kAedat1).events ==
        std::vector<Event>{{100, 127, 3, -1}});
}

TEST_CASE("aedat: packets of AEDAT 3, of which those that are not read are stepped over") {
  const Rows rows = decode(assorted3(), kAedat3);
  CHECK(rows.events == kEvents3);
  CHECK(rows.triggers == kTriggers3);
  const double g = 9.80665;
  const double degree = kRadiansPerDegree;
  REQUIRE(rows.imu.size() == 4);
  CHECK(rows.imu[0] == imu_row(40, {0.5 * g, 1.5 * g, 2.5 * g, 3.5 * degree, 4.5 * degree,
                                    5.5 * degree, kNaN, kNaN, kNaN, 6.5}));
  CHECK(rows.imu[1][0] == 49);
  CHECK(rows.imu[3] == imu_row(52, {0.5 * g, 1.5 * g, 2.5 * g, 3.5 * degree, 4.5 * degree,
                                    5.5 * degree, 7.5 * 1e-6, 8.5 * 1e-6, 9.5 * 1e-6, 6.5}));
  // One frame cannot be: its numbers are negative. Nor can samples of 40 bytes.
  CHECK(rows.count(FaultKind::kCorrupt) == 2);
  REQUIRE(rows.frames.size() == 2);
  CHECK(std::vector(rows.frames[0].begin(), rows.frames[0].begin() + 9) ==
        Cells{15, 12, 18, 5, 6, 3, 2, 1, 16});
  CHECK(rows.frames[1][kFrameChannels] == 3);
  CHECK(rows.frames[1][kFrameSize] == 12);
  const Reading old = {.format = "aedat3", .layout = "3.0"};
  CHECK(decode(packet(1, 0, {polarity30(16'383, 16'382, true), 5}), old).events ==
        std::vector<Event>{{5, 16'383, 16'382, 1}});
}

TEST_CASE("aedat: a packet of events of a wrong size is damage to those who read its stream") {
  const Stream good = packet(1, 0, {polarity31(1, 2, true), 5});
  using Sizes = std::pair<uint32_t, uint32_t>;
  for (const auto& [type, size] :
       {Sizes{0, 12}, Sizes{1, 4}, Sizes{1, 16}, Sizes{2, 35}, Sizes{3, 48}, Sizes{4, 36}}) {
    CAPTURE(type);
    const std::vector<uint32_t> words((size + 3) / 4, 1);
    Stream bad = packet(type, 0, words, size);
    bad.resize(28 + size);
    const Rows rows = decode(joined({good, bad, good}), kAedat3);
    CHECK(rows.events == std::vector<Event>{{5, 1, 2, 1}, {5, 1, 2, 1}});
    CHECK(rows.count(FaultKind::kCorrupt) == 1);
  }
  CHECK(decode(joined({good, packet(5, 0, {1, 2, 3}, 12), good}), kAedat3)
            .count(FaultKind::kCorrupt) == 0);
}

TEST_CASE("aedat: however the input is cut and however small the batches are, rows are the same") {
  for (const Reading& how : {kDavis, kDvs128, kAedat1, kAedat3}) {
    const bool packets = std::string(how.format) == "aedat3";
    const Stream bytes = packets ? assorted3() : stream_of(assorted(how), address_bytes(how));
    const Rows want = decode(bytes, how);
    CHECK(decode(bytes, how, {.small_capacity = 1}) == want);
    for (size_t step = 1; step <= 70; ++step) {
      CAPTURE(step);
      CHECK(decode(bytes, how, {.step = step}) == want);
      CHECK(decode(bytes, how, {.step = 100, .capacity = 1 + step / 8}) == want);
    }
  }
}

TEST_CASE("aedat: the state taken anywhere goes on in another decoder") {
  for (const Reading& how : {kDavis, kAedat1, kAedat3}) {
    const bool packets = std::string(how.format) == "aedat3";
    const auto bytes =
        bytes_of(packets ? assorted3() : stream_of(assorted(how), address_bytes(how)));
    const size_t word = format_of(how).word_size;
    const Rows want = decode_with(*make_decoder(how), format_of(how), bytes);
    for (size_t cut = 0; cut <= bytes.size(); cut += word) {
      CAPTURE(cut);
      const auto middle = bytes.begin() + static_cast<ptrdiff_t>(cut);
      const auto first = make_decoder(how);
      Rows rows = decode_with(*first, format_of(how), {bytes.begin(), middle});
      const auto second = make_decoder(how);
      second->set_state(first->state());
      CHECK(second->state() == first->state());
      const Rows rest = decode_with(*second, format_of(how), {middle, bytes.end()});
      rows.events.insert(rows.events.end(), rest.events.begin(), rest.events.end());
      rows.triggers.insert(rows.triggers.end(), rest.triggers.begin(), rest.triggers.end());
      CHECK(rows.events == want.events);
      rows.imu.insert(rows.imu.end(), rest.imu.begin(), rest.imu.end());
      CHECK(rows.triggers == want.triggers);
      CHECK(rows.imu == want.imu);
      CHECK(rows.frames.size() + rest.frames.size() == want.frames.size());
    }
  }
}

TEST_CASE("aedat: a summary counts what decoding gives and ends in the same state") {
  for (const Reading& how : {kDavis, kDvs128, kAedat1, kAedat3}) {
    const bool packets = std::string(how.format) == "aedat3";
    const auto bytes =
        bytes_of(packets ? assorted3() : stream_of(assorted(how), address_bytes(how)));
    const auto decoder = make_decoder(how);
    const Rows rows = decode_with(*decoder, format_of(how), bytes);
    Summary summary;
    const auto counter = make_decoder(how);
    CHECK(counter->summarize(bytes, summary) == bytes.size());
    CHECK(summary.events == rows.events.size());
    CHECK(summary.triggers == rows.triggers.size());
    CHECK(counter->state() == decoder->state());
  }
}

TEST_CASE("aedat: a packet whose numbers cannot be is damage, and what is behind it is lost") {
  for (const size_t at : {size_t{7}, size_t{23}}) {  // upper bytes of the size and the number
    Stream bad = packet(1, 0, {polarity31(1, 1, true), 9});
    bad[at] = 0x80;
    const Stream good = packet(1, 0, {polarity31(1, 2, true), 5});
    const auto decoder = make_decoder(kAedat3);
    const Rows rows =
        decode_with(*decoder, format_of(kAedat3), bytes_of(joined({good, bad, good})));
    CHECK(rows.events == std::vector<Event>{{5, 1, 2, 1}});
    CHECK(rows.count(FaultKind::kCorrupt) == 1);
    CHECK(decoder->faults()[FaultKind::kCorrupt].offset == good.size());
    CHECK(decoder->why().find("byte " + std::to_string(good.size())) != std::string::npos);
  }
}

TEST_CASE("aedat: bytes of an event or header that was cut are unfinished") {
  const Stream bytes = packet(1, 0, {polarity31(1, 2, true), 5, polarity31(1, 2, true), 5});
  for (size_t n = 0; n < bytes.size(); ++n) {
    CAPTURE(n);
    const auto decoder = make_decoder(kAedat3);
    const Rows rows =
        decode_with(*decoder, format_of(kAedat3),
                    bytes_of(Stream(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(n))));
    CHECK(decoder->unfinished() == (n < 28 ? n : (n - 28) % 8));
    CHECK(rows.events.size() == (n < 28 ? 0 : (n - 28) / 8));
  }
}

TEST_CASE("aedat: the pixels of a frame are where its row says") {
  const std::string lines = "#!AER-DAT3.1\r\n#Format: RAW\r\n#!END-HEADER\r\n";
  const Stream packets =
      joined({packet(1, 0, {polarity31(1, 2, true), 5}), packet(2, 0, frame(3, 3, 2), 48),
              packet(2, 0, frame(3, 1, 1), 40)});
  std::string file = lines;
  file.append(reinterpret_cast<const char*>(packets.data()), packets.size());
  const Recording recording = Recording::from_bytes(std::as_bytes(std::span(file)), nullptr);
  const Batch frames = recording.scan("frames").read();
  REQUIRE(frames.size() == 2);
  const auto place = frame_place(frames, 0);
  const std::vector<std::byte> image = recording.image(place);
  REQUIRE(image.size() == 12);
  for (size_t i = 0; i < 6; ++i) {
    CHECK(std::to_integer<size_t>(image[2 * i]) == i + 1);
    CHECK(image[2 * i + 1] == std::byte{0});
  }
  FramePlace lying = place;
  lying.height = 30'000;
  CHECK_THROWS_AS(recording.image(lying), Error);
  lying.offset = INT64_MAX;
  CHECK_THROWS_AS(recording.image(lying), Error);
}

TEST_CASE("aedat: pixels are counted from the other side where that is wanted") {
  const Addresses addresses = {{davis(0, 0, true), 1}, {davis(239, 179, true), 2}};
  std::string file = "#!AER-DAT2.0\r\n# AEChip: DAVIS240C\r\n#End Of ASCII Header\r\n";
  const Stream records = stream_of(addresses, 4);
  file.append(reinterpret_cast<const char*>(records.data()), records.size());
  const auto read = [&](Orientation orientation) {
    Options options;
    options.orientation = orientation;
    const Recording recording =
        Recording::from_bytes(std::as_bytes(std::span(file)), nullptr, options);
    std::vector<Event> events;
    append_events(recording.scan().read(), events);
    return events;
  };
  CHECK(read(Orientation::kRecorded) == std::vector<Event>{{1, 0, 0, 1}, {2, 239, 179, 1}});
  CHECK(read(Orientation::kMirrorX) == std::vector<Event>{{1, 239, 0, 1}, {2, 0, 179, 1}});
  CHECK(read(Orientation::kMirrorY) == std::vector<Event>{{1, 0, 179, 1}, {2, 239, 0, 1}});
  CHECK(read(Orientation::kRotate180) == std::vector<Event>{{1, 239, 179, 1}, {2, 0, 0, 1}});
}

Header header_of(const std::string& text, const char* format) {
  return find_format(format)->read_header(std::as_bytes(std::span(text)), true);
}

TEST_CASE("aedat: a header ends with its last line, or before the first other byte") {
  const std::string lines =
      "#!AER-DAT2.0\r\n# created Mon Jan 01 2018\r\n# AEChip: eu.seebetter.ini.chips.DAVIS240C\r\n";
  const Header header = header_of(lines + std::string(8, '\0'), "aedat2");
  CHECK(header.payload == lines.size());
  CHECK(header.layout == "davis");
  CHECK(header.sensor == "DAVIS240C");
  CHECK(header.date == "Mon Jan 01 2018");
  CHECK(header.width == 240);
  const std::string last = lines + "#End Of ASCII Header\r\n";
  CHECK(header_of(last + "#234567", "aedat2").payload == last.size());
  // Without that line, records that begin like a line are not one if they do not end like one.
  CHECK(header_of(lines + "#234567", "aedat2").payload == lines.size());
  CHECK(header_of("#!AER-DAT2.0\n", "aedat2").layout == "dvs128");
  CHECK(header_of("#!AER-DAT2.0\n", "aedat2").notes.size() == 1);
  CHECK(header_of("", "aedat1").payload == 0);
  CHECK(header_of("# AEChip: Davis346red\n", "aedat2").width == 346);
}

TEST_CASE("aedat: AEDAT 3 says what its packets are, and from which camera") {
  const std::string lines =
      "#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n#Start-Time: 2020-01-02 "
      "03:04:05\r\n#!END-HEADER\r\n";
  const Header header = header_of(lines + "#more", "aedat3");
  CHECK(header.payload == lines.size());
  CHECK(header.width == 128);
  CHECK(header.sensor == "DVS128");
  CHECK(header.date == "2020-01-02 03:04:05");
  CHECK(header.layout == "3.1");
  CHECK(header_of("#!AER-DAT3.0\n", "aedat3").layout == "3.0");
  CHECK_THROWS_WITH_AS(header_of("#!AER-DAT3.1\n#Format: LZ4\n", "aedat3"),
                       doctest::Contains("'LZ4'"), Error);
}

TEST_CASE("aedat: a recording is read by any number of threads, in windows and as a stream") {
  Addresses addresses;
  std::mt19937 random(3);
  const auto below = [&](uint32_t end) { return static_cast<uint32_t>(random() % end); };
  uint32_t t = 0xFFFF'0000;
  for (int i = 0; i < 100'000; ++i) {
    addresses.push_back({davis(below(240), below(180), below(2) != 0), t});
    t += below(3);
  }
  const Rows want = plain_rows(addresses, kDavis);
  const Stream records = stream_of(addresses, 4);
  std::string file = "#!AER-DAT2.0\r\n# AEChip: DAVIS240C\r\n#End Of ASCII Header\r\n";
  file.append(reinterpret_cast<const char*>(records.data()), records.size());
  for (const int threads : {1, 3}) {
    Options options;
    options.threads = threads;
    const Recording recording =
        Recording::from_bytes(std::as_bytes(std::span(file)), nullptr, options);
    std::vector<Event> events;
    append_events(recording.scan().read(), events);
    CHECK(events == want.events);
    Scan scan = recording.scan();
    scan.predicate.t_begin = want.events[70'000].t;
    scan.predicate.t_end = want.events[70'000].t + 50;
    events.clear();
    append_events(scan.read(), events);
    std::vector<Event> window;
    std::ranges::copy_if(want.events, std::back_inserter(window), [&](const Event& event) {
      return event.t >= scan.predicate.t_begin && event.t < scan.predicate.t_end;
    });
    CHECK(events == window);
  }
}

}  // namespace
}  // namespace evarrow::test::aedat
