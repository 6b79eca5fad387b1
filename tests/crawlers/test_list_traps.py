"""Traps of real lists: landing pages, soft 404s, shells, pagers in codes, caps, dead rows."""

import base64
import json
from datetime import date

import pytest

from crawlers.platforms import PLATFORMS
from crawlers.platforms.base import ListPage
from crawlers.platforms.list_requests import ListRequest
from crawlers.saved_lists import parse_saved_list, stranger
from crawlers.site import Channel
from crawlers.walk import Walk
from normalizers.failures import Failure
from pipelines.items import ChannelState, FirstPage, Verdict

pytestmark = pytest.mark.slow

HOST = "https://www.yanshi.gov.cn"
URL = HOST + "/zwgk/zcwj/"
ROW = (
    '<li><a href="./t2026010{0}_1.html">演示市人民政府关于演示事项的通知{0}</a><span>2026-01-0{0}</span></li>'
)
ROWS = "<ul>" + "".join(ROW.format(n) for n in (5, 4, 3, 2, 1)) + "</ul>"


def parse(
    text: str, url: str = URL, platform: str = "generic", column: str = "", kind: str = "policy"
) -> ListPage:
    channel = Channel("政策文件", kind, column or url)
    return PLATFORMS[platform](stranger(url)).parse_list(text.encode(), url, channel)


def menu(*columns: tuple[str, str]) -> str:
    items = "".join(f'<li><a href="{href}">{name}</a></li>' for name, href in columns)
    return f"<html><body><ul>{items}</ul><p>演示</p></body></html>"


LANDINGS = [
    (menu(("领导信息", "ld/"), ("政策文件", "zcwj/"), ("政策解读", "jd/")), "zcwj/"),
    (menu(("规范性文件", "/other/gfxwj/"), ("行政规范性文件", "gfxwj/")), "gfxwj/"),
    (menu(("机构职能", "jg/"), ("通知公告", "tzgg/index.html"), ("网站地图", "/map/")), "tzgg/index.html"),
    (menu(("政府信息公开指南", "zn/"), ("政府信息公开年报", "nb/"), ("依申请公开", "ysq/")), None),
    (menu(("政策文件", "https://other.gov.cn/zcwj/")), None),
]


@pytest.mark.parametrize(("text", "child"), LANDINGS)
def test_a_landing_page_leads_to_its_best_column(text: str, child: str | None) -> None:
    found = parse(text)
    assert found.rows == ()
    if child is None:
        assert (found.source, found.failure) == (None, Failure.LIST_EMPTY)
    else:
        assert found.source is not None and found.source.request(1).url == URL + child
        assert found.failure is Failure.LIST_LANDING


def test_the_kind_of_a_channel_chooses_among_columns() -> None:
    text = menu(("政策文件", "zcwj/"), ("政策解读", "jd/"))
    found = parse(text, kind="interpretation")
    assert found.source is not None and found.source.url == URL + "jd/"


def test_descending_goes_one_level_and_leaves_lists_alone() -> None:
    text = menu(("政策文件", "zcwj/"))
    assert parse(text, url=URL + "zcwj/", column=URL).source is None
    empty = text + '<script>createPageHTML(1, 0, "index", "html");</script><ul class="list"></ul>'
    assert parse(empty).source is None
    assert parse(menu(("政策文件", "zcwj/")) + ROWS).source is None
    shell = menu(("政策文件", "/zcwj/")) + "<script>$.ajax({url: cfg.api})</script>"
    assert (parse(shell).source, parse(shell).failure) == (None, Failure.LIST_SHELL)


