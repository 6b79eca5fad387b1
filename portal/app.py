"""The portal: one FastAPI application over an index and a catalogue."""

from collections.abc import Mapping
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from index.engine import Engine, IndexUnusableError, RequestError
from pipelines.catalogue import Catalogue
from portal.alerts.pages import alerts_router
from portal.api import PROBLEM, api_router, json_response, problem_response
from portal.api_history import history_router
from portal.compression import Compress
from portal.counts import Counts
from portal.documents import Documents, documents_router
from portal.exports.api import exports_router
from portal.feeds import Feeds, feeds_router
from portal.library import Library, PolicyHidden
from portal.limits import TOO_MANY, Buckets, Limits
from portal.middleware import HEADERS, Bodiless, Conditional, SafeHeaders
from portal.originals import Originals, originals_router
from portal.pages import Pages, pages_router
from portal.parameters import refusal
from portal.rendering import STATIC, Templates
from portal.report_pages import ReportPages, report_router
from portal.results import Results
from portal.robots import robots_router
from portal.serving import Serving
from portal.sources import Sources
from portal.views.pages import views_router

# Paths whose errors are for programs.
FOR_PROGRAMS = ("/api/", "/feeds/", "/openapi.json", "/healthz")
NO_CALL = "没有这个接口；全部接口见 /openapi.json，用法见 /help#api"
HTTP_ERRORS = {404: ("not_found", "没有这个页面"), 405: ("bad_method", "这里只能读取（GET、HEAD）")}


def create_app(
    engine: Engine,
    catalogue: Catalogue,
    *,
    regions: Mapping[str, str] | None = None,
    notice: str = "",
    serving: Serving | None = None,
) -> FastAPI:
    """The application; it works before there is an index and follows commits and generations by itself.

    `regions` names region codes; `notice` stands at the head of every page; without `serving` no client is
    limited. Nothing is written to index or catalogue but what people order at the desk of alerts.
    """
    serving = serving or Serving()
    library = Library(engine.reader(), catalogue, regions or {})
    templates = Templates(library, notice, mails=serving.mails)
    # No redirect to the same path without its slash: its Location would have the scheme and Host of the request.
    app = Portal(
        title="政策库",
        version=version("zhengce"),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    _add_middleware(app, templates, serving)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    sources, counts = Sources(library, catalogue, serving), Counts(library.reader)
    app.include_router(api_router(library, serving.clock))
    app.include_router(history_router(library, catalogue, serving, sources))
    app.include_router(feeds_router(Feeds(library, catalogue, templates, serving)))
    app.include_router(exports_router(library, serving))
    app.include_router(alerts_router(library, catalogue, templates, serving))
    app.include_router(robots_router())
    app.include_router(views_router(library, templates, sources, counts))
    app.include_router(documents_router(Documents(library, templates)))
    app.include_router(originals_router(Originals(library, templates, serving)))
    app.include_router(report_router(ReportPages(library, catalogue, templates, serving)))
    app.include_router(pages_router(Pages(library, templates), Results(library, templates, counts)))
    app.add_api_route("/healthz", lambda: _health(library), methods=["GET"], include_in_schema=False)
    _add_errors(app, templates)
    return app


class Portal(FastAPI):
    """The application; its description says that errors are problem+json, as FastAPI knows one media type a route."""

    def openapi(self) -> dict[str, Any]:
        """The description of the API."""
        document = super().openapi()
        for path in document["paths"].values():
            for method in path.values():
                for status, response in method["responses"].items():
                    if status >= "400" and "application/json" in response.get("content", {}):
                        response["content"][PROBLEM] = response["content"].pop("application/json")
        return document


def _add_middleware(app: FastAPI, templates: Templates, serving: Serving) -> None:
    """What every request and answer goes through, the innermost first."""

    def refuse(request: Request, told: str) -> Response:
        return _error(templates, request, TOO_MANY, "too_many_requests", told)

    app.add_middleware(Conditional)
    app.add_middleware(Compress)
    if serving.rate:
        app.add_middleware(Limits, buckets=Buckets(serving.rate, serving.burst), refuse=refuse)
    app.add_middleware(Bodiless)
    app.add_middleware(SafeHeaders)
    if serving.proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(serving.proxies))


def _error(templates: Templates, request: Request, status: int, name: str, message: str) -> Response:
    """An error as problem+json for programs, as a page for people."""
    if request.url.path.startswith(FOR_PROGRAMS):
        return problem_response(status, name, message)
    return templates.error(status, message)


def _health(library: Library) -> Response:
    try:
        state = library.state()
        answer = {
            "status": "ok",
            "generation": library.reader.generation(),
            "applied_seq": library.reader.applied_seq(),
            "catalogue_seq": state.seq,
            "data_as_of": state.as_of,
        }
    except IndexUnusableError as error:
        return problem_response(503, "index_unusable", str(error))
    except SQLAlchemyError:
        return problem_response(503, "catalogue_unusable", "目录库无法读取")
    return json_response(answer)


def _add_errors(app: FastAPI, templates: Templates) -> None:
    def answer(request: Request, status: int, name: str, message: str) -> Response:
        return _error(templates, request, status, name, message)

    def on_query(request: Request, error: Exception) -> Response:
        return answer(request, 422, "bad_query", str(error))

    def on_validation(request: Request, error: Exception) -> Response:
        found = error.errors() if isinstance(error, RequestValidationError) else []
        return answer(request, 422, "bad_parameter", refusal(found))

    def on_hidden(request: Request, error: Exception) -> Response:
        return answer(request, 410, "hidden", str(error))

    def on_index(request: Request, error: Exception) -> Response:
        return answer(request, 503, "index_unusable", "索引正在建立或暂不可用，请稍后再试")

    def on_catalogue(request: Request, error: Exception) -> Response:
        return answer(request, 503, "catalogue_unusable", "目录库暂时无法读取，请稍后再试")

    def on_http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        name, message = HTTP_ERRORS.get(status, ("bad_request", "请求无法处理"))
        if status == HTTPStatus.NOT_FOUND and request.url.path.startswith(FOR_PROGRAMS):
            message = NO_CALL
        response = answer(request, status, name, message)
        response.headers.update((isinstance(error, HTTPException) and error.headers) or {})
        return response

    def on_crash(request: Request, error: Exception) -> Response:
        response = answer(request, 500, "internal_error", "服务内部出错，已记入日志；请稍后再试")
        response.headers.update(HEADERS)  # nothing else adds them: this is outside of all middleware
        return response

    app.add_exception_handler(RequestError, on_query)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(PolicyHidden, on_hidden)
    app.add_exception_handler(IndexUnusableError, on_index)
    app.add_exception_handler(SQLAlchemyError, on_catalogue)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_crash)
