// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "evarrow/encoder.h"
#include "evarrow/scan.h"
#include "evarrow/stream.h"
#include "support/decode.h"

namespace evarrow::test {
namespace {

Header header_of_sensor() {
  Header header;
  header.format = "aedat4";
  header.width = 346;
  header.height = 260;
  return header;
}

Batch samples_at(const std::vector<int64_t>& times) {
  Batch samples(kImuFields, times.size());
  samples.resize(times.size());
  for (size_t i = 0; i < times.size(); ++i) {
    samples.column<int64_t>(kImuT)[i] = times[i];
    for (size_t column = kImuAccel; column <= kImuTemperature; ++column) {
      samples.column<double>(column)[i] = static_cast<double>(column) * kStandardGravity;
    }
  }
  return samples;
}

Picture picture_of(std::vector<std::byte>& pixels, FramePlace place) {
  pixels.resize(place.bytes());
  for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::byte>(i * 7);
  return {.t = 50,
          .exposure_begin = 40,
          .exposure_end = 60,
          .left = -3,
          .top = 7,
          .place = place,
          .pixels = pixels};
}

// A file with what `fill` encodes.
template <typename Fill>
Recording file_of(const Fill& fill) {
  const Format& format = *find_format("aedat4");
  const EncodeOptions options = {.named = {}, .threads = 1, .streams = {"imu", "frames"}};
  const auto encoder = format.make_encoder(header_of_sensor(), options);
  const std::string front = format.write_header(header_of_sensor(), options);
  auto bytes = std::make_shared<std::vector<std::byte>>();
  EncodedBytes out(*bytes);
  out.append(std::as_bytes(std::span(front)));
  fill(*encoder, out);
  encoder->finish(out);
  return Recording::from_bytes(*bytes, bytes);
}

TEST_CASE("aedat4: samples and frames come back as they were encoded") {
  std::vector<int64_t> times;
  for (int64_t i = 0; i < 1000; ++i) times.push_back(3 * i);
  const Batch samples = samples_at(times);
  for (const int16_t channels : std::array<int16_t, 3>{1, 3, 4}) {
    for (const int16_t bits : std::array<int16_t, 3>{8, 16, 32}) {
      CAPTURE(channels);
      CAPTURE(bits);
      std::vector<std::byte> pixels;
      const Picture picture =
          picture_of(pixels, {.width = 5, .height = 3, .channels = channels, .bits = bits});
      const Recording recording = file_of([&](Encoder& encoder, EncodedBytes& out) {
        encoder.encode_samples(samples, out);
        encoder.encode_picture(picture, out);
      });
      const Batch found = recording.scan("imu").read();
      REQUIRE(found.size() == 1000);
      CHECK(found.column<int64_t>(kImuT)[999] == 2997);
      CHECK(found.column<double>(kImuAccel)[0] == kStandardGravity);
      const Batch frames = recording.scan("frames").read();
      REQUIRE(frames.size() == 1);
      CHECK(frames.column<int64_t>(kFrameT)[0] == 50);
      CHECK(frames.column<int64_t>(kFrameBegin)[0] == 40);
      CHECK(frames.column<int64_t>(kFrameEnd)[0] == 60);
      CHECK(frames.column<int16_t>(kFrameLeft)[0] == -3);
      CHECK(frames.column<int16_t>(kFrameTop)[0] == 7);
      CHECK(recording.image(frame_place(frames, 0)) == pixels);
    }
  }
}

TEST_CASE("aedat4: what was not measured stays NaN, and what is too large is refused") {
  Batch samples = samples_at({1, 2});
  samples.column<double>(kImuMag)[0] = std::numeric_limits<double>::quiet_NaN();
  const Recording recording =
      file_of([&](Encoder& encoder, EncodedBytes& out) { encoder.encode_samples(samples, out); });
  CHECK(std::isnan(recording.scan("imu").read().column<double>(kImuMag)[0]));
  samples.column<double>(kImuGyro)[1] = 1e300;
  CHECK_THROWS_WITH_AS(
      file_of([&](Encoder& encoder, EncodedBytes& out) { encoder.encode_samples(samples, out); }),
      "row 1 of the imu cannot be written: gyro_x is too large for the 32-bit numbers that AEDAT 4 "
      "holds",
      RowError);
}

TEST_CASE("aedat4: a frame that has other pixels than it says is refused") {
  std::vector<std::byte> pixels;
  Picture picture = picture_of(pixels, {.width = 5, .height = 3, .channels = 1, .bits = 8});
  picture.place.height = 4;
  const auto encode = [&](Encoder& encoder, EncodedBytes& out) {
    encoder.encode_picture(picture, out);
  };
  CHECK_THROWS_AS(file_of(encode), RowError);
  picture.place.height = 3;
  picture.exposure_begin = picture.exposure_end = 0;
  CHECK_THROWS_AS(file_of(encode), RowError);
}

}  // namespace
}  // namespace evarrow::test
