"""Getting to know a site: columns, place, site file text, golden files; over saved pages, without a network."""

import asyncio
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crawlers.asking import Answer, AskFailed, SavedPages
from crawlers.column_search import column_name
from crawlers.columns import column_type, find_columns
from crawlers.domains import domain_of
from crawlers.golden import (
    EXPECTED,
    GoldenError,
    compare_golden,
    differences,
    golden_folder,
    needs_golden,
    replace_golden,
    store_golden,
    update_golden,
)
from crawlers.place import recognise_place, site_names
from crawlers.platforms.list_requests import ListRequest
from crawlers.site import Channel, load_site
from crawlers.site_text import MADE, channel_lines, promoted, site_text
from crawlers.strangers import newcomer
from crawlers.survey import Order, Survey, read_again, survey_site
from normalizers.failures import Failure
from normalizers.regions import level_of, region_names

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 23)
HOST = "https://www.yanshi.gov.cn"
DOCUMENT = """<html><head><title>{title}-演示市人民政府</title><meta name="ArticleTitle" content="{title}">
<meta name="PubDate" content="{day}"></head><body><h1>{title}</h1><div id="zoom">
<p style="text-align:center">演政发〔2026〕{number}号</p><p>各县（区）人民政府，市政府各工作部门：</p>
<p>现将有关事项通知如下，请认真贯彻执行。各单位要加强组织领导，确保各项任务落到实处。</p>
<p style="text-align:right">演示市人民政府</p><p style="text-align:right">2026年3月1日</p></div></body></html>"""


def page(path: str, text: str) -> Answer:
    return Answer(ListRequest(HOST + path), HOST + path, text.encode())


def listing(rows: int, *, more: str = "", title: str = "政策文件-演示市人民政府") -> str:
    items = "".join(
        f"<li><a href='/zcwj/202603/t2026030{n}_{n}.html'>演示市人民政府关于第{n}号事项的通知</a><span>2026-03-0{n}</span></li>"
        for n in range(1, rows + 1)
    )
    return f"<html><head><title>{title}</title></head><body><ul>{items}</ul>{more}<p>网站标识码：6102000001</p></body></html>"


def documents(rows: int) -> list[Answer]:
    return [
        page(
            f"/zcwj/202603/t2026030{n}_{n}.html",
            DOCUMENT.format(title=f"演示市人民政府关于第{n}号事项的通知", day=f"2026-03-0{n}", number=n),
        )
        for n in range(1, rows + 1)
    ]


PAGER = '<script>createPageHTML(3,0,"index","html")</script>'


def survey(answers: list[Answer], path: str = "/", **order: Any) -> Survey:
    asker = SavedPages(answers)
    return asyncio.run(survey_site(asker, Order(HOST + path, **order), TODAY))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("政策文件", "policy"),
        ("行政规范性文件", "policy"),
        ("市政府办文件", "policy"),
        ("政策解读", "interpretation"),
        ("政府公报", "gazette"),
        ("通知公告", "notice"),
        ("统计数据", "data"),
        ("规范性文件清理", ""),
        ("意见征集", ""),
        ("领导之窗", ""),
    ],
)
def test_what_the_name_of_a_column_speaks_of(name: str, expected: str) -> None:
    assert column_type(name) == expected


def test_columns_of_a_front_page() -> None:
    text = """<div><a href="/ldzc/">领导之窗</a><a href="/xxgk/">政府信息公开</a><a href="/tzgg/">通知公告</a>
    <a href="/jd/">政策解读</a><a href="/zcwj/index.html">政策文件</a><a href="/zcwj/">更多政策文件</a>
    <a href="https://www.gov.cn/zhengce/">国务院政策文件</a><a href="/zcwj/202603/t20260301_1.html">关于政策文件</a></div>"""
    found = find_columns(text, HOST + "/")
    assert [(column.name, column.type) for column in found] == [
        ("政策文件", "policy"),
        ("政策解读", "interpretation"),
        ("通知公告", "notice"),
        ("政府信息公开", ""),
    ]


