"""The embedded engine: generations of a tantivy index in a folder of this machine."""

import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import tantivy
from tantivy import Query

from index import generations
from index.common_terms import LEAST_LEARNED, MANY_DOCUMENTS, SAMPLE, CommonTerms
from index.document import IndexDocument
from index.engine import (
    Explanation,
    FieldToken,
    IndexMissingError,
    IndexUnusableError,
    Rejected,
    RequestError,
    SearchHit,
    SearchRequest,
    SearchResult,
)
from index.suggest import Suggestion
from index.tantivy_query import everything
from index.tantivy_schema import (
    SCHEMA_VERSION,
    STATE,
    Tokens,
    schema,
    state_document,
    tantivy_document,
    text_tokens,
)
from index.tantivy_search import search, suggest
from index.tantivy_similar import explain, frequencies, similar
from index.tantivy_view import View

# Bytes of new documents held before a segment is written: 200 MB is about 12,000 documents of 2,000
# characters, and 300,000 are written in 7 % less time than with 64 MB; a sync commits before it holds so many.
HEAP = 200_000_000
# Tokens of the documents that a list of common terms is learned from, about: they wait in memory.
SAMPLE_TOKENS = 10_000_000
VERSION_FILE, COMMON_FILE = "schema-version", "common-terms"


