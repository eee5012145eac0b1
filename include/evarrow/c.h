// SPDX-License-Identifier: Apache-2.0
// The C interface: what Rust, Julia, MATLAB or a database extension need to read a recording.
#ifndef EVARROW_C_H
#define EVARROW_C_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ArrowSchema;
struct ArrowArrayStream;

// An open recording.
typedef struct evarrow_recording evarrow_recording;

// Opens `path`. `options` is null or "key=value;key=value" with the keys format, resolution
// (640x480), on_error (raise, warn, ignore), out_of_sensor (format, keep, drop, raise), polarity
// (signed, binary), t_type (duration, int64, timestamp), origin (sensor, start, or microseconds),
// sort (true, false), io (auto, mmap, pread), threads. Null on failure: see evarrow_last_error().
evarrow_recording* evarrow_open(const char* path, const char* options);

// The schema of a stream ("events", "triggers"); 0 on success, else an errno.
int evarrow_schema(evarrow_recording* recording, const char* stream, struct ArrowSchema* out);

// One pass over a stream. `options` is null or keys start, end (microseconds, half-open), region
// (x0,y0,x1,y1, half-open), polarity, columns (x,t), limit, batch_size. 0 on success, else an
// errno. The stream may outlive the recording.
int evarrow_stream(evarrow_recording* recording, const char* stream, const char* options,
                   struct ArrowArrayStream* out);

// What went wrong in the last failed call of this thread, in one sentence; never null.
const char* evarrow_last_error(void);

void evarrow_close(evarrow_recording* recording);

#ifdef __cplusplus
}
#endif

#endif
