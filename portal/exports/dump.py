"""The full dump: every policy that is shown as JSON Lines and Parquet, with checksums, the last few days kept.

A folder holds zhengce-YYYYMMDD.jsonl.zst and zhengce-YYYYMMDD.parquet of every day that is kept, SHA256SUMS and
manifest.json. What these two name is there and whole at every moment, whenever the program is killed: files are
put in place before they are named, and named no more before they go.
"""

import fcntl
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import msgspec
import pyarrow as pa

from pipelines.catalogue import Catalogue
from pipelines.changes import last_seq
from pipelines.clock import Clock
from pipelines.disk import MIB, RESERVE_BYTES, check_folder, check_free, storage_error
from pipelines.policies import StoredPolicy, iter_stored
from portal.exports.files import sync_folder, write_pieces
from portal.exports.jsonl_file import JsonlWriter
from portal.exports.parquet_file import ParquetWriter
from portal.exports.rows import COLUMNS, Rows
from portal.exports.writer import Sink, Writer
from portal.labels import Label
from portal.nights import site_names

FORMAT = 1
MANIFEST, SUMS, LOCK = "manifest.json", "SHA256SUMS", ".zhengce-dump.lock"
ENDINGS = ("jsonl.zst", "parquet")
OURS = re.compile(r"zhengce-[0-9]{8}\.(?:jsonl\.zst|parquet)")
# What a killed dump may leave aside.
PARTS = (".zhengce-*.part", f".{SUMS}.part-*", f".{MANIFEST}.part-*")
PIECE = 200  # policies that are read at once
# Ten years of daily dumps have 3 MB of names.
MAX_MANIFEST = 16 * MIB


class DumpError(RuntimeError):
    """A dump that cannot be written; the message is Chinese, those before it are as they were."""


@dataclass(frozen=True, slots=True)
class DumpFile:
    """One file of a dump."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Dump:
    """One dump: all policies shown at position `change_seq` of the change log; `made` is UTC."""

    name: str
    day: date
    made: datetime
    documents: int
    change_seq: int
    files: tuple[DumpFile, ...]


@dataclass(frozen=True, slots=True)
class DumpManifest:
    """All dumps that are kept, the newest first."""

    format: int
    program: str
    columns: tuple[str, ...]
    dumps: tuple[Dump, ...]


@dataclass(frozen=True, slots=True)
class DumpPlan:
    """What is dumped where: the day it bears, how many are kept, what is left free, the names of regions."""

    folder: Path
    day: date
    clock: Clock
    keep: int
    regions: Mapping[str, str]
    spare: int = RESERVE_BYTES


def write_dump(catalogue: Catalogue, plan: DumpPlan, look: Callable[[int], None]) -> Dump:
    """Write the dump of a day, in the place of one of that day that there is; a night may be running.

    `look` is told now and then how many policies are written; what it raises ends the dump. Raises DumpError and
    StorageError.
    """
    check_folder(plan.folder, plan.spare)
    with _locked(plan.folder), ExitStack() as stack:
        manifest = load_manifest(plan.folder)
        _remove_parts(plan.folder)
        stack.callback(_remove_parts, plan.folder)
        try:
            dump = _write_parts(catalogue, plan, look)
            _put_in_place(plan.folder, dump, manifest.dumps, plan.keep)
        except OSError as error:
            raise storage_error(error, plan.folder) from error
        except (msgspec.DecodeError, pa.ArrowException) as error:
            raise DumpError(f"有记录无法读取或写出：{error}") from error
    return dump


def load_manifest(folder: Path) -> DumpManifest:
    """The dumps of a folder, none where there is no manifest; raises DumpError for one that cannot be read."""
    path = folder / MANIFEST
    try:
        with path.open("rb") as stream:
            manifest = msgspec.json.decode(stream.read(MAX_MANIFEST), type=DumpManifest)
    except FileNotFoundError:
        return _manifest(())
    except (OSError, msgspec.DecodeError) as error:
        raise DumpError(f"无法读取 {path}（{error}）：请核对目录，或把它移走") from error
    if manifest.format != FORMAT:
        raise DumpError(f"{path} 由另一版本的程序写成（格式 {manifest.format}）：请升级程序，或换一个目录")
    return manifest


def _manifest(dumps: tuple[Dump, ...]) -> DumpManifest:
    return DumpManifest(FORMAT, f"zhengce {version('zhengce')}", tuple(c.name for c in COLUMNS), dumps)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One dump at a time into a folder; the lock goes with the process."""
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise DumpError(f"另一个全量导出正在写入 {folder}") from None
    else:
        yield
    finally:
        os.close(descriptor)


