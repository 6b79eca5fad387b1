"""What a crawl cost, per channel."""

from typing import Any

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler

from crawlers.report import ChannelCounts


def counts_of(spider: Any, channel: str) -> ChannelCounts:
    """The counts of one channel of a running spider; made at first use."""
    counts: dict[str, ChannelCounts] | None = getattr(spider, "counts", None)
    if counts is None:
        counts = spider.counts = {}
    found = counts.get(channel)
    if found is None:
        found = counts[channel] = ChannelCounts()
    return found


class ByteCounter:
    """Scrapy extension that counts the bytes of bodies as they arrive."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ByteCounter":
        """Connect to the signal of every piece of a body."""
        counter = cls()
        crawler.signals.connect(counter.received, signal=signals.bytes_received)
        return counter

    def received(self, data: bytes, request: Request, spider: Spider) -> None:
        """Count one piece."""
        counts_of(spider, request.meta.get("channel", "")).bytes += len(data)
