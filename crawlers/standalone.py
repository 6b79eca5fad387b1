"""Settings and objects of the run for Scrapy's own commands: `scrapy list`, `scrapy crawl <site>`, `scrapy check`.

Catalogue, archive and contact come from zhengce.toml and `ZHENGCE_…`, as for `zhengce`.
"""

from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from crawlers.run import site_record
from crawlers.settings import CrawlSettings, crawl_settings
from crawlers.spider import PolicySpider
from pipelines.archive import ArchiveWriter
from pipelines.catalogue import Catalogue
from pipelines.clock import day_of, system_clock
from pipelines.config import load_config
from pipelines.pages import SiteLedger
from pipelines.runs import finish_run, start_run


class StandaloneSpider(PolicySpider):
    """The spider of one site that Scrapy itself starts: it opens catalogue and archive, and closes them."""

    _catalogue: Catalogue

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """The settings of a crawl process, then those of the site."""
        config = load_config()
        archive = ArchiveWriter(config.archive_folder, system_clock)
        made = crawl_settings(archive=archive, clock=system_clock, contact=config.contact)
        # Scrapy's command made plain settings, whose copies would copy the archive writer too.
        settings.__class__ = CrawlSettings
        settings.update(made, priority="project")
        super().update_settings(settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Open a run in the catalogue for this one site."""
        config = load_config()
        catalogue = Catalogue.open(config.catalogue_url)
        night = day_of(system_clock())
        with catalogue.write() as connection:
            run = start_run(connection, f"scrapy crawl {cls.site.id}", night, system_clock)
        ledger = SiteLedger(catalogue, site_record(cls.site), night, run, system_clock)
        spider = super().from_crawler(crawler, *args, ledger=ledger, budget=config.backfill, **kwargs)
        spider._catalogue = catalogue
        return spider

    def closed(self, reason: str) -> None:
        """Write the report and close what was opened."""
        super().closed(reason)
        with self._catalogue.write() as connection:
            finish_run(connection, self.ledger.run, 0, reason, system_clock)
        self._catalogue.close()
        self.settings["ZHENGCE_ARCHIVE"].close()
