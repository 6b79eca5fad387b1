"""Writing a generation of the Elasticsearch index.

Writers of one machine exclude each other by a lock in the data folder, those of several by the version of
the record that holds the position.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self

from elasticsearch import ConflictError, Elasticsearch, NotFoundError

from index.document import IndexDocument, content_hash
from index.elastic_bulk import Bulk, replaced_elsewhere
from index.elastic_client import Answer, failures_named, patiently
from index.elastic_generations import Generations, State, read_state
from index.elastic_mapping import POLICY, STATE_ID, elastic_document, state_document
from index.elastic_query import lower_request, term_filter
from index.elastic_search import NOTHING_STORED
from index.engine import IndexBusyError, IndexUnusableError, Rejected, SearchRequest
from index.generations import WriterLock
from index.query import EVERYTHING, Phrase
from index.tokens import runs
from pipelines.config import IndexServer

# Documents of a new generation that are looked up before it is published: those of the smallest ids,
# which are hashes.
PROBES = 50
SIGN_SECONDS = 60.0  # between two signs that a build is at work
# Refused documents that the index remembers, to offer them again; a server that refuses more refuses all of a kind.
MOST_KEPT = 1000


class ElasticWriter:
    """The one writer of a generation.

    Documents become visible with `commit`, and the position after them: killed in between, the next run
    writes the same documents again.
    """

    def __init__(self, server: IndexServer, client: Elasticsearch, lock: WriterLock, index: str) -> None:
        self._server = server
        self._client = client
        self._lock = lock
        self._index = index
        self._token = secrets.token_hex(8)
        self._state: State | None = None
        self._bulk = Bulk(client, index, server.patience)

    def put(self, document: IndexDocument) -> None:
        """Add a document or replace the one of its id."""
        self._bulk.put(document.id, elastic_document(document))

    def delete(self, document_id: str) -> None:
        """Remove a document; one that is not there is no error."""
        self._bulk.delete(document_id)

    def commit(self, seq: int) -> None:
        """Make everything since the last commit durable and visible, then `seq`."""
        self._bulk.flush()
        self._refresh()
        self._ask(lambda: self._write_state(seq))

    def applied_seq(self) -> int:
        """The position of the last commit."""
        self._state = self._ask(lambda: read_state(self._client, self._index))
        return self._state.seq

    @property
    def rejected(self) -> tuple[Rejected, ...]:
        """The documents that the server would not take, of this writer and of those before."""
        return self._bulk.rejected

    def open(self) -> None:
        """Make visible what a killed writer may have left, and take over what was refused before."""
        self._refresh()
        self._state = self._ask(lambda: read_state(self._client, self._index))
        self._bulk = Bulk(self._client, self._index, self._server.patience, self._state.rejected)

    def close(self) -> None:
        """Let others write."""
        self._lock.release()

    def _refresh(self) -> None:
        self._ask(lambda: self._client.indices.refresh(index=self._index))

    def _ask(self, work: Callable[[], Answer]) -> Answer:
        """The answer of a patient client; a generation that is gone was replaced by another machine."""
        try:
            return patiently(work, self._server.patience)
        except IndexUnusableError as error:
            if isinstance(error.__cause__, NotFoundError):
                raise IndexBusyError(replaced_elsewhere(self._index)) from error
            raise

    def _write_state(self, seq: int) -> None:
        """Write the position unless another writer did so since we read it."""
        old = self._state
        guard = old.version if old else {"if_seq_no": None, "if_primary_term": None}
        try:
            written = self._client.index(
                index=self._index,
                id=STATE_ID,
                document=state_document(seq, self._token, self.rejected[:MOST_KEPT]),
                op_type=None if old else "create",
                **guard,
            ).body
        except ConflictError as error:
            self._state = read_state(self._client, self._index)
            if self._state.writer != self._token or self._state.seq != seq:  # not our own lost answer
                raise IndexBusyError(f"{self._index}：另一台机器也在写这个索引，请只留一处运行") from error
            return
        version = {"if_seq_no": int(written["_seq_no"]), "if_primary_term": int(written["_primary_term"])}
        self._state = State(self._index, seq, self._token, version, self.rejected)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class ElasticBuild(ElasticWriter):
    """The writer of a generation that nobody sees before `publish`."""

    def __init__(
        self, server: IndexServer, client: Elasticsearch, lock: WriterLock, generations: Generations
    ) -> None:
        self._generations = generations
        self._replaced = generations.current_or_none()
        self._number = generations.create(server.shards)
        self._signed = time.monotonic()
        self._put = 0
        self._probes: dict[str, IndexDocument] = {}
        self._published = False
        super().__init__(server, client, lock, generations.index(self._number))

    def put(self, document: IndexDocument) -> None:
        """Add a document; a build brings every id once."""
        if time.monotonic() - self._signed >= SIGN_SECONDS:
            self._ask(lambda: self._generations.give_sign(self._number))
            self._signed = time.monotonic()
        super().put(document)
        self._put += 1
        self._probes[document.id] = document
        if len(self._probes) > PROBES:
            del self._probes[max(self._probes)]

    def commit(self, seq: int) -> None:
        """As of every writer; the position becomes visible with the documents, since nobody looks."""
        self._bulk.flush()
        self._ask(lambda: self._write_state(seq))
        self._refresh()

    def publish(self) -> int:
        """Move the alias to what is committed if counts and probes agree; the number of the generation."""
        if troubles := self._ask(lambda: list(self._troubles())):
            raise IndexUnusableError(
                f"{self._index}：新一代索引未通过核对，检索仍用原来的：{'；'.join(troubles)}"
            )
        self._ask(lambda: self._generations.publish(self._number, self._replaced))
        self._published = True
        return self._number

    def close(self) -> None:
        """Let others write; a build that was not published is removed."""
        try:
            if not self._published:
                with failures_named():
                    self._client.indices.delete(index=self._index, ignore_unavailable=True)
        finally:
            super().close()

    def _troubles(self) -> Iterator[str]:
        """What the generation lacks of what was put into it."""
        refused = {one.id for one in self.rejected}
        count = self._client.count(index=self._index, query=term_filter(POLICY, "record")).body["count"]
        if count != self._put - len(refused):
            yield f"应有 {self._put - len(refused)} 件，实有 {count} 件"
        probes = [one for one in self._probes.values() if one.id not in refused]
        if not probes:
            return
        searches = [part for one in probes for part in ({}, _probe(one))]
        answers = self._client.msearch(index=self._index, searches=searches).body["responses"]
        for document, answer in zip(probes, answers, strict=True):
            found = answer["hits"]["hits"]
            if not found or found[0]["fields"]["hash"] != [content_hash(document)]:
                yield f"查不到 {document.id}"


def _probe(document: IndexDocument) -> dict[str, Any]:
    """A search that finds a document by its id and the words of its title."""
    query = Phrase(document.title, "title") if runs(document.title) else EVERYTHING
    whole = lower_request(SearchRequest(query), scored=False)
    whole["bool"]["filter"].append(term_filter(document.id, "id"))
    return {"query": whole, "size": 1, "stored_fields": NOTHING_STORED, "docvalue_fields": ["hash"]}
