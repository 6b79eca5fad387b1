"""Feeds: RSS 2.0, RSS 1.0 (RDF) and Atom; title, address and day of publication of each entry."""

import re
from datetime import date
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, ClassVar

from lxml import etree

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic
from crawlers.platforms.json_rows import SHANGHAI, read_date
from crawlers.platforms.links import clean_title, join
from crawlers.platforms.list_requests import ListRequest
from crawlers.platforms.recognition import Mark
from crawlers.platforms.rows import MAX_ROWS, mark_pinned, unique
from crawlers.platforms.xml_feeds import local_name, named, parse_xml, text_of
from normalizers.failures import Failure
from normalizers.page import ListRow

if TYPE_CHECKING:
    from crawlers.site import Channel

ENTRIES = ("item", "entry")


class Rss(Generic):
    """A feed of a column; Atom's `rel=next` leads to its further pages."""

    name = "rss"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark(
            "RSS 或 Atom 订阅",
            0.95,
            text=re.compile(r"<(?:rss\b|rdf:RDF\b|feed\b[^<>]{0,200}www\.w3\.org/2005/Atom)"),
        ),
    )

    def parse_list(self, data: bytes, url: str, channel: "Channel") -> ListPage:
        """The entries of a feed."""
        root = parse_xml(data)
        if root is None:
            return ListPage(failure=Failure.LIST_EMPTY)
        entries = [part for part in root.iter() if local_name(part) in ENTRIES][:MAX_ROWS]
        rows = mark_pinned(unique(row for entry in entries if (row := _row(entry, url)) is not None))
        following = next(
            (link.get("href") or "" for link in named(root, "link") if link.get("rel") == "next"), ""
        )
        address = join(url, following)
        return ListPage(
            rows,
            next=ListRequest(address) if address else None,
            failure=None if rows else Failure.LIST_EMPTY,
        )


def _row(entry: "etree._Element", url: str) -> ListRow | None:
    address = join(url, text_of(entry, "link") or _atom_link(entry) or text_of(entry, "guid", "id"))
    title = clean_title(text_of(entry, "title"))
    if not address or not title:
        return None
    raw = text_of(entry, "pubdate", "published", "date", "updated")
    return ListRow(address, title, _day(raw), raw[:40])


def _atom_link(entry: "etree._Element") -> str:
    links = [link for link in named(entry, "link") if link.get("href")]
    chosen = [link for link in links if link.get("rel", "alternate") == "alternate"] or links
    return chosen[0].get("href") or "" if chosen else ""


def _day(text: str) -> date | None:
    """The day in China of an RFC 822 or ISO instant, or a printed date; None for anything else."""
    if not text or len(text) > 80:
        return None
    try:
        instant = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return read_date(text)
    return instant.astimezone(SHANGHAI).date() if instant.tzinfo else instant.date()
