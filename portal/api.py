"""The HTTP API, version 1: search, one policy, one document number."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from index.engine import FACETS, MAX_LIMIT
from index.query import number_key
from normalizers.doc_numbers import doc_number_key
from normalizers.policy import Policy
from pipelines.policies import StoredPolicy
from portal.forms import SearchForm
from portal.library import Item, Library

SORT = Literal["relevance", "written", "published", "first_seen"]


@dataclass(frozen=True, slots=True)
class ApiItem:
    """One result of a search; `title_marked` and `passages` are escaped HTML with <mark>."""

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
class ApiPage:
    """A piece of the results; `next` is the cursor of the following piece, null at the end."""

    total: int
    items: list[ApiItem]
    next: str | None
    facets: dict[str, list[ApiFacet]]


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
    """What went wrong; `position` is the offset in `q` of the character to blame."""

    name: str
    message: str
    position: int | None = None


@dataclass(frozen=True, slots=True)
class ApiFailure:
    """The body of every answer that is not 200."""

    error: ApiError


Values = Annotated[list[str], Field(default_factory=list)]


class PolicyQuery(BaseModel):
    """The parameters of a search; a filter may be repeated, any of its values will do."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    q: str = Field("", description='检索词；空格分隔的词都要出现，"…" 精确匹配，-词 排除，文号可用任意写法')
    level: Values
    region: Values
    issuer: Values
    content_type: Values
    doc_type: Values
    year: Values
    validity: Values
    topic: Values
    site: Values
    withdrawn: Values
    first: str = Field("", alias="from", description="成文（未知则发布）日期不早于，如 2023-05-01")
    last: str = Field("", alias="to", description="成文（未知则发布）日期不晚于")
    sort: SORT | None = Field(None, description="默认：有检索词时 relevance，否则 published")
    order: Literal["desc", "asc"] = "desc"
    limit: int = Field(20, ge=0, le=MAX_LIMIT)
    cursor: str | None = Field(None, max_length=60, description="上一页给出的 next，原样使用")
    facets: list[str] = Field(default_factory=list, description=f"要计数的分面：{'、'.join(FACETS)}")


FAILURES: dict[int | str, dict[str, type[ApiFailure]]] = {
    422: {"model": ApiFailure},
    503: {"model": ApiFailure},
}
MISSING: dict[int | str, dict[str, type[ApiFailure]]] = {404: {"model": ApiFailure}}


def api_router(library: Library) -> APIRouter:
    """The routes below /api/v1."""
    router = APIRouter(prefix="/api/v1", tags=["policies"])

    @router.get("/policies", response_model=ApiPage, responses={**FAILURES}, summary="检索政策")
    def search_policies(query: Annotated[PolicyQuery, Query()]) -> Response:
        """Search; walk all results by handing `next` back as `cursor`."""
        filters = {name: getattr(query, name) for name in FACETS}
        form = SearchForm(query.q, filters, query.first, query.last, query.sort or "", query.order)
        request = form.request(limit=query.limit, cursor=query.cursor, facets=query.facets)
        found = library.search(request)
        counts = {
            name: [ApiFacet(c.value, c.count) for c in values] for name, values in found.result.facets.items()
        }
        page = ApiPage(found.result.total, [_item(i) for i in found.items], found.result.next_cursor, counts)
        return json_response(page)

    @router.get(
        "/policies/{policy_id}",
        response_model=ApiPolicy,
        responses={**MISSING, **FAILURES},
        summary="一件政策",
    )
    def read_policy(policy_id: str) -> Response:
        """One policy with all its fields, text, attachments and evidence."""
        stored = library.policy(policy_id)
        return json_response(whole(stored)) if stored else _missing(f"没有编号为 {policy_id[:40]} 的政策")

    @router.get(
        "/numbers/{number:path}",
        response_model=ApiNumber,
        responses={**MISSING, **FAILURES},
        summary="按文号查找",
    )
    def read_number(number: str) -> Response:
        """The policies that bear a document number, in any spelling."""
        key = number_key(number) or doc_number_key(number)
        stored = library.find_number(key) if key else ()
        if not stored:
            return _missing(f"没有文号为 {number[:60]} 的政策")
        return json_response(ApiNumber(number, key, [_plain(one) for one in stored]))

    return router


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


def error_response(status: int, name: str, message: str, position: int | None = None) -> Response:
    """An error as JSON."""
    return json_response(ApiFailure(ApiError(name, message, position)), status)


def json_response(value: object, status: int = 200) -> Response:
    """Any value of this module as JSON."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def _missing(message: str) -> Response:
    return error_response(404, "not_found", message)


def _plain(stored: StoredPolicy) -> ApiItem:
    return _item(Item(stored, "", ()))


def _item(item: Item) -> ApiItem:
    policy, stored = item.stored.policy, item.stored
    same = {f.name: getattr(policy, f.name) for f in fields(ApiItem) if f.name in POLICY_FIELDS}
    return ApiItem(
        **same,
        title_marked=item.title,
        withdrawn=stored.withdrawn,
        first_seen=stored.first_seen,
        last_seen=stored.last_seen,
        passages=item.passages,
    )


POLICY_FIELDS: Mapping[str, object] = Policy.__dataclass_fields__
