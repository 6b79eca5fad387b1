"""Every middleware end to end: a real crawl of a server that misbehaves, and what came of it."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

CRAWL = Path(__file__).parent / "crawl_cases.py"
Group = Callable[[str], dict[str, Any]]
REPLAYED = [
    '{"file": "detail/a.html", "url": "http://saved.test/a/index.html", "title": 7}',
    '{"file": "detail/b.html", "url": null}',
    '{"file": "../outside.html", "url": null}',
    "not json",
]


GROUPS = ("hostile", "polite", "disk", "replay", "anonymous")


def start(name: str, folder: Path) -> "subprocess.Popen[bytes]":
    """Begin to crawl a group of cases."""
    (folder / "saved" / "detail").mkdir(parents=True)
    (folder / "outside.html").write_text("outside")
    for file in ("a.html", "b.html"):
        (folder / "saved" / "detail" / file).write_text("<html><body>演示</body></html>")
    (folder / "saved" / "truth.jsonl").write_text("\n".join(REPLAYED))
    return subprocess.Popen(
        [sys.executable, CRAWL, name, folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    """Crawl all groups at once and give the results of one."""
    running = {name: start(name, tmp_path_factory.mktemp(name)) for name in GROUPS}
    done: dict[str, dict[str, Any]] = {}

    def results(name: str) -> dict[str, Any]:
        if name not in done:
            out, err = running[name].communicate(timeout=120)
            assert running[name].returncode == 0, err.decode()
            done[name] = {**json.loads(out.splitlines()[-1]), "stderr": err.decode()}
        return done[name]

    yield results
    for process in running.values():
        process.kill()
        process.communicate()


def outcome(results: dict[str, Any], site: str, path: str) -> Any:
    """The name of the failure of one request, or the status of what its callback got."""
    got = results["sites"][site]["outcomes"][path]
    return got.get("failure") or got["status"]


def asked(results: dict[str, Any], site: str) -> list[str]:
    """The paths that the server was asked for on one host, in order."""
    return [path for host, path, _, _ in results["log"] if host == f"{site}.test"]


POLITE = [
    ("plain", "/a", 200),
    ("conditional", "/conditional", 304),
    ("conditional", "/dated", 304),
    # The date of what we have is not held against another page, which a redirect leads to.
    ("conditional", "/moved", 200),
    ("moves", "/cookie", 200),
    ("moves", "/cookie-never", "redirect_loop"),
    ("moves", "/self", "redirect_loop"),
    ("moves", "/off", "off_site_redirect"),
    ("moves", "/local", "address_refused"),
    ("moves", "/decimal", "address_refused"),
    ("moves", "/file", "address_refused"),
    ("moves", "/broken", "bad_headers"),
    ("moves", "/nowhere", "bad_headers"),
    ("moves", "/two", 200),
    ("moves", "/end", 200),
    ("moves", "/hop0", "redirect_loop"),
    ("moves", "/meta", 200),
    ("moves", "/metaself", 200),
    ("moves", "/metaoff", "off_site_redirect"),
    ("denied", "/secret/1", "robots_denied"),
    ("denied", "/open", 200),
    ("paced", "/3", 200),
    ("glacial", "/1", "robots_denied"),
    ("robots500", "/2", "robots_unreachable"),
    ("robotsaway", "/1", 200),
    ("inside", "ftp://inside.test/file", "address_refused"),
    ("inside", "http://other.test/page", "off_site"),
    ("inside", "/" + "x" * 3000, "address_refused"),
    ("inside", "http://169.254.169.254/latest/meta-data/", "address_refused"),
]


@pytest.mark.parametrize(("site", "path", "expected"), POLITE)
def test_polite_crawl(group: Group, site: str, path: str, expected: object) -> None:
    assert outcome(group("polite"), site, path) == expected


def test_nothing_inside_is_reached_in_any_spelling(group: Group) -> None:
    results = group("polite")
    inside = {
        path: got for path, got in results["sites"]["inside"]["outcomes"].items() if path.endswith("/inside")
    }
    # The name that resolves inwards is refused by the resolver, the literals before.
    names = {path.split("/")[2].rpartition(":")[0]: got["failure"] for path, got in inside.items()}
    assert names.pop("localhost.") in {"address_refused", "dns_failure"}
    assert names == dict.fromkeys(
        (
            *("127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost"),
            *("[::1]", "[::ffff:127.0.0.1]", "[2002:7f00:1::]"),
        ),
        "address_refused",
    )
    assert not [
        host for host, path, _, _ in results["log"] if path == "/inside" or not host.endswith(".test")
    ]


def test_off_host_redirect_names_its_target(group: Group) -> None:
    message = group("polite")["sites"]["moves"]["outcomes"]["/off"]["message"]
    assert "http://elsewhere.test/new" in message


def test_every_page_is_archived_before_the_spider_sees_it(group: Group) -> None:
    pages = 0
    for name in ("polite", "hostile"):
        for site in group(name)["sites"].values():
            for got in site["outcomes"].values():
                if got.get("status") == 200:
                    pages += 1
                    assert got["fetched"]["hash_right"], got
                    assert got["fetched"]["body_right"], got
                else:
                    assert "fetched" not in got
    assert pages > 15


def test_fetched_says_where_and_when(group: Group) -> None:
    got = group("polite")["sites"]["moves"]["outcomes"]["/two"]["fetched"]
    assert (got["url"].rpartition("/")[2], got["final_url"].rpartition("/")[2]) == ("two", "end")
    assert got["media_type"] == "text/html"
    assert (got["etag"], got["last_modified"]) == ('"v1"', "Mon, 02 Mar 2026 00:00:00 GMT")


def test_robots_is_asked_once_and_counted_apart(group: Group) -> None:
    results = group("polite")
    assert asked(results, "plain") == ["/robots.txt", "/a", "/b", "/c?x=1"]
    size = results["sites"]["plain"]["outcomes"]["/a"]["size"]
    assert results["sites"]["plain"]["counts"] == {"": [1, 0, 0], "演示": [3, 0, 3 * size]}


def test_not_modified_is_counted_and_costs_no_body(group: Group) -> None:
    results = group("polite")
    size = results["sites"]["conditional"]["outcomes"]["/moved"]["size"]
    assert results["sites"]["conditional"]["counts"]["演示"] == [4, 2, size]


def test_denied_page_is_never_asked(group: Group) -> None:
    assert asked(group("polite"), "denied") == ["/robots.txt", "/open"]
    assert asked(group("polite"), "glacial") == ["/robots.txt"]
    assert set(asked(group("polite"), "robots500")) == {"/robots.txt"}


@pytest.mark.parametrize("site", ["paced", "throttled"])
def test_crawl_delay_is_kept(group: Group, site: str) -> None:
    times = [at for host, _, _, at in group("polite")["log"] if host == f"{site}.test"]
    assert len(times) == 4
    # From one page to the next; the first may follow robots.txt at the delay that ran before.
    assert all(later - earlier >= 0.95 for earlier, later in pairwise(times[1:]))


def test_requests_say_who_asks(group: Group) -> None:
    headers = next(h for host, path, h, _ in group("polite")["log"] if host == "plain.test" and path == "/a")
    assert headers["user-agent"].startswith("zhengce/")
    assert headers["user-agent"].endswith("(+demo@example.test)")
    assert headers["accept-language"].startswith("zh-cn")
    assert headers["referer"] == "http://referer.test/"
    assert "cookie" not in headers


HOSTILE = [
    ("/404", "not_found"),
    ("/410", "gone"),
    ("/403", "http_4xx"),
    ("/500", "http_5xx"),
    ("/204", "not_a_page"),
    ("/notgzip", "bad_headers"),
    ("/double", 200),
    ("/deflate", 200),
    ("/bomb", "too_large"),
    ("/bomb2", "too_large"),
    ("/endless-headers", "bad_headers"),
    ("/long-header", "bad_headers"),
    ("/endless-body", "too_large"),
    ("/slow-body", "timeout"),
    ("/short-body", "connection_failed"),
    ("/not-http", "bad_headers"),
    ("/drop", "connection_failed"),
    ("/busy", 200),
]


@pytest.mark.parametrize(("path", "expected"), HOSTILE)
def test_hostile_answer(group: Group, path: str, expected: object) -> None:
    assert outcome(group("hostile"), "broken", path) == expected


def test_unreachable_hosts_keep_the_name_of_their_trouble(group: Group) -> None:
    results = group("hostile")
    outcomes = results["sites"]["broken"]["outcomes"]
    named = {path.rpartition("/")[2]: got["failure"] for path, got in outcomes.items() if "://" in path}
    assert named == {"tls": "tls_failed", "closed": "connection_failed"}
    assert outcome(results, "nobody", "http://does-not-exist.invalid/") == "dns_failure"


def test_hostile_answers_take_little_memory(group: Group) -> None:
    # 80 to 90 MB are the interpreter and Scrapy; one bomb is 40 MiB, the heads are endless.
    assert group("hostile")["rss"] < 120


def test_only_passing_errors_are_retried(group: Group) -> None:
    paths = asked(group("hostile"), "broken")
    tries = {path: paths.count(path) for path in set(paths)}
    assert [tries[path] for path in ("/500", "/slow-body", "/short-body")] == [3, 3, 3]
    # Twisted by itself repeats a request once when a connection that was kept open turns out closed.
    assert 3 <= tries["/drop"] <= 6
    assert [tries[path] for path in ("/404", "/403", "/bomb", "/endless-headers", "/endless-body")] == [1] * 5


def test_retry_after_is_waited_for(group: Group) -> None:
    times = [at for host, path, _, at in group("hostile")["log"] if path == "/busy"]
    assert len(times) == 2
    assert times[1] - times[0] >= 1.0


BLOCKED = [
    ("rs", "blocked_rs412"),
    ("jsl", "blocked_jsl521"),
    ("wzws", "blocked_wzws"),
    ("wzws202", "blocked_wzws"),
    ("shell", "blocked_cookie_shell"),
    ("geo", "blocked_geo"),
    ("captcha", "blocked_captcha"),
    ("later", "rate_limited"),
    ("robotsblocked", "blocked_rs412"),
]


@pytest.mark.parametrize(("site", "reason"), BLOCKED)
def test_blocked_site_is_given_up(group: Group, site: str, reason: str) -> None:
    results = group("hostile")
    got = results["sites"][site]
    assert (got["reason"], got["stopped"][0]) == (reason, reason)
    # One page told us; the seven that waited were never sent, and nothing came to a callback.
    assert asked(results, site) == ["/robots.txt", "/0"][: 1 if site == "robotsblocked" else 2]
    assert {entry["failure"] for entry in got["outcomes"].values()} == {reason}


def test_full_disk_stops_every_site(group: Group) -> None:
    results = group("disk")
    assert results["stop"] == "disk_full"
    for site in results["sites"].values():
        assert (site["reason"], site["stopped"][0]) == ("disk_full", "disk_full")
        assert site["counts"]["演示"][0] < 40
        # What was stored before is whole.
        assert all(got["fetched"]["body_right"] for got in site["outcomes"].values() if "fetched" in got)


def test_replay_answers_from_files_and_from_nothing_else(group: Group) -> None:
    results = group("replay")
    site = results["sites"]["saved"]
    assert {path: got.get("failure") or got["status"] for path, got in site["outcomes"].items()} == {
        "http://saved.test/a/index.html": 200,
        "https://unknown.invalid/detail/b.html": 200,
        "http://saved.test/missing": "not_saved",
    }
    assert results["log"] == []
    assert site["counts"] == {"": [2, 0, 0], "演示": [3, 0, 0]}
    assert all(got["fetched"]["body_right"] for got in site["outcomes"].values() if got.get("status") == 200)


def test_without_a_contact_only_mapped_hosts_are_asked(group: Group) -> None:
    results = group("anonymous")
    assert outcome(results, "anonymous", "/mapped") == 200
    assert outcome(results, "anonymous", "http://real.example/") == "address_refused"


@pytest.mark.parametrize("name", GROUPS)
def test_no_crawl_ends_in_an_exception(group: Group, name: str) -> None:
    results = group(name)
    assert "Traceback" not in results["stderr"]
    crashed = [
        got
        for site in results["sites"].values()
        for got in site["outcomes"].values()
        if got.get("failure") == "crawl_crashed"
    ]
    assert crashed == []
