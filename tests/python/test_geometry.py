# SPDX-License-Identifier: Apache-2.0
"""Filters that move pixels."""

import h5py
import numpy as np
import polars as pl
import pytest

import evarrow as ev

SIZE = (10, 8)
F = ev.filters


def batch_of(x, y):
    n = len(x)
    return ev.from_arrays(x=x, y=y, t=range(n), polarity=[1] * n)


def every_pixel():
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    return batch_of(x.ravel(), y.ravel())


def image(events, size):
    """The number of the pixel that each pixel's event had; -1 where there is none."""
    out = np.full((size[1], size[0]), -1)
    out[events.y, events.x] = events.t
    return out


PIXELS = np.arange(80).reshape(8, 10)


def test_turns_are_those_of_numpy():
    events = every_pixel()
    assert np.array_equal(image(F.flip_x(events, resolution=SIZE), SIZE), PIXELS[:, ::-1])
    assert np.array_equal(image(F.flip_y(events, resolution=SIZE), SIZE), PIXELS[::-1])
    turned = F.transpose(events, resolution=SIZE)
    assert np.array_equal(image(turned, (8, 10)), PIXELS.T)
    for quarter in range(-3, 5):
        after = SIZE if quarter % 2 == 0 else (8, 10)
        out = F.rotate(events, 90 * quarter, resolution=SIZE)
        assert np.array_equal(image(out, after), np.rot90(PIXELS, quarter))


def test_a_crop_is_a_slice():
    out = F.crop(every_pixel(), (3, 2, 8, 7))
    assert np.array_equal(image(out, (5, 5)), PIXELS[2:7, 3:8])


def test_any_angle_is_about_the_centre():
    events = batch_of([5], [2])
    turned = F.rotate(events, 45, resolution=(11, 11))
    # What is above the centre goes to the left and down.
    assert (turned.x[0], turned.y[0]) == (3, 3)
    back = F.rotate(turned, -45, resolution=(11, 11))
    assert (back.x[0], back.y[0]) == (5, 2)


def test_a_rotation_may_keep_all_events():
    events = every_pixel()
    assert len(F.rotate(events, 30, resolution=SIZE)) < len(events)
    pipeline = ev.Pipeline([F.Rotate(30, expand=True), F.FlipX()], resolution=SIZE)
    out = pipeline(events)
    assert len(out) == len(events)
    assert out.x.min() >= 0
    assert out.x.max() < 13
    # By an angle of nothing, nothing is done.
    assert np.array_equal(image(F.rotate(events, 0, resolution=SIZE), SIZE), PIXELS)
    assert np.array_equal(image(F.rotate(events, 360, resolution=SIZE), SIZE), PIXELS)


def test_what_leaves_the_sensor_is_left_out_and_counted():
    shift = ev.Pipeline([F.Affine([[1, 0, 4], [0, 1, 0]])], resolution=SIZE)
    out = shift(every_pixel())
    assert np.array_equal(image(out, SIZE)[:, 4:], PIXELS[:, :6])
    counts = shift.counts[0]
    assert (counts.name, counts.events_in, counts.events_out, counts.outside) == (
        "affine",
        80,
        48,
        0,
    )


def test_affine_maps_and_homographies_agree():
    matrix = [[0.9, 0.2, 1.5], [-0.1, 1.1, -0.5]]
    events = every_pixel()
    one = F.affine(events, matrix, resolution=SIZE)
    two = F.homography(events, [*matrix, [0, 0, 1]], resolution=SIZE)
    assert np.array_equal(image(one, SIZE), image(two, SIZE))
    x, y = events.x.astype(float), events.y.astype(float)
    to_x = np.floor(0.9 * x + 0.2 * y + 1.5 + 0.5)
    to_y = np.floor(-0.1 * x + 1.1 * y - 0.5 + 0.5)
    inside = (to_x >= 0) & (to_x < 10) & (to_y >= 0) & (to_y < 8)
    assert one.t.tolist() == np.flatnonzero(inside).tolist()
    assert one.x.tolist() == to_x[inside].tolist()
    assert one.y.tolist() == to_y[inside].tolist()


