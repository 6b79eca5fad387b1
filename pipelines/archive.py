"""Raw responses as WARC files: one gzip member a record, readable whole up to wherever a file was cut.

Standard: WARC 1.1 (ISO 28500:2017). Bodies are stored content-decoded, so that the stored headers
lose Content-Encoding and Transfer-Encoding and get the true Content-Length.
"""

import io
import os
import re
import secrets
import zlib
from base64 import b32encode
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha1
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeaders
from warcio.utils import Digester

from pipelines.clock import Clock
from pipelines.disk import RESERVE_BYTES, check_free, storage_error
from pipelines.items import ArchiveRef

# 12 KB of a real page: level 1 0.14 ms and 3.06x, level 3 0.15 ms and 3.14x, level 6 0.23 ms and
# 3.32x, level 9 (warcio's own) 0.26 ms and 3.32x; whole pages of 50 KB: 0.44, 0.44, 0.79, 1.18 ms.
GZIP_LEVEL = 3
# Up to this body a window of 16 KB is enough: 3.05x as with 32 KB, whose memory alone costs 0.05 ms a record.
_SMALL = 32 << 10
# Small enough to copy, large enough that a year is some hundred files.
ROLL_BYTES = 256 << 20
# How often the free space is looked at while writing: 3 µs each time.
_LOOK_EVERY = 4 << 20
# Above every size limit of the crawl; a member that unpacks to more is not ours.
MAX_RECORD_BYTES = 512 << 20
# Files that a reader keeps open: the run's own files and a few older ones.
OPEN_FILES = 8
_CHUNK = 64 << 10
_GZIP_MAGIC = b"\x1f\x8b\x08"
_GZIP_WBITS = 16 + zlib.MAX_WBITS
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_DROPPED_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})

Header = tuple[str, str]


class ArchiveDamaged(ValueError):
    """A record of the archive cannot be read; `file` and `offset` say which."""

    def __init__(self, file: str, offset: int, reason: str) -> None:
        super().__init__(f"归档文件 {file} 在偏移 {offset} 处无法读取：{reason}")
        self.file = file
        self.offset = offset
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ArchivedResponse:
    """A response as it was archived; `body` is content-decoded, header values are printable text."""

    url: str
    status: int
    headers: tuple[Header, ...]
    body: bytes


