"""Rows in every markup seen: tables, dl, cards, split dates, sub-lists, tabs; class names never matter."""

import base64
import json
import random
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.platforms.blocks import find_rows
from crawlers.platforms.rows import extract_rows, linked, read_rows
from normalizers.encoding import decode_page
from normalizers.html import parse_html
from normalizers.page import ListRow

pytestmark = pytest.mark.slow

URL = "https://www.yanshi.gov.cn/zwgk/zcwj/index.html"
TITLES = (
    "演示市人民政府关于印发演示城市更新行动方案的通知",
    "演示市人民政府办公室关于做好演示粮食储备工作的意见",
    "关于公布演示市2026年第一批重点项目名单的公告",
    "演示市人民政府关于废止部分演示行政规范性文件的决定",
)
DAYS = (date(2026, 5, 11), date(2026, 4, 2), date(2026, 3, 20), date(2025, 12, 1))
HREFS = tuple(f"./{d:%Y%m}/t{d:%Y%m%d}_{n}00{n}.html" for n, d in enumerate(DAYS, 1))
WANT = [
    (f"https://www.yanshi.gov.cn/zwgk/zcwj/{href[2:]}", title, day)
    for href, title, day in zip(HREFS, TITLES, DAYS, strict=True)
]
MENU = "".join(f'<li><a href="/m{n}/">演示栏目第{n}号</a></li>' for n in range(20))
SHELL = (
    '<html><head><title>政策文件_演示市人民政府</title></head><body><div class="top"><span>2026年6月1日 星期一</span>'
    f'<ul class="menu">{MENU}</ul></div><div class="box"><div class="left"><ul class="sub">'
    '<li><a href="../gfxwj/">规范性文件</a></li><li><a href="../jd/">政策解读</a></li></ul></div>'
    '<div class="right">{list}</div></div><div class="foot">主办：演示市人民政府办公室 <a href="/bzxx/">网站帮助</a>'
    " 更新日期：2026-06-01 版权所有</div></body></html>"
)


def rows(markup: str, url: str = URL) -> tuple[ListRow, ...]:
    return extract_rows(SHELL.replace("{list}", markup), url, {})


def facts(found: tuple[ListRow, ...]) -> list[tuple[str, str, date | None]]:
    return [(row.url, row.title, row.date) for row in found]


def repeat(row: str) -> str:
    """The row template for each document: H href, T title, C cut title, D date, Y, M, DD and N its parts."""
    made = []
    for number, (href, title, day) in enumerate(zip(HREFS, TITLES, DAYS, strict=True), 1):
        values = {
            "{H}": href,
            "{T}": title,
            "{C}": title[:12] + "...",
            "{D}": day.isoformat(),
            "{Y}": str(day.year),
            "{M}": f"{day.month:02}",
            "{DD}": f"{day.day:02}",
            "{N}": str(number),
        }
        text = row
        for mark, value in values.items():
            text = text.replace(mark, value)
        made.append(text)
    return "".join(made)