@pytest.mark.parametrize(
    ("text", "url", "expected"),
    [
        ("<p>政府网站标识码：<span>6102000001</span></p>", "", ("municipal", "610200", True)),
        ('<meta name="SiteIDCode" content="6100000017">', "", ("provincial", "610000", True)),
        ("<p>网站标识码 bm12000003</p>", "", ("national", "", True)),
        ("<title>政策文件_陕西省铜川市财政局</title>", "", ("municipal", "610200", True)),
        ("<title>通知-国家能源局</title>", "", ("national", "", True)),
        ("<title>首页-国家税务总局陕西省税务局</title>", "", ("provincial", "610000", True)),
        ("<title>徐州市鼓楼区人民政府</title>", "", ("county", "320302", True)),
        ("<p>没有线索</p>", "https://jyt.shaanxi.gov.cn/", ("provincial", "610000", False)),
        ("<p>没有线索</p>", "https://www.gov.cn/", ("national", "", True)),
        # several cities have a 鼓楼区: no guess
        ("<title>鼓楼区人民政府</title>", "", None),
        ("<p>电话 6102000001</p>", "https://www.example.com/", None),
        ("<title>国家行政机关工作人员守则</title>", "https://www.example.com/", None),
    ],
)
def test_level_and_region(text: str, url: str, expected: tuple[str, str, bool] | None) -> None:
    place = recognise_place([text], url, region_names())
    assert (place and (place.level, place.region, place.sure)) == expected


def test_a_site_on_the_same_domain_tells_the_region() -> None:
    other = survey([page("/zcwj/", listing(3, more=PAGER)), *documents(3)], "/zcwj/").site
    from dataclasses import replace

    known = [replace(other, level="municipal", region="610200")]
    place = recognise_place(["<p></p>"], "https://cz.yanshi.gov.cn/", {}, known)
    assert place is not None and (place.level, place.region, place.sure) == ("municipal", "610200", False)


def test_names_of_sites() -> None:
    texts = ['<meta name="SiteName" content="演示市人民政府门户网站"><title>政策文件 - 别的</title>']
    assert next(site_names(texts)) == "演示市人民政府"
    assert next(site_names(["<title>政策文件_通知公告_演示省教育厅</title>"])) == "演示省教育厅"
    assert list(site_names(["<title>关于印发某某办法的通知</title>", '{"title": "x"}'])) == []
    assert column_name("<title>规范性文件-演示市人民政府</title>") == "规范性文件"
    assert column_name("<title>演示市人民政府</title>") == ""
    assert level_of("429006", "天门市") == "municipal" and level_of("610202") == "county"
    assert domain_of("https://jyt.gansu.gov.cn/a") == "gansu.gov.cn"


def test_columns_that_are_told_by_a_fragment() -> None:
    text = "<a href='/gkmlpt/index#12'>政策文件</a><a href='/gkmlpt/index#13'>政策解读</a><a href='/a/#top'>通知公告</a>"
    found = find_columns(text, HOST + "/")
    assert [column.url for column in found] == [
        HOST + "/gkmlpt/index#12",
        HOST + "/gkmlpt/index#13",
        HOST + "/a/",
    ]


def test_a_list_is_read_where_it_stands() -> None:
    found = survey([page("/zcwj/", listing(5, more=PAGER)), *documents(5)], "/zcwj/")
    (reading,) = found.readings
    assert (reading.channel.name, reading.channel.type) == ("政策文件", "policy")
    assert len(reading.page.rows) == 5 and reading.page.pages == 3
    assert [detail.policy and detail.policy.doc_number for detail in reading.details] == [
        "演政发〔2026〕1号",
        "演政发〔2026〕3号",
    ]


def test_the_address_stays_as_it_was_written() -> None:
    asked = ListRequest(HOST + "/zcwj/#12")
    answers = [Answer(asked, HOST + "/zcwj/", listing(5, more=PAGER).encode()), *documents(5)]
    assert survey(answers, "/zcwj/#12").readings[0].channel.list == HOST + "/zcwj/#12"
    moved = Answer(ListRequest(HOST + "/zcwj/"), HOST + "/neu/", listing(5, more=PAGER).encode())
    again = page("/neu/", listing(5, more=PAGER))
    assert survey([moved, again, *documents(5)], "/zcwj/").readings[0].channel.list == HOST + "/neu/"


