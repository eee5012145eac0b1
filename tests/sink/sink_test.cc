// SPDX-License-Identifier: Apache-2.0
#include "evarrow/sink.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstring>
#include <set>
#include <thread>

#include "evarrow/recording.h"
#include "evarrow/scan.h"
#include "io/errors.h"
#include "io/temporary_folder.h"

namespace evarrow {
namespace {

using test::error_of;
using test::load;
using test::pattern;
using test::save;
using test::TemporaryFolder;

using Names = std::vector<std::string>;

Header header_of(std::string format = "evt2") {
  Header header;
  header.format = std::move(format);
  header.width = 640;
  header.height = 480;
  return header;
}

EventBatch some_events(size_t rows, int64_t start = 1000) {
  EventBatch events(rows);
  for (size_t i = 0; i < rows; ++i) {
    events.x()[i] = static_cast<int16_t>(i % 640);
    events.y()[i] = static_cast<int16_t>(i % 480);
    events.t()[i] = start + static_cast<int64_t>(i);
    events.polarity()[i] = i % 3 == 0 ? int8_t{1} : int8_t{-1};
  }
  events.resize(rows);
  return events;
}

Batch one_trigger(int64_t t) {
  Batch triggers(kTriggerFields, 1);
  triggers.column<int64_t>(kTriggerT)[0] = t;
  triggers.column<int16_t>(kTriggerId)[0] = 2;
  triggers.column<int8_t>(kTriggerPolarity)[0] = 1;
  triggers.resize(1);
  return triggers;
}

// The file as the format itself makes it.
class Expected {
 public:
  Expected() {
    const std::string text = format_.write_header(header_of(), {});
    bytes_.resize(text.size());
    std::memcpy(bytes_.data(), text.data(), text.size());
  }
  void write(const EventBatch& events, const Batch& triggers = Batch(kTriggerFields, 0)) {
    encoder_->encode(events, triggers, bytes_);
  }
  std::vector<std::byte> finish() {
    encoder_->finish(bytes_);
    return bytes_;
  }

 private:
  const Format& format_ = *find_format("evt2");
  std::unique_ptr<Encoder> encoder_ = format_.make_encoder(header_of(), {});
  std::vector<std::byte> bytes_;
};

std::vector<std::byte> expected_of(const EventBatch& events) {
  Expected expected;
  expected.write(events);
  return expected.finish();
}

// Runs `work` in a forked child; returns its wait status.
template <typename Work>
int status_of_child(const Work& work) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) _exit(work());
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  return status;
}

TEST_CASE("sink: batches become the file that the format makes") {
  const TemporaryFolder folder;
  Expected expected;
  Sink sink = Sink::create(folder / "a.raw", header_of());
  expected.write(some_events(1000));
  sink.write(some_events(1000));
  expected.write(some_events(500, 3000), one_trigger(3100));
  sink.write(some_events(500, 3000), one_trigger(3100));
  sink.write(EventBatch());
  CHECK(sink.events() == 1500);
  sink.finish();
  const std::vector<std::byte> bytes = expected.finish();
  CHECK(load(folder / "a.raw") == bytes);
  CHECK(sink.bytes() == bytes.size());
  CHECK(folder.names() == Names{"a.raw"});
}

TEST_CASE("sink: a file that holds no triggers beside events says so, and refuses them") {
  const TemporaryFolder folder;
  CHECK(Sink::create(folder / "a.raw", header_of()).takes("triggers"));
  Sink sink = Sink::create(folder / "a.dat", header_of("dat"));
  CHECK_FALSE(sink.takes("triggers"));
  sink.write(some_events(10));
  CHECK_THROWS_AS(sink.write(some_events(10, 3000), one_trigger(3005)), Error);
  CHECK_THROWS_AS(sink.finish(), Error);
}

TEST_CASE("sink: large batches are written whole, in pieces") {
  const TemporaryFolder folder;
  const EventBatch events = some_events(2'500'000);
  Sink sink = Sink::create(folder / "a.raw", header_of());
  sink.write(events);
  CHECK(sink.events() == 2'500'000);
  sink.finish();
  CHECK(load(folder / "a.raw") == expected_of(events));
}

