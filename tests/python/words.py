# SPDX-License-Identifier: Apache-2.0
"""Recordings written word by word, without evarrow."""

import numpy as np

EVENTS = 200_000
STEP = 10  # microseconds between events

EVT2_HEADER = b"% evt 2.0\n% format EVT2;height=480;width=640\n% geometry 640x480\n% end\n"
EVT3_HEADER = b"% evt 3.0\n% format EVT3;height=720;width=1280\n% geometry 1280x720\n% end\n"
DAT_LINES = b"% Data file containing CD events.\n% Version 2\n% Height 480\n% Width 640\n"
DAT_HEADER = DAT_LINES + b"\x0c\x08"


def known(n=EVENTS):
    """x, y, t and polarity (-1, 1) of the known recording."""
    i = np.arange(n)
    x = ((i * 7) % 640).astype(np.int16)
    y = ((i * 11) % 480).astype(np.int16)
    polarity = np.where(i % 3 == 0, -1, 1).astype(np.int8)
    return x, y, (i * STEP).astype(np.int64), polarity


def evt2_words(x, y, t, polarity):
    """EVT2 words of events in order of time, a TIME_HIGH wherever it changes."""
    high = (t >> 6).astype(np.uint32)
    events = (
        ((polarity > 0).astype(np.uint32) << 28)
        | ((t & 63).astype(np.uint32) << 22)
        | (x.astype(np.uint32) << 11)
        | y.astype(np.uint32)
    )
    changes = np.concatenate([[True], high[1:] != high[:-1]])
    both = np.stack([np.uint32(8 << 28) | high, events], axis=1).reshape(-1)
    keep = np.stack([changes, np.ones(len(t), bool)], axis=1).reshape(-1)
    return both[keep].astype("<u4").tobytes()


def evt2_known(n=EVENTS):
    return EVT2_HEADER + evt2_words(*known(n))


def evt2(*words):
    return EVT2_HEADER + np.array(words, dtype="<u4").tobytes()


def evt3(*words):
    return EVT3_HEADER + np.array(words, dtype="<u2").tobytes()


def dat_words(x, y, t, polarity):
    """DAT records of version 2."""
    records = np.empty((len(t), 2), "<u4")
    records[:, 0] = t & 0xFFFF_FFFF
    records[:, 1] = (
        ((polarity > 0).astype(np.uint32) << 28) | (y.astype(np.uint32) << 14) | x.astype(np.uint32)
    )
    return records.tobytes()


def dat_known(n=EVENTS):
    return DAT_HEADER + dat_words(*known(n))


def dat(*records, kind=0x0C, header=DAT_LINES):
    """A DAT file of records (time, rest)."""
    return header + bytes([kind, 8]) + np.array(records, dtype="<u4").tobytes()


def time_high(us):
    return 8 << 28 | us >> 6


def event(us, x, y, on=True):
    return int(on) << 28 | (us & 63) << 22 | x << 11 | y


def trigger(us, channel, on=True):
    return 0xA << 28 | (us & 63) << 22 | channel << 8 | int(on)
