"""Legacy Word files: fields, stories, encryption, corruption."""

import io
import random
import struct
from pathlib import Path

import olefile
import pytest

from normalizers.attachments.file_text import ReadError
from normalizers.attachments.legacy_word import _deleted_runs, _kept, _pieces, _stories, _without_field_codes
from normalizers.attachments.reading import read_file
from normalizers.failures import Failure


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ('见\x13 HYPERLINK "http://demo.test" \x14附件\x15。', "见附件。"),
        ("第\x13PAGE\x15页", "第页"),
        ("\x13A\x13B\x14b\x15\x14外\x13C\x14内\x15\x15尾", "外内尾"),
        ("没有结尾\x13的域", "没有结尾的域"),
        ("\x15多余\x14", "多余"),
    ],
)
def test_fields_give_their_results(raw: str, clean: str) -> None:
    assert _without_field_codes(raw) == clean


def test_pieces_and_stories() -> None:
    """A compressed piece, a Unicode piece; the header story is left out, the text box story kept."""
    main = bytearray(0x400)
    struct.pack_into("<8i", main, 0x4C, 5, 0, 2, 0, 0, 0, 1, 0)
    main[0x200:0x203] = b"abc"
    main[0x300:0x30A] = "通知页眉框".encode("utf-16-le")
    plc = struct.pack("<3I", 0, 3, 8)
    plc += struct.pack("<HIH", 0, 0x40000000 | 0x200 * 2, 0) + struct.pack("<HIH", 0, 0x300, 0)
    table = b"\x01\x02\x00xx" + b"\x02" + struct.pack("<I", len(plc)) + plc
    struct.pack_into("<II", main, 0x01A2, 0, len(table))
    pieces = list(_pieces(bytes(main), table))
    assert pieces == [(0, 3, 0x200, 1), (3, 8, 0x300, 2)]
    assert "".join(_stories(bytes(main), pieces, [])) == "abc通知框"


def test_encrypted_flag_is_named(shared: Path) -> None:
    data = bytearray((shared / "samples/office/notice.doc").read_bytes())
    header = data.index(b"\xec\xa5")
    data[header + 0x0B] |= 0x01
    with pytest.raises(ReadError) as caught:
        read_file(bytes(data))
    assert caught.value.failure is Failure.ATTACHMENT_ENCRYPTED


@pytest.mark.parametrize("name", ["notice.doc", "list.xls", "notice.docx", "notice.odt", "list.xlsx"])
def test_random_corruption_ends_in_text_or_read_error(shared: Path, name: str) -> None:
    chance = random.Random(7)
    data = (shared / "samples/office" / name).read_bytes()
    for _ in range(40):
        broken = bytearray(data)
        for _ in range(chance.randint(1, 60)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        # Half of the damage goes to the head, where the structures of OLE files lie.
        for _ in range(chance.randint(0, 20)):
            broken[chance.randrange(2048)] = chance.randrange(256)
        try:
            read_file(bytes(broken[: chance.randint(1, 2 * len(broken))]), name)
        except ReadError as error:
            assert error.message


def test_runs_that_tracked_changes_deleted() -> None:
    """A page of run properties: the second of three runs is deleted, the third has a property before."""
    page = bytearray(512)
    struct.pack_into("<4I", page, 0, 0x400, 0x40A, 0x414, 0x41E)
    page[16:19] = bytes((0, 200, 210))
    page[400:404] = b"\x03\x00\x08\x01"
    page[420:428] = b"\x07\x03\x6a\1\2\3\4\0"
    page[-1] = 3
    assert list(_deleted_runs(bytes(page))) == [(0x40A, 0x414)]
    page[401:404] = b"\x00\x08\x00"
    assert list(_deleted_runs(bytes(page))) == []


@pytest.mark.parametrize(
    ("deleted", "kept"),
    [
        ([], [(10, 20)]),
        ([(12, 14)], [(10, 12), (14, 20)]),
        ([(0, 12), (18, 30)], [(12, 18)]),
        ([(0, 30)], []),
        ([(20, 30), (0, 10)], [(10, 20)]),
    ],
)
def test_what_is_left_of_a_range(deleted: list[tuple[int, int]], kept: list[tuple[int, int]]) -> None:
    assert list(_kept(10, 20, deleted)) == kept


def test_deleted_text_of_a_file_is_left_out(shared: Path) -> None:
    data = bytearray((shared / "samples/office/notice.doc").read_bytes())
    whole = read_file(bytes(data)).text
    with olefile.OleFileIO(io.BytesIO(data)) as ole:
        main = ole.openstream("WordDocument").read()
        table = ole.openstream("1Table" if main[0x0B] & 2 else "0Table").read()
    start, size = struct.unpack_from("<II", main, 0xFA)
    (page,) = struct.unpack_from("<I", table, start + 4 * ((size - 4) // 8 + 1))
    runs = bytearray(main[page * 512 : page * 512 + 512])
    at = data.index(bytes(runs))
    places = (2 * runs[4 * (runs[-1] + 1) + run] for run in range(runs[-1]))
    place = next(place for place in places if place and runs[place] >= 3)
    data[at + place + 1 : at + place + 4] = b"\x00\x08\x01"
    found = read_file(bytes(data)).text
    assert 0 < len(found) < len(whole)
