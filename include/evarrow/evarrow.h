// SPDX-License-Identifier: Apache-2.0
// The whole public interface.
#pragma once

// IWYU pragma: begin_exports
#include "evarrow/arrow.h"
#include "evarrow/augment.h"
#include "evarrow/encoder.h"
#include "evarrow/error.h"
#include "evarrow/event.h"
#include "evarrow/filter.h"
#include "evarrow/filtered_reader.h"
#include "evarrow/filters.h"
#include "evarrow/format.h"
#include "evarrow/geometry.h"
#include "evarrow/machine.h"
#include "evarrow/predicate.h"
#include "evarrow/recording.h"
#include "evarrow/representation.h"
#include "evarrow/representations.h"
#include "evarrow/sample.h"
#include "evarrow/scan.h"
#include "evarrow/sink.h"
#include "evarrow/stream.h"
#include "evarrow/warp.h"
// IWYU pragma: end_exports
