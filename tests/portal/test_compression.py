"""Answers in gzip: for whom, with which tags, and still in pieces."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from served_portal import Served
from test_portal_streaming import gated

from portal.compression import SMALLEST, accepts_gzip

pytestmark = pytest.mark.slow


def raw(served: Served, path: str, accept: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and the body as it came over the wire."""
    asked = {"accept-encoding": accept, **headers}
    with served.client.stream("GET", path, headers=asked) as answer:
        return answer.status_code, dict(answer.headers), b"".join(answer.iter_raw())


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip", True),
        ("GZIP, br", True),
        ("br;q=1.0, gzip;q=0.8", True),
        ("gzip; q=1", True),
        ("x-gzip", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000, identity", False),
        ("", False),
        ("identity", False),
        ("deflate, br", False),
        ("notgzip", False),
    ],
)
def test_who_takes_gzip(portal: Served, header: str, accepted: bool) -> None:
    assert accepts_gzip(header) == accepted
    status, headers, body = raw(portal, "/api/v1/policies?limit=50", header)
    assert (status, headers.get("content-encoding") == "gzip") == (200, accepted)
    assert headers["vary"] == "Accept-Encoding"
    assert int(headers["content-length"]) == len(body)
    plain = raw(portal, "/api/v1/policies?limit=50", "identity")[2]
    assert (gzip.decompress(body) if accepted else body) == plain
    assert len(body) < len(plain) / 4 or not accepted


@pytest.mark.parametrize(
    "path", ["/", "/search?q=养老", "/openapi.json", "/feeds/atom", "/static/portal.css"]
)
def test_everything_long_is_packed(portal: Served, path: str) -> None:
    _, headers, body = raw(portal, path, "gzip")
    assert headers["content-encoding"] == "gzip"
    plain = zlib.decompress(body, 16 + zlib.MAX_WBITS)
    assert len(plain) > SMALLEST and len(body) < len(plain)


@pytest.mark.parametrize("path", ["/api/v1/policies?limit=0", "/robots.txt", "/api/v1/policies/x"])
def test_what_is_short_is_not(portal: Served, path: str) -> None:
    _, headers, body = raw(portal, path, "gzip")
    assert 0 < len(body) < SMALLEST
    assert "content-encoding" not in headers


def document(served: Served) -> str:
    return f"/api/v1/policies/{served.policies[3].id}"


@pytest.mark.parametrize("which", ["search", "document", "page", "feed", "static"])
def test_one_tag_serves_both_ways(portal: Served, which: str) -> None:
    path = {
        "search": "/api/v1/policies?limit=50",
        "document": document(portal),
        "page": f"/policies/{portal.policies[3].id}",
        "feed": "/feeds/rss",
        "static": "/static/portal.css",
    }[which]
    packed, plain = (raw(portal, path, accept)[1]["etag"] for accept in ("gzip", "identity"))
    assert packed.startswith("W/")
    assert packed.removeprefix("W/") == plain.removeprefix("W/")
    for tag in (packed, plain):
        for accept in ("gzip", "identity"):
            status, headers, body = raw(portal, path, accept, **{"if-none-match": tag})
            assert (status, body) == (304, b"")
            assert headers["etag"].removeprefix("W/") == tag.removeprefix("W/")
            assert "Accept-Encoding" in headers["vary"]
            assert "content-encoding" not in headers


@pytest.mark.parametrize("path", ["/api/v1/policies?limit=50", "/help", "/static/portal.css", "/feeds/atom"])
def test_head_says_what_get_would(portal: Served, path: str) -> None:
    for accept in ("gzip", "identity"):
        got = raw(portal, path, accept)[1]
        head = dict(portal.client.head(path, headers={"accept-encoding": accept}).headers)
        for headers in (got, head):
            headers.pop("date", None)
        assert head == got


class Pieces:
    """What has arrived so far, unpacked."""

    def __init__(self, pieces: Iterator[bytes], packed: bool) -> None:
        self._pieces = pieces
        self._unpack = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress if packed else bytes
        self.text = ""

    def until(self, wanted: str, count: int) -> None:
        """Read on until something was seen so often; raises StopIteration at the end."""
        data = self.text.encode()
        while data.decode(errors="ignore").count(wanted) < count:
            data += self._unpack(next(self._pieces))
        self.text = data.decode(errors="ignore")

    def rest(self) -> str:
        """All that comes after."""
        return b"".join(map(self._unpack, self._pieces)).decode(errors="ignore")


@pytest.mark.parametrize("accept", ["gzip", "identity"])
def test_hits_leave_before_facets_are_counted(tmp_path: Path, accept: str) -> None:
    asked = {"accept-encoding": accept}
    with (
        gated(tmp_path) as (served, gate),
        served.client.stream("GET", "/search?q=演示&size=50", headers=asked) as answer,
    ):
        assert answer.headers.get("content-encoding", "identity") == accept
        pieces = Pieces(answer.iter_raw(), accept == "gzip")
        pieces.until('<h2><a href="/policies/', 50)
        assert not gate.hits_read.is_set()
        gate.hits_read.set()
        rest = pieces.rest()
    assert gate.in_time
    assert "checkbox" not in pieces.text
    assert rest.count('type="checkbox"') > 20
    assert rest.rstrip().endswith("</html>")


def test_head_of_a_streamed_page_does_not_count_facets(tmp_path: Path) -> None:
    with gated(tmp_path) as (served, gate):
        answer = served.client.head("/search?q=演示", timeout=5)
        assert (answer.status_code, answer.content) == (200, b"")
        gate.hits_read.set()
        assert served.client.get("/search?q=演示").status_code == 200