A = '<a href="{H}" target="_blank">{T}</a>'
MARKUPS = {
    "list": ("<ul>", f"<li>{A}<span>{{D}}</span></li>", "</ul>"),
    "date first": ("<ul>", f"<li><span>[{{D}}]</span>{A}</li>", "</ul>"),
    "date in the link": ("<div>", '<a href="{H}"><p>{T}</p><em>{Y}/{M}/{DD}</em></a>', "</div>"),
    "date after a clock label": ("<ul>", f"<li>{A}<i>发布时间：{{D}} 10:30:11</i></li>", "</ul>"),
    "chinese date": ("<ul>", f"<li>{A}<i>{{Y}}年{{M}}月{{DD}}日</i></li>", "</ul>"),
    "dots": ("<ul>", f"<li>{A}<i>（{{Y}}.{{M}}.{{DD}}）</i></li>", "</ul>"),
    "table": (
        "<table><tr><th>序号</th><th>标题</th><th>日期</th></tr>",
        f"<tr><td>{{N}}</td><td>{A}</td><td>{{D}}</td></tr>",
        "</table>",
    ),
    "table with numbers": (
        "<table><thead><tr><th>标题</th><th>文号</th><th>成文日期</th><th>发布日期</th></tr></thead><tbody>",
        f"<tr><td>{A}</td><td>演政发〔{{Y}}〕{{N}}号</td><td>2020-01-01</td><td>{{D}}</td></tr>",
        "</tbody></table>",
    ),
    "a table a row": (
        "<div>",
        f"<table width='100%'><tr><td>·{A}</td><td align='right'>{{D}}</td></tr></table>",
        "</div>",
    ),
    "zebra": ("<table>", f"<tr class='row{{N}}'><td>{A}</td><td>{{D}}</td></tr>", "</table>"),
    "dt and dd": ("<dl>", f"<dt>{A}</dt><dd>{{D}}</dd>", "</dl>"),
    "a dl a row": ("<div>", f"<dl><dt>{A}</dt><dd>摘要文字</dd><dd>{{D}}</dd></dl>", "</div>"),
    "pairs of table rows": ("<table>", f"<tr><td>{A}</td></tr><tr><td>{{D}}</td></tr>", "</table>"),
    "sisters": ("<div>", f"{A}<span>{{D}}</span>", "</div>"),
    "sisters with line breaks": ("<div>", f"·{A} {{D}}<br>", "</div>"),
    "sisters, date first": ("<div>", f"<span>{{D}}</span>{A}<br/>", "</div>"),
    "sisters in one item": (
        "<ul><li>",
        f"<b></b><span>{A}</span><span>{{D}}</span><div style='clear:both'></div>",
        "</li></ul>",
    ),
    "paragraphs": ("<div>", f"<p>{A} {{D}}</p>", "</div>"),
    "cards": (
        "<div>",
        '<div><div><img src="/i/{N}.jpg"></div><div><h3><a href="{H}">{T}</a></h3><p>内容摘要第一句，第二句提到2003-03-20。</p>'
        '<div><span>来源：演示市</span><span>{D}</span></div><a href="{H}">查看详情</a></div></div>',
        "</div>",
    ),
    "card in a link": (
        "<div>",
        '<a href="{H}"><div><b>{DD}</b><i>{Y}-{M}</i></div><div><h4>{T}</h4><p>内容摘要，共3项。</p></div></a>',
        "</div>",
    ),
    "day over month": ("<ul>", f"<li><div><b>{{DD}}</b><span>{{Y}}.{{M}}</span></div>{A}</li>", "</ul>"),
    "year over month and day": ("<ul>", f"<li><em>{{Y}}</em><b>{{M}}-{{DD}}</b>{A}</li>", "</ul>"),
    "day, month, year": (
        "<ul>",
        f"<li><p><b>{{DD}}</b><i>{{M}}月</i><u>{{Y}}</u></p><p>{A}</p></li>",
        "</ul>",
    ),
    "cut text, whole title": (
        "<ul>",
        '<li><a href="{H}" title="{T}">{C}</a><span>{D}</span></li>',
        "</ul>",
    ),
    "record in the title attribute": (
        "<ul>",
        '<li><a href="{H}" title="文章标题：{T}&#13;作    者：演示&#13;更新时间：{D} 8:00">{C}</a><span>{D}</span></li>',
        "</ul>",
    ),
    "foreign title attribute": (
        "<ul>",
        '<li><a href="{H}" title="点击此处可以在新窗口中打开并查看这个文件的详细内容和全部附件，欢迎浏览本网站">{T}</a><span>{D}</span></li>',
        "</ul>",
    ),
    "category before": ("<ul>", f"<li>[<a href='/tz/'>通知</a>] {A}<span>{{D}}</span></li>", "</ul>"),
    "long category before": (
        "<ul>",
        f"<li><a href='/gfxwj/'>行政规范性文件</a>{A}<span>{{D}}</span></li>",
        "</ul>",
    ),
    "own department before": (
        "<ul>",
        f"<li><a href='/bm{{N}}/'>市教育局</a>{A}<span>{{D}}</span></li>",
        "</ul>",
    ),
    "interpretations below": (
        "<ul>",
        f"<li>{A}<span>{{D}}</span><div>相关解读：<ul><li><a href='/jd/{{N}}1.html'>一图读懂演示城市更新行动方案</a></li>"
        "<li><a href='/jd/{N}2.html'>演示市住房和城乡建设局负责人答记者问全文实录</a></li></ul></div></li>",
        "</ul>",
    ),
    "dated interpretations below": (
        "<ul>",
        f"<li>{A}<span>{{D}}</span><p>解读 <a href='/jd/{{N}}1.html'>解读演示城市更新行动方案</a> <i>2026-05-20</i></p></li>",
        "</ul>",
    ),
    "metadata table a row": (
        "<ul>",
        f"<li><div>{A}</div><div style='display:none'><table><tr><td>名称</td><td>{{T}}</td></tr><tr><td>索引号</td>"
        "<td>000014349/2026-000{N}8</td><td>成文日期</td><td>2019-01-01</td></tr><tr><td>文号</td><td>演政发〔2026〕{N}号</td>"
        "<td>发布日期</td><td>{D}</td></tr></table></div><div>{D}</div></li>",
        "</ul>",
    ),
    "abstract full of dates": (
        "<ul>",
        f"<li>{A}<p><span>{{D}}</span>自2001-01-01、2002-01-01、2003-01-01、2004-01-01和2005-01-01起施行</p></li>",
        "</ul>",
    ),
    "empty twin link": (
        "<ul>",
        "<li><span>{D}</span><a href='{H}'><a href='{H}'>{T}</a></li>",
        "</ul>",
    ),
    "files": ("<ul>", f"<li>{A}<span>{{D}}</span><a href='/d/P0{{N}}.pdf'>下载</a></li>", "</ul>"),
    "script addresses": (
        "<ul>",
        "<li><a href='javascript:void(0)' onclick=\"window.open('{H}')\">{T}</a><span>{D}</span></li>",
        "</ul>",
    ),
    "rows that are clicked": (
        "<div>",
        "<div onclick=\"location.href='{H}'\"><p>{T}</p><p>{D}</p></div>",
        "</div>",
    ),
    "data addresses": ("<ul>", "<li><a href='#' data-url='{H}'>{T}</a><span>{D}</span></li>", "</ul>"),
    "redirector": (
        "<ul>",
        "<li><a href='/visit/link.do?url=https%3A%2F%2Fwww.yanshi.gov.cn%2Fzwgk%2Fzcwj%2F{Y}{M}%2Ft{Y}{M}{DD}_{N}00{N}.html'>{T}</a><span>{D}</span></li>",
        "</ul>",
    ),
    "no dates at all": ("<ul>", f"<li>{A}</li>", "</ul>"),
    "wrapped and framed": (
        "<div><div><div>",
        f"<div><div><div><div>{A}</div></div><div><div><span>{{D}}</span></div></div></div></div>",
        "</div></div></div>",
    ),
    "a separator after each": ("<ul>", f"<li>{A}<span>{{D}}</span></li><li class='line'></li>", "</ul>"),
    "form and hidden fields": (
        "<form><input type='hidden' value='2020-01-01'>",
        f"<div><input type='checkbox'>{A}<span>{{D}}</span></div>",
        "</form>",
    ),
}


