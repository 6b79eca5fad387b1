"""XML of a site that lists its pages: parsed without entities or network, gzip unpacked, sizes capped."""

import zlib
from collections.abc import Iterator

from lxml import etree

GZIP = b"\x1f\x8b"
# A sitemap may have 50 MB unpacked (sitemaps.org); 50,000 addresses of 120 characters with dates have 10.
MAX_BYTES = 16 << 20


def parse_xml(data: bytes) -> etree._Element | None:
    """The root of an XML document, of a packed one too; None for what is none. Never raises."""
    if data.startswith(GZIP):
        try:
            data = zlib.decompressobj(wbits=31).decompress(data, MAX_BYTES)
        except zlib.error:
            return None
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
    )
    try:
        return etree.fromstring(data[:MAX_BYTES].lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace, in lower case; "" for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def named(parent: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The children of these names, in the order of the names."""
    children = list(parent)
    return (child for name in names for child in children if local_name(child) == name)


def text_of(parent: etree._Element, *names: str) -> str:
    """The text of the first child of these names that has some; "" where none has."""
    texts = ("".join(map(str, child.itertext())).strip() for child in named(parent, *names))
    return next((text for text in texts if text), "")
