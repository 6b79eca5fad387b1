"""OFD (GB/T 33190-2016) to text: zip and XML, read by local names, put in reading order by baseline.

Producers differ in namespaces, letter case, slashes, absolute and relative locations; all are accepted. Files
whose text is drawn as paths or images have none.
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from normalizers.attachments.file_text import (
    CONTENT_DAMAGED,
    PAGES_LEFT_OUT,
    PAGES_WITHOUT_TEXT,
    FileText,
    ReadError,
    file_text,
)
from normalizers.attachments.ofd_layout import Run, lay_out
from normalizers.attachments.package import Package
from normalizers.failures import Failure

MAX_PAGES = 3000
# Page blocks and composite objects refer to each other: what a page may visit, and how deep.
MAX_OBJECTS = 200_000
MAX_DEPTH = 50
MAX_COMPOSITE_DEPTH = 10
# GB/T 33190 leaves the size without a default; 3.5 mm is 10 pt.
DEFAULT_SIZE = 3.5
_CONTAINERS = frozenset({"PageBlock", "Layer", "Content"})


def read_ofd(data: bytes) -> FileText:
    """Text of an OFD file by page, of all its documents."""
    with Package(data) as package:
        damaged = set[str]()
        root = _load_xml(package, "OFD.xml", damaged)
        if root is None:
            raise ReadError(Failure.ATTACHMENT_DAMAGED, "OFD 缺少可读的 OFD.xml")
        title, pages, warnings = "", list[str](), list[str]()
        for body in _children(root, "DocBody"):
            title = title or _text_of(_first(body, "Title"))
            location = _text_of(_first(body, "DocRoot"))
            document = _Document.load(package, _join("", location), damaged) if location else None
            if document is None:
                warnings.append(f"document_missing:{location}")
                continue
            left = MAX_PAGES - len(pages)
            pages += document.read_pages(left)
            if (missing := document.page_count() - left) > 0:
                warnings.append(f"{PAGES_LEFT_OUT}:{missing}")
    if not pages:
        raise ReadError(Failure.ATTACHMENT_DAMAGED, "OFD 没有一页可以读取")
    empty = [str(number) for number, page in enumerate(pages, 1) if not page]
    if empty:
        warnings.append(f"{PAGES_WITHOUT_TEXT}:{','.join(empty[:20])}")
    if damaged:
        warnings.append(CONTENT_DAMAGED)
    return file_text("ofd", "ofd", pages, title, warnings)


@dataclass(slots=True)
class _Document:
    """One document of the package: its page list, templates and composite units; `damaged` takes paths."""

    package: Package
    path: str
    root: etree._Element
    templates: dict[str, str]
    units: dict[str, etree._Element]
    damaged: set[str]
    template_runs: dict[str, list[Run]] = field(default_factory=dict)

    @classmethod
    def load(cls, package: Package, path: str, damaged: set[str]) -> "_Document | None":
        """The document at a path, None where there is none."""
        root = _load_xml(package, path, damaged)
        if root is None:
            return None
        templates: dict[str, str] = {}
        units: dict[str, etree._Element] = {}
        for element in root.iter():
            name = _name(element)
            if name == "TemplatePage":
                templates[element.get("ID", "")] = _join(path, element.get("BaseLoc"))
            elif name in {"PublicRes", "DocumentRes"}:
                resource = _load_xml(package, _join(path, element.text), damaged)
                units |= _composite_units(resource) if resource is not None else {}
        return cls(package, path, root, templates, units, damaged)

    def page_count(self) -> int:
        """How many pages the document lists."""
        return len(self._listed())

    def read_pages(self, most: int) -> list[str]:
        """Text of the pages in order; an unreadable page is empty."""
        return [self._read_page(_join(self.path, page.get("BaseLoc"))) for page in self._listed()[:most]]

    def _listed(self) -> list[etree._Element]:
        listed = _first(self.root, "Pages")
        return _children(listed, "Page") if listed is not None else []

    def _read_page(self, path: str) -> str:
        page = _load_xml(self.package, path, self.damaged)
        if page is None:
            return ""
        runs = [
            run for use in _children(page, "Template") for run in self._template(use.get("TemplateID", ""))
        ]
        return "\n".join(lay_out(runs + self._runs_of(page)))

    def _template(self, key: str) -> list[Run]:
        if key not in self.template_runs:
            path = self.templates.get(key)
            page = _load_xml(self.package, path, self.damaged) if path else None
            self.template_runs[key] = self._runs_of(page) if page is not None else []
        return self.template_runs[key]

    def _runs_of(self, page: etree._Element) -> list[Run]:
        content = _first(page, "Content")
        return [] if content is None else list(_Walk(self.units).runs(content))


class _Walk:
    """Finds the text runs of one page below its content."""

    def __init__(self, units: dict[str, etree._Element]) -> None:
        self._units = units
        self._left = MAX_OBJECTS

    def runs(
        self, node: etree._Element, dx: float = 0.0, dy: float = 0.0, depth: int = 0, composites: int = 0
    ) -> Iterator[Run]:
        """Runs below `node`, moved by `dx` and `dy` millimetres."""
        for child in node:
            self._left -= 1
            if self._left < 0:
                return
            name = _name(child)
            if name == "TextObject":
                yield from _text_runs(child, dx, dy)
            elif name in _CONTAINERS and depth < MAX_DEPTH:
                yield from self.runs(child, dx, dy, depth + 1, composites)
            elif name == "CompositeObject" and composites < MAX_COMPOSITE_DEPTH:
                unit = self._units.get(child.get("ResourceID", ""))
                x, y = (*_numbers(child.get("Boundary")), 0.0, 0.0)[:2]
                if unit is not None:
                    yield from self.runs(unit, dx + x, dy + y, depth, composites + 1)


def _text_runs(text: etree._Element, dx: float, dy: float) -> Iterator[Run]:
    """The runs of a TextObject; a TextCode without X or Y goes on at those of the one before it."""
    left, top = (*_numbers(text.get("Boundary")), 0.0, 0.0)[:2]
    matrix = _numbers(text.get("CTM"))
    a, b, c, d, e, f = matrix if len(matrix) == 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    size = abs(_number(text.get("Size"), DEFAULT_SIZE)) * max(abs(d), abs(b), 1e-3)
    x = y = 0.0
    for code in _children(text, "TextCode"):
        x, y = _number(code.get("X"), x), _number(code.get("Y"), y)
        content = "".join(char for char in str(code.xpath("string()")) if char >= " ")
        if not content.strip():
            continue
        across = sum(map(abs, _deltas(code.get("DeltaX"))))
        down = sum(map(abs, _deltas(code.get("DeltaY"))))
        yield Run(
            x=left + a * x + c * y + e + dx,
            y=top + b * x + d * y + f + dy,
            size=size,
            width=across * abs(a or 1.0) + size if across else size * len(content),
            text=content,
            vertical=down > across or abs(b) > abs(a),
        )


def _deltas(raw: str | None) -> list[float]:
    """Distances of glyphs in millimetres; `g n d` stands for n times d."""
    found, words = list[float](), (raw or "").split()[:MAX_OBJECTS]
    at = 0
    while at < len(words):
        if words[at] == "g" and at + 2 < len(words):
            found.append(_number(words[at + 1], 0.0) * _number(words[at + 2], 0.0))
            at += 3
        else:
            found.append(_number(words[at], 0.0))
            at += 1
    return found


def _number(raw: str | None, default: float) -> float:
    """A finite number of sane size (millimetres), the default for anything else."""
    try:
        value = float(raw or "")
    except ValueError:
        return default
    return value if abs(value) < 1e6 else default


def _numbers(raw: str | None) -> list[float]:
    return [_number(word, 0.0) for word in (raw or "").replace(",", " ").split()[:6]]


def _composite_units(resource: etree._Element) -> dict[str, etree._Element]:
    found = {}
    for unit in resource.iter():
        if _name(unit) == "CompositeGraphicUnit" and (content := _first(unit, "Content")) is not None:
            found[unit.get("ID", "")] = content
    return found


def _load_xml(package: Package, path: str, damaged: set[str]) -> etree._Element | None:
    """Root of an XML entry, None where it is missing or nothing of it can be read.

    The path of an entry that is no well-formed XML is added to `damaged`.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_comments=True
    )
    try:
        data = package.read(path)
        root = etree.fromstring(data, parser) if data else None
    except etree.XMLSyntaxError:
        damaged.add(path)
        return None
    except ReadError as error:
        if error.failure is Failure.ATTACHMENT_DAMAGED:
            return None
        raise
    # Undefined namespaces are errors too; those files are sound.
    if any(entry.level == etree.ErrorLevels.FATAL for entry in parser.error_log):
        damaged.add(path)
    return root


def _join(base: str, location: str | None) -> str:
    """Path of an entry named in the entry `base`."""
    location = (location or "").strip().replace("\\", "/")
    if location.startswith("/"):
        return location
    return posixpath.join(posixpath.dirname(base), location)


def _name(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in element if _name(child) == name]


def _first(element: etree._Element, name: str) -> etree._Element | None:
    return next((child for child in element.iter() if _name(child) == name), None)


def _text_of(element: etree._Element | None) -> str:
    return "" if element is None else (element.text or "").strip()
