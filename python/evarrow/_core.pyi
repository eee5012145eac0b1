from collections.abc import Callable, Sequence
import os
import pathlib
from typing import Annotated, Any

import numpy
import numpy.typing
from numpy.typing import NDArray


class Batch:
    """Rows of one stream, column by column."""

    def __len__(self) -> int: ...

    def __repr__(self) -> str: ...

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns it holds."""

    def column(self, name: str) -> numpy.typing.NDArray[Any]:
        """A column as a read-only NumPy view of the batch's own memory."""

    @property
    def t(self) -> numpy.typing.NDArray[numpy.int64]:
        """Times, int64, microseconds."""

    @property
    def polarity(self) -> numpy.typing.NDArray[numpy.int8]:
        """Polarities, int8."""

    @property
    def resolution(self) -> tuple[int, int] | None:
        """Width and height of the sensor, if it knows them."""

    @staticmethod
    def from_columns(stream: str, columns: dict[str, numpy.typing.NDArray[Any]]) -> Batch:
        """Rows of a stream, which hold copies of the arrays of its columns."""

    def addresses(self) -> dict[str, int]:
        """Where each column begins in memory."""

    def __arrow_c_schema__(self) -> object: ...

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

class EventBatch(Batch):
    """A batch of events."""

    @property
    def x(self) -> numpy.typing.NDArray[numpy.int16]:
        """Columns of the pixels, int16, from the left."""

    @property
    def y(self) -> numpy.typing.NDArray[numpy.int16]:
        """Rows of the pixels, int16, from the top."""

    @staticmethod
    def from_arrays(x: Annotated[NDArray[numpy.int16], dict(shape=(None,), order='C', device='cpu', writable=False)], y: Annotated[NDArray[numpy.int16], dict(shape=(None,), order='C', device='cpu', writable=False)], t: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], polarity: Annotated[NDArray[numpy.int8], dict(shape=(None,), order='C', device='cpu', writable=False)], *, resolution: tuple[int, int] | None = None) -> EventBatch:
        """
        A batch that holds copies of the arrays, and knows the sensor if it is told.
        """

class Importer:
    """Batches of events out of an Arrow stream capsule."""

    def __init__(self, capsule: object) -> None: ...

    def next(self, borrow: bool = False) -> EventBatch | None:
        """
        The next batch, or None at the end. With `borrow`, it is the stream's own memory where that is stored as ours is, and longer.
        """

    @property
    def metadata(self) -> dict[str, bytes]: ...

class Filter:
    """A filter on its way into a pipeline."""

    def resolution_after(self, before: tuple[int, int]) -> tuple[int, int]:
        """The size of the sensor behind the filter."""

class Pipeline:
    """Filters one behind the other."""

    def __init__(self, filters: list[Filter]) -> None: ...

    def append(self, x: numpy.typing.NDArray[numpy.int16], y: numpy.typing.NDArray[numpy.int16], t: numpy.typing.NDArray[numpy.int64], polarity: numpy.typing.NDArray[numpy.int8], *, numbered: bool = False) -> EventBatch:
        """
        What comes out of these events; `numbered` with a column of row numbers.
        """

    def finish(self, *, numbered: bool = False) -> EventBatch:
        """What has been held back, at the end of all events."""

    def learn(self, x: Annotated[NDArray[numpy.int16], dict(shape=(None,), order='C', device='cpu', writable=False)], y: Annotated[NDArray[numpy.int16], dict(shape=(None,), order='C', device='cpu', writable=False)], t: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], polarity: Annotated[NDArray[numpy.int8], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> None:
        """Shows events to the filter that has to learn."""

    def learned(self) -> None:
        """Ends the pass of learning."""

    @property
    def learning(self) -> bool:
        """Whether a pass of learning comes next."""

    @property
    def changes(self) -> list[str]: ...

    @property
    def creates(self) -> bool: ...

    @property
    def reorders(self) -> bool: ...

    @property
    def counts(self) -> list[tuple[int, int, int]]:
        """Of each filter how many events came in, went out, lay outside."""

    def open(self, scan: Scan) -> FilteredReader:
        """
        Begins a pass over a recording; the pipeline can do nothing else meanwhile.
        """

    def export_schema(self, scan: Scan) -> object: ...

    def export_stream(self, scan: Scan) -> object: ...

class FilteredReader:
    """One pass through filters."""

    def next(self) -> EventBatch | None:
        """The next batch, or None at the end."""

    @property
    def report(self) -> Report: ...

def filter_box(x: Annotated[NDArray[numpy.int16], dict(shape=(None,), order='C', device='cpu', writable=False)], y: Annotated[NDArray[numpy.int16], dict(shape=(None,), order='C', device='cpu', writable=False)], t: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], polarity: Annotated[NDArray[numpy.int8], dict(shape=(None,), order='C', device='cpu', writable=False)], *, t_begin: int | None = None, t_end: int | None = None, region: tuple[int, int, int, int] | None = None, wanted_polarity: int | None = None, in_order: bool = False) -> EventBatch:
    """The events of columns that lie in a box, in memory of their own."""

