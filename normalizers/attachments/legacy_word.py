"""Word 97 to 2003 (.doc) and WPS Writer (.wps) to text, by the piece table of [MS-DOC] 2.4.1."""

import io
import re
import struct
from collections.abc import Iterator
from typing import Any

from normalizers.attachments.file_text import MAX_CHARS, FileText, ReadError, file_text
from normalizers.failures import Failure

# Offsets in the file information block ([MS-DOC] 2.5).
_FLAGS, _COUNTS, _RUNS, _CLX = 0x0A, 0x4C, 0xFA, 0x01A2
_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200
_LEAST_FIB = 0x01AA
_WORD_97 = 0xA5EC
# Stories in the order of their counts: text, footnotes, headers, macros, comments, endnotes, text boxes,
# text boxes of headers. Headers, macros and comments are no part of what was issued.
_WANTED_STORIES = (0, 1, 5, 6)
_COMPRESSED = 0x40000000
# The property "deleted" of a run with tracked changes, sprmCFRMarkDel = 1 ([MS-DOC] 2.6.1).
_DELETED = 0x0800
# Bytes of a property's value by its kind; kind 6 begins with its length.
_VALUE_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)
_PAGE = 512
_MARKS = frozenset("\x13\x14\x15")
_FIELD_MARKS = re.compile("([\x13\x14\x15])")
_CHARACTERS = str.maketrans(
    {"\x07": "\t", "\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x1e": "-", "\x1f": "", "\xa0": " "}
)


def read_doc(data: bytes, kind: str) -> FileText:
    """Text of a .doc or .wps file (`kind` says which, the bytes are alike), table rows as lines with tabs."""
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as ole:
        main = ole.openstream("WordDocument").read()
        if len(main) < _LEAST_FIB:
            raise ReadError(Failure.ATTACHMENT_DAMAGED, "Word 文件头不完整")
        (magic,) = struct.unpack_from("<H", main)
        (flags,) = struct.unpack_from("<H", main, _FLAGS)
        if magic != _WORD_97:
            raise ReadError(Failure.ATTACHMENT_UNSUPPORTED, f"Word 97 之前的格式（{magic:#x}）")
        if flags & _ENCRYPTED:
            raise ReadError(Failure.ATTACHMENT_ENCRYPTED, "Word 文件需要密码才能打开")
        table = ole.openstream("1Table" if flags & _SECOND_TABLE else "0Table").read()
        title = _title(ole)
    stories = _stories(main, list(_pieces(main, table)), list(_deleted(main, table)))
    text = "".join(map(_without_field_codes, stories)).replace("\x07\x07", "\n").translate(_CHARACTERS)
    return file_text(kind, "legacy_word", text, title)


def _pieces(main: bytes, table: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Pieces of text as (first character, end character, offset in `main`, bytes a character)."""
    start, size = struct.unpack_from("<II", main, _CLX)
    clx, at = table[start : start + size], 0
    while at < len(clx) and clx[at] == 1:
        (skip,) = struct.unpack_from("<H", clx, at + 1)
        at += 3 + skip
    if at >= len(clx) or clx[at] != 2:
        raise ReadError(Failure.ATTACHMENT_DAMAGED, "Word 文件没有文字索引")
    (size,) = struct.unpack_from("<I", clx, at + 1)
    plc = clx[at + 5 : at + 5 + size]
    count = (len(plc) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", plc)
    for number in range(count):
        (place,) = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * number + 2)
        if place & _COMPRESSED:
            yield ends[number], ends[number + 1], (place & ~_COMPRESSED) // 2, 1
        else:
            yield ends[number], ends[number + 1], place, 2


def _deleted(main: bytes, table: bytes) -> Iterator[tuple[int, int]]:
    """Ranges of `main` that tracked changes have deleted, from the pages of run properties ([MS-DOC] 2.9.35)."""
    start, size = struct.unpack_from("<II", main, _RUNS)
    index = table[start : start + size]
    count = (len(index) - 4) // 8
    for number in range(count):
        (page,) = struct.unpack_from("<I", index, 4 * (count + 1) + 4 * number)
        runs = main[(page & 0x3FFFFF) * _PAGE :][:_PAGE]
        # Most pages of run properties hold no such property at all.
        if len(runs) == _PAGE and struct.pack("<HB", _DELETED, 1) in runs:
            yield from _deleted_runs(runs)


def _deleted_runs(page: bytes) -> Iterator[tuple[int, int]]:
    count = page[-1]
    if 5 * count + 4 > _PAGE:
        return
    ends = struct.unpack_from(f"<{count + 1}I", page)
    for run in range(count):
        place = 2 * page[4 * (count + 1) + run]
        if place and _is_deleted(page[place + 1 : place + 1 + page[place]]):
            yield ends[run], ends[run + 1]


def _is_deleted(properties: bytes) -> bool:
    at = 0
    while at + 3 <= len(properties):
        (code,) = struct.unpack_from("<H", properties, at)
        if code == _DELETED:
            return properties[at + 2] == 1
        at += 2 + (_VALUE_SIZES[code >> 13] or 1 + properties[at + 2])
    return False


def _stories(
    main: bytes, pieces: list[tuple[int, int, int, int]], deleted: list[tuple[int, int]]
) -> Iterator[str]:
    """Text of each wanted story, capped, less the deleted ranges of `main`."""
    counts, left = struct.unpack_from("<8i", main, _COUNTS), MAX_CHARS
    for story in _WANTED_STORIES:
        start, found = sum(counts[:story]), list[str]()
        for first, end, offset, width in pieces:
            low, high = max(first, start), min(end, start + counts[story], max(first, start) + left)
            if low >= high:
                continue
            left -= high - low
            encoding = "cp1252" if width == 1 else "utf-16-le"
            place = offset + (low - first) * width
            for kept in _kept(place, place + (high - low) * width, deleted):
                found.append(main[slice(*kept)].decode(encoding, "replace"))
        yield "".join(found)


def _kept(low: int, high: int, deleted: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The parts of a range that are in none of the others, which are in order."""
    for start, end in deleted:
        if low < start < high:
            yield low, start
        if start < high and end > low:
            low = max(low, end)
    if low < high:
        yield low, high


def _without_field_codes(text: str) -> str:
    """Text with fields (start, code, separator, result, end) replaced by their results."""
    kept, in_code = list[str](), list[bool]()
    hidden = 0
    for piece in _FIELD_MARKS.split(text):
        if piece == "\x13":
            in_code.append(True)
            hidden += 1
        elif piece == "\x14" and in_code:
            hidden -= in_code[-1]
            in_code[-1] = False
        elif piece == "\x15" and in_code:
            hidden -= in_code.pop()
        elif not hidden and piece not in _MARKS:
            kept.append(piece)
    # A field without end would hide the rest of the document.
    return _FIELD_MARKS.sub("", text) if hidden else "".join(kept)


def _title(ole: Any) -> str:
    """The title property, empty where there is none that can be read."""
    properties = ole.get_metadata()
    raw = properties.title or b""
    encoding = {65001: "utf-8", 1252: "cp1252"}.get(properties.codepage or 0, "gb18030")
    text = raw.decode(encoding, "replace") if isinstance(raw, bytes) else str(raw)
    # WPS leaves the rest of the buffer after the end mark.
    return text.partition("\0")[0]