@pytest.mark.parametrize("name", MARKUPS)
def test_markup(name: str) -> None:
    before, row, after = MARKUPS[name]
    want = [(u, t, None) for u, t, _ in WANT] if name == "no dates at all" else WANT
    assert facts(rows(before + repeat(row) + after)) == want


PAGER = '<div class="page"><a href="index.html">首页</a><a href="index_1.html">下一页</a> 共 9 页</div>'
SIDE = "<h3>热点推荐</h3><ul>{}</ul>".format(
    "".join(
        f'<li><a href="/xw/{n}.html">演示热点新闻第{n}条标题较长一些</a><i>2026-02-{n:02}</i></li>'
        for n in range(10, 19)
    )
)


def test_a_short_main_list_beside_a_long_side_list() -> None:
    main = "<ul>" + repeat(f"<li>{A}<span>{{D}}</span></li>") + "</ul>"
    assert facts(rows(main + PAGER + f'<div class="side">{SIDE}</div>')) == WANT
    assert facts(rows(f'<div class="side">{SIDE}</div><div>{main}{PAGER}</div>')) == WANT


def test_a_list_broken_into_blocks_is_one() -> None:
    row = repeat(f"<li>{A}<span>{{D}}</span></li>").split("</li>")
    first, second = "</li>".join(row[:2]) + "</li>", "</li>".join(row[2:])
    assert facts(rows(f"<ul>{first}</ul><div class='line'></div><ul>{second}</ul>")) == WANT
    assert (
        facts(rows(f"<h4>2026年4月</h4><ul class='a'>{first}</ul><h4>2025年</h4><ul class='a'>{second}</ul>"))
        == WANT
    )
    tabs = f"<div><div class='tab'><ul>{first}</ul></div><div class='tab' style='display:none'><ul>{second}</ul></div></div>"
    assert facts(rows(tabs)) == WANT


