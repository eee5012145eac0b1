// SPDX-License-Identifier: Apache-2.0
#include "scan/index_file.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "evarrow/error.h"
#include "scan/index_cache.h"
#include "scan/recordings.h"
#include "scan/shared.h"

namespace evarrow::test {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("evarrow-index-" + std::to_string(getpid()))) {
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  fs::path file(const std::string& name, const std::vector<std::byte>& bytes) const {
    std::ofstream out(path_ / name, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
    return path_ / name;
  }

 private:
  fs::path path_;
};

std::vector<std::byte> bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  std::vector<std::byte> bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

Options with_sidecar() {
  Options options;
  options.index = IndexPolicy::kSidecar;
  return options;
}

TEST_CASE("index file: what was written is read again") {
  const Folder folder;
  for (const std::string format : {"evt3", "es"}) {
    const auto path = folder.file(format, encoded(format, noisy_events(500'000, 30)));
    const Recording recording = Recording::open(path, with_sidecar());
    const auto index = recording.index();
    const fs::path sidecar = index_path(recording.shared());
    REQUIRE(fs::exists(sidecar));
    const auto again = read_index_file(sidecar, recording.shared());
    REQUIRE(again != nullptr);
    CHECK(again->events == index->events);
    CHECK(again->t_max == index->t_max);
    REQUIRE(again->blocks.size() == index->blocks.size());
    CHECK(again->blocks.back().state == index->blocks.back().state);
    CHECK(again->blocks.back().event == index->blocks.back().event);
  }
}

TEST_CASE("index file: no changed byte of it is believed") {
  const Folder folder;
  const auto path = folder.file("a.raw", encoded("evt2", noisy_events(100'000, 31)));
  const Recording recording = Recording::open(path, with_sidecar());
  (void)recording.index();
  const fs::path sidecar = index_path(recording.shared());
  const auto good = bytes_of(sidecar);
  for (size_t i = 0; i < good.size(); i += 13) {
    auto bad = good;
    bad[i] ^= std::byte{0x10};
    CHECK(read_index_file(folder.file("bad", bad), recording.shared()) == nullptr);
  }
  for (const size_t size : {size_t{0}, size_t{7}, good.size() / 2, good.size() - 1}) {
    const std::vector<std::byte> cut(good.begin(), good.begin() + static_cast<ptrdiff_t>(size));
    CHECK(read_index_file(folder.file("bad", cut), recording.shared()) == nullptr);
  }
  CHECK(read_index_file(sidecar, recording.shared()) != nullptr);
}

TEST_CASE("index file: that of another recording, or of one that changed, is not used") {
  const Folder folder;
  const auto first = folder.file("a.raw", encoded("evt2", noisy_events(50'000, 32)));
  const auto second = folder.file("b.raw", encoded("evt2", noisy_events(50'000, 33)));
  const Recording a = Recording::open(first, with_sidecar());
  const Recording b = Recording::open(second, with_sidecar());
  (void)a.index();
  CHECK(read_index_file(index_path(a.shared()), b.shared()) == nullptr);

  folder.file("a.raw", encoded("evt2", noisy_events(60'000, 34)));
  const Recording changed = Recording::open(first, with_sidecar());
  CHECK(read_index_file(index_path(changed.shared()), changed.shared()) == nullptr);
  CHECK(changed.count() == 60'000);
  CHECK_THROWS_AS((void)a.scan().read(), Error);
  try {
    (void)a.scan().open();
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kChanged);
  }
}

TEST_CASE("index: recordings of the same file share it") {
  const Folder folder;
  const auto path = folder.file("a.raw", encoded("evt21", noisy_events(50'000, 35)));
  const Recording a = Recording::open(path);
  const Recording b = Recording::open(path);
  CHECK(a.index() == b.index());
}

}  // namespace
}  // namespace evarrow::test
