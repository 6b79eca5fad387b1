"""The embedded engine: generations of a tantivy index in a folder of this machine."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import tantivy
from tantivy import Occur, Order, Query

from index import generations
from index.document import IndexDocument
from index.engine import (
    FacetCount,
    IndexMissingError,
    IndexUnusableError,
    Rejected,
    RequestError,
    SearchHit,
    SearchRequest,
    SearchResult,
)
from index.keys import SORT_FIELDS
from index.tantivy_query import everything, key_above, key_below, lower_request
from index.tantivy_schema import (
    SCHEMA_VERSION,
    STATE,
    schema,
    state_document,
    tantivy_document,
)

# Bytes of new documents held before a segment is written: 64 MB is about 4,000 documents of 2,000
# characters; more brought nothing on 20,000 documents.
HEAP = 64_000_000
LOOK_EVERY = 1.0  # seconds between two looks at `current` and the commits of the generation
# Buckets asked for of every segment; counts are exact as long as a facet has fewer values.
MAX_FACET_VALUES = 20_000
# Hits asked for beyond a piece of a sorted walk, so that equal keys are never torn apart.
SPARE = 8
VERSION_FILE = "schema-version"


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
    index = tantivy.Index(schema(), path=str(folder))
    index.config_reader("manual")
    return index


def _read_seq(searcher: tantivy.Searcher) -> int:
    hits = searcher.search(Query.term_query(schema(), "record", STATE), 1).hits
    if not hits:
        raise IndexUnusableError("索引中没有同步位置，需要重建")
    return int(searcher.doc(hits[0][1])["seq"][0])


@dataclass(frozen=True, slots=True)
class _View:
    """One generation at one commit."""

    folder: Path
    number: int
    index: tantivy.Index
    searcher: tantivy.Searcher
    seq: int


class TantivyReader:
    """Follows the current generation; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._view: _View | None = None
        self._looked = float("-inf")

    def search(self, request: SearchRequest) -> SearchResult:
        """Answer a request; raises RequestError and IndexUnusableError."""
        request.check()
        view = self._current()
        with _damage_named(view.folder):
            facets = _facets(view, request)
            if request.sort == "relevance":
                return _by_relevance(view, request, facets)
            return _by_date(view, request, facets)

    def find_number(self, key: str) -> tuple[str, ...]:
        """The ids of all documents that bear a document number, ordered."""
        view = self._current()
        with _damage_named(view.folder):
            query = Query.term_query(schema(), "doc_number_key", key)
            hits = view.searcher.search(query, 1000, count=False).hits
            return tuple(sorted(view.searcher.doc(address)["id"][0] for _, address in hits))

    def generation(self) -> int:
        """The number of the current generation."""
        return self._current().number

    def applied_seq(self) -> int:
        """The position in the change log that the index has reached."""
        return self._current().seq

    def dump(self) -> Iterator[tuple[str, str]]:
        """Every (id, content hash), ordered by id."""
        view = self._current()
        with _damage_named(view.folder):
            searcher = view.searcher
            hits = searcher.search(everything(), max(1, searcher.num_docs), count=False).hits
            documents = (searcher.doc(address) for _, address in hits)
            found = sorted((document["id"][0], document["hash"][0]) for document in documents)
        yield from found

    def _current(self) -> _View:
        with self._lock:
            now = time.monotonic()
            if self._view is None or now - self._looked >= LOOK_EVERY:
                self._view = self._look()
                self._looked = now
            return self._view

    def _look(self) -> _View:
        number = generations.read_current(self._folder)
        if number is None:
            raise IndexMissingError(f"{self._folder}：还没有索引，请先运行 zhengce index")
        folder = self._folder / str(number)
        old = self._view
        index = old.index if old and old.number == number and folder.exists() else _open(folder)
        with _damage_named(folder):
            index.reload()
            searcher = index.searcher()
            return _View(folder, number, index, searcher, _read_seq(searcher))


def _by_relevance(
    view: _View, request: SearchRequest, facets: dict[str, tuple[FacetCount, ...]]
) -> SearchResult:
    offset = _parse_cursor(request) if request.cursor else request.offset
    query = lower_request(request, scored=True)
    found = view.searcher.search(query, max(1, request.limit), offset=offset)
    total = _count(found)
    hits = tuple(
        SearchHit(view.searcher.doc(address)["id"][0], score, 0)
        for score, address in found.hits[: request.limit]
    )
    end = offset + len(hits)
    more = hits and end < total
    return SearchResult(total, hits, facets, f"relevance.{end}" if more else None)


