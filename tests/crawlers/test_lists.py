"""List pages of every family: rows, dates, pins, paging; strings in the families' shapes, and real pages."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.platforms import PLATFORMS
from crawlers.platforms.base import ListPage
from crawlers.platforms.list_requests import Paging
from crawlers.platforms.rows import extract_rows
from crawlers.saved_lists import parse_saved_list, stranger
from crawlers.site import Channel
from normalizers.failures import Failure

pytestmark = pytest.mark.slow

URL = "https://www.yanshi.gov.cn/zwgk/zcwj/"


def parse(text: str, url: str = URL, platform: str = "generic", **options: Any) -> ListPage:
    channel = Channel("政策文件", "policy", url, **options)
    return PLATFORMS[platform](stranger(url)).parse_list(text.encode(), url, channel)


def page(rows: str, script: str = "") -> str:
    menu = "".join(f'<li><a href="/m{n}/">栏目第{n}号</a></li>' for n in range(30))
    return f"<html><body><ul class='nav'>{menu}</ul><ul class='list'>{rows}</ul>{script}</body></html>"


ROWS = [
    ('<li><a href="./202604/t20260402_1.html">演示通知一</a><span>2026-04-02</span></li>', "演示通知一"),
    (
        '<li><span>[2026/04/02]</span><a href="t1.html" title="演示通知一全名">演示通知…</a></li>',
        "演示通知一全名",
    ),
    ('<li><a href="t1.html">·演示通知一<em>2026年4月2日</em></a></li>', "演示通知一"),
    (
        '<li><a href="t1.html"><h1>演示通知一</h1><p>摘要 2019-01-01</p></a><i>2026.04.02</i></li>',
        "演示通知一",
    ),
    (
        '<li><a href="/tz/">[通知]</a><a href="t1.html">演示通知一</a><b>2026-04-02 10:30</b></li>',
        "演示通知一",
    ),
    ('<li><b>02</b><i>2026-04</i><a href="t1.html">演示通知一</a></li>', "演示通知一"),
    ('<li><i>2026年04月</i><b>02日</b><a href="t1.html">演示通知一</a></li>', "演示通知一"),
    (
        '<li><a href="t1.html">2020年12月11日演示会议纪要</a><span>(2026-04-02)</span></li>',
        "2020年12月11日演示会议纪要",
    ),
    (
        '<li><a href="t1.html">演示通知一</a><span>2026-04-02</span><div>相关解读 <a href="j1.html">一图读懂演示通知一的长标题</a></div></li>',
        "演示通知一",
    ),
    (
        '<li><a href="t1.html">演示通知一</a><p>成文日期：2026-03-01</p><p>发布日期：2026-04-02</p></li>',
        "演示通知一",
    ),
    (
        '<li><a href="t1.html">演示通知一</a><p>内文提到 2003-03-20 和别的</p><span>2026-04-02</span></li>',
        "演示通知一",
    ),
    ('<li><a></a><a href="t1.html">演示通知一</a><span>2026-04-02</span></li>', "演示通知一"),
]


@pytest.mark.parametrize(("row", "title"), ROWS)
def test_a_row(row: str, title: str) -> None:
    others = "".join(
        f'<li><a href="t20260{n}01_9.html">演示旧文件第{n}号</a><span>2026-0{n}-01</span></li>'
        for n in (3, 2, 1)
    )
    first = parse(page(row + others)).rows[0]
    assert (first.title, first.date) == (title, date(2026, 4, 2))
    assert first.url.startswith(URL) and first.url.endswith(("t1.html", "t20260402_1.html"))
    assert len(parse(page(row + others)).rows) == 4


def test_a_table_takes_the_last_unlabelled_date_and_skips_the_head() -> None:
    rows = "".join(
        f"<tr><td>{n}</td><td><a href='t{n}.html'>演示文件第{n}号</a></td><td>2026-02-0{n}</td><td>2026-03-0{n}</td></tr>"
        for n in (3, 2, 1)
    )
    found = parse(f"<table><tr><th>序号</th><th>标题</th><th>成文</th><th>发布</th></tr>{rows}</table>").rows
    assert [row.date for row in found] == [date(2026, 3, 3), date(2026, 3, 2), date(2026, 3, 1)]


def test_rows_inside_a_comment_count_only_where_there_are_no_others() -> None:
    row = '<li><a href="a{0}.html">演示文件第{0}号</a><span>2026-01-0{0}</span></li>'
    hidden = "<!--" + "".join(row.format(n) for n in (3, 2, 1)) + "-->"
    assert len(parse(page(hidden)).rows) == 3
    assert [r.title for r in parse(page(row.format(9) + hidden)).rows] == ["演示文件第9号"]


def test_selectors_of_the_site_file_win() -> None:
    rows = '<li><a href="x.html">演示栏目名</a></li><p class="r"><a href="t.html">演示文件</a><u>2026-01-02</u><s>演发〔2026〕1号</s></p>'
    found = parse(page(rows), selectors={"item": ("p.r",), "date": ("u",), "number": ("s",)}).rows
    assert [(r.title, r.date, r.number) for r in found] == [("演示文件", date(2026, 1, 2), "演发〔2026〕1号")]


def test_a_row_that_is_a_file_and_one_that_leaves_the_site() -> None:
    rows = (
        '<li><a href="P020.pdf">演示年度报告全文</a><span>2026-01-03</span></li>'
        '<li><a href="https://other.gov.cn/a.html">演示外部通知</a><span>2026-01-02</span></li>'
        '<li><a href="javascript:void(0)">演示脚本链接</a><span>2026-01-01</span></li>'
        '<li><a href="http://[bad/">演示坏链接</a><span>2026-01-01</span></li>'
    )
    assert [r.url for r in parse(page(rows)).rows] == [URL + "P020.pdf", "https://other.gov.cn/a.html"]


@pytest.mark.parametrize(
    ("mark", "pinned"),
    [
        ('<li class="istop"><a href="p.html">演示置顶文件</a><span>2026-05-01</span></li>', True),
        ('<li><em>置顶</em><a href="p.html">演示置顶文件</a><span>2026-05-01</span></li>', True),
        ('<li><font>〔置顶〕</font><a href="p.html">演示置顶文件</a><span>2026-05-01</span></li>', True),
        ('<li><a href="p.html">[置顶] 演示置顶文件</a><span>2026-05-01</span></li>', True),
        ('<li><a href="p.html">演示置顶文件</a><span>2020-05-01</span></li>', True),
        ('<li><a href="p.html">演示置顶文件</a><span>2026-05-01</span></li>', False),
    ],
)
def test_pins(mark: str, pinned: bool) -> None:
    rest = "".join(
        f'<li><a href="{n}.html">演示文件第{n}号</a><span>2026-04-0{n}</span></li>' for n in (3, 2, 1)
    )
    found = parse(page(mark + rest)).rows
    assert [row.pinned for row in found] == [pinned, False, False, False]
    assert found[0].title == "演示置顶文件"


ROW = '<li><a href="t.html">演示文件甲</a><span>2026-01-02</span></li>'
PAGERS = [
    ('createPageHTML(20, 0, "index", "html");', URL, 20, "index_1.html", "index_2.html"),
    ("createPageHTML(20,1,'index','html')", URL, 20, "index_2.html", "index_3.html"),
    (
        'createPageHTML(55,0, "index","shtml","1089");function createPageHTML(a,b,c,d,e){}',
        URL,
        55,
        "index_1.shtml",
        "index_2.shtml",
    ),
    ("<!-- createPageHTML(9,0,'index','html') -->var countPage = 7;", URL, 9, "index_1.html", "index_2.html"),
    ("var countPage = 67, currentPage = 0;", URL + "default.shtml", 67, "default_1.shtml", "default_2.shtml"),
    (
        "createPageHTML('page_div',10, 1,'list','shtml',200);",
        URL + "list.shtml",
        10,
        "list_2.shtml",
        "list_3.shtml",
    ),
    ("Pager({size:3, current:0, prefix:'index',suffix:'html'});", URL, 3, "index_1.html", "index_2.html"),
]


@pytest.mark.parametrize(("script", "url", "pages", "second", "third"), PAGERS)
def test_paging_by_script(script: str, url: str, pages: int, second: str, third: str) -> None:
    found = parse(page(ROW, f"<script>{script}</script>"), url)
    assert found.pages == pages and found.paging is not None
    assert [found.paging.request(n).url for n in (2, 3)] == [URL + second, URL + third]
    assert found.after(pages) is None


@pytest.mark.parametrize(
    ("link", "following"),
    [
        ('<a href="index_2.html">下一页</a>', "index_2.html"),
        ("<a href='#' onclick=\"location.href='index_2.jhtml'\">下一页</a>", "index_2.jhtml"),
        ('<a href="tzgg/59.htm">下页</a>', "tzgg/59.htm"),
        ('<a href="javascript:void(0)">下一页</a>', None),
        ('<a href="/">首页</a>', None),
    ],
)
def test_paging_by_link(link: str, following: str | None) -> None:
    found = parse(page(ROW, f"共31条记录 1/2页 {link}"))
    request = found.after(1)
    assert (request.url if request else None) == (URL + following if following else None)
    assert (found.pages, found.total) == (2, 31)


def test_jcms_datastore_and_its_other_pages() -> None:
    records = "".join(
        f"<record><![CDATA[<li class='{'istop' if n == 1 else ''}'><a href='/art/2026/1/{n}/art_1_{n}.html' title='演示文件第{n}号'>演示…</a>"
        f"<span>2026-01-0{n}</span></li>]]></record>"
        for n in (3, 2, 1)
    )
    island = (
        '<datastore><nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=1&appid=1&columnid=7&unitid=9"></a>]]>'
        f"</nextgroup><recordset>{records}</recordset></datastore>"
    )
    url = "https://www.yanshi.gov.cn/col/col7/index.html"
    found = parse(
        f'<div><script type="text/xml">{island}</script></div><script>jpage({{totalRecord:8,perPage:3}})</script>',
        url,
        "jcms",
    )
    assert [(r.url.rpartition("/")[2], r.title, r.pinned) for r in found.rows] == [
        ("art_1_3.html", "演示文件第3号", False),
        ("art_1_2.html", "演示文件第2号", False),
        ("art_1_1.html", "演示文件第1号", True),
    ]
    assert (found.pages, found.total) == (3, 8)
    third = found.paging.request(3).url if found.paging else ""
    assert "page=2&startrecord=7&endrecord=9&perpage=3&" in third and "columnid=7&unitid=9" in third
    answer = parse(
        f"<datastore><totalrecord>8</totalrecord><recordset>{records}</recordset></datastore>", third, "jcms"
    )
    assert len(answer.rows) == 3 and answer.rows[0].url.startswith("https://www.yanshi.gov.cn/art/")


def test_ucap_search_gives_fields_and_pages() -> None:
    result = {
        "title": "演示办法",
        "url": "/c1/202601/ab.shtml",
        "publishedTimeStr": "2026-01-05 10:00:00",
        "domainMetaList": [
            {
                "resultList": [
                    {"key": "refno", "value": "演政发〔2026〕3号"},
                    {"key": "writedate", "value": "2026-01-02"},
                    {"key": "indexnumber", "value": "Y-1"},
                ]
            }
        ],
    }
    answer = json.dumps({"data": {"total": 41, "page": 1, "rows": 20, "results": [result]}})
    url = "https://www.yanshi.gov.cn/common/search/" + "a" * 32
    channel = Channel("政策文件", "policy", url)
    platform = PLATFORMS["ucap"](stranger(url))
    asked = platform.list_requests(channel).url
    assert asked.startswith(url + "?") and "page=1" in asked and "_pageSize=20" in asked
    found = platform.parse_list(answer.encode(), asked, channel)
    row = found.rows[0]
    assert (row.url, row.title, row.date, row.number) == (
        "https://www.yanshi.gov.cn/c1/202601/ab.shtml",
        "演示办法",
        date(2026, 1, 5),
        "演政发〔2026〕3号",
    )
    assert found.fields[row.url] == {
        "doc_number": "演政发〔2026〕3号",
        "index_number": "Y-1",
        "written_date": "2026-01-02",
    }
    assert (found.total, found.paging and found.paging.size) == (41, 20)
    assert (following := found.after(1)) is not None and "page=2" in following.url


@pytest.mark.parametrize(
    ("record", "day"),
    [
        (
            {"DOCTITLE": "演示甲", "DOCPUBURL": "http://a.gov.cn/1", "PUBDATE": "2026-01-01T20:00:00.000Z"},
            date(2026, 1, 2),
        ),
        (
            {"BT": "演示甲", "DOCPUBURL": "http://a.gov.cn/1", "FBRQ": "2026-01-02T00:00:00.000+0800"},
            date(2026, 1, 2),
        ),
        (
            {"title": "<em>演示</em>甲", "url": "http://a.gov.cn/1", "pubtime": 1767283200000},
            date(2026, 1, 2),
        ),
        (
            {"data": {"title": "演示甲", "url": "http://a.gov.cn/1", "createdate": "2026.01.02"}},
            date(2026, 1, 2),
        ),
        (
            {
                "f_1": "演示甲演示甲演示",
                "f_2": "演示甲演示甲演示" + "文" * 200,
                "doc_pub_url": "http://a.gov.cn/1",
            },
            None,
        ),
    ],
)
def test_json_records(record: dict[str, object], day: date | None) -> None:
    found = parse("callback(" * 0 + json.dumps({"page": {"content": [record], "total": 9, "totalPages": 2}}))
    assert [(r.title[:3], r.url, r.date) for r in found.rows] == [("演示甲", "http://a.gov.cn/1", day)]
    assert (found.pages, found.total) == (2, 9)


def test_declared_paging_of_an_interface() -> None:
    answer = json.dumps({"total": 30, "totalPages": 3, "list": [{"title": "演示甲", "url": "/1.html"}]})
    found = parse(answer, api={"paging": "/api?p={n}"})
    assert (following := found.after(1)) is not None
    assert following.url == "https://www.yanshi.gov.cn/api?p=2" and found.after(3) is None


@pytest.mark.parametrize(
    ("text", "failure"),
    [
        ("", Failure.LIST_EMPTY),
        ("<html><body><p>演示</p></body></html>", Failure.LIST_EMPTY),
        ('<html><body><div id="app"></div><script src="/a.js"></script></body></html>', Failure.LIST_SHELL),
        ("{broken", Failure.LIST_UNREADABLE),
        ('{"data": []}', Failure.LIST_EMPTY),
    ],
)
def test_no_rows_have_a_name(text: str, failure: Failure) -> None:
    found = parse(text)
    assert not found.rows and found.failure is failure


ONE_PAGE = '<script>createPageHTML(1, 0, "index", "html");</script>'


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ('<script>createPageHTML(0, 0, "index", "html");</script>', 0),
        ("<script>createPageHTML('page_div', 0, 1, 'list', 'shtml');</script>", 0),
        ('<ul class="gov-list"></ul>' + ONE_PAGE, 0),
        ('<table class="list_table"><tr><th>标题</th></tr></table>' + ONE_PAGE, 0),
        ("<datastore><nextgroup></nextgroup><recordset></recordset></datastore>", 0),
        (ONE_PAGE, None),
        ('<ul class="gov-list"><li>演示</li></ul>' + ONE_PAGE, None),
        ('<ul class="gov-list"></ul>', None),
        ('<ul class="gov-list"></ul><script>createPageHTML(3, 0, "index", "html");</script>', None),
        ('<ul class="list"></ul><script>$.ajax({})</script>' + ONE_PAGE, None),
    ],
)
def test_an_empty_list_counts_nothing_only_where_the_page_shows_it(text: str, total: int | None) -> None:
    found = parse(text)
    assert not found.rows and found.total == total


def test_the_number_of_a_page() -> None:
    assert Paging(URL + "index_{n}.html", -1).number(URL + "index_4.html") == 5
    assert Paging(URL + "index_{n}.html", -1).number(URL) == 1
    assert Paging("https://a/p?page={n}&s={start}&e={end}").number("https://a/p?page=3&s=31&e=45") == 3


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(sorted(PLATFORMS)))
def test_hostile_bytes_give_no_exception(data: bytes, platform: str) -> None:
    channel = Channel("政策文件", "policy", URL)
    for prefix in (b"", b"{", b'[{"url":"/","title":', b"<ul><li><a href=", b"<datastore><record><![CDATA["):
        PLATFORMS[platform](stranger(URL)).parse_list(prefix + data, URL, channel)


def test_a_huge_list_is_cut_and_quick() -> None:
    many = "".join(
        f'<li><a href="{n}.html">演示文件第{n}号</a><span>2026-01-02</span></li>' for n in range(5000)
    )
    assert len(extract_rows(page(many), URL, {})) == 1000
    deep = "<div>" * 20_000 + '<a href="1.html">演示文件</a>'
    assert len(extract_rows(deep, URL, {})) <= 1
    assert parse("[" * 100_000).failure is Failure.LIST_UNREADABLE


# The bar; two labels of 45 cannot be met: one page counts its side list, one only its PDF rows.
FLOOR = dict.fromkeys(("answered", "item_count", "first_title", "first_href", "first_date"), 0.95)


def test_real_lists(shared: Path, tmp_path: Path) -> None:
    lines = []
    with (shared / "pages/lists.jsonl").open(encoding="utf-8") as stream:
        for row in map(json.loads, stream):
            saved = parse_saved_list((shared / "pages" / row["file"]).read_bytes(), row["url"], {})
            items = [
                {"url": r.url or None, "title": r.title, "date": r.date.isoformat() if r.date else None}
                for r in saved.page.items
            ]
            lines.append(json.dumps({"file": row["file"], "items": items}))
    out = tmp_path / "out.jsonl"
    out.write_text("\n".join(lines), encoding="utf-8")
    command = [sys.executable, str(shared / "pages/score.py"), "lists", str(shared / "pages"), str(out)]
    scored = json.loads(
        subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1]
    )
    assert {name: share for name, share in scored.items() if share < FLOOR[name]} == {}


def test_a_list_of_one_page_whose_pager_leads_back_to_it_has_no_following_page() -> None:
    rows = "".join(
        f'<li><a href="/a/{n}.html">演示文件第{n}号</a><span>2026-01-0{n}</span></li>' for n in range(1, 6)
    )
    links = "".join(f'<a href="?pageNum={{}}">{words}</a>' for words in ("首页", "上一页", "下一页", "尾页"))
    one = parse(page(rows, links.format(1, 1, 1, 1)))
    assert len(one.rows) == 5 and one.paging is None and one.next is None
    three = parse(page(rows, links.format(1, 1, 2, 3)))
    assert three.paging is not None and three.pages == 3
