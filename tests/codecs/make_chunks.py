# SPDX-License-Identifier: Apache-2.0
"""Write chunks.h: chunks as the HDF5 library stores them with each filter.

Usage: python tests/codecs/make_chunks.py (h5py and hdf5plugin must be installed)
"""

from __future__ import annotations

import io
import textwrap
from pathlib import Path
from typing import Any

import h5py
import hdf5plugin
import numpy as np

SKIPPED_BYTES = 40  # of a chunk whose filters gave up

HEAD = """\
// SPDX-License-Identifier: Apache-2.0
// Chunks that HDF5 wrote, with its filters and those of the package hdf5plugin. Made by
// make_chunks.py.
#pragma once

#include <string_view>
#include <vector>

#include "codecs/filters.h"

namespace evarrow::test {

struct StoredChunk {
  std::string_view name;
  size_t width;   // bytes of a value
  size_t n;       // values
  bool is_noise;  // or values that grow slowly
  std::vector<codecs::Filter> filters;
  uint32_t skipped;
  std::string_view hex;
};

inline const std::vector<StoredChunk>& stored_chunks() {
  static const std::vector<StoredChunk> all = {
// clang-format off
"""
TAIL = """\
// clang-format on
  };
  return all;
}

}  // namespace evarrow::test
"""


def growing(width: int, n: int) -> bytes:
    """Return values that grow slowly, as times and rows do."""
    value, values = 0, bytearray()
    for i in range(n):
        value += i % 5 if i % 16 == 0 else 0
        values += (value % 256**width).to_bytes(width, "little")
    return bytes(values)


def noise(size: int) -> bytes:
    """Return bytes that nothing makes smaller."""
    state, values = 1, bytearray()
    for _ in range(size):
        state = (state * 1664525 + 1013904223) % 2**32
        values.append(state >> 24)
    return bytes(values)


def chunk(name: str, width: int, n: int, *, is_noise: bool = False, **options: Any) -> str:
    """Return one chunk as it stands in the header."""
    plain = noise(width * n) if is_noise else growing(width, n)
    data = np.frombuffer(plain, f"u{width}" if width in (1, 2, 4, 8) else f"V{width}")
    with h5py.File(io.BytesIO(), "w") as file:
        dataset = file.create_dataset("values", data=data, chunks=data.shape, **options)
        skipped, stored = dataset.id.read_direct_chunk((0,))
        settings = dataset.id.get_create_plist()
        filters = [settings.get_filter(i) for i in range(settings.get_nfilters())]
    listed = ", ".join(
        "{" + f"{code}, {{{', '.join(map(str, values))}}}" + "}" for code, _, values, _ in filters
    )
    kind = "true" if is_noise else "false"
    lines = "\n".join(f'  "{line}"' for line in textwrap.wrap(stored.hex(), 94))
    return f'{{"{name}", {width}, {n}, {kind}, {{{listed}}}, {skipped},\n{lines}}},\n'


def main() -> None:
    """Write the header."""
    chunks = [
        chunk("deflate", 2, 300, compression="gzip"),
        chunk("shuffle, deflate", 8, 301, compression="gzip", shuffle=True),
        chunk(
            "shuffle, deflate, fletcher32",
            4,
            200,
            compression="gzip",
            shuffle=True,
            fletcher32=True,
        ),
        chunk("fletcher32, odd", 1, 41, fletcher32=True),
        chunk("shuffle of records", 13, 20, shuffle=True),
        chunk("shuffle of two bytes", 2, 40, shuffle=True),
        chunk("lzf", 4, 400, compression="lzf"),
        chunk("lzf gave up", 1, SKIPPED_BYTES, is_noise=True, compression="lzf"),
        *(
            chunk(f"blosc {compressor}", 2, 500, **hdf5plugin.Blosc(compressor, 5, 1))
            for compressor in ("blosclz", "lz4", "lz4hc", "zlib", "zstd")
        ),
        chunk("blosc without shuffle", 8, 120, **hdf5plugin.Blosc("zstd", 5, 0)),
        chunk("blosc of bits", 8, 260, **hdf5plugin.Blosc("lz4", 5, 2)),
        chunk("blosc of noise", 2, 40, is_noise=True, **hdf5plugin.Blosc("lz4", 5, 1)),
        chunk("lz4", 4, 300, **hdf5plugin.LZ4(nbytes=500)),
        chunk("lz4 of noise", 2, 40, is_noise=True, **hdf5plugin.LZ4(nbytes=32)),
        chunk("zstd", 8, 100, **hdf5plugin.Zstd(3)),
        chunk("fletcher32, zstd", 2, 200, fletcher32=True, **hdf5plugin.Zstd(3)),
        chunk("bitshuffle", 2, 43, **hdf5plugin.Bitshuffle(cname="none")),
        chunk(
            "bitshuffle of small blocks", 4, 41, **hdf5plugin.Bitshuffle(nelems=16, cname="none")
        ),
        chunk("bitshuffle lz4", 8, 301, **hdf5plugin.Bitshuffle(nelems=64, cname="lz4")),
        chunk("bitshuffle lz4, fewer than a block", 2, 301, **hdf5plugin.Bitshuffle(cname="lz4")),
        chunk("bitshuffle zstd", 4, 1003, **hdf5plugin.Bitshuffle(nelems=512, cname="zstd")),
        chunk("bitshuffle of fewer values than it can", 8, 5, **hdf5plugin.Bitshuffle(cname="lz4")),
    ]
    (Path(__file__).parent / "chunks.h").write_text(HEAD + "".join(chunks) + TAIL)


if __name__ == "__main__":
    main()
