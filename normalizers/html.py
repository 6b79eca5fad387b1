"""HTML of any quality to one tree."""

import re

from lxml import etree
from lxml.html import HtmlElement

from normalizers.encoding import decode_page, utf8_page

# Included headers and footers bring their own closing tags; libxml2 then opens a second root that
# selectors never see (6 of 127 real pages, 2026). Parsers close both tags themselves. Text in front of the
# first tag (a log line, a JSP directive) must not become the page. No branch runs over the beginning of another.
JUNK = re.compile(
    rb"<(?:/\s*(?:html|body)\s*>|%[^<%]*+(?:(?:<(?!%)|%(?!>))[^<%]*+)*+%>|\?xml[^<>]*\?>)", re.IGNORECASE
)
# libxml2 compares every attribute of a tag with those before it: 40,000 of them take 3 s. The longest tags
# of 127 real pages hold one picture each; a tag with more attributes than this is left without any.
LONG_TAG = re.compile(rb"(<[a-zA-Z][^\s/>]*)([^>]{8000,})")
LONG, MAX_ATTRIBUTES = 8000, 2000
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
CONTROL_BYTES = bytes([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20)])
ONE_CLASS = etree.ElementDefaultClassLookup(element=HtmlElement)


def parse_html(data: bytes | str) -> HtmlElement | None:
    """The root of a page without comments and processing instructions; None where there is no element.

    Depth and text size are capped by libxml2 (huge_tree off), the number of bytes by `decode_page`.
    Never raises.
    """
    page = encode(data) if isinstance(data, str) else as_utf8(data)
    try:
        return etree.fromstring(bounded(JUNK.sub(b"", page)), _parser())
    except (etree.XMLSyntaxError, ValueError):
        return None


def bounded(page: bytes) -> bytes:
    """A page whose tags of too many attributes have none; looks at one byte in thousands of an ordinary page."""
    at = 0
    while at + LONG < len(page):
        end = page.rfind(b">", at, at + LONG)
        if end < 0:
            return LONG_TAG.sub(_few_attributes, page)
        at = end + 1
    return page


def _few_attributes(tag: re.Match[bytes]) -> bytes:
    return tag[0] if len(tag[2].split(None, MAX_ATTRIBUTES)) <= MAX_ATTRIBUTES else tag[1]


def as_utf8(data: bytes) -> bytes:
    """A page of any charset as UTF-8 without control characters."""
    page, text = utf8_page(data)
    return page if text is not None and is_clean(page, text) else encode(text or decode_page(data))


def encode(text: str) -> bytes:
    """Text as UTF-8 without control characters; the search among bytes costs a fifth of one in text."""
    try:
        data = text.encode()
    except UnicodeEncodeError:  # lone surrogates
        return CONTROL.sub("", text).encode()
    return data if is_clean(data, text) else CONTROL.sub("", text).encode()


def is_clean(data: bytes, text: str) -> bool:
    """Whether a text, also given as UTF-8, holds no control character and no noncharacter."""
    if "\ufffe" in text or "\uffff" in text:
        return False
    return len(data.translate(None, CONTROL_BYTES)) == len(data)


def _parser() -> etree.HTMLParser:
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False)
    # lxml.html's own lookup asks Python code for every element, to tell forms and inputs apart.
    parser.set_element_class_lookup(ONE_CLASS)
    return parser
