# SPDX-License-Identifier: Apache-2.0
"""How good the result of an algorithm is: filters of noise, with labels and without."""

from __future__ import annotations

from evarrow.denoise_scores import Confusion, Sweep, confusion, kept, score, sweep
from evarrow.structural_ratio import esr

__all__ = ["Confusion", "Sweep", "confusion", "esr", "kept", "score", "sweep"]
