"""Sources: every site and channel with its state, and what its last nights were."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import lxml.html
import pytest
from lxml.html import HtmlElement
from made_policies import make_policy
from served_portal import Served, serving
from sqlalchemy import insert

from index.sync import sync_index
from normalizers.failures import ADVICE, Failure
from pipelines import schema as t
from pipelines.catalogue import Catalogue
from portal.sites import MOST_RUNS, load_site_runs, load_sites

pytestmark = pytest.mark.slow

HOSTILE = '"><script>alert(1)</script><b onload=x>站'
NIGHT = date(2026, 3, 2)
# What each site met in the last night, and the night of its last good walk; demo_4 was not asked in it.
SITES: dict[str, tuple[str, str | None, dict[str, object], str, date | None]] = {
    "demo_0": ("演示省人民政府", "provincial", {}, "", NIGHT),
    "demo_1": (HOSTILE, "municipal", {"timeout": {"count": 3, "sample": "javascript:alert(1)", "message": HOSTILE}}, "timeout", NIGHT - timedelta(days=9)),
    "demo_2": ("演示县人民政府", "county", {"blocked_rs412": {"count": 1, "sample": "http://demo2.test/a", "message": ""}}, "blocked_rs412", None),
    "demo_3": ("演示镇", None, {"off_site": {"count": 2, "sample": "http://x.test/", "message": ""}}, "", NIGHT),
    "demo_4": ("演示局", "municipal", {}, "", NIGHT - timedelta(days=1)),
}  # fmt: skip
NIGHTS = 40


def fill(catalogue: Catalogue) -> None:
    """Sites, channels and the reports of many nights."""
    with catalogue.write() as connection:
        for night in range(NIGHTS):
            day = NIGHT - timedelta(days=NIGHTS - 1 - night)
            moment = datetime(day.year, day.month, day.day, 18, 0, tzinfo=UTC).replace(tzinfo=None)
            times = {"started_at": moment, "heartbeat_at": moment, "finished_at": moment}
            row = {"id": night + 1, "command": "nightly", "night": day, "exit_code": 0, "pid": 1, **times}
            connection.execute(insert(t.run).values(row))
        for site, (name, level, failures, stopped, good) in SITES.items():
            connection.execute(
                insert(t.site).values(
                    id=site,
                    name=name,
                    level=level,
                    region="990000",
                    platform="trs",
                    base="javascript:alert(1)" if name == HOSTILE else f"http://{site}.test/",
                )
            )
            for place, channel in enumerate(("政策文件", HOSTILE)):
                connection.execute(
                    insert(t.channel).values(
                        site=site,
                        channel=channel,
                        type="policy",
                        position=place,
                        list_url="javascript:alert(1)" if place else f"http://{site}.test/list/",
                        last_ok_night=good,
                    )
                )
            for night in range(NIGHTS - (site == "demo_4")):
                last = night == NIGHTS - 1
                connection.execute(
                    insert(t.run_channel).values(
                        run=night + 1,
                        site=site,
                        channel="政策文件",
                        requests=10,
                        rows=20,
                        new=night,
                        failures=json.dumps(failures if last else {}),
                        stopped=stopped if last else "",
                    )
                )


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A portal over five sites with 40 nights."""
    with serving(tmp_path_factory.mktemp("sources"), [make_policy(n) for n in range(30)]) as served:
        fill(served.catalogue)
        sync_index(served.catalogue, served.engine)
        yield served


def page(served: Served, path: str) -> HtmlElement:
    answer = served.client.get(path, timeout=120)
    assert answer.status_code == 200, answer.text[-500:]
    assert "<script>alert" not in answer.text
    document = lxml.html.document_fromstring(answer.text)
    assert not document.xpath("//@onload")
    assert not [a for a in document.xpath("//@href") if a.startswith("javascript")]
    return document


