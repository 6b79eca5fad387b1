"""The contained reader: what files do to the child never reaches the parent."""

import os
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from attachment_files import (
    BODY,
    make_docx,
    make_ofd,
    make_pdf,
    make_pdf_pages,
    make_zip,
    ofd_text,
    paragraph,
)

from normalizers.attachments.contained import ContainedReader, Limits
from normalizers.attachments.file_text import ReadError
from normalizers.attachments.reading import read_file
from normalizers.failures import Failure

pytestmark = pytest.mark.slow

SCHEMAS = "http://schemas.openxmlformats.org"
SMALL = make_ofd(ofd_text("演示", 10, 10))


@pytest.fixture
def reader() -> Iterator[ContainedReader]:
    with ContainedReader() as contained:
        yield contained


def starter_pid(reader: ContainedReader) -> int:
    """The process that was started, which forks the one that reads."""
    assert reader.network_isolated in {True, False}
    assert reader._child is not None
    return reader._child._process.pid


def child_pid(reader: ContainedReader, after: int = 0) -> int:
    """The process that reads; `after` is one that has to be gone first."""
    starter = starter_pid(reader)
    for _ in range(500):
        children = Path(f"/proc/{starter}/task/{starter}/children").read_text().split()
        if children and int(children[0]) != after:
            return int(children[0])
        signal.sigtimedwait([], 0.02)
    pytest.fail("no reader was forked")


def is_gone(pid: int) -> bool:
    """Whether a process ends within five seconds."""
    for _ in range(100):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        signal.sigtimedwait([], 0.05)
    return False


def heavy_pdf() -> bytes:
    """A small file that takes minutes: 3000 pages show one long stream."""
    stream = zlib.compress(b"BT /F1 1 Tf " + b"1 1 Td (abcdefghij) Tj " * 20_000 + b"ET")
    data = make_pdf_pages([stream], [0] * 3000)
    return data.replace(b"<</Length %d>>" % len(stream), b"<</Length %d/Filter/FlateDecode>>" % len(stream))


def failure_of(reader: ContainedReader, data: bytes) -> Failure:
    with pytest.raises(ReadError) as caught:
        reader.read(data)
    assert caught.value.message
    return caught.value.failure


def test_reads_as_the_reader_itself(reader: ContainedReader, shared: Path) -> None:
    for name in (
        "pdf/lo_0.pdf",
        "office/notice.docx",
        "office/notice.wps",
        "office/list.xls",
        "ofd/notice.ofd",
    ):
        data = (shared / "samples" / name).read_bytes()
        assert reader.read(data, name) == read_file(data, name)


def test_every_real_file_is_read(shared: Path) -> None:
    files = sorted((shared / "pages/attach").iterdir())
    assert files
    with ContainedReader(Limits(ocr_pages=0)) as reader:
        for path in files:
            found = reader.read(path.read_bytes(), path.name)
            assert found.text


def test_named_failures_come_through(reader: ContainedReader) -> None:
    assert failure_of(reader, b"") is Failure.ATTACHMENT_EMPTY
    assert failure_of(reader, b"<html></html>") is Failure.ATTACHMENT_IS_HTML
    assert failure_of(reader, b"%PDF-1.4 broken") is Failure.ATTACHMENT_DAMAGED
    assert reader.read(SMALL).text == "演示"


def test_a_child_is_kept_for_its_files_and_then_replaced() -> None:
    with ContainedReader(Limits(files=3)) as reader:
        starter, gone = starter_pid(reader), 0
        for _ in range(3):
            pid = child_pid(reader, after=gone)
            for _ in range(3):
                assert child_pid(reader) == pid
                assert reader.read(SMALL).text == "演示"
            gone = pid
        assert child_pid(reader, after=gone) != gone
        assert starter_pid(reader) == starter


