"""Signs in the bytes of a PDF that something of it is lost, which PDFium passes over in silence.

Most streams are packed by zlib (RFC 1950), which ends them with a checksum; a page names its content by the
number of an object (ISO 32000-1, 7.3.10 and 7.7.3).
"""

import base64
import io
import re
import zlib
from collections.abc import Collection, Iterator
from typing import Any

# A page of official text unpacks to 10 kB, its fonts to 1 MB; the largest file seen to 6 MB (2026-11).
MOST_UNPACKED = 64 << 20
_PIECE = 1 << 16
_LARGE = 1 << 22
# Dictionaries of streams seen have up to 300 bytes.
_DICTIONARY = 600
_PACKED = re.compile(rb"/Filter\s*\[?\s*(/ASCII85Decode\s*)?/(?:FlateDecode|Fl)\b")
_OBJECT = re.compile(rb"(\d{1,8})\s+\d{1,5}\s+obj\b")
_NEEDED = re.compile(rb"/(?:Contents|Kids|Pages|Parent)\s*(\[[^\]]{0,100000}\]|\d{1,8}\s+\d{1,5}\s+R)")
_REFERENCE = re.compile(rb"(\d{1,8})\s+\d{1,5}\s+R\b")
_NUMBER = re.compile(rb"\d{1,8}")


def has_lost_something(data: bytes) -> bool:
    """Whether a stream breaks off or fails its checksum, or a page or its content is missing.

    False for encrypted files, whose streams cannot be unpacked here.
    """
    if b"/Encrypt" in data:
        return False
    texts, there, left = list[bytes](), set[int](), MOST_UNPACKED
    for text, packed in _parts(data):
        texts.append(text)
        if packed is None:
            continue
        is_list = b"/ObjStm" in text
        unpacked = _unpack(packed, left, keep=is_list)
        if unpacked is None:
            return True
        left -= unpacked[0]
        if left <= 0:
            return False
        if is_list:
            there.update(_listed(text, unpacked[1]))
            texts.append(unpacked[1])
    text = b"\n".join(texts)
    there.update(map(int, _OBJECT.findall(text)))
    return any(number not in there for number in _needed(text))


def has_lost_pages(data: bytes, numbers: Collection[int]) -> bool:
    """Whether one of the pages (from 0) that show nothing has content that is missing or cannot be unpacked.

    pdfminer.six finds the content, which PDFium does not show; it reads encrypted files too.
    """
    from pdfminer.pdfdocument import PDFDocument
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdfparser import PDFParser

    try:
        pages = enumerate(PDFPage.create_pages(PDFDocument(PDFParser(io.BytesIO(data)))))
        shown = [page.contents for number, page in pages if number in numbers]
    except Exception:  # noqa: BLE001  # any exception leaves pdfminer on a file with errors, sound ones too
        return False
    return any(_breaks(content) for contents in shown for content in contents)


def _breaks(content: Any) -> bool:
    from pdfminer.pdftypes import PDFStream, resolve1

    try:
        stream = resolve1(content)
        if not isinstance(stream, PDFStream):
            return True
        stream.get_data()
    except Exception:  # noqa: BLE001  # an unknown filter, damaged bytes
        return True
    return False


def _parts(data: bytes) -> Iterator[tuple[bytes, memoryview | None]]:
    """What stands before each stream, and the bytes from the start of that stream if zlib packed it."""
    begun = 0
    while (word := data.find(b"stream", begun)) >= 0:
        start = word + 6 + (data[word + 6 : word + 8] == b"\r\n") + 1
        text = data[begun:word]
        head = text[max(0, text.rfind(b" obj")) :][-_DICTIONARY:]
        filters = _PACKED.search(head)
        # What is packed may hold the word by chance.
        end = data.find(b"endstream", start)
        begun = end + 9 if end >= 0 else start
        if filters and filters[1]:
            stop = data.find(b"~>", start)
            yield text, memoryview(_from_ascii85(data[start : stop if stop >= 0 else len(data)]))
        else:
            yield text, memoryview(data)[start:] if filters else None
    yield data[begun:], None


def _from_ascii85(text: bytes) -> bytes:
    try:
        return base64.a85decode(text.strip())
    except ValueError:
        return b""


def _unpack(packed: memoryview, most: int, *, keep: bool) -> tuple[int, bytes] | None:
    """How many bytes it unpacks to, and those bytes if they are to be kept; None where it is damaged."""
    unpacker = zlib.decompressobj()
    size, kept, at = 0, bytearray(), 0
    waiting: bytes | memoryview = b""
    while not unpacker.eof and size < most:
        if not waiting:
            waiting = packed[at : at + _PIECE]
            at += _PIECE
            if not waiting:
                return None
        try:
            piece = unpacker.decompress(waiting, 1 << 20)
        except zlib.error:
            return (size, bytes(kept)) if _lacks_checksum(packed) else None
        size += len(piece)
        waiting = unpacker.unconsumed_tail
        if keep:
            kept += piece
    return size, bytes(kept)


def _lacks_checksum(packed: memoryview) -> bool:
    """Whether the packed bytes are sound and only the checksum after them was left away."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        unpacker.decompress(packed[2 : 2 + _LARGE], _LARGE)
    except zlib.error:
        return False
    return unpacker.eof and unpacker.unused_data[:11].lstrip().startswith(b"endstream")


def _listed(head: bytes, content: bytes) -> Iterator[int]:
    """The numbers of the objects that an object stream holds (ISO 32000-1, 7.5.7)."""
    first = re.search(rb"/First\s+(\d{1,8})", head[-_DICTIONARY:])
    numbers = _NUMBER.findall(content[: int(first[1])] if first else b"")
    return map(int, numbers[::2])


def _needed(text: bytes) -> Iterator[int]:
    for match in _NEEDED.finditer(text):
        yield from map(int, _REFERENCE.findall(match[1]))
