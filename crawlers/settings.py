"""Every setting of the crawl, each with its reason."""

import copy
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Self

from scrapy.settings import Settings

from crawlers.replay import Replay
from crawlers.stopping import RunStop
from pipelines.archive import ArchiveWriter
from pipelines.clock import Clock

AGENT = "zhengce"
DELAY = 2.0
# Largest answers, in bytes; the spider gives attachments their own with `download_maxsize`.
MAX_PAGE = 64 << 20
# Objects of the run, which Scrapy must not copy.
SHARED = ("ZHENGCE_ARCHIVE", "ZHENGCE_CLOCK", "ZHENGCE_ADDRESS_MAP", "ZHENGCE_REPLAY", "ZHENGCE_STOP")

# Requests go down this list, answers come up it. Scrapy's own base list is empty here: it imports even
# what a project switches off (0.2 s of CPU a process), so what is used of it stands below, at its place.
MIDDLEWARES: dict[str, int] = {
    # First down: nothing that must not leave gets any further, and a site that was given up gets nothing.
    # In the place of Scrapy's off-site filter, which drops requests silently.
    "crawlers.middlewares.address_guard.AddressGuard": 50,
    # Before all that costs time: a denied page is not prepared. Its own request starts at the top again.
    "crawlers.middlewares.robots.Robots": 100,
    # Headers of the request; each before Scrapy's defaults at 400 and 500.
    "crawlers.middlewares.conditional.ConditionalRequests": 310,
    "crawlers.middlewares.referer.SiteReferer": 320,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    # Last up: the archive gets the final answer only: unpacked, no challenge, no redirect, no retry.
    "crawlers.middlewares.archive.Archive": 540,
    "crawlers.middlewares.retries.Retries": 550,
    # After the challenges: a shell that reloads itself is a challenge first.
    "crawlers.middlewares.redirects.MetaRefreshes": 570,
    # Needs the unpacked body; before retries and the archive, which must not see a challenge.
    "crawlers.middlewares.challenges.Challenges": 580,
    "crawlers.middlewares.decompression.Decompression": 590,
    # Bodies of redirects are not even unpacked.
    "crawlers.middlewares.redirects.Redirects": 600,
    # First up, so that a redirect finds its cookie in the jar.
    "crawlers.middlewares.cookies.CookiesOnDemand": 700,
}

# Of Scrapy's own, nothing that opens a port (telnet, remote control: the second runs whatever code it is
# sent) and nothing that keeps figures, feeds or logs for each of 40 lanes.
EXTENSIONS: dict[str, int] = {
    "crawlers.counts.ByteCounter": 0,
    "scrapy.extensions.memusage.MemoryUsage": 0,
    "scrapy.extensions.throttle.AutoThrottle": 0,
}

# Without those for depths, start requests and the length of addresses: nothing reads what they note.
SPIDER_MIDDLEWARES: dict[str, int] = {
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": 50,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": 700,
}

FIXED: dict[str, Any] = {
    "BOT_NAME": AGENT,
    # 100 by default: that many tasks are made for every answer. 27 to 40 % of all CPU (scrapy#5182).
    "CONCURRENT_ITEMS": 4,
    # A slow answer is none; the default of 180 s would hold a lane, and heads are read until it ends.
    "DOWNLOAD_TIMEOUT": 45,
    # 1 GiB by default; the limit of what one hostile answer can take, unpacked as well.
    "DOWNLOAD_MAXSIZE": MAX_PAGE,
    "DOWNLOAD_WARNSIZE": 0,
    # Half to one and a half of the delay: no site sees a clockwork.
    "DOWNLOAD_DELAY_JITTER": 0.5,
    # Slow sites are asked more slowly; it never goes below the delay of the site.
    "AUTOTHROTTLE_TARGET_CONCURRENCY": 1.0,
    "AUTOTHROTTLE_MAX_DELAY": 60.0,
    # 20 by default; real chains have one or two steps.
    "REDIRECT_MAX_TIMES": 5,
    # A page that turns over later than this is one to be read.
    "METAREFRESH_MAXDELAY": 10,
    # Two more tries for what passes by itself; what counts as such is in middlewares/retries.py.
    "RETRY_TIMES": 2,
    "RETRY_HTTP_CODES": [500, 502, 503, 504, 522, 524, 408, 429],
    # Gave-ups are in the run report, by name.
    "RETRY_GIVE_UP_LOG_LEVEL": "INFO",
    # Ours is in the list above; this is for whoever reads the settings (scrapy-lint does).
    "ROBOTSTXT_OBEY": True,
    "ROBOTSTXT_USER_AGENT": AGENT,
    # English by default, and some portals then answer in English.
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language": "zh-CN,zh;q=0.9",
    },
    # Certificates of many government hosts are wrong; pages are public and read only.
    "DOWNLOAD_VERIFY_CERTIFICATES": False,
    # A proxy would resolve names itself, past the guard.
    "HTTPPROXY_ENABLED": False,
    # Our own counts, per channel, take the place of these.
    "DOWNLOADER_STATS": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    # The catalogue decides what is asked; Scrapy's filter would drop redirects to known pages silently.
    "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
    # Drops silently; the guard has the same limit and names it.
    "URLLENGTH_LIMIT": 0,
    "TWISTED_DNS_RESOLVER": "crawlers.resolver.GuardedResolver",
    # Look-ups run in threads, 10 by default, each up to 60 s: dead names would hold up the living.
    "REACTOR_THREADPOOL_MAXSIZE": 30,
    "DNS_TIMEOUT": 20,
    # 0.3 to 1.1 ms a page at DEBUG.
    "LOG_LEVEL": "INFO",
    "LOG_VERSIONS": [],
    # Figures go to the run report.
    "STATS_DUMP": False,
    "FEED_EXPORT_ENCODING": "utf-8",
    # Parses the source of every callback at the start of every spider; ruff and mypy do it once.
    "WARN_ON_GENERATOR_RETURN_VALUE": False,
    # Nobody reads Scrapy's figures: ours are per channel.
    "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
    "DOWNLOADER_MIDDLEWARES_BASE": {},
    "DOWNLOADER_MIDDLEWARES": MIDDLEWARES,
    "SPIDER_MIDDLEWARES_BASE": {},
    "SPIDER_MIDDLEWARES": SPIDER_MIDDLEWARES,
    "EXTENSIONS_BASE": {},
    "EXTENSIONS": EXTENSIONS,
}


