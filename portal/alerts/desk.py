"""The desk where anybody orders mails, confirms the order and stops it; nobody learns whose address is known."""

import secrets
import time
from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta

from index.engine import RequestError
from pipelines.alerts import (
    Alert,
    AlertState,
    Rhythm,
    TargetKind,
    Topic,
    add_alert,
    alerts_of_address,
    confirm_alert,
    count_alerts,
    find_alert,
    remove_alerts,
    set_alert,
)
from portal.alerts.links import Purpose, digest, make_token, read_token
from portal.alerts.lock import DeliveryRunning
from portal.alerts.run import Service, ask_now
from portal.alerts.saved_query import name_of

# Alerts of one address; unconfirmed ones, so many mails can be sent to somebody who ordered none within
# CONFIRM_HOURS; unconfirmed ones of all addresses together.
MAX_OF_ADDRESS = 20
MAX_UNCONFIRMED = 3
MAX_PENDING = 500
FORM_HOURS = 2  # a form that lies about for longer is asked for anew
# A delivery under way asks nobody any more: it is waited for so many times, a second each.
ASK_TRIES = 10
CROWDED = f"等待确认的订阅太多（最多 {MAX_PENDING} 个），请过一天再试"


class Crowded(RequestError):
    """Too many orders wait for confirmation."""


class Desk:
    """Orders of mails; every method may write one row of the catalogue."""

    def __init__(self, service: Service) -> None:
        self._service = service

    @property
    def is_open(self) -> bool:
        """Whether mails can be sent."""
        return self._service.can_mail

    def form_token(self, query: str) -> str:
        """What shows that a form came from us."""
        until = self._service.clock() + timedelta(hours=FORM_HOURS)
        return make_token(self._service.secrets.link_key(), "form", digest(query), until)

    def is_ours(self, token: str, query: str) -> bool:
        """Whether a form came from us, for this query, lately."""
        return self._read("form", token) == digest(query)

    def order(self, query: str, address: str, topics: Collection[Topic], rhythm: Rhythm) -> None:
        """Note an order, unless it is known or there are enough of this address; raises Crowded."""
        service, now = self._service, self._service.clock()
        name = name_of(query, service.library.label())
        alert = Alert(
            secrets.token_hex(8),
            name,
            query,
            TargetKind.MAIL,
            address,
            frozenset(topics),
            rhythm,
            AlertState.PENDING,
            now,
            ask_at=now,
        )
        with service.catalogue.write() as connection:
            known = alerts_of_address(connection, address)
            unconfirmed = [one for one in known if one.state in (AlertState.PENDING, AlertState.DECLINED)]
            same = any((one.query, one.topics, one.rhythm) == (query, alert.topics, rhythm) for one in known)
            if same or len(known) >= MAX_OF_ADDRESS or len(unconfirmed) >= MAX_UNCONFIRMED:
                return
            if count_alerts(connection, AlertState.PENDING) >= MAX_PENDING:
                raise Crowded(CROWDED)
            add_alert(connection, alert)

    def ask(self) -> None:
        """Send the questions that are due; what cannot be sent now is sent by the next run of the alerts."""
        for _ in range(ASK_TRIES):
            with suppress(DeliveryRunning):
                ask_now(self._service)
                return
            time.sleep(1)

    def to_confirm(self, token: str) -> Alert | None:
        """The alert of a link in a question; None where the link has ended or the alert is gone."""
        return self._alert(self._read("confirm", token))

    def confirm(self, token: str) -> Alert | None:
        """Confirm an alert; None as of `to_confirm`."""
        alert = self.to_confirm(token)
        if alert is None or alert.state is AlertState.DECLINED:
            return None
        if alert.state is AlertState.PENDING:
            with self._service.catalogue.write() as connection:
                confirm_alert(connection, alert.id)
        return alert

    def to_stop(self, token: str) -> tuple[bool, Alert | None]:
        """Whether a link to stop is genuine, and its alert where there still is one."""
        alert_id = self._read("stop", token)
        return alert_id is not None, self._alert(alert_id)

    def stop(self, token: str) -> bool:
        """Forget an alert and its address; whether the link was genuine.

        An unconfirmed one is kept as declined until it would have ended: it counts, so that nobody is asked
        again and again.
        """
        genuine, alert = self.to_stop(token)
        if alert is not None:
            with self._service.catalogue.write() as connection:
                if alert.state in (AlertState.PENDING, AlertState.DECLINED):
                    set_alert(connection, alert.id, state=AlertState.DECLINED, ask_at=None)
                else:
                    remove_alerts(connection, [alert.id])
        return genuine

    def _read(self, purpose: Purpose, token: str) -> str | None:
        return read_token(self._service.secrets.link_key(), purpose, token, self._service.clock())

    def _alert(self, alert_id: str | None) -> Alert | None:
        if alert_id is None:
            return None
        with self._service.catalogue.read() as connection:
            return find_alert(connection, alert_id)
