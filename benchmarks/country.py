"""The whole country: 147 sites of every family, 20,500 documents (20,143 in reach of paging), three nights.

`python -m benchmarks.country [--documents N]`. First night: what was captured of all that paging can
reach, by channel (a page counts as captured where its policy is stored and the channel's list showed it);
every difference from a total that a site declares must be named; memory of each crawl process. Second and
third night as in `benchmarks.quiet`, whose bars they share.
"""

import argparse
from collections import defaultdict
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks.lab import Bars, Night, country, night, workshop
from benchmarks.night import memory
from benchmarks.quiet import busy_night, bytes_sent, quiet_night
from demo.country import SITE
from demo.web import Server
from demo.world import World
from normalizers.addresses import address_key
from normalizers.failures import Failure
from pipelines import schema as t
from pipelines.catalogue import Catalogue

OVERALL, CHANNEL = 0.995, 0.98
SITES = 147


def main() -> None:
    """Three nights over all sites."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=20_500)
    documents = parser.parse_args().documents
    bars = Bars()
    with workshop() as folder, country(documents, folder) as (world, server):
        data, sites = folder / "data", folder / "sites"
        first = night(data, sites, watch=True)
        full = bytes_sent(server)
        print(
            f"first night: {first.totals['new']} policies of {len(world.sites)} sites, {full / 1e6:.1f} MB, "
            f"{first.cpu:.0f} CPU s, {first.wall:.0f} s wall, {first.totals['new'] / first.cpu:.1f} policies a CPU second"
        )
        bars.check("sites", len(world.sites) == SITES, str(len(world.sites)), str(SITES))
        captured(bars, world, server, data)
        declared(bars, first)
        memory(bars, first)
        busy_night(bars, world, server, data, sites)
        quiet_night(bars, world, server, data, sites, full)
    bars.end()


def captured(bars: Bars, world: World, server: Server, data: Path) -> None:
    """What the first night holds of what a crawler without fault would."""
    held = held_pages(data)
    reachable = found = 0
    worst: list[tuple[float, str]] = []
    for site in world.sites:
        for number, channel in enumerate(site.channels):
            wanted = {
                address_key(world.url(page, server.port)) for page in world.reachable(site.id, number, 0)
            }
            if not wanted:
                continue
            have = len(wanted & held[site.id, channel.name])
            reachable += len(wanted)
            found += have
            worst.append(
                (
                    have / len(wanted),
                    f"{site.id}/{channel.name} ({SITE[site.id].platform}) {have}/{len(wanted)}",
                )
            )
    worst.sort()
    share = found / reachable
    bars.check(
        "captured of all reachable", share >= OVERALL, f"{share:.4f} = {found}/{reachable}", f"≥ {OVERALL}"
    )
    bars.check(
        "the worst channel", worst[0][0] >= CHANNEL, f"{worst[0][0]:.3f} {worst[0][1]}", f"≥ {CHANNEL}"
    )
    for value, name in worst:
        if value < 1:
            print(f"      {value:.3f} {name}")


def held_pages(data: Path) -> dict[tuple[str, str], set[str]]:
    """By site and channel the address keys of the pages that have a policy."""
    query = select(t.listing.c.site, t.listing.c.channel, t.page.c.url).where(
        t.listing.c.page_id == t.page.c.id, t.policy.c.page_id == t.page.c.id
    )
    held: dict[tuple[str, str], set[str]] = defaultdict(set)
    with Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}").read() as connection:
        for site, channel, url in connection.execute(query):
            held[site, channel].add(address_key(url))
    return held


def declared(bars: Bars, first: Night) -> None:
    """Every channel that holds fewer rows than its site declares must say so."""
    lines: list[dict[str, Any]] = first.outcome["report"]["lines"]
    counted = [line for line in lines if line["declared_total"] is not None]
    short = [line for line in counted if line["known_total"] < line["declared_total"]]
    silent = [line for line in short if Failure.TOTAL_MISSED not in line["failures"]]
    for line in short:
        print(
            f"      {line['site']}/{line['channel']}: {line['known_total']} of {line['declared_total']} declared"
        )
    bars.check(
        "differences from declared totals named",
        not silent,
        f"{len(short) - len(silent)} of {len(short)}, totals declared by {len(counted)} channels",
        "every one",
    )


if __name__ == "__main__":
    main()
