"""Bytes of a page to text, whatever its charset claims."""

# A page of the genre has 5 to 300 KB; the longest real one seen has 1.2 MB.
MAX_BYTES = 8_000_000
UTF8_BOM = b"\xef\xbb\xbf"
UTF16_BOMS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
# Where a page names its charset, in its first tags.
HEAD_BYTES = 2_048
# Characters that are common in both scripts: bytes read in the wrong one of two codecs hold few of them.
COMMON = "的一在不有和人中大以用"


def utf8_page(data: bytes) -> tuple[bytes, str | None]:
    """A page that is strict UTF-8, without its mark and at most MAX_BYTES of it, and its text; None for other charsets."""
    data = _head(data)
    if data[:2] in UTF16_BOMS:
        return data, None
    try:
        return data, data.decode("utf-8")
    except UnicodeDecodeError:
        return data, None


def _head(data: bytes) -> bytes:
    return data[:MAX_BYTES].removeprefix(UTF8_BOM)


def decode_page(data: bytes) -> str:
    """The text of a page: strict UTF-8, else UTF-8 or GB18030, whichever leaves fewer U+FFFD.

    Declared charsets are not believed: UTF-8 files that declare gb2312 are common (seen 2018-2026). Only
    Big5, whose bytes are mostly valid GB18030 too, is tried where it is declared.
    At most MAX_BYTES are read. Never raises.
    """
    data, text = utf8_page(data)
    if text is not None:
        return text
    if codec := UTF16_BOMS.get(data[:2]):
        return data[2:].decode(codec, "replace")
    chinese = data.decode("gb18030", "replace")
    western = data.decode("utf-8", "replace")
    if western.count("\ufffd") <= chinese.count("\ufffd"):
        return western
    return decode_big5(data, chinese) if b"big5" in data[:HEAD_BYTES].lower() else chinese


def decode_big5(data: bytes, chinese: str) -> str:
    """The text of a page that declares Big5; `chinese`, its text in GB18030, where that reads better."""
    taiwan = data.decode("big5hkscs", "replace")
    return taiwan if commonness(taiwan) > commonness(chinese) else chinese


def commonness(text: str) -> int:
    """How many of the commonest characters a text holds."""
    return sum(map(text.count, COMMON))