def said(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def listed(document: HtmlElement) -> dict[str, list[str]]:
    """The cells of every site by its id."""
    return {
        row.cssselect("a")[0].get("href").removeprefix("/sources/"): [
            said(cell) for cell in row.cssselect("td")
        ]
        for row in document.cssselect("table tr")[1:]
    }


def test_sites_are_read_with_their_state(sources: Served) -> None:
    with sources.catalogue.read() as connection:
        sites = {one.id: one for one in load_sites(connection)}
        runs = load_site_runs(connection, "demo_1")
    assert {one.id: one.state for one in sites.values()} == {
        "demo_0": "fine",
        "demo_1": "failed",
        "demo_2": "blocked",
        "demo_3": "fine",
        "demo_4": "fine",
    }
    assert sites["demo_1"].failure == "timeout"
    assert sites["demo_1"].failures == {"timeout": 3}
    assert sites["demo_1"].last_success == NIGHT - timedelta(days=9)
    assert [one.name for one in sites["demo_1"].channels] == ["政策文件", HOSTILE]
    assert len(runs) == MOST_RUNS
    assert [one.sums["new"] for one in runs] == list(range(NIGHTS - 1, NIGHTS - 1 - MOST_RUNS, -1))
    assert runs[0].failures["timeout"].count == 3
    assert runs[0].stopped == ("timeout",)
    assert runs[0].started_at.tzinfo is not None


def test_home_tells_who_answered_and_who_is_silent(sources: Served) -> None:
    home = said(page(sources, "/"))
    assert "5 个站点中 2 个有回应，2 个没有，1 个未轮到" in home
    assert "演示县人民政府 被拦 尚未成功过" in home
    assert "自 2026年2月21日起没有成功" in home


def test_every_site_is_listed_with_its_documents(sources: Served) -> None:
    shown = listed(page(sources, "/sources"))
    assert list(shown) == sorted(SITES)
    for site, cells in shown.items():
        count = sum(one.site == site for one in sources.policies)
        assert cells[6] == str(count) == "6"
        there = page(sources, f"/search?site={site}")
        assert said(there.cssselect(".total strong")[0]) == str(count)
    assert shown["demo_3"][1] == "未知"
    assert shown["demo_1"][3] == "失败 timeout"
    assert shown["demo_2"][4] == "尚未"


@pytest.mark.parametrize(
    ("asked", "sites"),
    [
        ("level=municipal", ["demo_1", "demo_4"]),
        ("level=none", ["demo_3"]),
        ("state=fine", ["demo_0", "demo_3", "demo_4"]),
        ("state=blocked&level=county", ["demo_2"]),
        ("state=never", []),
        ("page=99999", sorted(SITES)),
        ("page=-1", sorted(SITES)),
        ("page=0", sorted(SITES)),
    ],
)
def test_sites_are_chosen_by_level_and_state(sources: Served, asked: str, sites: list[str]) -> None:
    shown = page(sources, f"/sources?{asked}")
    assert list(listed(shown)) == sites
    assert said(shown.cssselect(".total strong")[0]) == str(len(sites))


def test_failures_have_their_advice(sources: Served) -> None:
    shown = said(page(sources, "/sources"))
    for failure in (Failure.TIMEOUT, Failure.BLOCKED_RS412, Failure.OFF_SITE):
        assert f"{failure.value}：{ADVICE[failure]}（1 个站点）" in shown


def test_a_site_has_a_page_with_channels_and_nights(sources: Served) -> None:
    shown = page(sources, "/sources/demo_1")
    channels, runs = shown.cssselect("table")
    assert len(channels.cssselect("tr")) == 3
    assert ADVICE[Failure.TIMEOUT] in said(channels)
    nights = [[said(cell) for cell in row.cssselect("td")] for row in runs.cssselect("tr")[1:]]
    assert len(nights) == MOST_RUNS
    assert nights[0][:8] == ["2026-03-02", "nightly", "10", "20", "39", "0", "0", "0"]
    assert "timeout × 3" in nights[0][8]
    assert "6 件" in said(shown.cssselect("dl")[0])
    assert HOSTILE in said(shown.cssselect("h1")[0])


def test_sources_need_no_index(tmp_path: Path) -> None:
    with serving(tmp_path, []) as served:
        fill(served.catalogue)
        assert listed(page(served, "/sources"))["demo_0"][6] == "—"
        assert "现在无法计数" in said(page(served, "/sources/demo_0"))
        assert "2 个有回应" in said(page(served, "/"))
