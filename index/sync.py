"""Bringing an index level with the catalogue: following the change log, or all anew."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from index.document import IndexDocument, content_hash, index_document
from index.engine import Engine, IndexServerError, IndexUnusableError, Rejected, Writer
from pipelines.catalogue import Catalogue
from pipelines.changes import changes_since, last_seq
from pipelines.policies import StoredPolicy, iter_page_ids, load_stored

# Policies read at once; the longest have some MB of text, so that many stay below 1 GB.
READ = 100
# A commit costs 25 to 70 ms of CPU whatever its size (measured at 20,000 documents).
COMMIT_DOCUMENTS = 2000
COMMIT_SECONDS = 5.0
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did: changes followed, documents written and deleted, the position reached.

    `rebuilt` says why everything was made anew, "" where it was not; `rejected` are documents that a
    server would not take.
    """

    applied: int
    added: int
    deleted: int
    seq: int
    rebuilt: str = ""
    rejected: tuple[Rejected, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A difference between index and catalogue; `page_id` is "" where the whole index is meant."""

    kind: Literal["missing", "extra", "differs", "behind", "ahead"]
    page_id: str


class IndexSync:
    """Follows the change log with one writer; `step` takes what is there, `flush` makes it last.

    Killed at any moment, the next one goes on from the last commit.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        writer: Writer,
        *,
        commit_documents: int = COMMIT_DOCUMENTS,
        commit_seconds: float = COMMIT_SECONDS,
    ) -> None:
        self._catalogue = catalogue
        self._writer = writer
        self._commit_documents = commit_documents
        self._commit_seconds = commit_seconds
        self._seq = self._committed = writer.applied_seq()
        self._pending = 0
        self._committed_at = time.monotonic()
        self._applied = self._added = self._deleted = 0
        self._refused = [one.id for one in writer.rejected]

    def step(self) -> int:
        """Apply the next changes, commit if it is time, and say how many changes there were.

        The first step begins with what a server refused before: it may have been the server's fault.
        """
        while self._refused:
            again, self._refused = self._refused[:READ], self._refused[READ:]
            with self._catalogue.read() as connection:
                self._bring(again, load_stored(connection, again))
        with self._catalogue.read() as connection:
            changes = changes_since(connection, self._seq, READ)
            ids = sorted({change.page_id for change in changes})
            stored = load_stored(connection, ids) if ids else {}
        self._bring(ids, stored)
        if changes:
            self._seq = changes[-1].seq
        self._applied += len(changes)
        if self._pending >= self._commit_documents or self._is_late():
            self.flush()
        return len(changes)

    def _bring(self, ids: Sequence[str], stored: Mapping[str, StoredPolicy]) -> None:
        """Put the documents of some ids, delete those that have none any more."""
        documents = _documents(stored)
        for page_id in ids:
            if document := documents.get(page_id):
                self._writer.put(document)
                self._added += 1
            else:
                self._writer.delete(page_id)
                self._deleted += 1
        self._pending += len(ids)

    def flush(self) -> SyncReport:
        """Commit what is pending; the report of everything since the start."""
        if self._pending or self._seq != self._committed:
            self._writer.commit(self._seq)
            self._committed = self._seq
        self._pending = 0
        self._committed_at = time.monotonic()
        rejected = self._writer.rejected
        added = self._added - len(rejected)
        return SyncReport(self._applied, added, self._deleted, self._seq, rejected=rejected)

    @property
    def added(self) -> int:
        """Documents written since the start."""
        return self._added

    def _is_late(self) -> bool:
        return time.monotonic() - self._committed_at >= self._commit_seconds


def sync_index(
    catalogue: Catalogue,
    engine: Engine,
    *,
    commit_documents: int = COMMIT_DOCUMENTS,
    commit_seconds: float = COMMIT_SECONDS,
    progress: Progress = lambda _: None,
) -> SyncReport:
    """Apply all changes since the index was last level; an unusable index is made anew, and said so.

    `progress` is told the number of documents written so far. Raises IndexBusyError while another
    process writes, IndexServerError where a server cannot take its part.
    """
    try:
        with engine.writer() as writer:
            if not _is_ahead(catalogue, writer.applied_seq()):
                sync = IndexSync(
                    catalogue, writer, commit_documents=commit_documents, commit_seconds=commit_seconds
                )
                while sync.step():
                    progress(sync.added)
                return sync.flush()
            reason = "索引的位置比目录库新，目录库可能由备份恢复"
    except IndexServerError:
        raise
    except IndexUnusableError as error:
        reason = str(error)
    return rebuild_index(catalogue, engine, reason, progress)


def rebuild_index(
    catalogue: Catalogue, engine: Engine, reason: str = "按要求重建", progress: Progress = lambda _: None
) -> SyncReport:
    """Make a new generation from the catalogue alone and publish it in one step.

    Readers stay with the old generation until then. Raises IndexBusyError while another process writes.
    """
    with catalogue.read() as connection:
        seq = last_seq(connection)
    added = 0
    with engine.build() as build:
        for document in _all_documents(catalogue):
            build.put(document)
            added += 1
            if added % READ == 0:
                progress(added)
        build.commit(seq)
        rejected = build.rejected
        build.publish()
    return SyncReport(0, added - len(rejected), 0, seq, reason, rejected)


def verify_index(catalogue: Catalogue, engine: Engine) -> list[Problem]:
    """Every difference between the ids and contents of the index and those the catalogue asks for."""
    reader = engine.reader()
    with catalogue.read() as connection:
        newest = last_seq(connection)
    position = reader.applied_seq()
    problems = [Problem("behind", "")] if position < newest else []
    problems += [Problem("ahead", "")] if position > newest else []
    found = dict(reader.dump())
    for document in _all_documents(catalogue):
        digest = found.pop(document.id, None)
        if digest is None:
            problems.append(Problem("missing", document.id))
        elif digest != content_hash(document):
            problems.append(Problem("differs", document.id))
    return problems + [Problem("extra", page_id) for page_id in found]


def _is_ahead(catalogue: Catalogue, seq: int) -> bool:
    with catalogue.read() as connection:
        return seq > last_seq(connection)


def _all_documents(catalogue: Catalogue) -> Iterator[IndexDocument]:
    with catalogue.read() as connection:
        ids = list(iter_page_ids(connection))
    for start in range(0, len(ids), READ):
        with catalogue.read() as connection:
            stored = load_stored(connection, ids[start : start + READ])
        yield from _documents(stored).values()


def _documents(stored: Mapping[str, StoredPolicy]) -> dict[str, IndexDocument]:
    """The documents of stored policies by id, in order; hidden ones have none."""
    made = ((page_id, index_document(stored[page_id])) for page_id in sorted(stored))
    return {page_id: document for page_id, document in made if document}