class ArchiveWriter:
    """Appends responses to WARC files of its own; a new writer never touches an older file.

    The file is made at the first record (a quiet night leaves none). Errors of the disk are raised
    as DiskFull, ReadOnly or StorageError, and nothing of the failed record stays in the file.
    DiskFull already comes when fewer than `reserve_bytes` are free.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        roll_bytes: int = ROLL_BYTES,
        reserve_bytes: int = RESERVE_BYTES,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._roll_bytes = roll_bytes
        self._reserve_bytes = reserve_bytes
        self._unlooked = _LOOK_EVERY
        self._fd = -1
        self._name = ""
        self._size = 0

    def write_response(
        self, url: str, status: int, headers: Iterable[Header], body: bytes, at: datetime
    ) -> ArchiveRef:
        """Append one response; it is with the operating system when this returns. `at` has a zone."""
        head = _http_head(status, headers, len(body))
        fields = [
            ("WARC-Type", "response"),
            ("WARC-Target-URI", _one_line(url).replace(" ", "%20")),
            ("WARC-Date", _warc_date(at)),
            ("WARC-Payload-Digest", _digest(body)),
            ("Content-Type", "application/http; msgtype=response"),
        ]
        return self._append(_pack(fields, head, body))

    def close(self) -> None:
        """End the present file and hand it to the disk; a later record opens a new one."""
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            try:
                os.fsync(fd)
            finally:
                os.close(fd)

    def __enter__(self) -> "ArchiveWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _append(self, packed: bytes) -> ArchiveRef:
        self._look_at_disk(len(packed))
        if self._fd < 0:
            self._open()
        ref = ArchiveRef(self._name, self._size, len(packed))
        self._write(packed)
        if self._size >= self._roll_bytes:
            self.close()
        return ref

    def _look_at_disk(self, coming: int) -> None:
        self._unlooked += coming
        if self._unlooked >= _LOOK_EVERY:
            self._make_folder()
            check_free(self._folder, self._reserve_bytes + coming)
            self._unlooked = 0

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_error(error, self._folder) from error

    def _open(self) -> None:
        now = self._clock()
        stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        self._name = f"zhengce-{stamp}-{os.getpid()}-{secrets.token_hex(4)}.warc.gz"
        path = self._folder / self._name
        self._make_folder()
        try:
            self._fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o640)
        except OSError as error:
            raise storage_error(error, path) from error
        self._size = 0
        fields = [
            ("WARC-Type", "warcinfo"),
            ("WARC-Filename", self._name),
            ("WARC-Date", _warc_date(now)),
            ("Content-Type", "application/warc-fields"),
        ]
        info = f"software: zhengce/{version('zhengce')}\r\nformat: WARC File Format 1.1\r\n"
        self._write(_pack(fields, info.encode(), b""))

    def _write(self, packed: bytes) -> None:
        rest = memoryview(packed)
        try:
            while rest:
                rest = rest[os.write(self._fd, rest) :]
        except OSError as error:
            self._take_back()
            raise storage_error(error, self._folder / self._name) from error
        self._size += len(packed)

    def _take_back(self) -> None:
        """Cut the half-written record off and leave the file for good: the next record opens a new one."""
        fd, self._fd = self._fd, -1
        try:
            if self._size:
                os.ftruncate(fd, self._size)
            else:
                (self._folder / self._name).unlink()
        except OSError:
            return  # the file stays cut at its end, which every reader can take
        finally:
            os.close(fd)


class ArchiveReader:
    """Reads single records of an archive folder; keeps a few files open; not for several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: OrderedDict[str, int] = OrderedDict()

    def read(self, ref: ArchiveRef) -> ArchivedResponse:
        """The response at `ref`; raises ArchiveDamaged where it is missing, cut or damaged."""
        try:
            packed = os.pread(self._file(ref), ref.length, ref.offset)
        except OSError as error:
            raise ArchiveDamaged(ref.file, ref.offset, error.strerror or str(error)) from error
        try:
            raw, used = _unpack(packed)
            if used != ref.length:
                raise ValueError("记录长度不符")
            return _parse_response(raw)
        except (ValueError, zlib.error) as error:
            raise ArchiveDamaged(ref.file, ref.offset, str(error)) from error

    def close(self) -> None:
        """Close the files that are still open."""
        while self._open:
            os.close(self._open.popitem()[1])

    def _file(self, ref: ArchiveRef) -> int:
        if ref.file in self._open:
            self._open.move_to_end(ref.file)
            return self._open[ref.file]
        if Path(ref.file).name != ref.file:
            raise ArchiveDamaged(ref.file, ref.offset, "文件名无效")
        fd = os.open(self._folder / ref.file, os.O_RDONLY)
        self._open[ref.file] = fd
        if len(self._open) > OPEN_FILES:
            os.close(self._open.popitem(last=False)[1])
        return fd


@dataclass(frozen=True, slots=True)
class ArchiveProblem:
    """A place of a file where no whole record lies; `cut` where the file simply ends too early."""

    offset: int
    reason: str
    cut: bool


@dataclass(frozen=True, slots=True)
class ArchiveCheck:
    """What a reading of one file found: `records` are whole, with right checksums and digests."""

    file: str
    size: int
    records: int
    problems: tuple[ArchiveProblem, ...]

    @property
    def state(self) -> str:
        """`ok`, `cut` (only the end is missing, as after a kill) or `damaged`."""
        if not self.problems:
            return "ok"
        return "cut" if all(problem.cut for problem in self.problems) else "damaged"


def archive_files(folder: Path) -> list[Path]:
    """The WARC files of an archive folder, oldest name first."""
    return sorted(folder.glob("*.warc.gz"))


def verify_archive(folder: Path) -> Iterator[ArchiveCheck]:
    """Read every record of every file: checksums, heads and digests of the bodies."""
    for path in archive_files(folder):
        yield verify_file(path)


def verify_file(path: Path) -> ArchiveCheck:
    """Read every record of one WARC file; goes on behind a damaged record at the next whole one."""
    problems: list[ArchiveProblem] = []
    records = 0
    with path.open("rb", buffering=0) as stream:
        fd, size = stream.fileno(), os.fstat(stream.fileno()).st_size
        offset = 0
        while offset < size:
            try:
                raw, used = _unpack_at(fd, offset)
                _check_digest(raw)
                records += 1
                offset += used
            except (ValueError, zlib.error) as error:
                following = _next_record(fd, offset + 1, size)
                cut = isinstance(error, _Cut) and following == size
                problems.append(ArchiveProblem(offset, str(error), cut))
                offset = following
    return ArchiveCheck(path.name, size, records, tuple(problems))


class _Cut(ValueError):
    """The bytes end before the record does."""

    def __init__(self) -> None:
        super().__init__("记录不完整（文件在此截断）")


