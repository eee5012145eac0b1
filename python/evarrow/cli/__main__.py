# SPDX-License-Identifier: Apache-2.0
"""The command line as `python -m evarrow.cli`."""

from __future__ import annotations

from evarrow.cli import main

main(prog_name="evarrow")
