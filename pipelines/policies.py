"""Policies in the catalogue: what waits to be normalised, what came of it, and reading it back."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, bindparam, exists, or_, select, update

from normalizers.failures import Failure
from normalizers.page import Hints, ListRow
from normalizers.policy import Attachment, Policy, SiteContext, decode_policy
from normalizers.version import EXTRACTOR_VERSION
from pipelines import schema as t
from pipelines.changes import ChangeKind, append_changes, begin_changes
from pipelines.clock import day_of
from pipelines.corrections import corrected_fields_differ, digest_of, load_digests, store_digests
from pipelines.database import set_all, set_where, upsert
from pipelines.items import ArchiveRef, AttachmentState, PageState
from pipelines.work import Normalised, ReadAttachment, WorkAttachment, WorkItem

# Readings of the same bytes by one version that end in a crash or out of time; each costs up to a minute.
MAX_TRIES = 3

OLD = select(t.policy.c.page_id, t.policy.c.content_hash, t.policy.c.extractor, t.policy.c.record).where(
    t.policy.c.page_id.in_(bindparam("pages", expanding=True))
)
STORED_COLUMNS = (
    "page_id",
    "record",
    "content_hash",
    "first_seen",
    "last_seen",
    "changed_at",
    "withdrawn",
    "hidden",
)
STORED = select(*(t.policy.c[name] for name in STORED_COLUMNS)).where(
    t.policy.c.page_id.in_(bindparam("pages", expanding=True))
)
SHOWN = (
    select(*(t.policy.c[name] for name in STORED_COLUMNS))
    .where(t.policy.c.page_id > bindparam("after"), t.policy.c.hidden.is_(None))
    .order_by(t.policy.c.page_id)
    .limit(bindparam("size"))
)


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """A policy with what the catalogue knows of its life; instants are UTC."""

    policy: Policy
    content_hash: str
    first_seen: datetime
    last_seen: datetime
    changed_at: datetime
    withdrawn: bool
    hidden: str | None


def take_work(
    connection: Connection,
    limit: int,
    exclude: Collection[str] = (),
    only: Collection[str] | None = None,
) -> list[WorkItem]:
    """Up to `limit` fetched pages none of whose attachments is still to come, in order of id.

    `only` leaves all pages but these in the queue.
    """
    page, attachment = t.page, t.attachment
    waiting = exists().where(attachment.c.page_id == page.c.id, attachment.c.state == AttachmentState.PENDING)
    query = (
        select(page)
        .where(page.c.state == PageState.FETCHED, ~waiting)
        .order_by(page.c.id)
        .limit(limit + len(exclude))
    )
    if only is not None:
        query = query.where(page.c.id.in_(only))
    rows = [row for row in connection.execute(query) if row.id not in exclude][:limit]
    return _work_items(connection, rows)


def _work_items(connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[WorkItem]:
    ids = [row.id for row in rows]
    by_page: dict[str, list[WorkAttachment]] = {i: [] for i in ids}
    a = t.attachment
    query = select(a).where(a.c.page_id.in_(ids)).order_by(a.c.page_id, a.c.position)
    for row in connection.execute(query):
        by_page[row.page_id].append(_work_attachment(row))
    contexts = _contexts(connection, rows)
    hints = {row.id: msgspec.json.decode(row.hints, type=Hints) for row in rows}
    return [
        WorkItem(
            page_id=row.id,
            url=row.url,
            opened=hints[row.id].opened_at(row.url, row.final_url or row.url),
            site=row.site,
            channel=row.channel,
            media_type=row.media_type or "",
            archive=ArchiveRef(row.archive_file, row.archive_offset, row.archive_length),
            row=msgspec.json.decode(row.row, type=ListRow),
            hints=hints[row.id],
            attachments=tuple(by_page[row.id]),
            context=contexts[row.id],
            run=row.run,
            ticket=row.ticket,
        )
        for row in rows
    ]


def _work_attachment(row: Row[*tuple[Any, ...]]) -> WorkAttachment:
    archived = row.archive_file is not None
    known = row.sha256 is not None and row.read_sha256 == row.sha256 and row.extractor == EXTRACTOR_VERSION
    done = known and not 0 < row.tries < MAX_TRIES
    read = Attachment(row.url, row.name, row.kind or "", row.text or "", row.failure or "") if done else None
    return WorkAttachment(
        url=row.url,
        name=row.name,
        sha256=row.sha256 or "",
        archive=ArchiveRef(row.archive_file, row.archive_offset, row.archive_length) if archived else None,
        failure="" if archived else (row.failure or ""),
        read=read,
        reader=row.reader or "",
        tries=row.tries if known else 0,
    )


def _contexts(connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[str, SiteContext]:
    ids = [row.id for row in rows]
    sites = {
        s.id: s for s in connection.execute(select(t.site).where(t.site.c.id.in_({r.site for r in rows})))
    }
    c, ch = t.listing.c, t.channel.c
    query = (
        select(c.page_id, c.channel, ch.type)
        .join(t.channel, and_(ch.site == c.site, ch.channel == c.channel))
        .join(t.page, and_(t.page.c.id == c.page_id, t.page.c.site == c.site))
        .where(c.page_id.in_(ids))
        .order_by(c.page_id, ch.position)
    )
    listed: dict[str, list[Row[*tuple[Any, ...]]]] = {i: [] for i in ids}
    for row in connection.execute(query):
        listed[row.page_id].append(row)
    return {row.id: _context(row, sites[row.site], listed[row.id]) for row in rows}


def _context(
    page: Row[*tuple[Any, ...]], site: Row[*tuple[Any, ...]], listed: Sequence[Row[*tuple[Any, ...]]]
) -> SiteContext:
    return SiteContext(
        site=site.id,
        site_name=site.name,
        channels=tuple(row.channel for row in listed),
        content_type=listed[0].type if listed else "policy",
        level=site.level,
        region=site.region,
        today=day_of(page.fetched_at.replace(tzinfo=UTC)),
    )


def store_policies(
    connection: Connection,
    batch: Sequence[tuple[WorkItem, Normalised, Sequence[ReadAttachment]]],
    *,
    night: date,
    at: datetime,
    run: int | None,
) -> list[ChangeKind | None]:
    """Store the policies of different pages, each with its change, if it is one; None means unchanged.

    Exactly one change is written however often the same result is stored.
    """
    begin_changes(connection)
    pages = [item.page_id for item, *_ in batch]
    old = {row.page_id: row for row in connection.execute(OLD, {"pages": pages})}
    before = load_digests(connection, pages)
    after = {item.page_id: digest_of(item.corrections) for item, *_ in batch}
    kinds = [
        _kind(old.get(page), made, corrected=before.get(page, "") != after[page])
        for page, (_, made, _) in zip(pages, batch, strict=True)
    ]
    moment = at.replace(tzinfo=None)
    rows = [_policy_row(item, made, moment) for item, made, _ in batch]
    news = [row for row, kind in zip(rows, kinds, strict=True) if kind]
    rest = [row for row, kind in zip(rows, kinds, strict=True) if not kind]
    upsert(connection, t.policy, news, update=RENEWED)
    upsert(connection, t.policy, rest, update=[name for name in RENEWED if name != "changed_at"])
    changes = [(item.page_id, kind) for (item, *_), kind in zip(batch, kinds, strict=True) if kind]
    validities = {
        item.page_id: was
        for (item, made, _), kind in zip(batch, kinds, strict=True)
        if kind is ChangeKind.CHANGED
        and (was := _validity_before(old[item.page_id].record, made.record)) is not None
    }
    append_changes(connection, changes, night=night, at=at, run=run, validities=validities)
    store_digests(connection, before, after)
    _store_read(connection, [(item, read) for item, _, reads in batch for read in reads])
    set_all(connection, t.page, [(_taken(item), {"state": PageState.NORMALISED}) for item, *_ in batch])
    return kinds


# Columns that every reading renews; `first_seen`, `withdrawn` and `hidden` belong to the page's life.
RENEWED = (
    "site",
    "title",
    "doc_number_key",
    "written_date",
    "published_date",
    "content_type",
    "record",
    "content_hash",
    "extractor",
    "last_seen",
    "changed_at",
)


def _policy_row(item: WorkItem, made: Normalised, moment: datetime) -> dict[str, Any]:
    return {
        "page_id": item.page_id,
        "site": item.site,
        "title": made.title,
        "doc_number_key": made.doc_number_key,
        "written_date": made.written_date,
        "published_date": made.published_date,
        "content_type": made.content_type,
        "record": made.record,
        "content_hash": made.content_hash,
        "extractor": EXTRACTOR_VERSION,
        "first_seen": moment,
        "last_seen": moment,
        "changed_at": moment,
        "withdrawn": False,
    }


def _kind(
    old: Row[*tuple[Any, ...]] | None, made: Normalised, *, corrected: bool = False
) -> ChangeKind | None:
    """What happened to a policy; `corrected` says that people corrected it otherwise than before."""
    if old is None:
        return ChangeKind.NEW
    if corrected and corrected_fields_differ(decode_policy(old.record), decode_policy(made.record)):
        return ChangeKind.CHANGED
    if old.extractor != EXTRACTOR_VERSION or (corrected and old.content_hash == made.content_hash):
        return ChangeKind.REEXTRACTED if old.record != made.record else None
    if old.content_hash != made.content_hash:
        return ChangeKind.CHANGED
    return ChangeKind.RELISTED if old.record != made.record else None


class _Validity(msgspec.Struct):
    """The one field of a record that is compared here; the rest is passed over."""

    validity: str | None = None


def _validity_before(old: bytes, new: bytes) -> str | None:
    """What the validity was in the old record where the new one has another, "" for unknown; else None."""
    before, after = (msgspec.json.decode(record, type=_Validity).validity for record in (old, new))
    return None if before == after else before or ""


def store_normalize_failure(connection: Connection, item: WorkItem, failure: Failure, message: str) -> None:
    """Note that a fetched page could not become a policy; a policy it had before stays."""
    values = {
        "state": PageState.FAILED,
        "failure": failure,
        "message": message[:500],
        "extractor": EXTRACTOR_VERSION,
    }
    set_where(connection, t.page, _taken(item), values)


def _taken(item: WorkItem) -> dict[str, Any]:
    """The page as it was taken: newer bytes or a new place in the queue make it another."""
    return {
        "id": item.page_id,
        "state": PageState.FETCHED,
        "archive_file": item.archive.file,
        "archive_offset": item.archive.offset,
        "ticket": item.ticket,
    }


def _store_read(connection: Connection, read: Sequence[tuple[WorkItem, ReadAttachment]]) -> None:
    rows = [
        (
            {"page_id": item.page_id, "url": r.url, "sha256": r.sha256},
            {
                "kind": r.attachment.kind,
                "text": r.attachment.text,
                "failure": r.attachment.failure or None,
                "reader": r.reader,
                "read_sha256": r.sha256,
                "extractor": EXTRACTOR_VERSION,
                "tries": r.tries,
            },
        )
        for item, r in read
    ]
    set_all(connection, t.attachment, rows)


def requeue_outdated(connection: Connection) -> int:
    """Queue every page that another version of the extractor read, or could not read; returns how many."""
    page, policy = t.page.c, t.policy.c
    outdated = select(policy.page_id).where(policy.extractor != EXTRACTOR_VERSION)
    read = and_(page.state == PageState.NORMALISED, page.id.in_(outdated))
    unread = and_(page.state == PageState.FAILED, page.extractor != EXTRACTOR_VERSION)
    queued = update(t.page).where(or_(read, unread)).values(state=PageState.FETCHED, ticket=page.ticket + 1)
    return connection.execute(queued).rowcount


def store_withdrawals(
    connection: Connection, *, night: date, at: datetime, run: int | None
) -> list[tuple[str, str, str, ChangeKind]]:
    """Turn vanished and returned pages into changes; answers (page, site, channel, kind) of each."""
    page, policy = t.page.c, t.policy.c
    query = (
        select(page.id, page.site, page.channel, page.vanished_night)
        .join(t.policy, policy.page_id == page.id)
        .where(policy.withdrawn != page.vanished_night.is_not(None))
        .order_by(page.id)
    )
    begin_changes(connection)
    found = []
    for row in connection.execute(query).all():
        gone = row.vanished_night is not None
        kind = ChangeKind.VANISHED if gone else ChangeKind.RESTORED
        connection.execute(update(t.policy).where(policy.page_id == row.id).values(withdrawn=gone))
        append_changes(connection, [(row.id, kind)], night=night, at=at, run=run)
        found.append((row.id, row.site, row.channel, kind))
    return found


def load_stored(connection: Connection, page_ids: Sequence[str]) -> dict[str, StoredPolicy]:
    """The policies of the given pages, as far as they have one."""
    return {row[0]: _stored(row) for row in connection.execute(STORED, {"pages": page_ids})}


def iter_stored(connection: Connection, size: int) -> Iterator[list[StoredPolicy]]:
    """All policies that are not hidden in order of id, so many at a time."""
    after = ""
    while rows := connection.execute(SHOWN, {"after": after, "size": size}).all():
        yield [_stored(row) for row in rows]
        after = rows[-1][0]


def _stored(row: Row[*tuple[Any, ...]]) -> StoredPolicy:
    _, record, content_hash, first_seen, last_seen, changed_at, withdrawn, hidden = row
    return StoredPolicy(
        decode_policy(record),
        content_hash,
        first_seen.replace(tzinfo=UTC),
        last_seen.replace(tzinfo=UTC),
        changed_at.replace(tzinfo=UTC),
        withdrawn,
        hidden,
    )


def iter_page_ids(connection: Connection) -> Iterator[str]:
    """The ids of all pages that have a policy, ordered."""
    for (page_id,) in connection.execute(select(t.policy.c.page_id).order_by(t.policy.c.page_id)):
        yield page_id


def find_by_number(connection: Connection, key: str) -> list[str]:
    """The ids of all pages whose document number has this key, ordered."""
    p = t.policy.c
    return list(
        connection.execute(select(p.page_id).where(p.doc_number_key == key).order_by(p.page_id)).scalars()
    )
