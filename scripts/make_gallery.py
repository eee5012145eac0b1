#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws docs/gallery.md: a picture of every filter and every representation.

    python scripts/make_gallery.py [--out docs]

It goes through what `evarrow.filters` and `evarrow.representations` have. What needs options gets
those of OPTIONS or, for what is not there, values that suit the names of its parameters.
"""

import argparse
import inspect
import pathlib
import tempfile
import warnings

import numpy as np
from matplotlib import colormaps
from PIL import Image, ImageDraw

import evarrow as ev

SIZE = (160, 120)
SPAN = (20_000, 50_000)  # us
CAMERA = [[110.0, 0, 80], [0, 110.0, 60], [0, 0, 1]]
SHEAR = [[1.0, 0.3, -18.0], [0.0, 0.9, 6.0]]
KEYSTONE = [[1.0, 0.2, 0.0], [0.0, 1.1, 0.0], [0.0, 0.002, 1.0]]

# Options by name; events are always there. `other` and `map` are made from the recording.
OPTIONS = {
    "add_noise": {"rate": 20.0},
    "affine": {"matrix": SHEAR},
    "box": {"region": (30, 20, 130, 100)},
    "center_crop": {"size": (100, 80)},
    "crop": {"region": (60, 20, 160, 100)},
    "differentiate": {"block": 4, "step": "5ms"},
    "downsample": {"block": 4, "step": "5ms"},
    "drop_area": {"share": 0.4, "seed": 2},
    "drop_events": {"share": 0.7},
    "event_drop": {"seed": 1},
    "fast_decay": {"threshold": 3.0},
    "graph": {"radius": 8, "scale": 1e-3, "neighbours": 2},
    "hot_pixels": {"threshold": 3.0},
    "homography": {"matrix": KEYSTONE},
    "local_time_surfaces": {"radius": 20, "tau": "5ms", "points": 4},
    "point_set": {"points": 2000},
    "integrate": {"block": 4, "step": "5ms", "threshold": 4},
    "random_crop": {"size": (100, 80), "seed": 1},
    "random_rotate": {"degrees": 30, "seed": 3},
    "rescale": {"factor": 0.5},
    "rotate": {"angle": 30},
    "scale_time": {"factor": 0.5, "offset": "15ms"},
    "spatial_jitter": {"deviation": 2.0},
    "time_jitter": {"deviation": "3ms"},
    "undistort": {"matrix": CAMERA, "distortion": (-0.35, 0.15, 0.0, 0.0)},
}
# What suits a parameter, by its name, where the above says nothing.
VALUES = {
    "angle": 30,
    "bins": 5,
    "chance": 1.0,
    "count": 2,
    "decay": "10ms",
    "duration": "2ms",
    "every": "1ms",
    "factor": 2,
    "frequency": 200.0,
    "half_life": "2ms",
    "high": 500.0,
    "limit": 5,
    "low": 50.0,
    "motion": (300.0, 0.0),
    "n": 2,
    "period": "2ms",
    "rate": 1_000_000,
    "region": (30, 20, 130, 100),
    "regions": [(0, 0, 50, 120), (110, 0, 160, 120)],
    "share": 0.3,
    "size": (100, 80),
    "tau": "5ms",
    "threshold": 2,
    "vertices": [(80, 10), (150, 110), (10, 110)],
    "window": "2ms",
}
TEXTS = {"other": "other", "map": "map", "pixels": "pixels", "filter": "ev.filters.FlipX()"}


def recording(folder: pathlib.Path) -> pathlib.Path:
    path = folder / "rec.raw"
    ev.sample(path, duration="60ms", resolution=SIZE, seed=4)
    return path


def options_of(name: str, thing: object, path: pathlib.Path) -> dict:
    """Options for what has to be given; KeyError for a parameter of which nothing is known."""
    if name in OPTIONS:
        return OPTIONS[name]
    made = {
        "other": lambda: ev.filters.flip_x(part(path), resolution=SIZE),
        "map": lambda: ev.filters.Undistort(CAMERA, (0.3, 0.0, 0.0, 0.0)).points(SIZE),
        "filter": lambda: ev.filters.FlipX(resolution=SIZE),
        "pixels": lambda: np.indices(SIZE[::-1]).sum(0) // 20 % 2,
    }
    out = {}
    for parameter in inspect.signature(thing).parameters.values():
        if parameter.name == "events" or parameter.default is not parameter.empty:
            continue
        if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            continue
        key = parameter.name
        out[key] = made[key]() if key in made else VALUES[key]
    return out | ({"chance": 1.0} if name == "maybe" else {})


def part(path: pathlib.Path) -> object:
    return ev.read(path, start=SPAN[0], end=SPAN[1])


def colours(values: np.ndarray) -> np.ndarray:
    """RGB of an array: red to blue around white if it has negative values, else white to black."""
    values = np.nan_to_num(np.asarray(values, float))
    sizes = np.abs(values[values != 0])
    most = np.quantile(sizes, 0.9, method="higher") if sizes.size else 1.0
    if (values < 0).any():
        return colormaps["RdBu"](values / most / 2 + 0.5)[..., :3]
    return colormaps["Greys"](values / most)[..., :3]


def sums(rows: np.ndarray, columns: np.ndarray, on: np.ndarray, shape: tuple) -> np.ndarray:
    out = np.zeros(shape)
    inside = (rows >= 0) & (rows < shape[0]) & (columns >= 0) & (columns < shape[1])
    np.add.at(out, (rows[inside], columns[inside]), np.where(on, 1, -1)[inside])
    return np.clip(out, -3, 3)


def picture_of_events(frame: object) -> np.ndarray:
    """The pixels, and beside them y over time."""
    x, y, p = (frame[name].to_numpy().astype(int) for name in ("x", "y", "polarity"))
    t = (frame["t"].to_physical().to_numpy() - SPAN[0]) * 100 // (SPAN[1] - SPAN[0])
    width, height = SIZE
    panels = (
        sums(y, x, p > 0, (height, width)) / 6,
        sums(y, t, p > 0, (height, 100)) / 6,
    )
    left, right = (colormaps["RdBu"](panel + 0.5)[..., :3] for panel in panels)
    return np.concatenate([left, np.full((height, 4, 3), 0.8), right], axis=1)


def picture_of_array(array: object) -> np.ndarray:
    """The channels side by side, four at most."""
    values = np.asarray(array)
    channels = values.reshape(-1, *values.shape[-2:])
    step = -(-len(channels) // 4)
    rgb = list(colours(channels[::step]))
    gap = np.full((values.shape[-2], 4, 3), 0.8)
    return np.concatenate([piece for one in rgb for piece in (one, gap)][:-1], axis=1)


def picture_of_edges(table: object, events: object) -> np.ndarray:
    """Lines between the pixels of neighbours, four times as large."""
    picture = Image.new("RGB", (4 * SIZE[0], 4 * SIZE[1]), "white")
    pen = ImageDraw.Draw(picture)
    places = events.select("x", "y").to_numpy().astype(int) * 4 + 2
    for source, target in table.select("source", "target").rows():
        pen.line([*places[source], *places[target]], fill=(40, 90, 160))
    return np.asarray(picture) / 255


def picture_of_points(points: np.ndarray, events: object) -> np.ndarray:  # noqa: ARG001
    """The points as seen from the front, and from the side with time going right."""
    width, height = SIZE
    x, y, t, p = points.T
    rows = np.rint(y * (height - 1)).astype(int)
    columns = (np.rint(x * (width - 1)).astype(int), (t * 99).astype(int))
    panels = [
        sums(rows, column, p > 0, (height, size)) / 2
        for column, size in zip(columns, (width, 100), strict=True)
    ]
    front, side = (colormaps["RdBu"](panel / 3 + 0.5)[..., :3] for panel in panels)
    return np.concatenate([front, np.full((height, 4, 3), 0.8), side], axis=1)


def picture_of_surfaces(surfaces: np.ndarray, events: object) -> np.ndarray:  # noqa: ARG001
    return picture_of_array(surfaces.repeat(3, axis=1).repeat(3, axis=2))


# What has no pixels of the sensor.
DRAWN = {
    "graph": picture_of_edges,
    "local_time_surfaces": picture_of_surfaces,
    "point_set": picture_of_points,
}


def save(path: pathlib.Path, rgb: np.ndarray) -> None:
    if rgb.shape[1] < 400:
        rgb = rgb.repeat(2, axis=0).repeat(2, axis=1)
    picture = Image.fromarray(np.ascontiguousarray(rgb * 255 + 0.5).astype(np.uint8))
    picture.quantize(64).save(path, optimize=True)


def call_of(module: str, name: str, options: dict) -> str:
    shown = (f"{key}={TEXTS.get(key, repr(value))}" for key, value in options.items())
    return f"ev.{module}.{name}({', '.join(['events', *shown])})"


def sensor_of(name: str, function: object) -> dict:
    knows = name == "rectify" or "resolution" not in inspect.signature(function).parameters
    return {} if knows else {"resolution": SIZE}


def draw_filters(path: pathlib.Path, folder: pathlib.Path) -> list[tuple[str, str | None]]:
    events = part(path)
    save(folder / "events.png", picture_of_events(events))
    out = []
    for name in sorted(ev.filters.__all__):
        function = getattr(ev.filters, name)
        if not inspect.isfunction(function) or not name.islower():
            continue
        try:
            options = options_of(name, function, path)
            filtered = function(events, **options, **sensor_of(name, function))
        except (KeyError, TypeError, ValueError) as error:
            print(f"no picture of {name}: {error!r}")
            out.append((f"ev.filters.{name}(events, ...)", None))
            continue
        save(folder / f"{name}.png", picture_of_events(filtered))
        out.append((call_of("filters", name, options), f"{name}.png"))
    return out


def draw_representations(path: pathlib.Path, folder: pathlib.Path) -> list[tuple[str, str | None]]:
    events = part(path)
    out = []
    for name in sorted(ev.representations.__all__):
        function = getattr(ev.representations, name)
        if not inspect.isfunction(function):
            continue
        call = f"ev.representations.{name}(events, ...)"
        try:
            options = options_of(name, function, path)
            array = function(events, **options, resolution=SIZE)
            values = np.asarray(array)
            picture = DRAWN[name](array, events) if name in DRAWN else None
        except (KeyError, TypeError, ValueError) as error:
            print(f"no picture of {name}: {error!r}")
            out.append((call, None))
            continue
        if picture is None:
            if values.ndim < 2 or values.shape[-2:] != SIZE[::-1]:
                out.append((call, None))
                continue
            picture = picture_of_array(values)
        save(folder / f"array_{name}.png", picture)
        out.append((call_of("representations", name, options), f"array_{name}.png"))
    return out


INTRODUCTION = f"""# Gallery

