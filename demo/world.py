"""The seeded country: its pages on any day, their texts, and the truth about every field."""

import argparse
import json
import re
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from demo.attachments import contents_of
from demo.country import SITE, SITES, STARTERS, Channel, Site, all_authorities, all_topics
from demo.dialects import dialect_of
from demo.dialects.parts import first_line, source_of
from demo.grammar import Cited, Writer, edit_body, write_body
from demo.history import LADDER, Calendar, date_of
from demo.pages import Attachment, Block, Page, plain
from demo.places import REGION

PORT = 8147
PORTAL = "yanshi"
# From so many documents on, every column of the 147 sites has rows.
WHOLE = 700
# Bodies kept at a time, about 6 KB each: a page is drawn, cited and compared with its truth within short.
BODIES = 2000
# A list with rows of another site has so many of them.
FOREIGN_ROWS = 4
MORNING = time(1, 30, tzinfo=UTC)  # half past nine in the country: when editors publish


class World:
    """A fictional country: the same `documents`, `seed` and `ladder` give the same pages for ever.

    `documents` is the number of detail pages that the sites list on day 0 (at least 60). `ladder`
    holds the ages in days at which the pages changed on day 1 stand. `crawl_delay` (seconds) goes
    into the robots.txt of the sites it names. `sites` are the ids of the sites there are; by default
    all, in a world too small to fill their columns the twelve of STARTERS.
    """

    def __init__(
        self,
        documents: int = 4000,
        seed: int = 1,
        *,
        ladder: tuple[int, ...] = LADDER,
        crawl_delay: dict[str, float] | None = None,
        sites: Collection[str] | None = None,
    ) -> None:
        if documents < 60:
            raise ValueError("a world needs at least 60 documents")
        self.documents, self.seed, self.ladder = documents, seed, tuple(ladder)
        self.crawl_delay = dict(crawl_delay or {})
        if sites is None:
            sites = SITE if documents >= WHOLE else STARTERS
        self.sites = tuple(site for site in SITES if site.id in sites)
        self._calendar = Calendar(documents, seed, self.ladder, self.sites)
        self._calendar.build_history()
        self._bodies: OrderedDict[tuple[int, int], tuple[Block, ...]] = OrderedDict()
        self._lists: dict[tuple[str, int], list[Page]] = {}
        self._lists_day = 0
        self._by_channel: dict[tuple[str, int], list[Page]] = defaultdict(list)
        self._linked: dict[int, list[Page]] = defaultdict(list)
        self._filed = 0
        self.extend(0)

    @property
    def pages(self) -> list[Page]:
        """Every page made so far, in the order in which they came to light."""
        return self._calendar.pages

    def extend(self, day: int) -> None:
        """Let the calendar run up to `day`."""
        if self._filed and day <= self._calendar.last_day:
            return
        self._calendar.extend(day)
        self._lists.clear()
        for page in self.pages[self._filed :]:
            self._by_channel[page.site, page.channel].append(page)
            for relation in page.relations:
                self._linked[relation.target].append(page)
        self._filed = len(self.pages)

    def own(self, site: str, channel: int, day: int) -> list[Page]:
        """The pages filed in a column that are online on `day`."""
        self.extend(day)
        return [page for page in self._by_channel[site, channel] if page.is_live(day)]

    def listed(self, site: str, channel: int, day: int) -> list[Page]:
        """The rows of a column on `day`: the pinned one first, then newest first.

        A site with soft 404 goes on listing what is gone. In a column with the trait cross some rows are pages of the site's first column, with the trait
        offsite some are pages of the national portal.
        """
        if day != self._lists_day:
            self._lists.clear()
            self._lists_day = day
        if (site, channel) not in self._lists:
            rows = self.own(site, channel, day) + self._guests(site, channel, day)
            pinned = self._calendar.pinned.get((site, channel))
            rows.sort(key=lambda page: (page.id == pinned, page.published, page.id), reverse=True)
            self._lists[site, channel] = rows
        return self._lists[site, channel]

    def _guests(self, site: str, channel: int, day: int) -> list[Page]:
        traits = SITE[site].channels[channel].traits
        if SITE[site].soft404:
            filed = self._by_channel[site, channel]
            return [page for page in filed if page.appears <= day and not page.is_live(day)]
        if "cross" in traits:
            return [page for page in self.own(site, 0, day) if page.id % 3 == 0]
        if "offsite" in traits:
            above = [
                page for page in self._by_channel[PORTAL, 0] if page.appears <= 0 and page.withdrawn is None
            ]
            return above[-FOREIGN_ROWS:]
        return []

    def reachable(self, site: str, channel: int, day: int) -> list[Page]:
        """The pages of this site that its paging leads to: what a crawler without fault captures."""
        rows = self.listed(site, channel, day)
        column = SITE[site].channels[channel]
        if "repeat" in column.traits:
            rows = rows[: self.page_size(SITE[site])]
        elif column.cap:
            rows = rows[: column.cap]
        return [page for page in rows if page.site == site and page.is_live(day)]

    def page_size(self, site: Site) -> int:
        """How many rows a list page of a site has, unless it is asked for more or fewer."""
        return dialect_of(site).page_size(site)

    def is_pinned(self, page: Page) -> bool:
        """Whether the page stands first in its list whatever its date."""
        return self._calendar.pinned.get((page.site, page.channel)) == page.id

    def neighbours(self, page: Page, count: int) -> list[Page]:
        """Older pages of the same channel, the same for ever: what 相关文章 links to."""
        rows = self._by_channel[page.site, page.channel]
        place = next(i for i, row in enumerate(rows) if row.id == page.id)
        return rows[max(0, place - count) : place]

    def linked_from(self, page: Page, kind: str) -> list[Page]:
        """Pages with this relation to `page` that were online when it was last drawn (day 0 or its own day)."""
        last = max(page.appears, 0)
        found = [other for other in self._linked[page.id] if other.appears <= last]
        return [
            other for other in found if any(r.type == kind and r.target == page.id for r in other.relations)
        ]

    def body(self, page: Page, day: int) -> tuple[Block, ...]:
        """The blocks of a page's body as it stands on `day`."""
        return self._body(page, page.version(day))

    def text(self, page: Page, day: int) -> str:
        """The body as plain text, a line a paragraph."""
        return plain(self.body(page, day))

    def _body(self, page: Page, version: int) -> tuple[Block, ...]:
        key = (page.id, version)
        if key in self._bodies:
            self._bodies.move_to_end(key)
            return self._bodies[key]
        blocks = self._written(page) if version == 0 else self._edited(page, version)
        self._bodies[key] = blocks
        if len(self._bodies) > BODIES:
            self._bodies.popitem(last=False)
        return blocks

    def _written(self, page: Page) -> tuple[Block, ...]:
        if page.relations and page.relations[0].type == "reposts":
            return self._body(self.pages[page.relations[0].target], 0)
        whole = page.form == "forward"
        cited = tuple(self._cite(self.pages[relation.target], whole) for relation in page.relations)
        return write_body(self._writer(page, 0), cited)

    def _edited(self, page: Page, version: int) -> tuple[Block, ...]:
        before = self._body(page, version - 1)
        writer = self._writer(page, version)
        return edit_body(writer.rng, writer, before)

    def _writer(self, page: Page, version: int) -> Writer:
        issuers = tuple(all_authorities()[name] for name in page.issuers)
        return Writer(
            Random(f"{self.seed}/text/{page.id}/{version}"), page, all_topics()[page.topic], issuers
        )

    def _cite(self, page: Page, whole: bool) -> Cited:
        # A forwarded text that says since when it is in force would make the date of the page a matter of opinion.
        blocks = self._body(page, 0) if whole and not page.effective_rule else ()
        return Cited(page.cited, page.number, page.title, blocks)

    def changed_at(self, page: Page, day: int) -> datetime:
        """When the page last changed, in UTC."""
        last = max([page.appears, *(edit for edit in page.edits if edit <= day)])
        return datetime.combine(date_of(last), MORNING) + timedelta(minutes=page.id % 400)

    def site_changed_at(self, site: str, day: int) -> datetime:
        """When the lists of a site last changed, in UTC."""
        pages = self._calendar.by_site[site]
        days = [page.appears for page in pages if page.appears <= day]
        days += [page.withdrawn for page in pages if page.withdrawn is not None and page.withdrawn <= day]
        return datetime.combine(date_of(max(days, default=0)), MORNING) + timedelta(hours=7)

    def truth(self, day: int, port: int = PORT) -> Iterator[dict[str, Any]]:
        """One dict a page that was listed on day 0 or later, as it stands on `day`.

        Dates are ISO or None; `status` is live or withdrawn; `body_start` and `body_end` are the
        first and last 15 characters without white space, a number line without a title above it is the
        body's; `effective_rule` is "date" where the text
        names the day, "issue" for 自印发之日起施行 (then the date is the written one), "" for neither;
        `file` says that the page is a PDF, `reachable` that paging leads to it on `day`.
        """
        self.extend(day)
        reached = {
            page.id
            for site in self.sites
            for number in range(len(site.channels))
            for page in self.reachable(site.id, number, day)
        }
        for page in self.pages:
            vanished_before = page.withdrawn is not None and page.withdrawn <= 0
            if page.appears <= day and not vanished_before:
                yield {**self._truth(page, day, port), "reachable": page.id in reached}

    def _truth(self, page: Page, day: int, port: int) -> dict[str, Any]:
        site = SITE[page.site]
        channel = site.channels[page.channel]
        explains = page.content_type == "interpretation"
        file = "files" in channel.traits
        bare = re.sub(r"\s+", "", ("" if file else first_line(site, page)) + self.text(page, day))
        names = [all_authorities()[name].name for name in page.issuers]
        # A reposted document keeps the level of the body that made it.
        home = site if explains else all_authorities()[page.issuers[0]]
        return {
            "url": self.url(page, port),
            "site": page.site,
            "channel": channel.name,
            "content_type": page.content_type,
            "title": page.title,
            "doc_number": page.number or None,
            "issuers": [] if explains else names,
            "source": source_of(site, page),
            "level": home.level,
            "region": home.region,
            "written_date": None if explains else page.written.isoformat(),
            "published_date": page.published.isoformat(),
            "effective_date": page.effective.isoformat() if page.effective else None,
            "effective_rule": page.effective_rule,
            "index_number": (page.index_number or None) if not file else None,
            "subject": None if explains else all_topics()[page.topic].subject,
            "body_start": bare[:15],
            "body_end": bare[-15:],
            "body_chars": len(bare),
            "attachments": [
                self._attachment_truth(page, number, port) for number in range(len(page.attachments))
            ],
            "relations": [
                {"type": relation.type, "target": self.url(self.pages[relation.target], port)}
                for relation in page.relations
            ],
            "file": file,
            "pinned": self.is_pinned(page),
            "status": "live" if page.is_live(day) else "withdrawn",
            "events": list(_events(page, day)),
        }

    def _attachment_truth(self, page: Page, number: int, port: int) -> dict[str, Any]:
        attachment: Attachment = page.attachments[number]
        path = dialect_of(SITE[page.site]).attachment_path(SITE[page.site], page, number)
        words = list(contents_of(self.seed, page, number).words)
        return {
            "url": address(page.site, path, port),
            "name": attachment.name,
            "kind": attachment.kind,
            "words": words,
        }

    def url(self, page: Page, port: int = PORT) -> str:
        """The address of a detail page."""
        return address(page.site, self.path(page), port)

    def path(self, page: Page) -> str:
        """The address of a detail page from its site's root."""
        return dialect_of(SITE[page.site]).detail_path(SITE[page.site], page)

    def news(self, day: int) -> dict[str, list[str]]:
        """What happened on `day`: addresses of pages new, edited, withdrawn."""
        self.extend(day)
        return {
            "new": [self.url(page) for page in self.pages if page.appears == day],
            "edited": [self.url(page) for page in self.pages if day in page.edits],
            "withdrawn": [self.url(page) for page in self.pages if page.withdrawn == day],
        }


