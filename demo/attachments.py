"""The annexes: what stands in them, and the files made of it, byte for byte the same in every run."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from xml.sax.saxutils import escape

from demo.country import all_authorities, all_topics
from demo.grammar import Writer
from demo.pages import Block, Page
from demo.prepared import PREPARED

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ofd": "application/ofd",
    "doc": "application/msword",
}
LINE = 36  # Hanzi on a line of an A4 page at 12 points
LINES_A_PAGE = 40
MADE = datetime(2026, 3, 2, tzinfo=UTC)  # the stamp inside every file


@dataclass(frozen=True, slots=True)
class Contents:
    """What an annex says; `words` are short strings that no reader of the file may miss."""

    title: str
    paragraphs: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: tuple[str, ...]


def contents_of(seed: int, page: Page, number: int) -> Contents:
    """What stands in annex `number` (from 0) of a page."""
    rng = Random(f"{seed}/annex/{page.id}/{number}")
    kind = page.attachments[number].kind
    if kind == "doc":
        lines = PREPARED[_prepared(page, number)]
        return Contents(lines[0], lines[1:], (), tuple(line[:8] for line in lines))
    issuers = tuple(all_authorities()[name] for name in page.issuers)
    writer = Writer(rng, page, all_topics()[page.topic], issuers)
    title = page.attachments[number].name.rsplit(".", 1)[0].split("．")[-1].removeprefix("附件：")
    paragraphs = (
        ()
        if kind == "xlsx"
        else tuple(f"{n + 1}．{writer.paragraph(1, 2)}" for n in range(rng.randint(4, 9)))
    )
    rows = writer.table(rng.randint(5, 14)).rows
    words = (title, *(paragraph[2:10] for paragraph in paragraphs[:2]), rows[1][1], rows[-1][2])
    return Contents(title, paragraphs, rows, words)


def _prepared(page: Page, number: int) -> str:
    return sorted(PREPARED)[(page.id + number) % len(PREPARED)]


def make_file(seed: int, page: Page, number: int) -> bytes:
    """The bytes of annex `number` of a page."""
    kind = page.attachments[number].kind
    if kind == "doc":
        return (Path(__file__).parent / "files" / f"{_prepared(page, number)}.doc").read_bytes()
    return _MAKERS[kind](contents_of(seed, page, number))


def make_page_file(title: str, number: str, blocks: tuple[Block, ...]) -> bytes:
    """A document that is a PDF itself: title, number and body."""
    paragraphs = [number] if number else []
    for block in blocks:
        paragraphs += ["　".join(row) for row in block.rows] if block.kind == "table" else [block.text]
    return _pdf(Contents(title, tuple(paragraphs), (), ()))


def _lines(contents: Contents) -> list[str]:
    lines = [contents.title[i : i + LINE] for i in range(0, len(contents.title), LINE)] + [""]
    for paragraph in contents.paragraphs:
        lines += [paragraph[i : i + LINE] for i in range(0, len(paragraph), LINE)]
    return lines


def _sheets(contents: Contents) -> list[list[tuple[str, ...]]]:
    """Pages of lines; a line of text is one cell, a row of the table several."""
    rows: list[tuple[str, ...]] = [(line,) for line in _lines(contents)] + list(contents.rows)
    return [rows[i : i + LINES_A_PAGE] for i in range(0, len(rows), LINES_A_PAGE)]


@cache
def _pdf_font() -> str:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return "STSong-Light"


def _pdf(contents: Contents) -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    font = _pdf_font()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.setTitle(contents.title)
    for sheet in _sheets(contents):
        for number, cells in enumerate(sheet):
            canvas.setFont(font, 12 if len(cells) == 1 else 9)
            for column, cell in enumerate(cells):
                canvas.drawString((70, 110, 300, 430)[column], 770 - 17 * number, cell)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@cache
def _docx_parts() -> dict[str, bytes]:
    """The parts of python-docx's own empty document, made once: building each anew costs 50 ms."""
    import docx

    document: Any = docx.Document()
    document.core_properties.created = document.core_properties.modified = MADE
    document.core_properties.author = "演示"
    out = io.BytesIO()
    document.save(out)
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _docx(contents: Contents) -> bytes:
    def paragraph(text: str) -> str:
        return f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'

    text = "".join(map(paragraph, (contents.title, *contents.paragraphs)))
    columns = "<w:gridCol/>" * len(contents.rows[0])
    rows = "".join(
        "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>"
        for row in contents.rows
    )
    body = f"{text}<w:tbl><w:tblPr/><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl><w:p/>"
    document = f"{_XML}<w:document {_WORD_NS}><w:body>{body}</w:body></w:document>"
    return _zipped({**_docx_parts(), "word/document.xml": document.encode()})


