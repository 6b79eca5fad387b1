"""Every way a request can end badly, by name."""

from collections.abc import Iterator

from OpenSSL import SSL
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.internet import error as tx
from twisted.internet.ssl import VerificationError
from twisted.web._newclient import ParseError

from normalizers.failures import Failure
from pipelines.disk import StorageError

# Set by the replay on its 404s, so that they are told from those of a host.
NOT_SAVED_FLAG = "not_saved"
MAX_MESSAGE = 300
_DEPTH = 6


class NamedFailure(IgnoreRequest):
    """A request that one of our middlewares refused or gave up; it already knows its name."""

    def __init__(self, failure: Failure, message: str) -> None:
        super().__init__(f"{failure.value}: {message}")
        self.failure = failure
        self.message = message


class BadHeaders(Exception):
    """The head of an answer is longer than any honest one."""


_STATUS = {
    404: Failure.NOT_FOUND,
    410: Failure.GONE,
    408: Failure.TIMEOUT,
    429: Failure.RATE_LIMITED,
}

# Looked up from the outermost exception inwards; within one exception the first line that fits wins.
_KINDS: tuple[tuple[tuple[type[BaseException], ...], Failure], ...] = (
    ((StorageError,), Failure.DISK_FULL),
    ((BadHeaders, ParseError), Failure.BAD_HEADERS),
    ((SSL.Error, VerificationError, tx.VerifyError), Failure.TLS_FAILED),
    ((CannotResolveHostError, tx.DNSLookupError), Failure.DNS_FAILURE),
    ((DownloadTimeoutError, tx.TimeoutError, TimeoutError), Failure.TIMEOUT),
    ((DownloadCancelledError,), Failure.TOO_LARGE),
    ((UnsupportedURLSchemeError, NotSupported), Failure.ADDRESS_REFUSED),
)
_CONNECTION: tuple[type[BaseException], ...] = (
    DownloadConnectionRefusedError,
    DownloadFailedError,
    ResponseDataLossError,
    TunnelError,
    tx.ConnectError,
    tx.ConnectionClosed,
    ConnectionError,
)


def name_failure(exc: BaseException) -> tuple[Failure, str]:
    """The name of whatever an errback sees, with a short message in one line."""
    if isinstance(exc, NamedFailure):
        return exc.failure, exc.message[:MAX_MESSAGE]
    if isinstance(exc, HttpError):
        return _name_status(exc)
    return _name_exception(exc), _message(exc)


def _name_status(exc: HttpError) -> tuple[Failure, str]:
    response = exc.response
    message = f"HTTP {response.status} {response.url}"[:MAX_MESSAGE]
    if NOT_SAVED_FLAG in response.flags:
        return Failure.NOT_SAVED, message
    status = response.status
    if status in _STATUS:
        return _STATUS[status], message
    if status >= 500:
        return Failure.HTTP_5XX, message
    # A redirect without a target, a 304 that nobody asked for: the head contradicts itself.
    return (Failure.HTTP_4XX if status >= 400 else Failure.BAD_HEADERS), message


def _name_exception(exc: BaseException) -> Failure:
    for inner in _layers(exc):
        if isinstance(inner, NamedFailure):
            return inner.failure
        for kinds, failure in _KINDS:
            if isinstance(inner, kinds):
                return failure
    if isinstance(exc, IgnoreRequest):
        return _name_ignored(exc)
    if isinstance(exc, _CONNECTION):
        return Failure.CONNECTION_FAILED
    if isinstance(exc, OSError | ValueError):
        return Failure.BAD_HEADERS
    return Failure.CRAWL_CRASHED


def _name_ignored(exc: IgnoreRequest) -> Failure:
    text = str(exc)
    if "robots.txt" in text:
        return Failure.ROBOTS_DENIED
    if "DOWNLOAD_MAXSIZE" in text:
        return Failure.TOO_LARGE
    return Failure.REDIRECT_LOOP if "redirect" in text else Failure.CRAWL_CRASHED


def _layers(exc: BaseException) -> Iterator[BaseException]:
    """An exception and what is inside it: causes, and the reasons of Twisted's ResponseFailed."""
    queue: list[tuple[BaseException, int]] = [(exc, 0)]
    for inner, depth in queue:
        yield inner
        if depth == _DEPTH:
            continue
        if inner.__cause__ is not None:
            queue.append((inner.__cause__, depth + 1))
        queue.extend((reason.value, depth + 1) for reason in getattr(inner, "reasons", None) or ())


def _message(exc: BaseException) -> str:
    """The innermost text there is: Twisted and Scrapy wrap what happened, and say less each time."""
    told = [inner for inner in _layers(exc) if str(inner)]
    inner = told[-1] if told else exc
    return " ".join(f"{type(inner).__name__}: {inner}".split()).rstrip(": ")[:MAX_MESSAGE]
