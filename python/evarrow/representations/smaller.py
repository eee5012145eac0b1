# SPDX-License-Identifier: Apache-2.0
"""Arrays with fewer pixels."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["block_mean"]


def block_mean(array: ArrayLike, block: int = 2) -> NDArray[Any]:
    """Make an array smaller: the mean of each block of pixels.

    RVT takes every second pixel instead, ``array[..., 1::2, 1::2]``.

    Parameters
    ----------
    array : array_like, shape (..., height, width)
        Whatever a representation gives, or any other array.
    block : int
        Side of a block, pixels. What is left over at the right and the bottom is left out.

    Returns
    -------
    ndarray, shape (..., height // block, width // block)
        Of the type of the array if that is a floating point number, else of float32; sums are
        exact up to 2^53.

    Raises
    ------
    ValueError
        If `block` is less than 1 or larger than the array, or there are no pixels.

    References
    ----------
    metavision_ml, how its quantized histogram and difference are made smaller.

    Examples
    --------
    >>> ev.representations.block_mean([[0, 4, 9], [2, 2, 9]]).tolist()
    [[2.0]]
    """
    import numpy as np

    values = np.asarray(array)
    side = operator.index(block)
    if values.ndim < 2 or side < 1 or side > min(values.shape[-2:]):
        message = f"blocks of {block!r} pixels cannot be made of an array of shape {values.shape}"
        raise ValueError(message)
    height, width = (length // side for length in values.shape[-2:])
    shape = (*values.shape[:-2], height, side, width, side)
    blocks = values[..., : height * side, : width * side].reshape(shape)
    dtype = values.dtype if values.dtype.kind == "f" else np.float32
    mean: NDArray[Any] = blocks.mean(axis=(-3, -1), dtype=np.float64).astype(dtype)
    return mean