def make_box(*, t_begin: int | None = None, t_end: int | None = None, region: tuple[int, int, int, int] | None = None, polarity: int | None = None) -> Filter: ...

def make_crop(*, region: tuple[int, int, int, int]) -> Filter: ...

def make_turn(*, resolution: tuple[int, int], outside: str, turn: int) -> Filter:
    """0 to 5: flip x, flip y, rotate by 90, 180, 270 degrees, transpose."""

def make_rescale(*, resolution: tuple[int, int], outside: str, scale_x: float, scale_y: float, after: tuple[int, int]) -> Filter: ...

def make_warp(*, name: str, resolution: tuple[int, int], outside: str, matrix: Sequence[float], after: tuple[int, int]) -> Filter: ...

def make_map(*, name: str, places: Annotated[NDArray[numpy.float32], dict(shape=(None, None, 2), order='C', device='cpu', writable=False)], outside: str, after: tuple[int, int]) -> Filter: ...

def undistorted_points(*, resolution: tuple[int, int], matrix: Sequence[float], fisheye: bool, distortion: Sequence[float], rotation: Sequence[float], target: Sequence[float]) -> numpy.typing.NDArray[numpy.float32]:
    """
    Where the pixels of a camera are seen without distortion, (height, width, 2).
    """

def make_drop_events(*, share: float, exact: bool, seed: int) -> Filter: ...

def make_drop_pixels(*, resolution: tuple[int, int], outside: str, share: float, seed: int) -> Filter: ...

def make_drop_area(*, region: tuple[int, int, int, int]) -> Filter: ...

def make_drop_time(*, share: float, begin: float, from_zero: bool) -> Filter: ...

def make_spatial_jitter(*, resolution: tuple[int, int], outside: str, a: float, b: float, c: float, clip: bool, truncate: bool, seed: int) -> Filter: ...

def make_time_jitter(*, deviation: float, drop_negative: bool, sort: bool, truncate: bool, seed: int) -> Filter: ...

def make_noise_rate(*, resolution: tuple[int, int], rate: float, on_share: float, seed: int) -> Filter: ...

def make_noise_count(*, resolution: tuple[int, int], count: int, on_share: float, seed: int) -> Filter: ...

def make_mix(x: Annotated[NDArray[numpy.int16], dict(shape=(None,), order='C', device='cpu', writable=False)], y: Annotated[NDArray[numpy.int16], dict(shape=(None,), order='C', device='cpu', writable=False)], t: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], polarity: Annotated[NDArray[numpy.int8], dict(shape=(None,), order='C', device='cpu', writable=False)], *, shift: int | None = None) -> Filter: ...

def make_scale_time(*, scale: float, offset: int, truncate: bool) -> Filter: ...

def make_hold_time(*, from_zero: bool) -> Filter: ...