def _xlsx(contents: Contents) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"author": "演示", "created": MADE})
    sheet = book.add_worksheet("演示")
    sheet.write(0, 0, contents.title)
    for number, row in enumerate(contents.rows):
        for column, cell in enumerate(row):
            sheet.write_string(number + 1, column, cell)
    book.close()
    return _restamped(out.getvalue())


def _ofd(contents: Contents) -> bytes:
    """A small OFD (GB/T 33190-2016): one text object a line or cell, glyphs spaced by DeltaX."""
    sheets = _sheets(contents)
    files = {"OFD.xml": _OFD_ROOT.format(title=escape(contents.title)), "Doc_0/PublicRes.xml": _OFD_FONTS}
    pages = "".join(
        f'<ofd:Page ID="{100 + n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(sheets))
    )
    files["Doc_0/Document.xml"] = _OFD_DOCUMENT.format(pages=pages)
    serial = 1000
    for number, sheet in enumerate(sheets):
        objects = []
        for line, cells in enumerate(sheet):
            for column, cell in enumerate(cells):
                if cell:
                    serial += 1
                    objects.append(_ofd_text(serial, (25, 40, 105, 150)[column], 20 + 6 * line, cell))
        files[f"Doc_0/Pages/Page_{number}/Content.xml"] = _OFD_PAGE.format(objects="".join(objects))
    return _zipped({name: text.encode() for name, text in files.items()})


def _ofd_text(serial: int, x: int, y: int, text: str) -> str:
    size = 3.8
    deltas = f' DeltaX="g {len(text) - 1} {size}"' if len(text) > 1 else ""
    return (
        f'<ofd:TextObject ID="{serial}" Boundary="{x} {y} {size * len(text) + 1:.1f} 5" Font="2" Size="{size}">'
        f'<ofd:TextCode X="0" Y="4"{deltas}>{escape(text)}</ofd:TextCode></ofd:TextObject>'
    )


_WORD_NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_OFD_ROOT = (
    f'{_XML}<ofd:OFD {_NS} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID>'
    "<ofd:Title>{title}</ofd:Title><ofd:Author>演示</ofd:Author><ofd:CreationDate>2026-03-02</ofd:CreationDate></ofd:DocInfo>"
    "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
)
_OFD_FONTS = (
    f'{_XML}<ofd:Res {_NS} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="2" FontName="宋体"/></ofd:Fonts></ofd:Res>'
)
_OFD_DOCUMENT = (
    f"{_XML}<ofd:Document {_NS}><ofd:CommonData><ofd:MaxUnitID>99999</ofd:MaxUnitID>"
    "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"
    "</ofd:CommonData><ofd:Pages>{pages}</ofd:Pages></ofd:Document>"
)
_OFD_PAGE = (
    f'{_XML}<ofd:Page {_NS}><ofd:Content><ofd:Layer ID="10" Type="Body">'
    "{objects}</ofd:Layer></ofd:Content></ofd:Page>"
)


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, MADE.timetuple()[:6]), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _restamped(data: bytes) -> bytes:
    """The same package with one fixed time on every member."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return _zipped({name: archive.read(name) for name in archive.namelist()})


_MAKERS: dict[str, Callable[[Contents], bytes]] = {"pdf": _pdf, "docx": _docx, "xlsx": _xlsx, "ofd": _ofd}
