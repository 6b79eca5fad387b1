"""What the portal serves: index and catalogue joined."""

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from index.did_you_mean import did_you_mean
from index.document import index_document
from index.engine import Reader, RequestError, SearchRequest, SearchResult
from index.numbers_near import numbers_near
from index.query import EVERYTHING, Phrase, lone_number, terms
from index.suggest import Suggestion
from index.tries import Trying
from index.vocabulary import Names
from index.words_of_why import Reason, reasons
from pipelines.catalogue import Catalogue
from pipelines.changes import last_seq, touched_at
from pipelines.clock import day_of
from pipelines.hiding import hidden_among, hidden_at
from pipelines.page_sources import PageSources, load_page_sources
from pipelines.policies import StoredPolicy, load_stored
from portal.forms import Asked
from portal.labels import Label, day_text
from portal.nights import LastNight, data_as_of, last_night, site_names
from portal.passages import Item, item_of

# Results that are no more than so many make one ask whether something else was meant.
NEARLY_NOTHING = 2
# Seconds that the state is not looked at again: a look takes 1.3 ms and a page asks six times.
STATE_KEPT = 0.5
# Policies of a walk that are read at once.
WALKED = 200


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a search with the policies it names, in its order."""

    result: SearchResult
    items: tuple[Item, ...]

    @property
    def whole(self) -> int:
        """How many documents have all that was asked for."""
        return 0 if self.result.loose else self.result.total


@dataclass(frozen=True, slots=True)
class State:
    """What every page says of the data; all of it belongs to one position of the change log."""

    seq: int
    as_of: datetime | None
    night: LastNight | None
    sites: Mapping[str, str]


class PolicyHidden(LookupError):
    """The policy that was asked for is hidden; the text says since when (Asia/Shanghai), never why."""

    def __init__(self, at: datetime | None) -> None:
        day = day_of(at) if at else None
        when = day_text(day)
        super().__init__(f"这件政策{when and f'已于{when}'}隐去，不再提供")


class Library:
    """Answers for pages and API alike; safe to share between threads."""

    def __init__(self, reader: Reader, catalogue: Catalogue, regions: Mapping[str, str]) -> None:
        self.reader = Trying(reader)
        self.regions = regions
        self._catalogue = catalogue
        self._lock = threading.Lock()
        self._state: State | None = None
        self._looked = 0.0

    def search(self, request: SearchRequest) -> Found:
        """The result of a request; raises RequestError (an unknown region is one), IndexUnusableError."""
        result = self.reader.search(request)
        if not result.total and self.regions:
            self._check_regions(request.filters.get("region", ()))
        stored = self.load(tuple(hit.id for hit in result.hits))
        return Found(result, tuple(item_of(one, result.query or request.query) for one in stored))

    def _check_regions(self, codes: tuple[str, ...]) -> None:
        """Refuse what neither the table of regions nor any document knows."""
        for code in codes:
            if code not in self.regions and not self._count({"region": (code,)}):
                raise RequestError(f"没有地区代码“{code[:20]}”：请写行政区划代码，如 610000、610200")

    def empty(self) -> bool:
        """Whether the index holds no policy at all."""
        return not self._count({})

    def _count(self, filters: Mapping[str, tuple[str, ...]]) -> int:
        return self.reader.strict.search(SearchRequest(filters=filters, sort="published", limit=0)).total

    def meant(self, asked: Asked, total: int) -> tuple[str, ...]:
        """Queries to offer beside the first piece of a result of nothing or nearly nothing.

        What stands in quotation marks and is found was meant letter for letter.
        """
        first = asked.request.cursor is None and asked.request.offset == 0
        words = [*terms(asked.parsed.tree)]
        if total > NEARLY_NOTHING or not first or not words:
            return ()
        if total and all(isinstance(one, Phrase) for one in words):
            return ()
        if key := lone_number(asked.parsed.tree):
            return numbers_near(key, self.find_number)
        return did_you_mean(asked.parsed, self.reader.strict, names=self.query_names())

    def why(self, asked: Asked, stored: StoredPolicy) -> tuple[float, tuple[Reason, ...]]:
        """The points of a policy in a search and what they are for, in words.

        Raises RequestError where the search does not find it.
        """
        policy = stored.policy
        explanation = self.reader.explain(asked.request, policy.id)
        typed = {other: also.word for also in asked.parsed.also for other in also.others}
        day = policy.written_date or policy.published_date
        return explanation.score, reasons(explanation, policy.level, day, typed)

    def walk(self, request: SearchRequest) -> Iterator[tuple[StoredPolicy, ...]]:
        """All results of a request in pieces, without a cap: in its order, by relevance newest seen first.

        None comes twice and none that stays as it is gets lost while documents change. Raises RequestError,
        IndexUnusableError.
        """
        first = self.reader.search(replace(request, limit=0, offset=0, cursor=None, facets=()))
        request = replace(
            request,
            query=first.query or request.query,
            strict=True,
            sort="first_seen" if request.sort == "relevance" else request.sort,
            offset=0,
            cursor=None,
            limit=WALKED,
            facets=(),
        )
        while True:
            result = self.reader.search(request)
            if piece := self.load(tuple(hit.id for hit in result.hits)):
                yield piece
            if result.next_cursor is None:
                return
            request = replace(request, cursor=result.next_cursor)

    def find_number(self, key: str) -> tuple[StoredPolicy, ...]:
        """The policies that bear a document number."""
        return self.load(self.reader.find_number(key))

    def policy(self, page_id: str) -> StoredPolicy | None:
        """One policy, None where there is none; raises PolicyHidden."""
        with self._catalogue.read() as connection:
            return _shown(connection, page_id)

    def document(self, page_id: str) -> tuple[StoredPolicy, PageSources] | None:
        """One policy with where its page was seen, None where there is none; raises PolicyHidden."""
        with self._catalogue.read() as connection:
            stored = _shown(connection, page_id)
            sources = load_page_sources(connection, page_id) if stored else None
        return (stored, sources) if stored and sources else None

    def suggest(self, typed: str, limit: int) -> tuple[Suggestion, ...]:
        """What a beginning may become, of policies that are not hidden; raises IndexUnusableError."""
        found = self.reader.suggest(typed, limit)
        ids = {one.document_id for one in found if one.document_id}
        if not ids:
            return found
        with self._catalogue.read() as connection:
            hidden = hidden_among(connection, ids)
        return tuple(one for one in found if one.document_id not in hidden) if hidden else found

    def load(self, ids: tuple[str, ...]) -> tuple[StoredPolicy, ...]:
        """The policies of some ids in their order, without hidden ones and those gone meanwhile."""
        if not ids:
            return ()
        with self._catalogue.read() as connection:
            stored = load_stored(connection, ids)
        return tuple(stored[i] for i in ids if i in stored and stored[i].hidden is None)

    def touched_at(self, stored: StoredPolicy) -> datetime:
        """The instant (UTC) at which anything that is told of a policy changed last."""
        with self._catalogue.read() as connection:
            touched = touched_at(connection, stored.policy.id)
        return max(filter(None, (stored.first_seen, stored.last_seen, stored.changed_at, touched)))

    def state(self) -> State:
        """The state of the data, looked at every STATE_KEPT, counted anew when a change or a run has come."""
        with self._lock:
            old, looked = self._state, self._looked
        now = time.monotonic()
        if old and now - looked < STATE_KEPT:
            return old
        with self._catalogue.read() as connection:
            seq, as_of = last_seq(connection), data_as_of(connection)
            if old and (old.seq, old.as_of) == (seq, as_of):
                state = old
            else:
                state = State(seq, as_of, last_night(connection), site_names(connection))
        with self._lock:
            self._state, self._looked = state, now
        return state

    def query_names(self) -> Names:
        """The names of regions and sites, for queries."""
        return Names(self.regions, self.state().sites)

    def label(self) -> Label:
        """What values are called here."""
        return Label({"region": self.regions, "site": self.state().sites})

    def similar(self, stored: StoredPolicy, limit: int) -> tuple[Item, ...]:
        """The policies most like one, best first; raises IndexUnusableError."""
        document = index_document(stored)
        if document is None:
            return ()
        hits = self.reader.similar(document, limit)
        return tuple(item_of(one, EVERYTHING) for one in self.load(tuple(hit.id for hit in hits)))


def _shown(connection: Connection, page_id: str) -> StoredPolicy | None:
    stored = load_stored(connection, (page_id,)).get(page_id)
    if stored and stored.hidden is not None:
        raise PolicyHidden(hidden_at(connection, page_id))
    return stored
