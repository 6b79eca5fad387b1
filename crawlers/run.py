"""The run of one crawl process: lanes that take one site after the other, stopped in good order."""

import asyncio
import gc
import json
import os
import signal
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.utils.reactor import install_reactor

from crawlers.loader import spider_class
from crawlers.options import BUDGET, LANES
from crawlers.replay import Replay
from crawlers.report import ChannelReport, Tally, merged
from crawlers.resolver import install_resolver
from crawlers.settings import crawl_settings
from crawlers.sharding import host_groups
from crawlers.site import Site
from crawlers.stopping import RunStop, stop_site
from normalizers.failures import Failure
from pipelines.archive import ArchiveWriter
from pipelines.catalogue import Catalogue
from pipelines.clock import Clock, system_clock
from pipelines.items import ChannelRecord, SiteRecord
from pipelines.pages import SiteLedger

REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
# Two lines of progress a second; the window and the parent process are looked at as often.
TICK = 0.5
# Objects made between two looks of the garbage collector: 700 by default, at which it takes 4 % of the CPU
# of a crawl; at 5,000 it takes 0.2 % and the process is as large as before (112 MB).
GARBAGE = (5_000, 10, 10)


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """What a crawl process needs besides its sites.

    `until` is the end of the night window, `run` the id in the catalogue's table of runs, `progress`
    where JSON lines of progress go, `parent` the process whose death ends the run. With `replay` nothing reaches the network.
    """

    catalogue_url: str
    archive: Path
    run: int
    night: date
    clock: Clock = system_clock
    contact: str | None = None
    address_map: Mapping[str, str] = field(default_factory=dict)
    lanes: int = LANES
    budget: int = BUDGET
    until: datetime | None = None
    replay: Replay | None = None
    progress: TextIO | None = None
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class CrawlSummary:
    """How a crawl process ended: sites crawled, what they cost, failures by name.

    `failed_sites` maps a site to the failures that make the night worse; `stopped` is the name of
    what stopped the whole run, "" where nothing did.
    """

    sites: int
    requests: int
    pages: int
    attachments: int
    failures: Mapping[str, int]
    failed_sites: Mapping[str, int]
    stopped: str = ""
    message: str = ""


def site_record(site: Site) -> SiteRecord:
    """A site as the catalogue registers it; an unknown level or region is None."""
    channels = tuple(ChannelRecord(channel.name, channel.type) for channel in site.active)
    return SiteRecord(
        site.id, site.name, site.level or None, site.region or None, site.platform, site.base, channels
    )


def crawl_sites(sites: Sequence[Site], options: CrawlOptions) -> CrawlSummary:
    """Crawl the sites in this process; once a process, as its reactor cannot be started again.

    SIGTERM and SIGINT, the end of the night window and the death of the parent process stop it:
    no new requests, those in flight are finished, what remains stays queued in the catalogue.
    Raises CatalogueError and StorageError before anything is asked.
    """
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    install_reactor(REACTOR)
    from twisted.internet import reactor as installed  # importing it installs it

    reactor: Any = installed
    run = _Run(sites, options)
    loop: asyncio.AbstractEventLoop = reactor._asyncioEventloop
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, run.stop, Failure.STOPPED, signal.Signals(number).name)
    task = loop.create_task(run.crawl())
    task.add_done_callback(lambda _: reactor.stop())
    reactor.run(installSignalHandlers=False)
    return task.result()


