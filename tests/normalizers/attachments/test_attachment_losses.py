"""What of a file cannot be read is said: by a warning of the reader, by a name in the attachment."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter
from attachment_files import make_ofd, make_pdf, make_pptx, make_zip, ofd_text, slide_text

from normalizers.attachments.as_attachment import read_attachment
from normalizers.attachments.contained import ContainedReader, Limits
from normalizers.attachments.file_text import ReadError
from normalizers.attachments.reading import read_file
from normalizers.failures import ADVICE, Failure

TABLE = (
    "<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tr><a:tc><a:txBody><a:p><a:r><a:t>序号</a:t></a:r></a:p>"
    "</a:txBody></a:tc><a:tc><a:txBody><a:p><a:r><a:t>事</a:t></a:r><a:r><a:t>项</a:t></a:r></a:p></a:txBody></a:tc>"
    "</a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
)


@pytest.fixture(scope="module")
def reader() -> Iterator[ContainedReader]:
    with ContainedReader(Limits(ocr_pages=0)) as contained:
        yield contained


def test_slides_come_in_the_order_of_the_show() -> None:
    found = read_file(make_pptx(slide_text("演示一", "要点") + TABLE, slide_text("演示二"), order=[2, 1]))
    assert (found.kind, found.reader) == ("pptx", "slides")
    assert found.pages == ("演示二", "演示一\n要点\n序号\t事项")
    assert found.text == "演示二\f演示一\n要点\n序号\t事项"


def test_an_unreadable_slide_is_named_and_the_others_read() -> None:
    found = read_file(make_pptx(slide_text("演示一"), "", extra={"ppt/slides/slide2.xml": "<p"}))
    assert (found.pages, found.warnings) == (("演示一", ""), ("pages_unreadable:2",))
    with pytest.raises(ReadError) as caught:
        read_file(make_zip({"ppt/presentation.xml": "<p/>"}))
    assert caught.value.failure is Failure.ATTACHMENT_DAMAGED


def test_sheets_and_pages_beyond_the_cap_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("normalizers.attachments.sheet.MAX_SHEETS", 2)
    monkeypatch.setattr("normalizers.attachments.ofd.MAX_PAGES", 1)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for _ in range(5):
            book.add_worksheet().write(0, 0, "演示")
    assert read_file(out.getvalue()).warnings == ("pages_left_out:3",)
    found = read_file(make_ofd(ofd_text("一", 10, 20), ofd_text("二", 10, 20)))
    assert (found.pages, found.warnings) == (("一",), ("pages_left_out:1",))


def test_blank_pages_of_a_pdf_are_named() -> None:
    found = read_file(make_pdf([b"BT /F1 12 Tf 72 700 Td (One) Tj ET", b"q Q"]))
    assert (found.pages, found.warnings) == (("One", ""), ("pages_blank:2",))


def test_rtf_that_ends_early_says_so() -> None:
    assert read_file(b"{\\rtf1 demo}").warnings == ()
    assert read_file(b"{\\rtf1 demo {\\b bold").warnings == ("text_cut",)


@pytest.mark.parametrize(("kind", "name"), [("text", "a.odt"), ("spreadsheet", "a.ods")])
def test_open_document_with_a_password(kind: str, name: str) -> None:
    manifest = "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    data = make_zip({"mimetype": mimetype, "content.xml": b"\1\2", "META-INF/manifest.xml": manifest})
    with pytest.raises(ReadError) as caught:
        read_file(data, name)
    assert caught.value.failure is Failure.ATTACHMENT_ENCRYPTED


def test_an_archive_fails_like_its_members() -> None:
    with pytest.raises(ReadError) as caught:
        read_file(make_zip({"一.doc": "<html>404</html>", "二.doc": "<html>404</html>"}))
    assert caught.value.failure is Failure.ATTACHMENT_IS_HTML
    with pytest.raises(ReadError) as caught:
        read_file(make_zip({"一.doc": "<html>404</html>", "二.bin": b"\0\1"}))
    assert caught.value.failure is Failure.ATTACHMENT_UNSUPPORTED


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"Rar!\x1a\x07\x01\0", "请解压"), (b"\x89PNG\r\n\x1a\n", "图片"), (b"CAJ\0", "PDF")],
)
def test_what_is_not_read_comes_with_advice(data: bytes, said: str) -> None:
    with pytest.raises(ReadError) as caught:
        read_file(data)
    assert caught.value.failure is Failure.ATTACHMENT_UNSUPPORTED
    assert said in caught.value.message


def test_an_attachment_says_what_it_lacks(reader: ContainedReader) -> None:
    whole = make_pdf([b"BT /F1 12 Tf 72 700 Td (One) Tj ET", b"BT /F1 12 Tf 72 700 Td (Two) Tj ET"])
    found, by = read_attachment(reader, whole, "https://demo.invalid/a.pdf", "附件1")
    assert (found.text, found.kind, found.failure, by) == ("One\fTwo", "pdf", "", "pypdfium2")
    partly = make_zip({"一.txt": "演示", "二.bin": b"\0\1"})
    found, _ = read_attachment(reader, partly, "https://demo.invalid/a.zip", "附件2")
    assert (found.text, found.failure) == ("一.txt\n演示", Failure.ATTACHMENT_PARTIAL)
    found, by = read_attachment(reader, b"", "https://demo.invalid/b.pdf", "附件3")
    assert (found.text, found.failure, by) == ("", Failure.ATTACHMENT_EMPTY, "")


def test_a_scan_is_named_as_such(reader: ContainedReader, shared: Path) -> None:
    data = (shared / "samples/pdf/scanned_200dpi.pdf").read_bytes()
    found, _ = read_attachment(reader, data, "https://demo.invalid/a.pdf", "扫描件")
    assert (found.text.strip(), found.failure) == ("", Failure.ATTACHMENT_PICTURES)
    assert "OCR" in ADVICE[Failure.ATTACHMENT_PICTURES]
