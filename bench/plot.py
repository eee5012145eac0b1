# SPDX-License-Identifier: Apache-2.0
"""Draw rows that vs/run.py kept with --json as bars: python bench/plot.py OUT.svg ROWS.json..."""

from __future__ import annotations

import json
import pathlib
import sys

import matplotlib as mpl
import matplotlib.pyplot as plt

COLUMNS = 2


def main() -> None:
    """Draw."""
    out, *sources = map(pathlib.Path, sys.argv[1:])
    rows = [row for source in sources for row in json.loads(source.read_text()) if "best" in row]
    files = list(dict.fromkeys(row["file"] for row in rows))
    mpl.rcParams |= {"svg.hashsalt": "evarrow", "svg.fonttype": "none"}
    lines = -(-len(files) // COLUMNS)
    figure, axes = plt.subplots(lines, COLUMNS, figsize=(4.5 * COLUMNS, 3 * lines), squeeze=False)
    for axis in axes.flat[len(files) :]:
        axis.set_visible(False)
    for axis, file in zip(axes.flat, files, strict=False):
        mine = sorted((row for row in rows if row["file"] == file), key=lambda row: row["best"])
        speeds = [row["best"] / 1e6 for row in mine]
        ours = ["#1f6f8b" if row["reader"].startswith("evarrow") else "#b0b7bf" for row in mine]
        bars = axis.barh([row["reader"].replace("_", " ") for row in mine], speeds, color=ours)
        axis.bar_label(bars, [f" {speed:.0f}" for speed in speeds], fontsize=8)
        axis.set_xscale("log")
        axis.set_xlim(1, 4000)
        axis.set_title(file, fontsize=9)
        axis.set_xlabel("million events a second", fontsize=8)
        axis.tick_params(labelsize=8)
        axis.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(out, metadata={"Date": None})


if __name__ == "__main__":
    main()
