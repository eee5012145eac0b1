// SPDX-License-Identifier: Apache-2.0
// What of a recording a pass must decode.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "evarrow/scan.h"
#include "scan/index.h"
#include "scan/stream.h"
#include "scan/units.h"

namespace evarrow {

// The index a pass uses: made if the pass is worth it and the file does not say where its window
// is, else the one there is, or null.
std::shared_ptr<const Index> index_for(const Scan& scan, const Stream& stream);

// The stretches a pass decodes; all of the recording where there is no index. `origin` is taken
// off every time.
std::vector<Segment> segments_of(const Scan& scan, const Stream& stream, const Index* index,
                                 int64_t origin);

// Which blocks of the index a pass over the events decodes.
std::vector<bool> wanted_blocks(const Scan& scan, const Index& index, int64_t origin);

// The events in the stretches that a pass over the events decodes: the most rows it can give.
uint64_t rows_ahead(const Scan& scan, const Index& index, int64_t origin);

}  // namespace evarrow
