"""Plain text, and HTML that an Office program wrote under the name of a document, to text."""

import csv
import email
import io
from collections.abc import Iterator

from lxml import etree, html

from normalizers.attachments.file_text import FileText, ReadError, file_text
from normalizers.failures import Failure

_BLOCKS = frozenset({"br", "caption", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "table", "tr"})
_CELLS = frozenset({"td", "th"})
_SKIPPED = frozenset({"head", "script", "style", "xml"})


def read_plain(data: bytes) -> FileText:
    """Text of a text file."""
    return file_text("text", "plain", _decode(data))


def read_csv(data: bytes) -> FileText:
    """Text of a table of comma-separated values (RFC 4180), a line a row, tabs between cells."""
    rows = csv.reader(io.StringIO(_decode(data), newline=""))
    lines = ("\t".join(" ".join(cell.split()) for cell in row).rstrip() for row in rows)
    return file_text("csv", "csv", "\n".join(line for line in lines if line))


def read_office_html(data: bytes) -> FileText:
    """Text of a document or sheet saved as HTML, a line a paragraph, table rows as lines with tabs."""
    root = html.document_fromstring(_decode(data).encode(), parser=html.HTMLParser(encoding="utf-8"))
    lines = (" ".join(line.split(" ")).strip() for line in "".join(_pieces(root)).split("\n"))
    return file_text("html", "lxml", "\n".join(line for line in lines if line), root.findtext(".//title"))


def read_mhtml(data: bytes) -> FileText:
    """Text of a document saved as a single web page: that of its first HTML part."""
    for part in email.message_from_bytes(data).walk():
        content = part.get_payload(decode=True) if part.get_content_type() == "text/html" else None
        if isinstance(content, bytes):
            found = read_office_html(content)
            return file_text("mhtml", found.reader, found.text, found.title)
    raise ReadError(Failure.ATTACHMENT_UNSUPPORTED, "单个文件网页中没有网页")


def _pieces(root: etree._Element) -> Iterator[str]:
    """Texts below an element in document order, line feeds and tabs for blocks and cells."""
    skipped = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = element.tag if isinstance(element.tag, str) else "script"
        if skipped is None and event == "start":
            if name in _SKIPPED:
                skipped = element
            elif name in _BLOCKS:
                yield "\n"
            if skipped is None:
                yield _flat(element.text)
        elif event == "end":
            if skipped is element:
                skipped = None
            if skipped is None:
                yield "\t" if name in _CELLS else "\n" if name in _BLOCKS else ""
                yield _flat(element.tail)


def _flat(text: str | None) -> str:
    """Text of a node: its line ends are layout of the source."""
    return " ".join((text or "").replace("\xa0", " ").split()) if (text or "").strip() else ""


def _decode(data: bytes) -> str:
    """Text of bytes: by byte order mark, as strict UTF-8, else as GB18030."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")