def make_reverse_time(*, to_zero: bool, flip_polarity: bool) -> Filter: ...

def random_seeds(seed: int, count: int) -> list[int]: ...

def random_parameters(seed: int, first: int, count: int) -> list[float]: ...

def spatial_draws(seed: int, first: int, events: int) -> list[float]: ...

def time_draws(seed: int, first: int, events: int) -> list[float]: ...

def make_background_activity(*, resolution: tuple[int, int], outside: str, window: int, neighbours: int, inclusive: bool, primed: bool) -> Filter: ...

def make_correlation(*, resolution: tuple[int, int], outside: str, window: int, least: int, radius: int, own: bool, same_polarity: bool, inclusive: bool, keep_first: bool, subsample: int) -> Filter: ...

def make_k_noise(*, resolution: tuple[int, int], outside: str, window: int, own: bool) -> Filter: ...

def make_refractory(*, resolution: tuple[int, int], outside: str, period: int, since_seen: bool, strict: bool, per_polarity: bool, primed: bool) -> Filter: ...

def make_contrast(*, resolution: tuple[int, int], outside: str, window: int, cut_trail: bool) -> Filter: ...

def make_trail(*, resolution: tuple[int, int], outside: str, window: int) -> Filter: ...

def make_interval(*, resolution: tuple[int, int], outside: str, least: int, most: int, inside: bool, keep_first: bool) -> Filter: ...

def make_anti_flicker(*, resolution: tuple[int, int], outside: str, shortest: int, longest: int, tolerance: int, start: int, stop: int, keep_flicker: bool) -> Filter: ...

def make_fast_decay(*, resolution: tuple[int, int], outside: str, half_life: int, block: int, threshold: float) -> Filter: ...

def make_time_surface(*, resolution: tuple[int, int], outside: str, tau: int, radius: int, threshold: float, sum: bool, linear: bool) -> Filter: ...

def make_mask(*, resolution: tuple[int, int], outside: str, mask: Annotated[NDArray[numpy.uint8], dict(shape=(None,), order='C', device='cpu', writable=False)]) -> Filter: ...

def make_hot_pixels(*, resolution: tuple[int, int], outside: str, method: str, threshold: float) -> Filter: ...

def make_rate_limit(*, rate: int, burst: int) -> Filter: ...

def make_decimate(*, n: int, keep_first: bool) -> Filter: ...

def make_decimate_pixels(*, resolution: tuple[int, int], outside: str, n: int, keep_first: bool) -> Filter: ...

def make_flip_polarity() -> Filter: ...

def make_merge_polarities() -> Filter: ...

def make_downsample(*, block: int, step: int) -> Filter: ...

def make_integrate(*, resolution: tuple[int, int], outside: str, block: int, step: int, threshold: int) -> Filter: ...

def make_differentiate(*, resolution: tuple[int, int], outside: str, block: int, step: int, threshold: int) -> Filter: ...

def formats() -> list[dict[str, Any]]:
    """What is known of each format, in the order tried."""

def is_container(name: str) -> bool:
    """Whether recordings of a format are opened with a plan."""

def is_hdf5(head: bytes) -> bool:
    """Whether a file begins as those of the HDF5 library do."""

