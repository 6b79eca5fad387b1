"""Any result as a file over HTTP: whole, streamed, and never whole where something broke."""

import csv
import io
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast
from urllib.parse import unquote

import httpx
import pyarrow.parquet as pq
import pytest
from made_policies import hide, make_policy
from python_calamine import CalamineWorkbook
from served_portal import Served, serving

from index.engine import Engine, IndexUnusableError, Reader, SearchRequest, SearchResult
from index.sync import sync_index
from index.tantivy_engine import TantivyEngine
from pipelines.clock import clock_at, parse_instant
from portal.exports.formats import FORMATS, Format
from portal.exports.slots import Slots
from portal.serving import Serving

pytestmark = pytest.mark.slow

EXPORTS = "/api/v1/exports"
WAIT = 20  # seconds
DAY = "2026-03-03"


class Gate:
    """An engine and its reader that stops before the second piece of a walk, and may break there."""

    def __init__(self, engine: TantivyEngine) -> None:
        self._reader = engine.reader()
        self.reached = threading.Semaphore(0)  # one for every walk that stopped
        self.go_on = threading.Event()
        self.broken = False

    def reader(self) -> Reader:
        return cast(Reader, self)

    def search(self, request: SearchRequest) -> SearchResult:
        if request.cursor is not None:
            self.reached.release()
            self.go_on.wait(WAIT)
            if self.broken:
                raise IndexUnusableError("演示：索引坏了")
        return self._reader.search(request)

    def __getattr__(self, name: str) -> object:
        return getattr(self._reader, name)


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.library.WALKED", 20)


@contextmanager
def gated(folder: Path) -> Iterator[tuple[Served, Gate, Path]]:
    gates: list[Gate] = []

    def between(engine: TantivyEngine) -> Engine:
        gates.append(Gate(engine))
        return cast(Engine, gates[0])

    aside = folder / "aside"
    aside.mkdir()
    policies = [make_policy(n) for n in range(60)]
    with serving(folder, policies, between, serving=Serving(aside=aside, spare=1)) as served:
        sync_index(served.catalogue, served.engine)
        yield served, gates[0], aside
        gates[0].go_on.set()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("exports")
    settings = Serving(clock=clock_at(parse_instant(DAY)), aside=folder)
    with serving(folder, [make_policy(n) for n in range(250)], serving=settings) as opened:
        hide(opened.catalogue, opened.policies[3].id, "含个人信息")
        sync_index(opened.catalogue, opened.engine)
        yield opened


def ids(kind: str, answer: httpx.Response) -> list[str]:
    """The ids in a file, in its order."""
    data = answer.content
    if kind == "csv":
        return [row["id"] for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))]
    if kind == "jsonl":
        return [json.loads(line)["id"] for line in data.splitlines()]
    if kind == "parquet":
        found: list[str] = pq.read_table(io.BytesIO(data)).column("id").to_pylist()
        return found
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    return [str(row[0]) for row in sheet.to_python()[1:]]


@pytest.mark.parametrize("kind", list(FORMATS))
def test_all_of_a_result_is_taken_and_nothing_hidden(served: Served, kind: Format) -> None:
    answer = served.client.get(EXPORTS, params={"format": kind})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == FORMATS[kind].media_type
    assert answer.headers["x-total-count"] == "249"
    assert "etag" not in answer.headers
    found = ids(kind, answer)
    assert len(found) == 249
    assert set(found) == {p.id for p in served.policies} - {served.policies[3].id}
    assert served.policies[3].id.encode() not in answer.content


@pytest.mark.parametrize(
    "parameters",
    [
        {"q": "养老"},
        {"q": "养老", "level": ["county", "national"], "from": "2021-01-01", "sort": "written"},
        {"issuer": "演示市财政局", "sort": "published", "order": "asc"},
        {"q": "这些字哪里都没有"},
    ],
)
def test_a_file_has_what_the_search_has(served: Served, parameters: dict[str, str | list[str]]) -> None:
    listed: list[str] = []
    page = {"next": ""}
    while page["next"] is not None:
        cursor = {"cursor": page["next"]} if page["next"] else {}
        asked = {"sort": "first_seen", **parameters, "limit": "20", **cursor}
        page = served.client.get("/api/v1/policies", params=asked).json()
        listed += [item["id"] for item in cast(list[dict[str, str]], page["items"])]
    answer = served.client.get(EXPORTS, params={**parameters, "format": "jsonl"})
    assert int(answer.headers["x-total-count"]) == len(listed)
    assert ids("jsonl", answer) == listed


def test_a_line_is_the_record_of_the_api(served: Served) -> None:
    lines = served.client.get(EXPORTS, params={"q": "养老", "format": "jsonl"}).content.splitlines()
    assert len(lines) > 3
    for line in lines[:3]:
        assert served.client.get(f"/api/v1/policies/{json.loads(line)['id']}").content == line


def test_the_name_tells_query_and_day(served: Served) -> None:
    asked = {"q": '养老 "服务"\r\nX: 1', "level": "county", "format": "csv", "text": "false"}
    answer = served.client.get(EXPORTS, params=asked)
    assert "text" not in answer.text.splitlines()[0]
    header = answer.headers["content-disposition"]
    assert unquote(header.partition("filename*=UTF-8''")[2]) == f"政策 养老 服务 X 1 县级 {DAY}.csv"
    assert re.fullmatch(r'attachment; filename="[ -~]+\.csv"; filename\*=UTF-8\'\'[!-~]+', header)
    everything = served.client.head(EXPORTS, params={"format": "parquet"})
    assert unquote(everything.headers["content-disposition"]).endswith(f"政策 全部 {DAY}.parquet")


