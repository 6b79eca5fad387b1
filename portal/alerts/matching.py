"""Which changes match which saved query: asked of the index, so that a query means there what it means everywhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.engine import MAX_LIMIT, RequestError, SearchRequest
from index.query import All, Ids
from normalizers.failures import Failure
from pipelines.alert_queue import AlertEvent, store_events
from pipelines.alerts import Alert, AlertState, Topic, load_alerts, set_alert
from pipelines.catalogue import Catalogue
from pipelines.changes import Change, ChangeKind, changes_since, last_seq
from portal.alerts.saved_query import ask_saved
from portal.library import Library

# Changes looked at together; a query of the index takes 10,000 ids.
CHANGES = 5_000
KEPT = 20  # pieces of the change log in memory, 25 MB; a backlog of years has more
# Filters that a change of status itself moves a policy out of: who asked for what is in force wants to know
# that it no longer is.
SET_ASIDE = ("validity", "withdrawn")
TOPICS = {
    ChangeKind.NEW: frozenset({Topic.NEW}),
    ChangeKind.CHANGED: frozenset({Topic.CHANGED}),
    ChangeKind.VANISHED: frozenset({Topic.STATUS}),
    ChangeKind.RESTORED: frozenset({Topic.STATUS}),
}


@dataclass(frozen=True, slots=True)
class Refused:
    """An alert whose query cannot be asked any more, and why."""

    alert: Alert
    message: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an alert looks for: among changes of status, and among all others."""

    status: SearchRequest
    others: SearchRequest


def find_events(library: Library, catalogue: Catalogue) -> tuple[int, list[Refused]]:
    """Store what is new for every active alert, up to where the index is; how many events, and what was refused.

    Raises IndexUnusableError; what was stored before stays.
    """
    with catalogue.read() as connection:
        newest = last_seq(connection)
        alerts = load_alerts(connection, (AlertState.ACTIVE,))
    if not alerts:  # then an installation that has no index yet is in order
        return 0, []
    applied = library.reader.applied_seq()
    for alert in alerts:
        if (
            alert.position > newest
        ):  # the catalogue came back from a backup that is older than the alert's position
            with catalogue.write() as connection:
                set_alert(connection, alert.id, position=newest)
    found, refused = 0, []
    log = _Log(catalogue, min(applied, newest))
    for alert in alerts:
        try:
            found += _look(library, catalogue, log, alert)
        except RequestError as error:
            refused.append(Refused(alert, str(error)))
            _pause(catalogue, alert, str(error))
    return found, refused


class _Log:
    """The change log up to a position, in pieces; most alerts stand at the same place, so pieces are kept."""

    def __init__(self, catalogue: Catalogue, end: int) -> None:
        self.end = end
        self._catalogue = catalogue
        self._kept: dict[int, tuple[Change, ...]] = {}

    def pieces(self, position: int) -> Iterator[tuple[int, int, tuple[Change, ...]]]:
        """(from, to, changes) of each piece behind a position."""
        while position < self.end:
            if position not in self._kept:
                if len(self._kept) >= KEPT:
                    self._kept.clear()
                with self._catalogue.read() as connection:
                    changes = changes_since(connection, position, CHANGES)
                self._kept[position] = tuple(one for one in changes if one.seq <= self.end)
            piece = self._kept[position]
            after = piece[-1].seq if len(piece) == CHANGES else self.end
            yield position, after, piece
            position = after


def _look(library: Library, catalogue: Catalogue, log: _Log, alert: Alert) -> int:
    asked: _Asked | None = None
    found = 0
    for before, after, changes in log.pieces(alert.position):
        wanted = [(one, told) for one in changes if (told := _topics(one) & alert.topics)]
        events: list[AlertEvent] = []
        if wanted:
            asked = asked or _asked(library, alert)
            events = _matching(library, asked, wanted)
        with catalogue.write() as connection:
            if not store_events(connection, alert.id, before, events, after):
                return found
        found += len(events)
    return found


def _topics(change: Change) -> frozenset[Topic]:
    told = TOPICS.get(change.kind, frozenset())
    return told | {Topic.STATUS} if change.validity_before is not None else told


def _asked(library: Library, alert: Alert) -> _Asked:
    """What the results page of the query asks, with words read as it reads them; raises RequestError.

    Where nothing has all that was asked for, the page shows what has parts of it; an alert waits for the whole.
    """
    request = ask_saved(alert.query, library.query_names()).request
    counted = library.reader.search(replace(request, limit=0))
    query = request.query if counted.loose or counted.query is None else counted.query
    request = replace(
        request, query=query, strict=True, sort="first_seen", order="desc", offset=0, cursor=None, facets=()
    )
    kept = {name: values for name, values in request.filters.items() if name not in SET_ASIDE}
    return _Asked(status=replace(request, filters=kept), others=request)


def _matching(
    library: Library, asked: _Asked, wanted: Sequence[tuple[Change, frozenset[Topic]]]
) -> list[AlertEvent]:
    status = _among(library, asked.status, {one.page_id for one, told in wanted if Topic.STATUS in told})
    others = _among(library, asked.others, {one.page_id for one, told in wanted if told - {Topic.STATUS}})
    return [
        AlertEvent(one.seq, one.page_id, one.kind, one.validity_before if Topic.STATUS in told else None)
        for one, told in wanted
        if (Topic.STATUS in told and one.page_id in status)
        or (told - {Topic.STATUS} and one.page_id in others)
    ]


def _among(library: Library, request: SearchRequest, ids: set[str]) -> set[str]:
    """Which of some documents a request finds."""
    if not ids:
        return set()
    found: set[str] = set()
    request = replace(request, query=All((request.query, Ids(frozenset(ids)))), limit=MAX_LIMIT)
    while True:
        result = library.reader.strict.search(request)
        found.update(hit.id for hit in result.hits)
        if result.next_cursor is None:
            return found
        request = replace(request, cursor=result.next_cursor)


def _pause(catalogue: Catalogue, alert: Alert, message: str) -> None:
    with catalogue.write() as connection:
        set_alert(
            connection,
            alert.id,
            state=AlertState.PAUSED,
            failure=Failure.ALERT_QUERY_REFUSED,
            message=message[:300],
        )
