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

// A batch, the rows of other streams that were met with it, and the share of the pass behind it.
struct Decoded {
  Batch batch;
  std::vector<Batch> others;
  double share_done = 0;
};

void append(Batch& rows, Batch&& more) {
  if (rows.size() == 0) {
    rows = std::move(more);
  } else if (more.size() != 0) {
    Batch both(rows.schema(), rows.size() + more.size(), rows.columns());
    both.copy_rows(0, rows, 0, rows.size());
    both.copy_rows(rows.size(), more, 0, more.size());
    both.resize(rows.size() + more.size());
    rows = std::move(both);
  }
}

}  // namespace

struct Reader::Pass {
  explicit Pass(const Scan& scan) : pass(scan, false), process(process_id()) {
    threaded = thread_count(scan.recording.options().threads) > 1;
    others.resize(scan.also.size());
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
    if (!begun && others.empty()) answer();
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
      keep_others(std::exchange(rest, {}));
      if (failure != nullptr) std::rethrow_exception(failure);
      return false;
    }
    Decoded next = std::move(ready.front());
    ready.pop_front();
    lock.unlock();
    changed.notify_all();
    keep_others(std::move(next.others));
    share_done = next.share_done;
    batch = std::move(next.batch);
    return true;
  }

  void keep_others(std::vector<Batch> met) {
    for (size_t i = 0; i < met.size(); ++i) append(others[i], std::move(met[i]));
  }

  Batch take(std::string_view stream) {
    const std::vector<std::string>& also = pass.scan().also;
    const auto found = std::ranges::find(also, stream);
    if (!worker.joinable() || found == also.end()) return pass.take(stream);
    Batch& kept = others[static_cast<size_t>(found - also.begin())];
    if (kept.size() != 0) return std::exchange(kept, Batch());
    return {find_stream(pass.scan().recording.format(), stream).schema, 0};
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
      Decoded next;
      bool more = false;
      std::exception_ptr error;
      try {
        more = pass.next(next.batch);
      } catch (...) {
        error = std::current_exception();
      }
      try {
        for (const std::string& name : pass.scan().also) next.others.push_back(pass.take(name));
      } catch (...) {
        if (error == nullptr) error = std::current_exception();
        more = false;
      }
      next.share_done = pass.share_done();
      {
        const std::lock_guard lock(mutex);
        if (more) {
          ready.push_back(std::move(next));
        } else {
          rest = std::move(next.others);
        }
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
  std::vector<Batch> others;  // of Scan::also: taken out of the pass, and not by the caller yet
  double share_done = 0;
  Pace pace;
  Thread worker;
  std::mutex mutex;  // guards what follows
  std::condition_variable changed;
  std::deque<Decoded> ready;
  std::vector<Batch> rest;  // of other streams, met behind the last batch
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

Batch Reader::take(std::string_view stream) { return pass_->take(stream); }
double Reader::share_done() const noexcept {
  return pass_->worker.joinable() ? pass_->share_done : pass_->pass.share_done();
}
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
