"""Word 2007 and later (.docx) to text: paragraphs in order, table rows as lines with tabs."""

import io
from collections.abc import Iterator
from typing import Any

from normalizers.attachments.file_text import FileText, file_text
from normalizers.attachments.package import Package

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TEXT, _DELETED = f"{_W}t", frozenset({f"{_W}del", f"{_W}moveFrom", _FALLBACK})
_PARAGRAPH, _TABLE, _ROW, _CELL, _BOX = (f"{_W}{name}" for name in ("p", "tbl", "tr", "tc", "txbxContent"))
_BREAKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
MAX_DEPTH = 50


def read_docx(data: bytes) -> FileText:
    """Text of the body, with content controls, text boxes and accepted insertions, without deleted text."""
    from docx import Document

    Package(data)
    document = Document(io.BytesIO(data))
    return file_text(
        "docx", "python-docx", "\n".join(_blocks(document.element.body)), document.core_properties.title
    )


def _blocks(parent: Any, depth: int = 0) -> Iterator[str]:
    """Lines of the paragraphs and tables below an element, wrappers like `sdt` and `ins` looked through."""
    for child in parent:
        if child.tag == _PARAGRAPH:
            yield from _paragraph(child, depth)
        elif child.tag == _TABLE:
            yield from _rows(child, depth)
        elif child.tag not in _DELETED and depth < MAX_DEPTH:
            yield from _blocks(child, depth + 1)


def _paragraph(paragraph: Any, depth: int) -> Iterator[str]:
    """The paragraph's line, then the lines of the text boxes anchored in it."""
    pieces, boxes = list[str](), list[Any]()
    stack = list(reversed(paragraph))
    while stack:
        node = stack.pop()
        if node.tag == _TEXT:
            pieces.append(node.text or "")
        elif node.tag in _BREAKS:
            pieces.append(_BREAKS[node.tag])
        elif node.tag == _BOX:
            boxes.append(node)
        elif node.tag not in _DELETED:
            stack.extend(reversed(node))
    yield "".join(pieces)
    for box in boxes if depth < MAX_DEPTH else ():
        yield from _blocks(box, depth + 1)


def _rows(table: Any, depth: int) -> Iterator[str]:
    for row in table.iterchildren(_ROW):
        if depth < MAX_DEPTH:
            cells = row.iterdescendants(_CELL) if row.find(_CELL) is None else row.iterchildren(_CELL)
            yield "\t".join(" ".join(" ".join(_blocks(cell, depth + 1)).split()) for cell in cells)