TEST_CASE("sink: a recording without events is a header") {
  const TemporaryFolder folder;
  Sink sink = Sink::create(folder / "a.raw", header_of());
  sink.finish();
  CHECK(load(folder / "a.raw") == Expected().finish());
}

TEST_CASE("sink: the name appears when the file is complete, and not before") {
  const TemporaryFolder folder;
  Sink sink = Sink::create(folder / "a.raw", header_of());
  sink.write(some_events(1'000'000));
  const Names names = folder.names();
  REQUIRE(names.size() == 1);
  CHECK(names[0].starts_with(".a.raw."));
  CHECK(names[0].ends_with(".tmp"));
  sink.finish();
  CHECK(folder.names() == Names{"a.raw"});
}

TEST_CASE("sink: without finish nothing is left") {
  const TemporaryFolder folder;
  save(folder / "old.raw", pattern(10));
  {
    Sink sink = Sink::create(folder / "old.raw", header_of(), true);
    sink.write(some_events(10));
    Sink other = Sink::create(folder / "new.raw", header_of());
    Sink moved = std::move(sink);
    moved = std::move(other);
    CHECK(folder.names().size() <= 3);
  }
  CHECK(folder.names() == Names{"old.raw"});
  CHECK(load(folder / "old.raw") == pattern(10));
}

TEST_CASE("sink: a file that is there is kept unless it may be overwritten") {
  const TemporaryFolder folder;
  save(folder / "a.raw", pattern(10));
  const auto error = error_of([&] { Sink::create(folder / "a.raw", header_of()); });
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::kArgument);
  CHECK(std::string(error->what()).find("is there already") != std::string::npos);
  CHECK(load(folder / "a.raw") == pattern(10));

  Sink sink = Sink::create(folder / "a.raw", header_of(), true);
  sink.write(some_events(10));
  CHECK(load(folder / "a.raw") == pattern(10));
  sink.finish();
  CHECK(load(folder / "a.raw") == expected_of(some_events(10)));
  CHECK(folder.names() == Names{"a.raw"});
}

TEST_CASE("sink: a file that came while writing is kept") {
  const TemporaryFolder folder;
  Sink sink = Sink::create(folder / "a.raw", header_of());
  save(folder / "a.raw", pattern(10));
  const auto error = error_of([&] { sink.finish(); });
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::kArgument);
  CHECK(load(folder / "a.raw") == pattern(10));
  sink = Sink::create(folder / "b.raw", header_of());
  sink.finish();
  const Names names = folder.names();
  CHECK(std::set<std::string>(names.begin(), names.end()) ==
        std::set<std::string>{"a.raw", "b.raw"});
}

TEST_CASE("sink: a symbolic link keeps leading to the file") {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "real");
  save(folder / "real/a.raw", pattern(10));
  std::filesystem::create_symlink("real/a.raw", folder / "link.raw");
  CHECK(error_of([&] { Sink::create(folder / "link.raw", header_of()); }));
  Sink sink = Sink::create(folder / "link.raw", header_of(), true);
  sink.write(some_events(10));
  sink.finish();
  CHECK(std::filesystem::is_symlink(folder / "link.raw"));
  CHECK(load(folder / "real/a.raw") == expected_of(some_events(10)));

  std::filesystem::create_symlink("nowhere.raw", folder / "loose.raw");
  CHECK(error_of([&] { Sink::create(folder / "loose.raw", header_of()); }));
}

