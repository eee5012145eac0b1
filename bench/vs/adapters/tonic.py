# SPDX-License-Identifier: Apache-2.0
"""tonic: one structured NumPy array."""

import numpy as np
from tonic.io import read_mnist_file

FORMATS = ("nmnist",)
DTYPE = np.dtype([("x", int), ("y", int), ("t", int), ("p", int)])  # that of its N-MNIST data set


def load(path, _file_format):
    return read_mnist_file(path, DTYPE)


def columns(events):
    return events["x"], events["y"], events["t"], events["p"]
