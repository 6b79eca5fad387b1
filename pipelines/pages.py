"""What the crawl of one site reads from and writes to the catalogue."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, func, or_, select, update

from normalizers.addresses import address_key, page_id
from normalizers.failures import Failure
from normalizers.page import Hints, ListRow
from pipelines import schema as t
from pipelines.catalogue import Catalogue
from pipelines.clock import Clock
from pipelines.database import upsert
from pipelines.items import (
    AttachmentItem,
    AttachmentState,
    AttachmentTask,
    ChannelState,
    FailureItem,
    Fetched,
    NotModifiedItem,
    PageItem,
    PageState,
    PageTask,
    SeenRow,
    SeenVerdict,
    SiteRecord,
    Verdict,
)
from pipelines.rechecks import RETRY, next_check

# A whole channel is walked again once a week: design.md, re-checks.
DEEP_EVERY = timedelta(days=7)
MISSING = frozenset({Failure.NOT_FOUND, Failure.GONE})
encode = msgspec.json.encode


class SiteLedger:
    """The catalogue as one site's crawl in one night sees it; every method is one short transaction."""

    def __init__(self, catalogue: Catalogue, site: SiteRecord, night: date, run: int, clock: Clock) -> None:
        self.catalogue = catalogue
        self.site = site
        self.night = night
        self.run = run
        self.clock = clock
        self._walks: dict[str, int] = {}
        self._incremental: dict[str, bool] = {}

    def open_site(self) -> None:
        """Register the site and its channels as the site file declares them."""
        record = self.site
        values = {
            name: getattr(record, name) for name in ("id", "name", "level", "region", "platform", "base")
        }
        rows = [
            {"site": record.id, "channel": c.name, "type": c.type, "position": position}
            for position, c in enumerate(record.channels)
        ]
        with self.catalogue.write() as connection:
            upsert(connection, t.site, [values], update=("name", "level", "region", "platform", "base"))
            upsert(connection, t.channel, rows, update=("type", "position"))

    # lists

    def channel_state(self, channel: str) -> ChannelState:
        """How far the channel has been walked, and the validators of its first list page."""
        with self.catalogue.read() as connection:
            row = connection.execute(select(t.channel).where(*self._channel(channel))).one()
            known = connection.execute(
                select(func.count())
                .select_from(t.listing)
                .where(t.listing.c.site == self.site.id, t.listing.c.channel == channel)
            ).scalar_one()
        self._walks[channel] = row.walk
        self._incremental[channel] = row.complete_night is not None
        last_walk = row.deep_night or row.complete_night
        return ChannelState(
            complete=row.complete_night is not None,
            backfill_page=row.backfill_page,
            deep_due=last_walk is not None and self.night - last_walk >= DEEP_EVERY,
            deep_page=row.deep_page,
            list_url=row.list_url,
            etag=row.etag,
            last_modified=row.last_modified,
            known=known,
        )

    def see_rows(
        self, channel: str, rows: Sequence[SeenRow], page: int, *, deep: bool = False
    ) -> list[SeenVerdict]:
        """Record the rows of list page `page` (1 is the first) and say what is new, changed or known.

        Also moves the page to go on with after an interruption. Call `channel_state` first.
        """
        if channel not in self._walks:
            self.channel_state(channel)
        with self.catalogue.write() as connection:
            verdicts = [self._see(connection, channel, seen) for seen in rows]
            column = t.channel.c.deep_page if deep else t.channel.c.backfill_page
            moves: dict[str, Any] = {column.name: page + 1}
            if deep:
                moves["deep_started"] = func.coalesce(t.channel.c.deep_started, self.night)
            connection.execute(
                update(t.channel).where(*self._channel(channel), column <= page).values(**moves)
            )
        return verdicts

    def _see(self, connection: Connection, channel: str, seen: SeenRow) -> SeenVerdict:
        row = seen.row
        key = address_key(row.url)
        known = connection.execute(
            select(t.address.c.page_id).where(t.address.c.key == key)
        ).scalar_one_or_none()
        if known is None:
            return self._first_sight(connection, channel, seen, key)
        listing = t.listing
        where = and_(listing.c.page_id == known, listing.c.site == self.site.id, listing.c.channel == channel)
        old = connection.execute(select(listing).where(where)).one_or_none()
        if old is None:
            return self._relisted(connection, known, channel, seen)
        same = (old.title, old.date, old.number) == (row.title, row.date, row.number)
        moved: dict[str, Any] = {"last_night": self.night, "missing_night": None}
        if not same:
            moved |= {
                "title": row.title,
                "date": row.date,
                "number": row.number,
                "walk": self._walks[channel],
            }
        if not same or old.last_night != self.night or old.missing_night is not None:
            connection.execute(update(listing).where(where).values(**moved))
        if old.missing_night is not None:
            back = and_(t.page.c.id == known, t.page.c.missing_night.is_(None))
            connection.execute(update(t.page).where(back).values(vanished_night=None))
        if seen.off_site:
            return SeenVerdict(Verdict.OFF_SITE)
        if same:
            finished = old.walk < self._walks[channel]
            return SeenVerdict(Verdict.KNOWN if finished else Verdict.SEEN)
        connection.execute(
            update(t.page)
            .where(t.page.c.id == known)
            .values(row=encode(row), hints=encode(seen.hints), next_check=self.night)
        )
        self._queue_again(connection, known)
        page = connection.execute(select(t.page).where(t.page.c.id == known)).one()
        return SeenVerdict(Verdict.CHANGED, _task(page, recheck=bool(page.sha256)))

    def _first_sight(self, connection: Connection, channel: str, seen: SeenRow, key: str) -> SeenVerdict:
        row = seen.row
        new = page_id(key)
        # In a first pass old pages are met late: their age counts from the day the list gives them.
        # Later a page appears on the day it is first seen, whatever date it carries.
        backfill = not self._incremental[channel] and row.date is not None and row.date <= self.night
        anchor = row.date if backfill else self.night
        values = {
            "id": new,
            "url": row.url,
            "site": self.site.id,
            "channel": channel,
            "state": PageState.OFF_SITE if seen.off_site else PageState.LISTED,
            "first_seen": _naive(self.clock),
            "anchor": anchor,
            "row": encode(row),
            "hints": encode(seen.hints),
            "run": self.run,
        }
        upsert(connection, t.page, [values])
        upsert(connection, t.address, [{"key": key, "page_id": new, "url": row.url}])
        self._list(connection, new, channel, row)
        if seen.off_site:
            return SeenVerdict(Verdict.OFF_SITE)
        return SeenVerdict(Verdict.NEW, PageTask(new, row.url, channel, row, seen.hints))

    def _relisted(self, connection: Connection, known: str, channel: str, seen: SeenRow) -> SeenVerdict:
        """A page already known, new to this channel; one known only as off-site becomes this site's own."""
        self._list(connection, known, channel, seen.row)
        if seen.off_site:
            return SeenVerdict(Verdict.OFF_SITE)
        adopted = connection.execute(
            update(t.page)
            .where(t.page.c.id == known, t.page.c.state == PageState.OFF_SITE)
            .values(
                site=self.site.id,
                channel=channel,
                state=PageState.LISTED,
                row=encode(seen.row),
                hints=encode(seen.hints),
                run=self.run,
            )
        ).rowcount
        if adopted:
            return SeenVerdict(Verdict.NEW, PageTask(known, seen.row.url, channel, seen.row, seen.hints))
        self._queue_again(connection, known)
        return SeenVerdict(Verdict.RELISTED)

    def _list(self, connection: Connection, page: str, channel: str, row: ListRow) -> None:
        values = {
            "page_id": page,
            "site": self.site.id,
            "channel": channel,
            "title": row.title,
            "date": row.date,
            "number": row.number,
            "first_night": self.night,
            "last_night": self.night,
            "walk": self._walks[channel],
        }
        upsert(connection, t.listing, [values])

    def _queue_again(self, connection: Connection, page: str) -> None:
        """A new channel of a page already normalised: its record must name it."""
        connection.execute(
            update(t.page)
            .where(
                t.page.c.id == page,
                t.page.c.site == self.site.id,
                t.page.c.state == PageState.NORMALISED,
            )
            .values(state=PageState.FETCHED)
        )

    def finish_walk(
        self,
        channel: str,
        *,
        complete: bool,
        deep: bool = False,
        list_url: str = "",
        etag: str = "",
        last_modified: str = "",
        declared_total: int | None = None,
    ) -> int:
        """Close a walk that came to its end (or to the stop rule); returns pages that a deep pass missed.

        `complete` sets the complete pass of a channel that had none. The validators are those of
        the first list page: only a finished walk may store them, else rows behind it were lost.
        """
        values: dict[str, Any] = {
            "walk": t.channel.c.walk + 1,
            "last_ok_night": self.night,
            "backfill_page": 1,
            "list_url": list_url,
            "etag": etag,
            "last_modified": last_modified,
        }
        if declared_total is not None:
            values["declared_total"] = declared_total
        with self.catalogue.write() as connection:
            missing = self._close_deep(connection, channel, values) if deep else 0
            connection.execute(update(t.channel).where(*self._channel(channel)).values(**values))
            if complete:
                connection.execute(
                    update(t.channel)
                    .where(*self._channel(channel), t.channel.c.complete_night.is_(None))
                    .values(complete_night=self.night, complete_pass_at=_naive(self.clock))
                )
        self._walks.pop(channel, None)
        return missing

    def touch_channel(self, channel: str) -> None:
        """Note that the first list page answered 304 tonight: nothing new."""
        with self.catalogue.write() as connection:
            connection.execute(
                update(t.channel).where(*self._channel(channel)).values(last_ok_night=self.night)
            )

    def _close_deep(self, connection: Connection, channel: str, values: dict[str, Any]) -> int:
        started = connection.execute(
            select(t.channel.c.deep_started).where(*self._channel(channel))
        ).scalar_one()
        values |= {"deep_night": self.night, "deep_started": None, "deep_page": 1}
        listing = t.listing
        absent = and_(
            listing.c.site == self.site.id,
            listing.c.channel == channel,
            listing.c.last_night < (started or self.night),
        )
        twice = select(listing.c.page_id).where(absent, listing.c.missing_night < self.night)
        elsewhere = select(listing.c.page_id).where(listing.c.missing_night.is_(None))
        connection.execute(
            update(t.page)
            .where(t.page.c.id.in_(twice), t.page.c.id.not_in(elsewhere), t.page.c.vanished_night.is_(None))
            .values(vanished_night=self.night)
        )
        return connection.execute(
            update(listing).where(absent, listing.c.missing_night.is_(None)).values(missing_night=self.night)
        ).rowcount

    # what is waiting

    def pending_pages(self, limit: int) -> list[PageTask]:
        """Pages that were listed but never had (killed or budgeted nights), newest first."""
        page = t.page
        query = (
            select(page)
            .where(page.c.site == self.site.id, page.c.state == PageState.LISTED)
            .order_by(page.c.anchor.desc(), page.c.id)
            .limit(limit)
        )
        with self.catalogue.read() as connection:
            return [_task(row, recheck=False) for row in connection.execute(query)]

    def due_rechecks(self) -> list[PageTask]:
        """Pages whose age reaches a step of the ladder tonight and that were not asked tonight yet."""
        page = t.page
        query = (
            select(page)
            .where(
                page.c.site == self.site.id,
                page.c.next_check <= self.night,
                page.c.state.in_((PageState.NORMALISED, PageState.FETCHED, PageState.FAILED)),
                or_(page.c.asked_night.is_(None), page.c.asked_night < self.night),
            )
            .order_by(page.c.id)
        )
        with self.catalogue.read() as connection:
            return [_task(row, recheck=row.sha256 is not None) for row in connection.execute(query)]

    def pending_attachments(self, limit: int) -> list[AttachmentTask]:
        """Attachments of pages that were had, themselves not yet asked."""
        query = (
            select(t.attachment, t.page.c.channel, t.page.c.url.label("referer"))
            .join(t.page, t.page.c.id == t.attachment.c.page_id)
            .where(t.page.c.site == self.site.id, t.attachment.c.state == AttachmentState.PENDING)
            .order_by(t.attachment.c.page_id, t.attachment.c.position)
            .limit(limit)
        )
        with self.catalogue.read() as connection:
            return [_attachment_task(row) for row in connection.execute(query)]

    # what came

    def store_page(self, item: PageItem) -> list[AttachmentTask]:
        """Store a fetched detail page, archived before; returns the attachments to ask for.

        A page whose bytes are those of last time stays as it is.
        """
        fetched = item.fetched
        with self.catalogue.write() as connection:
            old = connection.execute(select(t.page).where(t.page.c.id == item.page_id)).one()
            same = old.sha256 == fetched.sha256 and old.state == PageState.NORMALISED
            values = self._answered(old) | {
                "final_url": fetched.final_url,
                "status": fetched.status,
                "etag": fetched.etag,
                "last_modified": fetched.last_modified,
                "failure": None,
                "message": None,
            }
            if not same:
                values |= _where(fetched) | {
                    "state": PageState.FETCHED,
                    "hints": encode(item.hints),
                    "run": self.run,
                    "channel": item.channel,
                    "fetched_at": fetched.at.replace(tzinfo=None),
                }
            connection.execute(update(t.page).where(t.page.c.id == item.page_id).values(**values))
            key = address_key(fetched.final_url)
            upsert(connection, t.address, [{"key": key, "page_id": item.page_id, "url": fetched.final_url}])
            if same:
                return self._failed_attachments(connection, item.page_id)
            return self._store_links(connection, item, first=old.sha256 is None)

    def _store_links(self, connection: Connection, item: PageItem, *, first: bool) -> list[AttachmentTask]:
        table = t.attachment
        rows = [
            {
                "page_id": item.page_id,
                "url": link.url,
                "position": position,
                "name": link.name,
                "state": AttachmentState.PENDING,
            }
            for position, link in enumerate(item.attachments)
        ]
        if not first:
            gone = and_(table.c.page_id == item.page_id, table.c.url.not_in([r["url"] for r in rows]))
            connection.execute(table.delete().where(gone))
        if not rows:
            return []
        upsert(connection, table, rows, update=("position", "name", "state"))
        return self._attachment_tasks(connection, item.page_id)

    def _attachment_tasks(self, connection: Connection, page: str) -> list[AttachmentTask]:
        query = (
            select(t.attachment, t.page.c.channel, t.page.c.url.label("referer"))
            .join(t.page, t.page.c.id == t.attachment.c.page_id)
            .where(t.attachment.c.page_id == page, t.attachment.c.state == AttachmentState.PENDING)
            .order_by(t.attachment.c.position)
        )
        return [_attachment_task(row) for row in connection.execute(query)]

    def store_not_modified(self, item: NotModifiedItem) -> list[AttachmentTask]:
        """Note a 304; returns attachments of the page that failed before and are tried again."""
        with self.catalogue.write() as connection:
            if item.attachment:
                self._set_attachment(connection, item.page_id, item.attachment, state=AttachmentState.FETCHED)
                return []
            old = connection.execute(select(t.page).where(t.page.c.id == item.page_id)).one()
            connection.execute(
                update(t.page).where(t.page.c.id == item.page_id).values(**self._answered(old))
            )
            return self._failed_attachments(connection, item.page_id)

    def _failed_attachments(self, connection: Connection, page: str) -> list[AttachmentTask]:
        retried = connection.execute(
            update(t.attachment)
            .where(t.attachment.c.page_id == page, t.attachment.c.state == AttachmentState.FAILED)
            .values(state=AttachmentState.PENDING)
        ).rowcount
        return self._attachment_tasks(connection, page) if retried else []

    def store_attachment(self, item: AttachmentItem) -> None:
        """Store a fetched attachment, archived before."""
        fetched = item.fetched
        with self.catalogue.write() as connection:
            self._set_attachment(
                connection,
                item.page_id,
                item.url,
                state=AttachmentState.FETCHED,
                failure=None,
                message=None,
                final_url=fetched.final_url,
                etag=fetched.etag,
                last_modified=fetched.last_modified,
                **_where(fetched),
            )
            self._queue_again(connection, item.page_id)

    def store_failure(self, item: FailureItem) -> bool:
        """Note a page or attachment that could not be had; True when the page is now held to have vanished.

        A page that answers 404 or 410 on a second night has vanished; other failures leave what
        is stored alone and are tried again the next night.
        """
        with self.catalogue.write() as connection:
            if item.attachment:
                self._set_attachment(
                    connection,
                    item.page_id,
                    item.attachment,
                    state=AttachmentState.FAILED,
                    failure=item.failure,
                    message=item.message[:500],
                )
                return False
            old = connection.execute(select(t.page).where(t.page.c.id == item.page_id)).one()
            values: dict[str, Any] = {
                "asked_night": self.night,
                "next_check": self.night + RETRY,
                "failure": item.failure,
                "message": item.message[:500],
            }
            if old.sha256 is None:
                values["state"] = PageState.FAILED
            vanished = False
            if item.failure in MISSING:
                vanished = self._missing(old, values)
            connection.execute(update(t.page).where(t.page.c.id == item.page_id).values(**values))
            return vanished

    def _missing(self, old: Row[*tuple[Any, ...]], values: dict[str, Any]) -> bool:
        if old.missing_night is None or old.missing_night >= self.night:
            values["missing_night"] = self.night
            return False
        values["next_check"] = next_check(old.anchor, self.night)
        if old.vanished_night is None and old.sha256 is not None:
            values["vanished_night"] = self.night
            return True
        return False

    def _answered(self, old: Row[*tuple[Any, ...]]) -> dict[str, Any]:
        """What a page that answered (200 or 304) changes: it is there, and due at its next age.

        A page that vanished by leaving every list stays so until a list shows it again.
        """
        return {
            "asked_night": self.night,
            "last_seen": _naive(self.clock),
            "next_check": next_check(old.anchor, self.night),
            "missing_night": None,
            "vanished_night": old.vanished_night if old.missing_night is None else None,
        }

    def _set_attachment(self, connection: Connection, page: str, url: str, **values: Any) -> None:
        where = and_(t.attachment.c.page_id == page, t.attachment.c.url == url)
        connection.execute(update(t.attachment).where(where).values(**values))

    def _channel(self, channel: str) -> tuple[Any, ...]:
        return (t.channel.c.site == self.site.id, t.channel.c.channel == channel)

    # the report

    def report(self, rows: Mapping[str, Mapping[str, Any]]) -> None:
        """Store the run report of the site's channels: channel → columns of `run_channel`."""
        values = [
            {"run": self.run, "site": self.site.id, "channel": name, **row} for name, row in rows.items()
        ]
        with self.catalogue.write() as connection:
            for row in values:
                upsert(connection, t.run_channel, [row], update=[k for k in row if k not in KEY])


KEY = ("run", "site", "channel")


def _naive(clock: Clock) -> Any:
    return clock().replace(tzinfo=None)


def _where(fetched: Fetched) -> dict[str, Any]:
    return {
        "media_type": fetched.media_type,
        "sha256": fetched.sha256,
        "size": fetched.size,
        "archive_file": fetched.archive.file,
        "archive_offset": fetched.archive.offset,
        "archive_length": fetched.archive.length,
    }


def _task(row: Row[*tuple[Any, ...]], *, recheck: bool) -> PageTask:
    return PageTask(
        page_id=row.id,
        url=row.url,
        channel=row.channel,
        row=msgspec.json.decode(row.row, type=ListRow),
        hints=msgspec.json.decode(row.hints, type=Hints),
        etag=row.etag if recheck else "",
        last_modified=row.last_modified if recheck else "",
        recheck=recheck,
    )


def _attachment_task(row: Row[*tuple[Any, ...]]) -> AttachmentTask:
    validators = (row.etag, row.last_modified) if row.sha256 else ("", "")
    return AttachmentTask(row.page_id, row.url, row.channel, row.referer, *validators)
