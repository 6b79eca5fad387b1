"""Help, and the routes of results; readable without JavaScript."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from index.document import region_path
from index.engine import IndexUnusableError, SearchRequest
from portal.help import API_CALLS, EXAMPLES, FIELD_EXAMPLES, PLAIN_NUMBER, examples_of
from portal.library import Library
from portal.rendering import Templates
from portal.results import Results

NEWEST = 20  # documents that examples are taken from


class Pages:
    """The page that says how to search."""

    def __init__(self, library: Library, templates: Templates) -> None:
        self._library = library
        self._templates = templates

    def help(self) -> Response:
        """How to search, with examples that are links and find something here."""
        number, place = self._known()
        return self._templates.render(
            "help.html",
            examples=examples_of(EXAMPLES, number, place),
            field_examples=examples_of(FIELD_EXAMPLES, number, place),
            calls=examples_of(API_CALLS, number, place),
        )

    def _known(self) -> tuple[str, str]:
        """A number and a province of the newest documents, "" where there is none."""
        try:
            found = self._library.search(SearchRequest(sort="first_seen", limit=NEWEST))
        except IndexUnusableError:
            return "", ""
        policies = [item.stored.policy for item in found.items]
        numbers = (one.doc_number for one in policies if one.doc_number)
        regions = (one.region for one in policies if one.region)
        label = self._library.label()
        places = (label("region", region_path(code)[0]) for code in regions)
        return (
            next(filter(PLAIN_NUMBER.fullmatch, numbers), ""),
            next((name for name in places if not name.isascii()), ""),
        )


def pages_router(pages: Pages, results: Results) -> APIRouter:
    """The routes of the web pages."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @router.get("/help")
    def help_page() -> Response:
        return pages.help()

    @router.get("/search")
    def search(request: Request) -> Response:
        return results.search(request)

    @router.get("/search/facets/{name}")
    def facet(name: str, request: Request) -> Response:
        return results.facet(name, request)

    @router.get("/policies/{page_id}/why")
    def why(page_id: str, request: Request) -> Response:
        return results.why(page_id, request)

    return router
