"""The portal: one FastAPI application over an index and a catalogue."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException

from index.engine import Engine, IndexUnusableError, RequestError
from pipelines.catalogue import Catalogue
from portal.api import api_router, error_response, json_response
from portal.library import Library
from portal.pages import Pages, pages_router

STATIC = Path(__file__).parent / "static"
# Nothing from elsewhere, no script at all, forms only to ourselves.
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class SafeHeaders:
    """Puts the headers above on every answer."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._app(scope, receive, send_safe if scope["type"] == "http" else send)


def create_app(
    engine: Engine,
    catalogue: Catalogue,
    *,
    regions: Mapping[str, str] | None = None,
    notice: str = "",
) -> FastAPI:
    """The application; it works before there is an index and follows commits and generations by itself.

    `regions` names region codes; `notice` stands at the head of every page. Nothing is written to index or catalogue.
    """
    library = Library(engine.reader(), catalogue, regions or {})
    pages = Pages(library, notice)
    app = FastAPI(title="政策库", version=version("zhengce"), docs_url=None, redoc_url=None)
    app.add_middleware(SafeHeaders)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.include_router(api_router(library))
    app.include_router(pages_router(pages))
    app.add_api_route("/healthz", lambda: _health(library), methods=["GET"], include_in_schema=False)
    _add_errors(app, pages)
    return app


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
        return error_response(503, "index_unusable", str(error))
    except SQLAlchemyError:
        return error_response(503, "catalogue_unusable", "目录库无法读取")
    return json_response(answer)


def _add_errors(app: FastAPI, pages: Pages) -> None:
    def answer(request: Request, status: int, name: str, message: str) -> Response:
        if request.url.path.startswith("/api/"):
            return error_response(status, name, message)
        return pages.error(status, message)

    def on_query(request: Request, error: Exception) -> Response:
        return answer(request, 422, "bad_query", str(error))

    def on_validation(request: Request, error: Exception) -> Response:
        found = error.errors() if isinstance(error, RequestValidationError) else []
        names = sorted({str(one["loc"][-1]) for one in found})
        return answer(request, 422, "bad_parameter", f"参数不可用：{'、'.join(names)[:200]}")

    def on_index(request: Request, error: Exception) -> Response:
        return answer(request, 503, "index_unusable", f"索引暂不可用：{error}")

    def on_catalogue(request: Request, error: Exception) -> Response:
        return answer(request, 503, "catalogue_unusable", "目录库暂时无法读取，请稍后再试")

    def on_http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        name, message = ("not_found", "没有这个页面") if status == 404 else ("bad_request", "请求无法处理")
        return answer(request, status, name, message)

    app.add_exception_handler(RequestError, on_query)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(IndexUnusableError, on_index)
    app.add_exception_handler(SQLAlchemyError, on_catalogue)
    app.add_exception_handler(HTTPException, on_http)
