"""Legacy Word files: fields, stories, encryption, corruption."""

import random
import struct
from pathlib import Path

import pytest

from normalizers.attachments.file_text import ReadError
from normalizers.attachments.legacy_word import _pieces, _stories, _without_field_codes
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
    assert "".join(_stories(bytes(main), pieces)) == "abc通知框"


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
