"""The one spider: walks the lists of a site, asks for its pages and attachments, tells the ledger.

Every answer and every error ends as a write to the ledger or as a named failure of the report.
"""

import traceback
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from typing import Any

from scrapy import FormRequest, Request, Spider
from scrapy.http import Response, TextResponse
from scrapy.settings import BaseSettings
from sqlalchemy.exc import SQLAlchemyError
from twisted.python.failure import Failure as TwistedFailure

from crawlers.failures import name_failure
from crawlers.platforms import PLATFORMS
from crawlers.platforms.base import MAX_PAGE_BYTES, Detail, ListPage
from crawlers.platforms.list_requests import ListRequest
from crawlers.report import ChannelCounts, ChannelReport, Tally
from crawlers.settings import site_settings
from crawlers.site import Channel, Site
from crawlers.stopping import RunStop, stop_site
from crawlers.walk import End, Walk
from normalizers.addresses import address_key, host_of
from normalizers.failures import Failure
from normalizers.page import ListRow
from pipelines.items import (
    AttachmentItem,
    AttachmentTask,
    FailureItem,
    Fetched,
    FirstPage,
    NotModifiedItem,
    PageItem,
    PageTask,
    SeenRow,
    Verdict,
)
from pipelines.pages import SiteLedger

LISTS_FIRST, DETAILS_NEXT, RECHECKS_THEN, ATTACHMENTS_LAST = 30, 20, 10, 0
# The largest attachment seen has 31 MB (2026).
MAX_FILE_BYTES = 50 << 20
FILES = (
    ".pdf",
    ".ofd",
    ".doc",
    ".docx",
    ".wps",
    ".xls",
    ".xlsx",
    ".et",
    ".ppt",
    ".pptx",
    ".zip",
    ".rar",
    ".txt",
    ".rtf",
)
# Attachments left by an earlier night that are asked for in one night.
PENDING_ATTACHMENTS = 5000
NOT_MODIFIED = 304
# At a re-check these are news (the page is being withdrawn), not failures.
MISSING = frozenset({Failure.NOT_FOUND, Failure.GONE})
Requests = list[Request]