def address(site: str, path: str, port: int) -> str:
    """An absolute address on a demo host."""
    return f"http://{site}.test:{port}{path}"


def list_place(site: Site, channel: Channel, port: int) -> str:
    """The address of a column's list: from the root, or whole on another host of the site."""
    place = dialect_of(site).list_address(site, channel)
    if not place.startswith("//"):
        return place
    host, _, rest = place[2:].partition("/")
    return f"http://{host}:{port}/{rest}"


def _events(page: Page, day: int) -> Iterator[dict[str, Any]]:
    rows = [(page.appears, "published"), *((edit, "edited") for edit in page.edits)]
    if page.withdrawn is not None:
        rows.append((page.withdrawn, "withdrawn"))
    for number, name in sorted(rows):
        if number <= day:
            yield {"day": number, "date": date_of(number).isoformat(), "event": name}


def write_site_files(folder: Path, port: int = PORT, sites: Sequence[Site] = SITES) -> list[Path]:
    """Write a site file for each site and the roster `core.roster` that names them; the files' paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for site in sites:
        path = folder / f"{site.id}.toml"
        path.write_text(site_file(site, port), encoding="utf-8")
        paths.append(path)
    names = "\n".join(site.id for site in sites)
    (folder / "core.roster").write_text(f"# 演示国的全部站点\n{names}\n", encoding="utf-8")
    return paths


def site_file(site: Site, port: int) -> str:
    """The site file of a demo site: what an operator would write, and no more."""
    dialect = dialect_of(site)
    lines = [
        f'name = "{site.name}"',
        f'level = "{site.level}"',
        f'region = "{site.region}"',
        f'platform = "{site.platform}"',
        f'base = "{address(site.id, "/", port)}"',
    ]
    if hosts := dialect.hosts(site):
        lines.append("hosts = [" + ", ".join(f'"{host}.{site.id}.test"' for host in hosts) + "]")
    lines += ['observed = "demo"', "", "[fetch]", "delay = 0"]
    for channel in site.channels:
        place = list_place(site, channel, port)
        lines += [
            "",
            "[[channel]]",
            f'name = "{channel.name}"',
            f'type = "{channel.type}"',
            f'list = "{place}"',
        ]
    return "\n".join(lines) + "\n"


def write_regions(path: Path) -> None:
    """Write the table of regions as CSV: code,name,level,parent."""
    rows = ["code,name,level,parent", *(f"{r.code},{r.name},{r.level},{r.parent}" for r in REGION.values())]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def write_authorities(path: Path) -> None:
    """Write the table of bodies as CSV: id,name,aliases (parted by |),level,region,prefixes (parted by |)."""
    rows = ["id,name,aliases,level,region,prefixes"]
    for body in all_authorities().values():
        cells = (body.id, body.name, "|".join(body.aliases), body.level, body.region, "|".join(body.prefixes))
        rows.append(",".join(cells))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def main(arguments: list[str] | None = None) -> None:
    """`python -m demo.world --day D --documents N --out FILE` writes the truth as JSONL."""
    parser = argparse.ArgumentParser(
        prog="python -m demo.world", description="写出演示国在某一天的真值（JSONL）。"
    )
    parser.add_argument("--day", type=int, default=0)
    parser.add_argument("--documents", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    world = World(options.documents, options.seed)
    with options.out.open("w", encoding="utf-8") as out:
        for row in world.truth(options.day, options.port):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

__all__ = ["World", "address", "write_authorities", "write_regions", "write_site_files"]