class ContainerPlan:
    """Where a container keeps its streams, and what it says of itself."""

    def __init__(self, *, format: str, width: int = 0, height: int = 0, sensor: str = '', serial_number: str = '', date: str = '', fields: Sequence[tuple[str, str]] = [], notes: Sequence[str] = []) -> None: ...

    def add_stream(self, stream: str, rows: int, datasets: Sequence[tuple[str, int, int, Sequence[tuple[int, Sequence[int]]], bytes, bytes, bytes]], columns: Sequence[tuple[int, int, str, bool, int]], time: tuple[int, int, int]) -> None:
        """
        `datasets`: (name, bytes of a row, rows of a chunk, [(filter, values)], chunks as native uint64 of row, offset, size and skipped filters, bytes of a row in no chunk, the rows themselves if they are not in the file); `columns`: (dataset, byte in its rows, type, big-endian, shift); `time`: (offset, multiplier, divisor).
        """

    def set_pictures(self, *, width: int, height: int, channels: int, bits: int, blue_first: bool, tiles: Sequence[tuple[int, int, int, int, int, int, tuple[str, int, int, Sequence[tuple[int, Sequence[int]]], bytes, bytes, bytes]]]) -> None:
        """
        Say where the pixels of the frames are whose three times are the stream added last. `tiles`: (top, left, first channel, height, width, channels, dataset), with a dataset as those of add_stream whose rows are lines of the tile.
        """

    def set_times(self, times: Sequence[tuple[int, int, int]]) -> None:
        """
        Say between which times the rows of the stream added last are: (first row, least time, greatest time), microseconds, in order of rows. That is believed.
        """

    def drop_timeless(self) -> None:
        """
        Say that rows of the stream added last whose time is the least 64-bit number, which NaN becomes as a whole number, are to be left out.
        """

    def set_truncated(self, bytes: int) -> None:
        """
        Say how many bytes at the end of the file are no whole chunk of the stream added last.
        """

    def set_blocks(self, ends: Sequence[int], make: Callable[[int], object], places: Sequence[int]) -> None:
        """
        Say that chunks lie not in the file but in blocks, which end at `ends` and which `make` makes, of what begins at `places` in the file.
        """

    def set_periods(self, dataset: tuple[str, int, int, Sequence[tuple[int, Sequence[int]]], bytes, bytes, bytes], entries: int, column: tuple[int, int, str, bool, int], first: int, period: int) -> None:
        """
        Say where the stream added last has the row to begin at for each `period` microseconds from `first` on; `dataset` and `column` as those of add_stream.
        """

    def choose_bits(self, column: int, first_bit: int, bits: int, inverted: bool = False) -> None:
        """
        Say that a column of the stream added last is some bits of its numbers.
        """

class Options:
    def __init__(self, *, format: str = '', resolution: tuple[int, int] | None = None, on_error: str = 'raise', out_of_sensor: str = 'format', polarity_type: str = 'signed', t_type: str = 'duration', origin: int | str = 'sensor', sort: bool = True, io: str = 'auto', threads: int = 0, index: str = 'memory', sensor: str = '', order: str = '', t_unit: str = '', orientation: str = 'recorded', is_copy: bool = False, container: ContainerPlan | None = None) -> None: ...

class Recording:
    @staticmethod
    def open(path: str | os.PathLike[str], options: Options) -> Recording: ...

    @staticmethod
    def from_buffer(buffer: object, options: Options) -> Recording: ...

    @staticmethod
    def from_descriptor(descriptor: int, name: str, options: Options) -> Recording: ...

    @property
    def path(self) -> str: ...

    @property
    def format(self) -> str: ...

    @property
    def streams(self) -> tuple[str, ...]: ...

    @property
    def resolution(self) -> tuple[int, int] | None: ...

    @property
    def fields(self) -> list[tuple[str, str]]: ...

    @property
    def notes(self) -> list[str]: ...

    @property
    def payload(self) -> int:
        """Byte offset of the first word behind the header."""

    @property
    def seekable(self) -> bool: ...

    @property
    def byte_size(self) -> int: ...

    @property
    def has_index(self) -> bool: ...

    @property
    def knows_times(self) -> bool: ...

    def metadata(self) -> list[tuple[str, str]]: ...

    def stream_fields(self, stream: str) -> list[tuple[str, str]]: ...

    def index(self, progress: object | None = None) -> None:
        """Makes the index, unless it is there."""

    def count(self, stream: str = 'events') -> int: ...

    def image(self, width: int, height: int, channels: int, bits: int, offset: int, size: int) -> numpy.typing.NDArray[Any]:
        """
        The pixels of a row of the stream frames, (height, width) or with channels behind.
        """

    def time_range(self) -> tuple[int, int] | None: ...

