"""The HTTP API, version 1: search, facets, suggestions, one policy and what is like it, document numbers."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Response

from index.parse import number_key
from normalizers.doc_numbers import doc_number_key
from pipelines.clock import Clock, system_clock
from portal.api_queries import MAX_SIMILAR, FacetQuery, PolicyQuery, SuggestQuery, WhatQuery
from portal.library import Library
from portal.middleware import last_modified
from portal.records import (
    ApiExplanation,
    ApiFacets,
    ApiNumber,
    ApiPage,
    ApiPolicy,
    ApiSimilar,
    ApiSuggestions,
    Problem,
    api_explanation,
    api_facets,
    api_number,
    api_page,
    api_similar,
    api_suggestions,
    whole,
)

# A suggestion may be so many seconds old: what is typed again while typing is not asked again.
SUGGESTIONS_KEPT = 60
TITLES = {
    400: "请求无法处理",
    404: "没有找到",
    405: "不支持的方法",
    409: "与现状不符",
    410: "已经隐去",
    422: "请求的参数不可用",
    429: "请求太频繁",
    500: "服务内部出错",
    503: "暂时无法服务",
}
MAX_NUMBER = 200  # characters; the longest number seen, spaces in it, has 60
PROBLEM = "application/problem+json"
Responses = dict[int | str, dict[str, Any]]
FAILURES: Responses = {
    status: {"model": Problem, "description": TITLES[status]} for status in (422, 429, 503)
}
MISSING: Responses = {404: {"model": Problem, "description": TITLES[404]}, **FAILURES}
GONE: Responses = {410: {"model": Problem, "description": TITLES[410]}, **MISSING}


def api_router(library: Library, clock: Clock = system_clock) -> APIRouter:
    """The routes below /api/v1."""
    router = APIRouter(prefix="/api/v1", tags=["policies"])
    _add_searching(router, library)
    _add_documents(router, library, clock)
    return router


def _add_searching(router: APIRouter, library: Library) -> None:
    @router.get("/policies", response_model=ApiPage, responses=FAILURES, summary="检索政策")
    def search_policies(query: Annotated[PolicyQuery, Query()]) -> Response:
        """Search; walk all results by handing `next` back as `cursor`."""
        form = query.form(library.query_names(), query.sort or "", query.order)
        asked = form.request(limit=query.limit, offset=query.offset, cursor=query.cursor, facets=query.facets)
        found = library.search(asked.request)
        return json_response(api_page(asked, found, library.label(), library.meant(asked, found.whole)))

    @router.get("/facets", response_model=ApiFacets, responses=FAILURES, summary="分面计数")
    def count_facets(query: Annotated[FacetQuery, Query()]) -> Response:
        """Count the values of facets over what a search finds; a facet does not feel its own filter."""
        asked = query.form(library.query_names()).request(limit=0, facets=query.facets, values=query.limit)
        found = library.search(asked.request)
        return json_response(api_facets(asked, found, library.label()))

    @router.get("/suggest", response_model=ApiSuggestions, responses=FAILURES, summary="输入提示")
    def suggest(query: Annotated[SuggestQuery, Query()]) -> Response:
        """Issuers, numbers and titles that go on from what was typed."""
        response = json_response(api_suggestions(query.q, library.suggest(query.q, query.limit)))
        response.headers["cache-control"] = f"public, max-age={SUGGESTIONS_KEPT}"
        return response


def _add_documents(router: APIRouter, library: Library, clock: Clock) -> None:
    @router.get("/policies/{policy_id}", response_model=ApiPolicy, responses=GONE, summary="一件政策")
    def read_policy(policy_id: str) -> Response:
        """One policy with all its fields, text, attachments and evidence."""
        stored = library.policy(policy_id)
        if stored is None:
            return _no_policy(policy_id)
        return json_response(whole(stored), last_modified(library.touched_at(stored), clock()))

    @router.get("/similar/{policy_id}", response_model=ApiSimilar, responses=GONE, summary="相似的政策")
    def find_similar(policy_id: str, limit: Annotated[int, Query(ge=1, le=MAX_SIMILAR)] = 10) -> Response:
        """The policies most like one: titles, rare words, topics and issuers."""
        stored = library.policy(policy_id)
        if stored is None:
            return _no_policy(policy_id)
        return json_response(api_similar(policy_id, library.similar(stored, limit)))

    @router.get(
        "/explain/{policy_id}", response_model=ApiExplanation, responses=GONE, summary="为何检索到这一件"
    )
    def explain(policy_id: str, query: Annotated[WhatQuery, Query()]) -> Response:
        """Why a search finds a policy: fields, words and points."""
        stored = library.policy(policy_id)
        if stored is None:
            return _no_policy(policy_id)
        asked = query.form(library.query_names()).request()
        return json_response(api_explanation(policy_id, *library.why(asked, stored)))

    @router.get("/numbers/{number:path}", response_model=ApiNumber, responses=MISSING, summary="按文号查找")
    def read_number(number: str) -> Response:
        """The policies that bear a document number, in any spelling."""
        typed = number[:MAX_NUMBER]
        key = number_key(typed) or doc_number_key(typed)
        stored = library.find_number(key) if key else ()
        if not stored:
            return missing(f"没有文号为 {number[:60]} 的政策")
        return json_response(api_number(typed, key, stored))


def problem_response(status: int, name: str, message: str) -> Response:
    """An error as problem+json."""
    problem = Problem(f"/help#{name}", TITLES.get(status, "请求无法处理"), status, message, name)
    return Response(msgspec.json.encode(problem), status, media_type=PROBLEM)


def json_response(value: object, headers: Mapping[str, str] | None = None) -> Response:
    """Any value of the API as JSON."""
    return Response(msgspec.json.encode(value), headers=headers, media_type="application/json")


def _no_policy(policy_id: str) -> Response:
    return missing(f"没有编号为 {policy_id[:40]} 的政策")


def missing(message: str) -> Response:
    """That something asked for is not there."""
    return problem_response(404, "not_found", message)
