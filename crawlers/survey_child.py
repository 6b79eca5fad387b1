"""A child process that asks sites for a few pages each, through the middlewares of the crawl.

Robots, delays, the address guard, challenges and limits are those of a night; the archive is a folder that
is removed at the end. One site asks for one page at a time; several sites are asked side by side.
"""

import asyncio
import logging
import os
import signal
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.utils.reactor import install_reactor

from crawlers.asking import Answer, Asker, AskFailed
from crawlers.failures import name_failure
from crawlers.middlewares.archive import PAGE_STATUS
from crawlers.platforms.base import MAX_PAGE_BYTES
from crawlers.platforms.list_requests import ListRequest
from crawlers.resolver import install_resolver
from crawlers.run import REACTOR
from crawlers.settings import crawl_settings, site_settings
from crawlers.sharding import host_groups
from crawlers.site import Site
from crawlers.spider import MAX_FILE_BYTES, posted
from normalizers.failures import Failure
from pipelines.archive import ArchiveWriter
from pipelines.clock import system_clock

# An operator waits: a page that takes longer is slow enough to be told (the crawl waits 45 s, tries thrice).
TIMEOUT, RETRIES = 15, 1
# How often a child looks whether its parent lives, in seconds.
TICK = 1.0

Work = Callable[[Asker], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Job:
    """What to do with one site: `work` gets an Asker for its hosts and at most `seconds`."""

    site: Site
    work: Work
    seconds: float


@dataclass(frozen=True, slots=True)
class AskOptions:
    """How the sites are asked: who asks, names that stay on this machine, sites at a time."""

    contact: str | None = None
    address_map: Mapping[str, str] = field(default_factory=dict)
    lanes: int = 1


class SurveyBroken(Exception):
    """The child process ended without an answer."""


def survey_sites(jobs: Sequence[Job], options: AskOptions) -> Iterator[tuple[Job, Any]]:
    """Each job with what its work returned, or with an AskFailed, as they end.

    Jobs and results cross a process border. Raises SurveyBroken where the child dies.
    """
    context = get_context("spawn")  # a reactor starts once a process, and not in a forked one
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(theirs, list(jobs), options, os.getpid()), daemon=True)
    child.start()
    theirs.close()
    try:
        for _ in jobs:
            number, result = ours.recv()
            yield jobs[number], result
    except EOFError as error:
        child.join()
        raise SurveyBroken(f"抓取子进程意外结束（退出码 {child.exitcode}）") from error
    finally:
        ours.close()
        child.terminate()
        child.join()


def _child(connection: Connection, jobs: Sequence[Job], options: AskOptions, parent: int) -> None:
    """The life of the child: all jobs, then the end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    logging.disable(logging.CRITICAL)
    install_reactor(REACTOR)
    from twisted.internet import reactor as installed  # importing it installs it

    reactor: Any = installed
    with tempfile.TemporaryDirectory(prefix="zhengce-site-") as folder:
        archive = ArchiveWriter(Path(folder), system_clock)
        settings = crawl_settings(
            archive=archive, clock=system_clock, contact=options.contact, address_map=options.address_map
        )
        install_resolver(settings)
        work = _work_all(connection, jobs, options, AsyncCrawlerRunner(settings), parent)
        loop: asyncio.AbstractEventLoop = reactor._asyncioEventloop
        task = loop.create_task(work)
        task.add_done_callback(lambda _: reactor.stop())
        reactor.run(installSignalHandlers=False)
        archive.close()


async def _work_all(
    connection: Connection, jobs: Sequence[Job], options: AskOptions, runner: AsyncCrawlerRunner, parent: int
) -> None:
    """Some lanes take one group of hosts after the other."""
    numbers: dict[str, list[int]] = {}
    for number, job in enumerate(jobs):
        numbers.setdefault(job.site.id, []).append(number)
    unique = {job.site.id: job.site for job in jobs}
    waiting = deque(host_groups(list(unique.values())))

    async def lane() -> None:
        while waiting:
            for site in waiting.popleft():
                for number in numbers[site.id]:
                    connection.send((number, await _work_one(runner, jobs[number])))

    watch = asyncio.ensure_future(_watch(parent))
    await asyncio.gather(*(lane() for _ in range(min(options.lanes, len(waiting)))))
    watch.cancel()


async def _watch(parent: int) -> None:
    while os.getppid() == parent:
        await asyncio.sleep(TICK)
    os._exit(1)


async def _work_one(runner: AsyncCrawlerRunner, job: Job) -> Any:
    """What the work of a job returned, or AskFailed."""
    spider = type("SurveySpider", (SurveySpider,), {"name": job.site.id, "site": job.site, "job": job})
    tasks: list[asyncio.Task[Any]] = []
    try:
        await runner.crawl(spider, tasks=tasks)
        return await tasks[0]
    except Exception as error:  # noqa: BLE001  one site must not end the survey of the others
        return AskFailed(*name_failure(error), job.site.base)


class SurveySpider(Spider):
    """Runs the work of one job with the downloader of a crawl; the task in `tasks` ends with what it returned.

    A site that is given up ends the spider but not the task: what it still asks for fails by that name.
    """

    site: Site
    job: Job

    def __init__(self, *args: Any, tasks: list[asyncio.Task[Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tasks = tasks
        self.stopped: tuple[Failure, str] | None = None

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """The delay of the site, one request at a time, and the patience of somebody who waits."""
        super().update_settings(settings)
        own = site_settings(delay=cls.site.fetch.delay, hosts=1)
        settings.setdict(own | {"DOWNLOAD_TIMEOUT": TIMEOUT, "RETRY_TIMES": RETRIES}, priority="spider")

    async def start(self) -> AsyncIterator[Request]:
        """Do the work; nothing is scheduled."""
        self.tasks.append(asyncio.ensure_future(self._work()))
        await asyncio.shield(self.tasks[0])
        requests: tuple[Request, ...] = ()
        for request in requests:
            yield request

    async def _work(self) -> Any:
        try:
            return await asyncio.wait_for(self.job.work(self), self.job.seconds)
        except AskFailed as error:
            return error
        except TimeoutError:
            return AskFailed(Failure.TIMEOUT, f"{self.job.seconds:g} 秒内没有完成", self.site.base)
        except Exception as error:  # noqa: BLE001  the operator is told, by name
            return AskFailed(Failure.CRAWL_CRASHED, f"{type(error).__name__}: {error}", self.site.base)

    async def ask(self, wanted: ListRequest, kind: str = "list") -> Answer:
        """Ask for one page; raises AskFailed."""
        if self.stopped is not None:
            raise AskFailed(*self.stopped, wanted.url)
        make, extra = posted(wanted)
        limit = MAX_PAGE_BYTES if kind == "list" else MAX_FILE_BYTES
        meta = {"channel": "", "kind": kind, "download_maxsize": limit}
        assert self.crawler.engine is not None
        try:
            response = await self.crawler.engine.download_async(make(wanted.url, meta=meta, **extra))
            if response.status not in PAGE_STATUS:
                raise HttpError(response)
        except Exception as error:  # noqa: BLE001  whatever it is, name_failure has a name for it
            raise AskFailed(*name_failure(error), wanted.url) from None
        return Answer(wanted, response.url, response.body)
