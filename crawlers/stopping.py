"""Giving up: one site, or the whole run."""

import asyncio
from dataclasses import dataclass
from typing import Any

from scrapy.crawler import Crawler

from crawlers.failures import NamedFailure
from normalizers.failures import Failure

# A task that nobody holds may be collected before it has run (asyncio documentation).
_closing: set[asyncio.Task[None]] = set()


@dataclass(slots=True)
class RunStop:
    """One object that all crawlers of a run share; a reason in it stops each of them."""

    reason: Failure | None = None
    message: str = ""

    def stop(self, reason: Failure, message: str) -> None:
        """Stop the run; the first reason stays."""
        if self.reason is None:
            self.reason, self.message = reason, message

    def __deepcopy__(self, memo: dict[int, Any]) -> "RunStop":
        return self


def stop_site(crawler: Crawler, failure: Failure, message: str) -> None:
    """Give the site up: set `spider.stopped`, close the spider; what still waits is never sent."""
    spider: Any = crawler.spider
    if getattr(spider, "stopped", None) is not None:
        return
    spider.stopped = (failure, message)
    engine = crawler.engine
    assert engine is not None
    if engine.spider is None:
        return  # not open yet: its requests will be refused one by one
    # Requests behind a delay would keep the closing spider waiting for their turn to be refused.
    for slot in engine.downloader.slots.values():
        slot.delay = 0
    task = asyncio.ensure_future(engine.close_spider_async(reason=failure.value))
    _closing.add(task)
    task.add_done_callback(_closing.discard)


def check_running(crawler: Crawler) -> None:
    """Raise NamedFailure where the site was given up, or the run is being stopped."""
    stop: RunStop | None = crawler.settings["ZHENGCE_STOP"]
    if stop is not None and stop.reason is not None:
        stop_site(crawler, stop.reason, stop.message)
    stopped = getattr(crawler.spider, "stopped", None)
    if stopped is not None:
        raise NamedFailure(*stopped)
