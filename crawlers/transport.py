"""The one door to the network: Scrapy's HTTP handler with a gate, a count and a limit on heads."""

from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from crawlers.counts import counts_of
from crawlers.failures import BadHeaders, NamedFailure
from crawlers.resolver import GuardedResolver, refused
from crawlers.stopping import check_running
from normalizers.failures import Failure

# Real heads are below 4 KB, cookies of a firewall included (2026); endless ones took 282 MB in 8 s.
MAX_HEAD_BYTES = 64 << 10


class HttpHandler(HTTP11DownloadHandler):
    """Sends requests; the last place that can refuse one, and the only one that counts them."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        from twisted.internet import reactor  # importing it installs it

        if not isinstance(getattr(reactor, "resolver", None), GuardedResolver):
            raise RuntimeError("the address guard is not installed on the reactor (crawlers.resolver)")
        super().__init__(crawler)
        self._pool._factory = _CappedFactory

    async def download_request(self, request: Request) -> Response:
        """Send one request, unless the site or the run is being stopped."""
        check_running(self.crawler)
        counts_of(self.crawler.spider, request.meta.get("channel", "")).requests += 1
        try:
            return await super().download_request(request)
        except CannotResolveHostError as error:
            host = urlparse_cached(request).hostname or ""
            address = refused.get(host)
            if address is None:
                raise
            message = f"{host} 解析为非公网地址 {address}"
            raise NamedFailure(Failure.ADDRESS_REFUSED, message) from error


class _CappedParser(_LenientHTTPClientParser):
    """Parser of answers that gives up a head above MAX_HEAD_BYTES."""

    head_bytes = 0

    def lineReceived(self, line: bytes) -> None:  # noqa: N802  Twisted's name
        self.head_bytes += len(line)
        if self.head_bytes > MAX_HEAD_BYTES:
            raise BadHeaders(f"head of more than {MAX_HEAD_BYTES} bytes")
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802  Twisted's name
        raise BadHeaders(f"header line of more than {self.MAX_LENGTH} bytes")


class _CappedProtocol(_LenientHTTP11ClientProtocol):
    def request(self, request: Any) -> Any:
        answer = super().request(request)
        assert self._parser is not None
        self._parser.__class__ = _CappedParser
        return answer


class _CappedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _CappedProtocol:  # noqa: N802  Twisted's name
        return _CappedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]  # Twisted has no types there
