"""Presentations (.pptx) to text: a page a slide, a line a paragraph, table rows as lines with tabs."""

import posixpath
from collections.abc import Iterator

from lxml import etree

from normalizers.attachments.file_text import (
    PAGES_LEFT_OUT,
    PAGES_UNREADABLE,
    FileText,
    ReadError,
    file_text,
)
from normalizers.attachments.package import Package
from normalizers.failures import Failure

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PARAGRAPH, _ROW, _CELL = f"{_A}p", f"{_A}tr", f"{_A}tc"
_BREAKS = {f"{_A}br": "\n", f"{_A}tab": "\t"}
MAX_SLIDES = 1000
MAX_DEPTH = 50


def read_pptx(data: bytes) -> FileText:
    """Text of the slides in the order of the show, without speaker's notes."""
    with Package(data) as package:
        paths = _slide_paths(package)
        roots = [_load_xml(package, path) for path in paths[:MAX_SLIDES]]
    if all(root is None for root in roots):
        raise ReadError(Failure.ATTACHMENT_DAMAGED, "演示文稿没有一张幻灯片可以读取")
    pages = ["" if root is None else "\n".join(_lines(root)) for root in roots]
    unreadable = [str(number) for number, root in enumerate(roots, 1) if root is None]
    warnings = [f"{PAGES_UNREADABLE}:{','.join(unreadable[:20])}"] if unreadable else []
    if len(paths) > MAX_SLIDES:
        warnings.append(f"{PAGES_LEFT_OUT}:{len(paths) - MAX_SLIDES}")
    return file_text("pptx", "slides", pages, None, warnings)


def _slide_paths(package: Package) -> list[str]:
    """Paths of the slides in order, by the list of slides and the relations it names."""
    presentation = _load_xml(package, "ppt/presentation.xml")
    relations = _load_xml(package, "ppt/_rels/presentation.xml.rels")
    if presentation is None or relations is None:
        raise ReadError(Failure.ATTACHMENT_DAMAGED, "演示文稿缺少幻灯片目录")
    targets = {relation.get("Id", ""): relation.get("Target", "") for relation in relations}
    listed = (targets.get(slide.get(f"{_R}id", "")) for slide in presentation.iter(f"{_P}sldId"))
    return [posixpath.join("/ppt", target) for target in listed if target]


def _load_xml(package: Package, path: str) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(package.read(path) or b"", parser)
    except etree.XMLSyntaxError:
        return None
    except ReadError as error:
        if error.failure is Failure.ATTACHMENT_DAMAGED:
            return None
        raise


def _lines(parent: etree._Element, depth: int = 0) -> Iterator[str]:
    """Lines of the paragraphs and table rows below an element, in the order of the file."""
    for child in parent:
        if child.tag == _PARAGRAPH:
            text = "".join(
                _BREAKS.get(str(node.tag)) or node.text or "" for node in child.iter(f"{_A}t", *_BREAKS)
            )
            if text.strip():
                yield text
        elif child.tag == _ROW:
            cells = child.iterchildren(_CELL)
            yield "\t".join(" ".join(" ".join(_lines(cell, depth + 1)).split()) for cell in cells)
        elif depth < MAX_DEPTH:
            yield from _lines(child, depth + 1)