Every filter and representation, on {(SPAN[1] - SPAN[0]) // 1000} ms of a made-up recording.
ON is blue, OFF is red. This page and its pictures are made by `python scripts/make_gallery.py`.

```python
import evarrow as ev

ev.sample("small.raw", duration="60ms", resolution=(160, 120), seed=4)
events = ev.read("small.raw", start="20ms", end="50ms")
```

Frames know no resolution: `resolution=(160, 120)` is added to each call that needs it.
"""


def page(filters: list, representations: list) -> str:
    lines = [INTRODUCTION]
    lines += ["## Events", "", "On the left the pixels, on the right y over time.", ""]
    lines += ["![events](gallery/events.png)", ""]
    for title, made, words in (
        ("Filters", filters, "What comes out of each, in the same way."),
        ("Representations", representations, "The channels of each side by side, four at most."),
    ):
        lines += [f"## {title}", "", words, ""]
        for call, file in made:
            lines += [f"`{call}`", ""]
            if file:
                title = file.removesuffix(".png").removeprefix("array_")
                lines += [f"![{title}](gallery/{file})", ""]
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default="docs", help="where docs/gallery goes")
    out = parser.parse_args().out
    folder = out / "gallery"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as work, warnings.catch_warnings():
        warnings.simplefilter("ignore", ev.EvarrowWarning)
        path = recording(pathlib.Path(work))
        filters = draw_filters(path, folder)
        representations = draw_representations(path, folder)
    (out / "gallery.md").write_text(page(filters, representations))
    drawn = [file for _, file in filters + representations if file]
    print(f"{len(drawn)} pictures of {len(filters) + len(representations)} functions")


if __name__ == "__main__":
    main()
