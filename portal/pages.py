"""The web pages beside results and documents: home and help; readable without JavaScript."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from index.engine import IndexUnusableError, SearchRequest
from portal.help import API_CALLS, EXAMPLES, FIELD_EXAMPLES
from portal.library import Library
from portal.rendering import Templates
from portal.results import Results

NEWEST = 10  # policies on the home page


class Pages:
    """The home page and help."""

    def __init__(self, library: Library, templates: Templates) -> None:
        self._library = library
        self._templates = templates

    def home(self) -> Response:
        """The first page: the box, and what the last night brought."""
        newest, trouble = None, ""
        try:
            newest = self._library.search(SearchRequest(sort="first_seen", limit=NEWEST))
        except IndexUnusableError as error:
            trouble = str(error)
        night, label = self._library.state().night, self._library.label()
        return self._templates.render("home.html", night=night, newest=newest, trouble=trouble, label=label)

    def help(self) -> Response:
        """How to search, with examples that are links."""
        return self._templates.render(
            "help.html", examples=EXAMPLES, field_examples=FIELD_EXAMPLES, calls=API_CALLS
        )


def pages_router(pages: Pages, results: Results) -> APIRouter:
    """The routes of the web pages."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @router.get("/")
    def home() -> Response:
        return pages.home()

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
