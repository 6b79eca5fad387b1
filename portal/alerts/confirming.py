"""Asking receivers of mail whether they want what was ordered in their name."""

from dataclasses import dataclass
from datetime import timedelta

from pipelines.alerts import Alert, AlertState, find_alert, load_alerts, plain, set_alert
from pipelines.catalogue import Catalogue
from pipelines.clock import Clock
from portal.alerts.mail import confirm_mail
from portal.alerts.outcome import Accepted, Refusal, seconds_until
from portal.alerts.saved_query import told_query
from portal.alerts.smtp import MailSession
from portal.library import Library

# How long a receiver may think; then the order and his address are forgotten.
CONFIRM_HOURS = 48
# Tries to hand one question to the mail server.
MAX_TRIES = 6


@dataclass(frozen=True, slots=True)
class Asker:
    """What asking needs: how mails are sent and how links in them are made."""

    library: Library
    catalogue: Catalogue
    mails: MailSession
    sender: str
    public_url: str
    link_key: bytes
    clock: Clock

    def ask_due(self) -> tuple[int, Refusal | None]:
        """Ask everybody who is to be asked now; how many were, and what went wrong last."""
        now, asked, trouble = self.clock(), 0, None
        with self.catalogue.read() as connection:
            pending = load_alerts(connection, (AlertState.PENDING,))
        for alert in pending:
            if alert.ask_at is not None and alert.ask_at <= now:
                outcome = self._ask(alert)
                asked += outcome is None
                trouble = outcome or trouble
        return asked, trouble

    def _ask(self, alert: Alert) -> Refusal | None:
        now, until = self.clock(), alert.made_at + timedelta(hours=CONFIRM_HOURS)
        told = told_query(alert.query, self.library.label())
        mail = confirm_mail(alert, told, self.sender, self.public_url, self.link_key, until, now)
        outcome = self.mails.send(mail, alert.address)
        with self.catalogue.write() as connection:
            if find_alert(connection, alert.id) is None:
                return None
            match outcome:
                case Accepted():
                    set_alert(connection, alert.id, ask_at=None, failure=None, message="")
                    return None
                case Refusal():
                    tries = alert.asked + (not outcome.ours)
                    wait = timedelta(seconds=seconds_until(tries or 1, outcome.wait))
                    again = None if outcome.final or tries >= MAX_TRIES else plain(now + wait)
                    set_alert(
                        connection,
                        alert.id,
                        ask_at=again,
                        asked=tries,
                        failure=outcome.failure,
                        message=outcome.message,
                    )
                    return outcome
