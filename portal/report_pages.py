"""报告错误: a form by which a reader says what of a policy is wrong, without an account."""

import threading
from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from pipelines.catalogue import Catalogue
from pipelines.error_reports import MAX_CONTACT, MAX_MESSAGE, REPORTED, ReportRefused, store_report
from portal.library import Library
from portal.limits import TOO_MANY, Buckets, client_key
from portal.posted_form import FormRefused, read_form
from portal.rendering import Templates
from portal.results import NO_POLICY
from portal.serving import Serving

# Reports of one client: so many at once, and one more every so many seconds.
REPORTS, REPORT_SECONDS = 5, 600
TOO_OFTEN = f"报告太频繁：每个来源最多连续 {REPORTS} 件，之后每 {REPORT_SECONDS // 60} 分钟一件，请稍后再试"


class ReportPages:
    """The form and what comes of it; a report is the one row that this writes."""

    def __init__(
        self, library: Library, catalogue: Catalogue, templates: Templates, serving: Serving
    ) -> None:
        self._library = library
        self._catalogue = catalogue
        self._templates = templates
        self._clock = serving.clock
        self._buckets = Buckets(1 / REPORT_SECONDS, REPORTS)
        self._lock = threading.Lock()

    def form(self, page_id: str, field: str) -> Response:
        """The empty form, with a field chosen."""
        stored = self._library.policy(page_id)
        if stored is None:
            return self._templates.error(404, NO_POLICY)
        return self._page(page_id, stored.policy.title, {"field": field})

    def take(self, page_id: str, form: Mapping[str, str], client: str) -> Response:
        """Keep what was sent, or show the form again with what is wrong with it."""
        stored = self._library.policy(page_id)
        if stored is None:
            return self._templates.error(404, NO_POLICY)
        title = stored.policy.title
        with self._lock:
            allowed = self._buckets.take(client_key(client)).allowed
        if not allowed:
            return self._page(page_id, title, form, TOO_OFTEN, TOO_MANY)
        field, message, contact = (form.get(name, "") for name in ("field", "message", "contact"))
        try:
            with self._catalogue.write() as connection:
                number = store_report(connection, page_id, field, message, contact, self._clock())
        except ReportRefused as error:
            return self._page(page_id, title, form, str(error), 422)
        return self._page(page_id, title, {}, number=number)

    def _page(
        self,
        page_id: str,
        title: str | None,
        form: Mapping[str, str],
        trouble: str = "",
        status: int = 200,
        number: int = 0,
    ) -> Response:
        response = self._templates.render(
            "report.html",
            status,
            id=page_id,
            title=title,
            form=form,
            trouble=trouble,
            number=number,
            reported=REPORTED,
            max_message=MAX_MESSAGE,
            max_contact=MAX_CONTACT,
        )
        response.headers["cache-control"] = "no-store"
        return response

    def refused(self, error: FormRefused) -> Response:
        """A form that was not read."""
        return self._templates.error(error.status, str(error))


def report_router(pages: ReportPages) -> APIRouter:
    """The routes of the form."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @router.get("/policies/{page_id}/report")
    def form(page_id: str, field: str = "") -> Response:
        return pages.form(page_id, field)

    @router.post("/policies/{page_id}/report")
    async def take(page_id: str, request: Request) -> Response:
        try:
            form = await read_form(request)
        except FormRefused as error:
            return await run_in_threadpool(pages.refused, error)
        client = request.client.host if request.client else ""
        return await run_in_threadpool(pages.take, page_id, form, client)

    return router
