"""The samples read as their expected texts say, the broken ones end in named failures."""

import json
import re
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from normalizers.attachments import ocr
from normalizers.attachments.file_text import FileText, ReadError
from normalizers.attachments.reading import read_file
from normalizers.failures import Failure

pytestmark = pytest.mark.slow


def read(path: Path) -> FileText:
    return read_file(path.read_bytes(), path.name, ocr_pages=0)


def squeezed(text: str) -> str:
    # Expected texts mark the place of a table held elsewhere, and leave printed page numbers out.
    return re.sub(
        r"\s|\[TABLECELLS\]|^ *[—-] *\d+ *[—-] *$", "", text.replace("\f", "\n"), flags=re.MULTILINE
    )


def similarity(a: str, b: str) -> float:
    a, b = squeezed(a), squeezed(b)
    return 1.0 if a == b else SequenceMatcher(None, a, b, autojunk=False).ratio()


@pytest.mark.parametrize(
    ("name", "reader", "least"),
    [
        ("pdf/lo_0.pdf", "pypdfium2", 0.999),
        ("pdf/rl_cid_0.pdf", "pypdfium2", 0.998),
        ("pdf/rl_ttf_0.pdf", "pypdfium2", 0.999),
        ("pdf/wp_2col.pdf", "pypdfium2", 0.998),
        ("pdf/wp_song_0.pdf", "pypdfium2", 0.999),
        ("pdf/enc_ownerAES256.pdf", "pypdfium2", 0.999),
        ("pdf/bad_prefix.pdf", "pypdfium2", 0.999),
        ("pdf/bad_xref.pdf", "pypdfium2", 0.999),
        ("pdf/bad_bitrot.pdf", "pypdfium2", 0.75),
        ("pdf/notounicode_0.pdf", "pdfminer.six", 0.99),
        ("office/notice.docx", "python-docx", 0.999),
        ("office/notice.doc", "legacy_word", 0.999),
        ("office/notice.wps", "legacy_word", 0.999),
        ("office/notice.odt", "open_document", 0.999),
        ("office/notice.rtf", "rtf", 0.999),
    ],
)
def test_sample_reads_as_expected(shared: Path, name: str, reader: str, least: float) -> None:
    path = shared / "samples" / name
    expected = path.with_name(path.stem + ".expected.txt").read_text()
    found = read(path)
    assert found.reader == reader
    assert similarity(found.text, expected) >= least


def test_ofd_sample_is_exact(shared: Path) -> None:
    found = read(shared / "samples/ofd/notice.ofd")
    expected = (shared / "samples/ofd/notice.expected.txt").read_text()
    assert found.text.count("\f") == 1
    assert found.text.replace("\f", "\n").strip() == expected.strip()


@pytest.mark.parametrize("name", ["list.xls", "list.xlsx"])
def test_sheet_has_every_row(shared: Path, name: str) -> None:
    rows = json.loads((shared / "samples/office/list.expected.json").read_text())
    found = read(shared / "samples/office" / name)
    assert found.pages is not None
    assert found.pages[0].split("\n") == ["\t".join(row).rstrip() for row in rows]


def test_archive_names_are_gbk(shared: Path) -> None:
    names = json.loads((shared / "samples/office/gbk_names.expected.json").read_text())
    found = read(shared / "samples/office/gbk_names.zip")
    assert found.pages is not None
    assert [page.split("\n")[0] for page in found.pages] == names


@pytest.mark.parametrize(
    ("name", "failure"),
    [
        ("bad_empty.pdf", Failure.ATTACHMENT_EMPTY),
        ("bad_html.pdf", Failure.ATTACHMENT_IS_HTML),
        ("bad_trunc80.pdf", Failure.ATTACHMENT_DAMAGED),
        ("enc_user.pdf", Failure.ATTACHMENT_ENCRYPTED),
        ("notounicode_1.pdf", Failure.PDF_GARBAGE_TEXT),
    ],
)
def test_broken_sample_has_a_named_failure(shared: Path, name: str, failure: Failure) -> None:
    with pytest.raises(ReadError) as caught:
        read_file((shared / "samples/pdf" / name).read_bytes(), name, ocr_pages=0)
    assert caught.value.failure is failure


def test_unreadable_page_is_named_and_the_others_read(shared: Path) -> None:
    found = read(shared / "samples/pdf/bad_bitrot.pdf")
    assert found.warnings == ("pages_unreadable:9", "content_damaged")
    assert found.pages is not None
    assert [bool(page) for page in found.pages].count(False) == 1


def test_scanned_pages_are_named_or_read(shared: Path) -> None:
    path = shared / "samples/pdf/scanned_200dpi.pdf"
    assert "pages_without_text:1,2" in read(path).warnings
    found = read_file(path.read_bytes())
    if ocr.is_installed():
        expected = path.with_name(path.stem + ".expected.txt").read_text()
        assert similarity(found.text, expected) >= 0.9
    else:
        assert found.warnings == ("pages_without_text:1,2", "ocr_not_installed")


def real_files(shared: Path) -> list[dict[str, str]]:
    rows = (shared / "pages/attachments.jsonl").read_text().splitlines()
    return [json.loads(row) for row in rows]


def test_real_files_have_text(shared: Path) -> None:
    """Each real file has the kind its label says and, outside pictures, its title in its text."""
    missed = []
    for row in real_files(shared):
        path = shared / "pages" / row["file"]
        found = read(path)
        assert found.kind == row["type"], path.name
        title = set(re.sub(r"\W", "", row["title"]))
        if row["text_layer"] is True and len(title & set(found.text)) < 0.9 * len(title):
            missed.append(path.name)
    # Three labels come from elsewhere: a file's name, a form's field, a list's page.
    assert len(missed) <= 3, missed


def test_real_files_cut_short_end_in_named_failures(shared: Path) -> None:
    """Half a file answers with text or a named failure, never another exception."""
    answers = []
    for row in real_files(shared):
        data = (shared / "pages" / row["file"]).read_bytes()
        try:
            answers.append(read_file(data[: len(data) // 2], row["file"]).kind)
        except ReadError as error:
            answers.append(error.failure)
    assert Failure.ATTACHMENT_DAMAGED in answers
