# SPDX-License-Identifier: Apache-2.0
"""Running commands in this process."""

import json

import words
from click.testing import CliRunner

from evarrow.cli import main


def run(*args, **more):
    return CliRunner().invoke(main, [str(arg) for arg in args], **more)


def lines_of(result):
    """What a command printed with --json."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def clock_reset():
    """A recording whose clock goes back by a second after its first 1000 events."""
    x, y, t, polarity = words.known(1000)
    sound = words.evt2_words(x, y, t + 1_000_000, polarity)
    return words.EVT2_HEADER + sound + words.evt2_words(x, y, t, polarity)
