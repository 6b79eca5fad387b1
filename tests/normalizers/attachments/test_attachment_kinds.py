"""What a file is, by its bytes; what small files of each kind say."""

import io
import zipfile
from datetime import datetime

import pytest
import xlsxwriter
from attachment_files import (
    BODY,
    W_NS,
    changed_entry,
    make_docx,
    make_ofd,
    make_pdf,
    make_zip,
    ofd_text,
    paragraph,
)
from hypothesis import given
from hypothesis import strategies as st

from normalizers.attachments.common_hanzi import is_garbage
from normalizers.attachments.file_text import ReadError, file_text
from normalizers.attachments.reading import read_file, sniff_kind
from normalizers.attachments.tidy import tidy
from normalizers.attachments.word_numbers import chinese_number
from normalizers.failures import Failure


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"", "a.pdf", "empty"),
        (b"\r\n  \0", "a.doc", "empty"),
        (b"junk\n%PDF-1.4", "a.doc", "pdf"),
        (b"x" * 1100 + b"%PDF-1.4", "a.pdf", "text"),
        (b"<!DOCTYPE html><html>", "a.pdf", "html"),
        (b"\xef\xbb\xbf\r\n<HTML lang='zh'>", "a.docx", "html"),
        (make_zip({"OFD.xml": "x"}), "a.zip", "ofd"),
        (make_zip({"ofd.XML": "x"}), "", "ofd"),
        (make_zip({"[Content_Types].xml": "x", "word\\document.xml": "x"}), "a.xlsx", "docx"),
        (make_zip({"xl/workbook.xml": "x"}), "a.docx", "xlsx"),
        (make_zip({"ppt/presentation.xml": "x"}), "", "pptx"),
        (make_zip({"mimetype": "application/vnd.oasis.opendocument.text"}), "", "odt"),
        (make_zip({"附件.txt": "x"}), "a.docx", "zip"),
        (b"PK\x03\x04 cut", "a.docx", "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut", "a.doc", "ole"),
        (b"{\\rtf1\\ansi}", "a.doc", "rtf"),
        (b"Rar!\x1a\x07\x00", "a.rar", "rar"),
        (b"7z\xbc\xaf\x27\x1c", "", "7z"),
        (b"\xff\xd8\xff\xe0", "a.pdf", "jpeg"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "a.doc", "mhtml"),
        ("各区人民政府".encode("gb18030"), "a.txt", "text"),
        ("各区".encode("utf-16"), "a.txt", "text"),
        (b"\x00\x01\x02\x03", "a.pdf", "unknown"),
        (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w/>', "a.doc", "xml"),
        (b"MIME-Version: 1.0\n\n<html>", "a.doc", "mhtml"),
    ],
)
def test_kind_is_read_from_the_bytes(data: bytes, name: str, kind: str) -> None:
    assert sniff_kind(data, name) == kind


