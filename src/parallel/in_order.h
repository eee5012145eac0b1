// SPDX-License-Identifier: Apache-2.0
// Work made by several threads whose results are taken one by one, in order.
#pragma once

#include <cstddef>
#include <functional>

namespace evarrow {

// Calls `make(i, slot)` for every i in [0, count) on up to `threads` threads, and `put(i, slot)`
// behind it, one at a time and in order of i, on whichever thread is free. A slot, of
// slots_in_order(threads), is no other item's between the two. No thread waits for its turn to put:
// it makes what comes next meanwhile, as long as there are slots. The first exception stops
// everything and is thrown; what was put before it stays.
void parallel_in_order(size_t count, int threads,
                       const std::function<void(size_t i, size_t slot)>& make,
                       const std::function<void(size_t i, size_t slot)>& put);

size_t slots_in_order(int threads) noexcept;

}  // namespace evarrow
