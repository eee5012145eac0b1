# SPDX-License-Identifier: Apache-2.0
"""expelliarmus: one structured NumPy array."""

from expelliarmus import Wizard

FORMATS = ("evt2", "evt3", "dat")


def load(path, file_format):
    return Wizard(encoding=file_format, fpath=path).read()


def columns(events):
    return events["x"], events["y"], events["t"], events["p"]
