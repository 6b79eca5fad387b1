"""Changes, sites and runs over the API; what search engines may list."""

import json
import threading
import urllib.robotparser
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from made_policies import NOW, hide, make_policy, page_id, store
from served_portal import Served, serving
from sqlalchemy import insert
from test_views_sources import HOSTILE, NIGHT, NIGHTS, SITES, fill

from index.sync import sync_index
from pipelines import schema as t
from pipelines.catalogue import Catalogue
from pipelines.changes import ChangeKind, changes_since
from pipelines.hiding import hide_policy, unhide_policy
from portal.middleware import LISTED
from portal.runs import FIGURES
from portal.serving import Serving

pytestmark = pytest.mark.slow

API = "/api/v1"


def later() -> datetime:
    """Two days after everything was stored."""
    return NOW + timedelta(days=2)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A portal with sites and nights; not to be written to."""
    folder = tmp_path_factory.mktemp("crawled")
    policies = [make_policy(n) for n in range(25)]
    with serving(folder, policies, serving=Serving(clock=later)) as served:
        fill(served.catalogue)
        hide(served.catalogue, policies[0].id, "个人信息")
        sync_index(served.catalogue, served.engine)
        yield served


def walk(served: Served, since: int = 0, limit: int = 7) -> Iterator[dict[str, object]]:
    """All changes behind a position, as a mirror reads them."""
    while True:
        answer = served.client.get(f"{API}/changes", params={"since": since, "limit": limit})
        assert answer.status_code == 200, answer.text
        piece = answer.json()
        assert len(piece["items"]) <= limit
        yield from piece["items"]
        if piece["next"] == piece["last"]:
            return
        assert piece["next"] > since
        since = piece["next"]


def test_the_log_is_told_whole_and_in_order(crawled: Served) -> None:
    told = list(walk(crawled))
    with crawled.catalogue.read() as connection:
        stored = changes_since(connection, 0, 1_000)
    assert [one["seq"] for one in told] == [one.seq for one in stored]
    assert [one["id"] for one in told] == [one.page_id for one in stored]
    assert told[1] == {
        "seq": 2,
        "id": page_id(1),
        "kind": "new",
        "night": "2026-03-02",
        "at": "2026-03-02T18:00:00Z",
    }
    assert list(walk(crawled, since=20)) == told[20:]


def test_of_a_hidden_policy_only_tombstones_are_told(crawled: Served) -> None:
    hidden = [one for one in walk(crawled) if one["id"] == page_id(0)]
    assert [one["kind"] for one in hidden] == ["hidden", "hidden"]
    assert all(set(one) == {"seq", "id", "kind", "night", "at"} for one in hidden)
    assert crawled.client.get(f"{API}/policies/{page_id(0)}").status_code == 410
    whole = crawled.client.get(f"{API}/changes").text
    assert "个人信息" not in whole and (crawled.policies[0].title or "演示") not in whole


def test_a_policy_that_comes_back_is_told_again(tmp_path: Path) -> None:
    with serving(tmp_path, [make_policy(1)]) as served:
        with served.catalogue.write() as connection:
            hide_policy(connection, page_id(1), "误", NOW)
        assert [one["kind"] for one in walk(served)] == ["hidden", "hidden"]
        with served.catalogue.write() as connection:
            unhide_policy(connection, page_id(1), NOW)
        assert [one["kind"] for one in walk(served)] == ["new", "hidden", "unhidden"]


def test_a_mirror_that_follows_while_documents_change_is_equal(tmp_path: Path) -> None:
    policies = [make_policy(n) for n in range(30)]
    with serving(tmp_path, policies) as served:

        def night() -> None:
            for n in range(40):
                policy = make_policy(n, seed=8)
                store(served.catalogue, [policy], ChangeKind.NEW if n >= 30 else ChangeKind.CHANGED)
                if n % 7 == 0:
                    hide(served.catalogue, page_id(n), "演示")

        writer = threading.Thread(target=night)
        writer.start()
        mirror, position = dict[str, object](), 0
        while True:
            done = not writer.is_alive()
            changes = list(walk(served, position, limit=5))
            for change in changes:
                answer = served.client.get(f"{API}/policies/{change['id']}")
                if change["kind"] == "hidden" or answer.status_code == 410:
                    mirror.pop(str(change["id"]), None)
                else:
                    mirror[str(change["id"])] = answer.json()["title"]
                assert int(str(change["seq"])) > position
                position = int(str(change["seq"]))
            if done:
                break
        writer.join()
        expected = {page_id(n): make_policy(n, seed=8).title for n in range(40) if n % 7}
        assert mirror == expected


@pytest.mark.parametrize(
    ("path", "status", "name", "words"),
    [
        ("/changes?since=1000000", 409, "unknown_position", "变更流到 26 为止"),
        ("/changes?since=-1", 422, "bad_parameter", "since：不能小于 0"),
        ("/changes?since=99999999999999999999", 422, "bad_parameter", "since：不能大于"),
        ("/changes?since=x", 422, "bad_parameter", "since：应为整数"),
        ("/changes?limit=0", 422, "bad_parameter", "limit：不能小于 1"),
        ("/changes?limit=1001", 422, "bad_parameter", "limit：不能大于 1000"),
        ("/changes?from=3", 422, "bad_parameter", "from：没有这个参数"),
        ("/sites/nowhere", 404, "not_found", "没有编号为 nowhere 的站点"),
        ("/runs/999", 404, "not_found", "没有编号为 999 的运行"),
        ("/runs/x", 422, "bad_parameter", "run_id：应为整数"),
        ("/runs/0", 422, "bad_parameter", "run_id：不能小于 1"),
        ("/runs?limit=101", 422, "bad_parameter", "limit：不能大于 100"),
        ("/runs?before=0", 422, "bad_parameter", "before：不能小于 1"),
    ],
)
def test_mistakes_have_a_name(crawled: Served, path: str, status: int, name: str, words: str) -> None:
    answer = crawled.client.get(API + path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["name"] == name
    assert words in answer.json()["detail"]


def test_every_site_says_how_it_stands(crawled: Served) -> None:
    sites = crawled.client.get(f"{API}/sites").json()["items"]
    assert {one["id"]: (one["name"], one["level"], one["failure"]) for one in sites} == {
        site: (name, level, stopped or None) for site, (name, level, _, stopped, _) in SITES.items()
    }
    assert {one["id"]: one["state"] for one in sites} == {
        "demo_0": "fine",
        "demo_1": "failed",
        "demo_2": "blocked",
        "demo_3": "fine",
        "demo_4": "fine",
    }
    visible = Counter(policy.site for policy in crawled.policies[1:])
    assert {one["id"]: one["documents"] for one in sites} == dict(visible)
    assert {one["region_name"] for one in sites} == {"演示省"}
    assert sites[0]["last_success"] == NIGHT.isoformat() and sites[2]["last_success"] is None


def test_one_site_tells_its_channels_and_failures(crawled: Served) -> None:
    answer = crawled.client.get(f"{API}/sites/demo_1").json()
    assert answer["site"] in crawled.client.get(f"{API}/sites").json()["items"]
    assert [one["name"] for one in answer["channels"]] == ["政策文件", HOSTILE]
    assert all(one["last_success"] == (NIGHT - timedelta(days=9)).isoformat() for one in answer["channels"])
    run = answer["runs"][0]
    assert run["run"] == NIGHTS
    (failure,) = run["failures"]
    assert (failure["name"], failure["sample"]) == ("timeout", "javascript:alert(1)")
    assert failure["advice"]
    assert "<script>" not in json.dumps(answer["runs"])  # messages of machines stay inside


def test_runs_are_walked_newest_first(crawled: Served) -> None:
    ids, before = list[int](), {}
    while True:
        piece = crawled.client.get(f"{API}/runs", params={"limit": 17, **before}).json()
        ids += [one["id"] for one in piece["items"]]
        if piece["next"] is None:
            break
        before = {"before": piece["next"]}
    assert ids == list(range(NIGHTS, 0, -1))
    newest = crawled.client.get(f"{API}/runs?limit=1").json()["items"][0]
    assert (newest["state"], newest["exit_code"], newest["command"]) == ("finished", 0, "nightly")
    assert set(newest["figures"]) == set(FIGURES)


def test_one_run_tells_every_channel(crawled: Served) -> None:
    answer = crawled.client.get(f"{API}/runs/{NIGHTS}").json()
    keys = [(one["site"], one["channel"]) for one in answer["channels"]]
    assert keys == sorted(keys) and {site for site, _ in keys} == set(SITES) - {"demo_4"}
    for name in FIGURES:
        assert answer["run"]["figures"][name] == sum(one["figures"][name] for one in answer["channels"])
    (blocked,) = {
        one["failures"][0]["name"]
        for one in answer["channels"]
        if one["site"] == "demo_2" and one["failures"]
    }
    assert blocked == "blocked_rs412"
    assert "<script>" not in json.dumps([one["failures"] for one in answer["channels"]])


def start(catalogue: Catalogue, run: int, seen: datetime) -> None:
    with catalogue.write() as connection:
        moment = seen.replace(tzinfo=None)
        row = {"id": run, "command": "nightly", "night": seen.date(), "pid": 1}
        connection.execute(insert(t.run).values(**row, started_at=moment, heartbeat_at=moment))


def test_a_run_that_lives_and_one_that_fell_silent(tmp_path: Path) -> None:
    with serving(tmp_path, [], serving=Serving(clock=later)) as served:
        start(served.catalogue, 1, later() - timedelta(hours=3))
        silent = served.client.get(f"{API}/runs/1")
        start(served.catalogue, 2, later() - timedelta(minutes=1))
        both = served.client.get(f"{API}/runs")
    assert silent.json()["run"]["state"] == "silent"
    assert silent.headers["last-modified"] == format_datetime(
        (later() - timedelta(hours=3) + timedelta(minutes=10)).astimezone(UTC), usegmt=True
    )
    assert [one["state"] for one in both.json()["items"]] == ["running", "silent"]
    assert "last-modified" not in both.headers  # it may change at any time


def test_before_there_is_anything(bare: Served) -> None:
    assert bare.client.get(f"{API}/changes").json() == {"items": [], "next": 0, "last": 0}
    assert bare.client.get(f"{API}/sites").json() == {"items": []}
    assert bare.client.get(f"{API}/runs").json() == {"items": [], "next": None}


@pytest.mark.parametrize("path", ["/policies/{}", "/changes", "/sites", "/sites/demo_1", "/runs", "/runs/3"])
def test_what_is_unchanged_is_not_sent_again(crawled: Served, path: str) -> None:
    path = API + path.format(page_id(3))
    first = crawled.client.get(path)
    modified = first.headers["last-modified"]
    for known in ({"if-modified-since": modified}, {"if-none-match": first.headers["etag"]}):
        again = crawled.client.get(path, headers=known)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["last-modified"] == modified
    old = format_datetime(datetime(2020, 1, 1, tzinfo=UTC), usegmt=True)
    for unknown in (
        {"if-modified-since": old},
        {"if-none-match": '"x"', "if-modified-since": modified},
        {"if-modified-since": "gestern"},
    ):
        assert crawled.client.get(path, headers=unknown).content == first.content


def test_a_withdrawal_moves_the_date_of_a_policy(tmp_path: Path) -> None:
    policy = make_policy(1)
    with serving(tmp_path, [policy], serving=Serving(clock=later)) as served:
        path = f"{API}/policies/{policy.id}"
        modified = served.client.get(path).headers["last-modified"]
        assert modified == format_datetime(NOW.astimezone(UTC), usegmt=True)
        gone = NOW + timedelta(hours=5)
        store(served.catalogue, [policy], ChangeKind.VANISHED, at=gone, withdrawn=True)
        answer = served.client.get(path, headers={"if-modified-since": modified})
        assert (answer.status_code, answer.json()["withdrawn"]) == (200, True)
        assert answer.headers["last-modified"] == format_datetime(gone.astimezone(UTC), usegmt=True)


def test_crawlers_are_told_what_to_leave_alone(crawled: Served) -> None:
    answer = crawled.client.get("/robots.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    rules = urllib.robotparser.RobotFileParser()
    rules.parse(answer.text.splitlines())
    for path in (
        "/search?q=养老",
        "/search",
        "/search/facets/level",
        "/api/v1/policies",
        "/feeds/rss?q=养老",
    ):
        assert not rules.can_fetch("AnyBot", path), path
    # A crawler must be able to read on a document that it is not to be listed.
    for path in ("/", "/help", f"/policies/{page_id(3)}", "/sources"):
        assert rules.can_fetch("AnyBot", path), path


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/", True),
        ("/help", True),
        (f"/policies/{page_id(3)}", True),
        ("/search?q=养老", True),
        ("/search?level=xyz", True),
        ("/search/facets/level", True),
        (f"/policies/{page_id(3)}/why?q=养老", True),
        ("/nothing", True),
        ("/api/v1/policies", False),
        ("/feeds/atom", False),
    ],
)
def test_a_mirror_is_not_listed_in_place_of_the_official_text(crawled: Served, path: str, page: bool) -> None:
    answer = crawled.client.get(path)
    listed = path in LISTED
    assert answer.headers.get("x-robots-tag") == (None if listed else "noindex, noarchive")
    if page:
        assert ('<meta name="robots" content="noindex, noarchive">' in answer.text) == (not listed)


@pytest.mark.parametrize("path", ["/.well-known/security.txt", "/.well-known/", "/.well-known/mcp.json"])
def test_nothing_is_well_known(crawled: Served, path: str) -> None:
    assert crawled.client.get(path).status_code == 404
