# SPDX-License-Identifier: Apache-2.0
"""Arguments of filters and representations that are of another type than they should be."""

import dataclasses
import inspect

import numpy as np
import pytest

import evarrow as ev
from evarrow import filters
from evarrow import representations as reps
from evarrow.plain_types import check_plain_types

EVENTS = ev.from_arrays(x=[1, 2], y=[1, 1], t=[0, 10], polarity=[1, -1])
PLAIN = {"int": 2.5, "float": "x", "bool": "yes", "int | None": "x", "float | None": "x"}
"""What is wrong for each annotation."""
SIZED = {"resolution": (4, 3)}
MOTION = {"contrast": {"motion": (0, 0)}, "warped_image": {"motion": (0, 0)}}
REQUIRED = {"Mask": {"pixels": np.ones((3, 4), bool)}}
# Looked at before types are: compared with bounds, or refused without a profile.
LOOKED_AT = (
    *("contrast_on", "contrast_off", "clip", "bits", "points", "neighbours", "threshold"),
    *("cutoff", "step", "downsample"),
)
REPRESENTATIONS = [
    (name, argument.name, argument.annotation)
    for name in reps.__all__
    if inspect.isfunction(getattr(reps, name))
    and name not in ("block_mean", "learn_prototypes", "nearest_prototypes")
    for argument in inspect.signature(getattr(reps, name)).parameters.values()
    if argument.annotation in PLAIN and argument.name not in LOOKED_AT
]
FILTERS = [
    (name, field.name, field.type)
    for name in filters.__all__
    if dataclasses.is_dataclass(getattr(filters, name))
    for field in dataclasses.fields(getattr(filters, name))
    if field.type in PLAIN and field.name not in ("seed", "count", "chance")
]


@pytest.mark.parametrize(("name", "argument", "kind"), REPRESENTATIONS)
def test_representations_name_an_argument_of_another_type(name, argument, kind):
    given = {**SIZED, **MOTION.get(name, {}), argument: PLAIN[kind]}
    with pytest.raises(TypeError, match=rf"^{argument} must be an? \w+, not"):
        getattr(reps, name)(EVENTS, **given)


@pytest.mark.parametrize(("name", "argument", "kind"), FILTERS)
def test_filters_name_an_argument_of_another_type(name, argument, kind):
    make = getattr(filters, name)
    given = {
        field.name: 1
        for field in dataclasses.fields(make)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    with pytest.raises(TypeError, match=rf"^{argument} must be an? \w+, not"):
        make(**{**given, **REQUIRED.get(name, {}), argument: PLAIN[kind]})


def test_what_is_not_a_number_is_refused():
    with pytest.raises(ValueError, match=r"^angle must be a number, not nan"):
        filters.Rotate(float("nan"))
    with pytest.raises(ValueError, match=r"^b must be a number"):
        check_plain_types({"b": "float | None"}, {"b": np.float32("nan")})
    check_plain_types({"b": "float"}, {"b": float("inf")})


def test_numbers_of_numpy_pass():
    kinds = {"a": "int", "b": "float", "c": "bool", "d": "int | None", "e": "Time"}
    values = {"a": np.int16(2), "b": np.float32(1), "c": np.True_, "d": None, "e": "5ms"}
    check_plain_types(kinds, values)
    check_plain_types(kinds, {"b": 3})
    filters.Decimate(np.int64(2))
    assert reps.voxel_grid(EVENTS, np.uint8(2), **SIZED).shape == (2, 3, 4)
