# SPDX-License-Identifier: Apache-2.0
"""Representations: from events to dense arrays ``([windows,] ..., height, width)``.

Every function takes anything that holds events. A recording is decoded and accumulated in one
pass, without a table of events in between.
"""

from __future__ import annotations

from evarrow.representations.averages import average_timestamps, averaged_time_surface, cstr
from evarrow.representations.counts import (
    count_image,
    event_difference,
    event_histogram,
    stacked_histogram,
)
from evarrow.representations.cutting import Windowing
from evarrow.representations.graphs import graph, point_set
from evarrow.representations.hardware import hardware_difference, hardware_histogram
from evarrow.representations.intensity import contrast_map, integrated_image
from evarrow.representations.kernels import smooth_voxel_grid, spike_tensor
from evarrow.representations.making import Making, Storing
from evarrow.representations.pictures import (
    bina_rep,
    decayed_image,
    edge_map,
    leaky_surface,
    tencode,
    time_decay,
)
from evarrow.representations.prototypes import (
    learn_prototypes,
    local_time_surfaces,
    nearest_prototypes,
)
from evarrow.representations.smaller import block_mean
from evarrow.representations.stacks import ergo12, event_stack, mixed_density_stack
from evarrow.representations.surfaces import (
    rank_image,
    speed_invariant_surface,
    time_surface,
    timestamp_image,
    tore,
)
from evarrow.representations.voxels import voxel_grid
from evarrow.representations.warping import contrast, warped_image

__all__ = [
    "Making",
    "Storing",
    "Windowing",
    "average_timestamps",
    "averaged_time_surface",
    "bina_rep",
    "block_mean",
    "contrast",
    "contrast_map",
    "count_image",
    "cstr",
    "decayed_image",
    "edge_map",
    "ergo12",
    "event_difference",
    "event_histogram",
    "event_stack",
    "graph",
    "hardware_difference",
    "hardware_histogram",
    "integrated_image",
    "leaky_surface",
    "learn_prototypes",
    "local_time_surfaces",
    "mixed_density_stack",
    "nearest_prototypes",
    "point_set",
    "rank_image",
    "smooth_voxel_grid",
    "speed_invariant_surface",
    "spike_tensor",
    "stacked_histogram",
    "tencode",
    "time_decay",
    "time_surface",
    "timestamp_image",
    "tore",
    "voxel_grid",
    "warped_image",
]
