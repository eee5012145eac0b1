# SPDX-License-Identifier: Apache-2.0
"""Memory lives as long as anything looks at it, and no longer."""

import gc
import multiprocessing
import pickle
import signal
import subprocess
import sys
import threading
import time
import warnings

import numpy as np
import polars as pl
import psutil
import pyarrow as pa
import pytest
import words

import evarrow as ev


def resident() -> int:
    return psutil.Process().memory_info().rss


def test_buffers_outlive_the_recording_and_its_file(tmp_path):
    x, _, t, _ = words.known()
    path = tmp_path / "own.raw"
    path.write_bytes(words.evt2_known())
    with ev.open(path) as rec:
        table = pa.table(rec)
        frame = rec.read()
        array = rec.select().to_batch().x
    path.unlink()
    del rec
    gc.collect()
    assert np.array_equal(table["x"].to_numpy(), x)
    assert np.array_equal(frame["t"].to_physical().to_numpy(), t)
    assert np.array_equal(array, x)


def test_bytes_live_as_long_as_the_recording():
    rec = ev.open(bytearray(words.evt2_known(1000)))
    gc.collect()
    assert len(rec) == 1000


def test_streams_can_be_dropped_half_read(evt2):
    with ev.open(evt2) as rec:
        for _ in range(20):
            rec.__arrow_c_stream__()
            rec.__arrow_c_schema__()
            reader = pa.RecordBatchReader.from_stream(rec.select())
            reader.read_next_batch()
            del reader
            batches = rec.batches(1000)
            next(batches)
            del batches
            next(rec.batches(1000)).__arrow_c_array__()
        gc.collect()
        assert len(rec) == words.EVENTS


def test_nothing_is_leaked(evt2):
    def use():
        with ev.open(evt2) as rec:
            rec.read()
            pa.table(rec)
            rec.__arrow_c_stream__()
            pa.RecordBatchReader.from_stream(rec).read_next_batch()
            list(rec.batches(10_000))
            next(rec.batches(50)).__arrow_c_array__()
            rec.scan().collect()

    for _ in range(10):
        use()
    gc.collect()
    before = resident()
    for _ in range(40):
        use()
    gc.collect()
    # One forgotten read alone would be 40 x 2.6 MB.
    assert resident() - before < 30e6


def test_a_scan_runs_twice_and_in_parallel_threads(evt2):
    with ev.open(evt2) as rec:
        scan = rec.select(region=(0, 0, 320, 480))
        want = pa.table(scan)
        assert pa.table(scan).equals(want)
        got = [None] * 6

        def work(i):
            got[i] = pa.table(scan)

        threads = [threading.Thread(target=work, args=(i,)) for i in range(len(got))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert all(table.equals(want) for table in got)


def test_one_iterator_in_many_threads_gives_every_row_once(evt2):
    with ev.open(evt2) as rec:
        reader = rec.core_scan("events", {}, batch_size=500).open()
    rows = []

    def work():
        while (batch := reader.next()) is not None:
            rows.append(len(batch))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(rows) == words.EVENTS


def count_in_child(pickled, queue):
    rec = pickle.loads(pickled)
    queue.put((len(rec), sum(len(batch) for batch in rec.batches(10_000)), rec.read().height))


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_recordings_work_in_other_processes(evt2, method):
    with warnings.catch_warnings():
        # Forking a process with threads is what is tested.
        warnings.simplefilter("ignore", DeprecationWarning)
        with ev.open(evt2) as rec:
            context = multiprocessing.get_context(method)
            queue = context.Queue()
            process = context.Process(target=count_in_child, args=(pickle.dumps(rec), queue))
            process.start()
            assert queue.get(timeout=60) == (words.EVENTS,) * 3
            process.join()


FORK = """
import os, sys, warnings
warnings.simplefilter("ignore")
import evarrow as ev
rec = ev.open(sys.argv[1])
want = sum(len(b) for b in rec.batches(1000))   # threads have run in this process
half = rec.batches(1000); next(half)
child = os.fork()
if child == 0:
    same = sum(len(b) for b in rec.batches(1000)) == want and len(rec) == want
    same = same and len(rec.select(start=0, end=10_000).to_batch()) == 1000
    os._exit(0 if same else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert sum(len(b) for b in half) == want - 1000
"""


def test_an_open_recording_survives_a_fork(evt2):
    done = subprocess.run(
        [sys.executable, "-c", FORK, str(evt2)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_the_gil_is_released(tmp_path):
    path = tmp_path / "own.raw"
    path.write_bytes(words.evt2_known(4_000_000))
    ticks = []
    stop = threading.Event()

    def tick():
        while not stop.wait(0.0005):
            ticks.append(time.perf_counter())

    ticker = threading.Thread(target=tick)
    ticker.start()
    time.sleep(0.02)
    begin = time.perf_counter()
    with ev.open(path) as rec:
        rec.select().to_batch()
        for _ in range(5):
            pa.table(rec)
    end = time.perf_counter()
    stop.set()
    ticker.join()
    during = sum(begin < at < end for at in ticks)
    assert during > (end - begin) / 0.0005 / 20


INTERRUPT = """
import sys, evarrow as ev
rec = ev.open(sys.argv[1], threads=1)
print("ready", flush=True)
try:
    while True:
        {work}
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.parametrize("work", ["rec.read()", "ev.validate(rec)", "list(rec.batches(1000))"])
def test_ctrl_c_is_noticed(evt2, work):
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPT.format(work=work), str(evt2)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert out == "interrupted\n", err


def test_unpicklable_core_objects_do_not_hide_in_frames(evt2):
    frame = ev.read(evt2, limit=10)
    assert pickle.loads(pickle.dumps(frame)).equals(frame)
    assert isinstance(frame, pl.DataFrame)
