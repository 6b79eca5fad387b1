"""The tables of the catalogue.

Names of states are the values of the enums in `pipelines.items`; JSON columns hold msgspec-encoded
dataclasses; instants are UTC without zone, days are Asia/Shanghai.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# One row a site as its site file declared it at the last crawl: the normalise stage needs no site files.
site = Table(
    "site",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("name", Text, nullable=False),
    Column("level", String(16)),
    Column("region", String(12)),
    Column("platform", String(40), nullable=False),
    Column("base", Text, nullable=False),
)

# `complete_night` is null until the first complete pass; until then `backfill_page` is the list page
# to go on with. `walk` numbers the walks over the list: rows first seen in an unfinished walk do not
# stop the next one. `deep_night` is the night of the last complete walk, `deep_page` an interrupted one.
# `list_source` is where the rows of a shell come from, as the crawler wrote it, "" where the list is no shell.
channel = Table(
    "channel",
    metadata,
    Column("site", String(80), primary_key=True),
    Column("channel", String(120), primary_key=True),
    Column("type", String(24), nullable=False),
    Column("position", Integer, nullable=False),
    Column("complete_pass_at", DateTime),
    Column("complete_night", Date),
    Column("backfill_page", Integer, nullable=False, default=1),
    Column("walk", Integer, nullable=False, default=1),
    Column("deep_night", Date),
    Column("deep_started", Date),
    Column("deep_page", Integer, nullable=False, default=1),
    Column("list_url", Text, nullable=False, default=""),
    Column("etag", Text, nullable=False, default=""),
    Column("last_modified", Text, nullable=False, default=""),
    Column("list_source", Text, nullable=False, default="", server_default=""),
    Column("declared_total", Integer),
    Column("last_ok_night", Date),
)

# `anchor` is the day from which the ages of re-checks count; `ticket` grows whenever the page must be
# normalised once more; `extractor`
# is the version that could not normalise it; `missing_night` the first night of 404/410.
page = Table(
    "page",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("url", Text, nullable=False),
    Column("site", String(80), nullable=False),
    Column("channel", String(120), nullable=False),
    Column("state", String(16), nullable=False),
    Column("failure", String(40)),
    Column("message", Text),
    Column("first_seen", DateTime, nullable=False),
    Column("last_seen", DateTime),
    Column("anchor", Date, nullable=False),
    Column("next_check", Date),
    Column("asked_night", Date),
    Column("fetched_at", DateTime),
    Column("final_url", Text),
    Column("status", Integer),
    Column("media_type", Text),
    Column("etag", Text, nullable=False, default=""),
    Column("last_modified", Text, nullable=False, default=""),
    Column("sha256", String(64)),
    Column("size", Integer),
    Column("archive_file", Text),
    Column("archive_offset", Integer),
    Column("archive_length", Integer),
    Column("row", LargeBinary, nullable=False),
    Column("hints", LargeBinary, nullable=False),
    Column("run", Integer),
    Column("ticket", Integer, nullable=False, default=0),
    Column("extractor", Integer),
    Column("missing_night", Date),
    Column("vanished_night", Date),
    Index("ix_page_state_id", "state", "id"),
    Index("ix_page_site_state", "site", "state"),
    Index("ix_page_site_next_check", "site", "next_check"),
    Index("ix_page_vanished_night", "vanished_night"),
)

address = Table(
    "address",
    metadata,
    Column("key", Text, primary_key=True),
    Column("page_id", String(16), ForeignKey("page.id"), nullable=False, index=True),
    Column("url", Text, nullable=False),
)

# Every sighting of a page in a channel; `missing_night` the first complete deep pass that lacked it.
listing = Table(
    "listing",
    metadata,
    Column("page_id", String(16), ForeignKey("page.id"), primary_key=True),
    Column("site", String(80), primary_key=True),
    Column("channel", String(120), primary_key=True),
    Column("title", Text, nullable=False),
    Column("date", Date),
    Column("number", Text, nullable=False, default=""),
    Column("first_night", Date, nullable=False),
    Column("last_night", Date, nullable=False),
    Column("walk", Integer, nullable=False),
    Column("missing_night", Date),
    Index("ix_listing_site_channel_date", "site", "channel", "date"),
)

attachment = Table(
    "attachment",
    metadata,
    Column("page_id", String(16), ForeignKey("page.id"), primary_key=True),
    Column("url", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("failure", String(40)),
    Column("message", Text),
    Column("final_url", Text),
    Column("media_type", Text),
    Column("etag", Text, nullable=False, default=""),
    Column("last_modified", Text, nullable=False, default=""),
    Column("sha256", String(64)),
    Column("size", Integer),
    Column("archive_file", Text),
    Column("archive_offset", Integer),
    Column("archive_length", Integer),
    # what the readers made of it; valid for (read_sha256, extractor)
    Column("kind", String(16)),
    Column("text", Text),
    Column("reader", String(40)),
    Column("read_sha256", String(64)),
    Column("extractor", Integer),
    # how often its reading ended in trouble that may pass, of the same bytes and version
    Column("tries", Integer, nullable=False, server_default="0"),
    Index("ix_attachment_state", "state"),
)

# `record` is the whole Policy as JSON; the columns repeat what is filtered and joined on.
policy = Table(
    "policy",
    metadata,
    Column("page_id", String(16), ForeignKey("page.id"), primary_key=True),
    Column("site", String(80), nullable=False, index=True),
    Column("title", Text),
    Column("doc_number_key", Text, index=True),
    Column("written_date", Date),
    Column("published_date", Date),
    Column("content_type", String(24), nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("extractor", Integer, nullable=False),
    Column("first_seen", DateTime, nullable=False),
    Column("last_seen", DateTime, nullable=False),
    Column("changed_at", DateTime, nullable=False),
    Column("withdrawn", Boolean, nullable=False, default=False),
    Column("hidden", Text),
)

# The hash of the corrections by people that a policy was made with; a page without any has no row.
corrected = Table(
    "corrected",
    metadata,
    Column("page_id", String(16), ForeignKey("page.id"), primary_key=True),
    Column("digest", String(64), nullable=False),
)

# The change log: one writer, append only; every reader keeps its own position. `validity_before` is what the
# validity of a changed policy was, "" for unknown, null where it is as before.
change = Table(
    "change",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("page_id", String(16), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("night", Date, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("run", Integer),
    Column("validity_before", String(16)),
)

# A saved query with a place to tell what is new of it. `address` is that of a receiver of mail; of all other
# targets only what may be shown, their secrets lie in a file. `ask_at` is when the receiver is to be asked to
# confirm, null when he has been. `position` is how far in the change log it has looked.
alert = Table(
    "alert",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("address", Text, nullable=False),
    Column("events", String(40), nullable=False),
    Column("rhythm", String(8), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("made_at", DateTime, nullable=False),
    Column("ask_at", DateTime),
    Column("asked", Integer, nullable=False, default=0),
    Column("position", Integer, nullable=False),
    Column("digest_day", Date),
    # failures in a row, since when, and what went wrong last
    Column("failures", Integer, nullable=False, default=0),
    Column("failing_since", DateTime),
    Column("failure", String(40)),
    Column("message", Text, nullable=False, default=""),
    Column("next_at", DateTime),
)

# Some events of an alert that are sent together; its id stays the same however often it is tried.
alert_message = Table(
    "alert_message",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("alert", String(16), ForeignKey("alert.id"), nullable=False),
    Column("first_seq", Integer, nullable=False),
    Column("events", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("made_at", DateTime, nullable=False),
    Column("next_at", DateTime, nullable=False),
    Column("ended_at", DateTime),
    Index("ix_alert_message_alert_state", "alert", "state"),
    Index("ix_alert_message_state_next_at", "state", "next_at"),
)

# A change that an alert tells; `message` is null until it belongs to one.
alert_event = Table(
    "alert_event",
    metadata,
    Column("alert", String(16), ForeignKey("alert.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("page_id", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("validity_before", String(16)),
    Column("message", String(16), ForeignKey("alert_message.id"), index=True),
)

# What a reader holds to be wrong; `field` is a field of the policy or "other", `done_at` null while it is open.
report = Table(
    "report",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("page_id", String(16), ForeignKey("page.id"), nullable=False),
    Column("field", String(40), nullable=False),
    Column("message", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("at", DateTime, nullable=False, index=True),
    Column("done_at", DateTime),
    Column("note", Text, nullable=False),
)

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("command", Text, nullable=False),
    Column("night", Date, nullable=False, index=True),
    Column("started_at", DateTime, nullable=False),
    Column("heartbeat_at", DateTime, nullable=False),
    Column("finished_at", DateTime),
    Column("exit_code", Integer),
    Column("pid", Integer, nullable=False),
    Column("message", Text),
)

# The run report, a row a channel; "" is the site itself (robots, start-up). `failures` is JSON:
# {name: {"count": n, "sample": url, "message": text}}.
run_channel = Table(
    "run_channel",
    metadata,
    Column("run", Integer, ForeignKey("run.id"), primary_key=True),
    Column("site", String(80), primary_key=True),
    Column("channel", String(120), primary_key=True),
    Column("requests", Integer, nullable=False, default=0),
    Column("list_pages", Integer, nullable=False, default=0),
    Column("rechecks", Integer, nullable=False, default=0),
    Column("not_modified", Integer, nullable=False, default=0),
    Column("bytes", Integer, nullable=False, default=0),
    Column("rows", Integer, nullable=False, default=0),
    Column("fetched", Integer, nullable=False, default=0),
    Column("attachments", Integer, nullable=False, default=0),
    Column("new", Integer, nullable=False, default=0),
    Column("changed", Integer, nullable=False, default=0),
    Column("unchanged", Integer, nullable=False, default=0),
    Column("unreadable", Integer, nullable=False, default=0),
    Column("missing", Integer, nullable=False, default=0),
    Column("vanished", Integer, nullable=False, default=0),
    Column("failed", Integer, nullable=False, default=0),
    Column("failures", Text, nullable=False, default="{}"),
    Column("oldest", Date),
    Column("newest", Date),
    Column("declared_total", Integer),
    Column("known_total", Integer),
    Column("stopped", Text, nullable=False, default=""),
    Index("ix_run_channel_site_run", "site", "run"),
)
