# SPDX-License-Identifier: Apache-2.0
"""evarrow where the index is known from the load before: what reading a file again costs."""

from bench_adapters.evarrow import FORMATS, columns, load  # noqa: F401