@pytest.mark.parametrize(
    ("data", "failure"),
    [
        (b"", Failure.ATTACHMENT_EMPTY),
        (b"<html><body>404</body></html>", Failure.ATTACHMENT_IS_HTML),
        (b"\x00\x01\x02", Failure.ATTACHMENT_UNSUPPORTED),
        (b"Rar!\x1a\x07\x00", Failure.ATTACHMENT_DAMAGED),
        (b"PK\x03\x04 cut", Failure.ATTACHMENT_DAMAGED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut", Failure.ATTACHMENT_DAMAGED),
        (b"%PDF-1.4 nothing", Failure.ATTACHMENT_DAMAGED),
        (make_zip({"word/document.xml": "not xml"}), Failure.ATTACHMENT_DAMAGED),
        (make_zip({"OFD.xml": "not xml"}), Failure.ATTACHMENT_DAMAGED),
        (make_zip({"xl/workbook.xml": "not xml"}), Failure.ATTACHMENT_DAMAGED),
        (make_zip({"a.bin": b"\0\1"}), Failure.ATTACHMENT_UNSUPPORTED),
        (make_docx(""), Failure.ATTACHMENT_EMPTY),
        (make_pdf([b""]), Failure.ATTACHMENT_EMPTY),
    ],
)
def test_unreadable_bytes_have_a_named_failure(data: bytes, failure: Failure) -> None:
    with pytest.raises(ReadError) as caught:
        read_file(data)
    assert caught.value.failure is failure
    assert caught.value.message


@given(st.binary(max_size=300), st.sampled_from([b"", b"%PDF-1.4\n", b"PK\x03\x04", b"{\\rtf1", b"<html>"]))
def test_any_bytes_are_text_or_a_read_error(data: bytes, magic: bytes) -> None:
    try:
        assert read_file(magic + data).text.strip()
    except ReadError as error:
        assert error.message


def test_pdf_text_by_page() -> None:
    found = read_file(
        make_pdf([b"BT /F1 12 Tf 72 700 Td (First) Tj ET", b"BT /F1 12 Tf 72 700 Td (Second) Tj ET"])
    )
    assert found.pages == ("First", "Second")
    assert found.text == "First\fSecond"


def test_word_keeps_controls_boxes_and_insertions_but_not_deletions() -> None:
    box = "<w:txbxContent>" + paragraph("框内") + "</w:txbxContent>"
    body = (
        paragraph("演示", "通知")
        + "<w:sdt><w:sdtContent>"
        + paragraph("控件内")
        + "</w:sdtContent></w:sdt>"
        + "<w:p><w:ins><w:r><w:t>新增</w:t></w:r></w:ins><w:del><w:r><w:delText>删去</w:delText></w:r></w:del>"
        + "<w:moveFrom><w:r><w:t>移走</w:t></w:r></w:moveFrom><w:r><w:tab/><w:t>后</w:t></w:r></w:p>"
        + f"<w:p><w:r><w:t>锚</w:t><mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
        + f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
        + "<w:tbl><w:tr><w:tc>"
        + paragraph("序号")
        + "</w:tc><w:tc>"
        + paragraph("名")
        + paragraph("称")
        + "</w:tc></w:tr></w:tbl>"
    )
    found = read_file(make_docx(body))
    assert found.text.split("\n") == ["演示通知", "控件内", "新增\t后", "锚", "框内", "序号\t名 称"]
    assert found.title == "演示标题"


def test_automatic_numbers_of_word_are_printed() -> None:
    levels = [("chineseCounting", "第%1条 "), ("decimal", "%1.%2 "), ("bullet", "·")]
    numbering = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (form, text) in enumerate(levels)
    )
    numbering = f'<w:abstractNum w:abstractNumId="3">{numbering}</w:abstractNum>'
    numbering += '<w:num w:numId="1"><w:abstractNumId w:val="3"/></w:num>'
    lines = [("0", "总则"), ("1", "甲"), ("1", "乙"), ("2", "点"), ("0", "附则"), ("1", "丙"), ("9", "无")]
    body = "".join(
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr>'
        f"<w:r><w:t>{text}</w:t></w:r></w:p>"
        for level, text in lines
    )
    body += '<w:p><w:pPr><w:pStyle w:val="ListBullet"/></w:pPr><w:r><w:t>款</w:t></w:r></w:p>'
    data = changed_entry(
        make_docx(body, numbering),
        "word/styles.xml",
        b"</w:styles>",
        b'<w:style w:styleId="ListBullet"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        b"</w:styles>",
    )
    found = read_file(data).text.split("\n")
    assert found == ["第一条 总则", "一.1 甲", "一.2 乙", "点", "第二条 附则", "二.1 丙", "无", "第三条 款"]


@pytest.mark.parametrize(
    ("number", "printed"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (105, "一百〇五"),
        (110, "一百一十"),
        (1001, "一千〇一"),
    ],
)
def test_chinese_counting(number: int, printed: str) -> None:
    assert chinese_number(number) == printed


IMAGE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
TO_NOTHING = b'<Relationship Id="rId99" Type="%s" Target="NULL"/></Relationships>' % IMAGE


@pytest.mark.parametrize(
    ("entry", "old", "new", "reader"),
    [
        ("word/_rels/document.xml.rels", b"</Relationships>", TO_NOTHING, "python-docx"),
        ("_rels/.rels", b"</Relationships>", TO_NOTHING, "lxml"),
        (
            "[Content_Types].xml",
            b"vnd.openxmlformats-officedocument.wordprocessingml.document.main",
            b"vnd.ms-word.document.macroEnabled.main",
            "lxml",
        ),
    ],
)
def test_word_files_that_only_word_opens(entry: str, old: bytes, new: bytes, reader: str) -> None:
    found = read_file(changed_entry(make_docx(paragraph("演示通知")), entry, old, new))
    assert (found.text, found.reader) == ("演示通知", reader)


def test_sheet_cells_read_as_they_look() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("名单")
        sheet.write_row(0, 0, ["序号", "金额\n（万元）", "完成时限"])
        sheet.write_row(2, 0, [1, 2.5, "3 月"])
        book.add_worksheet("空表")
    found = read_file(out.getvalue())
    assert found.pages == ("序号\t金额 （万元）\t完成时限\n1\t2.5\t3 月", "")


def test_archive_reads_what_it_can() -> None:
    inner = make_zip({"三.txt": "第三件", "四.zip": make_zip({"五.txt": "太深"})})
    found = read_file(make_zip({"附件/一.txt": "第一件", "附件/": "", "二.bin": b"\0\1", "三.zip": inner}))
    assert found.kind == "zip"
    assert found.pages == ("附件/一.txt\n第一件", "三.zip\n三.txt\n第三件")
    assert "member_unreadable:二.bin:attachment_unsupported" in found.warnings
    assert any("四.zip:attachment_unsupported" in warning for warning in found.warnings)


def test_rtf_with_unicode_code_page_and_table() -> None:
    gbk = "".join(f"\\'{byte:02x}" for byte in "通知".encode("gbk"))
    data = (
        "{\\rtf1\\ansi\\ansicpg936{\\fonttbl{\\f0 \\'cb\\'ce\\'cc\\'e5;}}{\\*\\generator X;}\\uc1\\u28436?\\u31034?"
        + gbk
        + "\\par \\trowd a\\cell b\\cell\\row}"
    ).encode("ascii")
    assert read_file(data, "x.doc").text == "演示通知\na\tb"


