"""The archive sees every page before the spider does."""

from hashlib import sha256
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawlers.failures import NamedFailure
from crawlers.settings import CrawlSettings
from crawlers.stopping import RunStop, stop_site
from normalizers.failures import Failure
from pipelines.archive import ArchiveWriter
from pipelines.clock import Clock
from pipelines.disk import StorageError
from pipelines.items import Fetched

# 203: the page, by way of a proxy. Other 2xx carry no page (202 is a firewall's, 204 is empty, 206 a part).
PAGE_STATUS = frozenset({200, 203})
# A validator is sent back as it came; real ones are below 100 characters (2026).
MAX_VALIDATOR = 300


class Archive:
    """Writes every page to the archive and puts its Fetched into `meta`; without it nothing is stored."""

    def __init__(self, crawler: Crawler) -> None:
        if not isinstance(crawler.settings, CrawlSettings):
            raise TypeError("settings must come from crawl_settings: Scrapy would copy the archive writer")
        self.crawler = crawler
        self.writer: ArchiveWriter = crawler.settings["ZHENGCE_ARCHIVE"]
        self.clock: Clock = crawler.settings["ZHENGCE_CLOCK"]
        self.run_stop: RunStop = crawler.settings["ZHENGCE_STOP"]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Store a page; a disk that cannot be written stops the whole run."""
        if response.status >= 300 or request.meta.get("kind") == "robots":
            return response
        if response.status not in PAGE_STATUS:
            raise NamedFailure(Failure.NOT_A_PAGE, f"HTTP {response.status} 不是页面：{response.url}")
        try:
            request.meta["fetched"] = self._store(request, response)
        except (StorageError, OSError) as error:
            self.run_stop.stop(Failure.DISK_FULL, str(error))
            stop_site(self.crawler, Failure.DISK_FULL, str(error))
            raise NamedFailure(Failure.DISK_FULL, str(error)) from error
        return response

    def _store(self, request: Request, response: Response) -> Fetched:
        at = self.clock()
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        ]
        ref = self.writer.write_response(response.url, response.status, headers, response.body, at)
        return Fetched(
            url=request.meta.get("redirect_urls", [request.url])[0],
            final_url=response.url,
            status=response.status,
            media_type=_header(response, b"Content-Type").partition(";")[0].strip().lower(),
            etag=_validator(_header(response, b"ETag")),
            last_modified=_validator(_header(response, b"Last-Modified")),
            at=at,
            sha256=sha256(response.body).hexdigest(),
            size=len(response.body),
            archive=ref,
        )


def _header(response: Response, name: bytes) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")


def _validator(value: str) -> str:
    """A validator that can be sent back safely; "" for anything else."""
    return value if len(value) <= MAX_VALIDATOR and value.isascii() and value.isprintable() else ""
