// SPDX-License-Identifier: Apache-2.0
// Does one work a number of times, for a program that counts instructions:
//   instructions WORK FORMAT TIMES
// Works are decode, summarize, encode and filter. Prints how many events a time has.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "evarrow/event.h"
#include "evarrow/filter.h"
#include "evarrow/format.h"
#include "evarrow/sample.h"

namespace {

using namespace evarrow;

EventBatch make_events(int32_t width, int32_t height) {
  SampleScene scene({.width = width, .height = height, .duration = 30'000, .seed = 1});
  EventBatch all;
  for (EventBatch some(65'536); scene.next(some);) filter_box(some, {}, all);
  return all;
}

struct Material {
  const Format& format;
  Header header = {};
  EventBatch events = {};
  std::vector<std::byte> words = {};

  explicit Material(const Format& of) : format(of) {
    header.format = format.name;
    header.width = 640;
    header.height = 480;
    events = make_events(header.width, header.height);
    encode(words);
  }

  void encode(std::vector<std::byte>& out) const {
    const std::unique_ptr<Encoder> encoder = format.make_encoder(header, {});
    encoder->encode(events, out);
    encoder->finish(out);
  }
  std::unique_ptr<Decoder> decoder() const { return format.make_decoder(header, {}); }
};

std::function<void()> work_of(std::string_view name, const Material& material) {
  if (name == "decode") {
    return [&material, batch = EventBatch(material.events.size() + 64)]() mutable {
      batch.resize(0);
      material.decoder()->decode(material.words, {.events = &batch});
      if (batch.size() != material.events.size()) std::abort();
    };
  }
  if (name == "summarize") {
    return [&material] {
      Summary summary;
      material.decoder()->summarize(material.words, summary);
      if (summary.events != material.events.size()) std::abort();
    };
  }
  if (name == "encode") {
    return [&material, out = std::vector<std::byte>()]() mutable {
      out.clear();
      material.encode(out);
      if (out.size() != material.words.size()) std::abort();
    };
  }
  if (name == "filter") {
    return [&material, to = EventBatch(material.events.size() + 65'536)]() mutable {
      to.resize(0);
      filter_box(material.events,
                 {.x_begin = 160, .x_end = 320, .y_end = 240, .polarity = int8_t{1}}, to,
                 {.threads = 1});
      if (to.size() == 0) std::abort();
    };
  }
  std::fprintf(stderr, "there is no work %s\n", std::string(name).c_str());
  std::exit(2);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4) return 2;
  const Format* format = find_format(argv[2]);
  if (format == nullptr) return 2;
  const Material material(*format);
  const std::function<void()> work = work_of(argv[1], material);
  for (int i = std::atoi(argv[3]); i > 0; --i) work();
  std::printf("%zu\n", material.events.size());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
