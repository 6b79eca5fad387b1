"""TRS, 中国政府网, n_content, index_pc, Shanghai, Hebei, sitemaps and feeds: lists, paging, interfaces."""

import gzip
import json
import time
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.platforms import PLATFORMS
from crawlers.platforms.base import ListPage
from crawlers.platforms.recognition import SeenPage
from crawlers.saved_lists import stranger
from crawlers.site import Channel
from normalizers.failures import Failure

pytestmark = pytest.mark.slow

HOST = "https://www.yanshi.gov.cn"
URL = HOST + "/zwgk/zcwj/"
ROW = '<li><a href="./202601/t2026010{0}_1{0}.html" title="演示市人民政府关于演示事项的通知{0}">演示市…</a><span>2026-01-0{0}</span></li>'
ROWS = "<ul>" + "".join(ROW.format(n) for n in (5, 4, 3, 2, 1)) + "</ul>"


def channel_of(column: str) -> Channel:
    return Channel("政策文件", "policy", column)


def parse(platform: str, text: str | bytes, url: str = URL, column: str = "") -> ListPage:
    data = text if isinstance(text, bytes) else text.encode()
    return PLATFORMS[platform](stranger(url)).parse_list(data, url, channel_of(column or url))


def asked(page: ListPage, *pages: int) -> list[str]:
    assert page.paging is not None
    return [page.paging.request(n).url for n in pages]


# TRS


@pytest.mark.parametrize(
    ("script", "second"),
    [
        ('createPageHTML(9, 0, "index", "html");', "index_1.html"),
        ('createPageHTML(9, 1, "index", "html");', "index_2.html"),
        ('<!-- createPageHTML(9, 0, "index", "html"); -->', "index_1.html"),
        ('createPageHTML(9, 0, "index_4471", "shtml");', "index_4471_1.shtml"),
        ("var countPage = 9; var currentPage = 0;", "index_1.html"),
        ("var nPageCount = 9;", "index_1.html"),
        (
            'createPageHTML(9, 0, "index", "html");</script><a href="index_2.html">2</a><script>',
            "index_2.html",
        ),
        (
            'createPageHTML(9, 1, "index", "html");</script><a href="./index_1.html">2</a><script>',
            "index_1.html",
        ),
        (
            'createPageHTML(9, 0, "index", "html");</script><a href="index_2.html" class="n">下一页</a><script>',
            "index_2.html",
        ),
    ],
)
def test_trs_counts_from_one_or_two(script: str, second: str) -> None:
    found = parse("trs", ROWS + f"<script>{script}</script>")
    assert found.pages == 9 and asked(found, 2) == [URL + second]


def test_trs_rows_that_a_script_writes() -> None:
    written = "".join(f"document.writeln('{ROW.format(n)}');\n".replace("</", "<\\/") for n in (3, 2, 1))
    found = parse(
        "trs", f'<ul><script>{written}</script></ul><script>createPageHTML(4,0,"index","html")</script>'
    )
    assert [(r.date, r.title[-1]) for r in found.rows] == [(date(2026, 1, n), str(n)) for n in (3, 2, 1)]
    assert found.pages == 4 and found.failure is None


