// SPDX-License-Identifier: Apache-2.0
#include "formats/ros/plan.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "evarrow/error.h"
#include "formats/evt3/evt3.h"
#include "formats/ros/images.h"
#include "formats/ros/imu.h"
#include "formats/ros/packets.h"

namespace evarrow::ros {
namespace {

constexpr std::array<std::byte, kFrameWord> kPaddingWord = {kPadding, kPadding, kPadding, kPadding,
                                                            kPadding, kPadding, kPadding, kPadding};

// u16 x | u16 y | u32 seconds | u32 nanoseconds | u8 polarity
constexpr uint64_t kEvent = 13;
// The same aligned; the time of all but the first event of a message lies two bytes further on.
constexpr uint64_t kAlignedEvent = 16;
constexpr uint64_t kLastAlignedEvent = 15;
constexpr uint64_t kFirstAlignedEvent = 14;
constexpr uint32_t kAtY = 2, kAtTime = 4, kAtPolarity = 12, kAlignment = 2;

// Of packets in this encoding; others have those of the container.
constexpr std::string_view kEvt3Streams[] = {"events", "triggers", "rates", "imu", "frames"};

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::kFormat, why, 0); }

const Format* format_of(std::string_view encoding) {
  constexpr std::pair<std::string_view, const Format*> kKnown[] = {{"evt3", &evt3::kFormat},
                                                                   {"mono", &kMono},
                                                                   {"trigger", &kTrigger},
                                                                   {"libcaer", &kLibcaer},
                                                                   {"libcaer_cmp", &kLibcaerCmp}};
  for (const auto& [name, format] : kKnown) {
    if (name == encoding) return format;
  }
  refuse("its events are encoded as '" + std::string(encoding) +
         "', which is none of evt3, mono, trigger, libcaer and libcaer_cmp");
}

bool has_messages(const Topic& topic, const std::vector<Message>& messages) {
  return std::ranges::find(messages, topic.id, &Message::topic) != messages.end();
}

// The topic with that name, or with that in its name; without a name the first with events.
const Topic* choose(Walk& walk, const std::string& name) {
  const Topic* chosen = nullptr;
  std::string known;
  for (const Topic& topic : walk.topics()) {
    if (!holds_events(topic.kind)) continue;
    known += (known.empty() ? "" : ", ") + topic.name;
    if (topic.name == name) return &topic;
    const bool fits = name.empty() ? has_messages(topic, walk.messages())
                                   : topic.name.find(name) != std::string::npos;
    if (fits && chosen == nullptr) chosen = &topic;
  }
  if (chosen == nullptr && !name.empty()) {
    refuse("it has no topic '" + name + "' with events, but " + (known.empty() ? "none" : known));
  }
  return chosen;
}

std::string other_topics(const Walk& walk, const Topic* chosen, bool with_events) {
  std::string names;
  for (const Topic& topic : walk.topics()) {
    if (&topic == chosen || holds_events(topic.kind) != with_events) continue;
    names += (names.empty() ? "" : ", ") + topic.name + " (" + topic.type + ")";
  }
  return names;
}

// Puts the messages of a topic together.
class Assembly {
 public:
  Assembly(const Topic& topic, Walk& walk) : topic_(topic), walk_(walk) {
    parts_.chunks = std::move(walk.chunks());
    parts_.opened = walk.opened();
  }

