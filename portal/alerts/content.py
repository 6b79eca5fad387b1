"""What a message says: its events with the policies as they are when it is sent, hidden ones left out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from normalizers.dates import iso_text
from normalizers.policy import VALIDITIES, Precision
from pipelines.alert_queue import AlertEvent, event_id
from pipelines.alerts import Alert, Topic
from pipelines.changes import ChangeKind
from portal.alerts.saved_query import saved_address
from portal.library import Library
from portal.records import policy_values
from portal.site_text import one_line, web_address

KIND_NAMES = {
    ChangeKind.NEW: "新收录",
    ChangeKind.CHANGED: "内容有改动",
    ChangeKind.VANISHED: "原站已撤下",
    ChangeKind.RESTORED: "原站恢复",
}
TOPIC_NAMES = {Topic.NEW: "新收录", Topic.CHANGED: "内容有改动", Topic.STATUS: "撤下、恢复与有效性变化"}
VALIDITY_CHANGED = "有效性有变化"
UNKNOWN_VALIDITY = "不详"
# A title that is longer is no title; the longest real one seen has 300 characters.
MAX_TITLE = 300

# Policies read at once: they come with their texts, of which only this much is kept.
READ = 100


@dataclass(frozen=True, slots=True)
class AlertPolicy:
    """What is told of a policy; `page` is its page in the portal, null where nobody said how that is reached.

    A date known only to the month or year has its first day; `date_precision` says so.
    """

    id: str
    page: str | None
    url: str
    site: str
    title: str | None
    doc_number: str | None
    issuers: tuple[str, ...]
    level: str | None
    region: str | None
    content_type: str
    doc_type: str | None
    written_date: date | None
    published_date: date | None
    effective_date: date | None
    expiry_date: date | None
    date_precision: Mapping[str, Precision]
    validity: str | None
    withdrawn: bool
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a message and the policy it is about."""

    id: str
    event: AlertEvent
    policy: AlertPolicy


@dataclass(frozen=True, slots=True)
class Line:
    """A policy as people read it: what happened to it, its title, what else is known, where it is."""

    happened: str
    title: str
    facts: str
    href: str


@dataclass(frozen=True, slots=True)
class Content:
    """A message ready to be written in any form; `results` is the results page of the query, "" where unknown."""

    alert: Alert
    told: tuple[Told, ...]
    lines: tuple[Line, ...]
    headline: str
    results: str


def make_content(
    library: Library, alert: Alert, events: Sequence[AlertEvent], public_url: str, headline: str = ""
) -> Content:
    """What is to be said of some events; hidden policies and those that are gone are left out.

    Without a headline it says how many policies had what happen to them.
    """
    policies = _policies(library, list(dict.fromkeys(e.page_id for e in events)), public_url)
    told = tuple(
        Told(event_id(alert.id, e.seq), e, policies[e.page_id]) for e in events if e.page_id in policies
    )
    by_page: dict[str, list[Told]] = {}
    for one in told:
        by_page.setdefault(one.event.page_id, []).append(one)
    lines = tuple(_line(same) for same in by_page.values())
    results = public_url + saved_address(alert.query).href(sort="first_seen") if public_url else ""
    return Content(alert, told, lines, headline or _headline(told), results)


def _policies(library: Library, ids: Sequence[str], public_url: str) -> dict[str, AlertPolicy]:
    found: dict[str, AlertPolicy] = {}
    for start in range(0, len(ids), READ):
        for stored in library.load(tuple(ids[start : start + READ])):
            policy = stored.policy
            found[policy.id] = AlertPolicy(
                **policy_values(AlertPolicy, policy),
                page=f"{public_url}/policies/{policy.id}" if public_url else None,
                withdrawn=stored.withdrawn,
                first_seen=stored.first_seen,
            )
    return found


def _headline(told: Sequence[Told]) -> str:
    """How many policies had what happen to them."""
    counts = Counter(name for name, _ in {(happened(one.event), one.event.page_id) for one in told})
    return "、".join(
        f"{name} {count} 件" for name, count in sorted(counts.items(), key=lambda c: _place(c[0]))
    )


def _place(name: str) -> int:
    names = list(KIND_NAMES.values())
    return names.index(name) if name in names else len(names)


def happened(event: AlertEvent) -> str:
    """What an event is, in words."""
    return VALIDITY_CHANGED if event.validity_before is not None else KIND_NAMES[event.kind]


def _line(same: Sequence[Told]) -> Line:
    policy = same[0].policy
    names = dict.fromkeys(happened(one.event) for one in same)
    before = next((e.event.validity_before for e in same if e.event.validity_before is not None), None)
    parts = [one_line(policy.doc_number or ""), "、".join(one_line(name) for name in policy.issuers)]
    parts += [_day("成文", policy.written_date, policy.date_precision.get("written_date", "day"))]
    parts += [_day("发布", policy.published_date, policy.date_precision.get("published_date", "day"))]
    if before is not None:
        parts.append(f"有效性：{_validity(before)} → {_validity(policy.validity or '')}")
    return Line(
        "、".join(names),
        one_line(policy.title or "（无标题）")[:MAX_TITLE],
        "，".join(filter(None, parts)),
        policy.page or web_address(policy.url),
    )


def _validity(value: str) -> str:
    return VALIDITIES.get(value, value) or UNKNOWN_VALIDITY


def _day(name: str, day: date | None, precision: Precision) -> str:
    return f"{name} {iso_text(day, precision)}" if day else ""
