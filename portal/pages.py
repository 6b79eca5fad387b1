"""Help, and the routes of results; readable without JavaScript."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from portal.help import API_CALLS, EXAMPLES, FIELD_EXAMPLES
from portal.rendering import Templates
from portal.results import Results


class Pages:
    """The page that says how to search."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates

    def help(self) -> Response:
        """How to search, with examples that are links."""
        return self._templates.render(
            "help.html", examples=EXAMPLES, field_examples=FIELD_EXAMPLES, calls=API_CALLS
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
