"""What every search engine of this house must do.

An index is a row of generations of which one is current. A reader follows the current one, a
writer changes it, a build fills a new one aside and publishes it in one step. The position in the
change log is kept inside the index, in the same commit as the documents.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import TracebackType
from typing import Literal, Protocol, Self, get_args

from index.document import IndexDocument
from index.query import EVERYTHING, Node, Term
from index.ranking import How
from index.suggest import Suggestion
from normalizers.failures import ADVICE, Failure

Sort = Literal["relevance", "written", "published", "first_seen"]
Order = Literal["desc", "asc"]
SORTS: tuple[Sort, ...] = get_args(Sort)
ORDERS: tuple[Order, ...] = get_args(Order)
FieldToken = tuple[str, str]  # a field of the index and a token in it
# Names of facets, which are filters too, in the order in which they are shown; the values of `normative` and
# `withdrawn` are "true" and "false".
FACETS = (
    "level",
    "region",
    "issuer",
    "content_type",
    "doc_type",
    "instrument",
    "normative",
    "interpretation_form",
    "subject",
    "topic",
    "year",
    "validity",
    "site",
    "withdrawn",
)
# What may be filtered by but is not counted: nearly every document has values of its own.
FILTERS = (*FACETS, "keyword", "work")
NONE = "none"  # as a value of a filter: documents that have no value there
MAX_LIMIT = 200
MAX_VALUES = 20_000  # of a facet; bodies of all counties of the country are about as many
STRANGE_CURSOR = "cursor 不可用：请原样使用上一页给出的 next，并保持相同的排序"
LAST_OFFSET = 2**31 - 1 - MAX_LIMIT  # what a search server counts to; no index has so many


class IndexUnusableError(Exception):
    """There is no index, or it is damaged or of another make; the message says which."""


class IndexMissingError(IndexUnusableError):
    """There is no index yet."""


class IndexServerError(IndexUnusableError):
    """The search server cannot do its work now; the index is sound, so nothing is to be made anew.

    `failure` is the name of what is wrong.
    """

    def __init__(self, failure: Failure, detail: str) -> None:
        super().__init__(f"{ADVICE[failure]}（{detail}）")
        self.failure = failure


class IndexBusyError(Exception):
    """Another process is writing this index."""


class RequestError(ValueError):
    """A request that no index can answer: an unknown filter, a strange cursor, a limit out of range."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search: what to find, what to keep of it, in which order, which piece of it.

    `filters` maps a name of FILTERS to the values allowed, any of which will do, NONE among them. The
    dates are a closed range over the written date, else the published one. `cursor` comes from the result
    before; with it `offset` must be 0. Unknown dates come last in either order. Of every facet the
    largest `values` are told, with exact counts; of equal ones at the end all or none; all of the
    facets in `whole`; and behind them those it is filtered by. `titles_first` is the wish for the
    newest about something, `strict` to have nothing read otherwise than it stands: engines know
    nothing of either, index/tries.py does.
    """

    query: Node = EVERYTHING
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)  # told apart by equality
    date_from: date | None = None
    date_to: date | None = None
    sort: Sort = "relevance"
    order: Order = "desc"
    offset: int = 0
    cursor: str | None = None
    limit: int = 20
    facets: tuple[str, ...] = ()
    values: int = MAX_VALUES
    whole: tuple[str, ...] = ()
    titles_first: bool = False
    strict: bool = False

    def check(self) -> None:
        """Raise RequestError where no index could answer."""
        for names, known in ((self.filters, FILTERS), (self.facets, FACETS), (self.whole, FACETS)):
            for name in names:
                if name not in known:
                    raise RequestError(f"没有筛选项 {name!r}，可用：{'、'.join(known)}")
        if self.sort not in SORTS:
            raise RequestError(f"没有排序 {self.sort!r}，可用：{'、'.join(SORTS)}")
        if self.order not in ORDERS:
            raise RequestError(f"没有次序 {self.order!r}，可用：{'、'.join(ORDERS)}")
        if not 0 <= self.limit <= MAX_LIMIT:
            raise RequestError(f"limit 应在 0 到 {MAX_LIMIT} 之间")
        if not 1 <= self.values <= MAX_VALUES:
            raise RequestError(f"values 应在 1 到 {MAX_VALUES} 之间")
        if not 0 <= self.offset <= LAST_OFFSET:
            raise RequestError(f"offset 应在 0 到 {LAST_OFFSET} 之间")
        if self.cursor is not None and self.offset:
            raise RequestError("cursor 与 offset 不能同时使用")

    def most(self, facet: str) -> int:
        """How many of the largest values of a facet are told."""
        return MAX_VALUES if facet in self.whole else self.values


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One document found; `sort_key` orders hits of a sort by date, `score` those by relevance."""

    id: str
    score: float
    sort_key: int


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many documents found have one value of a facet, the filter of that facet itself set aside."""

    value: str
    count: int


def largest_first(counts: Iterable[FacetCount]) -> list[FacetCount]:
    """The values of a facet in the order in which they are told."""
    return sorted(counts, key=lambda c: (-c.count, c.value))


def first_values(ordered: Sequence[FacetCount], most: int) -> tuple[FacetCount, ...]:
    """The largest of ordered values, all or more than `most`; () where the first `most` and one more are equal.

    Of equal ones at the end all are told or none: to tell the first of thousands in order all must be looked at.
    """
    least = ordered[most].count if len(ordered) > most else -1
    return tuple(c for c in ordered[:most] if c.count > least)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """An exact total, a piece of the hits, exact facets (largest first), and the way on, if any.

    `more` names the facets that have more values than were told.

    Where index/tries.py has asked for something else than the request, `query` is what was asked, `note` says
    so (Chinese), `sort` in which order its hits are, and `loose` that the documents found have only parts of what
    was asked for.
    """

    total: int
    hits: tuple[SearchHit, ...]
    facets: Mapping[str, tuple[FacetCount, ...]]
    next_cursor: str | None
    more: tuple[str, ...] = ()
    query: Node | None = None
    note: str = ""
    loose: bool = False
    sort: Sort | None = None  # None for the one that was asked for


@dataclass(frozen=True, slots=True)
class Share:
    """What one thing that a document has gave it: constant points, or BM25 of a token.

    `field` is the field of the index (`title`, `body`, `title_chars`, `doc_number_key`, …), `text` the term as
    typed where it stands there as a whole, else one token of it.
    """

    term: Term
    field: str
    text: str
    how: How
    points: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a document is where it is: its score is the sum of all points times the factor of level and year."""

    score: float
    shares: tuple[Share, ...]  # largest first
    factor: float