def _by_date(view: _View, request: SearchRequest, facets: dict[str, tuple[FacetCount, ...]]) -> SearchResult:
    name = SORT_FIELDS[request.sort, request.order]
    whole = lower_request(request, scored=False)
    query = whole
    if request.cursor:
        beyond = key_below if request.order == "desc" else key_above
        query = Query.boolean_query([(Occur.Must, whole), (Occur.Must, beyond(name, _parse_cursor(request)))])
    order = Order.Desc if request.order == "desc" else Order.Asc
    searcher = view.searcher
    found = searcher.search(
        query, request.limit + SPARE, order_by_field=name, offset=request.offset, order=order
    )
    total = _count(searcher.search(whole, 1)) if request.cursor else _count(found)
    piece = _whole_keys(found.hits, request.limit)
    hits = tuple(SearchHit(searcher.doc(address)["id"][0], 0.0, key) for key, address in piece)
    more = hits and len(hits) < len(found.hits)
    return SearchResult(
        total, hits, facets, f"{request.sort}.{request.order}.{hits[-1].sort_key}" if more else None
    )


def _whole_keys(
    hits: list[tuple[Any, tantivy.DocAddress]], limit: int
) -> list[tuple[Any, tantivy.DocAddress]]:
    """The first hits, a few more where the last key is shared, so that a cursor skips nobody."""
    end = min(limit, len(hits))
    while 0 < end < len(hits) and hits[end][0] == hits[end - 1][0]:
        end += 1
    return hits[:end]


def _parse_cursor(request: SearchRequest) -> int:
    parts = (request.cursor or "").split(".")
    expected = ["relevance"] if request.sort == "relevance" else [request.sort, request.order]
    value = parts[-1]
    if parts[:-1] != expected or not (value.isascii() and value.isdecimal()) or int(value) >= 1 << 64:
        raise RequestError("cursor 不可用：请原样使用上一页给出的 next，并保持相同的排序")
    if request.sort == "relevance":
        SearchRequest(offset=int(value)).check()
    return int(value)


def _facets(view: _View, request: SearchRequest) -> dict[str, tuple[FacetCount, ...]]:
    """Exact counts; a facet whose own filter is set is counted without that filter."""
    filtered = [name for name in request.facets if request.filters.get(name)]
    free = [name for name in request.facets if name not in filtered]
    counts: dict[str, tuple[FacetCount, ...]] = {}
    if free:
        counts |= _aggregate(view, lower_request(request, scored=False), free)
    for name in filtered:
        counts |= _aggregate(view, lower_request(request, scored=False, but=name), [name])
    return {name: counts[name] for name in request.facets}


def _aggregate(view: _View, query: Query, names: list[str]) -> dict[str, tuple[FacetCount, ...]]:
    size = {"size": MAX_FACET_VALUES, "segment_size": MAX_FACET_VALUES}
    answer = view.searcher.aggregate(query, {name: {"terms": {"field": name, **size}} for name in names})
    return {name: _ordered(answer[name]["buckets"]) for name in names}


def _ordered(buckets: list[dict[str, Any]]) -> tuple[FacetCount, ...]:
    counts = [FacetCount(bucket["key"], int(bucket["doc_count"])) for bucket in buckets]
    return tuple(sorted(counts, key=lambda c: (-c.count, c.value)))


def _count(found: tantivy.SearchResult) -> int:
    return int(cast(Any, found).count)  # absent from the stub of 0.27


class TantivyWriter:
    """The one writer of a generation."""

    def __init__(self, folder: Path, lock: generations.WriterLock, index: tantivy.Index) -> None:
        self._folder = folder
        self._lock = lock
        self._index = index
        with _damage_named(folder):
            self._writer = index.writer(HEAP, 1)

    def put(self, document: IndexDocument) -> None:
        """Add a document or replace the one of its id."""
        self._writer.delete_documents_by_term("id", document.id)
        self._writer.add_document(tantivy_document(document))

    def delete(self, document_id: str) -> None:
        """Remove a document; one that is not there is no error."""
        self._writer.delete_documents_by_term("id", document_id)

    def commit(self, seq: int) -> None:
        """Make everything since the last commit durable and visible together with `seq`."""
        with _damage_named(self._folder):
            self._writer.delete_documents_by_term("record", STATE)
            self._writer.add_document(state_document(seq))
            self._writer.commit()

    def applied_seq(self) -> int:
        """The position of the last commit."""
        with _damage_named(self._folder):
            self._index.reload()
            return _read_seq(self._index.searcher())

    @property
    def rejected(self) -> tuple[Rejected, ...]:
        """None: tantivy takes every document or fails."""
        return ()

    def close(self) -> None:
        """Throw away what was not committed, wait for merges, let others write."""
        try:
            with _damage_named(self._folder):
                self._writer.rollback()
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
    """The writer of a generation that nobody sees before `publish`."""

    def __init__(self, root: Path, number: int, lock: generations.WriterLock) -> None:
        self._root = root
        self._number = number
        self._published = False
        super().__init__(root / str(number), lock, _create(root / str(number)))

    def put(self, document: IndexDocument) -> None:
        """Add a document; a build brings every id once."""
        self._writer.add_document(tantivy_document(document))

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
            writer.applied_seq()
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
