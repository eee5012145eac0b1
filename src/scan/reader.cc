// SPDX-License-Identifier: Apache-2.0
// Reader: one pass, decoded ahead on a thread of its own if the caller is slow enough for it to
// pay.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "evarrow/error.h"
#include "evarrow/machine.h"
#include "evarrow/scan.h"
#include "io/os_file.h"
#include "io/os_thread.h"
#include "scan/pass.h"
#include "scan/query_read.h"
#include "scan/shared.h"
#include "scan/stream.h"

namespace evarrow {
namespace {

constexpr size_t kBatchesAhead = 2;
constexpr uint64_t kMostQueryRows = uint64_t{1} << 20;

// Finds out whether decoding ahead pays: both the decoding of a batch and what the caller does
// with it have to take longer than handing a batch from one thread to another.
class Pace {
 public:
  void begin() {
    begun_ = Clock::now();
    const bool slow = given_ && begun_ - ended_ > kHandOver && decoding_ > kHandOver;
    slow_calls_ = slow ? slow_calls_ + 1 : 0;
  }
  void end() {
    ended_ = Clock::now();
    decoding_ = ended_ - begun_;
    given_ = true;
  }
  bool pays() const noexcept { return slow_calls_ >= kSlowCalls; }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr auto kHandOver = std::chrono::microseconds(15);
  // One may be an interruption.
  static constexpr int kSlowCalls = 3;

  Clock::time_point begun_;
  Clock::time_point ended_;
  Clock::duration decoding_{};
  bool given_ = false;
  int slow_calls_ = 0;
};

}  // namespace

struct Reader::Pass {
  explicit Pass(const Scan& scan) : pass(scan, false), process(process_id()) {
    // Rows of other streams belong to the batch they were met with, so they are not decoded ahead.
    threaded = thread_count(scan.recording.options().threads) > 1 && scan.also.empty();
  }

  ~Pass() {
    if (!worker.joinable()) return;
    if (process != process_id()) {
      worker.forget();  // the thread stayed in the process this one was forked from
      return;
    }
    {
      const std::lock_guard lock(mutex);
      stop = true;
    }
    changed.notify_all();
    worker.join();
  }
  Pass(const Pass&) = delete;
  Pass& operator=(const Pass&) = delete;

  bool next(Batch& batch) {
    if (process != process_id()) {
      throw Error(ErrorCode::kArgument,
                  "a pass cannot go on in a forked process: start a new one there");
    }
    if (!threaded) return pass.next(batch);
    if (!begun) answer();
    begun = true;
    if (answered) return next_of_answer(batch);
    if (!worker.joinable()) {
      pace.begin();
      if (!pace.pays()) {
        const bool more = pass.next(batch);
        pace.end();
        return more;
      }
      worker = Thread([this] { run(); });
    }
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return !ready.empty() || ended; });
    if (ready.empty()) {
      if (failure != nullptr) std::rethrow_exception(failure);
      return false;
    }
    batch = std::move(ready.front());
    ready.pop_front();
    lock.unlock();
    changed.notify_all();
    return true;
  }

  // Queries that want few rows of many are answered by all threads before the first batch is out.
  void answer() {
    const Scan& scan = pass.scan();
    const auto index = index_for_query(scan);
    if (index == nullptr) return;
    QueryRead read(scan, index, kMostQueryRows);
    if (!read.pays()) return;
    try {
      if (!read.run({})) return;
    } catch (const Error&) {
      return;  // a pass from front to back gives what lies before it
    }
    rows = read.take(report);
    answered = true;
  }

  bool next_of_answer(Batch& batch) noexcept {
    const size_t n = std::min(std::max<size_t>(pass.scan().batch_size, 1), rows.size() - given_out);
    batch = n == rows.size() ? rows : rows.slice(given_out, n);
    given_out += n;
    if (given_out == rows.size()) {
      rows = Batch();
      given_out = 0;
    }
    return n > 0;
  }

  void run() noexcept {
    while (true) {
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return ready.size() < kBatchesAhead || stop; });
        if (stop) return;
      }
      Batch batch;
      bool more = false;
      std::exception_ptr error;
      try {
        more = pass.next(batch);
      } catch (...) {
        error = std::current_exception();
      }
      {
        const std::lock_guard lock(mutex);
        if (more) ready.push_back(std::move(batch));
        failure = error;
        ended = !more;
      }
      changed.notify_all();
      if (!more) return;
    }
  }

  evarrow::Pass pass;
  uint64_t process;
  bool threaded;
  bool begun = false;
  bool answered = false;
  Batch rows;  // of the answer
  size_t given_out = 0;
  Scan::Report report;
  Pace pace;
  Thread worker;
  std::mutex mutex;  // guards what follows
  std::condition_variable changed;
  std::deque<Batch> ready;
  std::exception_ptr failure;
  bool ended = false;
  bool stop = false;
};

Reader::Reader(std::unique_ptr<Pass> pass) noexcept : pass_(std::move(pass)) {}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

bool Reader::next(Batch& batch) {
  batch = Batch();  // so that its memory can be used again
  return pass_->next(batch);
}

Batch Reader::take(std::string_view stream) { return pass_->pass.take(stream); }
const Scan& Reader::scan() const noexcept { return pass_->pass.scan(); }
const Scan::Report& Reader::report() const noexcept {
  return pass_->answered ? pass_->report : pass_->pass.report();
}

Schema Scan::schema() const noexcept { return find_stream(recording.format(), stream).schema; }

Reader Scan::open() const {
  begin_pass(recording.shared());
  return Reader(std::make_unique<Reader::Pass>(*this));
}

}  // namespace evarrow
