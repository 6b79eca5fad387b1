"""Saved queries with a place to tell what is new of them, in the catalogue."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from pipelines import schema as t
from pipelines.changes import last_seq


class TargetKind(StrEnum):
    """How a target is told; robots are those of group chats."""

    MAIL = "mail"
    WEBHOOK = "webhook"
    DINGTALK = "dingtalk"
    WECOM = "wecom"
    FEISHU = "feishu"


class Topic(StrEnum):
    """What of the life of a policy is told: `status` is vanished, restored, and another validity."""

    NEW = "new"
    CHANGED = "changed"
    STATUS = "status"


class Rhythm(StrEnum):
    """When: at the next run, or once a day."""

    INSTANT = "instant"
    DAILY = "daily"


class AlertState(StrEnum):
    """`pending` until its receiver confirms it; `declined` by him, kept so that he is not asked again at once."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Alert:
    """One saved query and its target; instants are UTC.

    `query` are the parameters of the results page, `address` is that of a receiver of mail and for other
    targets what may be shown of theirs. `ask_at` is when to ask a receiver to confirm, `position` how far in
    the change log it has looked, `digest_day` the day of the last digest. `failures` are those since something
    was last accepted, `failure` and `message` the last one, `next_at` when the target may be tried again.
    """

    id: str
    name: str
    query: str
    kind: TargetKind
    address: str
    topics: frozenset[Topic]
    rhythm: Rhythm
    state: AlertState
    made_at: datetime
    ask_at: datetime | None = None
    asked: int = 0
    position: int = 0
    digest_day: date | None = None
    failures: int = 0
    failing_since: datetime | None = None
    failure: str | None = None
    message: str = ""
    next_at: datetime | None = None


def add_alert(connection: Connection, alert: Alert) -> None:
    """Store a new alert; it looks at what changes from now on."""
    values = {name: getattr(alert, name) for name in ("id", "name", "query", "kind", "address", "asked")}
    connection.execute(
        insert(t.alert).values(
            **values,
            events=",".join(sorted(alert.topics)),
            rhythm=alert.rhythm,
            state=alert.state,
            made_at=plain(alert.made_at),
            ask_at=plain(alert.ask_at) if alert.ask_at else None,
            position=last_seq(connection),
            failures=0,
            message="",
        )
    )


def load_alerts(connection: Connection, states: Collection[AlertState] = tuple(AlertState)) -> list[Alert]:
    """The alerts in some states, oldest first."""
    a = t.alert.c
    query = select(t.alert).where(a.state.in_(states)).order_by(a.made_at, a.id)
    return [_alert(row) for row in connection.execute(query)]


def find_alert(connection: Connection, alert_id: str) -> Alert | None:
    """One alert."""
    row = connection.execute(select(t.alert).where(t.alert.c.id == alert_id)).one_or_none()
    return _alert(row) if row else None


def alerts_of_address(connection: Connection, address: str) -> list[Alert]:
    """The alerts of a receiver of mail, however its letters are written large or small."""
    a = t.alert.c
    query = select(t.alert).where(a.kind == TargetKind.MAIL, func.lower(a.address) == address.lower())
    return [_alert(row) for row in connection.execute(query)]


def count_alerts(connection: Connection, state: AlertState) -> int:
    """How many alerts are in a state."""
    query = select(func.count()).select_from(t.alert).where(t.alert.c.state == state)
    return int(connection.execute(query).scalar_one())


def set_alert(connection: Connection, alert_id: str, **values: Any) -> None:
    """Set columns of an alert; instants as the catalogue keeps them (`plain`)."""
    connection.execute(update(t.alert).where(t.alert.c.id == alert_id).values(values))


def confirm_alert(connection: Connection, alert_id: str) -> bool:
    """Make a pending alert an active one that begins now; whether it was pending."""
    values: Mapping[str, Any] = {
        "state": AlertState.ACTIVE,
        "position": last_seq(connection),
        "ask_at": None,
    }
    a = t.alert.c
    done = connection.execute(
        update(t.alert).where(a.id == alert_id, a.state == AlertState.PENDING).values(values)
    )
    return bool(done.rowcount)


def resume_alert(connection: Connection, alert_id: str, *, skip: bool) -> None:
    """Make a paused alert active: it goes on where it stopped, or with `skip` from now on."""
    values: dict[str, Any] = {
        "state": AlertState.ACTIVE,
        "failures": 0,
        "failing_since": None,
        "failure": None,
        "message": "",
        "next_at": None,
    }
    if skip:
        values["position"] = last_seq(connection)
        _forget_events(connection, [alert_id])
    set_alert(connection, alert_id, **values)


def remove_alerts(connection: Connection, alert_ids: Sequence[str]) -> None:
    """Forget alerts with all that belongs to them, addresses included."""
    _forget_events(connection, alert_ids)
    connection.execute(delete(t.alert).where(t.alert.c.id.in_(alert_ids)))


def remove_unconfirmed(connection: Connection, before: datetime) -> int:
    """Forget alerts that nobody confirmed, made before an instant; how many."""
    a = t.alert.c
    states = (AlertState.PENDING, AlertState.DECLINED)
    old = delete(t.alert).where(a.state.in_(states), a.made_at < plain(before))
    return connection.execute(old).rowcount


def plain(moment: datetime) -> datetime:
    """An instant as the catalogue keeps it."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def _forget_events(connection: Connection, alert_ids: Sequence[str]) -> None:
    connection.execute(delete(t.alert_event).where(t.alert_event.c.alert.in_(alert_ids)))
    connection.execute(delete(t.alert_message).where(t.alert_message.c.alert.in_(alert_ids)))


def _alert(row: Row[*tuple[Any, ...]]) -> Alert:
    return Alert(
        row.id,
        row.name,
        row.query,
        TargetKind(row.kind),
        row.address,
        frozenset(Topic(name) for name in row.events.split(",") if name),
        Rhythm(row.rhythm),
        AlertState(row.state),
        row.made_at.replace(tzinfo=UTC),
        _instant(row.ask_at),
        row.asked,
        row.position,
        row.digest_day,
        row.failures,
        _instant(row.failing_since),
        row.failure,
        row.message,
        _instant(row.next_at),
    )


def _instant(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
