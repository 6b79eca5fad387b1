"""Settings and objects of the run for Scrapy's own commands: `scrapy list`, `scrapy crawl <site>`, `scrapy check`.

Catalogue, archive, contact and window come from zhengce.toml and `ZHENGCE_…`, as for `zhengce`.
"""

import asyncio
from datetime import datetime
from typing import Any, ClassVar, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from crawlers.permission import demand_contact, window_end
from crawlers.run import site_record
from crawlers.settings import CrawlSettings, crawl_settings
from crawlers.spider import PolicySpider
from crawlers.stopping import stop_site
from normalizers.failures import Failure
from pipelines.archive import ArchiveWriter
from pipelines.catalogue import Catalogue
from pipelines.clock import day_of, system_clock
from pipelines.config import Config, load_config
from pipelines.disk import check_folder
from pipelines.lock import NightLock
from pipelines.pages import SiteLedger
from pipelines.runs import finish_run, start_run

# Exit codes, those of `zhengce crawl`.
TROUBLE, USAGE, UNUSABLE, RUNNING = 1, 2, 3, 4
LEFT_UNDONE = frozenset({Failure.DISK_FULL, Failure.CATALOGUE_FAILED})


class StandaloneSpider(PolicySpider):
    """The spider of one site that Scrapy itself starts: it locks the data folder, opens what a run needs, and closes it.

    `exit_code` is that of the run, known once the spider is closed.
    """

    config: ClassVar[Config]
    lock: ClassVar[NightLock]
    catalogue: ClassVar[Catalogue]
    until: ClassVar[datetime | None]
    exit_code = UNUSABLE

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """The settings of a crawl process, then those of the site.

        Scrapy calls this when it makes the crawler, before anything is stored. Raises CrawlRefused,
        ConfigError, NightRunning, StorageError and CatalogueError.
        """
        cls.config = config = load_config()
        demand_contact([cls.site], config.contact)
        cls.until = window_end(config.window, system_clock())
        check_folder(config.data, config.min_free)
        cls.lock = NightLock(config.data, system_clock)
        cls.lock.acquire()
        cls.catalogue = Catalogue.open(config.catalogue_url)
        archive = ArchiveWriter(config.archive_folder, system_clock)
        made = crawl_settings(archive=archive, clock=system_clock, contact=config.contact)
        # Scrapy's command made plain settings, whose copies would copy the archive writer too.
        settings.__class__ = CrawlSettings
        settings.update(made, priority="project")
        super().update_settings(settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Open a run in the catalogue for this one site."""
        night = day_of(system_clock())
        with cls.catalogue.write() as connection:
            run = start_run(connection, f"scrapy crawl {cls.site.id}", night, system_clock)
        ledger = SiteLedger(cls.catalogue, site_record(cls.site), night, run, system_clock)
        spider = super().from_crawler(crawler, *args, ledger=ledger, budget=cls.config.backfill, **kwargs)
        crawler.signals.connect(spider.stop_in_time, signal=signals.spider_opened)
        return spider

    def stop_in_time(self) -> None:
        """Stop when the night window closes."""
        if self.until is not None:
            left = (self.until - system_clock()).total_seconds()
            reason = (Failure.NIGHT_WINDOW_CLOSED, self.until.isoformat())
            asyncio.get_running_loop().call_later(left, stop_site, self.crawler, *reason)

    def closed(self, reason: str) -> None:
        """Write the report and close what was opened."""
        super().closed(reason)
        if self.stopped is not None and self.stopped[0] in LEFT_UNDONE:
            self.exit_code = UNUSABLE
        else:
            self.exit_code = TROUBLE if any(report.failed for report in self.report.values()) else 0
        with self.catalogue.write() as connection:
            finish_run(connection, self.ledger.run, self.exit_code, reason, system_clock)
        self.catalogue.close()
        self.settings["ZHENGCE_ARCHIVE"].close()
        self.lock.release()
