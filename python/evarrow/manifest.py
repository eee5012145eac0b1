# SPDX-License-Identifier: Apache-2.0
"""What has been converted into a folder: a file in it that outlives a conversion that is killed.

One JSON object a line is added when a file is begun and when it is done; the last one of a file
counts, and a line that was cut short does not.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from typing import IO, TYPE_CHECKING, Any

from evarrow import _core

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path
    from types import TracebackType
    from typing import Self

__all__ = ["MANIFEST", "Manifest", "fingerprint"]

MANIFEST = ".evarrow.jsonl"

_PIECE = 65_536  # bytes of the head and of the tail that are looked at


def fingerprint(path: Path) -> dict[str, Any]:
    """Return what tells the content of a file: its size and a hash of its head and its tail."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        digest = hashlib.sha256(file.read(_PIECE))
        file.seek(max(_PIECE, size - _PIECE))
        digest.update(file.read(_PIECE))
    return {"size": size, "sha256_of_ends": digest.hexdigest()}


def _identity(path: Path) -> dict[str, Any]:
    """Return what tells at a glance whether a source is what it was."""
    return fingerprint(path) | {"mtime_ns": path.stat().st_mtime_ns}


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_same_source(was: dict[str, Any], path: Path) -> bool:
    now = _identity(path)
    if any(was.get(name) != now[name] for name in ("size", "sha256_of_ends")):
        return False
    # One that was copied or touched has another time: only then all of it is read.
    return was.get("mtime_ns") == now["mtime_ns"] or was.get("sha256") == _hash_of(path)


class Manifest:
    """The record of one folder, held by one conversion at a time.

    Raises
    ------
    OSError
        If the folder cannot be written, or another conversion works in it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._file: IO[bytes] = (folder / MANIFEST).open("ab+")
        try:
            _hold(self._file, folder)
            self._file.seek(0)
            self._entries = _read(self._file)
        except BaseException:
            self._file.close()
            raise

    def is_done(self, target: Path, source: Path, options: dict[str, Any]) -> bool:
        """Return whether `target` was made of this source with these options, and is still so."""
        entry = self._entry(target)
        return (
            entry.get("output") is not None
            and _is_same_way(entry["options"], options)
            and entry["evarrow"] == _core.version
            and target.is_file()
            and fingerprint(target) == entry["output"]
            and _is_same_source(entry["input"], source)
        )

    def is_left_over(self, target: Path) -> bool:
        """Return whether a conversion of this folder may have ended between file and record."""
        return self._entry(target).get("output", ...) is None

    def begin(self, target: Path, source: Path, options: dict[str, Any]) -> None:
        """Record that a file is begun that was not there before, or is to be replaced."""
        self._add(target, {"input": _identity(source), "options": options, "output": None})

    def finish(self, target: Path, source: Path, options: dict[str, Any]) -> None:
        """Record that the file that was begun last under this name is complete."""
        # A source that changes while it is read fails its conversion: this is what was read.
        read = self._entry(target)["input"] | {"sha256": _hash_of(source)}
        self._add(target, {"input": read, "options": options, "output": fingerprint(target)})

    def give_up(self, target: Path) -> None:
        """Record that a file that was begun has not become anything."""
        self._add(target, {})

    def remove_unfinished(self, targets: Collection[Path]) -> None:
        """Remove what killed conversions of these files have left under temporary names."""
        for folder in {target.parent for target in targets}:
            names = {target.name for target in targets if target.parent == folder}
            for found in folder.glob(".*.tmp"):
                parts = re.fullmatch(r"\.(.*)\.(\d+)-\d+\.tmp", found.name)
                if parts and parts[1] in names and not _is_alive(int(parts[2])):
                    found.unlink(missing_ok=True)

    def _entry(self, target: Path) -> dict[str, Any]:
        return self._entries.get(self._name(target), {})

    def _name(self, target: Path) -> str:
        return target.relative_to(self._folder).as_posix()

    def _add(self, target: Path, what: dict[str, Any]) -> None:
        entry = {"file": self._name(target), "evarrow": _core.version, **what}
        with self._lock:
            self._entries[self._name(target)] = entry
            self._file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def __enter__(self) -> Self:
        """Return the manifest."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the folder."""
        self._file.close()


def _is_same_way(made: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Return whether a file made with some options is what others would make."""
    # What met no damage where that would have raised is the same whatever damage does.
    rest = {"on_error"} if made.get("on_error", "raise") == "raise" else set()
    return {name: value for name, value in made.items() if name not in rest} == {
        name: value for name, value in wanted.items() if name not in rest
    }


def _hold(file: IO[bytes], folder: Path) -> None:
    """Keep others from converting into the folder for as long as the file is open."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        message = "another conversion into this folder is at work"
        raise OSError(11, message, str(folder)) from None
    except OSError:
        pass  # a file system without locks


def _read(file: IO[bytes]) -> dict[str, dict[str, Any]]:
    entries: dict[str, dict[str, Any]] = {}
    cut = False
    for line in file:
        cut = not line.endswith(b"\n")
        try:
            entry = json.loads(line)
            entries[entry["file"]] = entry
        except (ValueError, KeyError, TypeError):
            continue
    if cut:
        file.write(b"\n")
    return entries


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