def test_a_side_list_of_the_same_class_is_not_taken_in() -> None:
    main = "<ul class='l'>" + repeat(f"<li>{A}<span>{{D}}</span></li>") + "</ul>"
    side = "<h3>相关推荐</h3><ul class='l'><li><a href='/x/1.html'>演示推荐的文章标题</a><span>2026-01-01</span></li></ul>"
    assert facts(rows(main + side)) == WANT


def test_a_row_without_a_date_keeps_its_place() -> None:
    row = repeat(f"<li>{A}<span>{{D}}</span></li>").replace("<span>2026-04-02</span>", "<span></span>")
    found = rows(f"<ul>{row}</ul>")
    assert [(r.url, r.title) for r in found] == [(u, t) for u, t, _ in WANT]
    assert [r.date for r in found] == [DAYS[0], None, DAYS[2], DAYS[3]]


def test_one_row() -> None:
    one = repeat(f"<li>{A}<span>{{D}}</span></li>").partition("</li>")[0]
    assert facts(rows(f"<ul>{one}</li></ul>")) == WANT[:1]


def test_navigation_makes_no_rows() -> None:
    assert rows("<p>演示</p>") == ()
    columns = "".join(
        f'<li><a href="/zwgk/zc{n}/">演示市规范性文件与政策解读公开专栏{n}</a></li>' for n in range(8)
    )
    assert rows(f"<ul>{columns}</ul>") == ()
    years = "".join(f'<li><a href="/zwgk/{y}/index.html">{y}年</a></li>' for y in range(2015, 2026))
    assert rows(f"<ul>{years}</ul>") == ()


REDIRECTS = [
    ("/visit/link.do?url=https%3A%2F%2Fwww.other.gov.cn%2Fa.html", "https://www.other.gov.cn/a.html"),
    ("/visit/link.do?url=/zwgk/a.html", "https://www.yanshi.gov.cn/zwgk/a.html"),
    ("/redirect?target=http://fgw.yanshi.gov.cn/a.html", "http://fgw.yanshi.gov.cn/a.html"),
    (
        "/link.jsp?url=" + base64.b64encode(b"http://fgw.yanshi.gov.cn/a.html").decode(),
        "http://fgw.yanshi.gov.cn/a.html",
    ),
    ("/visit/link.do?url=http://127.0.0.1/a.html", None),
    ("/visit/link.do?url=http://192.168.1.2:8080/a.html", None),
    ("/visit/link.do?url=http://intern/a.html", None),
    ("/visit/link.do?url=file:///etc/passwd", None),
    ("/visit/link.do?id=3", None),
    ("/zwgk/detail.do?url=http://www.other.gov.cn/a.html", None),
]