TEST_CASE("sink: folders that are missing, closed or in the way are the system's errors") {
  const TemporaryFolder folder;
  const auto missing = error_of([&] { Sink::create(folder / "no/a.raw", header_of()); });
  REQUIRE(missing);
  CHECK(missing->code() == ErrorCode::kSystem);
  CHECK(missing->os_error() == ENOENT);
  CHECK(missing->what() ==
        "cannot write '" + (folder / "no/a.raw").string() + "': No such file or directory");

  const auto directory = error_of([&] { Sink::create(folder.path(), header_of(), true); });
  REQUIRE(directory);
  CHECK(directory->os_error() == EISDIR);

  // The superuser may write everywhere, so this is tried as somebody else.
  std::filesystem::permissions(
      folder.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  const int status = status_of_child([&] {
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) return 3;
    const auto closed = error_of([&] { Sink::create(folder / "a.raw", header_of()); });
    return closed && closed->os_error() == EACCES ? 0 : 1;
  });
  CHECK(status == 0);
}

TEST_CASE("sink: formats that do not exist are refused by name, before any file is made") {
  const TemporaryFolder folder;
  const auto error = error_of([&] { Sink::create(folder / "a.raw", header_of("betamax")); });
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::kArgument);
  CHECK(std::string(error->what()).find("'betamax'") != std::string::npos);
  CHECK(std::string(error->what()).find("evt2") != std::string::npos);
  CHECK(folder.names().empty());
}

TEST_CASE("sink: after a row that the format cannot hold the file is never completed") {
  const TemporaryFolder folder;
  {
    Sink sink = Sink::create(folder / "a.raw", header_of());
    sink.write(some_events(10));
    EventBatch bad = some_events(5);
    bad.x()[3] = -7;
    const auto error = error_of([&] { sink.write(bad); });
    REQUIRE(error);
    CHECK(error->code() == ErrorCode::kArgument);
    CHECK(std::string(error->what()).find("13") != std::string::npos);
    const auto again = error_of([&] { sink.write(some_events(10)); });
    REQUIRE(again);
    CHECK(std::string(again->what()).find("an earlier write failed") != std::string::npos);
    CHECK(error_of([&] { sink.finish(); }));
  }
  CHECK(folder.names().empty());
}

TEST_CASE("sink: where loss is allowed, rows that do not fit are left out and counted") {
  for (const char* format : {"evt2", "evt21", "evt3", "evt4", "dat", "es"}) {
    CAPTURE(format);
    const TemporaryFolder folder;
    Sink sink = Sink::create(folder / "lossy.raw", header_of(format));
    Sink sound = Sink::create(folder / "sound.raw", header_of(format));
    sink.allow_loss();
    for (const int64_t start : {1000, 2000}) {
      EventBatch events = some_events(100, start);
      events.x()[7] = -1;
      events.y()[8] = -5;
      events.x()[50] = 20'000;
      events.t()[99] = -1;
      const Batch triggers =
          sink.takes("triggers") ? one_trigger(start + 50) : Batch(kTriggerFields, 0);
      sink.write(events, triggers);
      EventBatch kept(96);
      for (const auto& [begin, rows] : {std::pair<size_t, size_t>{0, 7}, {9, 41}, {51, 48}}) {
        kept.copy_rows(kept.size(), events, begin, rows);
        kept.resize(kept.size() + rows);
      }
      sound.write(kept, triggers);
    }
    CHECK(sink.events() == 2 * 96);
    REQUIRE(sink.losses().size() == 1);
    const Loss& lost = sink.losses()[0];
    CHECK(lost.stream == "events");
    CHECK_FALSE(lost.of_values);
    CHECK(lost.rows == 2 * 4);
    CHECK(lost.first.starts_with("row 7 of the events cannot be written: x is -1"));
    sink.finish();
    sound.finish();
    CHECK(load(folder / "lossy.raw") == load(folder / "sound.raw"));
  }
}

TEST_CASE("sink: where loss is allowed, triggers that do not fit are left out and counted") {
  const TemporaryFolder folder;
  Sink sink = Sink::create(folder / "a.raw", header_of("evt3"));
  Sink sound = Sink::create(folder / "b.raw", header_of("evt3"));
  Batch triggers = one_trigger(1050);
  triggers.column<int16_t>(kTriggerId)[0] = 16;
  sink.allow_loss();
  sink.write(some_events(100), triggers);
  sound.write(some_events(100));
  REQUIRE(sink.losses().size() == 1);
  CHECK(sink.losses()[0].stream == "triggers");
  CHECK(sink.losses()[0].rows == 1);
  CHECK(sink.events() == 100);
  sink.finish();
  sound.finish();
  CHECK(load(folder / "a.raw") == load(folder / "b.raw"));
}

