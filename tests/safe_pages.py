"""What a page of ours may consist of, read from its tree as a browser would build it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import lxml.html
from lxml.html import HtmlElement

ADDRESSES = ("href", "src", "action", "formaction", "data", "poster", "background", "cite", "xlink:href")
# What a browser leaves out of an address before it looks at the scheme (WHATWG URL, 4.4).
UNSEEN = dict.fromkeys((*range(0x21), 0x7F))
# An address of ours: a path from the root, another place of this page, or this page asked otherwise.
OWN = ("/", "#", "?")
# Attributes whose values a browser obeys.
ACTIVE = ("http-equiv", "style", "srcdoc")


@dataclass(frozen=True)
class Pattern:
    """What pages of a kind are made of: elements (a) with their attributes (a@href), and what in them is obeyed."""

    words: frozenset[str]
    active: frozenset[str]

    def __or__(self, other: "Pattern") -> "Pattern":
        return Pattern(self.words | other.words, self.active | other.active)

    def escapes(self, page: HtmlElement) -> list[str]:
        """What is in a page that is in none of the pattern."""
        strange = [
            f"strange {word}: {_shown(element)}"
            for element in _elements(page)
            for word in _words(element)
            if word not in self.words
        ]
        active = [f"active: {one[:200]}" for one in _active(page) if one not in self.active]
        return strange + active + [found for element in _elements(page) for found in _addresses(element)]


def pattern_of(pages: Iterable[HtmlElement]) -> Pattern:
    """The pattern of pages that hold nothing hostile."""
    several = list(pages)
    words = {word for page in several for element in _elements(page) for word in _words(element)}
    return Pattern(frozenset(words), frozenset(one for page in several for one in _active(page)))


def tree(page: str) -> HtmlElement:
    """The tree of a page."""
    return lxml.html.document_fromstring(
        page.encode(), parser=lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
    )


def _elements(page: HtmlElement) -> Iterator[HtmlElement]:
    return (one for one in page.iter() if isinstance(one.tag, str))


def _words(element: HtmlElement) -> Iterator[str]:
    yield str(element.tag)
    yield from (f"{element.tag}@{name}" for name in element.attrib)


def _active(page: HtmlElement) -> Iterator[str]:
    """Scripts and styles written into a page, and attributes that act."""
    for element in _elements(page):
        if element.tag in ("script", "style") and (element.text or "").strip():
            yield f"{element.tag}: {element.text}"
        if element.tag == "script":
            yield f"script of {(element.get('src') or '').partition('?')[0]}"
        yield from (
            f"{element.tag}@{name}: {value} {element.get('content')}"
            for name, value in element.items()
            if name.startswith("on") or name in ACTIVE
        )


def _addresses(element: HtmlElement) -> Iterator[str]:
    for name in ADDRESSES:
        value = element.get(name)
        if value is None:
            continue
        address = value.translate(UNSEEN)
        own = address.startswith(OWN) and not address.startswith(("//", "/\\"))
        if not own and not (element.tag == "a" and name == "href" and _is_link_away(element, address)):
            yield f"address: {_shown(element)}"


def _is_link_away(element: HtmlElement, address: str) -> bool:
    """A link to a site: plainly the web, and its page gets no hand on ours."""
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and "noopener" in (element.get("rel") or "").split()


def _shown(element: HtmlElement) -> str:
    return str(lxml.html.tostring(element, encoding="unicode"))[:200]
