"""How long from the commit of policies to their delivery, and whether each event is accepted once.

    python -m benchmarks.alerts --events 10000

A catalogue, an index, a mail server and a server of webhooks of its own, all on this machine and in this process.
Half of the events go to webhooks, of which one answers every second request with 500; half go by mail.
"""

import argparse
import hashlib
import json
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from ipaddress import ip_network
from pathlib import Path

from sqlalchemy import insert

from benchmarks.alert_receivers import Hook, Mailbox, hook, mailbox, text_of
from index.sync import sync_index
from index.tantivy_engine import TantivyEngine
from normalizers.policy import Policy, encode_policy
from pipelines import schema as t
from pipelines.alert_settings import AlertSettings, MailServer
from pipelines.alerts import Alert, AlertState, Rhythm, TargetKind, Topic, add_alert
from pipelines.catalogue import Catalogue
from pipelines.changes import ChangeKind, append_changes
from pipelines.clock import system_clock
from portal.alerts.run import AlertReport, Service, deliver_due
from portal.alerts.secret_file import SecretFile, TargetSecret
from portal.library import Library

WEBHOOKS, READERS, TOPICS = 5, 5, 50
BAR_S = 60  # from the commit of a document to the last delivery of it
PUBLIC = "https://policy.example.org"


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run of the benchmark found; seconds are those since the commit."""

    policies: int
    events: int
    accepted_by_webhooks: int
    told_by_mail: int
    twice: int
    failed_tries: int
    waiting: int
    synced_s: float
    last_accepted_s: float
    cpu_s: float
    runs: int


def make_policies(count: int) -> list[Policy]:
    """Made-up policies, dealt to fifty topics."""
    return [
        Policy(
            id=hashlib.sha256(str(n).encode()).hexdigest()[:16],
            url=f"http://demo.test:8147/art/{n}.html",
            site="demo",
            channels=("演示",),
            content_type="policy",
            title=f"演示市关于第{n % TOPICS}类事项的通知（第{n}期）",
            topics=(f"演示{n % TOPICS}",),
            published_date=date(2026, 3, 2),
            text=f"现就有关事项通知如下：第{n}期。" * 40,
        )
        for n in range(count)
    ]


def commit(catalogue: Catalogue, policies: Sequence[Policy]) -> None:
    """Put policies and their changes into the catalogue in one transaction."""
    now = datetime.now(UTC)
    plain = now.replace(tzinfo=None)
    pages = [
        {
            "id": one.id,
            "url": one.url,
            "site": one.site,
            "channel": "演示",
            "state": "normalised",
            "first_seen": plain,
            "anchor": now.date(),
            "row": b"{}",
            "hints": b"{}",
        }
        for one in policies
    ]
    rows = [
        {
            "page_id": one.id,
            "site": one.site,
            "title": one.title,
            "content_type": one.content_type,
            "record": encode_policy(one),
            "content_hash": one.id,
            "extractor": 1,
            "first_seen": plain,
            "last_seen": plain,
            "changed_at": plain,
        }
        for one in policies
    ]
    with catalogue.write() as connection:
        connection.execute(insert(t.page), pages)
        connection.execute(insert(t.policy), rows)
        changes = [(one.id, ChangeKind.NEW) for one in policies]
        append_changes(connection, changes, night=now.date(), at=now, run=None)


def add(catalogue: Catalogue, folder: Path, number: int, address: str, query: str, url: str = "") -> None:
    """One alert: a webhook where it has a URL, else a mail."""
    alert = Alert(
        f"{number:016x}",
        f"演示{number}",
        query,
        TargetKind.WEBHOOK if url else TargetKind.MAIL,
        address,
        frozenset({Topic.NEW}),
        Rhythm.INSTANT,
        AlertState.ACTIVE,
        datetime.now(UTC),
    )
    with catalogue.write() as connection:
        add_alert(connection, alert)
    if url:
        SecretFile(folder).add(alert.id, TargetSecret(url=url, key="演示密钥演示密钥演示密钥"))


def measure(events: int) -> Figures:
    """Run it once."""
    policies = make_policies(events // (WEBHOOKS + READERS))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        box = stack.enter_context(mailbox())
        hooks = [stack.enter_context(hook()) for _ in range(WEBHOOKS)]
        hooks[0].status = lambda number: 500 if number % 2 else 204
        catalogue = Catalogue.open(f"sqlite:///{folder / 'catalogue.sqlite'}")
        stack.callback(catalogue.close)
        engine = TantivyEngine(folder / "index")
        sync_index(catalogue, engine)
        settings = AlertSettings(
            MailServer("127.0.0.1", box.port, tls=False),
            "policy@example.org",
            networks=(ip_network("127.0.0.1"),),
        )
        for number, one in enumerate(hooks):
            add(catalogue, folder, number, "演示", "", one.url)
        for number in range(READERS * TOPICS):
            reader = f"reader{number % READERS}@example.org"
            add(catalogue, folder, 100 + number, reader, f"topic=演示{number // READERS}")
        service = Service(
            Library(engine.reader(), catalogue, {}), catalogue, settings, folder, PUBLIC, system_clock
        )
        return run(service, engine, policies, box, hooks)


def run(
    service: Service, engine: TantivyEngine, policies: Sequence[Policy], box: Mailbox, hooks: Sequence[Hook]
) -> Figures:
    """Commit, bring the index level, deliver until nothing waits."""
    commit(service.catalogue, policies)
    begun, cpu = time.monotonic(), time.process_time()
    sync_index(service.catalogue, engine)
    synced = time.monotonic() - begun
    reports: list[AlertReport] = []
    while not reports or reports[-1].waiting:
        reports.append(deliver_due(service))
        if len(reports) > 20:
            break
    last = max(box.last_at, *(one.last_at for one in hooks)) - begun
    accepted: list[Counter[object]] = [Counter(one.accepted) for one in hooks]
    told: Counter[object] = Counter(
        (receiver, page)
        for receiver, mail, _ in box.mails
        for page in {line.rpartition("/")[2] for line in text_of(mail).split("\n") if "/policies/" in line}
    )
    return Figures(
        len(policies),
        sum(one.events for one in reports),
        sum(map(len, accepted)),
        len(told),
        sum(count > 1 for counter in (*accepted, told) for count in counter.values()),
        sum(one.failed for one in reports),
        reports[-1].waiting,
        round(synced, 2),
        round(last, 2),
        round(time.process_time() - cpu, 2),
        len(reports),
    )


def main() -> None:
    """Print the figures; exit 1 where an event was lost or accepted twice, or the last one came too late."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    events = parser.parse_args().events
    figures = measure(events)
    print(json.dumps({name: getattr(figures, name) for name in Figures.__slots__}, indent=1))
    whole = figures.policies * (WEBHOOKS + READERS)
    once = figures.accepted_by_webhooks + figures.told_by_mail == whole and not figures.twice
    bars = {
        f"commit to the last delivery: {figures.last_accepted_s} s, at most {BAR_S}": figures.last_accepted_s
        <= BAR_S,
        f"{whole} events: each accepted once, none waits": once and not figures.waiting,
    }
    for told, kept in bars.items():
        print(f"{'kept' if kept else 'MISSED'}  {told}")
    raise SystemExit(not all(bars.values()))


if __name__ == "__main__":
    main()
