"""The Referer of a site file (人民银行, 吉安 and the gov.cn library refuse requests without one, 2026)."""

from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler


class SiteReferer:
    """Sets the Referer that the site file names, where the request has none of its own."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Add the header."""
        spider: Any = self.crawler.spider
        if spider.site.fetch.referer and request.meta.get("kind") != "robots":
            request.headers.setdefault(b"Referer", spider.site.fetch.referer)