def validate(recording: Recording, progress: object | None = None) -> dict[str, Any]: ...

def survey_streams(recording: Recording) -> dict[str, Any]: ...

class Report:
    """What a pass met on its way."""

    @property
    def faults(self) -> dict[str, tuple[int, int | None]]: ...

    @property
    def warnings(self) -> list[str]: ...

    @property
    def sorted(self) -> bool: ...

    @property
    def events_decoded(self) -> int: ...

    @property
    def bytes_read(self) -> int: ...

class Reader:
    """One pass; any number of threads may share it."""

    def next(self) -> Batch | None:
        """The next batch, or None at the end."""

    def take(self, stream: str) -> Batch:
        """The rows of a stream that goes along, met since the last call."""

    @property
    def share_done(self) -> float:
        """How far the pass is, 0 to 1."""

    @property
    def report(self) -> Report: ...

class Scan:
    @property
    def columns(self) -> tuple[str, ...]: ...

    @property
    def stream(self) -> str: ...

    def open(self) -> Reader: ...

    def read(self, progress: object | None = None) -> tuple[Batch, list[Batch], Report]:
        """The rows, those of the streams asked for as well, and a report."""

    def count(self) -> int: ...

    def __arrow_c_schema__(self) -> object: ...

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

def make_scan(recording: Recording, stream: str = 'events', *, t_begin: int | None = None, t_end: int | None = None, region: tuple[int, int, int, int] | None = None, polarity: int | None = None, columns: Sequence[str] | None = None, limit: int | None = None, batch_size: int = 65536, also: Sequence[str] = []) -> Scan: ...

class WindowSpec:
    """How events are cut into windows."""

    def __init__(self, kind: str = 'whole', length: int = 0, stride: int = 0, start: int | None = None, end: int | None = None, partial: bool = True, closed: str = 'left', bounds: Annotated[NDArray[numpy.int64], dict(shape=(None, 2), order='C', device='cpu', writable=False)] | None = None) -> None: ...

class Windows:
    """Windows of events and their rows."""

    @staticmethod
    def whole(rows: int) -> Windows:
        """All rows in one window, whose times are not known."""

    @staticmethod
    def between(rows: int, first: int, last: int, in_order: bool) -> Windows:
        """All rows in one window, whose times are known."""

    def __len__(self) -> int: ...

    def rows(self) -> list[int]:
        """How many each of them has."""

    @property
    def in_order(self) -> bool: ...

    def bounds(self) -> list[tuple[int, int]]: ...

class WindowFinder:
    """Finds windows in batches."""

    def __init__(self, spec: WindowSpec) -> None: ...

    def add(self, batch: Batch) -> None: ...

    def finish(self) -> Windows: ...

def find_windows_of_columns(t: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)], spec: WindowSpec, threads: int = 0) -> Windows: ...

def find_windows_of_scan(scan: Scan, spec: WindowSpec) -> Windows: ...

