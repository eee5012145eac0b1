// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <thread>

#include "io/errors.h"
#include "io/os_file.h"
#include "io/source.h"
#include "io/temporary_folder.h"

namespace evarrow {
namespace {

using test::error_of;
using test::pattern;
using test::TemporaryFolder;

bool same(Bytes a, Bytes b) { return std::ranges::equal(a, b); }

// A pipe into which a thread writes bytes, a piece at a time, and which it then closes.
class Feed {
 public:
  Feed(Bytes bytes, size_t piece, int flags = 0) {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    if (flags != 0) fcntl(ends[0], F_SETFL, flags);
    source_ = open_descriptor(ends[0], "pipe", Io::kAuto);
    close(ends[0]);
    thread_ = std::thread([bytes, piece, end = ends[1]]() mutable {
      while (!bytes.empty()) {
        const size_t n = std::min(piece, bytes.size());
        if (write(end, bytes.data(), n) != static_cast<ssize_t>(n)) break;
        bytes = bytes.subspan(n);
        if (piece < 100) std::this_thread::sleep_for(std::chrono::microseconds(50));
      }
      close(end);
    });
  }
  ~Feed() { thread_.join(); }
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  Source& source() { return *source_; }

 private:
  std::shared_ptr<Source> source_;
  std::thread thread_;
};

// Reads front to back, as a pass does: the last bytes of a piece are asked for again.
std::vector<std::byte> read_all(Source& source, size_t size, size_t again) {
  std::vector<std::byte> all;
  Scratch scratch;
  for (uint64_t at = 0;;) {
    const Bytes bytes = source.read(at, size, scratch);
    if (bytes.size() <= again) {
      all.insert(all.end(), bytes.begin(), bytes.end());
      return all;
    }
    const Bytes used = bytes.first(bytes.size() - again);
    source.drop(0, at);  // what was given out last stays valid
    all.insert(all.end(), used.begin(), used.end());
    at += used.size();
  }
}

TEST_CASE("pipe: bytes come out as they went in, however they arrive") {
  const std::vector<std::byte> bytes = pattern(300'001);
  for (const size_t piece : {size_t{4096}, size_t{65'537}, size_t{300'001}}) {
    for (const size_t size : {size_t{1000}, size_t{65'536}, size_t{1'000'000}}) {
      CAPTURE(piece);
      CAPTURE(size);
      Feed feed(bytes, piece);
      CHECK(feed.source().sequential());
      CHECK(feed.source().size() == 0);
      CHECK(feed.source().key() == FileKey{});
      CHECK(same(read_all(feed.source(), size, 7), bytes));
    }
  }
}

TEST_CASE("pipe: a read waits for all its bytes, and at the end gives what there is") {
  const std::vector<std::byte> bytes = pattern(500);
  Feed feed(bytes, 7);
  Scratch scratch;
  CHECK(same(feed.source().read(0, 400, scratch), Bytes(bytes).first(400)));
  CHECK(same(feed.source().read(100, 1000, scratch), Bytes(bytes).subspan(100)));
  CHECK(feed.source().read(500, 10, scratch).empty());
  CHECK(feed.source().read(5000, 10, scratch).empty());
}

TEST_CASE("pipe: a descriptor that does not block is waited for") {
  const std::vector<std::byte> bytes = pattern(500);
  Feed feed(bytes, 11, O_NONBLOCK);
  CHECK(same(read_all(feed.source(), 64, 0), bytes));
}

TEST_CASE("pipe: what was not given away can be read again, what was cannot") {
  const std::vector<std::byte> bytes = pattern(200'000);
  Feed feed(bytes, 10'000);
  Scratch scratch;
  feed.source().read(0, 100'000, scratch);
  CHECK(same(feed.source().read(10, 90'000, scratch), Bytes(bytes).subspan(10, 90'000)));
  feed.source().drop(0, 50'000);
  CHECK(same(feed.source().read(50'000, 100'000, scratch), Bytes(bytes).subspan(50'000, 100'000)));
  const auto error = error_of([&] { feed.source().read(49'999, 10, scratch); });
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::kArgument);
  CHECK(std::string(error->what()).find("a pipe can be read only once") != std::string::npos);
  feed.source().drop(0, 10);  // given away before
  CHECK(same(feed.source().read(190'000, 100'000, scratch), Bytes(bytes).subspan(190'000)));
}

TEST_CASE("pipe: the piece given out last stays valid when it is given away") {
  const std::vector<std::byte> bytes = pattern(1000);
  Feed feed(bytes, 1000);
  Scratch scratch;
  const Bytes piece = feed.source().read(0, 1000, scratch);
  feed.source().drop(0, 1000);
  CHECK(same(piece, bytes));
}

TEST_CASE("pipe: asking for more than there is costs no memory") {
  const std::vector<std::byte> bytes = pattern(1000);
  Feed feed(bytes, 1000);
  Scratch scratch;
  constexpr size_t kMost = std::numeric_limits<size_t>::max();
  CHECK(same(feed.source().read(100, kMost, scratch), Bytes(bytes).subspan(100)));
}

TEST_CASE("pipe: sockets are read like pipes") {
  std::array<int, 2> ends{};
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
  const std::vector<std::byte> bytes = pattern(1000);
  CHECK(write(ends[1], bytes.data(), bytes.size()) == 1000);
  close(ends[1]);
  const auto source = open_descriptor(ends[0], "socket", Io::kAuto);
  close(ends[0]);
  CHECK(source->sequential());
  CHECK(same(read_all(*source, 300, 0), bytes));
}

TEST_CASE("pipe: a named pipe is opened by its path") {
  const TemporaryFolder folder;
  REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
  const std::vector<std::byte> bytes = pattern(100'000);
  std::thread writer([&] {
    const Descriptor end(open((folder / "fifo").c_str(), O_WRONLY | O_CLOEXEC));
    write_all(end.get(), bytes, "fifo");
  });
  const auto source = open_file(folder / "fifo", Io::kAuto);
  CHECK(source->sequential());
  CHECK(same(read_all(*source, 4096, 4), bytes));
  writer.join();
}

}  // namespace
}  // namespace evarrow