def limits_of(reader: ContainedReader) -> dict[str, str]:
    """The soft limits of the reading child, once it has limited its memory (it does so after it was forked).

    A child that has read its files may end while it is looked at; then its successor is meant.
    """
    limits: dict[str, str] = {}
    for _ in range(100):
        with suppress(FileNotFoundError, ProcessLookupError):
            lines = Path(f"/proc/{child_pid(reader)}/limits").read_text().splitlines()[1:]
            limits = {line[:26].strip(): line[26:].split()[0] for line in lines}
            if limits["Max address space"] != "unlimited":
                break
        time.sleep(0.05)
    return limits


def test_limits_hold_for_every_reader() -> None:
    with ContainedReader(Limits(files=1, cpu_seconds=1)) as reader:
        for _ in range(2):
            assert reader.read(SMALL).text == "演示"
        assert limits_of(reader)["Max address space"] == str(2 << 30)
        assert failure_of(reader, heavy_pdf()) is Failure.ATTACHMENT_TIMEOUT
        assert reader.read(SMALL).text == "演示"


def test_default_is_fifty_files() -> None:
    assert Limits().files == 50


def test_a_child_is_replaced_after_a_failure_but_not_after_a_refusal(reader: ContainedReader) -> None:
    first = starter_pid(reader), child_pid(reader)
    failure_of(reader, b"<html></html>")
    assert (starter_pid(reader), child_pid(reader)) == first
    failure_of(reader, b"%PDF-1.4 broken")
    assert starter_pid(reader) != first[0]
    assert is_gone(first[1])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_no_reader_outlives_the_process_that_forked_it(reader: ContainedReader, number: int) -> None:
    pid = child_pid(reader)
    os.kill(starter_pid(reader), number)
    assert is_gone(pid)
    assert failure_of(reader, SMALL) is Failure.ATTACHMENT_CRASHED
    assert reader.read(SMALL).text == "演示"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_killed_child_is_a_crash_and_the_next_file_is_read(reader: ContainedReader, number: int) -> None:
    os.kill(child_pid(reader), number)
    assert failure_of(reader, SMALL) is Failure.ATTACHMENT_CRASHED
    assert reader.read(SMALL).text == "演示"


def test_cpu_limit_ends_a_file_that_takes_forever() -> None:
    with ContainedReader(Limits(cpu_seconds=1)) as reader:
        assert failure_of(reader, heavy_pdf()) is Failure.ATTACHMENT_TIMEOUT
        assert reader.read(SMALL).text == "演示"


def test_wall_clock_limit_ends_a_file_that_takes_forever() -> None:
    with ContainedReader(Limits(wall_seconds=0.7)) as reader:
        pid = child_pid(reader)
        assert failure_of(reader, heavy_pdf()) is Failure.ATTACHMENT_TIMEOUT
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        assert reader.network_isolated in {True, False}


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_cpu_limit_is_for_each_file_not_for_the_child() -> None:
    page = make_docx("".join(paragraph(BODY) for _ in range(9000)))
    with ContainedReader(Limits(cpu_seconds=1)) as reader:
        pid = child_pid(reader)
        while cpu_seconds(pid) < 2.2:
            reader.read(page)
            assert child_pid(reader) == pid


def bomb_sheet() -> bytes:
    """A sheet whose two cells span all rows and columns."""
    sheet_ns, office_ns = f"{SCHEMAS}/spreadsheetml/2006/main", f"{SCHEMAS}/officeDocument/2006/relationships"
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    return make_zip(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": f'<Relationships xmlns="{SCHEMAS}/package/2006/relationships"><Relationship '
            f'Id="rId1" Type="{office_ns}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{sheet_ns}" xmlns:r="{office_ns}"><sheets>'
            '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{SCHEMAS}/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{office_ns}/worksheet" Target="worksheets/s.xml"/></Relationships>',
            "xl/worksheets/s.xml": f'<worksheet xmlns="{sheet_ns}"><sheetData>{rows}</sheetData></worksheet>',
        }
    )


def nested_docx() -> bytes:
    return make_docx("<w:p>" * 100_000)


