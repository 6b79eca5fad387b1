"""A bare Scrapy fetch of a list of addresses: `python -m benchmarks.bare_fetch addresses.json`."""

import json
import resource
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred, succeed


class Loopback(CachingThreadedResolver):
    """Every name is this machine."""

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:  # noqa: N802  Twisted's name
        """The loopback address."""
        return succeed("127.0.0.1")


class Bare(scrapy.Spider):
    """Asks for every address and counts the answers."""

    name = "bare"
    addresses: list[str]
    pages = 0

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """All addresses."""
        for url in self.addresses:
            # Some families answer only who comes from their own page.
            referer = {"Referer": urljoin(url, "/")}
            yield scrapy.Request(url, headers=referer, callback=self.count, dont_filter=True)

    def count(self, response: Response) -> None:
        """One more."""
        type(self).pages += 1


def main() -> None:
    """Fetch and print pages and CPU seconds."""
    Bare.addresses = json.loads(Path(sys.argv[1]).read_text())
    process = AsyncCrawlerProcess(
        {
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
            "CONCURRENT_ITEMS": 4,
            "CONCURRENT_REQUESTS": 96,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
            "TWISTED_DNS_RESOLVER": Loopback,
        }
    )
    process.crawl(Bare)
    process.start()
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"pages": Bare.pages, "cpu": used.ru_utime + used.ru_stime}))


if __name__ == "__main__":
    main()
