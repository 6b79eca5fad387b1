"""`scrapy crawl <site>`: Scrapy's command, with refusals as one line and the exit code of the stored run."""

import argparse
import sys
from typing import cast

from scrapy.commands import crawl
from scrapy.exceptions import UsageError

from crawlers.permission import CrawlRefused
from crawlers.standalone import RUNNING, UNUSABLE, USAGE, StandaloneSpider
from pipelines.catalogue import CatalogueError
from pipelines.config import ConfigError
from pipelines.disk import StorageError
from pipelines.lock import NightRunning


class Command(crawl.Command):
    """Crawls one site; exit codes as those of `zhengce crawl`."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl the site, unless something forbids it."""
        if len(args) != 1:
            raise UsageError
        process = self.crawler_process
        assert process is not None
        if args[0] not in process.spider_loader.list():
            self._refuse(f"没有这个站点：{args[0]}；可用 scrapy list 查看", USAGE)
            return
        try:
            crawler = self._create_crawler(args[0])
        except (CrawlRefused, ConfigError) as error:
            self._refuse(str(error), USAGE)
        except NightRunning as error:
            self._refuse(str(error), RUNNING)
        except (CatalogueError, StorageError) as error:
            self._refuse(str(error), UNUSABLE)
        else:
            process.crawl(crawler, **opts.spargs)
            process.start()
            spider = cast(StandaloneSpider | None, crawler.spider)
            self.exitcode = UNUSABLE if spider is None else spider.exit_code

    def _refuse(self, message: str, code: int) -> None:
        sys.stderr.write(f"{message}\n")
        self.exitcode = code