@pytest.mark.parametrize("kind", list(FORMATS))
def test_head_makes_no_file(tmp_path: Path, kind: str, small_pieces: None) -> None:
    with gated(tmp_path) as (served, gate, aside):
        answer = served.client.head(EXPORTS, params={"format": kind})
        assert (answer.status_code, answer.content, answer.headers["x-total-count"]) == (200, b"", "60")
        assert not gate.reached.acquire(blocking=False)
        assert list(aside.iterdir()) == []


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({}, "format"),
        ({"format": "xml"}, "format"),
        ({"format": "csv", "limit": "5"}, "limit"),
        ({"format": "csv", "level": "galactic"}, "galactic"),
        ({"format": "csv", "from": "gestern"}, "gestern"),
        ({"format": "csv", "region": "123456"}, "123456"),
        ({"format": "csv", "sort": "size"}, "sort"),
    ],
)
def test_what_cannot_be_asked_is_a_problem(served: Served, parameters: dict[str, str], said: str) -> None:
    answer = served.client.get(EXPORTS, params=parameters)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert said in answer.json()["detail"]


def test_without_an_index_it_is_a_problem(bare: Served) -> None:
    answer = bare.client.get(EXPORTS, params={"format": "csv"})
    assert (answer.status_code, answer.json()["name"]) == (503, "index_unusable")


@pytest.mark.parametrize("packed", ["identity", "gzip"])
@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_what_breaks_midway_does_not_look_whole(
    tmp_path: Path, kind: str, packed: str, small_pieces: None
) -> None:
    with gated(tmp_path) as (served, gate, _):
        gate.broken = True
        gate.go_on.set()
        asked = served.client.stream(
            "GET", EXPORTS, params={"format": kind}, headers={"accept-encoding": packed}
        )
        with pytest.raises(httpx.RemoteProtocolError), asked as answer:
            assert answer.status_code == 200
            answer.read()


def test_what_breaks_before_the_first_byte_is_a_problem(tmp_path: Path, small_pieces: None) -> None:
    with gated(tmp_path) as (served, gate, aside):
        gate.broken = True
        gate.go_on.set()
        answer = served.client.get(EXPORTS, params={"format": "xlsx"})
        assert (answer.status_code, answer.json()["name"]) == (503, "index_unusable")
        assert list(aside.iterdir()) == []


def test_a_full_disk_is_a_problem(tmp_path: Path) -> None:
    with serving(tmp_path, [make_policy(0)], serving=Serving(aside=tmp_path, spare=1 << 60)) as served:
        sync_index(served.catalogue, served.engine)
        answer = served.client.get(EXPORTS, params={"format": "xlsx"})
        assert (answer.status_code, answer.json()["name"]) == (503, "disk_full")
        assert served.client.get(EXPORTS, params={"format": "csv"}).status_code == 200


def eventually(what: Callable[[], object], expected: object) -> None:
    deadline = time.monotonic() + WAIT
    while what() != expected:
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("kind", list(FORMATS))
def test_a_client_that_leaves_leaves_nothing_behind(tmp_path: Path, kind: str, small_pieces: None) -> None:
    with gated(tmp_path) as (served, gate, aside):
        host, port = served.client.base_url.host, served.client.base_url.port
        for _ in range(2):
            with socket.create_connection((host, port or 80)) as line:
                line.sendall(f"GET {EXPORTS}?format={kind} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
                assert gate.reached.acquire(timeout=WAIT)
        if kind == "xlsx":
            assert len(list(aside.iterdir())) == 2
        busy = served.client.get(EXPORTS, params={"format": kind})
        assert (busy.status_code, busy.json()["name"]) == (429, "exports_busy")
        assert busy.headers["retry-after"] == "30"
        assert "最多导出 2 个" in busy.json()["detail"]
        gate.go_on.set()
        eventually(lambda: list(aside.iterdir()), [])
        eventually(lambda: served.client.get(EXPORTS, params={"format": kind}).status_code, 200)
        assert len(ids(kind, served.client.get(EXPORTS, params={"format": kind}))) == 60


def test_pages_are_served_while_files_are_made(tmp_path: Path, small_pieces: None) -> None:
    asked = {"format": "csv"}
    with gated(tmp_path) as (served, gate, _), served.client.stream("GET", EXPORTS, params=asked) as answer:
        pieces = answer.iter_bytes()
        assert next(pieces).startswith(b'\xef\xbb\xbf"id"')
        assert gate.reached.acquire(timeout=WAIT)
        with httpx.Client(base_url=served.client.base_url) as other:
            assert other.get("/").status_code == 200
        gate.go_on.set()
        assert b"".join(pieces).endswith(b"\r\n")


def test_only_so_many_run_at_once() -> None:
    slots = Slots(most=3, each=2)
    for client in ("a", "a", "b"):
        assert slots.refusal(client) is None
        slots.take(client)
    assert [refusal and refusal[0] for refusal in map(slots.refusal, ("a", "b", "c"))] == [429, 503, 503]
    slots.release("a")
    assert [refusal and refusal[0] for refusal in map(slots.refusal, ("a", "b", "c"))] == [None, None, None]


def test_the_results_page_leads_to_every_format(served: Served) -> None:
    page = served.client.get(
        "/search", params={"q": "养老", "level": "county", "synonyms": "0", "size": "50"}
    )
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/api/v1/exports[^"]*)"', page.text)]
    assert [re.findall("format=([a-z]+)", link)[0] for link in links] == list(FORMATS)
    total = re.findall(r"共 <strong>(\d+)</strong> 件", page.text)[0]
    for kind, link in zip(FORMATS, links, strict=True):
        answer = served.client.get(link)
        assert answer.headers["x-total-count"] == total
        assert len(ids(kind, answer)) == int(total) > 0
