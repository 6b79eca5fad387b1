"""One run of the alerts: ask who is to confirm, find what is new, make messages, deliver them."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from index.engine import IndexUnusableError
from normalizers.failures import ADVICE, Failure
from pipelines.alert_queue import count_waiting, forget_old
from pipelines.alert_settings import AlertSettings
from pipelines.alerts import AlertState, load_alerts, remove_unconfirmed
from pipelines.catalogue import Catalogue
from pipelines.clock import Clock, system_clock
from portal.alerts.bundling import make_messages
from portal.alerts.confirming import CONFIRM_HOURS, Asker
from portal.alerts.delivery import Delivery, Tally
from portal.alerts.lock import delivery_lock
from portal.alerts.matching import find_events
from portal.alerts.secret_file import SecretFile
from portal.alerts.senders import Senders
from portal.alerts.targets import shown_target
from portal.library import Library

# Accepted messages are kept so long, for whoever asks what was sent.
KEPT_DAYS = 30
# A run waits so many seconds for messages that are to be tried again soon; the sum of all such waits is 32 s.
LINGER_SECONDS = 20.0
# After so many seconds a run begins nothing more: what is left is for the next one.
RUN_SECONDS = 300.0
MAX_TOLD = 10  # troubles named one by one


@dataclass(frozen=True, slots=True)
class Service:
    """All that alerts need of an installation; `folder` is its data folder."""

    library: Library
    catalogue: Catalogue
    settings: AlertSettings
    folder: Path
    public_url: str = ""
    clock: Clock = system_clock

    @property
    def secrets(self) -> SecretFile:
        """The file of secrets."""
        return SecretFile(self.folder, self.settings.link_key)

    @property
    def can_mail(self) -> bool:
        """Whether mails can be sent, with the links that they must have."""
        return self.settings.can_mail and bool(self.public_url)


@dataclass(frozen=True, slots=True)
class ToldTrouble:
    """What went wrong with one alert, as operators read it; `target` shows no secret."""

    alert: str
    name: str
    target: str
    failure: str
    message: str
    paused: bool


@dataclass(frozen=True, slots=True)
class AlertReport:
    """What a run did; `waiting` events are for later runs, `paused` counts alerts that failing has stopped."""

    asked: int = 0
    found: int = 0
    messages: int = 0
    events: int = 0
    failed: int = 0
    given_up: int = 0
    waiting: int = 0
    paused: int = 0
    troubles: tuple[ToldTrouble, ...] = ()

    @property
    def worth_telling(self) -> bool:
        """Whether anything was done, failed or waits."""
        return self != AlertReport()

    @property
    def lines(self) -> Iterator[str]:
        """The report in words."""
        yield (
            f"通知：新发现 {self.found} 条，送达 {self.events} 条（{self.messages} 封），"
            f"失败 {self.failed} 次，待送 {self.waiting} 条"
        )
        if self.asked:
            yield f"通知：发出确认邮件 {self.asked} 封"
        if self.given_up:
            yield f"通知：放弃 {self.given_up} 封，目标接收其他通知而一直不收它们"
        for one in self.troubles[:MAX_TOLD]:
            state = "已暂停，" if one.paused else ""
            advice = ADVICE[Failure(one.failure)]
            yield f"通知 {one.alert}（{one.name} → {one.target}）：{state}{one.failure}：{advice}（{one.message}）"
        if self.paused:
            yield f"通知：{self.paused} 个订阅因失败而暂停，见 zhengce alerts list"
        if len(self.troubles) > MAX_TOLD:
            yield f"通知：另有 {len(self.troubles) - MAX_TOLD} 个目标有问题，见 zhengce alerts list"


def deliver_due(service: Service, *, linger: float = LINGER_SECONDS) -> AlertReport:
    """Do all that is due; an index that cannot be read now only means that nothing new is found.

    Raises DeliveryRunning, SecretsError.
    """
    with delivery_lock(service.folder):
        _forget(service)
        with service.catalogue.read() as connection:
            any_alert = bool(load_alerts(connection))
        if not any_alert:
            return AlertReport()
        troubles: list[ToldTrouble] = []
        found = _find(service, troubles)
        make_messages(service.catalogue, service.clock(), service.settings.digest_hour)
        asked, tally = asyncio.run(_send(service, linger, troubles))
        return _report(service, asked, found, tally, troubles)


def ask_now(service: Service) -> None:
    """Ask those who are to confirm, and nothing else; raises DeliveryRunning, SecretsError."""
    with delivery_lock(service.folder):
        senders = open_senders(service)
        try:
            _asker(service, senders).ask_due()
        finally:
            senders.mails.close()


def _forget(service: Service) -> None:
    now = service.clock()
    with service.catalogue.write() as connection:
        remove_unconfirmed(connection, now - timedelta(hours=CONFIRM_HOURS))
        forget_old(connection, now - timedelta(days=KEPT_DAYS))


def _find(service: Service, troubles: list[ToldTrouble]) -> int:
    try:
        found, refused = find_events(service.library, service.catalogue)
    except IndexUnusableError as error:
        troubles.append(ToldTrouble("", "索引", "", Failure.INDEX_FAILED, str(error), paused=False))
        return 0
    troubles += [
        ToldTrouble(
            one.alert.id,
            one.alert.name,
            shown_target(one.alert.kind, one.alert.address),
            Failure.ALERT_QUERY_REFUSED,
            one.message,
            paused=True,
        )
        for one in refused
    ]
    return found


async def _send(service: Service, linger: float, troubles: list[ToldTrouble]) -> tuple[int, Tally]:
    senders = open_senders(service)
    until = service.clock() + timedelta(seconds=RUN_SECONDS)
    delivery = Delivery(service.library, service.catalogue, senders, service.public_url, service.clock, until)
    asked = 0
    try:
        if service.can_mail:
            asked, refusal = await asyncio.to_thread(_asker(service, senders).ask_due)
            if refusal:
                troubles.append(
                    ToldTrouble("", "确认邮件", "", refusal.failure, refusal.message, paused=False)
                )
        await delivery.one_pass()
        while (wait := _wait(delivery.tally.next_at, service.clock(), until)) is not None and wait <= linger:
            await asyncio.sleep(wait)
            await delivery.one_pass()
    finally:
        await senders.close()
    return asked, delivery.tally


def _wait(next_at: datetime | None, now: datetime, until: datetime) -> float | None:
    """Seconds until something may be tried again; None where that is not in this run."""
    if next_at is None or next_at >= until:
        return None
    return max(0.0, (next_at - now).total_seconds())


def open_senders(service: Service) -> Senders:
    """Whoever sends for an installation; to be closed. Raises SecretsError."""
    secrets = service.secrets
    link_key = secrets.link_key() if service.can_mail else b""
    return Senders(service.settings, secrets.targets(), service.public_url, link_key, service.clock)


def _asker(service: Service, senders: Senders) -> Asker:
    return Asker(
        service.library,
        service.catalogue,
        senders.mails,
        service.settings.sender,
        service.public_url,
        senders.link_key,
        service.clock,
    )


def _report(
    service: Service, asked: int, found: int, tally: Tally, troubles: list[ToldTrouble]
) -> AlertReport:
    with service.catalogue.read() as connection:
        waiting = count_waiting(connection)
        paused = sum(one.failure is not None for one in load_alerts(connection, (AlertState.PAUSED,)))
    troubles += [
        ToldTrouble(
            one.alert.id,
            one.alert.name,
            shown_target(one.alert.kind, one.alert.address),
            one.failure,
            one.message,
            one.paused,
        )
        for one in tally.troubles.values()
    ]
    return AlertReport(
        asked,
        found,
        tally.messages,
        tally.events,
        tally.failed,
        tally.given_up,
        waiting,
        paused,
        tuple(troubles),
    )