class _Run:
    """The state of one process: sites waiting, crawlers running, figures of those that ended."""

    def __init__(self, sites: Sequence[Site], options: CrawlOptions) -> None:
        self.options = options
        self.total = len(sites)
        self.waiting = deque(host_groups(sites))
        self.running: set[Crawler] = set()
        self.halt = RunStop()
        self.figures: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.failed_sites: dict[str, int] = {}
        self.catalogue = Catalogue.open(options.catalogue_url)
        self.archive = ArchiveWriter(options.archive, options.clock)
        settings = crawl_settings(
            archive=self.archive,
            clock=options.clock,
            contact=options.contact,
            address_map=options.address_map,
            replay=options.replay,
            stop=self.halt,
        )
        install_resolver(settings)
        self.runner = AsyncCrawlerRunner(settings)

    def stop(self, reason: Failure, message: str) -> None:
        """Stop the run; the first reason stays."""
        self.halt.stop(reason, message)
        for crawler in list(self.running):
            if crawler.spider is not None and crawler.engine is not None:
                stop_site(crawler, reason, message)

    async def crawl(self) -> CrawlSummary:
        """All sites, `lanes` at a time."""
        ticker = asyncio.ensure_future(self._tick())
        lanes = [self._lane() for _ in range(min(self.options.lanes, len(self.waiting)))]
        try:
            await asyncio.gather(*lanes)
        finally:
            ticker.cancel()
            self.archive.close()
            self.catalogue.close()
        self._say()
        return CrawlSummary(
            sites=self.figures["sites"],
            requests=self.figures["requests"],
            pages=self.figures["pages"],
            attachments=self.figures["attachments"],
            failures=dict(self.failures),
            failed_sites=self.failed_sites,
            stopped=self.halt.reason.value if self.halt.reason else "",
            message=self.halt.message,
        )

    async def _lane(self) -> None:
        while self.waiting:
            for site in self.waiting.popleft():
                if self.halt.reason is not None:
                    return
                await self._site(site)

    async def _site(self, site: Site) -> None:
        options = self.options
        ledger = SiteLedger(self.catalogue, site_record(site), options.night, options.run, options.clock)
        crawler = self.runner.create_crawler(spider_class(site))
        self.running.add(crawler)
        try:
            await self.runner.crawl(crawler, ledger=ledger, budget=options.budget)
            spider: Any = crawler.spider
            reports: Mapping[str, ChannelReport] = spider.report
        except Exception as error:  # noqa: BLE001  # one site must not end the night of the others
            tally = Tally()
            tally.fail(Failure.CRAWL_CRASHED, site.base, f"{type(error).__name__}: {error}")
            reports = {"": tally.report()}
            ledger.report({name: report.columns() for name, report in reports.items()})
        finally:
            self.running.discard(crawler)
        self._add(site, reports)

    def _add(self, site: Site, reports: Mapping[str, ChannelReport]) -> None:
        self.figures["sites"] += 1
        for report in reports.values():
            self.figures["requests"] += report.requests
            self.figures["pages"] += report.fetched
            self.figures["attachments"] += report.attachments
            self.figures["failures"] += report.failed
        self.failures += merged(reports.values())
        if bad := sum(report.failed for report in reports.values()):
            self.failed_sites[site.id] = bad

    async def _tick(self) -> None:
        parent = self.options.parent
        while True:
            await asyncio.sleep(TICK)
            if parent is not None and os.getppid() != parent:
                self.stop(Failure.STOPPED, "parent process ended")
            if self.options.until is not None and self.options.clock() >= self.options.until:
                self.stop(Failure.NIGHT_WINDOW_CLOSED, self.options.until.isoformat())
            self._say()

    def _say(self) -> None:
        if self.options.progress is None:
            return
        now = Counter(self.figures)
        for crawler in self.running:
            spider: Any = crawler.spider
            if spider is None:
                continue
            now["requests"] += sum(counts.requests for counts in spider.counts.values())
            now["pages"] += sum(tally.fetched for tally in spider.tallies.values())
            now["attachments"] += sum(tally.attachments for tally in spider.tallies.values())
        line = {
            "sites": now["sites"],
            "total": self.total,
            "requests": now["requests"],
            "pages": now["pages"],
            "attachments": now["attachments"],
            "failures": now["failures"],
        }
        try:
            self.options.progress.write(json.dumps(line) + "\n")
            self.options.progress.flush()
        except OSError as error:  # nobody reads any more
            self.stop(Failure.STOPPED, f"progress: {error.strerror}")
