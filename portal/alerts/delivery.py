"""Sending messages: targets side by side, the messages of one in order, each until it is accepted.

Acceptance is committed before anything else is sent to the same target. Between the word of a target and that
commit a crash can fall; the message is then sent once more, under the same id.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from normalizers.failures import Failure
from pipelines.alert_queue import (
    AlertMessage,
    alerts_with_messages,
    message_events,
    note_accepted,
    note_given_up,
    note_later,
    note_nothing_left,
    waiting_messages,
)
from pipelines.alerts import Alert, AlertState, find_alert, plain, set_alert
from pipelines.catalogue import Catalogue
from pipelines.clock import Clock
from portal.alerts.content import Content, make_content
from portal.alerts.outcome import (
    DOWN_AFTER,
    PAUSE_AFTER,
    TRY_AGAIN,
    Accepted,
    Outcome,
    Refusal,
    seconds_until,
)
from portal.alerts.senders import Senders
from portal.library import Library

TARGETS_AT_ONCE = 8
MAX_STORED = 300  # characters of what a target answered


@dataclass(frozen=True, slots=True)
class Trouble:
    """A target that did not take a message at its last try; `paused` where nothing more is sent to it."""

    alert: Alert
    failure: Failure
    message: str
    paused: bool


@dataclass(slots=True)
class Tally:
    """What a run has done so far: messages and events accepted, tries that failed, messages given up."""

    messages: int = 0
    events: int = 0
    failed: int = 0
    given_up: int = 0
    troubles: dict[str, Trouble] = field(default_factory=dict)
    # when the next message may be tried again; None where nothing waits for its time
    next_at: datetime | None = None


class Delivery:
    """Delivers what is due, in passes; nothing is begun after `until`."""

    def __init__(
        self,
        library: Library,
        catalogue: Catalogue,
        senders: Senders,
        public_url: str,
        clock: Clock,
        until: datetime,
    ) -> None:
        self._library = library
        self._catalogue = catalogue
        self._senders = senders
        self._public_url = public_url
        self._clock = clock
        self._until = until
        self.tally = Tally()

    async def one_pass(self) -> None:
        """Try every message that is due, once."""
        self.tally.next_at = None
        names = await asyncio.to_thread(self._due_alerts)
        places = asyncio.Semaphore(TARGETS_AT_ONCE)

        async def in_turn(name: str) -> None:
            async with places:
                await self._deliver(name)

        # One that breaks must not take others with it whose messages are under way.
        ended = await asyncio.gather(*map(in_turn, names), return_exceptions=True)
        for error in filter(None, ended):
            raise error

    def _due_alerts(self) -> list[str]:
        with self._catalogue.read() as connection:
            return alerts_with_messages(connection)

    async def _deliver(self, name: str) -> None:
        """The messages of one alert, until one says that the target is down or paused."""
        alert, messages = await asyncio.to_thread(self._load, name)
        for message in messages:
            if alert is None or alert.state is not AlertState.ACTIVE or self._clock() >= self._until:
                return
            due = max(message.next_at, alert.next_at or message.next_at)
            if due > self._clock():
                self._wait_for(due)
                continue
            content = await asyncio.to_thread(self._content, alert, message)
            if not content.told:
                await asyncio.to_thread(self._drop, message)
                continue
            outcome = await self._senders.send(alert, content, message)
            alert = await asyncio.to_thread(self._note, alert, message, len(content.told), outcome)

    def _load(self, name: str) -> tuple[Alert | None, list[AlertMessage]]:
        with self._catalogue.read() as connection:
            return find_alert(connection, name), waiting_messages(connection, name)

    def _content(self, alert: Alert, message: AlertMessage) -> Content:
        with self._catalogue.read() as connection:
            events = message_events(connection, message.id)
        return make_content(self._library, alert, events, self._public_url)

    def _note(self, alert: Alert, message: AlertMessage, events: int, outcome: Outcome) -> Alert | None:
        """Commit what became of a try; the alert as it is now, None where it was removed meanwhile."""
        now = self._clock()
        match outcome:
            case Accepted():
                with self._catalogue.write() as connection:
                    note_accepted(connection, message, now)
                self.tally.messages += 1
                self.tally.events += events
                self.tally.troubles.pop(alert.id, None)
            case Refusal():
                self.tally.failed += 1
                self._note_refusal(alert, message, outcome, now)
        with self._catalogue.read() as connection:
            return find_alert(connection, alert.id)

    def _note_refusal(self, alert: Alert, message: AlertMessage, refusal: Refusal, now: datetime) -> None:
        wait = timedelta(seconds=seconds_until(message.tries + 1, refusal.wait))
        since = alert.failing_since or now
        paused = not refusal.ours and (refusal.final or now - since >= PAUSE_AFTER)
        failures = alert.failures + (not refusal.ours)
        # A message that fails while others of its target are taken is at fault itself.
        given_up = message.tries + 1 >= len(TRY_AGAIN) and failures <= DOWN_AFTER and not refusal.ours
        with self._catalogue.write() as connection:
            if given_up:
                note_given_up(connection, message, now)
            else:
                note_later(connection, message, now + wait, tried=not refusal.ours)
            set_alert(
                connection,
                alert.id,
                failures=failures,
                failing_since=plain(since) if failures else None,
                failure=refusal.failure,
                message=refusal.message[:MAX_STORED],
                next_at=plain(now + wait) if failures >= DOWN_AFTER or refusal.ours else None,
                **({"state": AlertState.PAUSED} if paused else {}),
            )
        self.tally.given_up += given_up
        self.tally.troubles[alert.id] = Trouble(alert, refusal.failure, refusal.message, paused)
        if not paused and not given_up:
            self._wait_for(now + wait)

    def _drop(self, message: AlertMessage) -> None:
        """End a message whose policies were all hidden since."""
        with self._catalogue.write() as connection:
            note_nothing_left(connection, message, self._clock())

    def _wait_for(self, moment: datetime) -> None:
        self.tally.next_at = min(moment, self.tally.next_at or moment)
