"""Policies that people hid: withdrawn documents and personal data, kept in the catalogue and shown nowhere.

`policy.hidden` holds the reason, which is for operators only; no later night touches it. Pages, archive and
change log stay as they are: the log gets a tombstone, and one more entry when the policy comes back.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, ScalarSelect, func, select, update

from pipelines import schema as t
from pipelines.changes import ChangeKind, append_changes, begin_changes
from pipelines.clock import day_of

MAX_REASON = 500  # characters
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
# Changes made by people between the nights: they are no news of any site.
BY_PEOPLE = (ChangeKind.HIDDEN, ChangeKind.UNHIDDEN)


@dataclass(frozen=True, slots=True)
class HiddenPolicy:
    """A hidden policy as operators see it; `at` is the instant (UTC) of its newest tombstone, None without one."""

    id: str
    title: str | None
    url: str
    site: str
    reason: str
    at: datetime | None


def hide_policy(connection: Connection, page_id: str, reason: str, at: datetime) -> bool:
    """Hide a policy and append its tombstone; False where it was hidden already: then it has the new reason.

    Raises LookupError where there is no such policy.
    """
    begin_changes(connection)
    hidden = _hidden(connection, page_id)
    _set(connection, page_id, reason)
    if hidden is None:
        append_changes(connection, [(page_id, ChangeKind.HIDDEN)], night=day_of(at), at=at, run=None)
    return hidden is None


def unhide_policy(connection: Connection, page_id: str, at: datetime) -> bool:
    """Show a hidden policy again and say so in the change log; False where it was not hidden.

    Raises LookupError where there is no such policy.
    """
    begin_changes(connection)
    if _hidden(connection, page_id) is None:
        return False
    _set(connection, page_id, None)
    append_changes(connection, [(page_id, ChangeKind.UNHIDDEN)], night=day_of(at), at=at, run=None)
    return True


def list_hidden(connection: Connection) -> tuple[HiddenPolicy, ...]:
    """All hidden policies, the longest hidden first."""
    p, page = t.policy.c, t.page.c
    query = (
        select(p.page_id, p.title, page.url, p.site, p.hidden, _newest_tombstone())
        .join(t.page, page.id == p.page_id)
        .where(p.hidden.is_not(None))
    )
    found = [
        HiddenPolicy(row[0], row[1], row[2], row[3], row[4] or "", _instant(row[5]))
        for row in connection.execute(query)
    ]
    return tuple(sorted(found, key=lambda one: (one.at or FIRST, one.id)))


def hidden_at(connection: Connection, page_id: str) -> datetime | None:
    """The instant (UTC) of the newest tombstone of a policy; None where it never had one."""
    c = t.change.c
    query = select(func.max(c.at)).where(c.page_id == page_id, c.kind == ChangeKind.HIDDEN)
    return _instant(connection.execute(query).scalar_one())


def hidden_among(connection: Connection, page_ids: Collection[str]) -> frozenset[str]:
    """Those of some ids whose policies are hidden."""
    p = t.policy.c
    query = select(p.page_id).where(p.page_id.in_(page_ids), p.hidden.is_not(None))
    return frozenset(connection.execute(query).scalars())


def last_hiding(connection: Connection) -> int:
    """The position in the change log of the newest tombstone; 0 without one."""
    c = t.change.c
    newest = select(func.coalesce(func.max(c.seq), 0)).where(c.kind == ChangeKind.HIDDEN)
    return int(connection.execute(newest).scalar_one())


def _hidden(connection: Connection, page_id: str) -> str | None:
    row = connection.execute(select(t.policy.c.hidden).where(t.policy.c.page_id == page_id)).one_or_none()
    if row is None:
        raise LookupError(page_id)
    hidden: str | None = row.hidden
    return hidden


def _set(connection: Connection, page_id: str, reason: str | None) -> None:
    connection.execute(update(t.policy).where(t.policy.c.page_id == page_id).values(hidden=reason))


def _newest_tombstone() -> ScalarSelect[datetime | None]:
    c = t.change.c
    return (
        select(func.max(c.at))
        .where(c.page_id == t.policy.c.page_id, c.kind == ChangeKind.HIDDEN)
        .scalar_subquery()
    )


def _instant(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
