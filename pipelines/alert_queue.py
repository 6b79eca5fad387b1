"""What alerts have found and not yet told: events, and the messages that carry them.

A message is made once, in one transaction with the events that it takes; it is tried until it is accepted, and an
accepted one is never taken up again.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from pipelines import schema as t
from pipelines.alerts import AlertState, plain, set_alert
from pipelines.changes import ChangeKind

WAITING, ACCEPTED, GIVEN_UP, NOTHING_LEFT = "waiting", "accepted", "given_up", "nothing_left"


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """A change that an alert tells; `validity_before` as in the change log."""

    seq: int
    page_id: str
    kind: ChangeKind
    validity_before: str | None = None


@dataclass(frozen=True, slots=True)
class AlertMessage:
    """Some events of an alert that are sent together; `tries` failed so far."""

    id: str
    alert: str
    events: int
    tries: int
    made_at: datetime
    next_at: datetime


def store_events(
    connection: Connection, alert_id: str, before: int, events: Sequence[AlertEvent], after: int
) -> bool:
    """Store what an alert found between two positions and move it there; False where it has moved meanwhile."""
    a = t.alert.c
    moved = connection.execute(
        update(t.alert)
        .where(a.id == alert_id, a.position == before, a.state == AlertState.ACTIVE)
        .values(position=after)
    )
    if not moved.rowcount:
        return False
    rows = [
        {
            "alert": alert_id,
            "seq": one.seq,
            "page_id": one.page_id,
            "kind": one.kind,
            "validity_before": one.validity_before,
        }
        for one in events
    ]
    if rows:
        connection.execute(insert(t.alert_event), rows)
    return True


def make_message(connection: Connection, alert_id: str, most: int, now: datetime) -> AlertMessage | None:
    """A message of the oldest `most` events that belong to none; None where there are none."""
    e = t.alert_event.c
    waiting = select(e.seq).where(e.alert == alert_id, e.message.is_(None)).order_by(e.seq).limit(most)
    seqs = list(connection.execute(waiting).scalars())
    if not seqs:
        return None
    message = AlertMessage(message_id(alert_id, seqs), alert_id, len(seqs), 0, now, now)
    connection.execute(
        insert(t.alert_message).values(
            id=message.id,
            alert=alert_id,
            first_seq=seqs[0],
            events=len(seqs),
            state=WAITING,
            tries=0,
            made_at=plain(now),
            next_at=plain(now),
        )
    )
    taken = update(t.alert_event).where(e.alert == alert_id, e.message.is_(None), e.seq <= seqs[-1])
    connection.execute(taken.values(message=message.id))
    return message


def message_id(alert_id: str, seqs: Sequence[int]) -> str:
    """The id of a message, the same for the same events of the same alert."""
    return hashlib.sha256(f"{alert_id}:{seqs[0]}-{seqs[-1]}".encode()).hexdigest()[:16]


def event_id(alert_id: str, seq: int) -> str:
    """The id of an event, the same for the same change and the same alert."""
    return f"{alert_id}-{seq}"


def waiting_messages(connection: Connection, alert_id: str) -> list[AlertMessage]:
    """The messages of an alert that were not accepted yet, oldest events first."""
    m = t.alert_message.c
    query = select(t.alert_message).where(m.alert == alert_id, m.state == WAITING).order_by(m.first_seq)
    return [
        AlertMessage(
            row.id,
            row.alert,
            row.events,
            row.tries,
            row.made_at.replace(tzinfo=UTC),
            row.next_at.replace(tzinfo=UTC),
        )
        for row in connection.execute(query)
    ]


def alerts_with_messages(connection: Connection) -> list[str]:
    """The ids of active alerts that have messages to send."""
    m, a = t.alert_message.c, t.alert.c
    query = (
        select(m.alert)
        .join(t.alert, a.id == m.alert)
        .where(m.state == WAITING, a.state == AlertState.ACTIVE)
        .distinct()
        .order_by(m.alert)
    )
    return list(connection.execute(query).scalars())


def alerts_with_events(connection: Connection) -> list[str]:
    """The ids of active alerts that have events which belong to no message."""
    e, a = t.alert_event.c, t.alert.c
    query = (
        select(e.alert)
        .join(t.alert, a.id == e.alert)
        .where(e.message.is_(None), a.state == AlertState.ACTIVE)
        .distinct()
        .order_by(e.alert)
    )
    return list(connection.execute(query).scalars())


def message_events(connection: Connection, message: str) -> list[AlertEvent]:
    """The events of a message in the order of the change log."""
    e = t.alert_event.c
    query = select(t.alert_event).where(e.message == message).order_by(e.seq)
    return [
        AlertEvent(row.seq, row.page_id, ChangeKind(row.kind), row.validity_before)
        for row in connection.execute(query)
    ]


def note_accepted(connection: Connection, message: AlertMessage, now: datetime) -> None:
    """Note that a target took a message: it is never sent again, and the target is well."""
    _end(connection, message.id, ACCEPTED, now)
    set_alert(
        connection,
        message.alert,
        failures=0,
        failing_since=None,
        failure=None,
        message="",
        next_at=None,
    )


def note_given_up(connection: Connection, message: AlertMessage, now: datetime) -> None:
    """Note that a message is not tried any more."""
    _end(connection, message.id, GIVEN_UP, now)


def note_nothing_left(connection: Connection, message: AlertMessage, now: datetime) -> None:
    """Note that nothing of a message may be told any more: it is not sent."""
    _end(connection, message.id, NOTHING_LEFT, now)


def note_later(
    connection: Connection, message: AlertMessage, next_at: datetime, *, tried: bool = True
) -> None:
    """Note when a message is to be tried again; `tried` says whether this was a try of its target."""
    m = t.alert_message.c
    values = {"next_at": plain(next_at), "tries": message.tries + tried}
    connection.execute(update(t.alert_message).where(m.id == message.id).values(values))


def _end(connection: Connection, message: str, state: str, now: datetime) -> None:
    m = t.alert_message.c
    connection.execute(
        update(t.alert_message).where(m.id == message).values(state=state, ended_at=plain(now))
    )


def forget_old(connection: Connection, before: datetime) -> int:
    """Forget messages that ended before an instant, with their events; how many messages."""
    m, e = t.alert_message.c, t.alert_event.c
    old = select(m.id).where(m.ended_at < plain(before))
    connection.execute(delete(t.alert_event).where(e.message.in_(old)))
    return connection.execute(delete(t.alert_message).where(m.ended_at < plain(before))).rowcount


def count_waiting(connection: Connection) -> int:
    """How many events of active and paused alerts were not accepted yet."""
    e, m = t.alert_event.c, t.alert_message.c
    query = (
        select(func.count())
        .select_from(t.alert_event)
        .outerjoin(t.alert_message, m.id == e.message)
        .where(e.message.is_(None) | (m.state == WAITING))
    )
    return int(connection.execute(query).scalar_one())
