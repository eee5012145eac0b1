# SPDX-License-Identifier: Apache-2.0
"""Filters: from events to fewer or other events, of the kind that came in.

Each filter is a function, ``ev.filters.refractory(events, "1ms")``, and a class for pipelines,
``ev.Pipeline([ev.filters.Refractory("1ms")])(events)``, with the same options.
"""

from __future__ import annotations

from evarrow.filters.base import Filter, SensorFilter
from evarrow.filters.boxing import Box, box
from evarrow.filters.refractory import Refractory, refractory

__all__ = ["Box", "Filter", "Refractory", "SensorFilter", "box", "refractory"]
