# SPDX-License-Identifier: Apache-2.0
"""From an HDF5 file to a plan of where its events are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import h5py  # type: ignore[import-untyped]
import numpy as np

from evarrow import _core
from evarrow.column_names import COLUMNS
from evarrow.errors import FormatError
from evarrow.hdf5.datasets import Column, is_inside, length_of, store
from evarrow.hdf5.layouts import Layout, find_layouts, is_of
from evarrow.hdf5.periods import add_periods
from evarrow.hdf5.pictures import find_cameras, find_frames
from evarrow.hdf5.samples import find_samples
from evarrow.hdf5.times import time_rule

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import IO

    from evarrow.hdf5.pictures import Camera

__all__ = ["make_plan"]

_MOST_TEXT = 65_536  # characters of an attribute


def make_plan(
    source: str | IO[bytes], name: str, options: Mapping[str, Any]
) -> _core.ContainerPlan:
    """Return the plan of an HDF5 file, which the extension module decodes by.

    Raises
    ------
    FormatError
        If it is no HDF5 file, is damaged, or has no events that can be told from others.
    """
    try:
        # No lock: recordings are often on file systems that know none.
        file = h5py.File(source, "r", locking=False)
    except OSError as error:
        raise FormatError(f"{name} {_why_closed(error)}") from None
    with file:
        try:
            return _plan(file, source, options)
        except FormatError as error:
            message = f"{name} cannot be read: {error}"
            raise FormatError(message) from None
        except (KeyError, OSError, OverflowError, RuntimeError, TypeError, ValueError) as error:
            message = f"{name} cannot be read: the HDF5 library says {error}"
            raise FormatError(message) from None


def _why_closed(error: OSError) -> str:
    # Some of such a file could be read, but the library dies of what it does not find.
    cut = re.search(r"truncated file: eof = (\d+).*stored_eof = (\d+)", str(error))
    if cut is None:
        return f"cannot be opened by the HDF5 library: {error}"
    have, want = map(int, cut.groups())
    return (
        f"was cut off: it has {have} of its {want} bytes, and the tables that say where its rows "
        "are may be among those that are missing; copy it again"
    )


def _plan(
    file: h5py.File, source: str | IO[bytes], options: Mapping[str, Any]
) -> _core.ContainerPlan:
    sensor = options.get("sensor")
    cameras = find_cameras(file)
    layout, others = _choose(find_layouts(file, options.get("order")), sensor, cameras)
    kind = _kind(file, layout)
    notes = [f"events of {layout.path}"]
    if others:
        names = ", ".join(other.path for other in others)
        notes.append(f'there are other events in {names}: choose with sensor="{others[0].path}"')
    width, height = _geometry(file, layout, kind, notes)
    fields = _attributes(file)
    samples = find_samples(file, source, layout.path, kind, notes)
    frames = (
        find_frames(cameras, source, layout.path, sensor, notes)
        if kind in {"m3ed", "mvsec"}
        else None
    )
    plan = _core.ContainerPlan(
        format=kind,
        width=width,
        height=height,
        sensor=fields.get("sensor_name", ""),
        serial_number=fields.get("serial_number", ""),
        date=fields.get("date", ""),
        fields=list(fields.items()),
        notes=notes,
    )
    _add_events(plan, file, source, layout, kind, options)
    if kind == "prophesee-hdf5":
        _add_triggers(plan, file, source)
    if samples is not None:
        samples.add_to(plan)
    if frames is not None:
        frames.add_to(plan)
    return plan


def _choose(
    layouts: list[Layout], sensor: str | None, cameras: list[Camera]
) -> tuple[Layout, list[Layout]]:
    """Return the events that are read, and the others."""
    if not layouts:
        message = (
            "it is an HDF5 file without events: looked for CD/events, for x, y, t and p in any "
            "group, for records with these fields, and for tables of four columns"
        )
        raise FormatError(message)
    layouts = sorted(layouts, key=lambda one: not is_of(one.path, sensor))
    paths = [layouts[0].path, *(camera.path for camera in cameras)]
    if sensor is not None and not any(is_of(path, sensor) for path in paths):
        known = ", ".join(one.path for one in layouts)
        message = f"there are no events of the sensor {sensor!r} in it, only {known}"
        if cameras:
            message += f", and no frames, only {', '.join(one.path for one in cameras)}"
        raise FormatError(message)
    first = layouts[0]
    if not first.is_known:
        message = (
            f"nothing says which of the four columns of {first.path} is which: "
            'pass order="txyp", "xytp" or whatever it is'
        )
        raise FormatError(message)
    return first, [one for one in layouts[1:] if one.is_known]


def _kind(file: h5py.File, layout: Layout) -> str:
    """Return the name of the format."""
    path = layout.path.strip("/")
    t = layout.columns["t"]
    if path == "CD/events" and t.field is not None:
        return "prophesee-hdf5"
    if layout.is_table:
        return "mvsec" if path.startswith("davis/") else "hdf5"
    if path.startswith("prophesee/"):
        return "m3ed"
    if path == "events" and ("ms_to_idx" in file or "t_offset" in file):
        return "dsec"
    if path == "events" and t.dataset.name == "/events/ts" and t.dtype.kind == "f":
        return "monash"
    return "hdf5"


def _add_events(
    plan: _core.ContainerPlan,
    file: h5py.File,
    source: str | IO[bytes],
    layout: Layout,
    kind: str,
    options: Mapping[str, Any],
) -> None:
    columns = [layout.columns[name] for name in COLUMNS]
    usual = {"mvsec": "s", "monash": "s"}.get(kind, layout.unit)
    offset = _number(file.get("t_offset")) if kind == "dsec" else None
    stored = store(columns, source)
    rule = time_rule(
        layout.columns["t"], wanted=options.get("t_unit"), usual=usual, offset=offset or 0
    )
    plan.add_stream("events", length_of(columns[0].dataset) or 0, *stored, rule)
    if rule[1:] == (1, 1):
        add_periods(plan, file, source, layout.path, kind, rule[0])


def _add_triggers(plan: _core.ContainerPlan, file: h5py.File, source: str | IO[bytes]) -> None:
    triggers = file.get("EXT_TRIGGER/events")
    if not isinstance(triggers, h5py.Dataset) or not is_inside(file, triggers):
        return
    if not {"t", "id", "p"} <= set(triggers.dtype.names or ()):
        return
    columns = [Column(triggers, name) for name in ("t", "id", "p")]
    plan.add_stream("triggers", length_of(triggers) or 0, *store(columns, source), (0, 1, 1))


def _number(value: Any) -> int | None:
    """Return the whole number that a dataset or attribute of one value holds."""
    if isinstance(value, h5py.Dataset):
        value = value[()] if value.size == 1 else None
    if value is None or np.size(value) != 1:
        return None
    number = np.asarray(value).reshape(())
    return int(number) if number.dtype.kind in "iuf" and np.isfinite(number) else None


def _attributes(file: h5py.File) -> dict[str, str]:
    """Return the attributes of the file as texts."""
    fields = {}
    for key in file.attrs:
        try:
            value = file.attrs[key]
        except (OSError, TypeError, ValueError):
            continue  # of a type that h5py does not know
        text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
        fields[str(key)] = text[:_MOST_TEXT]
    return fields


def _geometry(file: h5py.File, layout: Layout, kind: str, notes: list[str]) -> tuple[int, int]:
    """Return width and height, 0 where nothing tells them."""
    found = _geometry_in(file, layout)
    if found is None and kind in {"m3ed", "mvsec"}:
        found = {"m3ed": (1280, 720), "mvsec": (346, 260)}[kind]
        notes.append("the geometry is that of the sensors of the data set")
    if found is None:
        return 0, 0
    width, height = found
    if 0 < width <= 32767 and 0 < height <= 32767:
        return width, height
    notes.append(f"the geometry {width}x{height} cannot be true and is left out")
    return 0, 0


def _geometry_in(file: h5py.File, layout: Layout) -> tuple[int, int] | None:
    groups = [file]
    parent = file[layout.path]
    groups += [parent if isinstance(parent, h5py.Group) else parent.parent, file.get("events")]
    for group in groups:
        if group is None:
            continue
        places = [group.attrs, *([group] if isinstance(group, h5py.Group) else [])]
        for place in places:
            width, height = _number(_get(place, "width")), _number(_get(place, "height"))
            if width is not None and height is not None:
                return width, height
    text = file.attrs.get("geometry")
    if text is not None:
        parts = str(text.decode() if isinstance(text, bytes) else text).lower().split("x")
        if len(parts) == 2 and all(part.strip().isdecimal() for part in parts):
            return int(parts[0]), int(parts[1])
    size = file.attrs.get("sensor_resolution")
    if size is not None and np.size(size) >= 2:
        height, width = (int(one) for one in np.ravel(size)[:2])
        return width, height
    size = file.get(f"{layout.path}/calib/resolution")
    if isinstance(size, h5py.Dataset) and size.size == 2:
        width, height = (int(one) for one in np.ravel(size[()]))
        return width, height
    return None


def _get(place: Any, key: str) -> Any:
    return place.get(key) if key in place else None
