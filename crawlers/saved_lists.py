"""Saved list pages and API answers, read as the crawl would read them."""

from collections.abc import Mapping
from dataclasses import dataclass

from crawlers.platforms import PLATFORMS
from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic
from crawlers.platforms.recognise import recognise
from crawlers.platforms.recognition import SeenPage
from crawlers.site import Channel, Site, sites_for_host
from normalizers.addresses import address_key, host_of
from normalizers.encoding import decode_page

# Below this a family is no more than a hint (45 real lists, 2026-11).
LEAST_CONFIDENCE = 0.3
UNKNOWN = "https://unknown.invalid/"


@dataclass(frozen=True, slots=True)
class SavedList:
    """What a saved list page says; `next` is the address of the page after it, None at the end."""

    page: ListPage
    next: str | None


def parse_saved_list(data: bytes, url: str, sites: Mapping[str, Site]) -> SavedList:
    """Read a list page by the site file of its host; a host without one by the platform the page is recognised as."""
    owners = sites_for_host(sites, host_of(url))
    if owners:
        channel = _channel(owners, url) or Channel("", "policy", url)
        page = PLATFORMS[owners[0].platform](owners[0]).parse_list(data, url, channel)
    else:
        page = _parse_strange(data, url)
    following = page.after(page.paging.number(url) if page.paging else 1)
    return SavedList(page, following.url if following else None)


def _parse_strange(data: bytes, url: str) -> ListPage:
    """A page of an unknown site: the surest family that finds rows, else any list whose rows repeat."""
    site, channel = stranger(url), Channel("", "policy", url)
    page = Generic(site).parse_list(data, url, channel)
    for family in recognise(SeenPage(url, decode_page(data))):
        if family.confidence < LEAST_CONFIDENCE or family.platform == Generic.name:
            continue
        own = PLATFORMS[family.platform](site).parse_list(data, url, channel)
        better = own.rows and 2 * len(own.rows) >= len(page.rows)
        if better or (own.source is not None and not page.rows and page.source is None):
            return own
    return page


def _channel(owners: list[Site], url: str) -> Channel | None:
    key = address_key(url)
    channels = [channel for site in owners for channel in site.channels]
    return next((channel for channel in channels if address_key(channel.list) == key), None)


def stranger(url: str) -> Site:
    """A generic site for a host that no site file declares; its level and region are unknown."""
    host = host_of(url)
    scheme, _, rest = url.partition("://")
    return Site(
        id=host.replace(".", "_"),
        name=host,
        level="",
        region="",
        platform="generic",
        base=f"{scheme}://{rest.partition('/')[0]}/",
        hosts=frozenset({host}),
        channels=(),
        observed="replay",
    )
