// SPDX-License-Identifier: Apache-2.0
// A payload for a ContainerPlan that another library makes, in blocks, as they are wanted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "evarrow/event.h"
#include "evarrow/format.h"

namespace evarrow {

struct Block {
  Bytes bytes;
  std::shared_ptr<const void> keep_alive;  // holds what `bytes` looks at
};

// Makes block `index`. Threads may call it at once. What it throws is damage of the chunks that lie
// in the block.
using MakeBlock = std::function<Block(size_t index)>;

// Blocks that lie one behind the other; `ends` are where they end. The last few that were used are
// kept. `places`: where in the file what each is made of begins; empty if that is not known. Throws
// Error(kArgument) if the ends are not in order.
std::shared_ptr<Source> make_block_source(std::vector<uint64_t> ends, MakeBlock make,
                                          std::vector<uint64_t> places = {});

}  // namespace evarrow
