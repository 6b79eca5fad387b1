"""Saved pages as sites: which spider takes which page of a replay."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from crawlers.replay import Replay, SavedPage
from crawlers.saved_lists import stranger
from crawlers.site import Channel, Expect, Fetch, Site, sites_for_host
from normalizers.addresses import address_key, host_of

# The channel of saved detail pages, and how those of saved lists begin.
CHANNEL = "回放"


def replay_sites(replay: Replay, sites: Mapping[str, Site]) -> list[Site]:
    """The sites that a replay crawls: each host's own, or a generic one made for it.

    Their channels are the saved pages: one with all details, and one for each list; a list that is
    that of a declared channel keeps the channel's name, type and selectors.
    """
    pages: dict[str, tuple[list[SavedPage], list[SavedPage]]] = defaultdict(lambda: ([], []))
    for kind, saved in enumerate((replay.details, replay.lists)):
        for page in saved:
            pages[host_of(page.url)][kind].append(page)
    made: dict[str, Site] = {}
    for host, (details, lists) in pages.items():
        owners = sites_for_host(sites, host)
        site = owners[0] if owners else stranger((details + lists)[0].url)
        known = made.get(site.id)
        channels = known.channels if known else ()
        made[site.id] = replace(
            site, channels=_channels(site, channels, details, lists), fetch=Fetch(delay=0), expect=Expect()
        )
    return list(made.values())


def _channels(
    site: Site, before: tuple[Channel, ...], details: list[SavedPage], lists: list[SavedPage]
) -> tuple[Channel, ...]:
    channels = {channel.name: channel for channel in before}
    if details:
        seeds = channels[CHANNEL].seeds if CHANNEL in channels else ()
        channels[CHANNEL] = Channel(CHANNEL, "policy", "", seeds=seeds + tuple(page.url for page in details))
    declared = {address_key(channel.list): channel for channel in site.channels if channel.list}
    for page in lists:
        own = declared.get(address_key(page.url))
        name = own.name if own else f"{CHANNEL} {page.path.name}"
        base = own or Channel(name, "policy", page.url)
        channels[name] = replace(base, list=page.url, enabled=True)
    return tuple(channels.values())
