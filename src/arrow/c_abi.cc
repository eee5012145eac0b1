// SPDX-License-Identifier: Apache-2.0
// The C interface over Recording and Scan.
#if defined(__GNUC__)
#pragma GCC visibility push(default)  // a shared library made of ours gives these functions away
#endif
#include "evarrow/c.h"
#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "arrow/failure.h"
#include "arrow/option_text.h"
#include "evarrow/arrow.h"
#include "evarrow/recording.h"
#include "evarrow/scan.h"

struct evarrow_recording {
  evarrow::Recording recording;
};

namespace {

// Of the last failed call of this thread.
evarrow::Failure& last_failure() noexcept {
  thread_local evarrow::Failure failure;
  return failure;
}

std::string_view text_or_empty(const char* text) noexcept {
  return text == nullptr ? std::string_view() : std::string_view(text);
}

void require(const void* argument, const char* name) {
  if (argument != nullptr) return;
  throw evarrow::Error(evarrow::ErrorCode::kArgument, std::string(name) + " is null");
}

evarrow::Scan scan_of(const evarrow_recording* recording, const char* stream, const char* options) {
  require(recording, "recording");
  require(stream, "stream");
  evarrow::Scan scan = recording->recording.scan(stream);
  evarrow::parse_scan(text_or_empty(options), scan);
  return scan;
}

}  // namespace

extern "C" {

evarrow_recording* evarrow_open(const char* path, const char* options) {
  evarrow_recording* opened = nullptr;
  evarrow::guarded(last_failure(), [&] {
    require(path, "path");
    opened = new evarrow_recording{
        evarrow::Recording::open(path, evarrow::parse_options(text_or_empty(options)))};
  });
  return opened;
}

int evarrow_schema(evarrow_recording* recording, const char* stream, ArrowSchema* out) {
  return evarrow::guarded(last_failure(), [&] {
    require(out, "out");
    *out = {};
    const evarrow::Scan scan = scan_of(recording, stream, nullptr);
    evarrow::export_schema(scan.schema(), scan.columns, scan.recording.options().t_type,
                           scan.recording.metadata(), out);
  });
}

int evarrow_stream(evarrow_recording* recording, const char* stream, const char* options,
                   ArrowArrayStream* out) {
  return evarrow::guarded(last_failure(), [&] {
    require(out, "out");
    *out = {};
    evarrow::export_stream(scan_of(recording, stream, options).open(), out);
  });
}

const char* evarrow_last_error(void) { return last_failure().message(); }

void evarrow_close(evarrow_recording* recording) { delete recording; }

}  // extern "C"