def test_a_landing_page_is_walked_by_its_column() -> None:
    walk = Walk("政策文件", ChannelState(False, 0, False, 0, FirstPage(), 0))
    landing = parse(menu(("政策文件", "zcwj/")))
    asked = walk.hop(landing, ListRequest(URL))
    assert asked == ListRequest(URL + "zcwj/")
    column = parse(
        ROWS + '<script>createPageHTML(2, 0, "index", "html");</script>', url=asked.url, column=URL
    )
    following = walk.take(column, 1, column.rows, [Verdict.NEW] * 5)
    assert following is not None and following.url == URL + "zcwj/index_1.html"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (ROWS, HOST + "/"),
        (ROWS, HOST + "/index.html"),
        (
            "<html><head><title>404</title></head><body>您访问的页面不存在 <a href='/'>返回首页</a></body></html>",
            URL,
        ),
        ("<html><body><h1>404 Not Found</h1></body></html>", URL),
    ],
)
def test_a_soft_404_is_named_and_has_no_rows(text: str, url: str) -> None:
    found = parse(text, url=url, column=URL)
    assert (found.rows, found.failure, found.source) == ((), Failure.SOFT_404, None)


def test_a_home_page_that_is_the_column_is_read() -> None:
    assert len(parse(ROWS, url=HOST + "/", column=HOST + "/index.html").rows) == 5


def test_dead_rows_are_shown_but_not_followed() -> None:
    dead = "<li><a href='javascript:;'>演示市人民政府关于没有链接的通知</a><span>2025-12-01</span></li>"
    found = parse("<ul>" + ROW.format(2) + dead + ROW.format(1) + "</ul>")
    assert [row.url[-13:] for row in found.rows] == ["260102_1.html", "260101_1.html"]
    assert [(row.url[:5], row.date) for row in found.items][1] == ("", date(2025, 12, 1))
    only = parse("<ul>" + dead + dead.replace("通知", "公告") + "</ul>")
    assert (only.rows, len(only.items), only.failure) == ((), 2, Failure.LIST_SHELL)


SHELLS = [
    '<div id="app"></div><script src="/js/chunk.js"></script>',
    "<ul id='list'></ul><script>$.ajax({url:'/api/list', type:'post'})</script>",
    "<div></div><script>axios.get('/api')</script>",
]


@pytest.mark.parametrize("text", SHELLS)
def test_shells_have_no_rows_and_say_so(text: str) -> None:
    found = parse(menu(("政策文件", "/zcwj/"), ("演示市人民政府规范性文件库检索", "/wjk/")) + text)
    assert (found.rows, found.failure) == ((), Failure.LIST_SHELL)


CODES = [
    ("<a href=\"javascript:goPage('{code}')\">下一页</a>", "/zwgk/zcwj/index_2.html"),
    ("<a href='#' onclick=\"toPage('{code}')\">下一页</a>", "index_2.html"),
    ("<a href='#' data-url='list.jsp?p={code}'>下一页</a>", None),
]


@pytest.mark.parametrize(("link", "target"), CODES)
def test_a_pager_in_base64_is_stepped(link: str, target: str | None) -> None:
    code = base64.b64encode((target or "page=2").encode()).decode()
    found = parse(ROWS + link.format(code=code))
    following = found.after(1)
    assert following is not None
    assert following.url == (URL + "index_2.html" if target else URL + "list.jsp?p=" + code)


def test_a_cap_below_the_total_is_told() -> None:
    found = parse(
        ROWS + "<script>createPageHTML('page_div',50, 1,'list','shtml',2000);</script>", URL + "list.shtml"
    )
    assert (found.pages, found.total) == (50, 2000)


def test_json_in_json_and_rows_in_comments() -> None:
    rows = [{"title": f"演示文件{n}", "url": f"/a{n}.html", "pubDate": "2026-01-02"} for n in range(3)]
    packed = json.dumps({"code": 200, "data": json.dumps({"list": rows, "total": 3})}, ensure_ascii=False)
    found = parse(packed)
    assert (len(found.rows), found.rows[0].date) == (3, date(2026, 1, 2))
    assert len(parse(f"<ul><!-- {ROWS} --></ul>").rows) == 5


def test_a_pinned_old_row_comes_first() -> None:
    old = ROW.format(1).replace("2026-01-01", "2019-01-01").replace("t20260101_1", "t20190101_9")
    found = parse("<ul>" + old + ROWS[4:])
    assert [row.pinned for row in found.rows] == [True, False, False, False, False, False]


