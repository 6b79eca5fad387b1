"""Challenge pages of firewalls: recognised, named, never solved and never stored."""

import re
from collections.abc import Iterator
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawlers.failures import NamedFailure
from crawlers.stopping import stop_site
from normalizers.failures import Failure

# Shells are a few KB of script; a page above this is content. The statuses that firewalls use are looked at
# up to MAX_REFUSAL: the script of 瑞数 is tens of KB.
MAX_SHELL = 16 << 10
MAX_REFUSAL = 256 << 10
# Bytes of text outside script, style and title. Shells say at most a sentence or two, such as
# 请开启JavaScript并刷新该页 (33 bytes); none of 142 saved real pages is taken for one (2026-11).
MAX_TEXT = 240

_TAG = re.compile(rb"<([^<>]*)>")
_HIDDEN = re.compile(rb"\s*(script|style|noscript|title)\b", re.IGNORECASE)
_SPACE = re.compile(rb"(?:\s|&nbsp;)+")
# Any of these must be somewhere in the lower-cased bytes before a page is taken apart.
_HINTS = (
    b"$_ts",
    b"wzws",
    b"__jsl",
    b"document.cookie",
    b"captcha",
    b"geetest",
    b"nwaf",
    b"geobl",
    b"hoy_tr",
    b"eo_bot_ssid",
    b"acw_sc__v2",
    b"security_session",
)
_GEO = re.compile(rb"reason\s*[:=]\s*geobl")
_RS = re.compile(rb"\$_ts\b|\br=['\"]m['\"]")
_JSL = re.compile(rb"__jsl|document\.cookie\s*=|\bgo\(\{")
_WZWS = re.compile(rb"wzws(?:challenge|question|factor|template|method|params|rel|_confirm|_method|_params)")
_CAPTCHA = re.compile(rb"captcha|geetest|nwaf")
_SHELL = re.compile(rb"hoy_tr|eo_bot_ssid|acw_sc__v2|security_session_verify")
_RELOAD = re.compile(rb"location\s*[.=]|reload\s*\(")


class Challenges:
    """Gives a site up when it answers with a challenge: nothing stored, nothing retried."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Let content pass."""
        cookies = b"; ".join(response.headers.getlist(b"Set-Cookie"))
        failure = detect_challenge(response.status, cookies, response.body)
        if failure is None:
            return response
        message = f"HTTP {response.status} {response.url}"
        stop_site(self.crawler, failure, message)
        raise NamedFailure(failure, message)


def detect_challenge(status: int, cookies: bytes, body: bytes) -> Failure | None:
    """The name of the challenge an answer is; None for an ordinary page, error pages included.

    `cookies` are the Set-Cookie headers, `body` is unpacked. An ordinary page that speaks of these
    things in its text, or a protected page that carries a firewall's script beside its text, is none.
    """
    refusal = status in {202, 412, 521} or 400 <= status < 500
    if len(body) > (MAX_REFUSAL if refusal else MAX_SHELL) or status in {304, 404, 410}:
        return None
    lower = body.lower()
    if not refusal and not any(hint in lower for hint in _HINTS):
        return None
    if not refusal and lower.lstrip()[:1] in b"{[":
        return None
    if _GEO.search(lower) and _text_length(lower) <= MAX_TEXT:
        return Failure.BLOCKED_GEO
    hidden, text = _take_apart(lower)
    if text > MAX_TEXT or not hidden.strip():
        return None
    return _name_shell(status, cookies.lower(), hidden)


def _name_shell(status: int, cookies: bytes, hidden: bytes) -> Failure | None:
    if status == 521 and (_JSL.search(hidden) or b"__jsl" in cookies):
        return Failure.BLOCKED_JSL521
    if _WZWS.search(hidden):
        return Failure.BLOCKED_WZWS
    if _RS.search(hidden) and (status in {202, 412} or b"$_ts" in hidden):
        return Failure.BLOCKED_RS412
    if b"__jsl_clearance" in hidden:
        return Failure.BLOCKED_JSL521
    if _SHELL.search(hidden) or _sets_cookie_and_reloads(hidden):
        return Failure.BLOCKED_COOKIE_SHELL
    return Failure.BLOCKED_CAPTCHA if _CAPTCHA.search(hidden) else None


def _sets_cookie_and_reloads(hidden: bytes) -> bool:
    cookie = hidden.find(b"document.cookie")
    return cookie >= 0 and _RELOAD.search(hidden, cookie) is not None


def _take_apart(body: bytes) -> tuple[bytes, int]:
    """What a reader does not see of a page (tags, scripts), and how many bytes he sees."""
    hidden: list[bytes] = []
    seen = 0
    for visible, piece in _pieces(body):
        if visible:
            seen += len(_SPACE.sub(b"", piece))
        else:
            hidden.append(piece)
    return b"\n".join(hidden), seen


def _text_length(body: bytes) -> int:
    return _take_apart(body)[1]


def _pieces(body: bytes) -> Iterator[tuple[bool, bytes]]:
    """The pieces of a page in order, each with whether it is visible; linear in its length."""
    inside = b""
    for number, piece in enumerate(_TAG.split(body)):
        if number % 2 == 0:
            yield not inside, piece
            continue
        yield False, piece
        opened = _HIDDEN.match(piece)
        if inside:
            if piece.lstrip().startswith(b"/" + inside):
                inside = b""
        elif opened and not piece.rstrip().endswith(b"/"):
            inside = opened[1].lower()
