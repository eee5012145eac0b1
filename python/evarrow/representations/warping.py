# SPDX-License-Identifier: Apache-2.0
"""Images of events moved along a model of motion, and how sharp they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from evarrow import _core
from evarrow.representations.making import check_choice, make, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from numpy.typing import ArrayLike, NDArray

    from evarrow.events import Events
    from evarrow.representations.making import Making

__all__ = ["contrast", "warped_image"]

Model: TypeAlias = Literal["translation", "affine", "rotation", "homography", "flow"]
_MODELS = ("translation", "affine", "rotation", "homography", "flow")
Objective: TypeAlias = Literal[
    "variance",
    "mean_square",
    "exponential",
    "gradient",
    "maximum",
    "inverse_exponential",
    "area",
    "entropy",
]
_OBJECTIVES = get_args(Objective)
_STEP = 0.1  # how many events wide the step of "area" is


def warped_image(
    events: Events,
    motion: ArrayLike,
    *,
    model: Model = "translation",
    camera: Sequence[float] | None = None,
    reference: Literal["first", "middle", "last"] = "last",
    kernel: Literal["bilinear", "nearest"] = "bilinear",
    polarity: Literal["merged", "signed"] = "merged",
    **options: Unpack[Making],
) -> Any:
    """Count events where they would be at one time, if they moved as the model says.

    With dt the seconds from the time of reference to an event at x, it goes to

    - translation: ``x - v dt``; motion is v, 2 values, pixels a second
    - affine: ``x - (v + A (x - c)) dt`` about the middle c of the sensor; v and the rows of A
    - rotation: ``K exp(-[w] dt) K^-1 x``; w, 3 values, radians a second
    - homography: ``(I - G dt) x`` in homogeneous pixels; 8 values, the rows of G but its last
    - flow: ``x - flow[y, x] dt``; an array of shape (height, width, 2), pixels a second

    Parameters
    ----------
    events : path, Recording, Polars frame, Arrow stream or columns
        Where the events come from.
    motion : array_like of float
        The parameters of the model.
    model : {"translation", "affine", "rotation", "homography", "flow"}
        The model.
    camera : (float, float, float, float), optional
        fx, fy, cx and cy, pixels; of "rotation".
    reference : {"first", "middle", "last"}
        The time of reference: of the first or the last event, or between them.
    kernel : {"bilinear", "nearest"}
        Whether an event is shared out to four pixels or given to one.
    polarity : {"merged", "signed"}
        Whether OFF counts 1 or -1.
    **options
        Windows, resolution, type and memory; see `Making`.

    Returns
    -------
    ndarray of float64, shape ([windows,] 1, height, width), or DataFrame
        What moves out of the sensor is left out.

    References
    ----------
    Gallego et al., A Unifying Contrast Maximization Framework for Event Cameras, CVPR 2018.

    Examples
    --------
    >>> ev.representations.warped_image(path, (100, 0)).shape
    (1, 48, 64)
    """
    check_choice("model", model, _MODELS)
    check_choice("reference", reference, ("first", "middle", "last"))
    check_choice("kernel", kernel, ("bilinear", "nearest"))
    check_choice("polarity", polarity, ("merged", "signed"))
    return _warp(
        events,
        motion,
        (model, camera, reference, kernel == "bilinear", polarity == "signed"),
        options,
        gradient=False,
    )


def contrast(
    events: Events,
    motion: ArrayLike,
    *,
    objective: Objective = "variance",
    threshold: float = 0.5,
    model: Model = "translation",
    camera: Sequence[float] | None = None,
    reference: Literal["first", "middle", "last"] = "last",
    polarity: Literal["merged", "signed"] = "merged",
    **options: Unpack[Making],
) -> tuple[Any, NDArray[Any]]:
    """Say how sharp the image of warped events is, and how that changes with the motion.

    Parameters
    ----------
    events, motion, model, camera, reference, polarity, **options
        As of `warped_image`.
    objective : str
        What to take of an image I, so that more is sharper:

        - "variance": ``mean((I - mean(I)) ** 2)``
        - "mean_square": ``mean(I ** 2)``
        - "exponential": ``mean(exp(I))``
        - "gradient": the mean square of the differences between neighbours in x and in y
        - "maximum": ``max(I)``, whose gradient is that of the first pixel that has it
        - "inverse_exponential": ``mean(exp(-I))``
        - "area": the share of pixels above `threshold`, negated, over a smooth step:
          ``-mean(1 / (1 + exp((threshold - I) / 0.1)))``
        - "entropy": that of where the events are, negated: ``sum(q * log(q))`` with ``q = I /
          sum(I)``; 0 without events. Not of a signed image.
    threshold : float
        Of "area", events.

    Returns
    -------
    value : float, or ndarray of float64, shape (windows,)
        To be maximised.
    gradient : ndarray of float64, shape ([windows,] parameters)
        The derivatives by the motion, exact but for pixels that events cross; of no columns for
        "flow".

    References
    ----------
    Gallego et al., Focus Is All You Need: Loss Functions for Event-based Vision, CVPR 2019.
    Stoffregen and Kleeman, Event Cameras, Contrast Maximization and Reward Functions: An Analysis,
    CVPR 2019.

    Examples
    --------
    >>> value, gradient = ev.representations.contrast(path, (100, 0))
    >>> gradient.shape
    (2,)
    """
    check_choice("objective", objective, _OBJECTIVES)
    check_choice("model", model, _MODELS)
    check_choice("reference", reference, ("first", "middle", "last"))
    check_choice("polarity", polarity, ("merged", "signed"))
    refuse(options, ("sparse", "out", "dtype"), "their contrast")
    if objective == "entropy" and polarity == "signed":
        message = 'the entropy is of images that are not signed: give polarity="merged"'
        raise ValueError(message)
    images = _warp(
        events,
        motion,
        (model, camera, reference, True, polarity == "signed"),
        options,
        gradient=True,
    )
    return _score(images, objective, threshold)


def _score(images: NDArray[Any], objective: str, threshold: float) -> tuple[Any, NDArray[Any]]:
    """Return the values and their gradients, of images that have their slopes behind them."""
    import numpy as np

    image, slopes = images[..., :1, :, :], images[..., 1:, :, :]
    pixels = (-2, -1)
    if objective == "gradient":
        value = sum(np.square(np.diff(image, axis=axis)).sum(axis=pixels) for axis in pixels)
        slope = sum(
            2 * (np.diff(image, axis=axis) * np.diff(slopes, axis=axis)).sum(axis=pixels)
            for axis in pixels
        )
        n = image.shape[-1] * image.shape[-2]
        return np.asarray(value)[..., 0] / n, np.asarray(slope) / n
    if objective == "maximum":
        flat = image.reshape(*image.shape[:-2], -1)
        first = flat.argmax(axis=-1, keepdims=True)
        slope = np.take_along_axis(slopes.reshape(*slopes.shape[:-2], -1), first, axis=-1)
        return flat.max(axis=-1)[..., 0], slope[..., 0]
    if objective == "entropy":
        whole = image.sum(axis=pixels, keepdims=True)
        share = image / np.where(whole > 0, whole, 1)
        logarithm = np.log(np.where(share > 0, share, 1))
        entropy = (share * logarithm).sum(axis=pixels, keepdims=True)
        weight = np.where(image > 0, logarithm - entropy, 0) / np.where(whole > 0, whole, 1)
        return entropy[..., 0, 0, 0], (weight * slopes).sum(axis=pixels)
    values, weight = _of_pixels(image, objective, threshold)
    return values.mean(axis=pixels)[..., 0], (weight * slopes).mean(axis=pixels)


def _of_pixels(image: NDArray[Any], objective: str, threshold: float) -> tuple[Any, Any]:
    """Return what an objective takes the mean of, and the derivative of that by the image."""
    import numpy as np

    if objective == "variance":
        centred = image - image.mean(axis=(-2, -1), keepdims=True)
        return np.square(centred), 2 * centred
    if objective == "mean_square":
        return np.square(image), 2 * image
    if objective == "area":
        # 1 / (1 + exp(-2 a)) is (1 + tanh(a)) / 2, which does not overflow.
        above = np.tanh((image - threshold) / (2 * _STEP))
        return -(1 + above) / 2, -(1 - above * above) / (4 * _STEP)
    sign = 1 if objective == "exponential" else -1
    values = np.exp(sign * image)
    return values, sign * values


def _warp(
    events: Events, motion: ArrayLike, how: tuple[Any, ...], options: Any, *, gradient: bool
) -> Any:
    import numpy as np

    model, camera, reference, bilinear, signed = how
    values = np.asarray(motion, np.float64)
    if model == "rotation" and (camera is None or len(camera) != 4):
        message = "a rotation needs camera=(fx, fy, cx, cy)"
        raise ValueError(message)
    if model != "flow" and not np.isfinite(values).all():
        message = f"motion must be finite, not {values.tolist()}"
        raise ValueError(message)
    if model == "flow" and (values.ndim != 3 or values.shape[2] != 2):
        message = f"a flow must be of shape (height, width, 2), not {values.shape}"
        raise ValueError(message)
    flow = values.astype(np.float32).reshape(-1) if model == "flow" else np.empty(0, np.float32)
    parameters = [] if model == "flow" else values.reshape(-1).tolist()
    focal = [float(value) for value in camera or (1, 1, 0, 0)]
    return make(
        events,
        lambda w, h: _core.warped_image(
            w, h, model, parameters, focal, flow, reference, bilinear, signed, gradient
        ),
        ("channel", "y", "x"),
        options,
    )
