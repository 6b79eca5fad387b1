"""Bytes of a page to text, whatever its charset claims."""

# A page of the genre has 5 to 300 KB; the longest real one seen has 1.2 MB.
MAX_BYTES = 8_000_000
UTF8_BOM = b"\xef\xbb\xbf"
UTF16_BOMS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def decode_page(data: bytes) -> str:
    """The text of a page: strict UTF-8, else UTF-8 or GB18030, whichever leaves fewer U+FFFD.

    Declared charsets are not read: UTF-8 files that declare gb2312 are common (seen 2018-2026).
    At most MAX_BYTES are read. Never raises.
    """
    data = data[:MAX_BYTES].removeprefix(UTF8_BOM)
    if codec := UTF16_BOMS.get(data[:2]):
        return data[2:].decode(codec, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        chinese = data.decode("gb18030", "replace")
        western = data.decode("utf-8", "replace")
        return western if western.count("\ufffd") <= chinese.count("\ufffd") else chinese