SCRIPTS = [
    "var url='./202601/t20260103_1.html';var title='演示\\'甲\\'办法';var FILENUM='演政规〔2026〕3号';var pubdate='2026-01-03';show();"
    "var url='./202601/t20260102_1.html';var title='演示乙办法';var FILENUM='';var pubdate='2026-01-02';show();",
    "urls[0]='./202601/t20260103_1.html';headers[0]=\"演示'甲'办法\";year[0]='2026';month[0]='01';day[0]='03';"
    "urls[1]='./202601/t20260102_1.html';headers[1]=\"演示乙办法\";year[1]='2026';month[1]='1';day[1]='2';",
    "var i=0;urls[i]='./202601/t20260103_1.html';headers[i]=\"演示'甲'办法\";year[i]='2026-01-03';i++;"
    "urls[i]='./202601/t20260102_1.html';headers[i]=\"演示乙办法\";year[i]='2026-01-02';i++;",
    """var list=[{"title":"演示'甲'办法","url":"./202601/t20260103_1.html","pubDate":"2026-01-03 10:00"},"""
    """{"title":"演示乙办法","url":"./202601/t20260102_1.html","pubDate":"2026-01-02 10:00"}];""",
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_rows_in_the_values_of_a_script(script: str) -> None:
    found = parse("trs", f"<div id='l'></div><script>{script}</script>")
    assert [(r.url, r.title, r.date) for r in found.rows] == [
        (URL + "202601/t20260103_1.html", "演示'甲'办法", date(2026, 1, 3)),
        (URL + "202601/t20260102_1.html", "演示乙办法", date(2026, 1, 2)),
    ]


SOURCES = [
    ("<script>$.getJSON('2026zcwj.json',function(d){})</script>", URL, URL + "2026zcwj.json"),
    ("<script>$.ajax({url: './list.json?v=1', type:'get'})</script>", URL, URL + "list.json?v=1"),
    ("<script>$.getJSON('/config.json')</script>", URL, None),
    ("<script>$.getJSON('https://other.gov.cn/a.json')</script>", URL, None),
    ('<iframe name="myFrameName" src="./list/"></iframe>', URL, URL + "list/"),
    (
        '<iframe src="/player/video.html"></iframe><iframe src="/zwgk/zcwj/l.html"></iframe>',
        URL,
        URL + "l.html",
    ),
    ('<iframe src="https://other.gov.cn/"></iframe>', URL, None),
    ("<script>$('#list').load('list.html')</script>", URL + "?gk=5", URL + "list.html"),
    (
        "<ul><li><a data-url='/a/l1.html' href='?gk=3&cid=11'>甲</a></li><li><a data-url='/a/l2.html' href='?gk=3&cid=12'>乙</a></li></ul>",
        URL + "?gk=3&cid=12",
        HOST + "/a/l2.html",
    ),
]


@pytest.mark.parametrize(("text", "url", "source"), SOURCES)
def test_where_the_rows_of_a_shell_lie(text: str, url: str, source: str | None) -> None:
    found = parse("trs", text, url)
    assert (found.rows, found.source.url if found.source else None) == ((), source)
    if source:
        assert found.failure is Failure.LIST_SHELL


def test_a_json_file_beside_the_column() -> None:
    rows = [
        {"order": n, "title": f"演示办法{n}", "url": f"202601/t2026010{n}_1.html", "PubDate": f"2026-01-0{n}"}
        for n in (2, 1)
    ]
    found = parse("trs", json.dumps({"data": rows}), URL + "zcwj.json", URL)
    assert [(r.url, r.date) for r in found.rows] == [
        (URL + "202601/t20260102_1.html", date(2026, 1, 2)),
        (URL + "202601/t20260101_1.html", date(2026, 1, 1)),
    ]


SEARCHES = [
    (
        "/igs/front/search/list.html?index=file2-index-alias&type=governmentdocuments",
        "GET",
        {"pageNumber": "1", "pageSize": "10"},
    ),
    (
        "/irs/front/search?code=17bd22&dataTypeId=18",
        "JSON",
        {"pageNo": "1", "pageSize": "20", "dataTypeId": "18"},
    ),
    ("/was5/web/search?channelid=267907", "GET", {"page": "1", "channelid": "267907"}),
    (
        "/fjdzapp/search?channelid=229105&classsql=chnlid%3D2345",
        "FORM",
        {"page": "1", "prepage": "20", "classsql": "chnlid=2345"},
    ),
    ("/govsearch/jsonp/zf_jd_list.jsp?lb=134657&sword=", "GET", {"page": "1", "lb": "134657"}),
]


@pytest.mark.parametrize(("column", "method", "values"), SEARCHES)
def test_trs_search_servers(column: str, method: str, values: dict[str, str]) -> None:
    request = PLATFORMS["trs"](stranger(URL)).list_requests(channel_of(HOST + column))
    if method == "GET":
        sent = {key: value[0] for key, value in parse_qs(urlsplit(request.url).query).items()}
    else:
        sent = json.loads(request.json) if method == "JSON" else dict(request.form)
    assert {key: str(sent.get(key)) for key in values} == values
    assert bool(request.json) == (method == "JSON") and bool(request.form) == (method == "FORM")


def test_irs_answers_tell_the_next_page() -> None:
    row = {
        "type": "list",
        "data": {"title": "演示办法", "url": HOST + "/t1.html", "time": "2026-01-02 10:00:00"},
    }
    answer = {
        "data": {
            "middle": {"listAndBox": [row]},
            "pager": {"pageNo": 1, "pageSize": 20, "pageCount": 3, "total": 41},
        }
    }
    column = HOST + "/irs/front/search?code=17bd22&dataTypeId=18"
    found = parse("trs", json.dumps(answer), HOST + "/irs/front/search", column)
    assert (len(found.rows), found.pages, found.total) == (1, 3, 41)
    following = found.after(1)
    assert following is not None and json.loads(following.json)["pageNo"] == 2


def test_jsonp_of_a_search_server() -> None:
    text = 'jsonpCallback({"data":[{"title":"演示办法","puburl":"http://www.yanshi.gov.cn/t20260102_1.html","tip":{"dates":"2026年01月02日"},"pubtime":"2026-01-02"}]});'
    found = parse("trs", text, HOST + "/govsearch/jsonp/zf_jd_list.jsp?page=1&lb=1")
    assert [(r.title, r.date) for r in found.rows] == [("演示办法", date(2026, 1, 2))]


# 中国政府网

LIBRARY = "https://sousuo.yanshi.gov.cn/search-gov/data?t=zhengcelibrary_gw_bm"


def library_row(number: int) -> dict[str, object]:
    return {
        "title": f"演示国务院关于演示事项{number}的批复",
        "url": f"http://www.yanshi.gov.cn/zhengce/content/202601/content_69000{number:02}.htm",
        "pcode": f"演函〔2026〕{number}号",
        "pubtimeStr": "2026.01.02",
    }


def test_the_library_is_asked_with_its_page_as_referer() -> None:
    platform = PLATFORMS["gov_cn"](stranger(LIBRARY))
    first = platform.list_requests(channel_of(LIBRARY))
    assert first.headers == {
        "Referer": "https://sousuo.yanshi.gov.cn/zcwjk/policyDocumentLibrary?t=zhengcelibrary_gw_bm"
    }
    assert parse_qs(urlsplit(first.url).query)["p"] == ["1"]
    categories = {
        "gongwen": {"totalCount": 25, "listVO": [library_row(n) for n in range(20)]},
        "bumenfile": {"totalCount": 61, "listVO": [library_row(n) for n in range(30, 50)]},
        "otherfile": {"totalCount": 0, "listVO": []},
    }
    found = parse("gov_cn", json.dumps({"searchVO": {"catMap": categories}}), first.url, LIBRARY)
    assert (len(found.rows), found.total, found.pages) == (40, 86, 4)
    assert (second := found.after(1)) is not None and "p=2" in second.url and second.headers == first.headers
    assert found.after(4) is None


def test_the_feed_stands_for_the_folder_of_the_newest() -> None:
    platform = PLATFORMS["gov_cn"](stranger(HOST))
    for column in ("/zhengce/zuixin/", "/zhengce/zuixin/home.htm"):
        assert (
            platform.list_requests(channel_of(HOST + column)).url
            == HOST + "/zhengce/zuixin/ZUIXINZHENGCE.json"
        )
    other = HOST + "/zhengce/jiedu/home.htm"
    assert platform.list_requests(channel_of(other)).url == other
    feed = [
        {
            "TITLE": "演示办法",
            "URL": HOST + "/zhengce/content/202601/content_6900001.htm",
            "DOCRELPUBTIME": "2026-01-02",
        }
    ]
    found = parse(
        "gov_cn", json.dumps(feed), HOST + "/zhengce/zuixin/ZUIXINZHENGCE.json", HOST + "/zhengce/zuixin/"
    )
    assert [(r.title, r.date) for r in found.rows] == [("演示办法", date(2026, 1, 2))]


def test_a_static_column_of_the_portal() -> None:
    url = HOST + "/zhengce/jiedu/home.htm"
    found = parse("gov_cn", ROWS + '<a href="home_1.htm">2</a><a href="home_1.htm">下一页</a>', url)
    following = found.after(1)
    assert following is not None and following.url == HOST + "/zhengce/jiedu/home_1.htm"
    assert asked(parse("gov_cn", ROWS + '<script>createPageHTML(3,0,"home","htm")</script>', url), 3) == [
        HOST + "/zhengce/jiedu/home_2.htm"
    ]


# n_content, index_pc, Shanghai, Hebei

NODE = HOST + "/n2588035/n2588320/n2588335/index.html"
NODES = [
    (
        '<script>var maxPageNum2588335=50;var purl="index_2588335_";</script>',
        ["index_2588335_49.html", "index_2588335_1.html"],
    ),
    (
        '<a href="index_2588335_49.html">2</a><a href="index_2588335_48.html">3</a><script>var maxPageNum2588335=50;</script>',
        ["index_2588335_49.html", "index_2588335_1.html"],
    ),
    (
        '<a href="index_2588335_1.html">2</a><script>var maxPageNum2588335=50;</script>',
        ["index_2588335_1.html", "index_2588335_49.html"],
    ),
]


def test_a_node_column_of_three_pages_counts_down() -> None:
    links = '<a href="index_2588335_2.html">2</a><a href="index_2588335_1.html">3</a>'
    found = parse("n_content", ROWS + links + "<script>var maxPageNum2588335=3;</script>", NODE)
    assert [url[-7:] for url in asked(found, 2, 3)] == ["_2.html", "_1.html"]


@pytest.mark.parametrize(("pager", "want"), NODES)
def test_node_columns_count_up_or_down(pager: str, want: list[str]) -> None:
    found = parse("n_content", ROWS + pager, NODE)
    folder = NODE.removesuffix("index.html")
    assert (found.pages, asked(found, 2, 50)) == (50, [folder + name for name in want])


def test_index_pc_counts_rows() -> None:
    column = HOST + "/sjj/zwgk/list/"
    found = parse(
        "index_pc", ROWS + "<script>$('#p').pagination({totalData:34,showData:15,current:1})</script>", column
    )
    assert (found.total, found.pages, asked(found, 2)) == (34, 3, [column + "index_pc_2.html"])


def test_shanghai_columns() -> None:
    column = HOST + "/nw12345/index.html"
    found = parse(
        "shanghai", ROWS + "<script>$('#n').jqPaginator({totalPage: 7, currentPage: 1})</script>", column
    )
    assert (found.pages, asked(found, 2)) == (7, [HOST + "/nw12345/index_2.html"])


UUID = "0a1b2c3d-0000-4a4a-8b8b-0123456789ab"


def test_hebei_columns() -> None:
    column = f"{HOST}/columns/{UUID}/index.html"
    rows = "".join(
        f'<li><a href="/columns/{UUID}/202601/0{n}/{UUID[:-1]}{n}.html"><span>演示市演示办法第{n}号</span><span>2026-01-0{n}</span></a></li>'
        for n in (3, 2, 1)
    )
    found = parse(
        "hebei",
        f"<ul>{rows}</ul><span>1/9</span><a href='index_2.html'>下一页</a><a href='index_9.html'>尾页</a>",
        column,
    )
    following = found.after(1)
    assert len(found.rows) == 3 and following is not None
    assert following.url == f"{HOST}/columns/{UUID}/index_2.html"


SEEN = [
    ("trs", URL, ROWS + '<script>createPageHTML(9, 0, "index", "html");</script>'),
    ("trs", HOST + "/igs/front/search/list.html?index=a", "{}"),
    ("gov_cn", LIBRARY, '{"searchVO":{}}'),
    ("n_content", NODE, ROWS + NODES[0][0]),
    ("index_pc", HOST + "/a/list/index_pc_2.html", ROWS),
    ("shanghai", HOST + "/nw12345/index.html", ROWS),
    ("hebei", f"{HOST}/columns/{UUID}/index.html", ROWS),
    ("sitemap", HOST + "/sitemap.xml", "<urlset></urlset>"),
    ("rss", HOST + "/rss.xml", '<rss version="2.0"></rss>'),
]


@pytest.mark.parametrize(("name", "url", "text"), SEEN)
def test_families_recognise_their_pages(name: str, url: str, text: str) -> None:
    page = SeenPage(url, text)
    found = {kind: platform.recognises(page) for kind, platform in PLATFORMS.items()}
    assert found[name].confidence >= 0.7 and found[name].reasons
    assert max(found.values(), key=lambda one: one.confidence).platform == name


# sitemaps and feeds

SITEMAP = HOST + "/sitemap.xml"


def urlset(*addresses: str) -> str:
    entries = "".join(f"<url><loc>{a}</loc><lastmod>2026-01-02</lastmod></url>" for a in addresses)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'


def test_a_sitemap_gives_its_documents_only() -> None:
    text = urlset(HOST + "/", URL, URL + "202601/t20260102_1.html", URL + "202601/P020260102.pdf")
    for data in (text.encode(), gzip.compress(text.encode())):
        found = parse("sitemap", data, SITEMAP)
        assert [r.url for r in found.rows] == [URL + "202601/t20260102_1.html", URL + "202601/P020260102.pdf"]
        assert [(r.date, r.raw_date) for r in found.rows] == [(None, "2026-01-02")] * 2


def test_a_sitemap_index_leads_through_its_sitemaps_newest_first() -> None:
    children = [("a.xml", "2025-01-01"), ("b.xml.gz", "2026-01-01"), ("c.xml", "2024-01-01")]
    entries = "".join(f"<sitemap><loc>{HOST}/{n}</loc><lastmod>{d}</lastmod></sitemap>" for n, d in children)
    entries += "<sitemap><loc>https://other.gov.cn/x.xml</loc></sitemap>"
    platform = PLATFORMS["sitemap"](stranger(SITEMAP))
    index = platform.parse_list(
        f"<sitemapindex>{entries}</sitemapindex>".encode(), SITEMAP, channel_of(SITEMAP)
    )
    assert index.rows == () and index.source is not None
    order = [index.source.request(1).url]
    while True:
        page = platform.parse_list(
            urlset(URL + "202601/t20260102_1.html").encode(), order[-1], channel_of(SITEMAP)
        )
        following = page.after(len(order))
        if following is None:
            break
        order.append(following.url)
    assert order == [HOST + "/b.xml.gz", HOST + "/a.xml", HOST + "/c.xml"]


FEEDS = [
    '<rss version="2.0"><channel><title>演示</title><item><title><![CDATA[演示办法]]></title><link>/t1.html</link><pubDate>Thu, 01 Jan 2026 18:00:00 GMT</pubDate></item></channel></rss>',
    '<rss version="2.0"><channel><item><title>演示办法</title><link> https://www.yanshi.gov.cn/t1.html </link><pubDate>2026-01-02 08:00:00</pubDate></item></channel></rss>',
    '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>演示办法</title><link rel="self" href="/x"/><link href="/t1.html"/><published>2026-01-01T20:00:00Z</published></entry></feed>',
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel/><item><title>演示办法</title><link>/t1.html</link><dc:date>2026-01-02T09:00:00+08:00</dc:date></item></rdf:RDF>',
]


@pytest.mark.parametrize("text", FEEDS)
def test_feeds(text: str) -> None:
    found = parse("rss", text, HOST + "/rss.xml")
    assert [(r.url, r.title, r.date) for r in found.rows] == [
        (HOST + "/t1.html", "演示办法", date(2026, 1, 2))
    ]


def test_atom_pages_go_on() -> None:
    found = parse(
        "rss", FEEDS[2].replace("<entry>", '<link rel="next" href="/rss.xml?p=2"/><entry>'), HOST + "/rss.xml"
    )
    following = found.after(1)
    assert following is not None and following.url == HOST + "/rss.xml?p=2"


def test_xml_bombs_do_nothing() -> None:
    lol = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    entity = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    for head in (lol, entity):
        text = (
            f"{head}<rss><channel><item><title>演示&x;&b;</title><link>/t1.html</link></item></channel></rss>"
        )
        assert all(
            "root:" not in r.title and "aaaa" not in r.title
            for r in parse("rss", text, HOST + "/rss.xml").rows
        )
    bomb = gzip.compress(b" " * (64 << 20))
    assert parse("sitemap", bomb, SITEMAP).failure is Failure.LIST_EMPTY


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from(["sitemap", "rss", "gov_cn", "n_content", "index_pc", "shanghai", "hebei", "trs"]),
)
def test_hostile_bytes(data: bytes, platform: str) -> None:
    for prefix in (
        b"",
        b"\x1f\x8b",
        b"<urlset><url><loc>",
        b"<rss><item>",
        b'{"searchVO":{"catMap":{"a":{"totalCount":',
        b"<script>urls[0]='",
    ):
        parse(platform, prefix + data, LIBRARY)


