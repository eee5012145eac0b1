# SPDX-License-Identifier: Apache-2.0
"""SQL over recordings."""

import sys

import polars as pl
import pytest
from cli_support import lines_of, run

import evarrow as ev

pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")

CONDITIONS = {
    "t < 5000": (pl.col("t") < 5000),
    "t >= 1000 AND t <= 3000": pl.col("t").is_between(1000, 3000),
    "t = 1000": pl.col("t") == 1000,
    "x BETWEEN 10 AND 20 AND polarity = 1": pl.col("x").is_between(10, 20)
    & (pl.col("polarity") == 1),
    "x < 5 OR t < 100": (pl.col("x") < 5) | (pl.col("t") < 100),
    "NOT (x < 600)": pl.col("x") >= 600,
    "x < 10 AND NOT (y > 300)": (pl.col("x") < 10) & (pl.col("y") <= 300),
    "x IN (3, 4, 630)": pl.col("x").is_in([3, 4, 630]),
    "x > 5 AND x < 5": pl.lit(False),
    "t > 9999999999": pl.col("t") > 9999999999,
    "x <> 3": pl.col("x") != 3,
    "x + y < 20 AND t > 100": (pl.col("x") + pl.col("y") < 20) & (pl.col("t") > 100),
    "t // 1000 = 3": pl.col("t") // 1000 == 3,
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_condition_gives_what_filtering_all_gives(evt2, condition):
    want = ev.read(evt2, t_type="int64").filter(CONDITIONS[condition])
    got = ev.sql(f"SELECT * FROM '{evt2}' WHERE {condition}")
    assert got.equals(want)
    [[n]] = ev.sql(f"SELECT count(*) FROM '{evt2}' WHERE {condition}").rows()
    assert n == want.height
    columns = ev.sql(f"SELECT y, t FROM '{evt2}' WHERE {condition}")
    assert columns.equals(want.select("y", "t"))


def test_files_are_joined_and_grouped(sample, evt2):
    query = f"SELECT id, count(*) AS n FROM '{sample}#triggers' GROUP BY id ORDER BY id"
    triggers = ev.read(sample, stream="triggers")
    assert ev.sql(query)["n"].sum() == triggers.height
    both = ev.sql(
        f"SELECT (SELECT count(*) FROM '{sample}') + (SELECT count(*) FROM '{evt2}') AS n"
    )
    assert both["n"][0] == len(ev.open(sample)) + len(ev.open(evt2))
    near = ev.sql(
        f"SELECT e.t, g.t AS edge FROM '{sample}' e ASOF JOIN '{sample}#triggers' g ON e.t >= g.t"
    )
    assert (near["t"] >= near["edge"]).all()


def test_a_limit_stops_early(evt2):
    assert ev.sql(f"SELECT x FROM '{evt2}' LIMIT 5")["x"].to_list() == [0, 7, 14, 21, 28]


def test_errors_are_sentences(evt2, tmp_path):
    with pytest.raises(ValueError, match=r"none\.raw"):
        ev.sql(f"SELECT * FROM '{tmp_path}/none.raw'")
    with pytest.raises(ValueError, match="syntax"):
        ev.sql("SELEC 1")
    with pytest.raises(ValueError, match="volume"):
        ev.sql(f"SELECT volume FROM '{evt2}'")
    with pytest.raises(ValueError, match="has no stream 'trigger', but events, triggers"):
        ev.sql(f"SELECT * FROM '{evt2}#trigger'")
    (tmp_path / "bad.raw").write_bytes(b"not a recording " * 100)
    with pytest.raises(ev.FormatError):
        ev.sql(f"SELECT * FROM '{tmp_path}/bad.raw'")


def test_the_command(evt2, monkeypatch):
    query = f"SELECT polarity, count(*) AS n FROM '{evt2}' GROUP BY polarity ORDER BY polarity"
    result = run("sql", query)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].split() == ["polarity", "n"]
    rows = lines_of(run("sql", query, "--json"))
    assert [row["polarity"] for row in rows] == [-1, 1]
    assert run("sql", "SELEC 1").exit_code == 2
    monkeypatch.setitem(sys.modules, "duckdb", None)
    result = run("sql", query)
    assert result.exit_code == 2
    assert 'pip install "evarrow[sql]"' in result.stderr
