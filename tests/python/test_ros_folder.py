# SPDX-License-Identifier: Apache-2.0
"""Folders that ROS 2 records into."""

import polars as pl
import pytest
import ros_files as ros
from cli_support import run
from polars.testing import assert_frame_equal

import evarrow as ev
from evarrow.packed import zstd


def message(i):
    base = 10**15 + i * 10**6
    return (0, base, ros.packet("mono", ros.mono(ros.events(20, base // 1000, seed=i), base), base))


def folder_of(path, names):
    """Make a folder with a part for each name, a message in each; return the parts."""
    path.mkdir()
    (path / "metadata.yaml").write_text("rosbag2_bagfile_information:\n  version: 5\n")
    for i, name in enumerate(names):
        if name.endswith(".db3"):
            ros.database(path / name, [message(i)])
        else:
            content = ros.mcap([message(i)])
            packed = zstd.compress(content) if name.endswith(".zstd") else content
            (path / name).write_bytes(packed)
    return [path / name for name in names]


@pytest.mark.parametrize("name", ["drive_0.mcap", "drive_0.db3", "0.mcap", "drive_0.mcap.zstd"])
def test_the_one_part_of_a_folder_is_opened(tmp_path, name):
    [part] = folder_of(tmp_path / "drive", [name])
    want = ev.read(part)
    assert want.height == 20
    for source in (tmp_path / "drive", f"{tmp_path}/drive/"):
        assert_frame_equal(ev.read(source), want)
        assert_frame_equal(ev.scan(source).collect(), want)
    assert run("info", tmp_path / "drive").exit_code == 0


def test_several_parts_are_scanned_as_one_in_their_order(tmp_path):
    parts = folder_of(tmp_path / "drive", [f"drive_{i}.mcap" for i in range(11)])
    want = pl.concat([ev.read(part) for part in parts])
    assert_frame_equal(ev.scan(tmp_path / "drive").collect(), want)
    paths = ev.scan(tmp_path / "drive", include_file_paths="file").collect()["file"]
    assert paths.unique(maintain_order=True).to_list() == [str(part) for part in parts]
    assert_frame_equal(ev.read(tmp_path / "drive"), want)
    says = r"is a ROS 2 recording in 11 parts, drive_0.mcap to drive_10.mcap: scan, read and"
    with pytest.raises(IsADirectoryError, match=says):
        ev.open(tmp_path / "drive")
    result = run("info", tmp_path / "drive")
    assert result.exit_code == 3
    assert "is a ROS 2 recording in 11 parts" in result.stderr


def listed(folder, *names):
    """Write the metadata as rosbag2 does."""
    lines = "".join(f"    - {name}\n" for name in names)
    (folder / "metadata.yaml").write_text(
        "rosbag2_bagfile_information:\n  version: 5\n  storage_identifier: mcap\n"
        f"  relative_file_paths:\n{lines}  duration:\n    nanoseconds: 1\n"
    )


def test_parts_are_those_that_the_metadata_lists(tmp_path):
    parts = folder_of(tmp_path / "drive", ["drive.mcap", "stray_7.mcap", "second.mcap"])
    listed(tmp_path / "drive", "second.mcap", "old/place/drive.mcap")
    want = pl.concat([ev.read(parts[2]), ev.read(parts[0])])
    assert_frame_equal(ev.read(tmp_path / "drive"), want)
    listed(tmp_path / "drive", "drive.mcap")
    assert_frame_equal(ev.open(tmp_path / "drive").read(), ev.read(parts[0]))


def test_a_part_that_is_missing_is_named(tmp_path):
    folder_of(tmp_path / "drive", ["drive_0.mcap"])
    listed(tmp_path / "drive", "drive_0.mcap", "drive_1.mcap")
    for take in (ev.open, ev.read, ev.scan):
        with pytest.raises(FileNotFoundError, match=r"metadata.yaml names it.*drive_1\.mcap"):
            take(tmp_path / "drive")


def test_a_part_beside_its_compressed_form_is_read_once(tmp_path):
    folder_of(tmp_path / "drive", ["drive_0.mcap"])
    content = (tmp_path / "drive" / "drive_0.mcap").read_bytes()
    (tmp_path / "drive" / "drive_0.mcap.zstd").write_bytes(zstd.compress(content))
    assert ev.read(tmp_path / "drive").height == 20
    listed(tmp_path / "drive", "drive_0.mcap.zstd")
    assert ev.read(tmp_path / "drive").height == 20
    (tmp_path / "drive" / "drive_0.mcap").unlink()
    assert ev.read(tmp_path / "drive").height == 20


def test_folders_and_patterns_stand_in_lists_and_match_patterns(tmp_path):
    first = folder_of(tmp_path / "drive", ["a_0.mcap", "a_1.mcap"])
    other = folder_of(tmp_path / "driven", ["b_0.mcap"])
    want = pl.concat([ev.read(part) for part in [*first, *other]])
    for source in (
        [tmp_path / "drive", tmp_path / "driven"],
        f"{tmp_path}/driv*",
        [f"{tmp_path}/drive/*.mcap", *other],
    ):
        assert_frame_equal(ev.read(source), want)


def test_other_folders_are_none(tmp_path):
    for names, metadata in (([], True), (["other.mcap", "a_b.db3"], True), (["a_0.mcap"], False)):
        folder = tmp_path / f"{len(names)}{metadata}"
        folder_of(folder, names)
        if not metadata:
            (folder / "metadata.yaml").unlink()
        with pytest.raises(IsADirectoryError):
            ev.open(folder)
        with pytest.raises(IsADirectoryError):
            ev.scan(folder)
        assert "name the recordings in it" in run("info", folder).stderr
