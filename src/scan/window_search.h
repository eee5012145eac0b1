// SPDX-License-Identifier: Apache-2.0
// Windows of time in files that say themselves which rows they have when.
#pragma once

#include <memory>

#include "evarrow/predicate.h"
#include "scan/index.h"
#include "scan/shared.h"

namespace evarrow {

// An index for a pass over one window, of which it tells only which rows can be in it: those before
// and behind were shown not to be, by times on both sides of it and by the order of all times that
// were looked at. Null if that cannot be shown by a few times; then an index of all times has to.
// The predicate is on the sensor's clock.
std::shared_ptr<const Index> find_window(const Recording::Shared& shared,
                                         const Predicate& predicate);

}  // namespace evarrow
