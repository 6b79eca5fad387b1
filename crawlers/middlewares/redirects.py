"""Redirects that are never lost: every one is followed or refused by name."""

from collections.abc import Mapping
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import (
    BaseRedirectMiddleware,
    MetaRefreshMiddleware,
    RedirectMiddleware,
)
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.response import get_meta_refresh

from crawlers.failures import NamedFailure
from crawlers.middlewares.address_guard import check_address
from normalizers.failures import Failure

REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Scrapy looks for a meta refresh in as much of a page.
_HEAD = 4096


class _NamedRedirects(BaseRedirectMiddleware):
    """What both kinds of redirect share.

    Scrapy's duplicate filter drops a page that sets a cookie and redirects to itself; here it gets one
    more request with the cookie, and is a loop after that.
    """

    crawler: Crawler

    def _redirect(self, redirected: Request, request: Request, reason: Any) -> Request:
        spider: Any = self.crawler.spider
        address_map: Mapping[str, str] = self.crawler.settings["ZHENGCE_ADDRESS_MAP"] or {}
        refusal = check_address(redirected, spider.site.hosts, address_map)
        if refusal is not None:
            raise _name_refusal(refusal, request, redirected)
        meta = redirected.meta
        if redirected.url in {request.url, *request.meta.get("redirect_urls", ())}:
            if not meta.get("redirect_cookie") or meta.get("cookie_retry"):
                raise NamedFailure(Failure.REDIRECT_LOOP, f"{request.url} 重定向回 {redirected.url}")
            meta["cookie_retry"] = True
        try:
            following = super()._redirect(redirected, request, reason)
        except IgnoreRequest as error:
            message = f"重定向超过 {self.max_redirect_times} 次，止于 {request.url}"
            raise NamedFailure(Failure.REDIRECT_LOOP, message) from error
        following.dont_filter = True
        return following


class Redirects(_NamedRedirects, RedirectMiddleware):
    """Redirects by status."""

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        """Follow or refuse; an answer that is no redirect passes."""
        if response.status not in REDIRECTS:
            return response
        _note_cookie(request, response)
        location = response.headers.get(b"Location") or b""
        try:
            result = super().process_response(request, response)
        except ValueError as error:
            raise NamedFailure(Failure.BAD_HEADERS, f"无法解析的重定向地址：{location[:200]!r}") from error
        if isinstance(result, Response) and location:
            raise NamedFailure(Failure.ADDRESS_REFUSED, f"重定向到不支持的协议：{location[:200]!r}")
        return result


class MetaRefreshes(_NamedRedirects, MetaRefreshMiddleware):
    """Redirects by `<meta http-equiv="refresh">`; a page that merely reloads itself is content."""

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        """Follow or refuse; a page without a prompt refresh passes."""
        head = response.body[:_HEAD].lower()
        if b"refresh" not in head or b"http-equiv" not in head or not isinstance(response, HtmlResponse):
            return response
        interval, url = get_meta_refresh(response, ignore_tags=self._ignore_tags)
        if not url or interval is None or interval >= self._maxdelay:
            return response
        redirected = self._redirect_request_using_get(request, response, url)
        _note_cookie(request, response)
        itself = redirected.url == request.url and b"Set-Cookie" not in response.headers
        if itself or urlparse_cached(redirected).scheme not in {"http", "https"}:
            return response
        redirected.meta["redirect_cookie"] = request.meta.get("redirect_cookie", False)
        return self._redirect(redirected, request, "meta refresh")


def _note_cookie(request: Request, response: Response) -> None:
    """Remember, for the rest of the chain, that a cookie was set on the way."""
    if b"Set-Cookie" in response.headers:
        request.meta["redirect_cookie"] = True


def _name_refusal(refusal: NamedFailure, request: Request, redirected: Request) -> NamedFailure:
    if refusal.failure is Failure.OFF_SITE:
        return NamedFailure(Failure.OFF_SITE_REDIRECT, f"{request.url} 被重定向到 {redirected.url}")
    return refusal
