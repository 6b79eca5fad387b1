"""HTML of any quality to one tree."""

import re

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from normalizers.encoding import decode_page

# Included headers and footers bring their own closing tags; libxml2 then opens a second root that
# selectors never see (6 of 127 real pages, 2026). Parsers close both tags themselves.
CLOSING_ROOTS = re.compile(r"</\s*(?:html|body)\s*>", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# Text in front of the first tag (a log line, a JSP directive) must not become the page.
DIRECTIVE = re.compile(r"<%.*?%>|<\?xml[^>]*\?>", re.DOTALL)


def parse_html(data: bytes | str) -> HtmlElement | None:
    """The root of a page without comments and processing instructions; None where there is no element.

    Depth and text size are capped by libxml2 (huge_tree off), the number of bytes by `decode_page`.
    Never raises.
    """
    text = decode_page(data) if isinstance(data, bytes) else data
    if "</" in text:
        text = CLOSING_ROOTS.sub("", text)
    if "<%" in text or "<?xml" in text:
        text = DIRECTIVE.sub("", text)
    text = CONTROL.sub("", text)
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        return document_fromstring(text.encode("utf-8", "replace"), parser=parser, ensure_head_body=False)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
