"""What every answer goes through: safe headers, HEAD, and answers that a client has already."""

import hashlib
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect

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
# What search engines may list: pages about this repository. Its documents are copies, and never the official text.
LISTED = ("/", "/help", "/library", "/library/areas", "/sources", "/statistics")
UNLISTED = "noindex, noarchive"
NOT_MODIFIED = 304
# A change younger than this may not be all: the index follows within seconds, and HTTP dates know no fractions.
SETTLED = timedelta(minutes=1)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class SafeHeaders:
    """Puts the headers above on every answer, and keeps all but LISTED out of search engines."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)  # an archived original has a stricter policy of its own
                if scope["path"] not in LISTED:
                    headers["x-robots-tag"] = UNLISTED
            await send(message)

        await self._app(scope, receive, send_safe if scope["type"] == "http" else send)


class Enough(OSError):
    """Tells a streamed answer to HEAD that nobody reads on, as a closed connection would."""


class Bodiless:
    """Answers HEAD as GET without a body; a streamed answer is ended after its first piece.

    The scope says `bodiless`, for answers whose first piece costs much.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] != "http.response.body":
                await send(message)
                return
            await send({**message, "body": b"", "more_body": False})
            if message.get("more_body"):
                raise Enough

        try:
            await self._app({**scope, "method": "GET", "bodiless": True}, receive, send_head)
        except (Enough, ClientDisconnect):
            return


class Conditional:
    """Marks whole answers so that a client need not take them twice; streamed ones pass as they are."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _Answer(send, Headers(scope=scope)).send)


class _Answer:
    """Holds the start of an answer until its first piece tells whether it is the only one."""

    def __init__(self, send: Send, asked: Headers) -> None:
        self._send = send
        self._asked = asked
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
        await self._send(message)

    def _marked(self, start: Message, message: Message) -> Message:
        headers = MutableHeaders(scope=start)
        if "etag" not in headers:
            digest = hashlib.blake2b(message.get("body", b""), digest_size=12).hexdigest()
            headers["etag"] = f'W/"{digest}"'
            headers.setdefault("cache-control", "no-cache")
        if not is_known(self._asked, headers["etag"], headers.get("last-modified", "")):
            return message
        start["status"] = NOT_MODIFIED
        for name in ("content-length", "content-type"):
            if name in headers:
                del headers[name]
        return {**message, "body": b""}


def is_known(asked: Headers, tag: str, modified: str) -> bool:
    """Whether a client has what bears this tag and date (both as in headers); a tag of its own counts alone."""
    if (tags := asked.get("if-none-match")) is not None:
        known = [one.strip().removeprefix("W/") for one in tags.split(",")]
        return tag.removeprefix("W/") in known or known == ["*"]
    since, last = _instant(asked.get("if-modified-since", "")), _instant(modified)
    return since is not None and last is not None and last <= since


def last_modified(at: datetime | None, now: datetime) -> dict[str, str]:
    """The header of something last changed at an instant; none while that is too near to be the last."""
    if at is None or at > now - SETTLED:
        return {}
    return {"last-modified": format_datetime(at.astimezone(UTC), usegmt=True)}


def _instant(header: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
