"""Sitemaps: addresses of documents; an index leads to its sitemaps one after the other, the newest first."""

import re
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

from lxml import etree

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic
from crawlers.platforms.links import join
from crawlers.platforms.list_requests import ListRequest, Paging
from crawlers.platforms.recognition import Mark
from crawlers.platforms.xml_feeds import local_name, named, parse_xml, text_of
from normalizers.address_dialects import read_address
from normalizers.addresses import host_of
from normalizers.failures import Failure
from normalizers.page import ListRow

if TYPE_CHECKING:
    from crawlers.site import Channel, Site

# sitemaps.org allows 50,000 addresses a file and 50,000 files an index.
MAX_ADDRESSES, MAX_CHILDREN = 50_000, 1_000


class Sitemap(Generic):
    """Addresses that read like documents. `lastmod` is no date of publication: it is kept as printed only."""

    name = "sitemap"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark("站点地图 urlset", 0.95, text=re.compile(r"<(?:\w+:)?(?:urlset|sitemapindex)\b")),
        Mark("地址为 sitemap.xml", 0.8, url=re.compile(r"/sitemap[\w-]*\.xml(?:\.gz)?$")),
    )

    def __init__(self, site: "Site") -> None:
        super().__init__(site)
        # Which sitemap follows which, as the index named them.
        self._following: dict[str, str] = {}

    def parse_list(self, data: bytes, url: str, channel: "Channel") -> ListPage:
        """Rows of a sitemap, or of an index the way to its first sitemap."""
        root = parse_xml(data)
        if root is None:
            return ListPage(failure=Failure.LIST_EMPTY)
        if local_name(root) == "sitemapindex":
            return self._index(root, url)
        rows = {row.url: row for row in _rows(root, url)}
        following = self._following.get(url)
        return ListPage(
            tuple(rows.values()),
            next=ListRequest(following) if following else None,
            failure=None if rows else Failure.LIST_EMPTY,
        )

    def _index(self, root: "etree._Element", url: str) -> ListPage:
        children = [
            (text_of(child, "lastmod"), join(url, text_of(child, "loc"))) for child in named(root, "sitemap")
        ]
        own = [(changed, child) for changed, child in children if child and host_of(child) in self.site.hosts]
        own = sorted(own, key=lambda pair: pair[0], reverse=True)[:MAX_CHILDREN]
        if not own:
            return ListPage(failure=Failure.LIST_EMPTY)
        addresses = [child for _, child in own]
        self._following = dict(pairwise(addresses))
        return ListPage(failure=Failure.LIST_SHELL, source=Paging(addresses[0]))


def _rows(root: "etree._Element", url: str) -> list[ListRow]:
    """The entries of a urlset whose addresses are those of documents, as many as a sitemap may hold."""
    rows = []
    for entry in list(named(root, "url"))[:MAX_ADDRESSES]:
        address = join(url, text_of(entry, "loc"))
        if address and read_address(address).kind in ("detail", "file"):
            rows.append(ListRow(address, "", raw_date=text_of(entry, "lastmod")[:40]))
    return rows