def test_unknown_sites_are_read_as_the_family_recognised() -> None:
    saved = parse_saved_list(ROWS.encode(), URL, {})
    assert len(saved.page.rows) == 5 and saved.next is None


def test_a_menu_entry_is_no_column_to_descend_to() -> None:
    text = '<html><body><div class="nav"><a href="/gfxwj/">规范性文件</a></div><p>演示</p></body></html>'
    assert (parse(text).source, parse(text).failure) == (None, Failure.LIST_EMPTY)


OPAQUE = [
    {
        "f_1": "演示发〔2026〕3号",
        "f_2": "演示市演示管理办法",
        "f_3": "\n演示市\n演示管理办法\n演示发〔2026〕3号\n" + "文" * 200,
    },
    {"c1": "演示市人民政府", "c2": "演示市人民政府关于印发演示办法的通知", "c3": "政府文件"},
]


@pytest.mark.parametrize("named", OPAQUE)
def test_json_records_without_telling_names_are_read_by_their_values(named: dict[str, str]) -> None:
    record = {
        "k": 7,
        "p": "/zwgk/202601/t20260102_1.html",
        "i": "/images/a.jpg",
        "d": "2026-01-02 08:00:00",
        **named,
    }
    row = parse(
        json.dumps({"menu": [{"name": "政策文件", "url": f"/c{n}/"} for n in range(5)], "rows": [record] * 1})
    ).rows[0]
    assert (row.url, row.date) == (HOST + "/zwgk/202601/t20260102_1.html", date(2026, 1, 2))
    assert row.title.startswith("演示市") and "办法" in row.title
    assert row.number == ("演示发〔2026〕3号" if "f_1" in named else "")


def test_two_different_days_of_an_opaque_record_are_no_date() -> None:
    record = {
        "a": "演示市人民政府关于演示的通知",
        "p": HOST + "/t1.html",
        "x": "2026-01-02",
        "y": "2026-02-03",
    }
    assert parse(json.dumps([record])).rows[0].date is None


def test_links_to_the_next_and_last_page_give_any_page() -> None:
    links = "<a href='index_2.html'>下一页</a><a href='index_9.html'>尾页</a>"
    found = parse(ROWS + links)
    assert found.pages == 9 and found.paging is not None
    assert found.paging.request(5).url == URL + "index_5.html"


def test_rows_of_other_columns_and_sites_are_rows() -> None:
    foreign = ROW.format(9).replace(
        "./t20260109_1.html", "https://ggzy.yanshi2.gov.cn/jyxx/001/20260109/a.html?xiaqucode=1"
    )
    other = ROW.format(8).replace("./t20260108_1", "/other/gsgg/202601/t20260108_1")
    found = parse("<ul>" + foreign + other + ROWS[4:])
    assert [row.url for row in found.rows[:2]] == [
        "https://ggzy.yanshi2.gov.cn/jyxx/001/20260109/a.html?xiaqucode=1",
        HOST + "/other/gsgg/202601/t20260108_1.html",
    ]
    assert len(found.rows) == 7


PAST_THE_END = [
    "",
    "<html><head></head><body></body></html>",
    '{"code":200,"data":{"total":41,"results":[]}}',
]


@pytest.mark.parametrize("text", PAST_THE_END)
def test_a_page_past_the_end_ends_the_walk(text: str) -> None:
    walk = Walk("政策文件", ChannelState(False, 0, False, 0, FirstPage(), 0))
    first = parse(ROWS + '<script>createPageHTML(9, 0, "index", "html");</script>')
    asked = walk.take(first, 1, first.rows, [Verdict.NEW] * 5)
    assert asked is not None
    stub = parse(text, url=asked.url, column=URL)
    assert stub.source is None and walk.hop(stub, asked) is None
    assert walk.take(stub, 2, stub.rows, []) is None and walk.failure is None