@pytest.mark.parametrize(("href", "target"), REDIRECTS)
def test_redirectors_give_their_public_target(href: str, target: str | None) -> None:
    item = "<li><a href='{}'>演示文件标题较长{}</a><span>2026-01-0{}</span></li>"
    found = rows("<ul>" + item.format(href, 1, 2) + item.format("t2.html", 2, 1) + "</ul>")
    assert found[0].url == (target or "https://www.yanshi.gov.cn" + href)


TAG = re.compile(r"<(ul|li|div|span|p|table|tr|td|dl|dt|dd|b|i|em|h3|h4|u)(?=[ >])")
CLASS = re.compile(r" class=['\"][^'\"]*['\"]")


def renamed(markup: str, seed: int, *, wrappers: int) -> str:
    """The markup with made-up class names, one a tag, and wrapped in further elements."""
    chance = random.Random(seed)
    names = {tag: f"{chance.choice('abcdxyz')}{chance.randrange(10**6)}" for tag in set(TAG.findall(markup))}
    text = TAG.sub(lambda found: f'<{found[1]} class="{names[found[1]]}"', CLASS.sub("", markup))
    for _ in range(wrappers):
        tag = chance.choice(("div", "section", "div", "main"))
        text = f'<{tag} id="n{chance.randrange(10**6)}">{text}</{tag}>'
    return text


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(MARKUPS)), st.integers(0, 10**9), st.integers(0, 4))
def test_names_and_wrappers_do_not_count(name: str, seed: int, wrappers: int) -> None:
    before, row, after = MARKUPS[name]
    markup = before + repeat(row) + after
    assert facts(rows(renamed(markup, seed, wrappers=wrappers))) == facts(rows(markup))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(set(MARKUPS) - {"no dates at all"})), st.integers(0, 10**9))
def test_every_row_may_have_names_of_its_own(name: str, seed: int) -> None:
    before, row, after = MARKUPS[name]
    chance = random.Random(seed)
    markup = TAG.sub(
        lambda found: f'<{found[1]} class="k{chance.randrange(10**6)}"',
        CLASS.sub("", before + repeat(row) + after),
    )
    assert facts(rows(markup)) == WANT


NAMES = re.compile(r"\s(?:id|class)\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+)")
# A portal page of tabs that holds many lists of the same length: which one is read may differ.
MANY_LISTS = {"list/009.html"}


def real_lists(shared: Path) -> list[tuple[str, str, str]]:
    with (shared / "pages/lists.jsonl").open(encoding="utf-8") as stream:
        labels = [json.loads(line) for line in stream]
    return [
        (label["file"], label["url"], decode_page((shared / "pages" / label["file"]).read_bytes()))
        for label in labels
        if label["file"].endswith(".html") and label["file"] not in MANY_LISTS
    ]


def test_real_lists_read_the_same_without_any_name(shared: Path) -> None:
    different = [
        file
        for file, url, text in real_lists(shared)
        if facts(extract_rows(NAMES.sub("", text), url, {})) != facts(extract_rows(text, url, {}))
    ]
    assert different == []


def test_short_last_pages_of_real_lists_keep_their_rows(shared: Path) -> None:
    different = []
    for file, url, text in real_lists(shared):
        root = parse_html(text)
        assert root is not None
        whole = linked(read_rows(root, "", url, {}))
        root = parse_html(text)
        assert root is not None
        for element in find_rows(root, url)[0][3:]:
            element.drop_tree()
        if facts(linked(read_rows(root, "", url, {}))) != facts(whole[:3]) and len(whole) > 3:
            different.append(file)
    assert len(different) <= 1