def test_it_descends_two_levels_from_a_front_page() -> None:
    front = page("/", "<ul><li><a href='/xxgk/'>政府信息公开</a></li></ul>")
    landing = page("/xxgk/", "<div><a href='/jd/'>政策解读</a> <a href='/zcwj/'>政策文件</a></div>")
    answers = [
        front,
        landing,
        page("/zcwj/", listing(5, more=PAGER)),
        page("/jd/", listing(3)),
        *documents(5),
    ]
    found = survey(answers)
    assert found.readings[0].channel.list == HOST + "/zcwj/"
    assert [column.name for column in found.others] == ["政策解读"]


def test_a_front_page_without_columns_fails_by_name() -> None:
    with pytest.raises(AskFailed) as failed:
        survey([page("/", "<html><body><p>欢迎</p></body></html>")])
    assert failed.value.failure is Failure.LIST_EMPTY
    with pytest.raises(AskFailed) as failed:
        survey([])
    assert failed.value.failure is Failure.NOT_SAVED


def site_file(folder: Path, answers: list[Answer]) -> tuple[Path, Survey]:
    """A site file with golden files, as `site new` writes them."""
    from dataclasses import replace

    found = survey(answers, "/zcwj/")
    site = replace(
        found.site,
        id="yanshi",
        name="演示市人民政府",
        level="municipal",
        region="990100",
        hosts=frozenset({"www.yanshi.gov.cn"}),
    )
    path = folder / "yanshi.toml"
    path.write_text(site_text(site, [found.readings[0].channel], TODAY), encoding="utf-8")
    readings = asyncio.run(read_again(site, found.readings, TODAY))
    store_golden(golden_folder(path), readings, TODAY)
    return path, found


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return site_file(tmp_path, [page("/zcwj/", listing(5, more=PAGER)), *documents(5)])[0]


def test_the_file_has_ten_lines(made: Path) -> None:
    text = made.read_text(encoding="utf-8")
    assert len(text.splitlines()) == 10 and f'observed = "2026-11-23, {MADE}"' in text
    site = load_site(made)
    assert site.channels == (Channel("政策文件", "policy", HOST + "/zcwj/"),) and needs_golden(site)


def test_a_further_host_does_not_make_it_longer(tmp_path: Path) -> None:
    from dataclasses import replace

    site = replace(
        newcomer(HOST + "/"),
        name='演示"市"',
        level="municipal",
        region="990100",
        hosts=frozenset({"www.yanshi.gov.cn", "zwgk.yanshi.gov.cn"}),
    )
    text = site_text(site, [Channel("政策", "policy", HOST + "/a?x=1")], TODAY)
    assert len(text.splitlines()) == 10 and f'list = "{HOST}/a?x=1"' in text
    path = tmp_path / "yanshi.toml"
    path.write_text(
        text + "\n".join(channel_lines(Channel("乙", "notice", HOST + "/b"), site.base)) + "\n",
        encoding="utf-8",
    )
    loaded = load_site(path)
    assert (loaded.base, loaded.hosts) == (site.base, site.hosts)
    assert [channel.list for channel in loaded.channels] == [HOST + "/a?x=1", HOST + "/b"]
    two = site_text(site, [Channel("甲", "policy", HOST + "/a"), Channel("乙", "notice", HOST + "/b")], TODAY)
    assert two.count("[[channel]]") == 2


def test_a_pasted_block_is_a_channel(made: Path) -> None:
    block = channel_lines(Channel("解读", "interpretation", HOST + "/jd/"), HOST + "/")
    made.write_text(made.read_text(encoding="utf-8") + "\n".join(block) + "\n", encoding="utf-8")
    assert [channel.name for channel in load_site(made).channels] == ["政策文件", "解读"]
    assert compare_golden(load_site(made), golden_folder(made)) == ["栏目「解读」没有样本"]