def _write_parts(catalogue: Catalogue, plan: DumpPlan, look: Callable[[int], None]) -> Dump:
    """Write all files aside, out of one state of the catalogue."""
    name, documents = f"zhengce-{plan.day:%Y%m%d}", 0
    paths = [_part(plan.folder, f"{name}.{ending}") for ending in ENDINGS]
    with catalogue.read() as connection, ExitStack() as stack:
        seq, made = last_seq(connection), plan.clock()
        label = Label({"region": plan.regions, "site": site_names(connection)})
        writers: tuple[Writer, ...] = (_Zstd(JsonlWriter()), ParquetWriter(Rows(label)))
        files = [stack.enter_context(_Hashed.opened(path)) for path in paths]
        for writer in writers:
            stack.callback(writer.close)
        for piece in iter_stored(connection, PIECE):
            check_free(plan.folder, plan.spare)
            for writer, file in zip(writers, files, strict=True):
                file.write(writer.write(piece))
            documents += len(piece)
            look(documents)
        for writer, file in zip(writers, files, strict=True):
            for rest in writer.finish():
                file.write(rest)
            file.sync()
    written = tuple(
        DumpFile(f"{name}.{ending}", file.size, file.digest.hexdigest())
        for ending, file in zip(ENDINGS, files, strict=True)
    )
    return Dump(name, plan.day, made, documents, seq, written)


def _put_in_place(folder: Path, dump: Dump, before: tuple[Dump, ...], keep: int) -> None:
    """Name the dump among the newest `keep`, and remove what is named no more."""
    others = tuple(one for one in before if one.name != dump.name)
    if len(others) < len(before):
        _name(folder, others)
    for file in dump.files:
        _part(folder, file.name).replace(folder / file.name)
    sync_folder(folder)
    kept = tuple(sorted((dump, *others), key=lambda one: one.day, reverse=True))[:keep]
    _name(folder, kept)
    named = {file.name for one in kept for file in one.files}
    _remove(path for path in folder.iterdir() if OURS.fullmatch(path.name) and path.name not in named)


def _name(folder: Path, dumps: tuple[Dump, ...]) -> None:
    """Write checksums and manifest of these dumps."""
    sums = "".join(f"{file.sha256}  {file.name}\n" for one in dumps for file in one.files)
    write_pieces(folder / SUMS, [sums.encode()])
    encoded = msgspec.json.format(msgspec.json.encode(_manifest(dumps)), indent=2)
    write_pieces(folder / MANIFEST, [encoded, b"\n"])


def _part(folder: Path, name: str) -> Path:
    return folder / f".{name}.part"


def _remove_parts(folder: Path) -> None:
    for pattern in PARTS:
        _remove(folder.glob(pattern))


def _remove(paths: Iterator[Path]) -> None:
    for path in list(paths):
        with suppress(FileNotFoundError):
            path.unlink()


class _Hashed:
    """A file that keeps the digest and the number of the bytes that are written to it."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self.digest = hashlib.sha256()
        self.size = 0

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Iterator["_Hashed"]:
        """A new file."""
        with path.open("xb") as out:
            yield cls(out)

    def write(self, data: bytes) -> None:
        """Add bytes."""
        self._out.write(data)
        self.digest.update(data)
        self.size += len(data)

    def sync(self) -> None:
        """Make all that was written last."""
        self._out.flush()
        os.fsync(self._out.fileno())


class _Zstd:
    """A writer whose file is packed with zstd, as one frame."""

    def __init__(self, inner: Writer) -> None:
        self._inner = inner
        self._sink = Sink()
        self._packing: Any = pa.CompressedOutputStream(pa.PythonFile(self._sink, mode="w"), "zstd")

    def write(self, piece: Sequence[StoredPolicy]) -> bytes:
        """What is packed so far of these policies and those before."""
        self._packing.write(self._inner.write(piece))
        return self._sink.taken()

    def finish(self) -> Iterator[bytes]:
        """The rest, and the end of the frame."""
        for rest in self._inner.finish():
            self._packing.write(rest)
        self._packing.close()
        yield self._sink.taken()

    def close(self) -> None:
        """Let go of the buffers."""
        self._inner.close()
        self._packing.close()
