"""Word 2007 and later (.docx) to text: paragraphs with their numbers, table rows as lines with tabs."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

from normalizers.attachments.file_text import FileText, ReadError, file_text
from normalizers.attachments.package import Package
from normalizers.attachments.word_numbers import WordNumbers
from normalizers.failures import Failure

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARAGRAPH, _TABLE, _ROW, _CELL, _BOX = (f"{_W}{name}" for name in ("p", "tbl", "tr", "tc", "txbxContent"))
# Deleted text, and the copy of a text box for older programs.
_DROPPED = (
    f"{_W}del",
    f"{_W}moveFrom",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
)
_TEXT = f"{_W}t"
_BREAKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_NOTES = tuple((f"word/{name}s.xml", f"{_W}{name}") for name in ("footnote", "endnote"))
MAX_DEPTH = 50


def read_docx(data: bytes) -> FileText:
    """Text of the body, then of its notes, with content controls, text boxes and accepted insertions.

    Deleted text is left out.
    """
    with Package(data) as package:
        body, title, reader = _open(package)
        numbers = WordNumbers(package)
        notes = list(_notes(package))
    lines = list[str]()
    for part in (body, *notes):
        _remove(list(part.iter(*_DROPPED)))
        lines += _blocks(part, numbers)
    return file_text("docx", reader, "\n".join(lines), title)


def _notes(package: Package) -> Iterator[Any]:
    """Footnotes and endnotes; those with a type are the lines that part them from the text."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    for path, tag in _NOTES:
        if data := package.read(path):
            yield from (
                note for note in etree.fromstring(data, parser).iter(tag) if not note.get(f"{_W}type")
            )


def _open(package: Package) -> tuple[Any, str | None, str]:
    """The body, the title property, and who opened them.

    python-docx refuses packages that Word opens: with a root relation to a missing part (KeyError), with
    macros, or templates (ValueError). Of these the main part is taken as it is.
    """
    from docx import Document

    try:
        document = Document(_root_parts(package))
    except (KeyError, ValueError) as error:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        root = etree.fromstring(package.read("word/document.xml") or b"", parser)
        body = root.find(f"{_W}body")
        if body is None:
            raise ReadError(Failure.ATTACHMENT_DAMAGED, "Word 文件没有正文") from error
        return body, None, "lxml"
    return document.element.body, document.core_properties.title, "python-docx"


def _root_parts(package: Package) -> io.BytesIO:
    """The package without the parts that only other parts relate to.

    python-docx loads every part it can reach and parses styles, settings and numbering: 9 of 12 ms.
    """
    named = package.read("_rels/.rels") or b""
    root = io.BytesIO()
    with zipfile.ZipFile(root, "w") as archive:
        for entry in package.entries():
            name = entry.filename
            if name in ("[Content_Types].xml", "_rels/.rels") or name.encode() in named:
                archive.writestr(name, package.read_entry(entry))
    root.seek(0)
    return root


def _remove(elements: list[Any]) -> None:
    for element in elements:
        element.getparent().remove(element)


def _blocks(parent: Any, numbers: WordNumbers, depth: int = 0) -> Iterator[str]:
    """Lines of the paragraphs and tables below an element, wrappers like `sdt` and `ins` looked through."""
    for child in parent:
        if child.tag == _PARAGRAPH:
            yield from _paragraph(child, numbers, depth)
        elif child.tag == _TABLE:
            yield from _rows(child, numbers, depth)
        elif depth < MAX_DEPTH:
            yield from _blocks(child, numbers, depth + 1)


def _paragraph(paragraph: Any, numbers: WordNumbers, depth: int) -> Iterator[str]:
    """The paragraph's line, then the lines of the text boxes anchored in it."""
    boxes = list(paragraph.iter(_BOX))
    _remove(boxes)
    text = "".join(_BREAKS.get(node.tag) or node.text or "" for node in paragraph.iter(_TEXT, *_BREAKS))
    yield numbers.label(paragraph) + text if text.strip() else text
    for box in boxes if depth < MAX_DEPTH else ():
        yield from _blocks(box, numbers, depth + 1)


def _rows(table: Any, numbers: WordNumbers, depth: int) -> Iterator[str]:
    for row in table.iterchildren(_ROW):
        if depth < MAX_DEPTH:
            cells = row.iterdescendants(_CELL) if row.find(_CELL) is None else row.iterchildren(_CELL)
            yield "\t".join(" ".join(" ".join(_blocks(cell, numbers, depth + 1)).split()) for cell in cells)
