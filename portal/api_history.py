"""The API, version 1, of the repository's own life: its changes, its sites, its runs."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from pipelines.catalogue import Catalogue
from pipelines.changes import changed_at, changes_since, last_seq
from pipelines.hiding import hidden_among
from portal.api import FAILURES, MISSING, TITLES, Responses, json_response, missing, problem_response
from portal.api_queries import MAX_POSITION, ChangesQuery, RunsQuery
from portal.history_records import (
    ApiChanges,
    ApiRuns,
    ApiSites,
    ApiSiteWhole,
    api_changes,
    api_site,
    api_site_whole,
)
from portal.library import Library
from portal.middleware import last_modified
from portal.records import Problem
from portal.runs import ApiRunWhole, last_change, load_run, load_runs
from portal.serving import Serving
from portal.sources import Sources

STRANGE: Responses = {409: {"model": Problem, "description": TITLES[409]}, **FAILURES}
Number = Annotated[int, Path(ge=1, le=MAX_POSITION)]


def history_router(library: Library, catalogue: Catalogue, serving: Serving, sources: Sources) -> APIRouter:
    """The routes of changes, sites and runs."""
    router = APIRouter(prefix="/api/v1")
    _add_changes(router, catalogue, serving)
    _add_sites(router, library, sources)
    _add_runs(router, catalogue, serving)
    return router


def _add_changes(router: APIRouter, catalogue: Catalogue, serving: Serving) -> None:
    @router.get("/changes", response_model=ApiChanges, responses=STRANGE, summary="变更流", tags=["changes"])
    def read_changes(query: Annotated[ChangesQuery, Query()]) -> Response:
        """The change log from a position on; walk it by handing `next` back as `since`."""
        with catalogue.read() as connection:
            last = last_seq(connection)
            changes = changes_since(connection, query.since, query.limit)
            hidden = hidden_among(connection, {one.page_id for one in changes})
            modified = last_modified(changed_at(connection, last), serving.clock())
        if query.since > last:
            told = f"没有位置 {query.since}：变更流到 {last} 为止。此库可能由备份恢复，请从 0 开始重新同步"
            return problem_response(409, "unknown_position", told)
        return json_response(api_changes(changes, hidden, query.since, last), modified)


def _add_sites(router: APIRouter, library: Library, sources: Sources) -> None:
    @router.get("/sites", response_model=ApiSites, responses=FAILURES, summary="来源站点", tags=["sites"])
    def read_sites() -> Response:
        """Every site with its state after its last run, and how many documents it has here."""
        found = sources.all()
        return json_response(
            ApiSites([api_site(one, found.documents, library.label()) for one in found.sites]),
            found.headers,
        )

    @router.get(
        "/sites/{site_id}",
        response_model=ApiSiteWhole,
        responses=MISSING,
        summary="一个来源站点",
        tags=["sites"],
    )
    def read_site(site_id: str) -> Response:
        """One site with its channels, the failures of its last run and its last runs."""
        found = sources.all()
        site = found.site(site_id)
        if site is None:
            return missing(f"没有编号为 {site_id[:40]} 的站点")
        whole = api_site_whole(site, found.documents, library.label(), sources.runs(site_id))
        return json_response(whole, found.headers)


def _add_runs(router: APIRouter, catalogue: Catalogue, serving: Serving) -> None:
    @router.get("/runs", response_model=ApiRuns, responses=FAILURES, summary="运行记录", tags=["runs"])
    def read_runs(query: Annotated[RunsQuery, Query()]) -> Response:
        """The runs, newest first; walk them by handing `next` back as `before`."""
        with catalogue.read() as connection:
            runs = load_runs(connection, query.before, query.limit, serving.clock())
        following = runs[-1].id if len(runs) == query.limit and runs[-1].id > 1 else None
        return json_response(ApiRuns(runs, following), last_modified(last_change(runs), serving.clock()))

    @router.get(
        "/runs/{run_id}",
        response_model=ApiRunWhole,
        responses=MISSING,
        summary="一次运行的报告",
        tags=["runs"],
    )
    def read_run(run_id: Number) -> Response:
        """One run with the figures and failures of every channel."""
        with catalogue.read() as connection:
            found = load_run(connection, run_id, serving.clock())
        if found is None:
            return missing(f"没有编号为 {run_id} 的运行")
        return json_response(found, last_modified(last_change([found.run]), serving.clock()))
