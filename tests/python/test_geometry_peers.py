# SPDX-License-Identifier: Apache-2.0
"""Pixels and times move where the other libraries move them.

What a library is known to do otherwise is named where it is compared.
"""

import numpy as np
import pytest
from peer_events import dv_store, eventcv_stream, rows_of, tonic_records
from representation_events import SIZE, random_events

from evarrow import filters

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning"),
]

WIDTH, HEIGHT = SIZE
EVENTS = random_events(100_000)
CAMERA = [[60.0, 0, 31], [0, 61.0, 23], [0, 0, 1]]
DISTORTION = (-0.2, 0.05, 0.001, -0.002)
# No whole coordinate goes to the middle of two pixels, which EventCV rounds away from
# 0 and evarrow to the right and down.
AFFINE = [[0.9013, 0.2017, 3.01], [-0.1011, 1.1007, 2.03]]
HOMOGRAPHY = [*AFFINE, [0.001, 0.002, 1]]


def check(one, theirs):
    """`one` moves events as `theirs` are (x, y, t, polarity)."""
    ours = one(EVENTS)
    ours = rows_of(ours["x"], ours["y"], ours["t"], ours["polarity"])
    assert ours.shape[1] > 0
    assert np.array_equal(ours, rows_of(*theirs))


def test_moves_of_eventcv():
    eventcv = pytest.importorskip("eventcv")
    stream = eventcv_stream(EVENTS, SIZE)
    lens = dict(zip(("k1", "k2", "p1", "p2"), DISTORTION, strict=True))
    camera = eventcv.Camera(60.0, 61.0, 31.0, 23.0, **lens)
    size = {"resolution": SIZE}
    for theirs, one in (
        (stream.crop(5, 6, 30, 20), filters.Crop((5, 6, 35, 26))),
        (stream.flip_x(), filters.FlipX(**size)),
        (stream.flip_y(), filters.FlipY(**size)),
        (stream.transpose(), filters.Transpose(**size)),
        (stream.rotate90(1), filters.Rotate(-90, **size)),  # clockwise
        (stream.rotate90(2), filters.Rotate(180, **size)),
        (stream.rotate90(3), filters.Rotate(90, **size)),
        (stream.scale(0.5, 0.5), filters.Rescale(0.5, **size)),
        (stream.resize(40, 30), filters.Rescale(size=(40, 30), **size)),
        (stream.translate(5, -3), filters.Affine([[1, 0, 5], [0, 1, -3]], **size)),
        (stream.warp_affine(AFFINE), filters.Affine(AFFINE, **size)),
        (stream.warp_perspective(HOMOGRAPHY), filters.Homography(HOMOGRAPHY, **size)),
        (stream.undistort(camera), filters.Undistort(CAMERA, DISTORTION, **size)),
        (stream.invert_polarity(), filters.FlipPolarity()),
        (stream.time_shift(77), filters.ScaleTime(1, offset=77)),
        (stream.time_scale(2**0.5), filters.ScaleTime(2**0.5)),
    ):
        check(one, theirs.numpy().T)


def test_halves_of_microseconds_of_eventcv():
    ours = filters.ScaleTime(1.5)(EVENTS)["t"]
    theirs = eventcv_stream(EVENTS, SIZE).time_scale(1.5).numpy()[:, 2].astype(np.int64)
    half = EVENTS["t"] % 2 == 1
    assert np.array_equal(ours[~half], theirs[~half])
    # It rounds halves up, evarrow to the even one.
    assert np.array_equal(theirs[half], EVENTS["t"][half] * 3 // 2 + 1)
    assert np.array_equal(ours[half], theirs[half] // 2 * 2)


def test_lenses_of_dv_processing():
    dv = pytest.importorskip("dv_processing")
    model = dv.camera.DistortionModel.RADIAL_TANGENTIAL
    camera = dv.camera.CameraGeometry(list(DISTORTION), 60.0, 61.0, 31.0, 23.0, SIZE, model)
    left = camera.undistortEvents(dv_store(EVENTS)).numpy()
    # It cuts coordinates off towards 0, where evarrow goes to the nearest pixel.
    points = filters.Undistort(CAMERA, DISTORTION, resolution=SIZE).points(SIZE)
    x, y = np.trunc(points[EVENTS["y"], EVENTS["x"]]).astype(int).T
    inside = (x >= 0) & (x < WIDTH) & (y >= 0) & (y < HEIGHT)
    moved = rows_of(x[inside], y[inside], EVENTS["t"][inside], EVENTS["polarity"][inside])
    theirs = rows_of(left["x"], left["y"], left["timestamp"], left["polarity"])
    assert 0 < theirs.shape[1] < len(EVENTS["t"])
    assert np.array_equal(moved, theirs)


def test_scales_of_dv_processing():
    dv = pytest.importorskip("dv_processing")
    left = dv.scale(dv_store(EVENTS), 2.0, 3.0).numpy()
    one = filters.Rescale((1 / 2, 1 / 3), resolution=SIZE)
    check(one, (left["x"], left["y"], left["timestamp"], left["polarity"]))


def test_moves_of_tonic():
    transforms = pytest.importorskip("tonic.transforms")
    sensor = (WIDTH, HEIGHT, 2)
    for theirs, one in (
        (transforms.Downsample(sensor_size=sensor, spatial_factor=0.5), filters.Downsample(2)),
        (
            transforms.Downsample(sensor_size=sensor, target_size=(20, 16)),
            filters.Rescale(size=(20, 16), resolution=SIZE),
        ),
        (transforms.RandomFlipPolarity(p=1), filters.FlipPolarity()),
        (transforms.CropTime(10_000, 500_000), filters.Box(start=10_000, end=500_001)),
    ):
        left = theirs(tonic_records(EVENTS))
        check(one, (left["x"], left["y"], left["t"], left["p"]))
