# SPDX-License-Identifier: Apache-2.0
"""`python -m evarrow` is the command `evarrow`."""

from __future__ import annotations

from evarrow.cli import main

if __name__ == "__main__":
    main(prog_name="evarrow")