@pytest.mark.parametrize(
    ("make", "failures"),
    [
        (lambda: make_docx(paragraph("a" * (60 << 20))), {Failure.ATTACHMENT_TOO_LARGE}),
        (lambda: make_ofd("", extra={"x": b"\0" * (220 << 20)}), {Failure.ATTACHMENT_TOO_LARGE}),
        (lambda: make_zip({"xl/workbook.xml": b" " * (220 << 20)}), {Failure.ATTACHMENT_TOO_LARGE}),
        (bomb_sheet, {Failure.ATTACHMENT_CRASHED, Failure.ATTACHMENT_TOO_LARGE, Failure.ATTACHMENT_DAMAGED}),
        (nested_docx, {Failure.ATTACHMENT_DAMAGED, Failure.ATTACHMENT_CRASHED}),
    ],
)
def test_bombs_are_named_failures(
    reader: ContainedReader, make: Callable[[], bytes], failures: set[Failure]
) -> None:
    assert failure_of(reader, make()) in failures
    assert reader.read(SMALL).text == "演示"


def test_memory_limit_is_a_named_failure() -> None:
    with ContainedReader(Limits(memory_bytes=140 << 20)) as reader:
        assert failure_of(reader, b"x" * (60 << 20)) is Failure.ATTACHMENT_TOO_LARGE
        assert reader.read(SMALL).text == "演示"


def test_input_and_result_have_caps() -> None:
    with ContainedReader(Limits(input_bytes=10_000, result_bytes=2000)) as reader:
        assert failure_of(reader, b"x" * 10_001) is Failure.ATTACHMENT_TOO_LARGE
        assert failure_of(reader, b"x" * 3000) is Failure.ATTACHMENT_TOO_LARGE
        assert reader.read(b"x" * 1000).text == "x" * 1000


@pytest.mark.parametrize("garbage", [b"\xff\xff\xff\xffboom", b"\0\0\0\x04boom", b"\0\0"])
def test_garbage_from_the_child_is_a_crash(reader: ContainedReader, garbage: bytes) -> None:
    """The child's answers are replaced by those of a program that answers nonsense."""
    child_pid(reader)
    assert reader._child is not None
    reader._child._process.kill()
    reader._child._process.wait()
    code = f"import sys; sys.stdin.buffer.read(4); sys.stdout.buffer.write({garbage!r})"
    reader._child._process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    )
    assert failure_of(reader, SMALL) is Failure.ATTACHMENT_CRASHED
    assert reader.read(SMALL).text == "演示"


def test_children_end_with_their_parent() -> None:
    code = (
        "import os\nfrom normalizers.attachments.contained import ContainedReader\n"
        "r = ContainedReader(); r.read(b'text')\npid = r._child._process.pid\n"
        "print(pid, open(f'/proc/{pid}/task/{pid}/children').read(), flush=True)\nos.kill(os.getpid(), 9)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    pids = [int(pid) for pid in ended.stdout.split()]
    assert len(pids) == 2
    assert all(map(is_gone, pids))


def test_network_is_cut_off_where_the_system_permits_it(reader: ContainedReader) -> None:
    if not reader.network_isolated:
        pytest.skip("this system permits no network namespace")
    own = Path("/proc/self/ns/net").readlink()
    assert Path(f"/proc/{child_pid(reader)}/ns/net").readlink() != own


def test_pdf_by_page(reader: ContainedReader) -> None:
    data = make_pdf([b"BT /F1 12 Tf 72 700 Td (One) Tj ET", b"BT /F1 12 Tf 72 700 Td (Two) Tj ET"])
    found = reader.read(data)
    assert (found.pages, found.text, found.reader) == (("One", "Two"), "One\fTwo", "pypdfium2")


def test_close_may_come_twice_and_a_read_starts_again(reader: ContainedReader) -> None:
    reader.read(SMALL)
    reader.close()
    reader.close()
    assert reader.read(SMALL).text == "演示"
