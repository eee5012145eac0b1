# SPDX-License-Identifier: Apache-2.0
"""expelliarmus: one structured NumPy array."""

import bench_adapters
from expelliarmus import Wizard

FORMATS = ("evt2", "evt3", "dat")


def load(path, file_format):
    return Wizard(encoding=file_format, fpath=path).read()


def columns(events):
    return events["x"], events["y"], events["t"], events["p"]


def write(path, file_format):
    events = load(path, file_format)

    def run():
        with bench_adapters.target(file_format) as out:
            Wizard(encoding=file_format).save(out, events)
            return len(events)

    return run
