"""Writing many documents: in bulk, with patience, and each refusal by name."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

import msgspec
from elasticsearch import Elasticsearch

from index.elastic_client import INDEX_GONE, OVERLOADED, WRITE_SECONDS, failure_of, patiently
from index.engine import IndexBusyError, IndexServerError, Rejected
from normalizers.failures import Failure

# One request holds so many records or bytes, whichever comes first.
BULK_RECORDS = 500
BULK_BYTES = 8 << 20
TOO_LARGE = 413
CAUSE = 200  # characters of a reason that are told
# Of every item of an answer only what is looked at.
FILTER = "items.*._id,items.*.status,items.*.error"

Item = Mapping[str, Any]


class Bulk:
    """Puts and deletes of one index, the last one of an id standing, sent when there are enough.

    What a server refuses is sent once more alone; `rejected` names what it refuses then.
    """

    def __init__(
        self, client: Elasticsearch, index: str, patience: float, rejected: Iterable[Rejected] = ()
    ) -> None:
        """`rejected` were refused by writers before."""
        self._client = client.options(request_timeout=WRITE_SECONDS)
        self._index = index
        self._patience = patience
        self._waiting: dict[str, bytes | None] = {}
        self._bytes = 0
        self._rejected = {one.id: one for one in rejected}

    @property
    def rejected(self) -> tuple[Rejected, ...]:
        """The documents refused so far whose latest form was not taken."""
        return tuple(self._rejected.values())

    def put(self, record_id: str, record: Mapping[str, Any]) -> None:
        """Add a record or replace the one of its id."""
        self._add(record_id, msgspec.json.encode(record))

    def delete(self, record_id: str) -> None:
        """Remove a record; one that is not there is no error."""
        self._add(record_id, None)

    def flush(self) -> None:
        """Send what waits; raises IndexServerError, IndexBusyError."""
        waiting, self._waiting, self._bytes = self._waiting, {}, 0
        if waiting:
            self._send(waiting)

    def _add(self, record_id: str, record: bytes | None) -> None:
        self._waiting[record_id] = record
        self._bytes += len(record or b"")
        if self._bytes >= BULK_BYTES or len(self._waiting) >= BULK_RECORDS:
            self.flush()

    def _send(self, records: Mapping[str, bytes | None]) -> None:
        try:
            refused = patiently(lambda: self._once(records), self._patience)
        except IndexServerError as error:
            if not _too_large(error):
                raise
            refused = dict.fromkeys(records, "")
        for record_id, reason in refused.items():
            self._send_alone(record_id, records[record_id], reason)

    def _send_alone(self, record_id: str, record: bytes | None, reason: str) -> None:
        alone = {record_id: record}
        try:
            refused = patiently(lambda: self._once(alone), self._patience)
        except IndexServerError as error:
            if not _too_large(error):
                raise
            refused = {record_id: str(error)}
        if record_id in refused:
            self._rejected[record_id] = Rejected(record_id, refused[record_id] or reason)

    def _once(self, records: Mapping[str, bytes | None]) -> dict[str, str]:
        """Send records and say which were refused and why; overloaded servers raise, to be asked again."""
        answer = self._client.bulk(
            index=self._index, operations=cast(Any, list(_lines(records))), filter_path=FILTER
        )
        refused: dict[str, str] = {}
        overloaded: Item | None = None
        for item in answer.body.get("items", ()):
            result = next(iter(item.values()))
            error = result.get("error")
            if error is None:
                self._rejected.pop(result["_id"], None)
                continue
            kind, status = str(error.get("type")), int(result["status"])
            if kind == INDEX_GONE:
                raise IndexBusyError(replaced_elsewhere(self._index))
            name = failure_of(status, kind)
            if name in (Failure.INDEX_READ_ONLY, Failure.INDEX_LOGIN_REFUSED):
                raise IndexServerError(name, _reason(error))
            if status in OVERLOADED:
                overloaded = error
            else:
                refused[result["_id"]] = _reason(error)
        if overloaded:
            raise IndexServerError(Failure.INDEX_UNREACHABLE, _reason(overloaded))
        return refused


def replaced_elsewhere(index: str) -> str:
    """What a writer says whose generation is gone."""
    return f"{index}：另一台机器已换成新的一代，删去了这一代；请只留一处运行"


def _lines(records: Mapping[str, bytes | None]) -> Iterator[bytes]:
    for record_id, record in records.items():
        if record is None:
            yield msgspec.json.encode({"delete": {"_id": record_id}})
        else:
            yield msgspec.json.encode({"index": {"_id": record_id}})
            yield record


def _reason(error: Item) -> str:
    """The reason of an item and what caused it, each short: they quote the document."""
    causes: list[str] = []
    cause: Any = error
    while isinstance(cause, Mapping):
        causes.append(str(cause.get("reason"))[:CAUSE])
        cause = cause.get("caused_by")
    return "：".join(causes)


def _too_large(error: IndexServerError) -> bool:
    cause = error.__cause__
    return getattr(cause, "status_code", None) == TOO_LARGE
