"""Registration numbers 统一登记号 and index numbers 索引号, told by their shape from document numbers.

Families seen 2012-2026: 湖南 HNPR—2024—01005, 山东 SDPR-2024-0010002 and their cities (CSCR, JNCR …), 浙江
ZJSP00-2024-0001 and its counties, 广州 GZ0320240012, 陕西 杨管规〔2012〕001—民政001. Index numbers begin with
the code of an organisation (000014349/2024-00012, 11411082094577395T/2024-00012) or with groups joined
by dashes.
"""

import re

from normalizers.chars import CJK, squeeze

DASH = re.compile(r"\s*[—－–‐‑―﹣-]+\s*")
LETTERS = re.compile(r"[A-Z]{2,4}[PC]R-(?:19|20)\d\d-\d{4,8}|ZJ[A-Z]{2}\d{2}-(?:19|20)\d\d-\d{4}|GZ\d{10,13}")
INSIDE = re.compile(rf"(?<![0-9A-Za-z])(?:{LETTERS.pattern})(?![0-9A-Za-z-])")
SHAANXI = re.compile(
    rf"[{CJK}]{{1,6}}规[〔［\[（(【](?:19|20)\d\d[〕］\]）)】]\d{{2,4}}-[{CJK}]{{1,12}}\d{{1,4}}"
)
# Every family has one of these.
FAMILY = re.compile("[A-Z规]")
INDEX = re.compile(
    r"[0-9A-Z]{3,30}/(?:\d{1,12}[/-])?(?:19|20)\d\d-?\d{2,8}(?:[/-]\d{1,6})?|[0-9A-Z]{9,18}-(?:19|20)\d\d-?\d{2,8}"
    r"|[A-Z]{2,10}\d{0,12}(?:[/-][0-9A-Z]{1,12}){2,6}|\d{3,12}(?:-[0-9A-Z]{1,10}){3,6}",
    re.IGNORECASE,
)
LABEL = re.compile(
    r"^(?:规范性文件)?(?:统一)?(?:登记|编)号[:：]?|^(?:信息)?索引号[:：]?|^备案(?:登记)?号[:：]?"
)


def fold_code(text: str) -> str:
    """A code without white space, a label before it, and with plain hyphens."""
    return DASH.sub("-", LABEL.sub("", squeeze(text)).strip("[]【】（）()：:"))


def registration_number(text: str) -> str | None:
    """The registration number that a text is, hyphens made plain; None for every other text."""
    folded = fold_code(text)
    return folded if LETTERS.fullmatch(folded.upper()) or SHAANXI.fullmatch(folded) else None


def index_number(text: str) -> str | None:
    """The index number that a text is by its shape; None for every other text."""
    folded = fold_code(text)
    return folded if INDEX.fullmatch(folded) and not registration_number(text) else None


def is_code(text: str) -> bool:
    """Whether a text is a registration or index number, and so no document number."""
    return bool(registration_number(text) or index_number(text))


def find_registration_number(text: str) -> str | None:
    """The registration number inside a line, as in 统一编号：HNPR—2024—01005 or （GZ0320240012）."""
    if not FAMILY.search(text):
        return None
    folded = DASH.sub("-", squeeze(text))
    m = INSIDE.search(folded) or SHAANXI.search(folded)
    return m[0] if m else None