def _unpack(packed: bytes) -> tuple[bytes, int]:
    """One gzip member: its content and its packed length."""
    unpacker = zlib.decompressobj(_GZIP_WBITS)
    raw = unpacker.decompress(packed, MAX_RECORD_BYTES)
    if unpacker.eof:
        return raw, len(packed) - len(unpacker.unused_data)
    if unpacker.unconsumed_tail:
        raise ValueError("记录超过大小上限")
    raise _Cut


def _unpack_at(fd: int, offset: int) -> tuple[bytes, int]:
    """The gzip member at `offset` of an open file, read piece by piece."""
    unpacker = zlib.decompressobj(_GZIP_WBITS)
    parts: list[bytes] = []
    room, position = MAX_RECORD_BYTES, offset
    while not unpacker.eof:
        piece = os.pread(fd, _CHUNK, position)
        if not piece:
            raise _Cut
        position += len(piece)
        parts.append(unpacker.decompress(piece, room))
        room -= len(parts[-1])
        if unpacker.unconsumed_tail or room <= 0:
            raise ValueError("记录超过大小上限")
    return b"".join(parts), position - len(unpacker.unused_data) - offset


def _next_record(fd: int, start: int, size: int) -> int:
    """Where the next WARC record begins at or behind `start`; `size` where there is none."""
    while start < size:
        piece = os.pread(fd, _CHUNK, start)
        found = piece.find(_GZIP_MAGIC)
        if found < 0:
            start += max(len(piece) - len(_GZIP_MAGIC) + 1, 1)
        elif _begins_record(fd, start + found):
            return start + found
        else:
            start += found + 1
    return size


def _begins_record(fd: int, offset: int) -> bool:
    try:
        return zlib.decompressobj(_GZIP_WBITS).decompress(os.pread(fd, _CHUNK, offset), 5) == b"WARC/"
    except zlib.error:
        return False


def _load(raw: bytes) -> Any:
    try:
        return ArcWarcRecordLoader(verify_http=False).parse_record_stream(
            io.BytesIO(raw), known_format="warc", ensure_http_headers=False
        )
    except Exception as error:  # warcio raises a dozen kinds on damaged heads
        raise ValueError(f"记录头无法解析：{error}") from error


def _parse_response(raw: bytes) -> ArchivedResponse:
    record = _load(raw)
    if record.rec_type != "response" or record.http_headers is None:
        raise ValueError("不是响应记录")
    status = record.http_headers.get_statuscode()
    if not status.isdecimal():
        raise ValueError("状态行无法解析")
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    return ArchivedResponse(url, int(status), tuple(record.http_headers.headers), record.raw_stream.read())


def _check_digest(raw: bytes) -> None:
    record = _load(raw)
    stored = record.rec_headers.get_header("WARC-Payload-Digest")
    if stored is None:
        return
    digester = Digester("sha1")
    digester.update(record.raw_stream.read())
    if str(digester) != stored:
        raise ValueError("内容摘要不符")


def _pack(fields: list[Header], head: bytes, body: bytes) -> bytes:
    """A record as a gzip member; its block is `head` and `body`.

    Written here and not by warcio, which takes 0.04 ms more a record.
    """
    block = sha1(head, usedforsecurity=False)
    block.update(body)
    named = StatusAndHeaders("", fields, protocol="WARC/1.1")
    named.add_header("WARC-Record-ID", f"<urn:uuid:{uuid4()}>")
    named.add_header("WARC-Block-Digest", f"sha1:{b32encode(block.digest()).decode()}")
    named.add_header("Content-Length", str(len(head) + len(body)))
    window = _GZIP_WBITS - 1 if len(body) <= _SMALL else _GZIP_WBITS
    packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, window)
    parts = (named.to_ascii_bytes() + head, body, b"\r\n\r\n")
    return b"".join([*map(packer.compress, parts), packer.flush()])


def _digest(data: bytes) -> str:
    return f"sha1:{b32encode(sha1(data, usedforsecurity=False).digest()).decode()}"


def _http_head(status: int, headers: Iterable[Header], length: int) -> bytes:
    """Status line and headers as ASCII; values of other characters are percent-encoded, names get a `?`."""
    lines = [
        (_one_line(name).encode("ascii", "replace").decode(), _one_line(value)) for name, value in headers
    ]
    kept = [(name, value) for name, value in lines if name.lower() not in _DROPPED_HEADERS]
    kept.append(("Content-Length", str(length)))
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Unknown"
    head: bytes = StatusAndHeaders(f"{status} {phrase}", kept, protocol="HTTP/1.1").to_ascii_bytes()
    return head


def _one_line(text: str) -> str:
    """Text without line breaks and other control characters, which would end or forge a header."""
    return text.strip() if text.isprintable() else _CONTROL.sub(" ", text).strip()


def _warc_date(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
