"""Every exception an errback may see has a name."""

import pytest
from OpenSSL import SSL
from scrapy import exceptions as scrapy_errors
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.internet import error as tx
from twisted.python.failure import Failure as TwistedFailure
from twisted.web._newclient import (
    ParseError,
    RequestTransmissionFailed,
    ResponseFailed,
    ResponseNeverReceived,
)

from crawlers.failures import MAX_MESSAGE, NOT_SAVED_FLAG, BadHeaders, NamedFailure, name_failure
from normalizers.failures import ADVICE, Failure
from pipelines.disk import DiskFull, ReadOnly

URL = "http://example.test/a"


def status(code: int, *flags: str) -> HttpError:
    """What Scrapy's HttpErrorMiddleware raises."""
    return HttpError(Response(URL, code, flags=list(flags)), "Ignoring non-200 response")


def failed(kind: type[ResponseFailed], *reasons: BaseException) -> Exception:
    """What Scrapy makes of an answer that broke off."""
    error = scrapy_errors.DownloadFailedError("broke off")
    error.__cause__ = kind([TwistedFailure(reason) for reason in reasons])
    return error


def caused(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error


TABLE: list[tuple[BaseException, Failure]] = [
    (NamedFailure(Failure.BLOCKED_WZWS, "x"), Failure.BLOCKED_WZWS),
    (caused(RuntimeError(), NamedFailure(Failure.OFF_SITE, "x")), Failure.OFF_SITE),
    (status(404), Failure.NOT_FOUND),
    (status(404, NOT_SAVED_FLAG), Failure.NOT_SAVED),
    (status(410), Failure.GONE),
    (status(408), Failure.TIMEOUT),
    (status(429), Failure.RATE_LIMITED),
    (status(403), Failure.HTTP_4XX),
    (status(412), Failure.HTTP_4XX),
    (status(500), Failure.HTTP_5XX),
    (status(521), Failure.HTTP_5XX),
    (status(302), Failure.BAD_HEADERS),
    (status(304), Failure.BAD_HEADERS),
    (scrapy_errors.CannotResolveHostError("x"), Failure.DNS_FAILURE),
    (tx.DNSLookupError("x"), Failure.DNS_FAILURE),
    (scrapy_errors.DownloadTimeoutError("x"), Failure.TIMEOUT),
    (tx.TimeoutError(), Failure.TIMEOUT),
    (tx.TCPTimedOutError(), Failure.CONNECTION_FAILED),
    (scrapy_errors.DownloadConnectionRefusedError("x"), Failure.CONNECTION_FAILED),
    (tx.NoRouteError(), Failure.CONNECTION_FAILED),
    (tx.ConnectionLost(), Failure.CONNECTION_FAILED),
    (tx.ConnectionDone(), Failure.CONNECTION_FAILED),
    (ConnectionResetError(), Failure.CONNECTION_FAILED),
    (TunnelError("x"), Failure.CONNECTION_FAILED),
    (scrapy_errors.ResponseDataLossError(), Failure.CONNECTION_FAILED),
    (failed(ResponseNeverReceived, tx.ConnectionLost()), Failure.CONNECTION_FAILED),
    (failed(RequestTransmissionFailed, tx.ConnectionDone()), Failure.CONNECTION_FAILED),
    (failed(ResponseNeverReceived, SSL.Error([("SSL routines", "", "x")])), Failure.TLS_FAILED),
    (tx.PeerVerifyError(), Failure.TLS_FAILED),
    (failed(ResponseFailed, BadHeaders("x")), Failure.BAD_HEADERS),
    (failed(ResponseFailed, ParseError("x", b"y")), Failure.BAD_HEADERS),
    (scrapy_errors.DownloadCancelledError("x"), Failure.TOO_LARGE),
    (scrapy_errors.IgnoreRequest("exceeded DOWNLOAD_MAXSIZE"), Failure.TOO_LARGE),
    (scrapy_errors.IgnoreRequest("Forbidden by robots.txt"), Failure.ROBOTS_DENIED),
    (scrapy_errors.IgnoreRequest("max redirections reached"), Failure.REDIRECT_LOOP),
    (scrapy_errors.NotSupported("x"), Failure.ADDRESS_REFUSED),
    (scrapy_errors.UnsupportedURLSchemeError("x"), Failure.ADDRESS_REFUSED),
    (DiskFull("x"), Failure.DISK_FULL),
    (ReadOnly("x"), Failure.DISK_FULL),
    (ValueError("x"), Failure.BAD_HEADERS),
    (KeyError("x"), Failure.CRAWL_CRASHED),
    (AttributeError("x"), Failure.CRAWL_CRASHED),
]


@pytest.mark.parametrize(("error", "expected"), TABLE, ids=lambda value: repr(value)[:60])
def test_exception_has_its_name(error: BaseException, expected: Failure) -> None:
    failure, message = name_failure(error)
    assert failure is expected
    assert message
    assert "\n" not in message


def test_message_is_short_and_says_what_happened_inside() -> None:
    _, message = name_failure(failed(ResponseFailed, BadHeaders("the inner reason " + "x" * 1000)))
    assert message.startswith("BadHeaders: the inner reason")
    assert len(message) <= MAX_MESSAGE


def test_causes_that_go_in_circles_end() -> None:
    error = RuntimeError("a")
    error.__cause__ = error
    assert name_failure(error)[0] is Failure.CRAWL_CRASHED


def test_every_name_has_advice() -> None:
    assert set(ADVICE) == set(Failure)