  // The events of arrays, as rows.
  ChunkPlan rows(const std::vector<const Message*>& messages) {
    const bool is_aligned = topic_.wire == Wire::kCdr;
    const uint64_t row = is_aligned ? kAlignedEvent : kEvent;
    ChunkPlan plan;
    for (const Message* message : messages) {
      const uint64_t room = message->size - std::min(message->size, message->front.begin);
      // The first aligned event lacks two bytes, the last one a byte.
      const uint64_t whole = room + (is_aligned ? kAlignment + 1 : 0);
      const uint64_t count = std::min(message->front.count, whole / row);
      if (count < message->front.count) {
        walk_.damage(message->space, message->place,
                     "a message of the topic '" + topic_.name + "' is shorter than its events");
      }
      if (is_aligned) {
        add_aligned(*message, count);
      } else {
        parts_.add(message->space, message->place + message->front.begin, count * row);
      }
    }
    const uint32_t moved = is_aligned ? kAlignment : 0;
    plan.rows = parts_.size / row;
    plan.columns = {{.dataset = 0, .at = 0, .type = Stored::kUint16},
                    {.dataset = 0, .at = kAtY, .type = Stored::kUint16},
                    {.dataset = 0, .at = kAtTime + moved, .type = Stored::kStamp},
                    {.dataset = 0, .at = kAtPolarity + moved, .type = Stored::kUint8}};
    ChunkedRows rows = {.name = topic_.name,
                        .row_bytes = static_cast<uint32_t>(row),
                        .chunk_rows = std::max<uint64_t>(plan.rows, 1),
                        .filters = {},
                        .chunks = {},
                        .fill = {},
                        .content = {}};
    if (plan.rows != 0) rows.chunks = {{.row = 0, .offset = 0, .size = parts_.size}};
    plan.datasets.push_back(std::move(rows));
    return plan;
  }

  // The packets, as words of `format`.
  void words(const std::vector<const Message*>& messages, const Format& format) {
    const bool is_framed = &format != &evt3::kFormat;
    const size_t word = is_framed && &format != &kLibcaerCmp ? kFrameWord : sizeof(uint16_t);
    for (const Message* message : messages) {
      const uint64_t room = message->size - std::min(message->size, message->front.begin);
      const uint64_t bytes = std::min(message->front.count, room) / word * word;
      if (message->front.count > room || bytes != message->front.count) {
        walk_.damage(message->space, message->place,
                     "a packet of the topic '" + topic_.name + "' ends in the middle of an event");
      }
      if (is_framed) add_frame(message->front.time_base, bytes);
      parts_.add(message->space, message->place + message->front.begin, bytes);
      if (is_framed) {
        parts_.add(Bytes(kPaddingWord).first((kFrameWord - bytes % kFrameWord) % kFrameWord));
      }
    }
  }

  std::shared_ptr<Source> source(const std::shared_ptr<Source>& file) {
    return make_stitched_source(std::move(parts_), file);
  }

 private:
  void add_frame(uint64_t time_base, uint64_t bytes) {
    std::array<std::byte, 2 * kFrameWord> frame;
    std::memcpy(frame.data(), &time_base, kFrameWord);
    std::memcpy(frame.data() + kFrameWord, &bytes, kFrameWord);
    parts_.add(Bytes(frame));
  }

  // The first event, as the others are; the others; and the byte that the last one lacks.
  void add_aligned(const Message& message, uint64_t count) {
    if (count == 0) return;
    std::array<std::byte, kAlignedEvent> first{};
    const Front& front = message.front;
    std::memcpy(first.data(), front.first.data(), kAtTime);
    std::memcpy(first.data() + kAtTime + kAlignment, front.first.data() + kAtTime,
                kEvent - kAtTime);
    parts_.add(Bytes(first));
    if (count == 1) return;
    parts_.add(message.space, message.place + front.begin + kFirstAlignedEvent,
               (count - 2) * kAlignedEvent + kLastAlignedEvent);
    parts_.add(Bytes(kPaddingWord).first(1));
  }

  const Topic& topic_;
  Walk& walk_;
  Stitching parts_;
};

void fill_header(Header& header, const Topic& topic, const Front& front) {
  header.fields = {{"topic", topic.name}, {"type", topic.type}, {"frame_id", front.frame}};
  if (!front.encoding.empty()) header.fields.emplace_back("encoding", front.encoding);
  const bool is_possible =
      front.width > 0 && front.height > 0 && front.width <= INT16_MAX && front.height <= INT16_MAX;
  if (!is_possible) return;
  header.width = static_cast<int32_t>(front.width);
  header.height = static_cast<int32_t>(front.height);
}

