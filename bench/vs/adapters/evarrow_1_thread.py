# SPDX-License-Identifier: Apache-2.0
"""evarrow with one thread."""

from bench_adapters import evarrow
from bench_adapters.evarrow import (  # noqa: F401
    FORMATS,
    columns,
    load,
    prepare,
    query,
    stream,
    window,
    write,
)

evarrow.OPTIONS["threads"] = 1
