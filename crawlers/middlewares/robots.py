"""robots.txt, obeyed (RFC 9309), with Crawl-delay."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Self

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from crawlers.failures import NamedFailure, name_failure
from normalizers.failures import BLOCKED, Failure

# RFC 9309, 2.5: at least 500 KiB must be parsed; more is not.
MAX_PARSED = 500 << 10
MAX_BYTES = 2 << 20
# A host that wants more seconds between two requests cannot be crawled in a night: taken as a refusal.
MAX_CRAWL_DELAY = 300.0
PRIORITY = 1000
# Failures of the host itself, which would be hidden behind "robots.txt unreachable".
_OF_THE_HOST = BLOCKED | {
    Failure.DNS_FAILURE,
    Failure.CONNECTION_FAILED,
    Failure.TLS_FAILED,
    Failure.ADDRESS_REFUSED,
    Failure.OFF_SITE,
    Failure.DISK_FULL,
    Failure.RATE_LIMITED,
}
# RFC 9309, 2.3.1.2 and 2.3.1.3: too many redirects, or one we may not follow, is "unavailable": allowed.
_UNAVAILABLE = frozenset({Failure.REDIRECT_LOOP, Failure.OFF_SITE_REDIRECT})


@dataclass(frozen=True, slots=True)
class Rules:
    """What a robots.txt says to us; `parser` None allows everything, `refusal` forbids everything."""

    parser: Protego | None = None
    refusal: tuple[Failure, str] | None = None
    paced: bool = False


class Robots:
    """Asks each host of a site once for its robots.txt, before anything else, and keeps to it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._rules: dict[str, Rules] = {}
        self._asking: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request) -> Coroutine[Any, Any, None] | None:
        """Let a request pass, or raise ROBOTS_DENIED or ROBOTS_UNREACHABLE."""
        if request.meta.get("kind") == "robots":
            return None
        host = urlparse_cached(request).netloc
        rules = self._rules.get(host)
        if rules is None:
            return self._ask_first(request, host)
        self._apply(rules, request)
        return None

    async def _ask_first(self, request: Request, host: str) -> None:
        task = self._asking.get(host)
        if task is None:
            task = self._asking[host] = asyncio.ensure_future(self._ask(request, host))
        self._apply(await task, request)

    def _apply(self, rules: Rules, request: Request) -> None:
        if rules.refusal is not None:
            raise NamedFailure(*rules.refusal)
        if rules.parser is not None and not rules.parser.can_fetch(request.url, self.agent):
            raise NamedFailure(Failure.ROBOTS_DENIED, f"robots.txt 不允许：{request.url}")
        if rules.paced:
            request.meta["autothrottle_dont_adjust_delay"] = True

    async def _ask(self, request: Request, host: str) -> Rules:
        asked = Request(
            f"{urlparse_cached(request).scheme}://{host}/robots.txt",
            priority=PRIORITY,
            meta={"kind": "robots", "channel": "", "download_maxsize": MAX_BYTES},
            callback=NO_CALLBACK,
            dont_filter=True,
        )
        engine = self.crawler.engine
        assert engine is not None
        try:
            rules = self._read(await engine.download_async(asked), asked)
        except Exception as error:  # noqa: BLE001  # whatever it was, it is named, and nothing is fetched
            rules = _refuse(error)
        self._rules[host] = rules
        return rules

    def _read(self, response: Response, asked: Request) -> Rules:
        status = response.status
        if status >= 500 or status == 429:
            return Rules(refusal=(Failure.ROBOTS_UNREACHABLE, f"HTTP {status} {response.url}"))
        if status >= 300 or status == 204:
            return Rules()
        parser = Protego.parse(response.body[:MAX_PARSED].decode("utf-8", "replace"))
        delay = float(parser.crawl_delay(self.agent) or 0.0)
        if delay > MAX_CRAWL_DELAY:
            return Rules(refusal=(Failure.ROBOTS_DENIED, f"robots.txt 要求每 {delay:.0f} 秒一次请求"))
        return Rules(parser, paced=delay > 0 and self._pace(asked, delay))

    def _pace(self, asked: Request, crawl_delay: float) -> bool:
        """Slow the host down to its Crawl-delay; False where we are slower anyway."""
        engine = self.crawler.engine
        assert engine is not None
        settings = self.crawler.settings
        ours = settings.getfloat("DOWNLOAD_DELAY")
        if crawl_delay <= ours * (1 - settings.getfloat("DOWNLOAD_DELAY_JITTER")):
            return False
        delay = max(ours, crawl_delay)
        downloader = engine.downloader
        key = urlparse_cached(asked).hostname or ""
        # Idle slots are thrown away after a minute; a new one is made from these settings.
        downloader.per_slot_settings[key] = {"concurrency": 1, "delay": delay, "jitter": 0.0}
        slot = downloader.slots.get(key)
        if slot is not None:
            slot.concurrency, slot.delay, slot.jitter = 1, delay, 0.0
        return True


def _refuse(error: Exception) -> Rules:
    failure, message = name_failure(error)
    if failure in _UNAVAILABLE:
        return Rules()
    if failure not in _OF_THE_HOST:
        failure, message = Failure.ROBOTS_UNREACHABLE, f"{failure.value}: {message}"
    return Rules(refusal=(failure, f"robots.txt：{message}"))
