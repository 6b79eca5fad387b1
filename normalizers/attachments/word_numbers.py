"""Automatic numbers of Word paragraphs (一、 第一条 1.), which stand in no text (ECMA-376 part 1, 17.9)."""

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from normalizers.attachments.package import Package

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VAL = f"{_W}val"
MAX_NUMBER = 9999
_DIGITS = "〇一二三四五六七八九"
_CHINESE = frozenset(
    {
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
        "ideographDigital",
    }
)

_STYLE_ID = re.compile(rb'w:styleId="([^"]*)"')
_LIST_ID = re.compile(rb'<w:numId w:val="(\d+)"')
_LIST_LEVEL = re.compile(rb'<w:ilvl w:val="(\d+)"')


@dataclass(frozen=True, slots=True)
class _Level:
    """How the numbers of one level look: `text` holds %1 for the first level's number, and so on."""

    start: int
    form: str
    text: str


class WordNumbers:
    """Counts the numbered paragraphs of one document; `label` must see them in order."""

    def __init__(self, package: Package) -> None:
        self._levels, self._lists = _definitions(package)
        self._styles = _numbered_styles(package) if self._levels else {}
        self._counts: dict[str, dict[int, int]] = {}

    def label(self, paragraph: Any) -> str:
        """What Word prints before the paragraph, empty for no number, a bullet, or a form not known here."""
        properties = paragraph.find(f"{_W}pPr")
        if not self._levels or properties is None:
            return ""
        style, numbers = _value(properties, "pStyle"), properties.find(f"{_W}numPr")
        list_id, level = self._styles.get(style, ("", ""))
        abstract = self._lists.get(_value(numbers, "numId") or list_id, "")
        depth = _integer(_value(numbers, "ilvl") or level, 0)
        levels = self._levels.get(abstract, {})
        if depth not in levels:
            return ""
        self._count(self._counts.setdefault(abstract, {}), levels, depth)
        return _print(levels, self._counts[abstract], depth)

    @staticmethod
    def _count(counts: dict[int, int], levels: dict[int, _Level], depth: int) -> None:
        counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]


def chinese_number(number: int) -> str:
    """1 to 9999 in Chinese counting: 10 is 十, 21 is 二十一, 105 is 一百〇五."""
    text = ""
    for unit, power in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit = number // power % 10
        text += _DIGITS[digit] + unit if digit else "〇"
    text = re.sub("〇+", "〇", text).strip("〇")
    return text[1:] if text.startswith("一十") else text


def _print(levels: dict[int, _Level], counts: dict[int, int], depth: int) -> str:
    text = levels[depth].text
    for level in range(depth + 1):
        mark = f"%{level + 1}"
        if mark in text:
            known = levels.get(level)
            printed = _form(known.form, counts.get(level, known.start)) if known else ""
            if not printed:
                return ""
            text = text.replace(mark, printed)
    return text if levels[depth].form != "bullet" else ""


def _form(form: str, number: int) -> str:
    """A number in one of the forms that official documents use, empty for any other."""
    if not 0 < number <= MAX_NUMBER:
        return ""
    if form in {"decimal", "decimalHalfWidth"}:
        return str(number)
    if form in _CHINESE:
        return chinese_number(number)
    if form.startswith("decimalEnclosedCircle") and number <= 20:
        return chr(0x245F + number)
    if form in {"lowerLetter", "upperLetter"} and number <= 26:
        return chr((96 if form == "lowerLetter" else 64) + number)
    return ""


def _definitions(package: Package) -> tuple[dict[str, dict[int, _Level]], dict[str, str]]:
    """Levels by abstract list, and the abstract list of each list."""
    levels: dict[str, dict[int, _Level]] = {}
    lists: dict[str, str] = {}
    data = package.read("word/numbering.xml")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    numbering = etree.fromstring(data, parser) if data else None
    if numbering is None:
        return levels, lists
    for abstract in numbering.iter(f"{_W}abstractNum"):
        levels[abstract.get(f"{_W}abstractNumId", "")] = {
            _integer(level.get(f"{_W}ilvl"), 0): _Level(
                _integer(_value(level, "start"), 1), _value(level, "numFmt"), _value(level, "lvlText")
            )
            for level in abstract.iter(f"{_W}lvl")
        }
    for number in numbering.iter(f"{_W}num"):
        lists[number.get(f"{_W}numId", "")] = _value(number, "abstractNumId")
    return levels, lists


def _numbered_styles(package: Package) -> dict[str, tuple[str, str]]:
    """List and level by style, for the few styles that number their paragraphs.

    Word writes up to 400 kB of styles, 8 ms of parsing, so they are searched as bytes.
    """
    found = {}
    for style in (package.read("word/styles.xml") or b"").split(b"<w:style ")[1:]:
        if b"<w:numPr>" in style:
            name, list_id, level = (_search(pattern, style) for pattern in (_STYLE_ID, _LIST_ID, _LIST_LEVEL))
            found[name] = (list_id, level)
    return found


def _search(pattern: re.Pattern[bytes], data: bytes) -> str:
    match = pattern.search(data)
    return match[1].decode(errors="replace") if match else ""


def _value(element: Any, name: str) -> str:
    found = element.find(f"{_W}{name}") if element is not None else None
    return found.get(_VAL, "") if found is not None else ""


def _integer(raw: str | None, default: int) -> int:
    return int(raw) if raw and raw.isascii() and raw.isdigit() and len(raw) < 6 else default
