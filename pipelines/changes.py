"""The change log: append only, one writer; every reader keeps its own position."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, func, select

from pipelines import schema as t


class ChangeKind(StrEnum):
    """What happened to a policy.

    `relisted` is a new channel only, `reextracted` a new reading of old bytes.
    """

    NEW = "new"
    CHANGED = "changed"
    REEXTRACTED = "reextracted"
    RELISTED = "relisted"
    VANISHED = "vanished"
    RESTORED = "restored"
    HIDDEN = "hidden"


APPEND = t.change.insert()


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the log; `seq` grows and is never used twice."""

    seq: int
    page_id: str
    kind: ChangeKind
    night: date
    at: datetime


def append_changes(
    connection: Connection,
    changes: Sequence[tuple[str, ChangeKind]],
    *,
    night: date,
    at: datetime,
    run: int | None,
) -> None:
    """Write changes (page, kind) in the transaction that also writes what changed."""
    common = {"night": night, "at": at.replace(tzinfo=None), "run": run}
    if changes:
        connection.execute(APPEND, [{"page_id": page, "kind": kind} | common for page, kind in changes])


def changes_since(connection: Connection, seq: int, limit: int) -> Sequence[Change]:
    """Up to `limit` changes after position `seq`, in order."""
    c = t.change.c
    query = select(c.seq, c.page_id, c.kind, c.night, c.at).where(c.seq > seq).order_by(c.seq).limit(limit)
    return [
        Change(row.seq, row.page_id, ChangeKind(row.kind), row.night, row.at)
        for row in connection.execute(query)
    ]


def last_seq(connection: Connection) -> int:
    """The newest position of the log; 0 while it is empty."""
    return int(connection.execute(select(func.coalesce(func.max(t.change.c.seq), 0))).scalar_one())
