// SPDX-License-Identifier: Apache-2.0
// A driver for fuzz targets where libFuzzer is not to be had: random changes of the inputs it is
// given, the same for the same seed, and no feedback from the program. It understands the options
// of libFuzzer that are used here and passes over the others:
//   fuzz_evt3 [-runs=N] [-max_total_time=SECONDS] [-seed=N] [-max_len=N] [-timeout=SECONDS]
//             [-artifact_prefix=PATH] [FILE or FOLDER ...]
// With files only, each is run once; else the files of the folders are what is changed.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "mutations.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size);
// Of the sanitizers, where the program is built with them.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());
// The undefined-behaviour sanitizer of g++ has callbacks of its own, but it can be told to abort.
extern "C" __attribute__((visibility("default"))) const char* __ubsan_default_options() {
  return "abort_on_error=1:print_stacktrace=1";
}

namespace {

namespace fs = std::filesystem;
using evarrow::fuzz::Input;
using evarrow::fuzz::Mutator;

struct Options {
  uint64_t runs = UINT64_MAX;
  uint64_t seconds = 0;  // 0: no limit
  uint64_t seed = 1;
  size_t max_length = 4096;
  unsigned timeout = 60;  // seconds for one input
  std::vector<fs::path> paths;
};

// What is being run, for the handlers: they may not allocate.
const Input* current = nullptr;
std::string artifact_prefix;  // NOLINT(bugprone-throwing-static-initialization)
char artifact_path[4096];

uint64_t hash_of(const Input& input) {
  uint64_t hash = 0xCBF29CE484222325;  // FNV-1a
  for (const uint8_t byte : input) hash = (hash ^ byte) * 0x100000001B3;
  return hash;
}

void write_text(const char* text) {
  if (write(STDERR_FILENO, text, std::strlen(text)) < 0) return;
}

// Saves the input that is being run; called from signal handlers and dying sanitizers.
void save_input(const char* why) {
  const Input* input = current;
  current = nullptr;
  if (input == nullptr) return;
  (void)std::snprintf(artifact_path, sizeof(artifact_path), "%s%s-%016llx", artifact_prefix.c_str(),
                      why, static_cast<unsigned long long>(hash_of(*input)));
  const int file = open(artifact_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  const bool saved =
      file >= 0 && write(file, input->data(), input->size()) == static_cast<ssize_t>(input->size());
  write_text(saved ? "\ndriver: the input was saved as "
                   : "\ndriver: the input cannot be saved as ");
  write_text(artifact_path);
  write_text("\n");
}

void on_death() { save_input("crash"); }

[[noreturn]] void on_signal(int signal) {
  save_input(signal == SIGALRM ? "timeout" : "crash");
  write_text(signal == SIGALRM ? "driver: the time for one input is over\n"
                               : "driver: the program was stopped by a signal\n");
  _exit(77);
}

void watch_for_crashes() {
  std::vector<int> signals = {SIGABRT, SIGALRM};
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(on_death);
  } else {
    signals.insert(signals.end(), {SIGSEGV, SIGBUS, SIGFPE, SIGILL});
  }
  for (const int signal : signals) {
    if (std::signal(signal, on_signal) == SIG_ERR) std::perror("driver: signal");
  }
}

void run(const Input& input, const Options& options) {
  // A copy of its exact size: a sanitizer sees what reads past it.
  const Input exact(input.begin(), input.end());
  current = &exact;
  alarm(options.timeout);
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
  alarm(0);
  current = nullptr;
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.empty() || argument[0] != '-') {
      options.paths.emplace_back(argument);
      continue;
    }
    const size_t equals = std::min(argument.find('='), argument.size() - 1);
    const std::string_view key = argument.substr(0, equals);
    const std::string value(argument.substr(equals + 1));
    const uint64_t number = std::strtoull(value.c_str(), nullptr, 10);
    if (key == "-runs") {
      options.runs = value == "-1" ? UINT64_MAX : number;
    } else if (key == "-max_total_time") {
      options.seconds = number;
    } else if (key == "-seed") {
      options.seed = number;
    } else if (key == "-max_len") {
      options.max_length = std::max<size_t>(number, 1);
    } else if (key == "-timeout") {
      options.timeout = static_cast<unsigned>(number);
    } else if (key == "-artifact_prefix") {
      artifact_prefix = value;
    } else {
      std::fprintf(stderr, "driver: passing over %s\n", argv[i]);
    }
  }
  return options;
}

Input load(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The files in `folder`, in the order of their names: the order of a folder is not the same twice.
std::vector<Input> load_folder(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<Input> inputs;
  for (const fs::path& file : files) inputs.push_back(load(file));
  return inputs;
}

int fuzz(const Options& options, std::vector<Input> corpus) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  corpus.emplace_back();
  uint64_t runs = 0;
  for (; runs < std::min<uint64_t>(corpus.size(), options.runs); ++runs) {
    Input& input = corpus[runs];
    input.resize(std::min(input.size(), options.max_length));
    run(input, options);
  }
  Mutator mutator(options.seed, options.max_length);
  while (runs < options.runs &&
         (options.seconds == 0 || seconds() < static_cast<double>(options.seconds))) {
    run(mutator.next(corpus), options);
    ++runs;
  }
  std::fprintf(stderr, "driver: %llu runs in %.1f s, from %zu inputs, seed %llu: nothing found\n",
               static_cast<unsigned long long>(runs), seconds(), corpus.size(),
               static_cast<unsigned long long>(options.seed));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  watch_for_crashes();
  std::vector<Input> corpus;
  bool folders = options.paths.empty();
  for (const fs::path& path : options.paths) {
    if (fs::is_directory(path)) {
      folders = true;
      std::ranges::move(load_folder(path), std::back_inserter(corpus));
    } else if (fs::exists(path)) {
      corpus.push_back(load(path));
    } else {
      std::fprintf(stderr, "driver: there is no %s\n", path.c_str());
      return 1;
    }
  }
  if (folders) return fuzz(options, std::move(corpus));
  for (const Input& input : corpus) run(input, options);
  std::fprintf(stderr, "driver: %zu inputs ran: nothing found\n", corpus.size());
  return 0;
}