def test_plain_text_under_the_name_of_a_binary_format_is_damage() -> None:
    assert read_file(b'{"code": 404}', "a.xls").text == '{"code": 404}'
    with pytest.raises(ReadError) as caught:
        read_file(b'{"code": 404}', "a.PDF")
    assert caught.value.failure is Failure.ATTACHMENT_DAMAGED


def test_single_file_web_page_is_read() -> None:
    data = (
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html; '
        "charset=gb2312\nContent-Transfer-Encoding: quoted-printable\n\n<p>=D1=DD=CA=BE</p>\n--b--\n"
    )
    found = read_file(data.encode(), "a.doc")
    assert (found.kind, found.text) == ("mhtml", "演示")


def test_html_of_office_is_read() -> None:
    data = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p {}</style></head><body><p>演示\n'
        "</p><table><tr><td>序号</td><td>名称</td></tr></table></body></html>"
    ).encode("gb18030")
    found = read_file(data, "x.xls")
    assert (found.kind, found.text) == ("html", "演示\n序号\t名称")


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("⼈⺠政府第⼆⻚", "人民政府第二页"),
        ("（一）Ａ：１", "（一）Ａ：１"),
        ("a \r\nb\r\n\r\nc\x00\ufffe", "a\nb\n\nc"),
        ("字\ud800符", "字符"),
        ("一\x0c二\x0b三", "一\n二\n三"),
    ],
)
def test_tidy(raw: str, clean: str) -> None:
    assert tidy(raw) == clean


@pytest.mark.parametrize(
    ("title", "kept"),
    [("(anonymous)", None), ("<4D6963>", None), ("Untitled", None), (" 演示\0办法 ", "演示办法"), ("", None)],
)
def test_titles_that_say_nothing_are_none(title: str, kept: str | None) -> None:
    assert file_text("pdf", "x", "text", title).title == kept


def test_text_is_the_pages_joined_and_cut_at_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("normalizers.attachments.file_text.MAX_CHARS", 5)
    found = file_text("x", "x", ["abcd", "efgh", "ijkl"])
    assert (found.pages, found.text, found.warnings) == (("abcd", "e"), "abcd\fe", ("text_cut",))


@pytest.mark.parametrize(
    ("text", "garbage"),
    [
        (BODY, False),
        ("䇯┱泹☕妩䷓䈢" * 10, True),
        ("(cid:16879)" * 40, True),
        ("plain English text, no Hanzi at all" * 5, False),
        ("䇯┱", False),
    ],
)
def test_garbage_guard(text: str, garbage: bool) -> None:
    assert is_garbage(text) is garbage


def test_ofd_of_two_documents_keeps_both() -> None:
    found = read_file(make_ofd(ofd_text("第一页", 10, 20), ofd_text("第二页", 10, 20)))
    assert found.pages == ("第一页", "第二页")
    assert found.title == "演示函"


def test_notes_of_a_word_file_follow_its_text() -> None:
    notes = (
        f'<w:footnotes xmlns:w="{W_NS}"><w:footnote w:type="separator" w:id="-1">{paragraph("线")}</w:footnote>'
        f'<w:footnote w:id="1"><w:p><w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:r><w:t>注：演示口径</w:t></w:r>'
        "</w:p></w:footnote></w:footnotes>"
    )
    with zipfile.ZipFile(io.BytesIO(make_docx(paragraph("演示通知")))) as package:
        entries: dict[str, str | bytes] = {name: package.read(name) for name in package.namelist()}
    found = read_file(make_zip({**entries, "word/footnotes.xml": notes}))
    assert found.text == "演示通知\n注：演示口径"


def test_hidden_sheets_are_left_out_and_said_so() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("名单")
        sheet.merge_range("A1:A2", "演示市")
        sheet.write_row("B1", [16.880000000000003, 0.1 + 0.2, 20230501])
        sheet.write_datetime("B2", datetime(2026, 3, 2))
        sheet.write_datetime("C2", datetime(2026, 3, 2, 9, 30))
        hidden = book.add_worksheet("选项")
        hidden.write(0, 0, "是")
        hidden.hide()
    found = read_file(out.getvalue())
    assert found.pages == ("演示市\t16.88\t0.3\t20230501\n\t2026-03-02\t2026-03-02 09:30:00",)
    assert found.warnings == ("sheets_hidden:1",)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig", "utf-16"])
def test_comma_separated_values(encoding: str) -> None:
    data = '序号,单位,说明\r\n1,演示市财政局,"甲,乙\r\n丙"\r\n\r\n2,演示市民政局,\r\n'.encode(encoding)
    found = read_file(data, "名单.CSV")
    assert (found.kind, found.text) == ("csv", "序号\t单位\t说明\n1\t演示市财政局\t甲,乙 丙\n2\t演示市民政局")
