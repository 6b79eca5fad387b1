"""The HTTP API, version 1: search, one policy, one document number."""

from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from index.engine import FACETS, MAX_LIMIT
from index.parse import number_key
from normalizers.doc_numbers import doc_number_key
from portal.forms import SearchForm
from portal.library import Library
from portal.records import ApiError, ApiFailure, ApiNumber, ApiPage, ApiPolicy, api_number, api_page, whole

SORT = Literal["relevance", "written", "published", "first_seen"]


Values = Annotated[list[str], Field(default_factory=list)]


class PolicyQuery(BaseModel):
    """The parameters of a search; a filter may be repeated, any of its values will do."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    q: str = Field(
        "",
        description='检索词：空格分隔的词都要出现，"…" 逐字匹配，-词 排除，OR 与括号，标题: 文号: 机关: 地区: 年份: 等字段，'
        "文号可用任意写法；看不懂的部分列在 mistakes 中，其余照常检索",
    )
    synonyms: bool = Field(True, description="是否同时检索同义词和简称（列在 also 中）")
    level: Values
    region: Values
    issuer: Values
    content_type: Values
    doc_type: Values
    instrument: Values
    subject: Values
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
        form = SearchForm(
            query.q,
            filters,
            query.first,
            query.last,
            query.sort or "",
            query.order,
            synonyms=query.synonyms,
            names=library.query_names(),
        )
        asked = form.request(limit=query.limit, cursor=query.cursor, facets=query.facets)
        return json_response(api_page(asked, library.search(asked.request)))

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
        return json_response(api_number(number, key, stored))

    return router


def error_response(status: int, name: str, message: str) -> Response:
    """An error as JSON."""
    return json_response(ApiFailure(ApiError(name, message)), status)


def json_response(value: object, status: int = 200) -> Response:
    """Any value of this module as JSON."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def _missing(message: str) -> Response:
    return error_response(404, "not_found", message)
