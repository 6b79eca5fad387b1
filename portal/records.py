"""The values of the API, version 1, and how they are made from what is stored."""

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

from normalizers.policy import Policy, Precision
from pipelines.policies import StoredPolicy
from portal.forms import Asked
from portal.library import Found, Item


@dataclass(frozen=True, slots=True)
class ApiItem:
    """One result of a search; `title_marked` and `passages` are escaped HTML with <mark>.

    A date known only to the month or year has its first day; `date_precision` says so.
    """

    id: str
    url: str
    site: str
    title: str | None
    title_marked: str
    doc_number: str | None
    issuers: tuple[str, ...]
    level: str | None
    region: str | None
    content_type: str
    doc_type: str | None
    written_date: date | None
    published_date: date | None
    effective_date: date | None
    expiry_date: date | None
    date_precision: Mapping[str, Precision]
    validity: str | None
    withdrawn: bool
    first_seen: datetime
    last_seen: datetime
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApiFacet:
    """One value of a facet and the number of documents that have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class ApiMistake:
    """What of `q` was not understood and left out; `start` and `end` are offsets of its characters."""

    message: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ApiAlso:
    """A word of `q` and the words that were searched for beside it."""

    word: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApiPage:
    """A piece of the results; `next` is the cursor of the following piece, null at the end."""

    total: int
    items: list[ApiItem]
    next: str | None
    facets: dict[str, list[ApiFacet]]
    mistakes: list[ApiMistake]
    also: list[ApiAlso]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiPolicy(Policy):
    """A whole policy with what is known of its life; instants are UTC."""

    first_seen: datetime
    last_seen: datetime
    changed_at: datetime
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class ApiNumber:
    """The policies that bear a document number, given in any spelling."""

    number: str
    key: str
    items: list[ApiItem]


@dataclass(frozen=True, slots=True)
class ApiError:
    """What went wrong."""

    name: str
    message: str


@dataclass(frozen=True, slots=True)
class ApiFailure:
    """The body of every answer that is not 200."""

    error: ApiError


def api_page(asked: Asked, found: Found) -> ApiPage:
    """The result of a search as the API gives it."""
    result = found.result
    return ApiPage(
        total=result.total,
        items=[_item(item) for item in found.items],
        next=result.next_cursor,
        facets={name: [ApiFacet(c.value, c.count) for c in counts] for name, counts in result.facets.items()},
        mistakes=[ApiMistake(m.message, m.span.start, m.span.end) for m in asked.mistakes],
        also=[ApiAlso(a.word, a.others) for a in asked.also],
    )


def api_number(number: str, key: str, stored: Iterable[StoredPolicy]) -> ApiNumber:
    """The bearers of a number as the API gives them."""
    return ApiNumber(
        number, key, [_item(Item(one, html.escape(one.policy.title or ""), ())) for one in stored]
    )


def whole(stored: StoredPolicy) -> ApiPolicy:
    """A stored policy as the API gives it."""
    values = {f.name: getattr(stored.policy, f.name) for f in fields(Policy)}
    return ApiPolicy(
        **values,
        first_seen=stored.first_seen,
        last_seen=stored.last_seen,
        changed_at=stored.changed_at,
        withdrawn=stored.withdrawn,
    )


def _item(item: Item) -> ApiItem:
    policy, stored = item.stored.policy, item.stored
    shared = {f.name for f in fields(Policy)}
    same = {f.name: getattr(policy, f.name) for f in fields(ApiItem) if f.name in shared}
    return ApiItem(
        **same,
        title_marked=item.title,
        withdrawn=stored.withdrawn,
        first_seen=stored.first_seen,
        last_seen=stored.last_seen,
        passages=item.passages,
    )
