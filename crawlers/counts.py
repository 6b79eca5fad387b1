"""What a crawl cost, per channel."""

from dataclasses import dataclass
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler


@dataclass(slots=True)
class ChannelCounts:
    """Requests sent (robots.txt, redirects and retries included), 304 answers, and bytes received.

    Bytes are those of bodies as they came over the wire, compressed, broken-off downloads included;
    headers are not counted, and a replay, which has no wire, counts none.
    """

    requests: int = 0
    not_modified: int = 0
    bytes: int = 0


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
