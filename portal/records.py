"""The values of the API, version 1, and how they are made from what is stored."""

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from typing import Any

from index.engine import FacetCount
from index.parse import Parsed
from index.suggest import Kind, Suggestion
from index.words_of_why import Reason
from normalizers.policy import Policy, Precision
from pipelines.policies import StoredPolicy
from portal.forms import Asked
from portal.labels import Label
from portal.library import Found
from portal.passages import Item, Passage


@dataclass(frozen=True, slots=True)
class ApiPassage:
    """A passage as escaped HTML with <mark>; of a file also its number, its page (from 1), both in words."""

    html: str
    place: str | None
    file: int | None
    page: int | None


@dataclass(frozen=True, slots=True)
class ApiItem:
    """One result of a search; `title_marked` is escaped HTML with <mark>.

    A date known only to the month or year has its first day; `date_precision` says so. `work` is shared by
    all copies of one document.
    """

    id: str
    work: str
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
    passages: tuple[ApiPassage, ...]


@dataclass(frozen=True, slots=True)
class ApiFacet:
    """One value of a facet, what it is called, and the number of documents that have it."""

    value: str
    label: str
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
    """A piece of the results; `next` is the cursor of the following piece, null at the end.

    `did_you_mean` has other queries, each of which finds something, where this one finds nearly nothing.
    `note` says how the query was read where it was not asked as it stands, `partial` that nothing has all of
    it and these have parts; `synonyms=false` switches all of that off.
    """

    total: int
    items: list[ApiItem]
    next: str | None
    facets: dict[str, list[ApiFacet]]
    mistakes: list[ApiMistake]
    also: list[ApiAlso]
    did_you_mean: list[str]
    note: str
    partial: bool


@dataclass(frozen=True, slots=True)
class ApiFacets:
    """The values of facets, largest first; `more` names the facets that have more than were asked for.

    `note` and `partial` are those of the search.
    """

    total: int
    facets: dict[str, list[ApiFacet]]
    more: list[str]
    mistakes: list[ApiMistake]
    also: list[ApiAlso]
    note: str
    partial: bool


@dataclass(frozen=True, slots=True)
class ApiSuggestion:
    """What a beginning may become: its kind, its text, the query that finds it, its document's id if any."""

    kind: Kind
    text: str
    query: str
    id: str | None


@dataclass(frozen=True, slots=True)
class ApiSuggestions:
    """What a beginning may become, best first."""

    q: str
    items: list[ApiSuggestion]


@dataclass(frozen=True, slots=True)
class ApiSimilar:
    """The policies most like one, best first."""

    id: str
    items: list[ApiItem]


@dataclass(frozen=True, slots=True)
class ApiReason:
    """One thing that a policy was found by, in words, and its points."""

    text: str
    points: float


@dataclass(frozen=True, slots=True)
class ApiExplanation:
    """Why a policy was found, what counts most first; `score` is what relevance sorts by."""

    id: str
    score: float
    reasons: list[ApiReason]


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
class Problem:
    """The body of every answer that is an error (RFC 9457); `name` never changes, `detail` is for people."""

    type: str
    title: str
    status: int
    detail: str
    name: str


def api_page(asked: Asked, found: Found, label: Label, meant: Iterable[str] = ()) -> ApiPage:
    """The result of a search as the API gives it."""
    result = found.result
    return ApiPage(
        total=result.total,
        items=[_item(item) for item in found.items],
        next=result.next_cursor,
        facets={name: _facet(name, counts, label) for name, counts in result.facets.items()},
        mistakes=_mistakes(asked.parsed),
        also=_also(asked.parsed),
        did_you_mean=list(meant),
        note=result.note,
        partial=result.loose,
    )


def api_facets(asked: Asked, found: Found, label: Label) -> ApiFacets:
    """Counted facets as the API gives them."""
    facets = found.result.facets
    return ApiFacets(
        total=found.result.total,
        facets={name: _facet(name, counts, label) for name, counts in facets.items()},
        more=list(found.result.more),
        mistakes=_mistakes(asked.parsed),
        also=_also(asked.parsed),
        note=found.result.note,
        partial=found.result.loose,
    )


def api_suggestions(typed: str, found: Iterable[Suggestion]) -> ApiSuggestions:
    """Suggestions as the API gives them."""
    items = [
        ApiSuggestion(one.kind, one.text, suggested_query(one), one.document_id or None) for one in found
    ]
    return ApiSuggestions(typed, items)


def suggested_query(one: Suggestion) -> str:
    """The query that finds what was suggested."""
    quoted = '"' + one.text.replace('"', " ") + '"'
    return {"title": f"标题:{quoted}", "number": one.text, "issuer": f"机关:{quoted}"}[one.kind]


def api_similar(policy_id: str, items: Iterable[Item]) -> ApiSimilar:
    """Similar policies as the API gives them."""
    return ApiSimilar(policy_id, [_item(item) for item in items])


def api_explanation(policy_id: str, score: float, told: Iterable[Reason]) -> ApiExplanation:
    """Why a policy was found as the API gives it."""
    return ApiExplanation(policy_id, score, [ApiReason(one.words, round(one.points, 4)) for one in told])


def _facet(name: str, counts: Iterable[FacetCount], label: Label) -> list[ApiFacet]:
    return [ApiFacet(c.value, label(name, c.value), c.count) for c in counts]


def _mistakes(parsed: Parsed) -> list[ApiMistake]:
    return [ApiMistake(m.message, m.span.start, m.span.end) for m in parsed.mistakes]


def _also(parsed: Parsed) -> list[ApiAlso]:
    return [ApiAlso(a.word, a.others) for a in parsed.also]


def api_number(number: str, key: str, stored: Iterable[StoredPolicy]) -> ApiNumber:
    """The bearers of a number as the API gives them."""
    return ApiNumber(
        number, key, [_item(Item(one, html.escape(one.policy.title or ""), ())) for one in stored]
    )


def whole(stored: StoredPolicy) -> ApiPolicy:
    """A stored policy as the API gives it."""
    return ApiPolicy(
        **policy_values(ApiPolicy, stored.policy),
        first_seen=stored.first_seen,
        last_seen=stored.last_seen,
        changed_at=stored.changed_at,
        withdrawn=stored.withdrawn,
    )


def policy_values(record: type, policy: Policy) -> dict[str, Any]:
    """What a record, a dataclass, takes from a policy as it is: the values of the fields that both have."""
    return {name: getattr(policy, name) for name in _shared_fields(record)}


@cache
def _shared_fields(record: Any) -> tuple[str, ...]:
    known = {one.name for one in fields(Policy)}
    return tuple(one.name for one in fields(record) if one.name in known)


def _item(item: Item) -> ApiItem:
    stored = item.stored
    return ApiItem(
        **policy_values(ApiItem, stored.policy),
        work=stored.policy.id,
        title_marked=item.title,
        withdrawn=stored.withdrawn,
        first_seen=stored.first_seen,
        last_seen=stored.last_seen,
        passages=tuple(map(_passage, item.passages)),
    )


def _passage(passage: Passage) -> ApiPassage:
    return ApiPassage(passage.html, *passage.where)
