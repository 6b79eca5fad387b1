"""What one client may ask: buckets, whose bucket it is, and what the headers say."""

from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_policies import make_policy
from served_portal import Served, serving

from index.sync import sync_index
from portal.limits import Buckets, client_key
from portal.serving import Serving

pytestmark = pytest.mark.slow


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_and_fills() -> None:
    hand = Hand()
    buckets = Buckets(2, 3, clock=hand)
    grants = [buckets.take("a") for _ in range(4)]
    assert [(g.allowed, g.remaining, g.reset, g.wait) for g in grants] == [
        (True, 2, 1, 0),
        (True, 1, 1, 0),
        (True, 0, 2, 0),
        (False, 0, 2, 1),
    ]
    hand.now += 0.4
    assert not buckets.take("a").allowed
    hand.now += 0.1
    assert buckets.take("a").allowed
    hand.now += 3600
    assert buckets.take("a").remaining == 2
    assert buckets.take("b").remaining == 2


@given(st.lists(st.floats(0, 3), max_size=80), st.integers(1, 20), st.integers(1, 30))
def test_never_more_than_the_rate_and_the_burst(pauses: list[float], rate: int, burst: int) -> None:
    hand = Hand()
    buckets = Buckets(rate, burst, clock=hand)
    passed = 0
    for pause in pauses:
        hand.now += pause
        grant = buckets.take("a")
        passed += grant.allowed
        assert 0 <= grant.remaining <= burst
        assert passed <= burst + rate * (hand.now - 1_000.0) + 1e-6
        if not grant.allowed:
            assert grant.wait >= 1


def test_the_table_is_bounded_and_forgets_the_longest_unheard() -> None:
    buckets = Buckets(1, 2, most=3, clock=Hand())
    for client in ("a", "a", "b", "c", "a", "d"):
        buckets.take(client)
    assert len(buckets) == 3
    assert not buckets.take("a").allowed  # heard of lately, so remembered
    assert buckets.take("b").remaining == 1  # forgotten: a full bucket again


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix", "unix"),
        ("x" * 500, "x" * 100),
    ],
)
def test_whose_bucket_it_is(address: str, key: str) -> None:
    assert client_key(address) == key


def test_who_asks_too_much_is_told_so(tmp_path: Path) -> None:
    limited = Serving(rate=0.01, burst=4)
    with serving(tmp_path, [make_policy(1)], serving=limited) as served:
        sync_index(served.catalogue, served.engine)
        client = served.client
        first = client.get("/api/v1/policies")
        assert first.headers["ratelimit-limit"] == "4"
        assert first.headers["ratelimit-remaining"] == "3"
        assert first.headers["ratelimit-policy"] == "4;w=400"
        assert 0 < int(first.headers["ratelimit-reset"]) <= 100
        assert "retry-after" not in first.headers
        known = client.get("/api/v1/policies", headers={"if-none-match": first.headers["etag"]})
        assert (known.status_code, known.headers["ratelimit-remaining"]) == (304, "2")
        assert client.get("/").headers["ratelimit-remaining"] == "1"
        assert client.head("/help").headers["ratelimit-remaining"] == "0"
        problem = client.get("/api/v1/policies")
        assert (problem.status_code, problem.headers["content-type"]) == (429, "application/problem+json")
        assert problem.json()["name"] == "too_many_requests"
        assert "最多连续 4 个请求" in problem.json()["detail"]
        assert 1 <= int(problem.headers["retry-after"]) <= 100
        assert "default-src 'none'" in problem.headers["content-security-policy"]
        page = client.get("/search?q=养老")
        assert (page.status_code, page.headers["content-type"]) == (429, "text/html; charset=utf-8")
        assert "请求太频繁" in page.text
        head = client.head("/search")
        assert (head.status_code, head.content) == (429, b"")
        assert client.get("/feeds/atom").json()["status"] == 429
        for free in ("/static/portal.css", "/healthz", "/robots.txt"):
            answer = client.get(free)
            assert answer.status_code == 200 and "ratelimit-limit" not in answer.headers


def left(client: httpx.Client, told: str) -> str:
    return client.get("/api/v1/runs", headers={"x-forwarded-for": told}).headers["ratelimit-remaining"]


def test_only_a_proxy_that_is_known_may_say_who_asks(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    with serving(tmp_path / "a", [], serving=Serving(rate=0.01, burst=9)) as served:
        assert [left(served.client, f"192.0.2.{n}") for n in range(3)] == ["8", "7", "6"]
    known = Serving(rate=0.01, burst=9, proxies=("127.0.0.0/8",))
    with serving(tmp_path / "b", [], serving=known) as served:
        assert [left(served.client, f"192.0.2.{n}") for n in range(3)] == ["8", "8", "8"]
        # What stands before the address that the proxy added is the client's own invention.
        assert left(served.client, "198.51.100.1, 192.0.2.0") == "7"
        assert left(served.client, "198.51.100.2, 192.0.2.0") == "6"
        assert [left(served.client, f"2001:db8::{n}") for n in range(2)] == ["8", "7"]


def test_without_a_limit_nothing_is_counted(portal: Served) -> None:
    assert "ratelimit-limit" not in portal.client.get("/api/v1/policies").headers