@contextmanager
def _damage_named(folder: Path) -> Iterator[None]:
    """Turn whatever a damaged index makes tantivy raise into IndexUnusableError."""
    try:
        yield
    except (ValueError, OSError, KeyError) as error:
        if isinstance(error, RequestError):
            raise
        raise IndexUnusableError(f"{folder}：索引损坏：{error}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # raised by pyo3, not an Exception
            raise
        raise IndexUnusableError(f"{folder}：索引损坏：{error}") from error


def _open(folder: Path) -> tantivy.Index:
    version = folder / VERSION_FILE
    try:
        found = version.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise IndexUnusableError(f"{folder}：索引不完整：{error}") from error
    if found != str(SCHEMA_VERSION):
        raise IndexUnusableError(
            f"{folder}：索引版本 {found[:20]} 与程序版本 {SCHEMA_VERSION} 不符，需要重建"
        )
    with _damage_named(folder):
        if not tantivy.Index.is_compatible(str(folder)):
            raise IndexUnusableError(f"{folder}：索引由另一版本的 tantivy 写成，需要重建")
        index = tantivy.Index.open(str(folder))
        index.config_reader("manual")
        index.reload()
    return index


def _create(folder: Path) -> tantivy.Index:
    folder.mkdir()
    (folder / VERSION_FILE).write_text(f"{SCHEMA_VERSION}\n", encoding="ascii")
    CommonTerms().save(folder / COMMON_FILE)
    index = tantivy.Index(schema(), path=str(folder))
    index.config_reader("manual")
    return index


def _read_seq(searcher: tantivy.Searcher) -> int:
    hits = searcher.search(Query.term_query(schema(), "record", STATE), 1).hits
    if not hits:
        raise IndexUnusableError("索引中没有同步位置，需要重建")
    return int(searcher.doc(hits[0][1])["seq"][0])


def _common(folder: Path) -> CommonTerms:
    with _damage_named(folder):
        return CommonTerms.load(folder / COMMON_FILE)


# Inode, time and size of `current` and of the list of segments.
Marks = tuple[tuple[int, int, int], tuple[int, int, int]]


class TantivyReader:
    """Follows the current generation; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._view: View | None = None
        self._seen: Marks | None = None

    def search(self, request: SearchRequest) -> SearchResult:
        """Answer a request; raises RequestError and IndexUnusableError."""
        request.check()
        view = self._current()
        with _damage_named(view.folder):
            return search(view, request)

    def suggest(self, typed: str, limit: int = 10) -> tuple[Suggestion, ...]:
        """Titles, numbers and issuers that go on from what was typed, newest and most frequent first."""
        view = self._current()
        with _damage_named(view.folder):
            return suggest(view, typed, limit)

    def find_number(self, key: str) -> tuple[str, ...]:
        """The ids of all documents that bear a document number, ordered."""
        view = self._current()
        with _damage_named(view.folder):
            query = Query.term_query(schema(), "doc_number_key", key)
            hits = view.searcher.search(query, 1000, count=False).hits
            return tuple(sorted(view.searcher.doc(address)["id"][0] for _, address in hits))

    def similar(self, document: IndexDocument, limit: int = 10) -> tuple[SearchHit, ...]:
        """Documents most like one, best first; itself and copies of its work left out."""
        view = self._current()
        with _damage_named(view.folder):
            return similar(view, document, limit)

    def explain(self, request: SearchRequest, document_id: str) -> Explanation:
        """Why a document is found; raises RequestError where it is not."""
        request.check()
        view = self._current()
        with _damage_named(view.folder):
            return explain(view, request, document_id)

    def frequencies(self, tokens: Sequence[FieldToken]) -> Mapping[FieldToken, int]:
        """In how many documents each token stands, by field of the index."""
        view = self._current()
        with _damage_named(view.folder):
            return frequencies(view, tokens)

    def generation(self) -> int:
        """The number of the current generation."""
        return self._current().number

    def applied_seq(self) -> int:
        """The position in the change log that the index has reached."""
        return self._current().seq

    def rejected(self) -> tuple[Rejected, ...]:
        """None: nothing refuses a document here."""
        return ()

    def dump(self) -> Iterator[tuple[str, str]]:
        """Every (id, content hash), ordered by id."""
        view = self._current()
        with _damage_named(view.folder):
            searcher = view.searcher
            hits = searcher.search(everything(), max(1, searcher.num_docs), count=False).hits
            documents = (searcher.doc(address) for _, address in hits)
            found = sorted((document["id"][0], bytes(document["hash"][0]).hex()) for document in documents)
        yield from found

    def _current(self) -> View:
        """The view of the newest commit; two looks at files, some µs, tell whether there is a newer one."""
        with self._lock:
            if self._view is None or self._marks(self._view.folder) != self._seen:
                self._view = self._look()
            return self._view

    def _marks(self, folder: Path) -> Marks | None:
        """What changes with every publication and commit: both files are replaced, never rewritten."""
        try:
            return _mark(self._folder / "current"), _mark(folder / "meta.json")
        except OSError:
            return None

    def _look(self) -> View:
        number = generations.read_current(self._folder)
        if number is None:
            raise IndexMissingError(f"{self._folder}：还没有索引，请先运行 zhengce index")
        folder = self._folder / str(number)
        self._seen = self._marks(folder)  # before reading: a commit after it is seen by the next look
        old = self._view if self._view and self._view.number == number and self._seen else None
        index = old.index if old else _open(folder)
        common = old.common if old else _common(folder)
        with _damage_named(folder):
            index.reload()
            searcher = index.searcher()
            names = old.names if old else {}
            return View(folder, number, index, searcher, _read_seq(searcher), common, names=names)


def _mark(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


class TantivyWriter:
    """The one writer of a generation."""

    def __init__(self, folder: Path, lock: generations.WriterLock, index: tantivy.Index) -> None:
        self._folder = folder
        self._lock = lock
        self._index = index
        self._common = _common(folder)
        self._uncommitted = False
        with _damage_named(folder):
            self._writer = index.writer(HEAP, 1)

    def put(self, document: IndexDocument) -> None:
        """Add a document or replace the one of its id."""
        self.delete(document.id)
        self._add(document, text_tokens(document))

    def delete(self, document_id: str) -> None:
        """Remove a document; one that is not there is no error."""
        self._uncommitted = True
        self._writer.delete_documents_by_term("id", document_id)

    def _add(self, document: IndexDocument, tokens: Tokens) -> None:
        self._uncommitted = True
        self._writer.add_document(tantivy_document(document, tokens, self._common))

    def commit(self, seq: int) -> None:
        """Make everything since the last commit durable and visible together with `seq`."""
        with _damage_named(self._folder):
            self._writer.delete_documents_by_term("record", STATE)
            self._writer.add_document(state_document(seq))
            self._writer.commit()
        self._uncommitted = False

    def applied_seq(self) -> int:
        """The position of the last commit."""
        with _damage_named(self._folder):
            self._index.reload()
            return _read_seq(self._index.searcher())

    def check(self) -> None:
        """Raise IndexUnusableError where the index has no position, or no list of common terms worth its size."""
        self.applied_seq()
        many = self._index.searcher().num_docs
        if self._common.learned_from < LEAST_LEARNED and many >= MANY_DOCUMENTS:
            raise IndexUnusableError(
                f"{self._folder}：常用词表由 {self._common.learned_from} 份文件统计而成，"
                f"现有 {many} 份，需要重建"
            )

    @property
    def rejected(self) -> tuple[Rejected, ...]:
        """None: tantivy takes every document or fails."""
        return ()

    def close(self) -> None:
        """Throw away what was not committed, wait for merges, let others write."""
        try:
            with _damage_named(self._folder):
                if self._uncommitted:
                    self._writer.rollback()  # ends the merges, too, and what they have done is lost
                self._writer.garbage_collect_files()
                self._writer.wait_merging_threads()
        finally:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class TantivyBuild(TantivyWriter):
    """The writer of a generation that nobody sees before `publish`.

    Its first documents wait in memory until the list of common terms is learned from them.
    """

    def __init__(self, root: Path, number: int, lock: generations.WriterLock) -> None:
        self._root = root
        self._number = number
        self._published = False
        self._sample: list[tuple[IndexDocument, Tokens]] | None = []
        self._sampled = 0
        super().__init__(root / str(number), lock, _create(root / str(number)))

    def put(self, document: IndexDocument) -> None:
        """Add a document; a build brings every id once."""
        tokens = text_tokens(document)
        if self._sample is None:
            self._add(document, tokens)
            return
        self._sample.append((document, tokens))
        self._sampled += sum(map(len, tokens.values()))
        size = len(self._sample)
        if size >= SAMPLE or (size >= LEAST_LEARNED and self._sampled >= SAMPLE_TOKENS):
            self._learn(self._sample)

    def commit(self, seq: int) -> None:
        """Make everything since the last commit durable together with `seq`."""
        if self._sample is not None:
            self._learn(self._sample)
        super().commit(seq)

    def _learn(self, sample: list[tuple[IndexDocument, Tokens]]) -> None:
        self._common = CommonTerms.learn([tuple(tokens.values()) for _, tokens in sample])
        self._common.save(self._folder / COMMON_FILE)
        self._sample = None
        for document, tokens in sample:
            self._add(document, tokens)

    def publish(self) -> int:
        """Make what is committed the current generation; its number."""
        generations.publish(self._root, self._number)
        self._published = True
        return self._number

    def close(self) -> None:
        """Let others write; a build that was not published is removed."""
        super().close()
        if not self._published:
            shutil.rmtree(self._folder, ignore_errors=True)


class TantivyEngine:
    """The generations below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def reader(self) -> TantivyReader:
        """A reader of whatever is current; opening it needs no index yet."""
        return TantivyReader(self.folder)

    def writer(self) -> TantivyWriter:
        """The writer of the current generation, made empty where there is none."""
        lock = generations.WriterLock(self.folder)
        try:
            number = generations.read_current(self.folder)
            generations.clear_others(self.folder, number)
            if number is None:
                number = self._publish_empty()
            folder = self.folder / str(number)
            writer = TantivyWriter(folder, lock, _open(folder))
            writer.check()
        except BaseException:
            lock.release()
            raise
        return writer

    def build(self) -> TantivyBuild:
        """The writer of a new generation; readers stay with the current one until it is published."""
        lock = generations.WriterLock(self.folder)
        try:
            generations.clear_others(self.folder, generations.read_current_or_none(self.folder))
            return TantivyBuild(self.folder, generations.next_number(self.folder), lock)
        except BaseException:
            lock.release()
            raise

    def _publish_empty(self) -> int:
        number = generations.next_number(self.folder)
        folder = self.folder / str(number)
        writer = _create(folder).writer(HEAP, 1)
        writer.add_document(state_document(0))
        writer.commit()
        writer.wait_merging_threads()
        generations.publish(self.folder, number)
        return number