@pytest.mark.parametrize("line", ['observed = "2026-04, x"', "observed='x # y'", 'observed  =  "a \\" b"'])
def test_promotion_changes_one_line(line: str) -> None:
    text = f'# 说明\nname = "演示"  # 名称\n{line} # 尾注\n\n[[channel]]\nname = "observed = 1"\n'
    changed = promoted(text, TODAY)
    assert changed == text.replace(line, "confirmed = 2026-11-23")
    assert promoted('observed = """a\nb"""\n', TODAY) is None


def test_golden_files_are_read_as_recorded(made: Path) -> None:
    assert compare_golden(load_site(made), golden_folder(made)) == []
    names = sorted(path.name for path in golden_folder(made).iterdir())
    assert names == ["detail-1.gz", "detail-2.gz", EXPECTED, "list-1.gz"]


def test_what_differs_is_named(made: Path) -> None:
    expected = golden_folder(made) / EXPECTED
    text = expected.read_text(encoding="utf-8")
    expected.write_text(
        text.replace("演政发〔2026〕3号", "演政发〔2026〕4号").replace('"items": 5', '"items": 6'),
        encoding="utf-8",
    )
    lines = compare_golden(load_site(made), golden_folder(made))
    assert "栏目「政策文件」items：记录为 6，现读为 5" in lines
    assert any("doc_number：记录为 演政发〔2026〕4号，现读为 演政发〔2026〕3号" in line for line in lines)
    update_golden(load_site(made), golden_folder(made))
    assert expected.read_text(encoding="utf-8") == text


def test_golden_files_that_are_missing_or_broken_are_named(made: Path) -> None:
    site, folder = load_site(made), golden_folder(made)
    (folder / "list-1.gz").write_bytes(b"no gzip")
    with pytest.raises(GoldenError, match="无法读取"):
        compare_golden(site, folder)
    (folder / EXPECTED).unlink()
    with pytest.raises(GoldenError, match="缺少"):
        compare_golden(site, folder)


def test_a_site_file_that_asks_elsewhere_differs(made: Path) -> None:
    made.write_text(made.read_text(encoding="utf-8").replace("/zcwj/", "/other/"), encoding="utf-8")
    assert any("not_saved" in line for line in compare_golden(load_site(made), golden_folder(made)))


@pytest.mark.parametrize(
    ("was", "now", "places"),
    [
        ({"a": 1, "evidence": 1}, {"a": 1, "evidence": 2}, []),
        ({"a": [1, 2]}, {"a": [1, 3]}, ["a[2]"]),
        ({"a": {"b": None}}, {"a": {"b": 1, "c": 2}}, ["a.b", "a.c"]),
        ({"a": [1]}, {"a": []}, ["a"]),
    ],
)
def test_places_of_differences(
    was: Mapping[str, object], now: Mapping[str, object], places: list[str]
) -> None:
    assert [place for place, _, _ in differences(was, now)] == places


def test_a_killed_replacement_loses_no_golden_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, found = site_file(tmp_path, [page("/zcwj/", listing(5, more=PAGER)), *documents(5)])
    folder = golden_folder(path)
    whole = (folder / EXPECTED).read_text(encoding="utf-8")
    readings = asyncio.run(read_again(load_site(path), found.readings, TODAY))
    rename, done = Path.rename, []

    def killed(self: Path, target: Path) -> Path:
        if done:
            raise KeyboardInterrupt
        done.append(target)
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            replace_golden(folder, readings, TODAY)
    assert (done[0] / EXPECTED).read_text(encoding="utf-8") == whole
    assert replace_golden(folder, readings, TODAY)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["yanshi.golden", "yanshi.toml"]
    assert compare_golden(load_site(path), folder) == []


def test_proposed_columns_have_names_of_their_own() -> None:
    links = "<a href='/a/'>政策文件</a><a href='/b/'>政策文件</a><a href='/jd/'>政策解读</a>"
    listed = listing(5, more=PAGER).replace("<body>", f"<body>{links}", 1)
    found = survey([page("/zcwj/", listed), *documents(5)], "/zcwj/")
    assert found.readings[0].channel.name == "政策文件"
    assert {(column.name, column.url) for column in found.others} == {
        ("政策文件2", HOST + "/a/"),
        ("政策文件3", HOST + "/b/"),
        ("政策解读", HOST + "/jd/"),
    }
