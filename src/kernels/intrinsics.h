// SPDX-License-Identifier: Apache-2.0
// The x86 intrinsics, without the warnings that GCC 12 gives about its own "undefined" vectors
// (https://gcc.gnu.org/bugzilla/show_bug.cgi?id=105593).
#pragma once

#include "kernels/dispatch.h"

#ifdef EVARROW_X86
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <immintrin.h>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
#endif
