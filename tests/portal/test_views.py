"""Home, library, browsing and statistics: every number is a plain count, and the one of the page it leads to."""

import csv
import io
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import lxml.etree
import lxml.html
import pytest
from lxml.html import HtmlElement
from made_policies import LEVELS, NOW, make_policy, store
from served_portal import Served, serving

from index.document import region_path
from index.engine import SearchRequest
from index.parse import parse_query
from index.sync import sync_index
from index.tries import Trying
from normalizers.policy import INTERPRETATION_FORMS, Policy
from pipelines.clock import day_of
from portal.counts import Counts
from portal.views import charts
from portal.views.shelves import RULES, SHELVES

pytestmark = pytest.mark.slow

HOSTILE = '"><script>alert(1)</script><b onload=x>\x07&amp;演示局'
SUBJECTS = ("科技、教育", "财政、金融、审计", None)


def shelved(n: int) -> Policy:
    """A policy for every shelf in turn."""
    r = random.Random(n)
    kinds: tuple[dict[str, object], ...] = (
        {"content_type": "policy", "normative": r.choice((True, False, None))},
        {
            "content_type": "policy",
            "doc_type": "命令",
            "instrument": r.choice(("办法", "规定", "条例", None)),
        },
        {"content_type": "interpretation", "interpretation_form": r.choice((*INTERPRETATION_FORMS, None))},
        {
            "content_type": "gazette",
            "title": r.choice(
                ("演示省人民政府公报2023年第5期", "演示省公报 2024 年第 11 期", f"关于某事的通知（{n}）")
            ),
            "channels": r.choice((("政府公报",), ("2022年第3期",))),
        },
    )
    topics = tuple(
        r.sample(("教育", "卫生健康", "财政预算与资金", "重大项目与投资", "旧标签"), r.randrange(3))
    )
    types = {"doc_type": r.choice(("通知", "意见", "决定", None))}
    return make_policy(n, subject=r.choice(SUBJECTS), topics=topics, **types | kinds[n % len(kinds)])


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A portal over 160 policies of all kinds, some of them hostile; not to be written to."""
    policies = [shelved(n) for n in range(160)]
    policies += [
        make_policy(n, title=HOSTILE, issuers=(HOSTILE,), topics=(HOSTILE,), doc_type=None)
        for n in range(160, 164)
    ]
    with serving(tmp_path_factory.mktemp("views"), policies) as served:
        store(served.catalogue, [make_policy(200)], hidden="演示")
        sync_index(served.catalogue, served.engine)
        yield served


def page(served: Served, path: str, status: int = 200) -> HtmlElement:
    answer = served.client.get(path, timeout=120)
    assert answer.status_code == status, (path, answer.text[-500:])
    return lxml.html.document_fromstring(answer.text)


def said(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def total(document: HtmlElement) -> int:
    (strong,) = document.cssselect("p.total strong")
    return int(said(strong))


def rows(document: HtmlElement, title: str) -> dict[str, int]:
    """The rows under a heading by their names."""
    for section in document.cssselect("section"):
        if [title] == [said(one) for one in section.cssselect("h2")][:1]:
            return {
                said(one).removesuffix(said(one.cssselect("span")[0])).strip(): int(
                    said(one.cssselect("span")[0])
                )
                for one in section.cssselect(".counts li")
            }
    return {}


def promises(document: HtmlElement) -> Iterator[tuple[str, int]]:
    """Every address on a page together with the number of documents that the page says are there."""
    for item in document.cssselect(".counts li, .shelf h2"):
        links, count = item.cssselect("a"), item.cssselect("span")
        if links and count:
            yield links[0].get("href"), int(said(count[0]))
    for link in document.cssselect(".tiles a"):
        yield link.get("href"), int(said(link.cssselect("strong")[0]))
    for line in document.cssselect(".figure tr"):
        for link in line.cssselect("a"):
            yield link.get("href"), int(said(line.cssselect("td")[1]))


def links(document: HtmlElement) -> set[str]:
    return {href for a in document.cssselect("a[href]") if (href := a.get("href")).startswith("/")}


PLAIN = ("/", "/library", "/library/areas", "/browse", "/statistics", "/sources", "/help", "/search")
A_PAGE, ASKED = 10, 150  # numbers looked after on one page, and in all


def test_every_link_answers_and_every_number_is_kept(shelves: Served) -> None:
    todo = [*PLAIN, *(shelf.path for shelf in SHELVES)]
    pages, asked = set[str](), set[str]()
    r = random.Random(4)
    while todo and len(asked) < ASKED:
        path = todo.pop(0)
        pages.add(path)
        document = page(shelves, path)
        offered = {href: count for href, count in promises(document) if "issue=" not in href}
        for href in r.sample(sorted(offered), min(A_PAGE, len(offered))):
            assert total(page(shelves, href)) == offered[href], (path, href)
            asked.add(href)
        todo += [
            href for href in r.sample(sorted(offered), min(2, len(offered))) if not href.startswith("/search")
        ]
        for href in links(document) - offered.keys() - pages if not urlsplit(path).query else ():
            if href.startswith(("/library", "/browse", "/statistics", "/sources", "/search")):
                assert shelves.client.get(href).status_code == 200, href
                pages.add(href)
    assert len(asked) >= ASKED
    assert pages >= {*PLAIN, *(shelf.path for shelf in SHELVES)}


def top(code: str | None) -> str:
    return region_path(code)[0] if code else "未知"


NAMES = {"990000": "演示省", "980000": "另一省"}
LEVEL_NAMES = dict(zip((*LEVELS, None), ("国家", "省级", "市级", "县级", "未知"), strict=True))


def test_home_counts_what_came_in_by_level_and_region(shelves: Served) -> None:
    home = page(shelves, "/")
    tiles = " ".join(said(one) for one in home.cssselect(".tiles"))
    assert f"{len(shelves.policies)} 件新政策" in tiles
    levels = Counter(LEVEL_NAMES[one.level] for one in shelves.policies)
    for name, count in levels.items():
        assert (f"{count} 件，层级未知" if name == "未知" else f"{count} 件{name}") in tiles
    day = day_of(NOW)
    assert f"{day.year}年{day.month}月{day.day}日收录" in said(home)
    regions = Counter(NAMES.get(top(one.region), top(one.region)) for one in shelves.policies)
    assert rows(home, f"{day.year}年{day.month}月{day.day}日收录") == dict(regions)


@pytest.mark.parametrize(
    ("path", "belongs"),
    [
        ("/browse", lambda p: True),
        ("/browse?level=county", lambda p: p.level == "county"),
        ("/browse?level=none&region=990100", lambda p: p.level is None and "990100" in region_path(p.region)),
        ("/library/policies", lambda p: p.content_type == "policy"),
        ("/library/normative", lambda p: p.normative is True),
        ("/library/rules", lambda p: p.doc_type == "命令" and p.instrument in RULES),
        ("/library/gazettes", lambda p: p.content_type == "gazette"),
        ("/library/interpretations", lambda p: p.content_type == "interpretation"),
        ("/library/interpretations?interpretation_form=video", lambda p: p.interpretation_form == "video"),
        ("/library/interpretations?interpretation_form=none&content_type=policy",
         lambda p: p.content_type == "interpretation" and p.interpretation_form is None),
    ],
)  # fmt: skip
def test_a_shelf_is_a_plain_count(shelves: Served, path: str, belongs: Any) -> None:
    there = [one for one in shelves.policies if belongs(one)]
    shown = page(shelves, path)
    assert total(shown) == len(there) > 0
    if "level" not in path:
        assert rows(shown, "层级") == dict(Counter(LEVEL_NAMES[one.level] for one in there))
    years = Counter(
        str(day.year) if (day := one.written_date or one.published_date) else "未知" for one in there
    )
    assert rows(shown, "年份") == dict(years)
    told = rows(shown, "发文机关")
    issuers = Counter(" ".join(name.split()) for one in there for name in set(one.authorities or one.issuers))
    assert {name.replace("\x07", ""): n for name, n in told.items()} == {
        name.replace("\x07", ""): n for name, n in issuers.items()
    }
    if "region" not in path:
        regions = Counter(NAMES.get(top(one.region), top(one.region)) for one in there)
        assert rows(shown, "地区") == dict(regions)


def test_browsing_narrows_step_by_step_and_back(shelves: Served) -> None:
    county = [one for one in shelves.policies if one.level == "county"]
    inside = [one for one in county if "990000" in region_path(one.region)]
    shown = page(shelves, "/browse?level=county&region=990000")
    assert total(shown) == len(inside)
    parts = rows(shown, "地区")
    assert parts.pop("本级，或未细分到下级") == sum(one.region == "990000" for one in inside)
    assert parts == {"演示市": sum("990100" in region_path(one.region) for one in inside)}
    chips = {said(a): a.get("href") for a in shown.cssselect(".active a")}
    assert total(page(shelves, chips["地区：演示省 ✕"])) == len(county)
    (search,) = [a.get("href") for a in shown.cssselect("p.total a")]
    assert parse_qs(urlsplit(search).query) == {"level": ["county"], "region": ["990000"]}


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/browse?level=moon", 422, "没有层级“moon”"),
        ("/browse?region=moon", 422, "没有地区代码“moon”"),
        ("/browse?year=203", 422, "年份“203”不可用"),
        ("/library/nothing", 404, "没有这个文件库"),
        ("/library/gazettes?issue=1900-1", 404, "没有这一期"),
        ("/sources?level=moon", 422, "没有层级“moon”"),
        ("/sources?state=moon", 422, "没有状态“moon”"),
        ("/sources/nobody", 404, "没有这个站点"),
        ("/statistics/moon.svg", 404, "没有这项统计"),
        ("/statistics/moon.csv", 404, "没有这项统计"),
    ],
)
def test_what_is_not_there_is_said(shelves: Served, path: str, status: int, words: str) -> None:
    assert words in said(page(shelves, path, status))


def test_gazettes_are_listed_by_issue(shelves: Served) -> None:
    gazettes = [one for one in shelves.policies if one.content_type == "gazette"]

    def issue(one: Policy) -> str:
        title = (one.title or "").replace(" ", "")
        return next(
            (name for name in ("2023年第5期", "2024年第11期") if name in title),
            "2022年第3期" if one.channels == ("2022年第3期",) else "期号未知",
        )

    plain = Counter(map(issue, gazettes))
    shown = page(shelves, "/library/gazettes")
    told = rows(shown, "按期")
    assert told == dict(plain)
    assert list(told) == ["2024年第11期", "2023年第5期", "2022年第3期", "期号未知"]
    for a in shown.cssselect(".counts a[href*='issue=']"):
        inner = page(shelves, a.get("href"))
        (heading,) = inner.cssselect("section h3")
        (section,) = [one for one in inner.cssselect("section") if heading in one.iter()]
        titles = section.cssselect("li > a[href^='/policies/']")
        assert len(titles) == plain[said(a)]


def test_key_areas_count_a_document_of_several_tags_once(shelves: Served) -> None:
    shown = page(shelves, "/library/areas")
    areas = {
        said(one.cssselect("h2 a")[0]): int(said(one.cssselect("h2 span")[0]))
        for one in shown.cssselect(".shelf")
    }
    assert areas["教育"] == sum("教育" in one.topics for one in shelves.policies)
    others = rows(shown, "其他标签")
    assert others["旧标签"] == sum("旧标签" in one.topics for one in shelves.policies)
    assert others["未知"] == sum(not one.topics for one in shelves.policies)
    subjects = Counter(one.subject or "未知" for one in shelves.policies)
    assert rows(shown, "主题分类") == dict(subjects)


def test_statistics_add_up_to_the_library(shelves: Served) -> None:
    shown = page(shelves, "/statistics")
    for name in ("level", "region", "subject", "month"):
        answer = shelves.client.get(f"/statistics/{name}.csv")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert "attachment" in answer.headers["content-disposition"]
        lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
        assert lines[0] == ["名称", "件数"]
        assert sum(int(count) for _, count in lines[1:]) == len(shelves.policies), name
        (section,) = [one for one in shown.cssselect(".figure") if one.cssselect(f"#{name}")]
        table = [[said(cell) for cell in row.cssselect("td")] for row in section.cssselect("tr")[1:]]
        assert table == lines[1:]
        assert section.cssselect("img")[0].get("alt")
    assert HOSTILE.replace("\x07", "") not in shelves.client.get("/statistics").text


def test_a_single_region_is_told_with_its_parts(tmp_path: Path) -> None:
    policies = [
        make_policy(n, region=code) for n, code in enumerate(["990000", "990100", "990100", "990200"])
    ]
    with serving(tmp_path, policies) as served:
        sync_index(served.catalogue, served.engine)
        home = page(served, "/")
        day = day_of(NOW)
        told = rows(home, f"{day.year}年{day.month}月{day.day}日收录")
        assert list(told.items())[:2] == [("演示省", 4), ("演示市", 2)] and sum(told.values()) == 7
        table = served.client.get("/statistics/region.csv").content.decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(table, newline="")))
    assert lines[1] == ["演示市", "2"] and lines[-1] == ["演示省（含以上各地）", "4"]
    assert sum(int(count) for _, count in lines[1:-1]) == 3


def test_a_cell_of_the_file_is_no_formula(tmp_path: Path) -> None:
    with serving(tmp_path, [make_policy(1, issuers=("=1+1",))]) as served:
        sync_index(served.catalogue, served.engine)
        assert '"\'=1+1"' in served.client.get("/statistics/issuer.csv").text


@pytest.mark.slow
def test_pictures_are_drawn_with_text_for_those_who_do_not_see_them(
    shelves: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charts, "DRAWING_SECONDS", 250)  # a machine may be busy
    for name in ("level", "region", "issuer", "subject", "month"):
        answer = shelves.client.get(f"/statistics/{name}.svg", timeout=280)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/svg+xml"
        svg = lxml.etree.fromstring(answer.content)
        names = [lxml.etree.QName(one).localname for one in svg.iter() if isinstance(one.tag, str)]
        assert names[1:3] == ["title", "desc"]
        assert "text" in names
        assert not {"script", "style", "image", "foreignObject", "a"} & set(names)
        assert set(re.findall(r"https?://[^\"'\s]+", answer.text)) <= {
            "http://www.w3.org/2000/svg",
            "http://www.w3.org/1999/xlink",
        }
        assert "sans-serif" in answer.text
        assert "<script>" not in answer.text


def test_a_picture_is_valid_whatever_its_names_are() -> None:
    svg = charts.described('<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>', HOSTILE, HOSTILE + "\ud800")
    title, desc, _ = lxml.etree.fromstring(svg.encode())
    assert title.text == desc.text == HOSTILE.replace("\x07", "")
    assert charts.shown("长" * 99) == "长" * (charts.MOST_LABEL - 1) + "…"


def test_pages_live_without_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "draw.py"
    broken.write_text("import sys; sys.exit(3)")
    monkeypatch.setattr(charts, "DRAW", broken)
    with serving(tmp_path, [make_policy(n) for n in range(5)]) as served:
        sync_index(served.catalogue, served.engine)
        assert page(served, "/statistics").cssselect("img")
        answer = served.client.get("/statistics/level.svg")
        assert answer.status_code == 503
        assert answer.headers["cache-control"] == "no-store"
        assert "图暂时无法绘制" in answer.text
        told = page(served, "/statistics")
        assert not told.cssselect("img")
        assert "图暂时无法绘制，以下只有数据表" in said(told)
        assert len(told.cssselect(".figure table")) == len(told.cssselect(".figure")) > 3


def test_names_of_sites_bodies_and_regions_are_text(tmp_path: Path) -> None:
    policies = [make_policy(n, issuers=(HOSTILE,), topics=(HOSTILE,), region="<i>99") for n in range(3)]
    with serving(tmp_path, policies) as served:
        sync_index(served.catalogue, served.engine)
        for path in ("/", "/library/areas", "/browse", "/statistics", "/browse?region=%3Ci%3E99"):
            answer = served.client.get(path, timeout=120)
            assert answer.status_code == 200
            assert "<script>alert" not in answer.text
            assert "<i>99" not in answer.text
            document = lxml.html.document_fromstring(answer.text)
            assert not document.xpath("//@onload")
            # The one script of ours.
            assert [one.get("src", "").partition("?")[0] for one in document.cssselect("script")] == [
                "/static/portal.js"
            ]


@pytest.fixture(scope="module")
def unindexed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("unindexed"), []) as served:
        yield served


@pytest.mark.parametrize("path", PLAIN)
def test_an_installation_without_an_index_answers(unindexed: Served, path: str) -> None:
    needs_index = path not in ("/", "/sources", "/help")
    notices = page(unindexed, path, 503 if needs_index else 200).cssselect("h1, .notice")
    troubled = any("索引正在建立或暂不可用" in said(one) for one in notices)
    assert troubled == (path not in ("/sources", "/help"))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("empty"), []) as served:
        sync_index(served.catalogue, served.engine)
        yield served


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", "库中还没有政策"),
        ("/library", "库中还没有政策"),
        ("/library/areas", "库中还没有政策"),
        ("/library/gazettes", "这里没有文件"),
        ("/browse", "这里没有文件"),
        ("/statistics", "库中还没有政策"),
        ("/sources", "还没有抓取过任何站点"),
    ],
)
def test_an_empty_installation_says_what_is_to_come(empty: Served, path: str, words: str) -> None:
    assert words in said(page(empty, path))


def test_counts_follow_the_index(tmp_path: Path) -> None:
    with serving(tmp_path, [make_policy(n) for n in range(4)]) as served:
        sync_index(served.catalogue, served.engine)
        assert total(page(served, "/browse")) == 4
        store(served.catalogue, [make_policy(n) for n in range(4, 9)])
        sync_index(served.catalogue, served.engine)
        assert total(page(served, "/browse")) == 9
        assert "9 件新政策" in said(page(served, "/"))


def test_counts_are_kept_apart_by_all_that_was_asked(shelves: Served) -> None:
    counts = Counts(Trying(shelves.engine.reader()))
    largest = SearchRequest(sort="published", limit=0, facets=("issuer",), values=1)
    whole = replace(largest, whole=("issuer",))
    assert "issuer" in counts.of(largest).more
    assert len(counts.of(whole).facets["issuer"]) > 1
    assert not counts.of(whole).more
    loose = SearchRequest(parse_query("养老服务的通知 没有的词语").tree, limit=0)
    assert counts.of(loose).total
    assert not counts.of(replace(loose, strict=True)).total
    level = Counter(policy.level for policy in shelves.policies)
    for name in LEVELS:
        assert counts.of(SearchRequest(filters={"level": (name,)}, limit=0)).total == level[name]


def test_the_present_part_is_marked_in_the_menu(shelves: Served) -> None:
    for path, name in (
        ("/browse", "浏览"),
        ("/library/rules", "文件库"),
        ("/statistics", "统计"),
        ("/help", "帮助"),
    ):
        marked = page(shelves, path).cssselect("nav.site a[aria-current=page]")
        assert [said(one) for one in marked] == [name]