class Representation:
    """What is made of events."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def dtype(self) -> str: ...

    @property
    def needs_times(self) -> bool: ...

    @property
    def carries(self) -> bool: ...

    def fill_from_columns(self, x: numpy.typing.NDArray[numpy.int16], y: numpy.typing.NDArray[numpy.int16], t: numpy.typing.NDArray[numpy.int64], polarity: numpy.typing.NDArray[numpy.int8], windows: Windows, out: numpy.typing.NDArray[Any] | str | Graphs, outside: str = 'drop', threads: int = 0) -> tuple[int, tuple[numpy.typing.NDArray[numpy.uint64], numpy.typing.NDArray[Any]] | None]: ...

    def fill_from_scan(self, scan: Scan, windows: Windows, out: numpy.typing.NDArray[Any] | str | Graphs, outside: str = 'drop') -> tuple[int, tuple[numpy.typing.NDArray[numpy.uint64], numpy.typing.NDArray[Any]] | None, Report]: ...

class Filling:
    """Arrays that are filled batch by batch."""

    def __init__(self, what: Representation, windows: Windows, out: numpy.typing.NDArray[Any] | str | Graphs, outside: str = 'drop') -> None: ...

    def add(self, batch: EventBatch) -> None: ...

    def finish(self) -> tuple[int, tuple[numpy.typing.NDArray[numpy.uint64], numpy.typing.NDArray[Any]] | None]: ...

def count_image(width: int, height: int, polarities: str, wraps: bool) -> Representation: ...

def event_histogram(width: int, height: int, step: float, clip: float, downsample: int) -> Representation: ...

def event_difference(width: int, height: int, step: float, clip: float, downsample: int) -> Representation: ...

def hardware_histogram(width: int, height: int, negative_bits: int, positive_bits: int, packed: bool) -> Representation: ...

def hardware_difference(width: int, height: int, bits: int, wraps: bool) -> Representation: ...

def stacked_histogram(width: int, height: int, bins: int, single_precision: bool, overflow: str, cutoff: int) -> Representation: ...

def mixed_density_stack(width: int, height: int, bins: int, cutoff: int) -> Representation: ...

def event_stack(width: int, height: int, levels: int) -> Representation: ...

def ergo12(width: int, height: int) -> Representation: ...

def voxel_grid(width: int, height: int, bins: int, time: str, conserve: bool, double_precision: bool, normalize: str) -> Representation: ...

def rectified_voxel_grid(width: int, height: int, bins: int, map: Annotated[NDArray[numpy.float32], dict(shape=(None,), order='C', device='cpu', writable=False)], truncate: bool, normalize: str) -> Representation: ...

def event_cube(width: int, height: int, bins: int, split: bool, step: float, clip: float, downsample: int) -> Representation: ...

def smooth_voxel_grid(width: int, height: int, bins: int, kernel: str, sigma: float, conserve: bool) -> Representation: ...

def spike_tensor(width: int, height: int, bins: int, kernel: Annotated[NDArray[numpy.float32], dict(shape=(None,), order='C', device='cpu', writable=False)], weighted: bool) -> Representation: ...

def time_surface(width: int, height: int, kind: str, tau: float, unseen: int, split: bool, carries: bool, double_precision: bool) -> Representation: ...

def mean_times(width: int, height: int, with_counts: bool) -> Representation: ...

def mean_surface(width: int, height: int, tau: float, linear: bool, split: bool) -> Representation: ...

def speed_invariant(width: int, height: int, radius: int) -> Representation: ...

def averaged_surface(width: int, height: int, cell_size: int, size: int, memory: int, tau: float, exponential: bool) -> Representation: ...

def tore(width: int, height: int, depth: int, least: float, greatest: float, carries: bool) -> Representation: ...

def binary_fraction(width: int, height: int, bits: int) -> Representation: ...

def tencode(width: int, height: int) -> Representation: ...

def leaky_surface(width: int, height: int, rate: float, split: bool, carries: bool) -> Representation: ...

def decayed_image(width: int, height: int, decay: str, rate: float, contribution: float, least: float, greatest: float, neutral: float, synchronous: bool, rectify: bool, bytes: bool) -> Representation: ...

def contrast_map(width: int, height: int, on: float, off: float) -> Representation: ...

def integrated_image(width: int, height: int, tau: float, on: float, off: float, greatest_count: int, diffusion: float) -> Representation: ...

def time_decay(width: int, height: int, tau: float) -> Representation: ...

def point_set(width: int, height: int, count: int, from_: str, in_pixels: bool) -> Representation: ...

def local_surfaces(width: int, height: int, radius: int, tau: float, merged: bool, count: int, from_: str) -> Representation: ...

class Surroundings:
    """Time surfaces around events in memory."""

    def __init__(self, x: numpy.typing.NDArray[numpy.int16], y: numpy.typing.NDArray[numpy.int16], t: numpy.typing.NDArray[numpy.int64], polarity: numpy.typing.NDArray[numpy.int8], width: int, height: int, radius: int, tau: float, merged: bool) -> None: ...

    def learn(self, prototypes: numpy.typing.NDArray[numpy.float64]) -> int: ...

    def match(self, prototypes: numpy.typing.NDArray[numpy.float64], out: numpy.typing.NDArray[numpy.int32]) -> None: ...

def warped_image(width: int, height: int, kind: str, parameters: Sequence[float], camera: Sequence[float], flow: Annotated[NDArray[numpy.float32], dict(shape=(None,), order='C', device='cpu', writable=False)], reference: str, bilinear: bool, signed: bool, with_gradient: bool) -> Representation: ...

class Graphs:
    """The edges between the events of windows."""

    def __init__(self, width: int, height: int, radius: float, scale: float, neighbours: int) -> None: ...

    @property
    def what(self) -> Representation: ...

    def finish(self, windows: Windows) -> tuple[numpy.typing.NDArray[numpy.uint32], numpy.typing.NDArray[numpy.uint32], numpy.typing.NDArray[numpy.float32], list[int]]:
        """
        Rows of events, the earlier ones first, distances, and the numbers of edges.
        """

class Sink:
    """A file being written; `target` is a path or a descriptor."""

    def __init__(self, target: int | str | os.PathLike[str], *, format: str, resolution: tuple[int, int] | None = None, like: Recording | None = None, overwrite: bool = False, options: dict[str, str] = {}, threads: int = 0, streams: list[str] = []) -> None: ...

    def write(self, events: EventBatch, triggers: Batch | None = None) -> None: ...

    def write_samples(self, samples: Batch) -> None:
        """Appends rows of the stream imu."""

    def write_frame(self, t: int, exposure: tuple[int, int], position: tuple[int, int], image: numpy.typing.NDArray[Any]) -> None:
        """
        Appends a frame; its image is (height, width) or with channels behind, red first.
        """

    def finish(self) -> None: ...

    def abandon(self) -> None: ...

    def allow_loss(self, of_events: bool = True, wanted: list[str] = []) -> None:
        """
        From now on leave out what the format cannot hold of streams beside the events, and events unless `of_events` is false, and count it; but nothing of `wanted` streams.
        """

    def takes(self, stream: str) -> bool:
        """Whether the format has a place for rows of a stream beside the events."""

    @property
    def losses(self) -> list[tuple[str, bool, int, str]]:
        """
        What was left out: stream, whether of values alone, how many rows, and the first one.
        """

    @property
    def events(self) -> int: ...

    @property
    def bytes(self) -> int: ...

class NewFile:
    """A file that is written at `path` until it gets its name, or is let go."""

    def __init__(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None: ...

    @property
    def path(self) -> pathlib.Path: ...

    def publish(self) -> None: ...

    def abandon(self) -> None: ...

class ChunkEncoder:
    """
    Events into chunks of HDF5, for a function of dataset, first row, mask of skipped filters and bytes.
    """

    def __init__(self, layout: str, *, compression: str, level: int = 1, rows: int, threads: int = 0, period: int = 1000) -> None: ...

    def encode(self, events: EventBatch, put: Callable[[int, int, int, bytes], object]) -> None: ...

    def finish(self, put: Callable[[int, int, int, bytes], object]) -> None: ...

    def take_starts(self) -> bytes:
        """
        Native uint64 row and int64 time of the first event of each period that has begun.
        """

    @property
    def events(self) -> int: ...

    @property
    def time_offset(self) -> int: ...

class SampleScene:
    def __init__(self, *, width: int, height: int, duration: int, seed: int) -> None: ...

    def next(self) -> tuple[EventBatch, Batch] | None: ...

def instruction_set() -> str:
    """The instruction set that the kernels use here."""

def thread_count(threads: int = 0) -> int:
    """The number of threads that `threads` means here."""

version: str = '0.1.0'
