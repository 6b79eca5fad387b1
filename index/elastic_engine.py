"""The engine on an Elasticsearch cluster."""

import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from elasticsearch import BadRequestError, Elasticsearch, NotFoundError

from index.document import IndexDocument
from index.elastic_client import connect, failures_named
from index.elastic_generations import Generations, read_state
from index.elastic_mapping import POLICY
from index.elastic_query import term_filter
from index.elastic_search import NOTHING_STORED, search
from index.elastic_similar import explain, frequencies, similar
from index.elastic_suggest import all_issuers, suggest
from index.elastic_writer import ElasticBuild, ElasticWriter
from index.engine import (
    Explanation,
    FieldToken,
    IndexBusyError,
    IndexMissingError,
    IndexUnusableError,
    Rejected,
    SearchHit,
    SearchRequest,
    SearchResult,
)
from index.generations import WriterLock
from index.suggest import Issuers, Suggestion
from pipelines.config import IndexServer

LOOK_EVERY = 1.0  # seconds between two looks at the alias and the position
DUMP_RECORDS = 10_000  # records of one answer of a dump
DUMP_KEEP = "5m"


@dataclass(frozen=True, slots=True)
class _View:
    """One generation at one position."""

    number: int
    index: str
    shards: int
    seq: int
    rejected: tuple[Rejected, ...]


class ElasticReader:
    """Follows the alias; safe to share between threads."""

    def __init__(self, client: Elasticsearch, name: str) -> None:
        self._client = client
        self._generations = Generations(client, name)
        self._lock = threading.Lock()
        self._view: _View | None = None
        self._issuers: tuple[_View, Issuers] | None = None
        self._looked = float("-inf")

    def search(self, request: SearchRequest) -> SearchResult:
        """Answer a request; raises RequestError and IndexUnusableError."""
        request.check()
        with failures_named():
            try:
                return self._search(self._current(), request)
            except NotFoundError:  # the generation was replaced and removed within this second
                return self._search(self._current(fresh=True), request)

    def suggest(self, typed: str, limit: int = 10) -> tuple[Suggestion, ...]:
        """Titles, numbers and issuers that go on from what was typed, newest and most frequent first."""
        with failures_named():
            view = self._current()
            return suggest(self._client, view.index, self._issuers_of(view), typed, limit)

    def _issuers_of(self, view: _View) -> Issuers:
        """All issuers, counted once a commit."""
        known = self._issuers
        if known is None or known[0] != view:
            known = self._issuers = (view, all_issuers(self._client, view.index))
        return known[1]

    def _search(self, view: _View, request: SearchRequest) -> SearchResult:
        return search(self._client, view.index, request, several_shards=view.shards > 1)

    def find_number(self, key: str) -> tuple[str, ...]:
        """The ids of all documents that bear a document number, ordered."""
        with failures_named():
            found = self._client.search(
                index=self._current().index,
                query=term_filter(key, "doc_number_key"),
                sort=[{"id": "asc"}],
                size=1000,
                stored_fields=NOTHING_STORED,
            ).body
        return tuple(hit["sort"][0] for hit in found["hits"]["hits"])

    def similar(self, document: IndexDocument, limit: int = 10) -> tuple[SearchHit, ...]:
        """Documents most like one, best first; itself and copies of its work left out."""
        with failures_named():
            view = self._current()
            return similar(self._client, view.index, document, limit, several_shards=view.shards > 1)

    def explain(self, request: SearchRequest, document_id: str) -> Explanation:
        """Why a document is found; raises RequestError where it is not."""
        request.check()
        with failures_named():
            view = self._current()
            return explain(self._client, view.index, request, document_id, several_shards=view.shards > 1)

    def frequencies(self, tokens: Sequence[FieldToken]) -> Mapping[FieldToken, int]:
        """In how many documents of one shard each token stands, by field of the index."""
        with failures_named():
            return frequencies(self._client, self._current().index, tokens)

    def generation(self) -> int:
        """The number of the current generation."""
        with failures_named():
            return self._current().number

    def applied_seq(self) -> int:
        """The position in the change log that the index has reached."""
        with failures_named():
            return self._current().seq

    def rejected(self) -> tuple[Rejected, ...]:
        """The documents that the server would not take so far: the index lacks their present form."""
        with failures_named():
            return self._current().rejected

    def dump(self) -> Iterator[tuple[str, str]]:
        """Every (id, content hash), ordered by id, as of one moment."""
        with failures_named():
            yield from _dump(self._client, self._current().index)

    def _current(self, *, fresh: bool = False) -> _View:
        with self._lock:
            now = time.monotonic()
            if self._view is None or fresh or now - self._looked >= LOOK_EVERY:
                self._view = self._look()
                self._looked = now
            return self._view

    def _look(self) -> _View:
        """One small request each second: the record of the position, by the alias, tells where it lies."""
        generations, old = self._generations, self._view
        try:
            state = read_state(self._client, generations.name)
        except (IndexUnusableError, NotFoundError, BadRequestError):
            if generations.current() is None:  # which says what is wrong with the alias, if anything
                raise IndexMissingError(f"{generations.name}：还没有索引，请先运行 zhengce index") from None
            raise
        number = generations.number(state.index)
        if number is None:
            raise IndexUnusableError(f"{generations.name}：别名指向 {state.index}，应指向一代索引")
        if old is None or old.number != number:
            generations.check(number)
            shards = generations.shards(number)
        else:
            shards = old.shards
        return _View(number, state.index, shards, state.seq, state.rejected)


