"""The second and third night: exactly what is new, and next to nothing when nothing is.

`python -m benchmarks.quiet [--documents N]`. What was asked is read from the demo server's own log,
not from our report; the report must agree with it.
"""

import argparse
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.lab import Bars, Night, country, night, workshop
from crawlers.site import load_sites
from demo.web import Server
from demo.world import World
from pipelines.catalogue import Catalogue
from pipelines.changes import changes_since
from pipelines.policies import load_stored

QUIET_SHARE = 0.02


def main() -> None:
    """Three nights: all of history, 20 new with 5 edits and 2 withdrawals, and a quiet one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=2000)
    documents = parser.parse_args().documents
    bars = Bars()
    with workshop() as folder, country(documents, folder) as (world, server):
        data, sites = folder / "data", folder / "sites"
        first = night(data, sites)
        full = bytes_sent(server)
        print(f"first night: {first.totals['new']} new, {full / 1e6:.1f} MB")
        busy_night(bars, world, server, data, sites)
        quiet_night(bars, world, server, data, sites, full)
    bars.end()


def busy_night(bars: Bars, world: World, server: Server, data: Path, sites: Path) -> None:
    """Day 1: exactly the news is found, and no other body is fetched."""
    server.set_day(1)
    server.reset_log()
    before = last_change(data)
    second = night(data, sites, 1)
    news = world.news(1)
    truth = {row["url"]: row for row in world.truth(1)}
    pages, files = places(truth), places(a["url"] for row in truth.values() for a in row["attachments"])
    annexes = places(a["url"] for u in news["new"] for a in truth[u]["attachments"])
    bodies = [place(r) for r in server.log() if r["status"] == 200 and place(r) in pages | files]
    wanted = places((*news["new"], *news["edited"])) | annexes
    gone = [place(r) for r in server.log() if r["status"] == 404]
    found = kinds(data, before)
    bars.check(
        "bodies fetched",
        sorted(bodies) == sorted(wanted),
        f"{len(bodies)}, of them not wanted {len(set(bodies) - wanted)}, missed {len(wanted - set(bodies))}",
        f"exactly 20 new + 5 edited + {len(annexes)} annexes of the new",
    )
    bars.check("withdrawals met", sorted(gone) == sorted(places(news["withdrawn"])), f"{len(gone)}", "2")
    bars.check("changes", found == Counter(new=20, changed=5), str(dict(found)), "20 new, 5 changed")
    by_kind = {kind: places(urls) for kind, urls in named(data, before).items()}
    expected = {"new": places(news["new"]), "changed": places(news["edited"])}
    bars.check(
        "pages named", by_kind == expected, "equal" if by_kind == expected else "differ", "the world's own"
    )
    report(bars, second, server)


def quiet_night(bars: Bars, world: World, server: Server, data: Path, sites: Path, full: int) -> None:
    """Day 2: nothing is new; the two withdrawals of the day before are met a second time."""
    server.set_day(2)
    server.reset_log()
    before = last_change(data)
    third = night(data, sites, 2)
    log = server.log()
    asked = [r for r in log if not r["path"].startswith("/robots.txt")]
    pages = places(row["url"] for row in world.truth(2))
    bodies = [place(r) for r in log if r["status"] == 200 and place(r) in pages]
    sent = bytes_sent(server)
    due = third.totals["rechecks"]
    channels, hosts = count_channels(sites), len({r["host"] for r in asked})
    bars.check("detail bodies downloaded", not bodies, str(len(bodies)), "0")
    bars.check("bytes", sent <= QUIET_SHARE * full, f"{sent} = {sent / full:.2%}", "≤ 2 %")
    bars.check(
        "requests",
        len(log) == hosts + channels + due,
        f"{len(log)} = {len(log) - len(asked)} robots + {len(asked) - due} lists + {due} re-checks",
        f"{hosts} robots, one a host asked + {channels} lists + re-checks due",
    )
    bars.check(
        "changes",
        kinds(data, before) == Counter(vanished=2),
        str(dict(kinds(data, before))),
        "the two withdrawals confirmed, nothing else",
    )
    for r in sorted(asked, key=lambda r: (r["host"], r["path"])):
        print(f"      {r['status']} {r['host']}{r['path']}")
    report(bars, third, server)


def report(bars: Bars, done: Night, server: Server) -> None:
    """Our own count of requests must be the server's."""
    bars.check(
        "report agrees with the server",
        done.totals["requests"] == len(server.log()),
        f"{done.totals['requests']}",
        f"{len(server.log())} requests in its log",
    )


def place(request: dict[str, Any]) -> str:
    """Host and path of a request, the same for every port."""
    return f"{str(request['host']).split(':')[0]}{request['path']}"


def places(addresses: Iterable[str]) -> set[str]:
    """Host and path of addresses."""
    parts = map(urlsplit, addresses)
    return {f"{p.hostname}{p.path}{'?' + p.query if p.query else ''}" for p in parts}


def bytes_sent(server: Server) -> int:
    """All bytes of bodies the server sent."""
    return sum(int(r["bytes"]) for r in server.log())


def count_channels(sites: Path) -> int:
    """The channels of all site files."""
    return sum(len(site.active) for site in load_sites(sites).values())


def _open(data: Path) -> Catalogue:
    return Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")


def last_change(data: Path) -> int:
    """The position of the change log."""
    with _open(data).read() as connection:
        return max((c.seq for c in changes_since(connection, 0, 10**9)), default=0)


def kinds(data: Path, after: int) -> Counter[str]:
    """How many changes of each kind came after a position."""
    with _open(data).read() as connection:
        return Counter(c.kind.value for c in changes_since(connection, after, 10**9))


def named(data: Path, after: int) -> dict[str, set[str]]:
    """The addresses of the pages changed after a position, by kind."""
    with _open(data).read() as connection:
        changes = changes_since(connection, after, 10**9)
        stored = load_stored(connection, [c.page_id for c in changes])
    found: dict[str, set[str]] = {}
    for change in changes:
        found.setdefault(change.kind.value, set()).add(stored[change.page_id].policy.url)
    return found


if __name__ == "__main__":
    main()
