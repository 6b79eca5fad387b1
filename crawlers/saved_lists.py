"""Saved list pages and API answers, read as the crawl would read them."""

from collections.abc import Mapping
from dataclasses import dataclass

from crawlers.platforms import PLATFORMS
from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic
from crawlers.site import Channel, Site, sites_for_host
from normalizers.addresses import address_key, host_of

UNKNOWN = "https://unknown.invalid/"


@dataclass(frozen=True, slots=True)
class SavedList:
    """What a saved list page says; `next` is the address of the page after it, None at the end."""

    page: ListPage
    next: str | None


def parse_saved_list(data: bytes, url: str, sites: Mapping[str, Site]) -> SavedList:
    """Read a list page by the site file of its host; a host without one is read as any platform's."""
    owners = sites_for_host(sites, host_of(url))
    channel = _channel(owners, url) or Channel("", "policy", url)
    platform = PLATFORMS[owners[0].platform](owners[0]) if owners else Generic(stranger(url))
    page = platform.parse_list(data, url, channel)
    following = page.after(page.paging.number(url) if page.paging else 1)
    return SavedList(page, following.url if following else None)


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
