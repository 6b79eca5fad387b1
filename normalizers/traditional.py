"""Traditional characters to simplified ones: whether a text is written in them, and its conversion.

Two standards tell the scripts apart: a character of Big5 that GB 2312 lacks is traditional, one of
GB 2312 that Big5 lacks is simplified; those of both say nothing.
"""

import re
from functools import cache
from typing import Protocol

# The commonest traditional characters of official texts; without any of them there is no need to count.
FREQUENT = "國發關為會業務規應實與條門單縣區號項時間"
# A page in traditional characters has 250 to 350 of them in 1,000; the 97 saved pages in simplified ones
# have at most 2 (names of persons), each among 200 that are simplified.
MIN_TRADITIONAL = 10
RATIO = 4
# Words of 著 that the tables of opencc 1.4 lack: they would end in 着.
WRITINGS = re.compile("([專論譯編名巨原合遺新拙土昭]著)")
# Half a character, in texts cut in UTF-16 and arguments that are no UTF-8; no library takes it.
HALF = re.compile("([\ud800-\udfff]+)")
FIRST_HANZI, LAST_HANZI = 0x4E00, 0x9FA5


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _converter(config: str) -> _Converter:
    from opencc import OpenCC  # loads its tables: 30 ms and 6 MB that simplified pages need not pay

    converter: _Converter = OpenCC(config)
    return converter


def _convert(config: str, text: str) -> str:
    """A text converted, half characters left as they are."""
    converter = _converter(config)
    if not HALF.search(text):
        return converter.convert(text)
    return "".join(p if i % 2 else converter.convert(p) for i, p in enumerate(HALF.split(text)))


@cache
def _scripts() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns of one traditional and of one simplified character."""
    every = [chr(code) for code in range(FIRST_HANZI, LAST_HANZI + 1)]
    mainland = {c for c in every if c.encode("gb2312", "ignore")}
    taiwan = {c for c in every if c.encode("big5", "ignore")}
    only = ["".join(sorted(own)) for own in (taiwan - mainland, mainland - taiwan)]
    return re.compile(f"[{only[0]}]"), re.compile(f"[{only[1]}]")


def counts(text: str) -> tuple[int, int]:
    """How many characters of a text are only traditional and how many only simplified."""
    traditional, simplified = _scripts()
    return len(traditional.findall(text)), len(simplified.findall(text))


def is_traditional(text: str) -> bool:
    """Whether a text as a whole is written in traditional characters: quotes and names do not count."""
    return any(c in text for c in FREQUENT) and mostly_traditional(text, MIN_TRADITIONAL)


def mostly_traditional(text: str, least: int) -> bool:
    """Whether a text has so many traditional characters and few simplified ones among them."""
    traditional, simplified = counts(text)
    return traditional >= least and traditional >= RATIO * simplified


def simplify(text: str) -> str:
    """A text in simplified characters, converted by phrases; words stay as they are (軟體 is 软体).

    The forms of Hong Kong (衞, 枱) are read besides those of the standard.
    """
    return _convert("hk2s", text)


def simplify_mixed(text: str) -> str:
    """A piece of a page in traditional characters; one that is mostly simplified stays as it is.

    Forms of Taiwan go first: its 著 is 着 or 著 by the word, and 显著 in simplified text is no such word.
    """
    traditional, simplified = counts(text)
    if simplified > traditional:
        return text
    pieces = WRITINGS.split(text) if "著" in text else [text]
    return simplify("".join(p if i % 2 else _convert("tw2s", p) for i, p in enumerate(pieces)))


def simplify_name(name: str) -> str:
    """A short name with its traditional characters simplified; one without any is returned as it is."""
    try:
        name.encode("gb2312")
    except UnicodeEncodeError:
        foreign = any("\u4e00" <= c <= "\u9fff" and not c.encode("gb2312", "ignore") for c in name)
        return simplify(name) if foreign else name
    return name
