"""The archive: what goes in comes out, and no accident costs more than the record in hand."""

import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from pipelines.archive import (
    ArchiveDamaged,
    ArchiveReader,
    ArchiveWriter,
    archive_files,
    verify_archive,
    verify_file,
)
from pipelines.disk import DiskFull, ReadOnly, check_folder
from pipelines.items import ArchiveRef

AT = datetime(2026, 3, 2, 2, 0, 0, 123456, tzinfo=UTC)
URL = "http://yanshi.test:8147/zc/t1.html"
NAMES = st.from_regex(r"X-[A-Za-z]{1,12}", fullmatch=True)
VALUES = st.from_regex(r"[!-~]([ -~]{0,30}[!-~])?", fullmatch=True)


def write(folder: Path, *bodies: bytes, **options: int) -> list[ArchiveRef]:
    with ArchiveWriter(folder, lambda: AT, **options) as writer:
        return [writer.write_response(f"{URL}?{i}", 200, [], body, AT) for i, body in enumerate(bodies)]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(100, 599), st.lists(st.tuples(NAMES, VALUES), max_size=4), st.binary(max_size=3000)
        ),
        min_size=1,
        max_size=5,
    )
)
def test_what_goes_in_comes_out(responses: list[tuple[int, list[tuple[str, str]], bytes]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with ArchiveWriter(folder, lambda: AT, roll_bytes=2000) as writer:
            refs = [writer.write_response(URL, *response, AT) for response in responses]
        reader = ArchiveReader(folder)
        for ref, (status, headers, body) in zip(refs, responses, strict=True):
            found = reader.read(ref)
            assert (found.url, found.status, found.body) == (URL, status, body)
            assert found.headers == (*headers, ("Content-Length", str(len(body))))
        reader.close()
        assert {check.state for check in verify_archive(folder)} == {"ok"}
        # one warcinfo a file
        assert sum(c.records for c in verify_archive(folder)) == len(refs) + len(archive_files(folder))


def test_another_reader_of_the_standard_reads_it(tmp_path: Path) -> None:
    headers = [("Content-Type", "text/html"), ("content-encoding", "gzip"), ("Transfer-Encoding", "chunked")]
    with ArchiveWriter(tmp_path, lambda: AT) as writer:
        writer.write_response(URL, 200, headers, "演示市人民政府".encode(), AT)
    (path,) = archive_files(tmp_path)
    with path.open("rb") as stream:
        first, second = [
            (r.rec_type, r.content_stream().read(), r) for r in ArchiveIterator(stream, check_digests="raise")
        ]
    assert first[0] == "warcinfo" and b"software: zhengce/" in first[1]
    assert second[:2] == ("response", "演示市人民政府".encode())
    assert second[2].rec_headers.get_header("WARC-Date") == "2026-03-02T02:00:00.123456Z"
    assert [name for name, _ in second[2].http_headers.headers] == ["Content-Type", "Content-Length"]


def test_a_header_cannot_end_the_head(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, lambda: AT) as writer:
        ref = writer.write_response(
            f"{URL}\r\nWARC-Type: evil", 200, [("X-A", "1\r\n\r\nbody"), ("X-B\nX-C", "2")], b"real", AT
        )
    found = ArchiveReader(tmp_path).read(ref)
    assert found.body == b"real"
    assert dict(found.headers)["X-A"] == "1 body"
    assert found.url == f"{URL}%20WARC-Type:%20evil"


def test_every_start_opens_a_file_and_files_roll(tmp_path: Path) -> None:
    write(tmp_path, b"a")
    write(tmp_path, b"b")
    assert len(archive_files(tmp_path)) == 2
    refs = write(tmp_path, *[os.urandom(600) for _ in range(6)], roll_bytes=1500)
    assert len({ref.file for ref in refs}) == 3
    assert all(check.state == "ok" for check in verify_archive(tmp_path))


def test_a_quiet_night_leaves_no_file(tmp_path: Path) -> None:
    write(tmp_path / "archive")
    assert not (tmp_path / "archive").exists()


WRITE_FOREVER = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from pipelines.archive import ArchiveWriter
from pipelines.clock import system_clock
writer = ArchiveWriter(Path(sys.argv[1]), system_clock)
for number in range(10**9):
    body = (b"%d " % number) * 50 + os.urandom(20_000)
    ref = writer.write_response("http://yanshi.test/", 200, [], body, system_clock())
    print(ref.file, ref.offset, ref.length, number, flush=True)
"""


def test_kill_while_writing_loses_at_most_the_record_in_hand(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", WRITE_FOREVER, str(tmp_path)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    lines = [child.stdout.readline() for _ in range(300)]
    child.send_signal(signal.SIGKILL)
    lines += child.stdout.read().splitlines(keepends=True)
    child.wait()
    child.stdout.close()
    reader = ArchiveReader(tmp_path)
    whole = [line.decode().split() for line in lines if line.endswith(b"\n")]
    for file, offset, length, number in whole:
        body = reader.read(ArchiveRef(file, int(offset), int(length))).body
        assert body.startswith(f"{number} ".encode() * 50)
    (check,) = verify_archive(tmp_path)
    assert check.state in {"ok", "cut"}
    assert check.records >= len(whole) + 1
    write(tmp_path, b"the next start")
    assert {check.state for check in verify_archive(tmp_path)} <= {"ok", check.state}


@pytest.mark.parametrize("share", [0.0, 0.1, 0.35, 0.5, 0.77, 0.999])
def test_a_file_cut_anywhere_keeps_its_whole_records(tmp_path: Path, share: float) -> None:
    refs = write(tmp_path, *[os.urandom(500) for _ in range(8)])
    (path,) = archive_files(tmp_path)
    size = int(path.stat().st_size * share)
    os.truncate(path, size)
    whole = [ref for ref in refs if ref.offset + ref.length <= size]
    check = verify_file(path)
    assert check.state == ("ok" if size == 0 else "cut")
    assert max(check.records - 1, 0) == len(whole)
    reader = ArchiveReader(tmp_path)
    for ref in refs:
        if ref in whole:
            reader.read(ref)
        else:
            with pytest.raises(ArchiveDamaged) as caught:
                reader.read(ref)
            assert (caught.value.file, caught.value.offset) == (ref.file, ref.offset)


def test_a_damaged_record_is_named_and_the_others_stay_readable(tmp_path: Path) -> None:
    refs = write(tmp_path, *[os.urandom(900) for _ in range(5)])
    (path,) = archive_files(tmp_path)
    data = bytearray(path.read_bytes())
    data[refs[2].offset + refs[2].length // 2] ^= 0xFF
    path.write_bytes(data)
    check = verify_file(path)
    assert check.state == "damaged"
    assert check.records == 5
    assert [problem.offset for problem in check.problems] == [refs[2].offset]
    reader = ArchiveReader(tmp_path)
    with pytest.raises(ArchiveDamaged):
        reader.read(refs[2])
    assert len(reader.read(refs[3]).body) == 900


@pytest.mark.parametrize(
    "ref",
    [
        ArchiveRef("missing.warc.gz", 0, 10),
        ArchiveRef("../secret.warc.gz", 0, 10),
        ArchiveRef("{}", 3, 40),
        ArchiveRef("{}", 10**9, 40),
    ],
)
def test_a_wrong_reference_is_damage(tmp_path: Path, ref: ArchiveRef) -> None:
    (good,) = write(tmp_path, b"x")
    (tmp_path.parent / "secret.warc.gz").write_bytes(b"secret")
    with pytest.raises(ArchiveDamaged):
        ArchiveReader(tmp_path).read(ArchiveRef(ref.file.format(good.file), ref.offset, ref.length))


def in_child(action: Callable[[], object]) -> str:
    """Run a function in a forked process; returns the name of the exception it ended with, or "done"."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            action()
            name = "done"
        except BaseException as error:  # noqa: BLE001  its name is the answer
            name = type(error).__name__
        os.write(write_end, name.encode())
        os._exit(0)
    os.close(write_end)
    os.waitpid(child, 0)
    with os.fdopen(read_end, "rb") as stream:
        return stream.read().decode()


def test_a_full_disk_stops_before_harm(tmp_path: Path) -> None:
    """A limit on the size of files makes the system refuse in the middle of a record."""

    def fill() -> None:
        sys.dont_write_bytecode = True  # what is cut off at the limit would be read by every later process
        resource.setrlimit(resource.RLIMIT_FSIZE, (45_000, 45_000))
        writer = ArchiveWriter(tmp_path, lambda: AT)
        for _ in range(3):
            writer.write_response(URL, 200, [], os.urandom(12_000), AT)
        try:
            writer.write_response(URL, 200, [], os.urandom(12_000), AT)
        finally:
            writer.write_response(URL, 200, [], b"the next one has a file of its own", AT)

    assert in_child(fill) == "DiskFull"
    first, second = sorted(verify_archive(tmp_path), key=lambda check: -check.size)
    assert (first.state, first.records) == ("ok", 4)
    assert (second.state, second.records) == ("ok", 2)


def test_the_reserve_is_kept_free(tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match="磁盘空间不足"):
        write(tmp_path, b"x", reserve_bytes=1 << 60)
    assert not archive_files(tmp_path)


def test_too_little_room_is_an_error_at_the_start(tmp_path: Path) -> None:
    assert check_folder(tmp_path / "new", 1) > 1
    assert (tmp_path / "new").is_dir()
    with pytest.raises(DiskFull, match=r"至少需要 1073741824\.0 GiB"):
        check_folder(tmp_path, 1 << 60)


def test_a_read_only_folder_is_an_error_at_the_start() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o555)

        def as_nobody(action: Callable[[], object]) -> Callable[[], None]:
            def run() -> None:
                if os.getuid() == 0:
                    os.setgroups([])
                    os.setgid(65534)
                    os.setuid(65534)
                action()

            return run

        assert in_child(as_nobody(lambda: check_folder(folder, 1))) == "ReadOnly"
        assert in_child(as_nobody(lambda: write(folder, b"x"))) == "ReadOnly"
        assert in_child(as_nobody(lambda: write(folder / "archive", b"x"))) == "ReadOnly"
        assert not list(folder.iterdir())
        folder.chmod(0o700)


def test_a_file_in_place_of_the_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("x")
    with pytest.raises(Exception, match="无法写入") as caught:
        check_folder(tmp_path / "data", 1)
    assert not isinstance(caught.value, DiskFull | ReadOnly)
