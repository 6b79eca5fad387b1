"""The API of exports: any search as a file, without a cap, sent while it is made."""

from collections.abc import AsyncIterator, Generator
from datetime import date
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Query, Response
from pydantic import Field
from starlette.concurrency import iterate_in_threadpool
from starlette.responses import StreamingResponse

from index.engine import Order, Sort
from pipelines.clock import day_of
from pipelines.disk import StorageError
from portal.api import FAILURES, problem_response
from portal.api_queries import WhatQuery
from portal.exports.formats import FORMATS, Format, open_writer
from portal.exports.slots import RETRY_AFTER, Slots
from portal.exports.writer import file_pieces
from portal.forms import Asked, SearchForm
from portal.headers import attachment_header
from portal.labels import Label
from portal.library import Library
from portal.limits import client_key
from portal.middleware import Message, Receive, Scope, Send
from portal.serving import Serving

# Seconds that a client may take no byte at all; who reads on, however slowly, is never cut off.
STALLED = 60.0
COUNT = "x-total-count"
MAX_TOLD = 60  # characters of a search in the name of a file
DESCRIBED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "整个结果。中途出错时连接会断开，不会以完整文件的样子结束",
        "content": {
            form.media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for form in FORMATS.values()
        },
        "headers": {
            COUNT: {"description": "开始时检索到的件数", "schema": {"type": "integer"}},
            "content-disposition": {"description": "文件名：检索词与日期", "schema": {"type": "string"}},
        },
    },
    **FAILURES,
}


class ExportQuery(WhatQuery):
    """What to take away, in which order, as which kind of file."""

    sort: Sort | None = Field(None, description="次序同检索；relevance 时按收录时间，新的在前")
    order: Order = "desc"
    format: Format = Field(description="文件格式；XLSX 在服务器上整份做好才开始传送，很大的结果请用其余三种")
    text: bool = Field(True, description="是否带正文；JSONL 不带正文时 text、blocks 等为空，其余字段都在")


def exports_router(library: Library, serving: Serving, slots: Slots | None = None) -> APIRouter:
    """The routes of exports."""
    router = APIRouter(prefix="/api/v1", tags=["exports"])
    taken = slots or Slots()

    @router.get("/exports", response_class=Response, responses=DESCRIBED, summary="导出整个结果")
    def export_policies(query: Annotated[ExportQuery, Query()]) -> Response:
        """Take the whole result away as CSV, XLSX, JSON Lines or Parquet (docs/exports.md)."""
        form = query.form(library.query_names(), query.sort or "", query.order)
        asked, label = form.request(limit=0), library.label()
        total = library.search(asked.request).result.total
        pieces = made_pieces(library, asked, query.format, query.text, serving)
        name = export_name(form, label, query.format, day_of(serving.clock()))
        headers = {
            "content-disposition": attachment_header(name),
            COUNT: str(total),
            "cache-control": "no-store",
        }
        return ExportResponse(pieces, taken, headers, FORMATS[query.format].media_type)

    return router


def made_pieces(
    library: Library, asked: Asked, kind: Format, text: bool, serving: Serving
) -> Generator[bytes, None, None]:
    """The bytes of an export; nothing is opened before the first is asked for."""
    writer = open_writer(kind, library.label(), text, serving.aside, serving.spare)
    yield from file_pieces(writer, library.walk(asked.request))


def export_name(form: SearchForm, label: Label, kind: Format, day: date) -> str:
    """The name of a file: what was searched for, in a few words, and the day."""
    values = (label(name, value) for name, given in form.filters.items() for value in given)
    between = "至".join(one for one in (form.first, form.last) if one)
    told = " ".join(one for one in (form.text.strip(), *values, between) if one) or "全部"
    return f"政策 {' '.join(told.split())[:MAX_TOLD]} {day}.{kind}"


class ExportResponse(StreamingResponse):
    """A file that is made in threads, a piece at a time, as fast as its client takes it.

    The first piece is made before the answer begins, so that what fails at once is an error by name; what fails
    later breaks the connection off. Whatever happens, the slot is given back and what lies aside is removed.
    """

    def __init__(
        self, pieces: Generator[bytes, None, None], slots: Slots, headers: dict[str, str], media_type: str
    ) -> None:
        super().__init__(iterate_in_threadpool(pieces), headers=headers, media_type=media_type)
        self._pieces = pieces
        self._slots = slots
        self._begun = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, or say that it must wait."""
        peer = scope.get("client")
        client = client_key(peer[0] if peer else "")
        if refusal := self._slots.refusal(client):
            await _waiting(*refusal)(scope, receive, send)
            return
        self._slots.take(client)
        try:
            if scope.get("bodiless"):
                await self._send_head(send)
            else:
                await super().__call__(scope, receive, send)
        except StorageError as error:
            if self._begun:
                raise
            await problem_response(503, "disk_full", str(error))(scope, receive, send)
        finally:
            self._slots.release(client)
            self._pieces.close()

    async def stream_response(self, send: Send) -> None:
        """Send all pieces that are not empty; the last message is what makes the answer a whole one."""
        pieces = self._filled()
        first = await anext(pieces, b"")
        self._begun = True
        await _sent(send, {"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await _sent(send, {"type": "http.response.body", "body": first, "more_body": True})
        async for piece in pieces:
            await _sent(send, {"type": "http.response.body", "body": piece, "more_body": True})
        await _sent(send, {"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_head(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _filled(self) -> AsyncIterator[bytes]:
        async for piece in self.body_iterator:
            if piece:
                yield bytes(piece) if not isinstance(piece, str) else piece.encode()


async def _sent(send: Send, message: Message) -> None:
    """Hand a message on; raises TimeoutError where the client takes none of it for too long."""
    with anyio.fail_after(STALLED):
        await send(message)


def _waiting(status: int, told: str) -> Response:
    answer = problem_response(status, "exports_busy", told)
    answer.headers["retry-after"] = str(RETRY_AFTER)
    return answer
