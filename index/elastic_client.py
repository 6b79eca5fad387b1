"""The connection to Elasticsearch, and the house names of what may go wrong on it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec
from elastic_transport import ConnectionError as NoConnection
from elastic_transport import JsonSerializer, TlsError, TransportError
from elasticsearch import ApiError, Elasticsearch, UnsupportedProductError

from index.engine import IndexServerError, IndexUnusableError
from normalizers.failures import Failure
from pipelines.config import IndexServer

# Seconds for one answer: a search takes milliseconds, a bulk of 8 MB about two seconds (2 cores, 2026-11).
SEARCH_SECONDS = 10.0
WRITE_SECONDS = 120.0
# Between two tries of a writer.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
NOT_FOUND = 404
INDEX_GONE = "index_not_found_exception"
OVERLOADED = (429, 502, 503, 504)

Answer = TypeVar("Answer")


class _Json(JsonSerializer):
    """JSON by msgspec: the facets of a query are some thousand values (a third of the time of `json`)."""

    def json_dumps(self, data: Any) -> bytes:
        return msgspec.json.encode(data)

    def json_loads(self, data: bytes) -> Any:
        return msgspec.json.decode(data)


def connect(server: IndexServer) -> Elasticsearch:
    """A client; nothing is asked of the server yet."""
    options: dict[str, Any] = {}
    if ":" in server.secret:
        user, _, password = server.secret.partition(":")
        options["basic_auth"] = (user, password)
    elif server.secret:
        options["api_key"] = server.secret
    if server.ca:
        options["ca_certs"] = str(server.ca)
    try:
        return Elasticsearch(
            list(server.addresses),
            request_timeout=SEARCH_SECONDS,
            max_retries=2,
            retry_on_timeout=False,
            retry_on_status=(),
            serializer=_Json(),
            **options,
        )
    except (OSError, ValueError) as error:
        raise IndexServerError(Failure.INDEX_TLS_FAILED, f"{server.ca}：{error}") from error


@contextmanager
def failures_named() -> Iterator[None]:
    """Turn whatever the client raises into IndexServerError, a missing index into IndexUnusableError."""
    try:
        yield
    except TlsError as error:
        raise IndexServerError(Failure.INDEX_TLS_FAILED, _short(error)) from error
    except UnsupportedProductError as error:
        raise IndexServerError(Failure.INDEX_FAILED, "这个地址不是 Elasticsearch 8") from error
    except TransportError as error:
        unreachable = isinstance(error, NoConnection) or "timed out" in str(error).lower()
        name = Failure.INDEX_UNREACHABLE if unreachable else Failure.INDEX_FAILED
        raise IndexServerError(name, _short(error)) from error
    except ApiError as error:
        if error.status_code == NOT_FOUND:
            raise IndexUnusableError(f"索引不存在，或已被另一处删除（{_short(error)}）") from error
        raise IndexServerError(
            failure_of(error.status_code, error_type(error.body)), _short(error)
        ) from error


def failure_of(status: int, kind: str) -> Failure:
    """The name of an answer that is an error, from its status and the type of its error."""
    if kind == "cluster_block_exception":
        return Failure.INDEX_READ_ONLY
    if status in OVERLOADED:
        return Failure.INDEX_UNREACHABLE
    if status in (401, 403):
        return Failure.INDEX_LOGIN_REFUSED
    return Failure.INDEX_FAILED


def error_type(body: Any) -> str:
    """The type of an error in an answer, "" where it has none."""
    error = body.get("error") if isinstance(body, dict) else None
    return str(error.get("type", "")) if isinstance(error, dict) else ""


def patiently(work: Callable[[], Answer], patience: float) -> Answer:
    """The answer of a server that may be away or overloaded for a while; raises IndexServerError after it."""
    deadline, pause = time.monotonic() + patience, FIRST_PAUSE
    while True:
        try:
            with failures_named():
                return work()
        except IndexServerError as error:
            if error.failure != Failure.INDEX_UNREACHABLE or time.monotonic() + pause > deadline:
                raise
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
