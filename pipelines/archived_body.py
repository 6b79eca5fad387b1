"""The body of an archived response, piece by piece: a record of any size takes the memory of two pieces.

A record is read through once before its first piece is given out, so that a damaged one is an error and never
half an answer.
"""

import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.archive import MAX_RECORD_BYTES, ArchiveDamaged
from pipelines.items import ArchiveRef

PIECE = 256 << 10  # bytes of a file read at once, and the most that one piece unpacks to
MAX_HEAD = 1 << 20  # bytes of the heads of a record; those of real sites have some hundred
_WBITS = 16 + zlib.MAX_WBITS
_END = b"\r\n\r\n"
_RESPONSE = re.compile(rb"^WARC-Type:[ \t]*response[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_LENGTH = re.compile(rb"^Content-Length:[ \t]*(\d{1,12})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ArchivedBody:
    """A whole body: its bytes are `size`; it starts at `start` of its unpacked record."""

    path: Path
    ref: ArchiveRef
    start: int
    size: int

    def pieces(self) -> Iterator[bytes]:
        """The bytes in order; raises ArchiveDamaged where the file has changed meanwhile."""
        skip, left = self.start, self.size
        for piece in _unpacked(self.path, self.ref):
            part = piece[skip : skip + left]
            skip = max(skip - len(piece), 0)
            left -= len(part)
            if part:
                yield part

    def read(self, most: int) -> bytes:
        """The first bytes, at most so many."""
        held = bytearray()
        for piece in self.pieces():
            held += piece[: most - len(held)]
            if len(held) >= most:
                break
        return bytes(held)


def open_body(folder: Path, ref: ArchiveRef) -> ArchivedBody:
    """The body at `ref`, its record checked whole (GZIP checksum, lengths); raises ArchiveDamaged."""
    if Path(ref.file).name != ref.file or ref.file in ("", ".", ".."):
        raise _damaged(ref, "文件名无效")
    path = folder / ref.file
    head, total = bytearray(), 0
    for piece in _unpacked(path, ref):
        total += len(piece)
        if head.count(_END) < 2 and len(head) < MAX_HEAD:
            head += piece
    start, size = _place(bytes(head), ref)
    if start + size + len(_END) != total:
        raise _damaged(ref, "内容长度不符")
    return ArchivedBody(path, ref, start, size)


def _place(head: bytes, ref: ArchiveRef) -> tuple[int, int]:
    """Where the body starts in the record, and its length as the response states it."""
    of_record, _, rest = head.partition(_END)
    of_response, end, _ = rest.partition(_END)
    lengths = _LENGTH.findall(of_response)
    if not (end and lengths and _RESPONSE.search(of_record)):
        raise _damaged(ref, "不是响应记录")
    return len(of_record) + len(of_response) + 2 * len(_END), int(lengths[-1])


def _unpacked(path: Path, ref: ArchiveRef) -> Iterator[bytes]:
    """The unpacked bytes of the one GZIP member at `ref`, which must end where `ref` does."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise _damaged(ref, error.strerror or str(error)) from error
    unpacker = zlib.decompressobj(_WBITS)
    room, at, end = MAX_RECORD_BYTES, ref.offset, ref.offset + ref.length
    try:
        while at < end and not unpacker.eof:
            packed = os.pread(fd, min(PIECE, end - at), at)
            if not packed:
                break
            at += len(packed)
            full = True
            while full and not unpacker.eof:
                piece = unpacker.decompress(packed, PIECE)
                packed = unpacker.unconsumed_tail
                full = len(piece) == PIECE
                room -= len(piece)
                if room < 0:
                    raise _damaged(ref, "记录超过大小上限")
                yield piece
    except (OSError, zlib.error) as error:
        raise _damaged(ref, str(error)) from error
    finally:
        os.close(fd)
    if not unpacker.eof or at != end or unpacker.unused_data:
        raise _damaged(ref, "记录不完整或长度不符")


def _damaged(ref: ArchiveRef, reason: str) -> ArchiveDamaged:
    return ArchiveDamaged(ref.file, ref.offset, reason)
