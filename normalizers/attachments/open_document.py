"""OpenDocument text (.odt) to text: paragraphs and headings in order, table rows as lines with tabs."""

from collections.abc import Iterator

from lxml import etree

from normalizers.attachments.file_text import FileText, ReadError, file_text
from normalizers.attachments.package import Package
from normalizers.failures import Failure

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_LINES = frozenset({f"{_TEXT}p", f"{_TEXT}h"})
_CELLS = frozenset({f"{_TABLE}table-cell"})
_SPACES = {f"{_TEXT}s": " ", f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_SKIPPED = frozenset({f"{_TEXT}tracked-changes", f"{_OFFICE}annotation"})
MAX_DEPTH = 50


def read_odt(data: bytes) -> FileText:
    """Text of the body, without comments and deleted text."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    with Package(data) as package:
        if is_encrypted(package):
            raise ReadError(Failure.ATTACHMENT_ENCRYPTED, "ODT 需要密码才能打开")
        root = etree.fromstring(package.read("content.xml") or b"", parser)
    body = root.find(f"{_OFFICE}body")
    if body is None:
        raise ReadError(Failure.ATTACHMENT_DAMAGED, "ODT 没有正文")
    return file_text("odt", "open_document", "\n".join(_lines(body)))


def is_encrypted(package: Package) -> bool:
    """Whether the manifest says that entries are encrypted (OpenDocument 1.3 part 2, 4.8)."""
    return b"encryption-data" in (package.read("META-INF/manifest.xml") or b"")


def _lines(parent: etree._Element, depth: int = 0) -> Iterator[str]:
    for child in parent:
        if child.tag in _LINES:
            yield "".join(_pieces(child))
        elif child.tag == f"{_TABLE}table-row":
            cells = [cell for cell in child if cell.tag in _CELLS]
            yield "\t".join(" ".join(" ".join(_lines(cell, depth + 1)).split()) for cell in cells)
        elif child.tag not in _SKIPPED and depth < MAX_DEPTH:
            yield from _lines(child, depth + 1)


def _pieces(element: etree._Element, depth: int = 0) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag in _SPACES:
            yield _SPACES[child.tag]
        elif child.tag not in _SKIPPED and depth < MAX_DEPTH:
            yield from _pieces(child, depth + 1)
        yield child.tail or ""
