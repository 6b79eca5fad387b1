"""Bodies of the archive, read in pieces and refused where they are damaged."""

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.archive import ArchiveDamaged, ArchiveReader, ArchiveWriter
from pipelines.archived_body import PIECE, open_body
from pipelines.clock import clock_at
from pipelines.items import ArchiveRef

AT = datetime(2026, 3, 2, tzinfo=UTC)
HEADERS = [
    ("Content-Type", "text/html"),
    ("Content-Length", "3"),
    ("X", "a\r\n\r\nb"),
    ("content-length ", "9"),
]


def archived(folder: Path, *bodies: bytes) -> list[ArchiveRef]:
    with ArchiveWriter(folder, clock_at(AT), reserve_bytes=0) as writer:
        return [writer.write_response("http://demo.test/1.html", 200, HEADERS, body, AT) for body in bodies]


BODIES = {
    "nothing": b"",
    "short": "<p>演示</p>".encode(),
    "ends of heads": b"\r\n\r\n\r\n\r\n",
    "one piece": random.Random(1).randbytes(PIECE),
    "several pieces": random.Random(2).randbytes(3 * PIECE + 7),
    "a small record that unpacks to much": bytes(20 * PIECE + 1),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_comes_as_it_was(tmp_path: Path, name: str) -> None:
    before, ref, _ = archived(tmp_path, b"before", BODIES[name], b"behind")
    body = open_body(tmp_path, ref)
    assert body.size == len(BODIES[name])
    pieces = list(body.pieces())
    assert b"".join(pieces) == BODIES[name] == ArchiveReader(tmp_path).read(ref).body
    assert max(map(len, pieces), default=0) <= PIECE
    assert body.read(5) == BODIES[name][:5]
    assert body.read(len(BODIES[name]) + 9) == BODIES[name]
    assert open_body(tmp_path, before).read(99) == b"before"


@settings(max_examples=60)
@given(body=st.binary(max_size=3000))
def test_any_bytes_come_as_they_were(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    folder = tmp_path_factory.mktemp("archive")
    (ref,) = archived(folder, body)
    assert b"".join(open_body(folder, ref).pieces()) == body


def test_every_damage_is_an_error_before_the_first_piece(tmp_path: Path) -> None:
    (ref,) = archived(tmp_path, random.Random(3).randbytes(400))
    path = tmp_path / ref.file
    whole = path.read_bytes()
    for at in range(ref.offset, ref.offset + ref.length):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x41]) + whole[at + 1 :])
        try:
            body = open_body(tmp_path, ref)
        except ArchiveDamaged:
            continue
        # The time in the head of a GZIP member is under no checksum.
        assert ref.offset + 4 <= at < ref.offset + 10, at
        assert body.size == 400
    for length in (0, 1, ref.offset, ref.offset + 1, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(ArchiveDamaged):
            open_body(tmp_path, ref)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"file": "missing.warc.gz"}, "No such file"),
        ({"file": "../archive/x"}, "文件名无效"),
        ({"file": "/etc/passwd"}, "文件名无效"),
        ({"file": ""}, "文件名无效"),
        ({"file": ".."}, "文件名无效"),
        ({"length": 10}, "不完整"),
        ({"length": 0}, "不完整"),
        ({"offset": 0}, ""),
        ({"offset": 10**12}, "不完整"),
    ],
)
def test_a_wrong_place_is_an_error(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    (ref,) = archived(tmp_path, b"body")
    values: dict[str, Any] = {"file": ref.file, "offset": ref.offset, "length": ref.length} | change
    with pytest.raises(ArchiveDamaged) as told:
        open_body(tmp_path, ArchiveRef(**values))
    assert reason in str(told.value)


def test_the_record_about_a_file_is_no_response(tmp_path: Path) -> None:
    (ref,) = archived(tmp_path, b"body")
    with pytest.raises(ArchiveDamaged, match="不是响应记录"):
        open_body(tmp_path, ArchiveRef(ref.file, 0, ref.offset))


def test_a_link_out_of_the_archive_is_not_followed(tmp_path: Path) -> None:
    (ref,) = archived(tmp_path, b"body")
    (tmp_path / "link.warc.gz").symlink_to(tmp_path / ref.file)
    with pytest.raises(ArchiveDamaged):
        open_body(tmp_path, ArchiveRef("link.warc.gz", ref.offset, ref.length))
