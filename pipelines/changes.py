"""The change log: append only, one writer at a time; every reader keeps its own position.

A position becomes visible only after all positions before it: a transaction takes the turn of the log before its
first position and keeps it until it ends. Otherwise a reader that passed a position would never see one
before it that was given earlier and committed later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from sqlalchemy import Connection, func, select

from pipelines import schema as t
from pipelines.database import take_turn


class ChangeKind(StrEnum):
    """What happened to a policy.

    `relisted` is a new channel only, `reextracted` a new reading of old bytes. `hidden` is a tombstone: people
    took the policy out of every view; what else is said of it afterwards is not to be shown before `unhidden`,
    which brings it back as it is then.
    """

    NEW = "new"
    CHANGED = "changed"
    REEXTRACTED = "reextracted"
    RELISTED = "relisted"
    VANISHED = "vanished"
    RESTORED = "restored"
    HIDDEN = "hidden"
    UNHIDDEN = "unhidden"


APPEND = t.change.insert()
TURN = 0x7A636C6F67  # "zclog": a number that no other program uses in the same database
UNCHANGED: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the log; `seq` grows and is never used twice.

    `validity_before` is what the validity was where this changed it, "" for unknown; else None.
    """

    seq: int
    page_id: str
    kind: ChangeKind
    night: date
    at: datetime
    validity_before: str | None = None


def begin_changes(connection: Connection) -> None:
    """Take the turn of the log: before the first row of a policy that is written together with its change.

    Two transactions that took rows first and the turn later could wait for each other.
    """
    take_turn(connection, TURN)


def append_changes(
    connection: Connection,
    changes: Sequence[tuple[str, ChangeKind]],
    *,
    night: date,
    at: datetime,
    run: int | None,
    validities: Mapping[str, str] = UNCHANGED,
) -> None:
    """Write changes (page, kind) in the transaction that also writes what changed.

    `validities` has what the validity of a page was, "" for unknown, where this changes it.
    """
    common = {"night": night, "at": at.replace(tzinfo=None), "run": run}
    if changes:
        begin_changes(connection)
        rows = [
            {"page_id": page, "kind": kind, "validity_before": validities.get(page)} | common
            for page, kind in changes
        ]
        connection.execute(APPEND, rows)


def changes_since(connection: Connection, seq: int, limit: int) -> Sequence[Change]:
    """Up to `limit` changes after position `seq`, in order."""
    c = t.change.c
    columns = (c.seq, c.page_id, c.kind, c.night, c.at, c.validity_before)
    query = select(*columns).where(c.seq > seq).order_by(c.seq).limit(limit)
    return [
        Change(row.seq, row.page_id, ChangeKind(row.kind), row.night, row.at, row.validity_before)
        for row in connection.execute(query)
    ]


def last_seq(connection: Connection) -> int:
    """The newest position of the log; 0 while it is empty."""
    return int(connection.execute(select(func.coalesce(func.max(t.change.c.seq), 0))).scalar_one())


def changed_at(connection: Connection, seq: int) -> datetime | None:
    """The instant (UTC) of the change at a position; None where there is none."""
    at = connection.execute(select(t.change.c.at).where(t.change.c.seq == seq)).scalar_one_or_none()
    return at.replace(tzinfo=UTC) if at else None


def touched_at(connection: Connection, page_id: str) -> datetime | None:
    """The instant (UTC) of the newest change of a policy; None where there is none."""
    at = connection.execute(select(func.max(t.change.c.at)).where(t.change.c.page_id == page_id)).scalar_one()
    return at.replace(tzinfo=UTC) if at else None