def _dump(client: Elasticsearch, index: str) -> Iterator[tuple[str, str]]:
    moment = client.open_point_in_time(index=index, keep_alive=DUMP_KEEP).body["id"]
    try:
        after: list[Any] | None = None
        while True:
            page = client.search(
                pit={"id": moment, "keep_alive": DUMP_KEEP},
                query=term_filter(POLICY, "record"),
                sort=[{"id": "asc"}],
                size=DUMP_RECORDS,
                search_after=after,
                stored_fields=NOTHING_STORED,
                docvalue_fields=[{"field": "hash"}],
                track_total_hits=False,
            ).body["hits"]["hits"]
            yield from ((hit["sort"][0], hit["fields"]["hash"][0]) for hit in page)
            if len(page) < DUMP_RECORDS:
                return
            after = page[-1]["sort"]
    finally:
        client.close_point_in_time(id=moment)


class ElasticEngine:
    """The generations of one name on one cluster; `folder` holds the lock of this machine's writer."""

    def __init__(self, server: IndexServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self._client = connect(server)

    def reader(self) -> ElasticReader:
        """A reader of whatever is current; opening it needs no index yet."""
        return ElasticReader(self._client, self.server.name)

    def writer(self) -> ElasticWriter:
        """The writer of the current generation, made empty where there is none."""
        lock = WriterLock(self.folder)
        try:
            generations = self._generations()
            with failures_named():
                number = generations.current()
                at_work = generations.clear_others(number)
            if number is None:
                if at_work:
                    raise IndexBusyError(at_work)
                with ElasticBuild(self.server, self._client, lock, generations) as build:
                    build.commit(0)
                    number = build.publish()
                lock = WriterLock(self.folder)
            with failures_named():
                generations.check(number)
            writer = ElasticWriter(self.server, self._client, lock, generations.index(number))
            writer.open()
        except BaseException:
            lock.release()
            raise
        return writer

    def build(self) -> ElasticBuild:
        """The writer of a new generation; readers stay with the current one until it is published.

        IndexBusyError while another machine is building one.
        """
        lock = WriterLock(self.folder)
        try:
            generations = self._generations()
            with failures_named():
                if at_work := generations.clear_others(generations.current_or_none()):
                    raise IndexBusyError(at_work)
                return ElasticBuild(self.server, self._client, lock, generations)
        except BaseException:
            lock.release()
            raise

    def _generations(self) -> Generations:
        """The generations as the writers of this folder, who hold its lock, see them."""
        file = self.folder / "owner"
        owner = file.read_text(encoding="ascii") if file.exists() else ""
        if not owner:
            owner = secrets.token_hex(8)
            file.write_text(owner, encoding="ascii")
        return Generations(self._client, self.server.name, owner)
