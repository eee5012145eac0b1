# SPDX-License-Identifier: Apache-2.0
"""Made-up events for files of table libraries."""

import numpy as np
import polars as pl


def events(n, seed=1, step=30):
    """Events up to `step` us apart."""
    rng = np.random.default_rng(seed)
    t = 10**12 + np.cumsum(rng.integers(0, step, n))
    return pl.DataFrame(
        {
            "x": rng.integers(0, 640, n).astype("i2"),
            "y": rng.integers(0, 480, n).astype("i2"),
            "t": pl.Series(t).cast(pl.Duration("us")),
            "polarity": (rng.integers(0, 2, n) * 2 - 1).astype("i1"),
        }
    )
