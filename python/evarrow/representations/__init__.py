# SPDX-License-Identifier: Apache-2.0
"""Representations: from events to dense arrays ``([windows,] ..., height, width)``.

Every function takes anything that holds events. A recording is decoded and accumulated in one
pass, without a table of events in between.
"""

from __future__ import annotations

from evarrow.representations.counts import count_image
from evarrow.representations.cutting import Windowing
from evarrow.representations.making import Making
from evarrow.representations.voxels import voxel_grid

__all__ = ["Making", "Windowing", "count_image", "voxel_grid"]
