# SPDX-License-Identifier: Apache-2.0
"""Databases from strangers: what is not a plain table of rows is refused, before it is run."""

import itertools
import sqlite3
import struct
import sys

import pytest
import ros_files as ros

import evarrow as ev

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TOPICS = "CREATE TABLE topics(id INTEGER PRIMARY KEY, name, type, serialization_format)"
TOPIC = f"INSERT INTO topics VALUES(1, '/events', '{ros.PACKET}', 'cdr')"
ENDLESS = """
    CREATE VIEW {} AS WITH RECURSIVE c(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM c)
    SELECT id, 'a' AS name, '' AS type, '' AS serialization_format, 1 AS topic_id, id AS timestamp,
    zeroblob(100) AS data FROM c
"""
COMPUTED = """
    CREATE TABLE messages(id INTEGER PRIMARY KEY, topic_id, timestamp,
    data BLOB AS (zeroblob(1000000000)))
"""
TEXTS = "CREATE VIRTUAL TABLE messages USING fts5(id, topic_id, timestamp, data)"


def database(path, *statements):
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        ([ENDLESS.format("topics"), ENDLESS.format("messages")], "without the tables"),
        ([TOPICS, TOPIC, ENDLESS.format("messages")], "without the tables"),
        ([TOPICS, TOPIC, TEXTS], "without the tables"),
        ([TOPICS, TOPIC, COMPUTED], "a column of its table messages is computed"),
    ],
)
def test_programs_are_not_run(tmp_path, statements, message):
    database(tmp_path / "a.db3", *statements)
    with pytest.raises(ev.FormatError, match=message):
        ev.open(tmp_path / "a.db3")


def inner_page(child, cells=60, size=512):
    """A page of a table that leads to the same page again and again."""
    at = size - 5 * cells
    head = struct.pack(">BHHHBI", 5, 0, cells, at, 0, child)
    places = b"".join(struct.pack(">H", at + 5 * i) for i in range(cells))
    content = b"".join(struct.pack(">IB", child, i + 1) for i in range(cells))
    return (head + places).ljust(at, b"\0") + content


def test_pages_that_are_met_again_and_again_end_somewhere(tmp_path):
    """Few pages make a tree of 61^15 rows where each leads to the next one 61 times."""
    path = tmp_path / "a.db3"
    rows = [f"INSERT INTO messages VALUES({i}, 2, 0, zeroblob(400))" for i in range(1, 40)]
    table = "CREATE TABLE messages(id INTEGER PRIMARY KEY, topic_id, timestamp, data BLOB)"
    database(path, "PRAGMA page_size = 512", TOPICS, TOPIC, table, *rows)
    with sqlite3.connect(path) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'messages'"
        (root,) = connection.execute(query).fetchone()
    connection.close()
    pages = bytearray(path.read_bytes())
    chain = [root, *range(root + 1, root + 16)]
    for page, child in itertools.pairwise(chain):
        pages[512 * (page - 1) : 512 * page] = inner_page(child)
    path.write_bytes(pages)
    with pytest.raises(ev.FormatError, match="interrupted"):
        ev.open(path)


@pytest.mark.parametrize("share", [0.3, 0.7, 0.99])
def test_a_database_that_was_cut_off_keeps_the_messages_it_has(corpus, tmp_path, share):
    whole = corpus / "real" / "ecc_evt3_trigger.db3"
    content = whole.read_bytes()
    path = tmp_path / "cut.db3"
    path.write_bytes(content[: int(share * len(content))])
    with pytest.warns(ev.EvarrowWarning, match="was probably cut off"):
        found = ev.read(path)
    assert len(found) > 0.8 * share * len(ev.read(whole))
    assert found.equals(ev.read(whole, limit=len(found)))
    assert ev.validate(path).faults.keys() >= {"truncated"}


@pytest.mark.parametrize("size", [50, 4096])
def test_a_database_without_its_tables_is_refused(corpus, tmp_path, size):
    path = tmp_path / "cut.db3"
    path.write_bytes((corpus / "real" / "ecc_evt3_trigger.db3").read_bytes()[:size])
    with pytest.raises(ev.FormatError, match=r"cut\.db3"):
        ev.open(path, format="db3")


def test_a_database_with_a_broken_page_loses_the_messages_in_it_alone(corpus, tmp_path):
    whole = corpus / "real" / "ecc_evt3_trigger.db3"
    content = bytearray(whole.read_bytes())
    leaves = [at for at in range(4096, len(content), 4096) if content[at] == 0x0D]
    page = leaves[len(leaves) // 2]
    content[page : page + 4096] = b"\xff" * 4096
    path = tmp_path / "broken.db3"
    path.write_bytes(content)
    found, want = ev.read(path, on_error="ignore"), ev.read(whole)
    assert 0.9 * len(want) < len(found) < len(want)
    assert found[0].equals(want[0])
    assert found[-1].equals(want[-1])
    with pytest.raises(ev.DamagedError, match="is no event_camera_msgs"):
        ev.read(path)


@pytest.mark.parametrize("missing", [1, 100, 2000, 4000, 4096, 4097, 9000])
def test_no_event_is_made_of_the_page_that_was_cut(tmp_path, missing):
    """SQLite fills up a page that is not whole with zeros and says nothing."""
    path = tmp_path / "cut.db3"
    parts = [ros.events(20, 10**15 + i * 10**6, seed=i) for i in range(60)]
    bases = [int(part[2][0]) * 1000 for part in parts]
    messages = [
        (0, base, ros.packet("mono", ros.mono(part, base), base, i))
        for i, (part, base) in enumerate(zip(parts, bases, strict=True))
    ]
    ros.database(path, messages)
    want = ev.read(path)
    content = path.read_bytes()
    path.write_bytes(content[:-missing])
    with pytest.warns(ev.EvarrowWarning, match="was probably cut off"):
        found = ev.read(path)
    assert 0 < len(found) <= len(want)
    assert found.equals(want[: len(found)])


def test_messages_do_not_become_a_file_without_end(tmp_path):
    path = tmp_path / "bomb.db3"
    bomb = zstd.compress(bytes(60 << 20))
    content = ros.packet("mono", b"", 0, 0)
    ros.database(path, [(0, 10**9 * i, content) for i in range(20)])
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE messages SET data = ?", (bomb,))
    connection.close()
    with pytest.raises(ev.FormatError, match="far longer than they can be"):
        ev.open(path)
