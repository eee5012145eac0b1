// SPDX-License-Identifier: Apache-2.0
// Layouts of events in HDF5 files. They are found by who opens the file; README.md lists them.
#pragma once

#include <array>

#include "evarrow/format.h"

namespace evarrow::hdf5 {

extern const Format kProphesee;
extern const Format kDsec;
extern const Format kM3ed;
extern const Format kMvsec;
extern const Format kMonash;
extern const Format kColumns;

// Whether a file begins as those of the HDF5 library do.
bool is_hdf5(Bytes head) noexcept;

}  // namespace evarrow::hdf5
