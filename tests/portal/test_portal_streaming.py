"""The hits of a results page leave before anything else is counted."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest
from made_policies import make_policy
from served_portal import Served, serving

from index.engine import Engine, IndexUnusableError, Reader, SearchRequest, SearchResult
from index.sync import sync_index
from index.tantivy_engine import TantivyEngine

pytestmark = pytest.mark.slow

WAIT = 10  # seconds that counting waits for the hits to be read


class Gate:
    """An engine and its reader that counts nothing before it is told that the hits were read."""

    def __init__(self, engine: TantivyEngine) -> None:
        self._reader = engine.reader()
        self.hits_read = threading.Event()
        self.asked: list[SearchRequest] = []
        self.in_time = False
        self.broken = False

    def reader(self) -> Reader:
        return cast(Reader, self)

    def search(self, request: SearchRequest) -> SearchResult:
        self.asked.append(request)
        if not request.limit:
            self.in_time = self.hits_read.wait(WAIT)
            if self.broken:
                raise IndexUnusableError("演示：索引坏了")
        return self._reader.search(request)

    def __getattr__(self, name: str) -> object:
        return getattr(self._reader, name)


@contextmanager
def gated(folder: Path) -> Iterator[tuple[Served, Gate]]:
    gates: list[Gate] = []

    def between(engine: TantivyEngine) -> Engine:
        gates.append(Gate(engine))
        return cast(Engine, gates[0])

    with serving(folder, [make_policy(n) for n in range(60)], between) as served:
        sync_index(served.catalogue, served.engine)
        yield served, gates[0]


def test_hits_arrive_while_facets_wait(tmp_path: Path) -> None:
    before = ""
    with gated(tmp_path) as (served, gate), served.client.stream("GET", "/search?q=演示&size=50") as answer:
        pieces = answer.iter_text()
        while before.count('<h2><a href="/policies/') < 50:
            before += next(pieces)
        gate.hits_read.set()
        rest = "".join(pieces)
    assert gate.in_time
    assert 'name="q" value="演示"' in before
    assert "checkbox" not in before
    assert rest.count('type="checkbox"') > 20
    assert rest.rstrip().endswith("</html>")
    hits, counting = gate.asked
    assert (hits.facets, hits.limit, counting.limit) == ((), 50, 0)


def test_hits_arrive_while_it_is_worked_out_what_was_meant(tmp_path: Path) -> None:
    before = ""
    with (
        gated(tmp_path) as (served, gate),
        served.client.stream("GET", "/search", params={"q": "演示养佬服务"}) as answer,
    ):
        pieces = answer.iter_text()
        while '<h2><a href="/policies/' not in before:
            before += next(pieces)
        gate.hits_read.set()
        rest = "".join(pieces)
    assert gate.in_time
    assert 'class="notice meant"' not in before
    assert 'class="notice meant"' in rest


def test_what_was_meant_is_left_out_where_it_cannot_be_worked_out(tmp_path: Path) -> None:
    with gated(tmp_path) as (served, gate):
        gate.broken = True
        gate.hits_read.set()
        text = served.client.get("/search", params={"q": "演示养佬服务", "facets": "0"}).text
    assert text.rstrip().endswith("</html>")
    assert 'class="notice meant"' not in text


def test_facets_that_cannot_be_counted_leave_the_hits(tmp_path: Path) -> None:
    with gated(tmp_path) as (served, gate):
        gate.broken = True
        gate.hits_read.set()
        text = served.client.get("/search", params={"q": "养老", "level": "county"}).text
    assert text.rstrip().endswith("</html>")
    assert "现在无法计数" in text
    assert '<input type="hidden" name="level" value="county">' in text.partition("<aside")[2]
    assert text.count('<h2><a href="/policies/')


@pytest.mark.parametrize(
    ("path", "counted"),
    [
        ("/search?q=养老", True),
        ("/search?q=养老&facets=0", False),
        ("/api/v1/policies?q=养老", False),
        ("/api/v1/policies?q=养老&facets=level", True),
        ("/api/v1/facets?q=养老", True),
    ],
)
def test_facets_are_counted_only_where_asked(tmp_path: Path, path: str, counted: bool) -> None:
    with gated(tmp_path) as (served, gate):
        gate.hits_read.set()
        assert served.client.get(path).status_code == 200
    assert any(request.facets for request in gate.asked) == counted
