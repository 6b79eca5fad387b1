"""List pages and answers of the odd families: rows, paging, sources, marks; written by what is known of them."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.platforms import PLATFORMS
from crawlers.platforms.base import ListPage
from crawlers.platforms.list_requests import ListRequest, Paging
from crawlers.platforms.numbered import linked_pager
from crawlers.platforms.recognition import SeenPage
from crawlers.saved_lists import stranger
from crawlers.site import Channel
from crawlers.walk import End, Walk
from normalizers.failures import Failure
from pipelines.items import ChannelState, FirstPage

BASE = "http://www.yanshi.gov.cn"
ODD = (
    "ankang aspx cac ds_json finecms ilist jeecms nfra npc rt szinf truecms vsb xa_publish".split()  # noqa: SIM905  a list of names is easier read as words
)


def channel(address: str) -> Channel:
    return Channel("政策文件", "policy", BASE + address)


def parse(platform: str, text: str, address: str, column: str = "") -> ListPage:
    """The page at `address`, read for a channel whose list is `column`."""
    kind = PLATFORMS[platform](stranger(BASE + "/"))
    return kind.parse_list(text.encode(), BASE + address, channel(column or address))


def first_request(platform: str, address: str) -> ListRequest:
    return PLATFORMS[platform](stranger(BASE + "/")).list_requests(channel(address))


def rows(link: str, count: int = 5, item: str = "<li>{}</li>") -> str:
    """Dated rows; `{}` in `link` is the number of the row."""
    return "".join(
        item.format(
            f'<a href="{link.format(n)}" title="演示通知第{n}号">演示通知第{n}号</a><span>2026-03-{10 + n}</span>'
        )
        for n in range(count, 0, -1)
    )


def page(body: str) -> str:
    menu = "".join(f'<li><a href="/m{n}/">栏目第{n}号</a></li>' for n in range(12))
    return f"<html><body><ul class='nav'>{menu}</ul><div class='list'>{body}</div></body></html>"


VSB_OLD = (
    "<script>function a1_gopage_fun(){_simple_list_gotopage_fun(60,'u13_goto',2)}</script>共1183条&nbsp;&nbsp;1/60&nbsp;"
    '<span>首页</span><a href="tzgg/59.htm" class="Next">下页</a><a href="tzgg/1.htm" class="Next">尾页</a>'
)
VSB_NEW = (
    '<span class="p_t">共742条</span><span class="p_no_d">1</span><span class="p_no"><a href="javascript:;">2</a></span>'
    '<span class="p_no"><a href="javascript:;">62</a></span><span class="p_next p_fun"><a href="javascript:;">下页</a></span>'
)
PAGED = [
    ("vsb", "/index/tzgg.htm", VSB_OLD, "/index/tzgg/59.htm", 60, "/index/tzgg/1.htm"),
    (
        "vsb",
        "/index/tzgg/59.htm",
        VSB_OLD.replace("tzgg/", ""),
        "/index/tzgg/58.htm",
        60,
        "/index/tzgg/1.htm",
    ),
    ("vsb", "/xwgg/tzgg.htm", VSB_NEW, "/xwgg/tzgg/61.htm", 62, "/xwgg/tzgg/1.htm"),
    (
        "vsb",
        "/zcwjk.htm",
        '共25条 1/2 <a href="zcwjk/1.htm">下页</a><a href="zcwjk/1.htm">尾页</a>',
        "/zcwjk/1.htm",
        2,
        "/zcwjk/1.htm",
    ),
    (
        "xa_publish",
        "/jyxw/szyw/1.html",
        "<script>var maxPage = parseInt('12');</script>",
        "/jyxw/szyw/2.html",
        12,
        "/jyxw/szyw/12.html",
    ),
    (
        "xa_publish",
        "/gk/zcfg/",
        "<script>total(parseInt('7'))</script>",
        "/gk/zcfg/2.html",
        7,
        "/gk/zcfg/7.html",
    ),
    (
        "rt",
        "/news_list.rt?channlCid=4164&orgId=90&channlId=4164",
        '<div class="cms_page">第<span>1</span>页/共<span>9</span>页</div>',
        "/news_list.rt?channlCid=4164&orgId=90&channlId=4164&pageNo=2",
        9,
        "/news_list.rt?channlCid=4164&orgId=90&channlId=4164&pageNo=9",
    ),
    (
        "ankang",
        "/Node-6059.html",
        '<div class="page"><a href="Node-6059_2.html">下一页</a><a href="Node-6059_14.html">尾页</a></div>',
        "/Node-6059_2.html",
        14,
        "/Node-6059_14.html",
    ),
    (
        "ankang",
        "/Node-6059.html",
        '<div class="page"><a href="/Node-6059_2.html">2</a><a href="/Node-6059_8.html">8</a><a href="/Node-60_99.html">别栏</a></div>',
        "/Node-6059_2.html",
        8,
        "/Node-6059_8.html",
    ),
    (
        "ilist",
        "/info/iList.jsp?node_id=GKyanshi&cat_id=15971",
        "共 80 条",
        "/info/iList.jsp?node_id=GKyanshi&cat_id=15971&cur_page=2",
        None,
        "",
    ),
    (
        "jeecms",
        "/zyzcfg/index.jhtml",
        "共31条记录 1/2页 <a href='#' onclick=\"location.href=encodeURI('index_2.jhtml');\">下一页</a>"
        "<a href='#' onclick=\"location.href=encodeURI('index_23.jhtml');\">尾页</a>",
        "/zyzcfg/index_2.jhtml",
        23,
        "/zyzcfg/index_23.jhtml",
    ),
    (
        "aspx",
        "/NewsLsit.aspx?ClassID=7&page=1",
        '<a href="?ClassID=7&page=2">下一页</a><a href="?ClassID=7&page=30">尾页</a>',
        "/NewsLsit.aspx?ClassID=7&page=2",
        30,
        "/NewsLsit.aspx?ClassID=7&page=30",
    ),
]


@pytest.mark.parametrize(("platform", "address", "pager", "second", "pages", "last"), PAGED)
def test_pages_of_static_lists(
    platform: str, address: str, pager: str, second: str, pages: int | None, last: str
) -> None:
    found = parse(platform, page(f"<ul>{rows('/info/1/{}.htm')}</ul>{pager}"), address)
    assert [row.title for row in found.rows] == [f"演示通知第{n}号" for n in (5, 4, 3, 2, 1)]
    assert found.paging is not None and found.next is None
    here = found.paging.number(BASE + address)
    following = found.after(here)
    assert following is not None and following.url == BASE + second
    assert found.pages == pages
    if pages is not None:
        assert found.paging.request(pages).url == BASE + last
        assert found.after(pages) is None


def test_vsb_rows_with_line_numbers_and_click_counters() -> None:
    row = (
        '<tr id="line_u1_{0}"><td></td><td><a class="news" href="../info/1004/{1}.htm">演示通知第{1}号</a>'
        '<font>(发布时间：2026-03-{1} 11:06:22 阅读次数：<span id="dynclicks_u1_{1}"></span>)</font></td></tr>'
    )
    table = "".join(row.format(place, number) for place, number in enumerate(range(25, 10, -1)))
    found = parse("vsb", page(f"<table>{table}</table>{VSB_OLD}"), "/index/tzgg.htm")
    assert len(found.rows) == 15 and found.total == 1183
    assert (found.rows[0].url, found.rows[0].date) == (BASE + "/info/1004/25.htm", date(2026, 3, 25))


def test_pages_told_by_next_and_last_link() -> None:
    pair = '<a href="{}">下一页</a><a href="{}">末页</a>'.format
    base = BASE + "/zcwj/"
    assert linked_pager(pair("index_1.html", "index_38.html"), base) is not None
    up = linked_pager(pair("index_1.html", "index_38.html"), base)
    assert up is not None and (up.paging, up.pages) == (Paging(base + "index_{n}.html", -1), 39)
    later = linked_pager(pair("index_8.html", "index_38.html"), base + "index_7.html")
    assert later is not None and later.paging == Paging(base + "index_{n}.html")
    for nothing in (
        pair("javascript:;", "javascript:;"),
        pair("a.html", "b.html"),
        pair("1_2.html", "3_4.html"),
        pair("p_2.html", "p_99999999.html"),
        "<a href='p_2.html'>更多</a>",
    ):
        assert linked_pager(nothing, base) is None


POST_BACK = (
    "<form method='post' action='./Default.aspx?x=1&amp;y=2'><input type='hidden' name='__VIEWSTATE' value='/wEP&#43;A=='>"
    '<input type="hidden" name="__EVENTVALIDATION" id="__EVENTVALIDATION" value="/wEdAA"><input name="txtSearch" value="词">'
    "<a disabled='true'>上一页</a><a href=\"javascript:__doPostBack(&#39;ctl00$Pager&#39;,&#39;2&#39;)\">2</a>"
    '<a href="javascript:__doPostBack(&#39;ctl00$Pager&#39;,&#39;2&#39;)">下一页</a></form>'
)


def test_aspx_posts_its_state_back() -> None:
    found = parse("aspx", page(f"<ul>{rows('Detail-{}.html')}</ul>{POST_BACK}"), "/file/Default.aspx")
    assert found.after(1) == ListRequest(
        BASE + "/file/Default.aspx?x=1&y=2",
        form={
            "__VIEWSTATE": "/wEP+A==",
            "__EVENTVALIDATION": "/wEdAA",
            "__EVENTTARGET": "ctl00$Pager",
            "__EVENTARGUMENT": "2",
        },
    )
    last = POST_BACK.replace("下一页", "3")
    assert (
        parse("aspx", page(f"<ul>{rows('Detail-{}.html')}</ul>{last}"), "/file/Default.aspx").after(2) is None
    )
    huge = POST_BACK.replace("/wEdAA", "A" * 600_000)
    assert (
        parse("aspx", page(f"<ul>{rows('Detail-{}.html')}</ul>{huge}"), "/file/Default.aspx").after(1) is None
    )


FINE_SCRIPT = (
    "<script>$.ajax({type:'POST', url:'/api-ajax_list-'+page+'.html', data:{ajax_type:['21_xxgk','1234','21','xxgk',"
    "'Y-m-d','50','20',['is_top DESC']], is_ds:1}})</script>"
)
FINE_FORM = {
    f"ajax_type[{n}]": v for n, v in enumerate(["21_xxgk", "1234", "21", "xxgk", "Y-m-d", "50", "20"])
}


def test_finecms_posts_for_its_rows() -> None:
    shell = parse("finecms", page(FINE_SCRIPT), "/xxgk-list-faguiwenjian.html")
    assert (shell.rows, shell.failure) == ((), Failure.LIST_SHELL)
    assert shell.source is not None and shell.source.size == 20
    third = shell.source.request(3)
    assert (third.url, third.form) == (BASE + "/api-ajax_list-3.html", FINE_FORM | {"is_ds": "1"})
    assert third.headers == {
        "X-Requested-With": "XMLHttpRequest",
        "Referer": BASE + "/xxgk-list-faguiwenjian.html",
    }
    answer = {
        "total": "41",
        "data": [{"title": "演示通知", "url": "/xxgk-show-9.html", "updatetime": "2026-03-15"}],
    }
    found = parse("finecms", json.dumps(answer), "/api-ajax_list-1.html", "/xxgk-list-faguiwenjian.html")
    assert (found.rows[0].url, found.rows[0].date, found.total) == (
        BASE + "/xxgk-show-9.html",
        date(2026, 3, 15),
        41,
    )
    static = parse(
        "finecms", page(f"<ul>{rows('/xxgk-show-{}.html')}</ul>{FINE_SCRIPT}"), "/xxgk-list-a.html"
    )
    assert len(static.rows) == 5 and static.source is None
    named = "/api-ajax_list-1.html?" + "&".join(f"{k}={v}" for k, v in FINE_FORM.items())
    asked = first_request("finecms", named)
    assert (asked.url, asked.form) == (BASE + "/api-ajax_list-1.html", FINE_FORM | {"is_ds": "1"})
    told = parse("finecms", json.dumps(answer), "/api-ajax_list-1.html", named)
    following = told.after(1)
    assert following is not None and following.url == BASE + "/api-ajax_list-2.html"


def test_a_data_source_beside_the_page() -> None:
    number = "94f223eb12d2438388709ff4427b9407"
    shell = parse(
        "ds_json",
        page(f'<ul id="showData0" data="datasource:{number}" preview="ds_"></ul>'),
        "/n/policy/zxwj.htm",
    )
    assert shell.source == Paging(f"{BASE}/n/policy/ds_{number}.json") and not shell.source.numbered
    answer = {
        "datasource": [
            {
                "title": "演示…",
                "showTitle": "<b>演示能源通知</b>",
                "publishUrl": "../20260316/abc/c.html",
                "publishTime": "2026-03-16 10:00:00",
            }
        ]
    }
    found = parse("ds_json", json.dumps(answer), f"/n/policy/ds_{number}.json", "/n/policy/zxwj.htm")
    assert [(r.title, r.url, r.date) for r in found.rows] == [
        ("演示能源通知", BASE + "/n/20260316/abc/c.html", date(2026, 3, 16))
    ]
    assert found.after(1) is None
    first = f'<ul id="showData0" data="datasource:{number}">{rows("../2026031{}/abc/c.html")}</ul>'
    shown = parse("ds_json", page(first), "/n/policy/zxwj.htm")
    following = shown.after(1)
    assert len(shown.rows) == 5 and shown.source is None
    assert following is not None and following.url == f"{BASE}/n/policy/ds_{number}.json"
    block = f'<ul data="datasource:{number}">{rows("../2026031{}/abc/c.html")}</ul>'
    assert len(parse("ds_json", page(block), "/xwzx/index.htm").rows) == 5


def test_cac_asks_by_the_code_in_its_address() -> None:
    asked = first_request("cac", "/wxzw/wxfb/A093702index_1.htm")
    assert (asked.url, asked.form) == (
        BASE + "/cms/JsonList",
        {"channelCode": "A093702", "perPage": "20", "pageno": "1"},
    )
    answer = {
        "list": [
            {
                "topic": "演示网信通知",
                "infourl": "//www.yanshi.gov.cn/2026-03/16/c_1.htm",
                "pubtime": "2026-03-16 09:00:00.0",
            }
        ],
        "totalRec": 41,
    }
    for column in ("/wxzw/wxfb/A093702index_1.htm", "/cms/JsonList?channelCode=A093702"):
        found = parse("cac", json.dumps(answer), "/cms/JsonList", column)
        assert (found.rows[0].url, found.rows[0].date, found.total) == (
            BASE + "/2026-03/16/c_1.htm",
            date(2026, 3, 16),
            41,
        )
        following = found.after(1)
        assert following is not None and following.form["pageno"] == "2"
    shell = parse(
        "cac",
        page(
            "<script>$.ajax({url:'/cms/JsonList',data:{channelCode:channelCode}});var channelCode = 'A0905';</script>"
        ),
        "/gzzt/",
    )
    assert shell.source is not None and shell.source.form["channelCode"] == "A0905"


def test_szinf_reads_the_policy_library() -> None:
    column = "/szinf/xxgk/interfacesWebZcwj/loadData?channel_id=dc1a3f56"
    asked = first_request("szinf", column)
    assert asked.form == {"channel_id": "dc1a3f56", "pageSize": "15", "pageIndex": "1"}
    answer = {
        "data": {
            "allRow": 5005,
            "totalPage": 334,
            "list": [
                {"TITLE": "演示办法", "URL": "http://www.yanshi.gov.cn/a/1.shtml", "C_WJBH": "演府规字〔2026〕1号", "C_SYH": "014/2026-1", "PUBLISHED_TIME_FORMAT": "2026-03-16", "C_FWRQ_FORMAT": "2026-03-01"}
            ],
        }
    }  # fmt: skip
    found = parse("szinf", json.dumps(answer), column)
    row = found.rows[0]
    assert (row.title, row.date, row.number) == ("演示办法", date(2026, 3, 16), "演府规字〔2026〕1号")
    assert (
        found.fields[row.url]["written_date"] == "2026-03-01"
        and found.fields[row.url]["index_number"] == "014/2026-1"
    )
    assert (found.pages, found.total) == (334, 5005)
    following = found.after(1)
    assert following is not None and following.form["pageIndex"] == "2"


TRUE_SCRIPT = (
    "<script>$('#x').jpage({totalRecord:45, proxyUrl:'/TrueCMS/messageController/getMessage.do', perPage:10,"
    "ajaxParam:{columnId:'754f6db5-d294-46d5-b25c-da3a86d102cd'}})</script>"
)


def test_truecms_reads_datastores_in_json() -> None:
    shell = parse("truecms", page(TRUE_SCRIPT), "/xzxk/xzxk.html")
    assert shell.source is not None
    third = shell.source.request(3)
    assert "startrecord=41&endrecord=60" in third.url and "perpage=20" in third.url
    assert third.headers == {"Referer": BASE + "/xzxk/xzxk.html"}
    records = "".join(
        f'<record><![CDATA[<li><a href="/xzxk/content/{n}.html">演示公示第{n}号</a><span>2026-03-{n}</span></li>]]></record>'
        for n in (16, 15, 14)
    )
    store = f"<datastore><totalrecord>45</totalrecord><recordset>{records}</recordset></datastore>"
    api = "/TrueCMS/messageController/getMessage.do?columnId=754f6db5"
    for answer in (json.dumps({"result": store}), f"jsonp({json.dumps({'result': store})})", store):
        found = parse("truecms", answer, api, "/xzxk/xzxk.html")
        assert [row.title for row in found.rows] == [
            f"演示公示第{n}号" for n in (16, 15, 14)
        ] and found.total == 45
        named = parse("truecms", answer, api)
        following = named.after(1)
        assert following is not None and "startrecord=21&endrecord=40" in following.url
    first_screen = page(f"<ul id='initData'>{rows('/xzxk/content/{}.html')}</ul>{TRUE_SCRIPT}")
    found = parse("truecms", first_screen, "/xzxk/xzxk.html")
    following = found.after(1)
    assert len(found.rows) == 5 and found.pages == 9
    assert following is not None and "startrecord=6&endrecord=10" in following.url


def test_nfra_rows_are_known_by_their_page() -> None:
    column = "/cn/view/pages/ItemList.html?itemPId=923&itemId=925&itemUrl=ItemListRightList.html"
    assert first_request("nfra", column).url.endswith(
        "/cn/static/data/DocInfo/SelectDocByItemIdAndChild/data_itemId=925,pageIndex=1,pageSize=18.json"
    )
    answer = {
        "rptCode": 200,
        "data": {
            "total": 40,
            "rows": [
                {"docId": 1192308, "docTitle": "演示数据安全办法", "publishDate": "2026-03-16 10:27:00"}
            ],
        },
    }
    found = parse(
        "nfra",
        json.dumps(answer),
        "/cn/static/data/DocInfo/SelectDocByItemIdAndChild/data_itemId=925,pageIndex=1,pageSize=18.json",
        column,
    )
    row = found.rows[0]
    assert (row.url, row.date) == (BASE + "/cn/view/pages/ItemDetail.html?docId=1192308", date(2026, 3, 16))
    assert found.contents == {row.url: BASE + "/cn/static/data/DocInfo/SelectByDocId/data_docId=1192308.json"}
    following = found.after(1)
    assert following is not None and "pageIndex=2" in following.url and found.total == 40
    direct = first_request("nfra", "/cbircweb/DocInfo/SelectDocByItemIdAndChild?itemId=925")
    assert direct.url.endswith("itemId=925&pageSize=18&pageIndex=1")


def test_npc_searches_by_code() -> None:
    column = "/law-search/search/list?flfgCodeId=102,195"
    asked = first_request("npc", column)
    body = json.loads(asked.json)
    assert (asked.url, body["flfgCodeId"], body["pageNum"], body["pageSize"]) == (
        BASE + "/law-search/search/list",
        [102, 195],
        1,
        20,
    )
    record = {
        "bbbs": "5b55fa6e",
        "title": "演示<em>法</em>",
        "gbrq": "2026-03-16",
        "sxrq": "2026-05-01",
        "zdjgName": "演示人大常委会",
        "sxx": 3,
    }
    found = parse(
        "npc", json.dumps({"code": 200, "total": 21, "rows": [record]}), "/law-search/search/list", column
    )
    row = found.rows[0]
    assert (row.url, row.title, row.date) == (BASE + "/detail?id=5b55fa6e", "演示法", date(2026, 3, 16))
    assert found.contents[row.url] == BASE + "/law-search/search/flfgDetails?bbbs=5b55fa6e"
    assert found.fields[row.url] == {
        "issuers": "演示人大常委会",
        "effective_date": "2026-05-01",
        "validity": "有效",
    }
    following = found.after(1)
    assert following is not None and json.loads(following.json)["pageNum"] == 2


MARKS = [
    ("vsb", "/info/1004/12878.htm", '<div id="vsb_content"><p>正文</p></div>'),
    ("vsb", "/content.jsp?urltype=news.NewsContentUrl&wbtreeid=1&wbnewsid=2", ""),
    ("xa_publish", "/gk/zc/xzgfxwjk/1560235869355503618.html", '<div class="m-txt-article"></div>'),
    ("rt", "/news_list.rt?channlId=5627", ""),
    ("rt", "/resources/site/154/html/yjzc/gfxwj/index.html", ""),
    ("ankang", "/Node-6059.html", ""),
    ("ankang", "/Content-2601.html", ""),
    ("ilist", "/info/iList.jsp?node_id=GKmzs&cat_id=15971", ""),
    ("finecms", "/xxgk-show-10236169.html", ""),
    ("jeecms", "/157/index.jhtml", ""),
    ("aspx", "/file/Default.aspx", '<input name="__VIEWSTATE" value="">'),
    ("truecms", "/xzxk/xzxk.html", TRUE_SCRIPT),
    ("ds_json", "/20260916/dbc37cd08438465f98d539873064d4fe/c.html", ""),
    ("cac", "/wxzw/wxfb/A093702index_1.htm", ""),
    ("nfra", "/cn/view/pages/ItemDetail.html?docId=1192308&itemId=926&generaltype=0", ""),
    ("szinf", "/szinf/xxgk/interfacesWebZcwj/loadData?channel_id=1", ""),
    ("npc", "/law-search/search/list?flfgCodeId=102", ""),
]


@pytest.mark.parametrize(("platform", "address", "text"), MARKS)
def test_marks(platform: str, address: str, text: str) -> None:
    seen = SeenPage(BASE + address, page(text))
    found = {name: kind.recognises(seen) for name, kind in PLATFORMS.items()}
    best = max(found.values(), key=lambda one: one.confidence)
    assert best.platform == platform and best.confidence >= 0.5 and best.reasons


BROKEN = [
    "",
    "{",
    "[]",
    "{}",
    "null",
    '{"data": null}',
    '{"data": {"rows": [1, null, {"docId": {}}, {"docId": true}]}}',
    '{"data": {"rows": [{"docId": 1, "docTitle": []}]}, "total": ' + "9" * 400 + "}",
    '{"rows": [{"bbbs": "x y", "title": "演示"}], "total": "²"}',
    '{"result": 5}',
    '{"result": "<datastore></datastore>"}',
    '{"list": [{"topic": "演示"',
    "[" * 100_000,
    "<html><head><title>502 Bad Gateway</title></head><body>502</body></html>",
    '{"code": 500, "msg": "系统繁忙"}',
]
ADDRESSES = {
    "finecms": "/api-ajax_list-1.html",
    "cac": "/cms/JsonList?channelCode=A093702",
    "szinf": "/szinf/xxgk/interfacesWebZcwj/loadData?channel_id=1",
    "npc": "/law-search/search/list?flfgCodeId=102",
    "truecms": "/TrueCMS/messageController/getMessage.do?columnId=1",
    "nfra": "/cbircweb/DocInfo/SelectDocByItemIdAndChild?itemId=925",
    "rt": "/news_list.rt?channlId=1",
    "ilist": "/info/iList.jsp?cat_id=1",
}


@pytest.mark.parametrize("platform", ODD)
@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_list_has_no_rows_and_a_name(platform: str, text: str) -> None:
    found = parse(platform, text, ADDRESSES.get(platform, "/zcwj.htm"))
    assert found.rows == () and found.failure is not None
    walk = Walk("政策文件", ChannelState(False, 1, False, 1, FirstPage(), 0))
    assert walk.take(found, 1, (), ()) is None and (walk.end, walk.failure) == (End.FAILED, found.failure)


@given(text=st.text(alphabet=st.characters(codec="utf-8"), max_size=300), platform=st.sampled_from(ODD))
@settings(max_examples=60, deadline=None)
def test_nothing_makes_a_platform_raise(text: str, platform: str) -> None:
    for body in (text, f'{{"rows":[{{"docId":{json.dumps(text)},"bbbs":{json.dumps(text)}}}]}}', page(text)):
        parse(platform, body, ADDRESSES.get(platform, "/zcwj.htm"))


def nested(depth: int) -> Any:
    value: Any = [{"docId": 1, "docTitle": "演示"}]
    for _ in range(depth):
        value = {"data": value}
    return value


def test_deep_answers_end() -> None:
    for depth in (1, 3, 20, 300):
        found = parse("nfra", json.dumps(nested(depth)), ADDRESSES["nfra"])
        assert len(found.rows) == (1 if depth < 4 else 0)
