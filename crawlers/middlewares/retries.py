"""The one retry policy: what passes by itself is asked again, twice, and no sooner than the site wishes."""

import asyncio
import math
from collections.abc import Coroutine
from datetime import UTC
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.utils.httpobj import urlparse_cached

from crawlers.failures import NamedFailure, name_failure
from crawlers.stopping import check_running, stop_site
from normalizers.failures import Failure

# TLS, damaged heads and sizes do not change within a minute; 412 and 521 are blocks, which are not tried.
RETRIED = frozenset({Failure.TIMEOUT, Failure.CONNECTION_FAILED, Failure.DNS_FAILURE})
# Longest wait for a Retry-After, in seconds; a site that asks for more is left alone for this night.
MAX_WAIT = 120.0
_STEP = 1.0


class Retries(RetryMiddleware):
    """Scrapy's retries, by failure name, with Retry-After (RFC 9110, 10.2.3) for the whole host."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._not_before: dict[str, float] = {}

    def process_request(self, request: Request) -> Coroutine[Any, Any, None] | None:
        """Wait where the host asked for it."""
        if not self._not_before:
            return None
        until = self._not_before.get(_host(request), 0.0)
        return self._wait(until) if until > monotonic() else None

    async def _wait(self, until: float) -> None:
        while (left := until - monotonic()) > 0:
            check_running(self.crawler)
            await asyncio.sleep(min(left, _STEP))

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        """Ask again after a passing error."""
        if response.status not in self.retry_http_codes or request.meta.get("dont_retry"):
            return response
        wait = retry_after(response)
        if wait > MAX_WAIT:
            message = f"{_host(request)} 要求 {wait:.0f} 秒后再来（HTTP {response.status}）"
            stop_site(self.crawler, Failure.RATE_LIMITED, message)
            raise NamedFailure(Failure.RATE_LIMITED, message)
        if wait > 0:
            self._not_before[_host(request)] = monotonic() + wait
        return self._retry(request, f"http_{response.status}") or response

    def process_exception(
        self, request: Request, exception: Exception, spider: Spider | None = None
    ) -> Request | Response | None:
        """Ask again after a passing failure to connect."""
        if request.meta.get("dont_retry") or isinstance(exception, NamedFailure):
            return None
        failure, _ = name_failure(exception)
        return self._retry(request, failure.value) if failure in RETRIED else None


def retry_after(response: Response) -> float:
    """Seconds that a Retry-After header asks for; 0.0 without one that can be read.

    A date is counted from the Date header of the same answer, the clock of the host.
    """
    value = _text(response, b"Retry-After")
    if value.isdecimal() and value.isascii():
        return float(value[:9])
    try:
        until = parsedate_to_datetime(value)
        since = parsedate_to_datetime(_text(response, b"Date"))
    except (ValueError, TypeError, OverflowError):
        return 0.0
    zoned = [moment if moment.tzinfo else moment.replace(tzinfo=UTC) for moment in (until, since)]
    seconds = (zoned[0] - zoned[1]).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else 0.0


def _text(response: Response, name: bytes) -> str:
    return (response.headers.get(name) or b"").decode("latin-1").strip()


def _host(request: Request) -> str:
    return urlparse_cached(request).hostname or ""
