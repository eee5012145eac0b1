# SPDX-License-Identifier: Apache-2.0
"""evarrow with one thread."""

from bench_adapters.evarrow import FORMATS, columns, prepare  # noqa: F401

import evarrow as ev


def load(path, _file_format):
    return ev.read(path, threads=1)
