"""Reports of readers: what of a policy they hold to be wrong. They wait in the catalogue for an operator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select, update

from normalizers.chinese_names import FIELD_NAMES
from pipelines import schema as t

# What may be reported: a field of the policy, or something else.
REPORTED: dict[str, str] = {
    **{name: FIELD_NAMES[name] for name in ("title", "text", "attachments")},
    **{name: words for name, words in FIELD_NAMES.items() if name not in ("title", "text", "attachments")},
    "other": "其他",
}
MAX_MESSAGE = 2_000  # characters
MAX_CONTACT = 200
# More in a day are refused: nobody can read them, and a catalogue is no place to fill from outside.
MAX_A_DAY = 1_000


class ReportRefused(ValueError):
    """A report that cannot be taken; the text (Chinese) says why."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report; instants are UTC, `done_at` None while it is open. The contact is erased when it is done."""

    id: int
    page_id: str
    title: str | None
    field: str
    message: str
    contact: str
    at: datetime
    done_at: datetime | None
    note: str


def store_report(
    connection: Connection, page_id: str, field: str, message: str, contact: str, at: datetime
) -> int:
    """Keep a report; returns its number. Raises ReportRefused.

    Texts are kept without control characters, which could play tricks on the terminal of an operator.
    """
    message, contact = _tidy(message), _tidy(contact)
    if field not in REPORTED:
        raise ReportRefused("请选择哪一项有误")
    if not message:
        raise ReportRefused("请写明哪里有误")
    if len(message) > MAX_MESSAGE:
        raise ReportRefused(f"说明太长：最多 {MAX_MESSAGE} 字")
    if len(contact) > MAX_CONTACT:
        raise ReportRefused(f"联系方式太长：最多 {MAX_CONTACT} 字")
    moment = at.replace(tzinfo=None)
    of_today = select(func.count()).where(t.report.c.at > moment - timedelta(days=1))
    if connection.execute(of_today).scalar_one() >= MAX_A_DAY:
        raise ReportRefused(f"今天收到的报告已满 {MAX_A_DAY} 件，请明天再试")
    values = {"page_id": page_id, "field": field, "message": message, "contact": contact, "at": moment}
    done = connection.execute(t.report.insert().values(**values, note=""))
    return int((done.inserted_primary_key or (0,))[0])


def load_reports(connection: Connection, *, done: bool = False) -> Sequence[Report]:
    """The open reports, oldest first; with `done` all of them."""
    r = t.report.c
    query = (
        select(
            r.id, r.page_id, t.policy.c.title, r.field, r.message, r.contact, r.at, r.done_at, r.note
        ).outerjoin(t.policy, t.policy.c.page_id == r.page_id)
    ).order_by(r.id)
    rows = connection.execute(query if done else query.where(r.done_at.is_(None)))
    return [
        Report(
            *row[:6], row.at.replace(tzinfo=UTC), row.done_at and row.done_at.replace(tzinfo=UTC), row.note
        )
        for row in rows
    ]


def finish_report(connection: Connection, number: int, note: str, at: datetime) -> bool:
    """Mark a report as done and forget who sent it; False where there is no open report of that number."""
    r = t.report.c
    values = {"done_at": at.replace(tzinfo=None), "note": _tidy(note)[:MAX_MESSAGE], "contact": ""}
    return bool(
        connection.execute(
            update(t.report).where(r.id == number, r.done_at.is_(None)).values(values)
        ).rowcount
    )


def _tidy(text: str) -> str:
    """Text without control characters and signs that nobody sees; line ends stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(c for c in line if c.isprintable()).rstrip() for line in lines).strip()