def test_a_real_answer_of_the_library(shared: Path) -> None:
    url = "https://sousuo.www.gov.cn/search-gov/data?t=zhengcelibrary_gw_bm&p=1&n=5&sort=pubtime"
    found = parse("gov_cn", (shared / "pages/list/025.json").read_bytes(), url)
    assert (len(found.rows), found.total) == (10, 2229)
    assert found.pages == 413  # 2,064 documents of departments, five a page
    following = found.after(1)
    assert following is not None and "p=2&" in following.url + "&" and "n=5" in following.url


@pytest.mark.parametrize(
    ("answer", "column"),
    [
        (
            {
                "page": {
                    "content": [
                        {"DOCTITLE": "演示办法", "DOCPUBURL": HOST + "/t1.html", "PUBDATE": "2026-01-02"}
                    ],
                    "total": 25,
                    "totalPages": 3,
                }
            },
            "/igs/front/search/list.html?index=a&type=b",
        ),
        (
            {
                "count": 25,
                "pages": 3,
                "data": [
                    {
                        "doctitle": "演示办法",
                        "docpuburl": HOST + "/t1.html",
                        "docreltime": "2026-01-02 08:00:00",
                    }
                ],
            },
            "/fjdzapp/search?channelid=1&classsql=chnlid%3D2",
        ),
    ],
)
def test_search_servers_are_paged(answer: object, column: str) -> None:
    found = parse("trs", json.dumps(answer), (HOST + column).partition("?")[0], HOST + column)
    assert [(r.title, r.date) for r in found.rows] == [("演示办法", date(2026, 1, 2))]
    assert found.pages == 3 and found.after(3) is None
    following = found.after(2)
    assert following is not None
    assert following.form.get("page") == "3" or "pageNumber=3" in following.url


HOSTILE = {
    "elements": "<b>" * 300_000,
    "one block": '<a href="1.html">演示文件标题</a> 2026-01-01 ' * 10_000,
    "white space": "<script>var url" + " " * 200_000 + "</script>",
    "open strings": "<script>" + "document.write('" * 20_000 + "</script>",
    "sums": "<script>" + "document.write('a'+" * 10_000 + "</script>",
    "comments": "<!-- <a href=1>x</a> -->" * 20_000,
    "frames": "<iframe src=a>" * 20_000,
    "code": "<a onclick=\"x('" + "A" * 500_000 + "')\" href='#'>演示文件标题</a>",
    "title": '<a href="1.html" title="标题：' + "a " * 300_000 + '">演示</a>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_take_no_time(name: str) -> None:
    begin = time.process_time()
    parse("trs", HOSTILE[name])
    assert time.process_time() - begin < 4