TEST_CASE("sink: a finished file takes no more") {
  const TemporaryFolder folder;
  Sink sink = Sink::create(folder / "a.raw", header_of());
  sink.finish();
  const auto error = error_of([&] { sink.write(some_events(1)); });
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::kArgument);
  CHECK(error_of([&] { sink.finish(); }));
  CHECK(load(folder / "a.raw") == Expected().finish());
}

TEST_CASE("sink: a pipe gets the bytes, and the descriptor stays with its owner") {
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  std::vector<std::byte> got;
  std::thread reader([&] {
    std::array<std::byte, 5000> piece{};
    for (ssize_t n = 0; (n = read(ends[0], piece.data(), piece.size())) > 0;) {
      got.insert(got.end(), piece.begin(), piece.begin() + n);
    }
  });
  {
    Sink sink = Sink::to_descriptor(ends[1], "<stdout>", header_of());
    sink.write(some_events(500'000));
    sink.finish();
  }
  CHECK(fcntl(ends[1], F_GETFD) >= 0);
  close(ends[1]);
  reader.join();
  close(ends[0]);
  CHECK(got == expected_of(some_events(500'000)));
}

TEST_CASE("sink: a pipe that nobody reads is an error") {
  const auto before = signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  close(ends[0]);
  Sink sink = Sink::to_descriptor(ends[1], "<stdout>", header_of());
  const auto error = error_of([&] { sink.finish(); });
  close(ends[1]);
  signal(SIGPIPE, before);
  REQUIRE(error);
  CHECK(error->os_error() == EPIPE);
  CHECK(std::string(error->what()).find("'<stdout>'") != std::string::npos);
}

#ifdef __linux__
TEST_CASE("sink: a device is written to and not replaced") {
  Sink sink = Sink::create("/dev/null", header_of(), true);
  sink.write(some_events(10));
  sink.finish();
  CHECK(std::filesystem::is_character_file("/dev/null"));

  Sink full = Sink::create("/dev/full", header_of());
  const auto error = error_of([&] { full.finish(); });
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::kSystem);
  CHECK(error->os_error() == ENOSPC);
  CHECK(error->what() == std::string("cannot write '/dev/full': No space left on device"));
}

TEST_CASE("sink: a disk that becomes full leaves nothing behind") {
  const TemporaryFolder folder;
  if (mount("none", folder.path().c_str(), "tmpfs", 0, "size=256k") != 0) {
    MESSAGE("skipped: only the superuser can mount a small disk");
    return;
  }
  {
    Sink sink = Sink::create(folder / "a.raw", header_of());
    const auto error = error_of([&] {
      sink.write(some_events(1'000'000));
      sink.finish();
    });
    CHECK(error);
    if (error) {
      CHECK(error->os_error() == ENOSPC);
      CHECK(std::string(error->what()).find((folder / "a.raw").string()) != std::string::npos);
    }
    CHECK(error_of([&] { sink.finish(); }));
  }
  CHECK(folder.names().empty());
  CHECK(umount(folder.path().c_str()) == 0);
}
#endif

TEST_CASE("sink: a limit of file sizes is an error and leaves nothing behind") {
  const TemporaryFolder folder;
  const int status = status_of_child([&] {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {.rlim_cur = 100'000, .rlim_max = 100'000};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 3;
    Sink sink = Sink::create(folder / "a.raw", header_of());
    const auto error = error_of([&] {
      sink.write(some_events(1'000'000));
      sink.finish();
    });
    return error && error->os_error() == EFBIG ? 0 : 1;
  });
  CHECK(status == 0);
  // The child left without destructors: what remains has a temporary name.
  for (const std::string& name : folder.names()) CHECK(name.ends_with(".tmp"));
}

TEST_CASE("sink: a killed process leaves no file under the name, and the next one succeeds") {
  const TemporaryFolder folder;
  const int status = status_of_child([&] {
    Sink sink = Sink::create(folder / "a.raw", header_of());
    sink.write(some_events(1'000'000));
    raise(SIGKILL);
    return 0;
  });
  CHECK(WIFSIGNALED(status));
  REQUIRE(folder.names().size() == 1);
  CHECK(folder.names()[0].ends_with(".tmp"));
  CHECK_FALSE(std::filesystem::exists(folder / "a.raw"));
  Sink sink = Sink::create(folder / "a.raw", header_of());
  sink.finish();
  CHECK(std::filesystem::exists(folder / "a.raw"));
}

TEST_CASE("sink: a forked child does not remove the file of its parent") {
  const TemporaryFolder folder;
  auto sink = std::make_unique<Sink>(Sink::create(folder / "a.raw", header_of()));
  CHECK(status_of_child([&] {
          sink.reset();
          return 0;
        }) == 0);
  CHECK(folder.names().size() == 1);
  sink->finish();
  CHECK(folder.names() == Names{"a.raw"});
}

TEST_CASE("sink: files get the permissions that new files get") {
  const TemporaryFolder folder;
  const mode_t before = umask(022);
  Sink sink = Sink::create(folder / "a.raw", header_of());
  sink.finish();
  umask(before);
  struct stat status{};
  REQUIRE(stat((folder / "a.raw").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0644U);
}

Batch one_sample(int64_t t, double temperature) {
  Batch samples(kImuFields, 1);
  samples.resize(1);
  samples.column<int64_t>(kImuT)[0] = t;
  for (size_t column = kImuAccel; column < kImuTemperature; ++column) {
    samples.column<double>(column)[0] = column < kImuMag ? 1 : std::nan("");
  }
  samples.column<double>(kImuTemperature)[0] = temperature;
  return samples;
}

TEST_CASE("sink: values that a format has no place for are refused, or lost and counted") {
  const TemporaryFolder folder;
  const EncodeOptions options = {.named = {}, .streams = {"imu", "frames"}};
  Sink sink = Sink::create(folder / "a.mcap", header_of("mcap"), false, options);
  CHECK(sink.takes("imu"));
  CHECK(sink.takes("frames"));
  CHECK_FALSE(sink.takes("rates"));
  sink.write_samples(one_sample(5, std::nan("")));
  sink.allow_loss();
  sink.write_samples(one_sample(6, 25.5));
  sink.write_samples(one_sample(-7, 25.5));
  const std::byte pixels[6] = {};
  Picture picture;
  picture.t = picture.exposure_end = 9;
  picture.exposure_begin = 8;
  picture.place = {.width = 3, .height = 2, .channels = 1, .bits = 8};
  picture.pixels = pixels;
  sink.write_picture(picture);
  REQUIRE(sink.losses().size() == 3);
  CHECK(sink.losses()[0].of_values);
  CHECK(sink.losses()[0].first == "row 1 of the imu loses temperature (25.5)");
  CHECK(sink.losses()[1].first.ends_with("read with origin=\"start\""));
  CHECK(sink.losses()[2].stream == "frames");
  CHECK(sink.losses()[2].first == "row 0 of the frames loses exposure_begin (8)");
  sink.finish();
  const Recording recording = Recording::open(folder / "a.mcap");
  CHECK(recording.scan("imu").count() == 2);
  CHECK(recording.scan("frames").count() == 1);

  Sink strict = Sink::create(folder / "b.mcap", header_of("mcap"), false, options);
  CHECK_THROWS_WITH_AS(strict.write_samples(one_sample(6, 25.5)),
                       "row 0 of the imu cannot be written: the format has no place for "
                       "temperature (25.5)",
                       RowError);
  Sink events_alone = Sink::create(folder / "c.raw", header_of("evt3"));
  CHECK_FALSE(events_alone.takes("imu"));
  CHECK_THROWS_AS(events_alone.write_samples(one_sample(6, 25.5)), RowError);
}

}  // namespace
}  // namespace evarrow