class CrawlSettings(Settings):
    """Scrapy's settings, whose copies share the objects of the run.

    Scrapy copies the settings deeply for every crawler: a copied archive writer would write to the
    same file at offsets of its own.
    """

    def copy(self) -> Self:
        """A deep copy, except for the objects of the run."""
        shared = [self[name] for name in SHARED]
        return copy.deepcopy(self, {id(value): value for value in shared if value is not None})


def user_agent(contact: str | None) -> str:
    """Who we are and where to complain: `zhengce/0.1.0 (+contact)`."""
    name = f"{AGENT}/{version('zhengce')}"
    return f"{name} (+{contact})" if contact else name


def crawl_settings(
    *,
    archive: ArchiveWriter,
    clock: Clock,
    contact: str | None,
    address_map: Mapping[str, str] | None = None,
    replay: Replay | None = None,
    stop: RunStop | None = None,
    memory_limit_mb: int = 0,
) -> CrawlSettings:
    """The settings of a crawl process. Without a contact only hosts of the address map are asked.

    `memory_limit_mb` closes the spiders of the process above that much (0: no limit).
    """
    handler = "crawlers.transport.HttpHandler" if replay is None else "crawlers.replay.ReplayHandler"
    settings = CrawlSettings()
    settings.setdict(FIXED, priority="project")
    settings.setdict(
        {
            "USER_AGENT": user_agent(contact),
            # Everything but http(s) is off: file, data, ftp and s3 reach into this machine.
            "DOWNLOAD_HANDLERS": {
                "http": handler,
                "https": handler,
                **dict.fromkeys(("data", "file", "ftp", "s3")),
            },
            "MEMUSAGE_ENABLED": memory_limit_mb > 0,
            "MEMUSAGE_LIMIT_MB": memory_limit_mb,
            "ZHENGCE_ARCHIVE": archive,
            "ZHENGCE_CLOCK": clock,
            "ZHENGCE_CONTACT": contact or "",
            "ZHENGCE_ADDRESS_MAP": dict(address_map or {}),
            "ZHENGCE_REPLAY": replay,
            "ZHENGCE_STOP": stop if stop is not None else RunStop(),
            **site_settings(),
        },
        priority="project",
    )
    return settings


def site_settings(
    *, delay: float = DELAY, concurrency: int = 1, hosts: int = 1, replay: bool = False
) -> dict[str, Any]:
    """The settings that differ by site, for a spider's `update_settings`.

    `delay` is in seconds between two requests to a host, `concurrency` requests at a time to a host.
    Without a delay (`.test` hosts, replays) nothing is throttled.
    """
    if replay:
        delay, concurrency = 0.0, max(concurrency, 8)
    return {
        "DOWNLOAD_DELAY": delay,
        # Starts at the delay of the site instead of 5 s; switched off, delay 0 stays 0.
        "AUTOTHROTTLE_ENABLED": delay > 0,
        "AUTOTHROTTLE_START_DELAY": delay,
        # One at a time to a host, unless the site file says otherwise.
        "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency,
        # A crawler has one site: more than its hosts can take would only wait in the downloader.
        "CONCURRENT_REQUESTS": concurrency * max(1, hosts),
    }
