# SPDX-License-Identifier: Apache-2.0
"""Filters: from events to fewer or other events, of the kind that came in.

Each filter is a function, ``ev.filters.refractory(events, "1ms")``, and a class for pipelines,
``ev.Pipeline([ev.filters.Refractory("1ms")])(events)``, with the same options. Geometry and the
augmentations for training are filters as well, so that one pipeline holds them all.
"""

from __future__ import annotations

from evarrow.filters.base import Filter, SensorFilter
from evarrow.filters.boxing import Box, box
from evarrow.filters.chance import (
    CenterCrop,
    Maybe,
    RandomCrop,
    RandomRotate,
    center_crop,
    maybe,
    random_crop,
    random_rotate,
)
from evarrow.filters.drops import (
    DropArea,
    DropEvents,
    DropPixels,
    DropTime,
    EventDrop,
    drop_area,
    drop_events,
    drop_pixels,
    drop_time,
    event_drop,
)
from evarrow.filters.geometry import (
    Affine,
    Crop,
    FlipX,
    FlipY,
    Homography,
    Rescale,
    Rotate,
    Transpose,
    affine,
    crop,
    flip_x,
    flip_y,
    homography,
    rescale,
    rotate,
    transpose,
)
from evarrow.filters.jitter import (
    ReverseTime,
    ScaleTime,
    SpatialJitter,
    TimeJitter,
    reverse_time,
    scale_time,
    spatial_jitter,
    time_jitter,
)
from evarrow.filters.lenses import Rectify, Undistort, rectify, undistort
from evarrow.filters.mixing import AddNoise, Mix, add_noise, mix
from evarrow.filters.refractory import Refractory, refractory
from evarrow.filters.seeds import Seeded

__all__ = [
    "AddNoise",
    "Affine",
    "Box",
    "CenterCrop",
    "Crop",
    "DropArea",
    "DropEvents",
    "DropPixels",
    "DropTime",
    "EventDrop",
    "Filter",
    "FlipX",
    "FlipY",
    "Homography",
    "Maybe",
    "Mix",
    "RandomCrop",
    "RandomRotate",
    "Rectify",
    "Refractory",
    "Rescale",
    "ReverseTime",
    "Rotate",
    "ScaleTime",
    "Seeded",
    "SensorFilter",
    "SpatialJitter",
    "TimeJitter",
    "Transpose",
    "Undistort",
    "add_noise",
    "affine",
    "box",
    "center_crop",
    "crop",
    "drop_area",
    "drop_events",
    "drop_pixels",
    "drop_time",
    "event_drop",
    "flip_x",
    "flip_y",
    "homography",
    "maybe",
    "mix",
    "random_crop",
    "random_rotate",
    "rectify",
    "refractory",
    "rescale",
    "reverse_time",
    "rotate",
    "scale_time",
    "spatial_jitter",
    "time_jitter",
    "transpose",
    "undistort",
]