@dataclass(frozen=True, slots=True)
class Rejected:
    """A document that a server would not take, even alone, and the server's reason."""

    id: str
    reason: str


class Reader(Protocol):
    """A view of the current generation which follows commits and new generations.

    It does so at once, or of a server within a second.
    Every method raises IndexUnusableError where there is nothing to read.
    """

    def search(self, request: SearchRequest) -> SearchResult:
        """Answer a request; raises RequestError."""
        ...

    def suggest(self, typed: str, limit: int = 10) -> tuple[Suggestion, ...]:
        """Issuers, numbers and titles that go on from what was typed, most frequent and newest first."""
        ...

    def find_number(self, key: str) -> tuple[str, ...]:
        """The ids of all documents that bear a document number, ordered."""
        ...

    def similar(self, document: IndexDocument, limit: int = 10) -> tuple[SearchHit, ...]:
        """Documents most like one (title, rare words, topics, issuers), best first.

        Itself and copies of its work are left out.
        """
        ...

    def explain(self, request: SearchRequest, document_id: str) -> Explanation:
        """Why a document is found and what each part of the request gave it; RequestError where it is not found."""
        ...

    def frequencies(self, tokens: Sequence[FieldToken]) -> Mapping[FieldToken, int]:
        """In how many documents each token stands, by field of the index; on several shards in those of one."""
        ...

    def generation(self) -> int:
        """The number of the current generation."""
        ...

    def applied_seq(self) -> int:
        """The position in the change log that the index has reached."""
        ...

    def rejected(self) -> tuple[Rejected, ...]:
        """The documents that could not be written so far: the index lacks their present form."""
        ...

    def dump(self) -> Iterator[tuple[str, str]]:
        """Every (id, content hash), ordered by id."""
        ...


class Writer(Protocol):
    """The one writer of a generation; nothing is seen by readers before `commit`."""

    def put(self, document: IndexDocument) -> None:
        """Add a document or replace the one of its id."""
        ...

    def delete(self, document_id: str) -> None:
        """Remove a document; one that is not there is no error."""
        ...

    def commit(self, seq: int) -> None:
        """Make everything since the last commit durable and visible, `seq` with it, or nothing."""
        ...

    def applied_seq(self) -> int:
        """The position of the last commit."""
        ...

    @property
    def rejected(self) -> tuple[Rejected, ...]:
        """The documents that could not be written, by this writer or those before, and not since."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Build(Writer, Protocol):
    """The writer of a generation that nobody sees yet; left without `publish` it is thrown away."""

    def publish(self) -> int:
        """Make the committed generation the current one in one step; its number."""
        ...


class Engine(Protocol):
    """An index as a whole. Writers raise IndexBusyError while another one is at work."""

    def reader(self) -> Reader:
        """A reader of whatever is current; opening it needs no index yet."""
        ...

    def writer(self) -> Writer:
        """The writer of the current generation, made empty where there is none; IndexUnusableError."""
        ...

    def build(self) -> Build:
        """The writer of a new generation."""
        ...
