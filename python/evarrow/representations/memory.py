# SPDX-License-Identifier: Apache-2.0
"""The memory that arrays are put into: NumPy's, or somebody else's."""

from __future__ import annotations

from typing import Any

__all__ = ["array_to_fill"]


def array_to_fill(out: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """Return a NumPy array of that shape and type: a new one, or a view of `out`.

    Raises
    ------
    TypeError
        If `out` is nothing whose memory can be looked at.
    ValueError
        If it is of another shape or type, or cannot be written into.
    """
    import numpy as np

    if out is None:
        return np.empty(shape, dtype)
    array = out if isinstance(out, np.ndarray) else _view(out)
    if array.shape != shape or array.dtype != dtype:
        message = f"out must be of shape {shape} and {dtype}, not {array.shape} and {array.dtype}"
        raise ValueError(message)
    if not array.flags.c_contiguous or not array.flags.writeable:
        message = "out must be C-contiguous, aligned and writeable"
        raise ValueError(message)
    return array


def _view(out: Any) -> Any:
    """Return the memory of something that is no NumPy array as one."""
    import numpy as np

    kind = type(out).__name__
    try:
        return np.asarray(memoryview(out))
    except TypeError:
        pass
    try:
        if hasattr(out, "__dlpack__"):
            return np.from_dlpack(out)
        if hasattr(out, "__array__"):
            array = np.asarray(out)
            # What makes an array anew for each that asks would keep nothing of this one.
            if np.shares_memory(array, np.asarray(out)):
                return array
    except (BufferError, RuntimeError, TypeError, ValueError) as error:
        message = f"out, a {kind}, does not give its memory away: {error}"
        raise TypeError(message) from error
    message = (
        "out must be a NumPy array, or something whose memory NumPy can look at, such as a tensor "
        f"of torch on the CPU, not a {kind}"
    )
    raise TypeError(message)
