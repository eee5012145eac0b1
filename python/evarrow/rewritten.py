# SPDX-License-Identifier: Apache-2.0
"""Files of another form that become one the extension module reads, once, in a temporary file."""

from __future__ import annotations

import tempfile
from typing import IO, TYPE_CHECKING, Any

from evarrow.openers import Opener, opener_of_file
from evarrow.options import to_core

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from evarrow import _core

__all__ = ["open_rewritten"]


def open_rewritten(
    opener: Opener, options: Mapping[str, Any], write: Callable[[IO[bytes]], None]
) -> _core.Recording:
    """Open what `write` makes of the messages of `opener`."""
    with tempfile.TemporaryFile(prefix="evarrow-", buffering=1 << 20) as file:
        write(file)
        file.flush()
        return opener_of_file(file, f"{opener.name}:messages").open(to_core(options, is_copy=True))
