// SPDX-License-Identifier: Apache-2.0
#include "formats/ros/mcap_encoder.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "evarrow/machine.h"
#include "formats/encoding.h"
#include "formats/evt3/evt3.h"
#include "formats/ros/cdr_writer.h"
#include "formats/ros/images.h"
#include "formats/ros/mcap_file.h"
#include "formats/ros/packet_writer.h"
#include "formats/ros/sensor_writer.h"

namespace evarrow::ros {
namespace {

constexpr size_t kPacketBytes = 65'536;                   // of the words of a message, at most
constexpr size_t kMostPixels = size_t{1} << 30;           // bytes
constexpr int64_t kEnd = (int64_t{1} << 31) * 1'000'000;  // of the times that ROS has, microseconds

constexpr std::array<std::string_view, 4> kLackedOfSamples = {"mag_x", "mag_y", "mag_z",
                                                              "temperature"};
constexpr std::array<std::string_view, 4> kLackedOfFrames = {"exposure_begin", "exposure_end",
                                                             "left", "top"};

void check_time(RowName row, int64_t t) {
  if (t >= 0 && t < kEnd) return;
  refuse_row(row, "t is " + std::to_string(t) +
                      " us, but ROS has times from 0 to 2^31 s: read with origin=\"start\"");
}

constexpr McapCompression kCompressions[] = {
    {"zstd", "zstd", codecs::DvCompression::kZstd},
    {"lz4", "lz4", codecs::DvCompression::kLz4},
    {"none", "", codecs::DvCompression::kNone},
};

const McapCompression& compression_of(const EncodeOptions& options) {
  const auto named = options.named.find("compression");
  const std::string name = named == options.named.end() ? "zstd" : named->second;
  const auto found = std::ranges::find(kCompressions, name, &McapCompression::name);
  if (found == std::end(kCompressions)) {
    throw Error(ErrorCode::kArgument,
                "MCAP has no compression '" + name + "'; it has zstd, lz4 and none");
  }
  if (const char* why = codecs::why_unsupported(found->kind)) {
    throw Error(ErrorCode::kArgument, "the compression '" + name + "' cannot be written: " + why);
  }
  return *found;
}

std::string field_of(const Header& header, std::string_view name, std::string otherwise) {
  for (const auto& [key, value] : header.fields) {
    if (key == name && !value.empty()) return value;
  }
  return otherwise;
}

// A topic beside that of the events.
std::string topic_beside(const std::string& events, std::string_view name) {
  return events.substr(0, events.rfind('/') + 1) + std::string(name);
}

class McapEncoder final : public Encoder {
 public:
  McapEncoder(const Header& header, const EncodeOptions& options)
      : front_({.frame_id = field_of(header, "frame_id", "event_camera"),
                .width = header.width,
                .height = header.height}),
        words_encoder_(evt3::make_encoder(header, options)),
        clock_(evt3::kFormat.make_decoder(header, {})),
        file_(write_mcap_header(header, options), compression_of(options),
              thread_count(options.threads)) {
    const std::string topic = field_of(header, "topic", "/event_camera/events");
    events_topic_ = file_.add_topic(topic, kPacketType, kPacketFields);
    imu_topic_ = file_.add_topic(field_of(header, "imu_topic", topic_beside(topic, "imu")),
                                 kImuType, kImuFieldsText);
    frames_topic_ =
        file_.add_topic(field_of(header, "frames_topic", topic_beside(topic, "image_raw")),
                        kImageType, kImageFieldsText);
  }

  void encode(const EventBatch& events, const Batch& triggers, EncodedBytes& out) override {
    if (events.size() == 0 && triggers.size() != 0 && file_.messages(events_topic_) == 0) {
      time_ = std::max<int64_t>(0, triggers.column<int64_t>(kTriggerT)[0]);
    }
    EncodedBytes words(encoded_, [&](Bytes block) { add_words(block, out); });
    words_encoder_->encode(events, triggers, words);
    words.flush();
    file_.write_chunks(out);
  }

  bool takes(std::string_view stream) const noexcept override {
    return stream == "triggers" || stream == "imu" || stream == "frames";
  }

