# SPDX-License-Identifier: Apache-2.0
import pickle

import pytest

import evarrow as ev


@pytest.mark.parametrize(
    "error",
    [
        ev.FormatError("no"),
        ev.DamagedError("bad", 17),
        ev.DamagedError("bad"),
        ev.ChangedError("x"),
    ],
)
def test_errors_are_value_errors_and_can_be_pickled(error):
    assert isinstance(error, ev.FormatError)
    assert isinstance(error, ValueError)
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert getattr(copy, "offset", None) == getattr(error, "offset", None)
    assert type(error).__module__ == "evarrow"


def test_warnings_are_user_warnings():
    assert issubclass(ev.EvarrowWarning, UserWarning)
