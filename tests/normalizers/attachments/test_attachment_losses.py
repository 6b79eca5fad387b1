"""What of a file cannot be read is said: by a warning of the reader, by a name in the attachment."""

import base64
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter
from attachment_files import changed_entry, make_ofd, make_pdf, make_pptx, make_zip, ofd_text, slide_text
from hypothesis import given
from hypothesis import strategies as st

from normalizers.attachments.as_attachment import read_attachment
from normalizers.attachments.contained import ContainedReader, Limits
from normalizers.attachments.file_text import ReadError
from normalizers.attachments.pdf_damage import has_lost_pages, has_lost_something
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
    [(b"\x1f\x8b\x08\0", "请解压"), (b"\x89PNG\r\n\x1a\n", "图片"), (b"CAJ\0", "PDF")],
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


PACKED = zlib.compress(b"BT /F1 12 Tf 72 700 Td (A notice of demonstration, packed.) Tj ET")


def packed_pdf(content: bytes, entries: bytes = b"/Filter/FlateDecode") -> bytes:
    """A PDF of two pages that show the same packed content."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F1 6 0 R>>>>>>"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 2/Kids[3 0 R 4 0 R]>>",
        page,
        page,
        b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), entries, content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % pair for pair in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R/Size 7>>\n%%EOF"


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]


def test_a_sound_pdf_has_lost_nothing() -> None:
    assert not has_lost_something(packed_pdf(PACKED))
    encoded = base64.a85encode(PACKED) + b"~>"
    assert not has_lost_something(packed_pdf(encoded, b"/Filter[/ASCII85Decode/FlateDecode]"))
    assert not has_lost_something(packed_pdf(b"BT ET", b""))
    assert not has_lost_something(packed_pdf(PACKED[:-4]))  # some programs leave the checksum away
    assert read_file(packed_pdf(PACKED)).warnings == ()


@pytest.mark.parametrize("at", [0, 20, len(PACKED) - 1])
def test_a_flipped_byte_of_a_packed_stream_is_named(at: int) -> None:
    assert has_lost_something(packed_pdf(flipped(PACKED, at)))


def test_what_a_pdf_names_and_does_not_have(reader: ContainedReader) -> None:
    whole = packed_pdf(PACKED)
    cut = packed_pdf(PACKED[:20])
    other = whole.replace(b"/Contents 5 0 R", b"/Contents 9 0 R", 1)
    for data in (cut, other):
        found, _ = read_attachment(reader, data, "https://demo.invalid/a.pdf", "附件1")
        assert found.failure in {
            Failure.ATTACHMENT_PARTIAL,
            Failure.ATTACHMENT_PICTURES,
            Failure.ATTACHMENT_EMPTY,
        }
    assert read_attachment(reader, other, "https://demo.invalid/a.pdf", "")[0].failure == "attachment_partial"
    assert read_attachment(reader, whole, "https://demo.invalid/a.pdf", "")[0].failure == ""


def test_checks_of_a_pdf_end_at_a_bomb() -> None:
    assert not has_lost_something(packed_pdf(zlib.compress(b" " * (80 << 20))))


@given(st.binary(max_size=300))
def test_any_bytes_are_checked_without_an_exception(tail: bytes) -> None:
    has_lost_something(b"1 0 obj<</Filter/FlateDecode/Type/ObjStm/First 9>>stream\n" + tail)
    has_lost_something(b"1 0 obj<</Filter[/ASCII85Decode/FlateDecode]>>stream\n" + tail + b"~>")


def test_a_page_that_is_a_picture_between_head_and_foot() -> None:
    head = b"BT /F1 9 Tf 72 800 Td (Ministry of Demonstration, a head that stands on every page) Tj ET "
    text = b"BT /F1 12 Tf 72 700 Td (A page of text that goes on for more than a few words.) Tj ET "
    picture = b"q 400 0 0 600 72 100 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x80 EI Q "
    emblem = picture.replace(b"400 0 0 600", b"20 0 0 20")
    found = read_file(make_pdf([head + text, head + text + picture, head + picture, head + emblem]))
    assert next(w.partition(":")[::2] for w in found.warnings) == ("pages_without_text", "3")


def test_damaged_xml_in_an_ofd_is_named() -> None:
    whole = make_ofd(ofd_text("演示一", 10, 20), ofd_text("演示二", 10, 20))
    assert read_file(whole).warnings == ()
    broken = changed_entry(whole, "Doc_0/Pages/1.xml", b"</ofd:TextCode>", b"<ofd:TextCod")
    assert "content_damaged" in read_file(broken).warnings


def test_damaged_rtf_is_named() -> None:
    assert read_file(b"{\\rtf1 demo}" + bytes(8)).warnings == ()
    assert read_file(b"{\\rtf1 de" + bytes(8) + b"mo}").warnings == ("content_damaged",)
    with pytest.raises(ReadError) as caught:
        read_file(b"\\pard\\plain\\b0\\f6 demo}" * 60, "a.rtf")
    assert caught.value.failure is Failure.ATTACHMENT_DAMAGED


def test_blank_pages_whose_content_is_lost() -> None:
    whole = packed_pdf(PACKED)
    assert not has_lost_pages(whole, [0, 1])
    assert has_lost_pages(whole.replace(b"/Contents 5 0 R", b"/Contents 9 0 R", 1), [0, 1])
    assert has_lost_pages(whole.replace(b"/FlateDecode", b"/FlaxxDecode"), [1])
    assert not has_lost_pages(b"%PDF-1.4 nothing", [0])
    assert (
        "content_damaged"
        in read_file(packed_pdf(PACKED).replace(b"/Contents 5 0 R", b"/Contents 2 0 R", 1)).warnings
    )
