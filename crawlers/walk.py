"""How far to walk a list: the rules of the first pass, of an ordinary night and of the deep pass.

An ordinary night stops after STOP_AFTER known rows in a row. A first pass walks to the end; where an
earlier night was interrupted it goes on at that night's page as soon as it meets rows already seen.
A deep pass walks to the end too, interrupted or not in the same way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from hashlib import blake2b

import msgspec

from crawlers.platforms.base import ListPage
from crawlers.platforms.list_requests import ListRequest, Paging
from normalizers.failures import Failure
from normalizers.page import ListRow
from pipelines.items import ChannelState, FirstPage, Verdict

# One page of most lists (15 to 25 rows): a moved pin or a late entry does not end the walk early.
STOP_AFTER = 15
# 外交部 has 67 pages, 山西 287; 内蒙古's search declares 82,788 rows at 15 a page: 5,520 pages (2021-11).
# Ten thousand at two seconds each fill a night; a list that goes on longer repeats itself.
MAX_LIST_PAGES = 10_000
# Column page → iframe or script → interface: no list seen needs more than two.
MAX_HOPS = 3
SECOND = 2
# Page 2 is `_1` on most sites that say nothing of it, `_2` on others.
DOUBTFUL = -1
NEWS = frozenset({Verdict.NEW, Verdict.CHANGED, Verdict.RELISTED})


class End(Enum):
    """Why a walk needs no further page."""

    FINISHED = "finished"
    FAILED = "failed"


@dataclass(slots=True)
class Walk:
    """The walk of one channel in one night; `take` is told every list page in turn."""

    channel: str
    state: ChannelState
    known: int = 0
    longest: int = 0
    seen: int = 0
    end: End | None = None
    failure: Failure | None = None
    total: int | None = None
    walked: int = 0
    first: FirstPage = field(default_factory=FirstPage)
    remembered: bool = False
    _hops: int = 0
    _renumbered: bool = False
    _source: Paging | None = None
    _paging: Paging | None = None
    _pages: int | None = None
    _earlier: set[bytes] = field(default_factory=set)

    @property
    def deep(self) -> bool:
        """Whether this walk is the weekly one over the whole channel."""
        return self.state.complete and self.state.deep_due

    @property
    def first_pass(self) -> bool:
        """Whether the channel never had a complete pass."""
        return not self.state.complete

    @property
    def conditional(self) -> bool:
        """Whether an unchanged first page says that there is nothing new."""
        return self.state.complete and not self.deep

    def begin(self, column: ListRequest) -> ListRequest:
        """The first list page to ask for: where the rows were found last, or the column itself.

        First passes and the weekly deep pass begin at the column, so that a source that moved is found.
        """
        self._source = _read_source(self.state.first.source) if self.conditional else None
        self.remembered = self._source is not None
        return self._source.request(1) if self._source else column

    def forget(self) -> None:
        """What was remembered leads nowhere: the walk begins again at the column."""
        self.remembered, self._source = False, None

    def memory(self) -> FirstPage:
        """What is to be remembered of the first list page."""
        source = msgspec.json.encode(self._source).decode() if self._source else ""
        return replace(self.first, source=source)

    def hop(self, page: ListPage, asked: ListRequest) -> ListRequest | None:
        """Where the rows of a shell come from: its source, in place of what was asked; None for a list."""
        request = page.hop(asked) if self._hops < MAX_HOPS else None
        if request is None:
            return None
        self._hops += 1
        self._source = page.source
        return request

    def take(
        self, page: ListPage, number: int, rows: Sequence[ListRow], verdicts: Sequence[Verdict]
    ) -> ListRequest | None:
        """The next list page to ask for; None where the walk ends (`end` says how)."""
        self.walked += 1
        if number == 1:
            self._begin(page)
        again = number == SECOND and _digest(rows) in self._earlier
        if again and (other := self._renumber()) is not None:
            return other
        self._judge(page, number, rows, verdicts)
        if self.end is not None:
            return None
        following = self._next(page, number)
        if following is None:
            self.end = End.FINISHED
        return following

    def _begin(self, page: ListPage) -> None:
        """What the first page with rows says of the others."""
        self._pages, self.total = page.pages, page.total
        self._paging = page.paging_from(self._source)
        if (
            self._pages is None
            and self.total is not None
            and self._paging
            and self._paging.size
            and page.rows
        ):
            self._pages = -(-self.total // min(self._paging.size, len(page.rows)))

    def _judge(
        self, page: ListPage, number: int, rows: Sequence[ListRow], verdicts: Sequence[Verdict]
    ) -> None:
        """End the walk where this page says so."""
        addresses = _digest(rows)
        if not rows and number == 1 and page.total == 0 and not self.state.known:
            self.end = End.FINISHED
        elif not rows and number == 1:
            self.end, self.failure = End.FAILED, page.failure or Failure.LIST_EMPTY
        elif page.failure is Failure.LIST_UNREADABLE:
            self.end, self.failure = End.FAILED, page.failure
        elif not rows:
            self.end = End.FINISHED
        elif addresses in self._earlier:
            self.end, self.failure = End.FINISHED, Failure.LIST_REPEATS
        else:
            self._earlier.add(addresses)
            self._count(rows, verdicts)
            if self.conditional and self.longest >= STOP_AFTER:
                self.end = End.FINISHED
            elif self.walked >= MAX_LIST_PAGES:
                self.end, self.failure = End.FAILED, Failure.BUDGET_SPENT

    def lost(self, number: int, failure: Failure) -> ListRequest | None:
        """A list page could not be had; behind the first page a 404 is where the list ends.

        Page 2 may have another number: then that is the page to ask for and the walk goes on.
        """
        missing = failure in (Failure.NOT_FOUND, Failure.GONE)
        if number == SECOND and missing and (other := self._renumber()) is not None:
            return other
        self.end = End.FINISHED if number > 1 and missing and not self.deep else End.FAILED
        return None

    def _renumber(self) -> ListRequest | None:
        """Page 2 as `_2` where `_1` is missing or is page 1 again (国家中医药管理局, 湖南); tried once a walk."""
        paging = self._paging
        if (
            paging is None
            or paging.offset != DOUBTFUL
            or paging.last
            or not paging.numbered
            or self._renumbered
        ):
            return None
        self._renumbered = True
        self._paging = replace(paging, offset=0)
        return self._paging.request(SECOND)

    def _count(self, rows: Sequence[ListRow], verdicts: Sequence[Verdict]) -> None:
        """Known rows in a row, and rows in a row that are not news; pins and off-site rows say nothing."""
        for row, verdict in zip(rows, verdicts, strict=True):
            if row.pinned or verdict is Verdict.OFF_SITE:
                continue
            self.known = self.known + 1 if verdict is Verdict.KNOWN else 0
            self.longest = max(self.longest, self.known)
            self.seen = 0 if verdict in NEWS else self.seen + 1

    def _next(self, page: ListPage, number: int) -> ListRequest | None:
        if self._paging is None:
            return replace(page.next, page=number + 1) if page.next else None
        following = number + 1
        # One page before the interrupted one: rows may have moved up since.
        resume = (self.state.deep_page if self.deep else self.state.backfill_page) - 1
        # Page 2 tells how the pages are numbered, so it is asked before any is skipped.
        settled = number >= SECOND or self._paging.offset != DOUBTFUL
        if not self.conditional and settled and self.seen >= STOP_AFTER and resume > following:
            following = resume
        if self._pages is not None and following > self._pages:
            return None
        return self._paging.request(following)


def _digest(rows: Sequence[ListRow]) -> bytes:
    """What two list pages share that show the same addresses; 16 bytes, where a page has 2 KB of them."""
    return blake2b(
        "\n".join(sorted({row.url for row in rows})).encode(errors="surrogatepass"), digest_size=16
    ).digest()


def _read_source(text: str) -> Paging | None:
    """What an earlier walk remembered; None for nothing, or what another version wrote."""
    try:
        return msgspec.json.decode(text, type=Paging) if text else None
    except msgspec.DecodeError:
        return None
