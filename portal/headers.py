"""Headers of answers that carry names which a site or a person gave."""

import unicodedata
from urllib.parse import quote

# What no name of a file may have on some system or other, and what ends a value in a header.
FORBIDDEN = frozenset("/\\:*?\"'<>|`%;")
# Categories of Unicode: controls, formats (they can turn a name around: exe.fdp), halves of pairs, line ends.
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Names that Windows keeps for devices, with any ending.
DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(10))}
)
# Bytes of a name in UTF-8; file systems take 255 and a browser adds " (1)".
MAX_NAME = 180
MAX_ENDING = 12  # characters of an ending that is kept when a name is cut: .xlsx, .parquet, .jsonl.gz
NAMELESS = "download"
# attr-char of RFC 5987 beside letters and digits.
PLAIN = "!#$&+-.^_~"


def attachment_header(name: str) -> str:
    """The value of Content-Disposition for a file that is to be saved under a name (RFC 6266, RFC 8187).

    Anything may be given: what cannot be in a name is left out, a name of nothing becomes "download". Names
    beyond ASCII are given twice, in UTF-8 for every browser since 2012 and in what is left of ASCII before.
    """
    safe = file_name(name)
    if safe.isascii():
        return f'attachment; filename="{safe}"'
    return f"attachment; filename=\"{_ascii(safe)}\"; filename*=UTF-8''{quote(safe, safe=PLAIN)}"


def file_name(name: str) -> str:
    """A name that can be one of a file on every system: visible, no path, no device, at most MAX_NAME bytes."""
    shown = "".join(c for c in name if c not in FORBIDDEN and unicodedata.category(c) not in INVISIBLE)
    kept = _cut(" ".join(shown.split()).strip(". "))
    if kept.partition(".")[0].strip().lower() in DEVICES:
        kept = f"_{kept}"
    return kept or NAMELESS


def _cut(name: str) -> str:
    """A name of at most MAX_NAME bytes that keeps its ending."""
    if len(name.encode()) <= MAX_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > MAX_ENDING or not ending.isascii():
        stem, ending = name, ""
    tail = f".{ending}" if ending else ""
    return stem.encode()[: MAX_NAME - len(tail)].decode(errors="ignore").rstrip(". ") + tail


def _ascii(name: str) -> str:
    """What a client that knows no UTF-8 saves as: the ending and whatever else is ASCII."""
    stem, dot, ending = name.rpartition(".")
    if not dot or not ending.isascii():
        stem, ending = name, ""
    kept = " ".join("".join(c for c in stem if c.isascii()).split()).strip("._- ")
    return f"{kept or NAMELESS}.{ending}" if ending else kept or NAMELESS
