"""Mirrors: pages that print a text otherwise than its source, in traditional characters or with pinyin.

Observed: the big5 gates of portals (gate/big5), sites for readers in Hong Kong, Macao and Taiwan, and
copies that put pinyin in brackets behind traditional characters: 政府網(wǎng)站.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from normalizers.chars import CJK
from normalizers.lines import SKIPPED, Line
from normalizers.page import Hints, ListRow
from normalizers.traditional import counts, is_traditional, mostly_traditional, simplify_mixed

TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
GLOSS = re.compile(rf"(?:(?<=[{CJK}])|\A)[(（]\s*([a-zü{TONED}\u0300-\u030c]{{1,7}})\s*[)）]", re.IGNORECASE)
# Holds all letters and marks with a tone, in one range, which is sought in half the time: most texts have none.
TONE_LETTER = re.compile("[à-\u036f]")
TONE_MARKS = frozenset("\u0300\u0301\u0304\u030c")
# Syllables without a tone; (a) and (co) in a mirrored page are no pinyin.
NEUTRAL = frozenset({"de", "le", "zhe", "ge", "men", "zi", "me", "ma", "ne", "ba"})
# A page that explains how rare characters are read has fewer glosses: one or two a page in saved pages.
MIN_GLOSSES = 3
# Share of the characters with a gloss, and share of the glosses that follow a traditional character …
GLOSSED, GLOSSED_TRADITIONAL = 0.02, 0.7
# … or the first alone, where every character has its pinyin.
ALL_GLOSSED = 0.2
HANZI = re.compile(f"[{CJK}]")
ATTRIBUTES = ("content", "title", "alt", "value")


@dataclass(frozen=True, slots=True)
class Mirror:
    """How a page prints its text; false twice for ordinary pages."""

    traditional: bool = False
    pinyin: bool = False

    def __bool__(self) -> bool:
        return self.traditional or self.pinyin

    @property
    def warnings(self) -> tuple[str, ...]:
        """One warning for each thing that was restored."""
        told = {"traditional": self.traditional, "pinyin": self.pinyin}
        return tuple(f"text_restored: {name}" for name, true in told.items() if true)

    def restore(self, text: str) -> str:
        """A piece of the page as its source prints it."""
        if self.pinyin:
            text = strip_pinyin(text)
        return simplify_mixed(text) if self.traditional else text


ORDINARY = Mirror()


def read_mirror(text: str) -> Mirror:
    """How a text is printed: decided from the whole of it, so that quotes and single glosses stay."""
    if has_pinyin(text):
        return Mirror(mostly_traditional(GLOSS.sub("", text), MIN_GLOSSES), pinyin=True)
    return Mirror(is_traditional(text))


def restore_text(text: str) -> tuple[str, Mirror]:
    """A text as its source prints it, line by line, and how it was printed; an ordinary text as it is."""
    mirror = read_mirror(text)
    return ("\n".join(map(mirror.restore, text.split("\n"))) if mirror else text), mirror


def has_pinyin(text: str) -> bool:
    """Whether a text is a mirror with pinyin in brackets, not one that explains how a name is read."""
    if not TONE_LETTER.search(text):
        return False
    places = [m.start() for m in GLOSS.finditer(text) if has_tone(m[1])]
    if len(places) < MIN_GLOSSES:
        return False
    share = len(places) / max(1, len(HANZI.findall(text)))
    traditional, _ = counts("".join(text[i - 1] for i in places if i))
    return share >= ALL_GLOSSED or (share >= GLOSSED and traditional >= GLOSSED_TRADITIONAL * len(places))


def strip_pinyin(text: str) -> str:
    """A piece of a mirror without the syllables behind its characters; other brackets stay."""
    return GLOSS.sub(lambda m: "" if has_tone(m[1]) or m[1].lower() in NEUTRAL else m[0], text)


def has_tone(syllable: str) -> bool:
    return not syllable.isascii() and any(c in TONE_MARKS for c in unicodedata.normalize("NFD", syllable))


def mirror_of(lines: Iterable[Line]) -> Mirror:
    """How a page prints its lines."""
    return read_mirror("\n".join([line.text for line in lines]))


def restore_tree(root: HtmlElement, mirror: Mirror) -> None:
    """Restore the texts of a tree in place, and those attributes that are text; never scripts."""
    for element in root.iter():
        if element.tag not in SKIPPED or element.tag in ("head", "title"):
            element.text = restored(element.text, mirror.restore)
        element.tail = restored(element.tail, mirror.restore)
        for name in ATTRIBUTES:
            if value := element.get(name):
                element.set(name, mirror.restore(value))


def restored(text: str | None, restore: Callable[[str], str]) -> str | None:
    return restore(text) if text and not text.isascii() else text


def restore_told(row: ListRow | None, hints: Hints, mirror: Mirror) -> tuple[ListRow | None, Hints]:
    """What the list and the platform said of a mirrored page, restored like the page."""
    if not mirror:
        return row, hints
    if row:
        row = replace(row, title=mirror.restore(row.title), number=mirror.restore(row.number))
    return row, replace(hints, fields={name: mirror.restore(value) for name, value in hints.fields.items()})
