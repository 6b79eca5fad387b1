"""What every answer goes through: safe headers, HEAD, and answers that a client has already."""

import hashlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders

# Nothing from elsewhere, no script but our files, forms and questions only to ourselves.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
NOT_MODIFIED = 304

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


class Conditional:
    """Answers HEAD as GET without a body, and marks whole answers so that a client need not take them twice.

    Streamed answers pass as they are.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, Headers(scope=scope).get("if-none-match", ""), scope["method"] == "HEAD")
        await self._app({**scope, "method": "GET"}, receive, answer.send)


class _Answer:
    """Holds the start of an answer until its first piece tells whether it is the only one."""

    def __init__(self, send: Send, known: str, bodiless: bool) -> None:
        self._send = send
        self._known = known
        self._bodiless = bodiless
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            whole = message["type"] == "http.response.body" and not message.get("more_body")
            if whole and start["status"] == 200:
                message = self._marked(start, message)
            await self._send(start)
        if self._bodiless and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    def _marked(self, start: Message, message: Message) -> Message:
        headers = MutableHeaders(scope=start)
        if "etag" not in headers:
            digest = hashlib.blake2b(message.get("body", b""), digest_size=12).hexdigest()
            headers["etag"] = f'"{digest}"'
            headers.setdefault("cache-control", "no-cache")
        if headers["etag"] not in [tag.strip().removeprefix("W/") for tag in self._known.split(",")]:
            return message
        start["status"] = NOT_MODIFIED
        for name in ("content-length", "content-type"):
            if name in headers:
                del headers[name]
        return {**message, "body": b""}