def test_rescaling():
    events = every_pixel()
    half = F.rescale(events, 0.5, resolution=SIZE)
    assert half.x.tolist() == (events.x // 2).tolist()
    assert half.y.tolist() == (events.y // 2).tolist()
    to = F.rescale(events, size=(3, 2), resolution=SIZE)
    assert to.x.tolist() == (events.x.astype(int) * 3 // 10).tolist()
    assert to.y.tolist() == (events.y.astype(int) * 2 // 8).tolist()
    uneven = F.rescale(events, (2, 0.25), resolution=SIZE)
    assert (uneven.x.max(), uneven.y.max()) == (18, 1)


def test_a_pipeline_knows_the_sensor_behind_each_filter():
    chain = ev.Pipeline([F.Transpose(), F.FlipX(), F.Rescale(0.5), F.FlipY()], resolution=SIZE)
    out = chain(batch_of([9], [0]))
    # (9, 0) -> (0, 9) -> (7, 9) -> (3, 4) -> (3, 0)
    assert (out.x[0], out.y[0]) == (3, 0)
    cropped = ev.Pipeline([F.Crop((0, 0, 4, 4)), F.FlipX()])
    assert cropped(batch_of([1, 9], [1, 1])).x.tolist() == [2]


CAMERA = [[50.0, 0, 31.5], [0, 52.0, 24], [0, 0, 1]]
LENS = (-0.3, 0.12, 0.001, -0.002, -0.02)


def test_undistorting_by_the_points_it_tells():
    lens = F.Undistort(CAMERA, LENS)
    points = lens.points((64, 48))
    assert points.shape == (48, 64, 2)
    y, x = np.mgrid[:48, :64]
    events = batch_of(x.ravel(), y.ravel())
    out = F.undistort(events, CAMERA, LENS, resolution=(64, 48))
    to = np.floor(points.reshape(-1, 2).astype(float) + 0.5)
    inside = (to >= 0).all(axis=1) & (to[:, 0] < 64) & (to[:, 1] < 48)
    assert out.t.tolist() == np.flatnonzero(inside).tolist()
    assert out.x.tolist() == to[inside, 0].tolist()
    # The same as a map.
    mapped = F.rectify(events, points)
    assert pl.DataFrame(mapped).equals(pl.DataFrame(out))


def test_a_lens_without_distortion_changes_nothing_but_the_camera():
    points = F.Undistort(CAMERA, ()).points((64, 48))
    y, x = np.mgrid[:48, :64]
    assert np.allclose(points, np.stack([x, y], axis=-1), atol=1e-4)
    new = [[25.0, 0, 10], [0, 26.0, 20], [0, 0, 1]]
    points = F.Undistort(CAMERA, (), new_matrix=new).points((64, 48))
    assert np.allclose(points[..., 0], (x - 31.5) / 2 + 10, atol=1e-4)
    turn = [[0, -1, 0], [1, 0, 0], [0, 0, 1]]
    points = F.Undistort(CAMERA, (), rotation=turn).points((64, 48))
    assert np.allclose(points[..., 0], -(y - 24) / 52 * 50 + 31.5, atol=1e-4)


def test_lenses_as_opencv_has_them():
    cv2 = pytest.importorskip("cv2")
    y, x = np.mgrid[:48, :64]
    pixels = np.stack([x, y], axis=-1).reshape(-1, 1, 2).astype(np.float64)
    matrix = np.array(CAMERA)
    want = cv2.undistortPointsIter(
        pixels, matrix, np.array(LENS), None, matrix, (cv2.TERM_CRITERIA_COUNT, 100, 1e-12)
    )
    assert np.allclose(
        F.Undistort(CAMERA, LENS).points((64, 48)).reshape(-1, 1, 2), want, atol=0.01
    )


def test_a_map_may_be_a_file_as_dsec_has_it(tmp_path):
    y, x = np.mgrid[:8, :10]
    places = np.stack([x + 1, y], axis=-1).astype(np.float32)
    places[0, 0] = np.nan
    with h5py.File(tmp_path / "rectify_map.h5", "w") as file:
        file["rectify_map"] = places
    filter_ = F.Rectify(tmp_path / "rectify_map.h5")
    assert filter_(batch_of([0, 1, 9], [0, 0, 0])).x.tolist() == [2]
    assert "10 x 8" in repr(filter_)
    with pytest.raises(ValueError, match="the map is of 10 x 8"):
        F.rectify(every_pixel(), places, resolution=(8, 10))
    with pytest.raises(ValueError, match="shape"):
        F.Rectify(places[..., 0])


def test_recordings_frames_and_columns_are_moved_alike(sample):
    frame = ev.read(sample)
    chain = ev.Pipeline([F.Rotate(10), F.FlipX()], resolution=(64, 48))
    want = chain(frame)
    assert chain(sample).collect().equals(want)
    assert chain(frame.lazy()).collect().equals(want)
    extra = frame.with_columns(number=pl.int_range(pl.len()))
    out = chain(extra)
    assert out.drop("number").equals(want)
    assert out["t"].equals(frame["t"][out["number"]])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: F.Crop((3, 3, 3, 5)), "1 to 32768 pixels"),
        (lambda: F.Rescale(), "one of them alone"),
        (lambda: F.Rescale(2, size=(3, 3)), "one of them alone"),
        (lambda: F.Rescale(-1), "positive number"),
        (lambda: F.Affine([[1, 0, 0]]), "2 rows of 3"),
        (lambda: F.Homography([[1, 0, 0], [0, 1, 0], [0, 0, float("nan")]]), "finite"),
        (lambda: F.Undistort([[1, 1, 0], [0, 1, 0], [0, 0, 1]], ()), "fx 0 cx"),
        (lambda: F.Undistort(CAMERA, (1, 2, 3)), "4, 5 or 8 coefficients"),
        (lambda: F.Undistort(CAMERA, (1, 2, 3), lens="fisheye"), "4 coefficients"),
        (lambda: F.Undistort(CAMERA, (), lens="tele"), "lens must be one of"),
        (lambda: F.flip_x(every_pixel()), "pass resolution="),
    ],
)
def test_options_that_make_no_sense(make, words):
    with pytest.raises(ValueError, match=words):
        make()