class PolicySpider(Spider):
    """Crawls one site for one night.

    `budget` is the number of detail pages that may be asked for tonight in channels without a
    complete pass, pages that earlier nights left included.
    """

    site: Site

    def __init__(self, *args: Any, ledger: SiteLedger, budget: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ledger = ledger
        self.budget = budget
        self.platform = PLATFORMS[self.site.platform](self.site)
        self.counts: dict[str, ChannelCounts] = {}
        self.stopped: tuple[Failure, str] | None = None
        self.tallies: dict[str, Tally] = defaultdict(Tally)
        self.walks: dict[str, Walk] = {}
        self.asked: set[str] = set()
        self.report: dict[str, ChannelReport] = {}

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Delay and concurrency of the site file."""
        super().update_settings(settings)
        fetch = cls.site.fetch
        replay = settings["ZHENGCE_REPLAY"] is not None
        own = site_settings(
            delay=fetch.delay, concurrency=fetch.concurrency, hosts=len(cls.site.hosts), replay=replay
        )
        settings.setdict(own, priority="spider")

    async def start(self) -> AsyncIterator[Request]:
        """The first page of every list, then what earlier nights left and what is due tonight.

        What is left is looked up first: what the lists show tonight is not a part of it.
        """
        left: list[PageTask | AttachmentTask] = []
        self._guarded(self._look_up, self.site.base, "", left)
        for channel in self.site.active:
            for request in self._guarded(self._begin, channel.list, channel.name, channel):
                yield request
        for task in left:
            asked = self._ask(task) if isinstance(task, PageTask) else self._ask_attachment(task)
            for request in asked:
                yield request

    def _look_up(self, left: list[PageTask | AttachmentTask]) -> Requests:
        self.ledger.open_site()
        pending = self.ledger.pending_pages(self.budget)
        self.budget -= len(pending)
        left += pending
        left += self.ledger.due_rechecks()
        left += self.ledger.pending_attachments(PENDING_ATTACHMENTS)
        return []

    def closed(self, reason: str) -> None:
        """Write the report of the night."""
        if self.stopped is not None:
            failure, message = self.stopped
            self.tallies[""].fail(failure, self.site.base, message)
            unfinished = [name for name, walk in self.walks.items() if walk.end is None]
            for name in ["", *unfinished]:
                self.tallies[name].stopped = self.tallies[name].stopped or failure.value
        names = {*self.tallies, *self.counts}
        self.report = {name: self.tallies[name].report(self.counts.get(name)) for name in names}
        self.ledger.report({name: report.columns() for name, report in self.report.items()})

    # lists

    def _begin(self, channel: Channel) -> Requests:
        walk = Walk(channel.name, self.ledger.channel_state(channel.name))
        self.walks[channel.name] = walk
        if channel.seeds:
            rows = [ListRow(url, "") for url in channel.seeds]
            return self._see(channel, walk, ListPage(tuple(rows)), 1)[0]
        return [self._list_request(channel, walk, walk.begin(self.platform.list_requests(channel)))]

    def _list_request(self, channel: Channel, walk: Walk, wanted: ListRequest) -> Request:
        meta: dict[str, Any] = {"channel": channel.name, "kind": "list", "download_maxsize": MAX_PAGE_BYTES}
        state = walk.state
        if wanted.page == 1 and walk.conditional and state.first.url == wanted.url:
            meta |= {"etag": state.first.etag, "last_modified": state.first.last_modified}
        kind, extra = posted(wanted)
        return kind(
            wanted.url,
            callback=self.parse_list,
            errback=self.list_failed,
            cb_kwargs={"channel": channel, "wanted": wanted},
            meta=meta,
            priority=LISTS_FIRST,
            **extra,
        )

    def parse_list(self, response: Response, channel: Channel, wanted: ListRequest) -> Requests:
        """Callback of a list page."""
        return self._guarded(self._take_list, response.url, channel.name, response, channel, wanted)

    def _take_list(self, response: Response, channel: Channel, wanted: ListRequest) -> Requests:
        walk, tally = self.walks[channel.name], self.tallies[channel.name]
        tally.list_pages += 1
        if response.status == NOT_MODIFIED:
            self.ledger.touch_channel(channel.name)
            walk.end = End.FINISHED
            return []
        if wanted.page == 1:
            fetched: Fetched = response.meta["fetched"]
            walk.first = FirstPage(wanted.url, fetched.etag, fetched.last_modified)
        page = self.platform.parse_list(response.body, response.url, channel)
        if (elsewhere := walk.hop(page, wanted)) is not None:
            if page.failure is Failure.LIST_LANDING:
                tally.fail(page.failure, wanted.url, f"→ {elsewhere.url}")
            return [self._list_request(channel, walk, elsewhere)]
        if walk.remembered and not page.rows and wanted.page == 1:
            return self._begin_again(channel, walk)
        self._note_rows(tally, page, wanted)
        requests, following = self._see(channel, walk, page, wanted.page)
        if following is not None and walk.first_pass and self.budget <= 0:
            tally.stopped = Failure.BUDGET_SPENT.value
            following = None
        if following is not None:
            requests.append(self._list_request(channel, walk, following))
        elif walk.end is not None:
            self._end_walk(channel, walk, wanted.url)
        return requests

    def _begin_again(self, channel: Channel, walk: Walk) -> Requests:
        """Ask the column anew where its rows come from."""
        walk.forget()
        return [self._list_request(channel, walk, self.platform.list_requests(channel))]

    def _note_rows(self, tally: Tally, page: ListPage, wanted: ListRequest) -> None:
        """Count the rows of a list page, and name what is not as it should be."""
        tally.see(page.rows)
        for row in page.shown:
            if not row.url:
                tally.fail(Failure.ROW_WITHOUT_LINK, wanted.url, row.title)
        if wanted.page == 1 and page.rows:
            self._compare_expected(tally, wanted.url)

    def _compare_expected(self, tally: Tally, url: str) -> None:
        """What the site file holds for normal, on nights when the list is read (at least once a week)."""
        expect, night = self.site.expect, self.ledger.night
        if tally.rows < expect.min_items:
            tally.fail(Failure.LAYOUT_CHANGED, url, f"{tally.rows} < min_items {expect.min_items}")
        silent = (night - tally.newest).days if tally.newest else 0
        if 0 < expect.max_silent_days < silent:
            tally.fail(Failure.LIST_SILENT, url, f"{tally.newest} + {silent}")

    def _see(
        self, channel: Channel, walk: Walk, page: ListPage, number: int
    ) -> tuple[Requests, ListRequest | None]:
        """Tell the ledger what a list page shows; the details to ask for now, and the next list page."""
        seen = [self._seen(channel, page, row) for row in page.rows]
        for row in seen:
            if row.off_site:
                self.tallies[channel.name].fail(Failure.OFF_SITE, row.row.url)
        verdicts = self.ledger.see_rows(channel.name, seen, number, deep=walk.deep) if seen else []
        requests: Requests = []
        for verdict in verdicts:
            if verdict.task is None or (
                walk.first_pass and verdict.verdict is Verdict.NEW and not self._spend()
            ):
                continue
            requests += self._ask(verdict.task)
        return requests, walk.take(page, number, page.rows, [verdict.verdict for verdict in verdicts])

    def _seen(self, channel: Channel, page: ListPage, row: ListRow) -> SeenRow:
        hints = self.platform.detail_hints(channel, page.fields.get(row.url, {}))
        if content := page.contents.get(row.url):
            hints = replace(hints, content_url=content)
        return SeenRow(row, hints, off_site=host_of(row.url) not in self.site.hosts)

    def _spend(self) -> bool:
        self.budget -= 1
        return self.budget >= 0

    def _end_walk(self, channel: Channel, walk: Walk, url: str) -> None:
        tally = self.tallies[channel.name]
        failure = walk.failure
        if failure in (Failure.LIST_EMPTY, Failure.LIST_SHELL) and walk.state.known:
            failure = Failure.LAYOUT_CHANGED
        if failure is not None:
            tally.fail(failure, url)
        if walk.end is not End.FINISHED:
            tally.stopped = failure.value if failure else ""
            return
        deep = walk.deep and failure is None
        tally.missing += self.ledger.finish_walk(
            channel.name,
            complete=True,
            deep=deep,
            first=walk.memory(),
            declared_total=walk.total,
        )
        if walk.total is not None and (walk.first_pass or deep):
            self._compare_total(channel, walk.total, url)

    def _compare_total(self, channel: Channel, total: int, url: str) -> None:
        tally = self.tallies[channel.name]
        tally.declared_total = total
        tally.known_total = self.ledger.channel_state(channel.name).known
        if tally.known_total < total:
            tally.fail(Failure.TOTAL_MISSED, url, f"{tally.known_total} / {total}")

    def list_failed(self, failure: TwistedFailure) -> Requests:
        """Errback of a list page."""
        request = _request_of(failure)
        channel: Channel = request.cb_kwargs["channel"]
        return self._guarded(self._lose_list, request.url, channel.name, failure, channel, request)

    def _lose_list(self, failure: TwistedFailure, channel: Channel, request: Request) -> Requests:
        name, message = _name(failure)
        if self.stopped is not None:
            return []
        walk = self.walks[channel.name]
        wanted: ListRequest = request.cb_kwargs["wanted"]
        if walk.remembered and wanted.page == 1 and name in MISSING:
            return self._begin_again(channel, walk)
        if (other := walk.lost(wanted.page, name)) is not None:
            return [self._list_request(channel, walk, other)]
        self.tallies[channel.name].fail(name, request.url, message)
        self._end_walk(channel, walk, request.url)
        if walk.end is End.FAILED:
            self.tallies[channel.name].stopped = name.value
        return []

    # details

    def _ask(self, task: PageTask) -> Requests:
        if task.page_id in self.asked:
            return []
        self.asked.add(task.page_id)
        if task.recheck:
            self.tallies[task.channel].rechecks += 1
        address = task.hints.content_url or task.url
        if host_of(address) not in self.site.hosts:
            return self._lose_page(task, Failure.OFF_SITE, address)
        meta = {
            "channel": task.channel,
            "kind": "detail",
            "page_id": task.page_id,
            "etag": task.etag,
            "last_modified": task.last_modified,
            "download_maxsize": MAX_FILE_BYTES if _is_file(task.url) else MAX_PAGE_BYTES,
        }
        return [
            Request(
                address,
                callback=self.parse_detail,
                errback=self.detail_failed,
                cb_kwargs={"task": task},
                meta=meta,
                priority=RECHECKS_THEN if task.recheck else DETAILS_NEXT,
            )
        ]

    def parse_detail(self, response: Response, task: PageTask) -> Requests:
        """Callback of a detail page, or of a list row that is itself a file."""
        return self._guarded(self._take_detail, task.url, task.channel, response, task)

    def _take_detail(self, response: Response, task: PageTask) -> Requests:
        if response.status == NOT_MODIFIED:
            item = NotModifiedItem(task.page_id, self.site.id, task.channel)
            return self._ask_all(self.ledger.store_not_modified(item))
        fetched: Fetched = response.meta["fetched"]
        if fetched.final_url != fetched.url and self._is_home(fetched.final_url, fetched.url):
            return self._lose_page(task, Failure.SOFT_404, f"→ {fetched.final_url}")
        detail = Detail(task.hints)
        try:
            if isinstance(response, TextResponse):
                opened = task.hints.opened_at(task.url, fetched.final_url)
                detail = self.platform.parse_detail(response.body, opened, task.hints)
        except Exception as error:  # noqa: BLE001  # the page itself is kept; normalise reads it later
            self.tallies[task.channel].fail(Failure.CRAWL_CRASHED, task.url, _last_line(error))
        self.tallies[task.channel].fetched += 1
        page = PageItem(task.page_id, self.site.id, task.channel, fetched, detail.hints, detail.attachments)
        return self._ask_all(self.ledger.store_page(page))

    def _is_home(self, final_url: str, url: str) -> bool:
        home = address_key(self.site.base)
        return address_key(final_url) == home != address_key(url)

    def detail_failed(self, failure: TwistedFailure) -> Requests:
        """Errback of a detail page."""
        request = _request_of(failure)
        task: PageTask = request.cb_kwargs["task"]
        name, message = _name(failure)
        return self._guarded(self._lose_page, task.url, task.channel, task, name, message)

    def _lose_page(self, task: PageTask, name: Failure, message: str) -> Requests:
        if self.stopped is not None:
            return []
        tally = self.tallies[task.channel]
        if task.recheck and name in MISSING:
            tally.missing += 1
        else:
            tally.fail(name, task.url, message)
        if name is not Failure.NOT_SAVED:
            item = FailureItem(task.page_id, self.site.id, task.channel, name, message)
            self.ledger.store_failure(item)
        return []

    # attachments

    def _ask_all(self, tasks: Iterable[AttachmentTask]) -> Requests:
        return [request for task in tasks for request in self._ask_attachment(task)]

    def _ask_attachment(self, task: AttachmentTask) -> Requests:
        key = f"{task.page_id} {task.url}"
        if key in self.asked:
            return []
        self.asked.add(key)
        return self._request_attachment(task, task.url, led=False)

    def _request_attachment(self, task: AttachmentTask, address: str, *, led: bool) -> Requests:
        if host_of(address) not in self.site.hosts:
            return self._lose_attachment(task, Failure.OFF_SITE, address if led else "")
        meta = {
            "channel": task.channel,
            "kind": "attachment",
            "page_id": task.page_id,
            "etag": task.etag,
            "last_modified": task.last_modified,
            "download_maxsize": MAX_FILE_BYTES,
            "led": led,
        }
        return [
            Request(
                address,
                callback=self.parse_attachment,
                errback=self.attachment_failed,
                cb_kwargs={"task": task},
                headers={"Referer": task.referer},
                meta=meta,
                priority=ATTACHMENTS_LAST,
            )
        ]

    def parse_attachment(self, response: Response, task: AttachmentTask) -> Requests:
        """Callback of an attachment."""
        return self._guarded(self._take_attachment, task.url, task.channel, response, task)

    def _take_attachment(self, response: Response, task: AttachmentTask) -> Requests:
        if response.status == NOT_MODIFIED:
            self.ledger.store_not_modified(
                NotModifiedItem(task.page_id, self.site.id, task.channel, attachment=task.url)
            )
            return []
        source = self._source_of(response)
        if source:
            return self._request_attachment(task, source, led=True)
        self.tallies[task.channel].attachments += 1
        fetched: Fetched = response.meta["fetched"]
        self.ledger.store_attachment(
            AttachmentItem(task.page_id, self.site.id, task.channel, task.url, fetched)
        )
        return []

    def _source_of(self, response: Response) -> str:
        """Where an answer that is no file says that the file lies, once; "" for a file."""
        if response.meta.get("led") or not isinstance(response, TextResponse):
            return ""
        return self.platform.attachment_source(response.body, response.url)

    def attachment_failed(self, failure: TwistedFailure) -> Requests:
        """Errback of an attachment."""
        request = _request_of(failure)
        task: AttachmentTask = request.cb_kwargs["task"]
        name, message = _name(failure)
        return self._guarded(self._lose_attachment, task.url, task.channel, task, name, message)

    def _lose_attachment(self, task: AttachmentTask, name: Failure, message: str) -> Requests:
        if self.stopped is not None:
            return []
        self.tallies[task.channel].fail(name, task.url, message)
        item = FailureItem(task.page_id, self.site.id, task.channel, name, message, attachment=task.url)
        self.ledger.store_failure(item)
        return []

    def _guarded(self, step: Callable[..., Requests], url: str, channel: str, *args: Any) -> Requests:
        """Run one step; whatever it raises becomes a named failure of the channel."""
        try:
            return step(*args)
        except SQLAlchemyError as error:
            stop: RunStop = self.settings["ZHENGCE_STOP"]
            stop.stop(Failure.CATALOGUE_FAILED, _last_line(error))
            stop_site(self.crawler, Failure.CATALOGUE_FAILED, _last_line(error))
            return []
        except Exception as error:  # noqa: BLE001  # the report names it, the night goes on
            self.tallies[channel].fail(Failure.CRAWL_CRASHED, url, _last_line(error))
            self.logger.warning("%s %s", url, "".join(traceback.format_exception(error)))
            return []


def _request_of(failure: TwistedFailure) -> Any:
    """The request that failed."""
    return failure.request  # type: ignore[attr-defined]  # Scrapy adds it


def _name(failure: TwistedFailure) -> tuple[Failure, str]:
    error = failure.value
    assert error is not None
    return name_failure(error)


def posted(wanted: ListRequest) -> tuple[type[Request], dict[str, Any]]:
    """The kind of request a list page is asked with, and what it takes besides the address."""
    headers = dict(wanted.headers)
    if wanted.form:
        return FormRequest, {"formdata": dict(wanted.form), "headers": headers}
    if wanted.json:
        headers["Content-Type"] = "application/json;charset=UTF-8"
        return Request, {"method": "POST", "body": wanted.json, "headers": headers}
    return Request, {"headers": headers}


def _is_file(url: str) -> bool:
    return url.partition("?")[0].lower().endswith(FILES)


def _last_line(error: BaseException) -> str:
    return "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
