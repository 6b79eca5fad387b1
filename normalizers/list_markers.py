"""The numbers that a browser prints before the items of an ordered list: no text node holds them."""

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

MAX_NUMBER = 9_999
NO_MARKER = re.compile(r"list-style(?:-type)?\s*:[^;]*\bnone\b", re.IGNORECASE)
STYLE_TYPE = re.compile(r"list-style(?:-type)?\s*:\s*([a-z-]+)", re.IGNORECASE)
# Classes of the lists of UEditor, the editor of most of these sites, and how each prints its numbers
# (its option insertorderedlist): its styles draw them, whatever list-style says.
EDITOR_CLASSES = {
    "custom_num": "{}. ",
    "custom_num1": "{}) ",
    "custom_num2": "({}) ",
    "custom_cn": "{}、",
    "custom_cn1": "{}) ",
    "custom_cn2": "({}) ",
}
# Values of the attribute type and of list-style-type, CSS Counter Styles Level 3.
TYPES = {
    "a": "alpha",
    "lower-alpha": "alpha",
    "lower-latin": "alpha",
    "A": "ALPHA",
    "upper-alpha": "ALPHA",
    "upper-latin": "ALPHA",
    "i": "roman",
    "lower-roman": "roman",
    "I": "ROMAN",
    "upper-roman": "ROMAN",
    "cjk-ideographic": "chinese",
    "simp-chinese-informal": "chinese",
    "trad-chinese-informal": "chinese",
}
DIGITS = "〇一二三四五六七八九"
ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


@dataclass(slots=True)
class Numbering:
    """The numbers of one ordered list: the last one, how they are written and what stands around them."""

    last: int
    style: str
    form: str

    @classmethod
    def of(cls, element: HtmlElement) -> "Numbering | None":
        """The numbering of an `ol`; None where its own style prints no numbers."""
        last = (integer(element.get("start")) or 1) - 1
        for name in (element.get("class") or "").split():
            if form := EDITOR_CLASSES.get(name):
                return cls(last, "chinese" if name.startswith("custom_cn") else "", form)
        style = element.get("style") or ""
        if NO_MARKER.search(style):
            return None
        told = STYLE_TYPE.search(style)
        written = TYPES.get(told[1].lower() if told else element.get("type") or "", "")
        return cls(last, written, "{}、" if written == "chinese" else "{}. ")

    def next(self, item: HtmlElement) -> str:
        """The marker of the next item, with the space after it; "" where its style prints none."""
        value = integer(item.get("value"))
        self.last = self.last + 1 if value is None else value
        if NO_MARKER.search(item.get("style") or ""):
            return ""
        return self.form.format(written_number(self.last, self.style))


def integer(text: str | None) -> int | None:
    """The number of an attribute, None where it is none or too large to be meant."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else None


def written_number(number: int, style: str) -> str:
    """A number as a list of this style prints it; in digits where the style cannot write it."""
    if not 0 < number <= MAX_NUMBER:
        return str(number)
    if style == "chinese" and number < 100:
        return chinese(number)
    if style.lower() == "roman":
        text = roman(number)
    elif style.lower() == "alpha":
        text = alphabetic(number)
    else:
        return str(number)
    return text.upper() if style.isupper() else text


def chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else DIGITS[tens] + "十"
    return ten + (DIGITS[ones] if ones or not tens else "")


def roman(number: int) -> str:
    text = ""
    for value, letters in ROMAN:
        count, number = divmod(number, value)
        text += letters * count
    return text


def alphabetic(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(97 + rest) + text
    return text