  std::span<const std::string_view> lacks(std::string_view stream) const noexcept override {
    if (stream == "imu") return kLackedOfSamples;
    return stream == "frames" ? std::span<const std::string_view>(kLackedOfFrames)
                              : std::span<const std::string_view>();
  }

  void encode_samples(const Batch& samples, EncodedBytes& out) override {
    for (size_t i = 0; i < samples.size(); ++i) {
      const int64_t t = samples.column<int64_t>(kImuT)[i];
      check_time({.rows = "imu", .number = samples_ + i}, t);
      file_.add_message(
          imu_topic_, static_cast<uint64_t>(t) * kNanoseconds,
          [&](std::vector<std::byte>& bytes) { append_imu(front_.frame_id, samples, i, bytes); });
      if (file_.is_full()) file_.write_chunks(out);
    }
    samples_ += samples.size();
  }

  void encode_picture(const Picture& picture, EncodedBytes& out) override {
    const RowName row = {.rows = "frames", .number = pictures_};
    check_pixels(row, picture);
    check_time(row, picture.t);
    const std::string_view encoding = encoding_of(picture.place);
    if (encoding.empty() || picture.pixels.size() > kMostPixels) {
      refuse_row(row, "sensor_msgs/Image has no encoding for " +
                          std::to_string(picture.place.channels) + " channels of " +
                          std::to_string(picture.place.bits) + " bits, or not for so many pixels");
    }
    file_.add_message(frames_topic_, static_cast<uint64_t>(picture.t) * kNanoseconds,
                      [&](std::vector<std::byte>& bytes) {
                        append_image(front_.frame_id, picture, encoding, bytes);
                      });
    if (file_.is_full()) file_.write_chunks(out);
    ++pictures_;
  }

  void finish(EncodedBytes& out) override {
    add_words(std::exchange(encoded_, {}),
              out);  // of a call that ended with a row that was refused
    // One without words says how large the sensor is.
    if (!words_.empty() || file_.messages(events_topic_) == 0) add_packet(words_);
    file_.finish(out);
  }

 private:
  void add_words(Bytes block, EncodedBytes& out) {
    append_bytes(words_, block);
    const size_t whole = words_.size() / kPacketBytes * kPacketBytes;
    for (size_t at = 0; at < whole; at += kPacketBytes) {
      add_packet(Bytes(words_).subspan(at, kPacketBytes));
    }
    words_.erase(words_.begin(), words_.begin() + static_cast<ptrdiff_t>(whole));
    if (file_.is_full()) file_.write_chunks(out);
  }

  // Times are those of the first and the last event of a message.
  void add_packet(Bytes words) {
    Summary summary;
    clock_->summarize(words, summary);
    const bool has_events = summary.events != 0;
    const int64_t first = has_events ? summary.t_min : time_;
    if (has_events) time_ = summary.t_max;
    const uint64_t number = file_.messages(events_topic_);
    file_.add_message(
        events_topic_, static_cast<uint64_t>(time_) * kNanoseconds,
        [&](std::vector<std::byte>& bytes) { append_packet(front_, number, first, words, bytes); });
  }

  PacketFront front_;
  std::unique_ptr<Encoder> words_encoder_;
  std::unique_ptr<Decoder> clock_;  // tells the times of messages
  McapFile file_;
  size_t events_topic_ = 0;
  size_t imu_topic_ = 0;
  size_t frames_topic_ = 0;
  std::vector<std::byte> encoded_;  // words on their way here
  std::vector<std::byte> words_;    // of the next message
  int64_t time_ = 0;                // of the last message of events, microseconds
  uint64_t samples_ = 0;
  uint64_t pictures_ = 0;
};

}  // namespace

std::string write_mcap_header(const Header& header, const EncodeOptions& options) {
  (void)compression_of(options);
  (void)evt3::kFormat.write_header(header, {});  // which refuses what is no sensor
  std::vector<std::byte> out;
  append_bytes(out, bytes_of(kMcapMagic));
  append_record(out, kHeader, [&] {
    append_text(out, "ros2");
    append_text(out, "evarrow " EVARROW_VERSION);
  });
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

std::unique_ptr<Encoder> make_mcap_encoder(const Header& header, const EncodeOptions& options) {
  return std::make_unique<McapEncoder>(header, options);
}

}  // namespace evarrow::ros
