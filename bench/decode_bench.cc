// SPDX-License-Identifier: Apache-2.0
// How fast recordings become columns, and what each step on the way costs. The recordings are made
// up here, or those that EVARROW_BENCH_FILES names (paths with colons between them).
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evarrow/event.h"
#include "evarrow/format.h"
#include "evarrow/machine.h"
#include "evarrow/recording.h"
#include "evarrow/sample.h"
#include "evarrow/scan.h"
#include "evarrow/sink.h"

namespace {

using namespace evarrow;

// A recording on disk and its words in memory.
struct File {
  std::string name;
  std::filesystem::path path;
  const Format* format = nullptr;
  Header header;
  std::vector<std::byte> bytes;
  uint64_t events = 0;

  Bytes payload() const { return Bytes(bytes).subspan(header.payload); }
};

std::unique_ptr<Decoder> decoder_of(const File& file) {
  return file.format->make_decoder(file.header,
                                   {.drop_out_of_sensor = file.format->drops_out_of_sensor});
}

File load(const std::filesystem::path& path, std::string name) {
  File file;
  file.name = std::move(name);
  file.path = path;
  std::ifstream stream(path, std::ios::binary);
  const std::vector<char> text{std::istreambuf_iterator<char>(stream), {}};
  file.bytes.resize(text.size());
  if (!text.empty()) std::memcpy(file.bytes.data(), text.data(), text.size());
  file.format = detect_format(file.bytes, path.string());
  if (file.format == nullptr) {
    std::fprintf(stderr, "%s: %s\n", path.c_str(), explain_unknown(file.bytes).c_str());
    std::exit(1);
  }
  file.header = file.format->read_header(file.bytes, true);
  Summary sum;
  decoder_of(file)->summarize(file.payload(), sum);
  file.events = sum.events;
  return file;
}

// A folder of its own for the recordings that are made, removed at the end.
class Folder {
 public:
  Folder() {
    std::string path = (std::filesystem::temp_directory_path() / "evarrow-bench-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) {
      std::perror("evarrow-bench");
      std::exit(1);
    }
    path_ = path;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

constexpr SampleOptions kScene = {.width = 1280, .height = 720, .duration = 100'000, .seed = 1};
constexpr SampleOptions kSmall = {.width = 128, .height = 128, .duration = 100'000, .seed = 1};

File make(const Format& format, const SampleOptions& options, const std::filesystem::path& folder) {
  const std::filesystem::path path =
      folder / (std::string(format.name) + std::string(format.extensions.front()));
  Header header;
  header.format = format.name;
  header.width = options.width;
  header.height = options.height;
  SampleScene scene(options);
  Sink sink = Sink::create(path, header);
  EventBatch events(65'536);
  while (scene.next(events)) sink.write(events);
  sink.finish();
  return load(path, std::string(format.name));
}

// A recording of the large scene, or of the small one in a format that has no place for the large.
File make(const Format& format, const std::filesystem::path& folder) {
  try {
    return make(format, kScene, folder);
  } catch (const RowError&) {
    return make(format, kSmall, folder);
  }
}

std::vector<File> files_of(const std::filesystem::path& folder) {
  std::vector<File> files;
  const char* named = std::getenv("EVARROW_BENCH_FILES");
  if (named == nullptr) {
    for (const Format* format : formats()) {
      if (format->make_encoder != nullptr && !format->counts_rows)
        files.push_back(make(*format, folder));
    }
    return files;
  }
  for (std::string_view rest = named; !rest.empty();) {
    const size_t colon = std::min(rest.find(':'), rest.size());
    const std::filesystem::path path = rest.substr(0, colon);
    files.push_back(load(path, path.filename().string()));
    rest.remove_prefix(std::min(colon + 1, rest.size()));
  }
  return files;
}

void count(benchmark::State& state, const File& file) {
  const auto passes = static_cast<double>(state.iterations());
  state.counters["events/s"] =
      benchmark::Counter(passes * static_cast<double>(file.events), benchmark::Counter::kIsRate);
  state.counters["bytes/s"] = benchmark::Counter(
      passes * static_cast<double>(file.payload().size()), benchmark::Counter::kIsRate);
}

// Rows of `in` in pieces of a batch that is used again: what is decoded stays in the cache.
void decode_pieces(Decoder& decoder, Bytes in, EventBatch& batch) {
  while (true) {
    batch.resize(0);
    const size_t read = decoder.decode(in, {.events = &batch});
    benchmark::DoNotOptimize(batch.bytes(kT));
    benchmark::ClobberMemory();
    in = in.subspan(read);
    if (read == 0) return;
  }
}

// Instruction sets by name; levels that the machine lacks are passed over.
class Level {
 public:
  explicit Level(const char* name) { setenv("EVARROW_TARGET", name, 1); }
  ~Level() { unsetenv("EVARROW_TARGET"); }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;
};

void decode_cached(benchmark::State& state, const File& file, const char* level) {
  const Level only(level);
  EventBatch batch(4096);
  for (auto _ : state) decode_pieces(*decoder_of(file), file.payload(), batch);
  count(state, file);
}

void decode_reused(benchmark::State& state, const File& file) {
  EventBatch batch(file.events);
  for (auto _ : state) {
    batch.resize(0);
    decoder_of(file)->decode(file.payload(), {.events = &batch});
    benchmark::ClobberMemory();
  }
  count(state, file);
}

// Memory that nobody has touched: what a read into new columns pays.
void decode_fresh(benchmark::State& state, const File& file) {
  for (auto _ : state) {
    EventBatch batch(file.events);
    decoder_of(file)->decode(file.payload(), {.events = &batch});
    benchmark::DoNotOptimize(batch.bytes(kT));
    benchmark::ClobberMemory();
  }
  count(state, file);
}

void summarize(benchmark::State& state, const File& file) {
  for (auto _ : state) {
    Summary sum;
    decoder_of(file)->summarize(file.payload(), sum);
    benchmark::DoNotOptimize(sum);
  }
  count(state, file);
}

Recording open(const File& file, int threads, Io io = Io::kAuto) {
  Options options;
  options.threads = threads;
  options.io = io;
  return Recording::open(file.path, options);
}

// From the path to columns, with the counting pass of a file that is read for the first time.
void read_file(benchmark::State& state, const File& file, int threads) {
  for (auto _ : state) {
    state.PauseTiming();
    std::filesystem::last_write_time(file.path, std::filesystem::file_time_type::clock::now());
    state.ResumeTiming();
    const Batch batch = open(file, threads).scan().read();
    benchmark::DoNotOptimize(batch.bytes(kT));
  }
  count(state, file);
}

void read_again(benchmark::State& state, const File& file, int threads) {
  open(file, threads).index();
  for (auto _ : state) {
    const Batch batch = open(file, threads).scan().read();
    benchmark::DoNotOptimize(batch.bytes(kT));
  }
  count(state, file);
}

void stream(benchmark::State& state, const File& file, Io io) {
  EventBatch batch;
  for (auto _ : state) {
    Reader reader = open(file, 1, io).scan().open();
    while (reader.next(batch)) benchmark::DoNotOptimize(batch.bytes(kT));
  }
  count(state, file);
}

void encode(benchmark::State& state, const File& file) {
  EventBatch batch(file.events);
  decoder_of(file)->decode(file.payload(), {.events = &batch});
  std::vector<std::byte> out;
  for (auto _ : state) {
    out.clear();
    file.format->make_encoder(file.header, {})->encode(batch, out);
    benchmark::DoNotOptimize(out.data());
  }
  count(state, file);
}

template <typename... Arguments>
void add(const std::string& name, const File& file,
         void (*run)(benchmark::State&, const File&, Arguments...), Arguments... arguments) {
  benchmark::RegisterBenchmark(
      (name + "/" + file.name).c_str(),
      [&file, run, arguments...](benchmark::State& state) { run(state, file, arguments...); })
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

void add_all(const File& file) {
  for (const char* level : {"scalar", "sse4", "avx2", "avx512"}) {
    const Level only(level);
    if (instruction_set() != level) continue;
    add(std::string("decode_cached/") + level, file, decode_cached, level);
  }
  add("decode_reused", file, decode_reused);
  add("decode_fresh", file, decode_fresh);
  add("summarize", file, summarize);
  add("read_file/1_thread", file, read_file, 1);
  add("read_file/threads", file, read_file, 0);
  add("read_again/1_thread", file, read_again, 1);
  add("read_again/threads", file, read_again, 0);
  add("stream/mmap", file, stream, Io::kMmap);
  add("stream/pread", file, stream, Io::kPread);
  if (file.format->make_encoder != nullptr) add("encode", file, encode);
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  const Folder folder;
  const std::vector<File> files = files_of(folder.path());
  for (const File& file : files) add_all(file);
  benchmark::AddCustomContext("instruction set", std::string(instruction_set()));
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
