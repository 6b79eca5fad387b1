"""Making messages of events: how many together, and when."""

from collections.abc import Mapping
from datetime import datetime

from pipelines.alert_queue import alerts_with_events, make_message
from pipelines.alerts import Alert, AlertState, Rhythm, TargetKind, load_alerts, set_alert
from pipelines.catalogue import Catalogue
from pipelines.clock import SHANGHAI, day_of

# Events of one message. A webhook gets a piece that a program reads at once (60 KB); a person one message a run,
# however long the night was.
WEBHOOK_EVENTS = 100
PEOPLE_EVENTS = 2_000


def make_messages(catalogue: Catalogue, now: datetime, digest_hour: int) -> int:
    """Put events whose time has come into messages; how many messages were made."""
    with catalogue.read() as connection:
        waiting = alerts_with_events(connection)
        alerts = {one.id: one for one in load_alerts(connection, (AlertState.ACTIVE,))} if waiting else {}
    return sum(_bundle(catalogue, alerts, name, now, digest_hour) for name in waiting)


def _bundle(
    catalogue: Catalogue, alerts: Mapping[str, Alert], name: str, now: datetime, digest_hour: int
) -> int:
    alert = alerts.get(name)
    if alert is None or not _is_time(alert, now, digest_hour):
        return 0
    most = WEBHOOK_EVENTS if alert.kind is TargetKind.WEBHOOK else PEOPLE_EVENTS
    made = 0
    with catalogue.write() as connection:
        while make_message(connection, alert.id, most, now):
            made += 1
        if alert.rhythm is Rhythm.DAILY:
            set_alert(connection, alert.id, digest_day=day_of(now))
    return made


def _is_time(alert: Alert, now: datetime, digest_hour: int) -> bool:
    """Whether a message may be made now: a digest once a day, from its hour on."""
    if alert.rhythm is Rhythm.INSTANT:
        return True
    return now.astimezone(SHANGHAI).hour >= digest_hour and alert.digest_day != day_of(now)
