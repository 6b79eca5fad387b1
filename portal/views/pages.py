"""The pages of this package and their routes."""

import asyncio
from collections import Counter
from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams

from crawlers.site_state import STATES
from index.engine import IndexUnusableError, RequestError, SearchRequest
from normalizers.policy import LEVELS
from portal.counts import Counts
from portal.headers import attachment_header
from portal.library import Library
from portal.parameters import whole_number
from portal.rendering import Templates
from portal.sites import MOST_RUNS
from portal.sources import Sources
from portal.views.areas import areas_of
from portal.views.browsing import Row, address, branch_of
from portal.views.charts import UNDRAWN, DrawingError
from portal.views.gazettes import MAX_ISSUE, MOST_LOOKED_THROUGH, Issue, issues_of
from portal.views.home import arrivals_of, newest_documents
from portal.views.shelves import BROWSE, SHELVES, Shelf
from portal.views.sources import NO_LEVEL, SITES_A_PAGE, chosen_sites, freshness
from portal.views.statistics import Statistics, picture, table_file

SHOWN_SILENT = 8  # silent sites on the first page
SVG = "image/svg+xml"
NO_SHELF, NO_SITE, NO_FIGURE = "没有这个文件库", "没有这个站点", "没有这项统计"


class Views:
    """Renders the pages of this package; errors of index and catalogue are the application's."""

    def __init__(self, library: Library, templates: Templates, sources: Sources, counts: Counts) -> None:
        self._library = library
        self._templates = templates
        self._counts = counts
        self._sources = sources
        self.statistics = Statistics(library, self._counts)

    def home(self) -> Response:
        """The first page: the box, what came in last, how fresh the sources are."""
        newest, arrivals, trouble = None, None, ""
        try:
            newest = newest_documents(self._library)
            arrivals = arrivals_of(self._library, self._counts, newest)
        except IndexUnusableError as error:
            trouble = str(error)
        return self._templates.render(
            "home.html",
            newest=newest,
            arrivals=arrivals,
            trouble=trouble,
            night=self._library.state().night,
            freshness=freshness(self._sources.all().sites),
            shown_silent=SHOWN_SILENT,
            site_states=STATES,
            label=self._library.label(),
        )

    def library(self) -> Response:
        """All shelves with their counts."""
        return self._templates.render(
            "library.html",
            shelves=[(shelf, self._total(shelf.filters)) for shelf in SHELVES],
            total=self._total({}),
        )

    def shelf(self, shelf: Shelf, parameters: QueryParams) -> Response:
        """One shelf, or the part of it that was chosen."""
        try:
            branch = branch_of(self._library, self._counts, shelf, parameters)
        except RequestError as error:
            return self._templates.error(422, str(error))
        issues: tuple[Issue, ...] | None = ()
        if shelf.by_issue:
            issues = issues_of(self._library, self._counts, branch.request, branch.total)
        asked = parameters.get("issue", "")[:MAX_ISSUE]
        one = next((issue for issue in issues or () if issue.key == asked), None)
        if asked and issues and one is None:
            return self._templates.error(404, "没有这一期，或者它的文件已不在")
        return self._templates.render(
            "shelf.html",
            branch=branch,
            issues=None if issues is None else [_row(shelf, branch.way, issue) for issue in issues],
            issue=one,
            all_issues=address(shelf.path, branch.way),
            most=MOST_LOOKED_THROUGH,
            label=self._library.label(),
        )

    def areas(self) -> Response:
        """Key areas, tags and subjects."""
        return self._templates.render("areas.html", areas=areas_of(self._counts, self._library.label()))

    def sources(self, parameters: QueryParams) -> Response:
        """Every site with its state."""
        level, state = parameters.get("level", ""), parameters.get("state", "")
        every = self._sources.all()
        try:
            chosen = chosen_sites(every.sites, level, state)
        except RequestError as error:
            return self._templates.error(422, str(error))
        last = max(1, -(-len(chosen) // SITES_A_PAGE))
        page = min(whole_number(parameters.get("page", "")) or 1, last)
        troubles = Counter(name for site in chosen for name in site.failures)
        return self._templates.render(
            "sources.html",
            sites=chosen[(page - 1) * SITES_A_PAGE : page * SITES_A_PAGE],
            total=len(chosen),
            page=page,
            last=last,
            level=level,
            state=state,
            site_levels=(*LEVELS.items(), (NO_LEVEL, "未知")),
            site_states=STATES,
            troubles=sorted(troubles.items(), key=lambda item: (-item[1], item[0])),
            freshness=freshness(every.sites),
            documents=every.documents,
            label=self._library.label(),
        )

    def source(self, site_id: str) -> Response:
        """One site with its channels and last runs."""
        every = self._sources.all()
        site = every.site(site_id)
        if site is None:
            return self._templates.error(404, NO_SITE)
        return self._templates.render(
            "source.html",
            site=site,
            runs=self._sources.runs(site_id),
            most=MOST_RUNS,
            documents=None if every.documents is None else every.documents.get(site_id, 0),
            site_states=STATES,
            label=self._library.label(),
        )

    def figures(self) -> Response:
        """Statistics with their pictures, which come after the page."""
        figures = self.statistics.figures()
        return self._templates.render(
            "statistics.html", figures=figures, undrawn=self.statistics.undrawn(figures)
        )

    def table(self, name: str) -> Response:
        """The data behind one picture."""
        figure = self.statistics.figures().figures.get(name)
        if figure is None:
            return self._templates.error(404, NO_FIGURE)
        headers = {"content-disposition": attachment_header(f"statistics-{name}.csv")}
        return Response(table_file(figure), media_type="text/csv; charset=utf-8", headers=headers)

    async def chart(self, name: str) -> Response:
        """One picture, drawn when it is first asked for; waiting holds no thread."""
        figures = await run_in_threadpool(self.statistics.figures)
        figure = figures.figures.get(name)
        if figure is None or not figure.rows:
            return await run_in_threadpool(self._templates.error, 404, NO_FIGURE)
        try:
            drawn = await asyncio.shield(asyncio.wrap_future(self.statistics.drawn(figures)))
        except DrawingError:
            return Response(UNDRAWN, 503, media_type=SVG, headers={"cache-control": "no-store"})
        return Response(picture(figure, drawn), media_type=SVG)

    def _total(self, filters: Mapping[str, tuple[str, ...]]) -> int:
        return self._counts.of(SearchRequest(filters=filters, sort="published", limit=0)).total


def _row(shelf: Shelf, way: Mapping[str, tuple[str, ...]], issue: Issue) -> Row:
    return Row(issue.label, len(issue.articles), address(shelf.path, {**way, "issue": issue.key}))


def views_router(library: Library, templates: Templates, sources: Sources, counts: Counts) -> APIRouter:
    """The routes of home, library, browsing, sources and statistics."""
    views = Views(library, templates, sources, counts)
    shelves = {shelf.slug: shelf for shelf in SHELVES}
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    router.add_api_route("/", views.home, methods=["GET"])
    router.add_api_route("/library", views.library, methods=["GET"])
    router.add_api_route("/library/areas", views.areas, methods=["GET"])
    router.add_api_route("/statistics", views.figures, methods=["GET"])
    router.add_api_route("/statistics/{name}.svg", views.chart, methods=["GET"])
    router.add_api_route("/statistics/{name}.csv", views.table, methods=["GET"])

    @router.get("/library/{slug}")
    def shelf(slug: str, request: Request) -> Response:
        found = shelves.get(slug)
        return views.shelf(found, request.query_params) if found else templates.error(404, NO_SHELF)

    @router.get("/browse")
    def browse(request: Request) -> Response:
        return views.shelf(BROWSE, request.query_params)

    @router.get("/sources")
    def every_source(request: Request) -> Response:
        return views.sources(request.query_params)

    @router.get("/sources/{site_id}")
    def one_source(site_id: str) -> Response:
        return views.source(site_id)

    return router