// Messages that were lost on the way to the recording leave gaps.
void note_gaps(Header& header, const std::vector<const Message*>& messages) {
  uint64_t missing = 0;
  for (size_t i = 1; i < messages.size(); ++i) {
    const uint64_t before = messages[i - 1]->front.sequence;
    const uint64_t now = messages[i]->front.sequence;
    if (now > before) missing += now - before - 1;
  }
  if (missing == 0) return;
  header.notes.push_back(std::to_string(missing) +
                         (missing == 1 ? " message is" : " messages are") +
                         " missing by the numbers that they have");
}

void note_topics(Header& header, const Walk& walk, const Topic* chosen) {
  const std::string others = other_topics(walk, chosen, true);
  const std::string rest = other_topics(walk, chosen, false);
  if (chosen == nullptr) {
    header.notes.push_back("it has no topic with events" +
                           (rest.empty() ? std::string() : ": its topics are " + rest));
  } else if (!others.empty()) {
    header.notes.push_back("there are events of several topics: those of " + chosen->name +
                           " are read, and sensor= chooses from " + others);
  }
}

// A number for what the payload is made of, which an index kept in a file is only good for.
std::string layout_of(const Topic& topic) {
  uint32_t hash = 0x811C9DC5;  // FNV-1a
  for (const char c : topic.name) hash = (hash ^ static_cast<uint8_t>(c)) * 0x01000193;
  std::string digits(8, '0');
  for (char& digit : digits) {
    digit = "0123456789abcdef"[hash % 16];
    hash /= 16;
  }
  return digits;
}

}  // namespace

ContainerPlan make_plan(const Format& format, const std::shared_ptr<Source>& file, Walk& walk,
                        const Options& options) {
  ContainerPlan plan;
  plan.header.format = format.name;
  std::ranges::stable_sort(walk.messages(), {}, &Message::time);
  const Topic* topic = choose(walk, options.sensor);
  note_topics(plan.header, walk, topic);
  const Topic nothing;
  std::vector<const Message*> messages;
  for (const Message& message : walk.messages()) {
    if (topic == nullptr || message.topic != topic->id) continue;
    const Front& front = message.front;
    const bool is_alike = messages.empty() || front.encoding == messages[0]->front.encoding;
    if (is_alike && !front.is_big_endian) {
      messages.push_back(&message);
    } else {
      walk.damage(message.space, message.place,
                  "a packet of the topic '" + topic->name + "' is " +
                      (is_alike ? "big-endian" : "encoded as " + front.encoding));
    }
  }
  if (!messages.empty()) fill_header(plan.header, *topic, messages[0]->front);
  auto imu = plan_imu(walk, topic, plan.header);
  auto images = plan_images(walk, topic, file, plan.header);
  Assembly assembly(topic == nullptr ? nothing : *topic, walk);
  if (messages.empty() || topic->kind == Kind::kArray) {
    plan.streams.push_back(assembly.rows(messages));
  } else {
    note_gaps(plan.header, messages);
    auto words = std::make_shared<Format>(*format_of(messages[0]->front.encoding));
    assembly.words(messages, *format_of(messages[0]->front.encoding));
    words->name = format.name;
    words->description = format.description;
    words->specification = format.specification;
    words->extensions = format.extensions;
    const bool has_rates = messages[0]->front.encoding == "evt3";
    words->streams = has_rates ? std::span<const std::string_view>(kEvt3Streams) : format.streams;
    words->misfit = nullptr;
    words->write_header = nullptr;
    words->make_encoder = nullptr;
    plan.words = std::move(words);
    plan.header.layout = layout_of(*topic);
  }
  if (imu) plan.streams.push_back(*std::move(imu));
  if (images) {
    plan.streams.push_back(std::move(images->rows));
    plan.read_image = std::move(images->read_image);
  }
  plan.payload = assembly.source(file);
  plan.faults = walk.faults();
  plan.why = walk.why();
  return plan;
}

}  // namespace evarrow::ros
