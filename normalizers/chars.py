"""White space, brackets and digits: the few character rules that every module shares."""

import re

# Zero-width and direction marks, soft hyphen, byte order mark: invisible, pasted from Word and chat.
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
CJK = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇"
# A line break of the source between two Chinese characters is not a space of the text.
BROKEN_LINE = re.compile(rf"(?<=[{CJK}，。；：、）》”])[ \t]*[\r\n]\s*(?=[{CJK}，。；：、（《“])")

OPENING = "〔［[（(【〖「『﹝{｛〈<〘"
CLOSING = "〕］]）)】〗」』﹞}｝〉>〙"
ONE_BRACKET = str.maketrans(dict.fromkeys(OPENING, "[") | dict.fromkeys(CLOSING, "]"))

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "○": 0, "О": 0, "Ｏ": 0, "O": 0, "o": 0, "◯": 0, "０": 0, "Ο": 0, "ｏ": 0, "两": 2, "元": 1,
}  # fmt: skip
UNITS = {"十": 10, "百": 100, "千": 1000}


def tidy(text: str) -> str:
    """One line of text: invisible marks removed, white space collapsed to single spaces."""
    # Of white space and marks only the plain space counts as printable: most texts are done here.
    if text.isprintable():
        return " ".join(text.split()) if " " in text else text
    if "\n" in text:
        text = BROKEN_LINE.sub("", text)
    text = " ".join(text.split())
    return text if text.isprintable() else " ".join(INVISIBLE.sub("", text).split())


def squeeze(text: str) -> str:
    """The text without any white space or invisible mark, for comparing."""
    if text.isprintable():
        return text.replace(" ", "")
    text = "".join(text.split())
    return text if text.isprintable() else INVISIBLE.sub("", text)


def chinese_number(text: str) -> int | None:
    """The value of digits or of a Chinese numeral below ten thousand; None for anything else."""
    if text.isascii() and text.isdigit():
        return int(text)
    if not any(c in UNITS for c in text):
        digits = [
            DIGITS.get(c) if c in DIGITS else (int(c) if c.isascii() and c.isdigit() else None) for c in text
        ]
        return None if not digits or None in digits else int("".join(map(str, digits)))
    total, digit = 0, 0
    for c in text:
        if c in UNITS:
            total, digit = total + (digit or 1) * UNITS[c], 0
        elif c in DIGITS:
            digit = DIGITS[c]
        else:
            return None
    return total + digit
