"""Families whose lists are interfaces: from a column's page by its hops to the last row, as the spider walks."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from interface_servers import (
    HEX,
    HOST,
    Answer,
    items,
    jpaas_block,
    jpaas_server,
    numbers,
    path_of,
    pclist_answer,
    query_of,
    shell,
    title,
    ucap_result,
    ucap_server,
)

from crawlers.platforms import PLATFORMS
from crawlers.platforms.interfaces import paging_of
from crawlers.platforms.list_requests import ListRequest
from crawlers.platforms.recognition import SeenPage
from crawlers.saved_lists import stranger
from crawlers.site import Channel
from crawlers.walk import End, Walk
from normalizers.failures import Failure
from normalizers.page import ListRow
from pipelines.items import ChannelState, FirstPage, Verdict


@dataclass
class Walked:
    """What a walk asked for and what came of it."""

    walk: Walk
    asked: list[ListRequest] = field(default_factory=list)
    rows: list[ListRow] = field(default_factory=list)
    fields: dict[str, Mapping[str, str]] = field(default_factory=dict)


def walk_list(platform: str, address: str, answer: Answer) -> Walked:
    """Walk a first pass over a channel as the spider does; `answer` is the server (None: 404)."""
    channel = Channel("政策文件", "policy", HOST + address)
    family = PLATFORMS[platform](stranger(HOST + "/"))
    walked = Walked(Walk("政策文件", ChannelState(False, 1, False, 1, FirstPage(), 0)))
    wanted: ListRequest | None = walked.walk.begin(family.list_requests(channel))
    while wanted is not None:
        walked.asked.append(wanted)
        assert len(walked.asked) < 60
        text = answer(wanted)
        if text is None:
            walked.walk.lost(wanted.page, Failure.NOT_FOUND)
            break
        page = family.parse_list(text.encode(), wanted.url, channel)
        following = walked.walk.hop(page, wanted)
        if following is None:
            walked.rows += page.rows
            walked.fields |= page.fields
            verdicts = [Verdict.NEW] * len(page.rows)
            following = walked.walk.take(page, wanted.page, page.rows, verdicts)
        wanted = following
    return walked


# UCAP


@pytest.mark.parametrize(
    "column",
    [
        shell(head=f'<meta name="channelId" content="{HEX}">'),
        shell(head=f"<meta content='{HEX}' name='channelid'/>", script="load('/common/search/'+channelId);"),
        shell(script=f'var channelId = "{HEX}"; $.getJSON("/common/search/" + channelId + "?_isAgg=true")'),
        shell(script=f"var channelId='{HEX}';createPageHTML('page_div',3, 1,'list','shtml',45);"),
    ],
)
def test_ucap_shells_lead_to_their_search(column: str) -> None:
    walked = walk_list("ucap", "/yanshi/c100280/xxgk_list.shtml", ucap_server(column))
    assert [path_of(request) for request in walked.asked] == [
        "/yanshi/c100280/xxgk_list.shtml",
        *[f"/common/search/{HEX}"] * 3,
    ]
    assert [row.title for row in walked.rows] == [title(n) for n in range(1, 46)]
    assert (walked.walk.end, walked.walk.total, walked.walk.failure) == (End.FINISHED, 45, None)
    row = walked.rows[0]
    assert (row.date, row.number) == (date(2026, 1, 5), "演政发〔2026〕1号")
    assert walked.fields[row.url] == {"doc_number": "演政发〔2026〕1号", "written_date": "2026-01-02"}


def test_a_static_ucap_list_with_a_channel_id_is_read_where_it_is() -> None:
    def answer(request: ListRequest) -> str | None:
        page = 2 if "_2." in request.url else 1
        rows = items(page, 15, 20, "/yanshi/c1/202601/{:032x}.shtml")
        script = "createPageHTML('page_div',2, 1,'list','shtml',20);"
        return shell(head=f'<meta name="channelId" content="{HEX}">', body=f"<ul>{rows}</ul>", script=script)

    walked = walk_list("ucap", "/yanshi/c100280/list.shtml", answer)
    assert [path_of(request) for request in walked.asked] == [
        f"/yanshi/c100280/list{n}.shtml" for n in ("", "_2")
    ]
    assert len(walked.rows) == 20 and walked.rows[0].title == title(1)


TREE = {
    "results": {
        "channelId": HEX,
        "channelName": "政策",
        "children": [
            {"channelId": "b" * 32, "channelCode": "c200001", "displayName": "规章", "children": []},
            {"channelId": "c" * 32, "channelCode": "c200002", "displayName": "规范性文件"},
        ],
    }
}


@pytest.mark.parametrize(
    ("fragment", "channel_id"), [("", HEX), ("#规范性文件", "c" * 32), ("#c200001", "b" * 32), ("#没有", "")]
)
def test_a_ucap_channel_code_is_looked_up_first(fragment: str, channel_id: str) -> None:
    def answer(request: ListRequest) -> str | None:
        if path_of(request) == "/common/getChannelList":
            assert query_of(request) == {"channelCode": "c111958", "websiteCodeName": "sthj"}
            return json.dumps(TREE)
        if path_of(request) == f"/common/search/{channel_id}":
            return json.dumps({"data": {"total": 1, "results": [ucap_result(1)]}})
        return shell(script="$.get('/common/getChannelList?channelCode='+code)")

    walked = walk_list("ucap", "/sthj/c111958/public_zfxxgk.shtml?tab=gkzc" + fragment, answer)
    assert len(walked.rows) == bool(channel_id)
    assert walked.walk.failure is (None if channel_id else Failure.LIST_SHELL)
    direct = walk_list(
        "ucap", "/common/getChannelList?channelCode=c111958&websiteCodeName=sthj" + fragment, answer
    )
    assert len(direct.rows) == bool(channel_id)


KIN = [
    (f"/searchList/{HEX}?_pageSize=50", f"/searchList/{HEX}", "GET", ("page", "_pageSize"), {"_isJson": "true"}),
    ("/search/common/search/1002", "/search/common/search/1002", "GET", ("page", "_pageSize"), {"_isAgg": "true"}),
    ("/u/search/wjk/rs?fwzh=&column=undefined", "/u/search/wjk/rs", "GET", ("curPage", "PageSize"), {"fwzh": ""}),
    (f"/u/search/list/{HEX}", f"/u/search/list/{HEX}", "FORM", ("currentPage", "number"), {"keywords": ""}),
    (f"/getFileListByCodeId?channelId={HEX}&size=30", "/getFileListByCodeId", "FORM", ("page", "size"), {"channelId": HEX}),
]  # fmt: skip


@pytest.mark.parametrize(("address", "path", "method", "counts", "sent"), KIN)
def test_ucap_kin(
    address: str, path: str, method: str, counts: tuple[str, str], sent: dict[str, str]
) -> None:
    def answer(request: ListRequest) -> str | None:
        assert (path_of(request), bool(request.form)) == (path, method == "FORM")
        assert not request.form or not query_of(request)
        values = dict(request.form) or query_of(request)
        assert sent.items() <= values.items()
        page, size = int(values[counts[0]]), int(values[counts[1]])
        rows = [
            {"TITLE": title(n), "URL_COMP": f"/c/{n}.shtml", "PUBLISHED_TIME_FORMATED": "2026-03-04"}
            for n in numbers(page, size, 70)
        ]
        return json.dumps({"data": {"page": {"total": 70, "list": rows}}})

    walked = walk_list("ucap", address, answer)
    assert [row.url for row in walked.rows] == [f"{HOST}/c/{n}.shtml" for n in range(1, 71)]
    assert walked.rows[0].date == date(2026, 3, 4)


def test_the_tax_law_library_names_its_interface_and_id_in_the_page() -> None:
    def answer(request: ListRequest) -> str | None:
        if request.form:
            rows = [{"title": title(1), "url": f"{HOST}/a/content.html", "writtendate": "2026-02-01"}]
            return json.dumps({"code": 200, "results": {"data": {"total": 1, "results": rows}}})
        return shell(script=f'var channelId = "{HEX}"; $.post("//www.yanshi.gov.cn/getFileListByCodeId", f)')

    walked = walk_list("ucap", "/zcfgk/c100006/listflfg.html", answer)
    assert dict(walked.asked[1].form) == {"codeId": "", "channelId": HEX, "size": "20", "page": "1"}
    row = walked.rows[0]
    assert (row.date, walked.fields[row.url]) == (None, {"written_date": "2026-02-01"})


# JCMS


def datastore(page: int, size: int, total: int, group: str) -> str:
    records = "".join(
        f"<record><![CDATA[<li><a href='/art/2026/1/{1 + n % 28}/art_7_{n}.html' title='{title(n)}'>演示</a><b>2026-01-{1 + n % 28:02}</b></li>]]></record>"
        for n in numbers(page, size, total)
    )
    following = f'<nextgroup><![CDATA[<a href="{group}"></a>]]></nextgroup>' if group else ""
    return f"<datastore>{following}<totalrecord>{total}</totalrecord><recordset>{records}</recordset></datastore>"


def test_an_encrypted_next_group_answers_nothing_and_is_no_loop() -> None:
    group = "/module/web/jpage/dataproxy.jsp?page=1&appid=1&columnid=Qm9vIQ==&unitid=eHh4&webid=1"

    def answer(request: ListRequest) -> str | None:
        if "dataproxy" in request.url:
            return '<?xml version="1.0" encoding="UTF-8"?><datastore />'
        return shell(body=f'<script type="text/xml">{datastore(1, 45, 300, group)}</script>')

    walked = walk_list("jcms", "/col/col104/index.html", answer)
    assert (len(walked.asked), len(walked.rows)) == (2, 45)
    assert (walked.walk.end, walked.walk.total, walked.walk.failure) == (End.FINISHED, 300, None)


def test_a_dataproxy_address_is_a_list() -> None:
    def answer(request: ListRequest) -> str | None:
        query = query_of(request)
        assert (query["columnid"], query["unitid"]) == ("4296", "31227")
        assert int(query["startrecord"]) == (int(query["page"]) - 1) * 45 + 1
        return datastore(int(query["page"]), int(query["perpage"]), 100, "")

    walked = walk_list(
        "jcms", "/module/web/jpage/dataproxy.jsp?page=1&webid=28&columnid=4296&unitid=31227", answer
    )
    assert (len(walked.rows), len(walked.asked)) == (100, 3)


@pytest.mark.parametrize("address", ["/col/col7/index.html", "/col/col7/index.html?uid=4892867&pageNum=1"])
def test_jcms_pages_by_unit_and_number(address: str) -> None:
    def answer(request: ListRequest) -> str | None:
        page = int(query_of(request).get("pageNum", "1"))
        links = "".join(f'<a href="?uid=4892867&amp;pageNum={n}">{n}</a>' for n in (1, 2, 3))
        rows = items(page, 15, 40, "/art/2026/1/5/art_7_{}.html")
        return shell(body=f'<div id="4892867"><ul>{rows}</ul>{links}</div>', script="jpage({totalRecord:40})")

    walked = walk_list("jcms", address, answer)
    assert (len(walked.rows), len({row.url for row in walked.rows}), len(walked.asked)) == (40, 40, 3)
    assert query_of(walked.asked[2]) == {"uid": "4892867", "pageNum": "3"}


XXGK = "/module/xxgk/search.jsp?infotypeId=B001A012&divid=div1229106886&jdid=1756"


@pytest.mark.parametrize(
    "address",
    [XXGK, "/col/col1229106886/index.html", "/module/xxgk/subjectinfo.jsp?sortfield=compaltedate:0&infotypeId=B001A012"],
)  # fmt: skip
def test_jcms_disclosure_search_is_posted_and_read_by_attributes(address: str) -> None:
    def answer(request: ListRequest) -> str | None:
        if "/col/" in request.url:
            return shell(script=f"$('#div1229106886').load('{XXGK.replace('&', '&amp;')}');")
        assert request.form["infotypeId"] == "B001A012" and not query_of(request)
        page = int(request.form["currpage"])
        rows = "".join(
            f'<tr class="tr_main_value_odd"><td><a mc="{title(n)}" rq="2026-01-05" wh="演政发〔2026〕{n}号" syh="002482429/2026-{n:05}"'
            f' href="/art/2026/1/5/art_1229106886_{n}.html">演示…</a></td><td>2026-01-05</td></tr>'
            for n in numbers(page, 20, 50)
        )
        return f"<table>{rows}</table><div>共50条记录 第{page}页&nbsp;&nbsp;共3页&nbsp;</div>"

    walked = walk_list("jcms", address, answer)
    posted = [request for request in walked.asked if request.form]
    assert [request.form["currpage"] for request in posted] == ["1", "2", "3"]
    row = walked.rows[49]
    assert (row.title, row.date, row.number) == (title(50), date(2026, 1, 5), "演政发〔2026〕50号")
    assert walked.fields[row.url]["index_number"] == "002482429/2026-00050"
    assert (len(walked.rows), walked.walk.total) == (50, 50)


JPAAS = [
    shell(body=jpaas_block("左侧导航") + jpaas_block("分页列表")),
    shell(body=jpaas_block("页脚") + jpaas_block("分页列表", "&quot;")),
    shell(
        body=f"<ul class='news'>{items(1, 3, 3, '/art/2025/1/1/art_1_{}.html')}</ul>{jpaas_block('分页列表')}"
    ),
]


@pytest.mark.parametrize("column", JPAAS)
def test_jpaas_columns_ask_the_unit_of_their_list(column: str) -> None:
    walked = walk_list("jcms", "/zwgk/zcfb/index.html", jpaas_server(column))
    assert len(walked.asked) == 4 and [row.title for row in walked.rows] == [title(n) for n in range(1, 46)]
    assert walked.rows[0].url == f"{HOST}/art/2026/art_{1:032x}.html" and walked.walk.failure is None


def test_jpaas_that_always_answers_page_one_ends_by_name() -> None:
    walked = walk_list("jcms", "/zwgk/zcfb/index.html", jpaas_server(JPAAS[0], stuck=True))
    assert (walked.walk.end, walked.walk.failure) == (End.FINISHED, Failure.LIST_REPEATS)


def test_a_jpaas_unit_and_search_fronts_as_lists() -> None:
    unit = f"/api-gateway/jpaas-publish-server/front/page/build/unit?webId={HEX}&tplSetId=t1&tagId=分页列表&pageId=9"
    assert len(walk_list("jcms", unit, jpaas_server("")).rows) == 45

    def front(request: ListRequest) -> str | None:
        assert not query_of(request) and request.form["websiteid"] == "990000000000000"
        page, size = int(request.form["p"]), int(request.form["pg"])
        rows = [
            f'<div class="jcse-result-box"><a href="http://www.yanshi.gov.cn/art/2026/1/5/art_7_{n}.html">{title(n)}</a><span>2026-01-05</span></div>'
            for n in numbers(page, size, 45)
        ]
        return json.dumps({"total": 45, "result": rows})

    walked = walk_list(
        "jcms", "/jsearchfront/interfaces/cateSearch.do?websiteid=990000000000000&cateid=658&q=", front
    )
    assert [row.title for row in walked.rows] == [title(n) for n in range(1, 46)]


def test_the_search_of_miit_is_a_list() -> None:
    def answer(request: ListRequest) -> str | None:
        query = query_of(request)
        records = [
            {
                "data": {
                    "title_text": title(n),
                    "cdate": "1767600000000",
                    "url": f"/zwgk/art/2026/art_{n:032x}.html",
                }
            }
            for n in numbers(int(query["p"]), int(query["pg"]), 30)
        ]
        return json.dumps({"data": {"searchResult": {"totalCount": 30, "dataResults": records}}})

    address = "/search-front-server/api/search/info?websiteid=110000000000000&category=51&p=3"
    walked = walk_list("jcms", address, answer)
    assert [row.title for row in walked.rows] == [title(n) for n in range(1, 31)]
    assert walked.rows[0].date == date(2026, 1, 5) and walked.walk.total == 30


# pc/list, gkmlpt, Longxun, eportal, Epoint


@pytest.mark.parametrize(
    ("address", "channel_code"),
    [
        ("/yssrmzf/szfwj/pc/list.html", "szfwj"),
        ("/yssrmzf/col/col42150/index.html", "col42150"),
        ("/queryList?webSiteCode[]=yssrmzf&channelCode[]=szfwj&current=7", "szfwj"),
    ],
)
def test_pclist_columns_post_their_codes(address: str, channel_code: str) -> None:
    def answer(request: ListRequest) -> str | None:
        if not request.form:
            return shell(
                script="var websiteId='5',codeName='x',unitid='380055';$.post('/queryList',{current:current})"
            )
        assert path_of(request) == "/queryList" and not query_of(request)
        assert request.form["webSiteCode[]"] == "yssrmzf" and request.form["channelCode[]"] == channel_code
        assert request.form["current"] == request.form["pageNo"] == str(request.page)
        return pclist_answer(request)

    walked = walk_list("pclist", address, answer)
    assert [row.title for row in walked.rows] == [title(n) for n in range(1, 41)]
    assert walked.rows[0].url == f"{HOST}/yssrmzf/szfwj/pc/content/content_{10**18 + 1}.html"
    assert walked.rows[0].date == date(2026, 1, 5)
    assert "queryList" in address or walked.asked[1].form["unitid"] == "380055"


@pytest.mark.parametrize(
    ("address", "prefix", "category"),
    [
        ("/gkmlpt/index", "", "0"),
        ("/gkmlpt/index#1234", "", "1234"),
        ("/zslyj/gkmlpt/index#77", "/zslyj", "77"),
    ],
)
def test_gkmlpt_asks_its_category(address: str, prefix: str, category: str) -> None:
    def answer(request: ListRequest) -> str | None:
        if path_of(request).endswith("/index"):
            assert "#" not in request.url
            config = 'window._CONFIG = {ACTION: \'index\', SITE_INFO: {"id":"9"}, SID: \'755038\', TREE: [{"id":1}]};'
            return shell(script=config, body='<div id="app"></div>')
        assert (
            path_of(request) == f"{prefix}/gkmlpt/api/all/{category}" and query_of(request)["sid"] == "755038"
        )
        rows = [
            {
                "id": n,
                "title": title(n),
                "url": f"{HOST}/gkmlpt/content/9/9306/post_{9306000 + n}.html",
                "publish_time": 1729675576,
                "first_publish_time": 1699340577,
                "display_publish_time": 0,
                "identifier": f"Y/2023-{n:05}",
                "document_number": f"演卫函〔2023〕{n}号",
            }
            for n in numbers(int(query_of(request)["page"]), 100, 130)
        ]
        return json.dumps({"classify": {"id": 1, "post_count": 130}, "articles": rows})

    walked = walk_list("gkmlpt", address, answer)
    assert (len(walked.rows), len(walked.asked), walked.walk.total) == (130, 3, 130)
    assert (walked.rows[0].date, walked.rows[0].number) == (date(2023, 11, 7), "演卫函〔2023〕1号")
    assert walked.fields[walked.rows[0].url]["index_number"] == "Y/2023-00001"


@pytest.mark.parametrize(
    "address",
    [
        "/public/column/21691?type=4&action=list&nav=3&catId=32709621",
        "/site/tpl/6311?catId=32709621&type=4",
        "/zwgk/public/column/21691?type=4&catId=32709621",
    ],
)
def test_longxun_shells_ask_the_label(address: str) -> None:
    def answer(request: ListRequest) -> str | None:
        below = "/zwgk" if address.startswith("/zwgk") else ""
        if path_of(request) in (f"{below}/public/column/21691", "/site/tpl/6311"):
            script = (
                "var p={siteId:'6781961',organId:'21691',pageSize:15,pageIndex:1,type:6,catId:'1',catIds:'',isInvalid:'0,5',labelName:'publicInfoList',"
                "file:'/jh5/publicInfoList_xzgfk'};$.ajax({url:'BELOW/site/label/8888',type:'POST',data:p})"
            )
            return shell(head='<meta name="SiteId" content="6781961">', script=script.replace("BELOW", below))
        query = query_of(request)
        assert path_of(request) == f"{below}/site/label/8888" and "length" not in query
        wanted = {
            "siteId": "6781961",
            "organId": "21691",
            "type": "4",
            "catId": "32709621",
            "isInvalid": "0,5",
        }
        assert wanted.items() <= query.items() and query["file"] == "/jh5/publicInfoList_xzgfk"
        rows = items(int(query["pageIndex"]), int(query["pageSize"]), 40, "/public/21691/{}.html")
        return f'<div class="xxgk_navli"><ul>{rows}</ul></div><script>$("#p").pagination({{pageCount:3,total:40}})</script>'

    walked = walk_list("longxun", address, answer)
    assert ([row.title for row in walked.rows], len(walked.asked)) == ([title(n) for n in range(1, 41)], 4)
    assert walked.walk.total == 40 and walked.rows[0].url == f"{HOST}/public/21691/1.html"


def test_longxun_content_columns_count_pages_in_the_address() -> None:
    def answer(request: ListRequest) -> str | None:
        page = int(query_of(request).get("pageIndex", "1"))
        rows = items(page, 15, 40, "/content/article/{}")
        return shell(
            body=f'<div class="listnews"><ul>{rows}</ul></div>', script="createPage({pageCount:3,current:1})"
        )

    walked = walk_list("longxun", "/content/column/6792061?pageIndex=1", answer)
    assert (len(walked.rows), [query_of(r)["pageIndex"] for r in walked.asked]) == (40, ["1", "2", "3"])


def eportal_pager(kind: str, page: int) -> str:
    address = {
        "hash": f"/fgw/index/tzgg/5dbcf8b5-{page}.shtml",
        "uuid": f"/17896/0dc0b2d6f1a84f5d9c4e8a7b6c5d4e3f-{page}.html",
        "portlet": f"/eportal/ui?pageId=2637137&amp;currentPage={page}&amp;moduleId=d4f52ddd87394823",
    }[kind]
    return (
        f'<a class="pagingNormal" href="javascript:void(0)" tagname="[{address}]"'
        f" onclick=\"queryArticleByCondition(this,'{address}')\">下一页</a>"
        '<div class="easysite-total-page">页码：<b>1</b>/<b>3</b></div>'
    )


@pytest.mark.parametrize(
    ("kind", "third"),
    [
        ("hash", "/fgw/index/tzgg/5dbcf8b5-3.shtml"),
        ("uuid", "/17896/0dc0b2d6f1a84f5d9c4e8a7b6c5d4e3f-3.html"),
        ("portlet", "/eportal/ui?pageId=2637137&currentPage=3&moduleId=d4f52ddd87394823"),
    ],
)
def test_eportal_pages_by_the_tagname_of_the_pager(kind: str, third: str) -> None:
    seen: list[str] = []

    def answer(request: ListRequest) -> str | None:
        seen.append(request.url)
        rows = items(len(seen), 15, 40, "/fgw/index/tzgg/20260105101500{}/index.shtml")
        return shell(body=f"<ul>{rows}</ul>{eportal_pager(kind, 2)}")

    walked = walk_list("eportal", "/fgw/index/tzgg/index.shtml", answer)
    assert (len(walked.rows), seen[2], len(seen)) == (40, HOST + third, 3)


def test_eportal_portlets_answer_json() -> None:
    def answer(request: ListRequest) -> str | None:
        query = query_of(request)
        assert (query["portal.url"], query["fldm"]) == ("/portlet/xxgkml!queryList.portlet", "353")
        rows = [
            {"title": title(n), "url": f"/x/{n}/index.shtml", "date": "2026-01-05"}
            for n in numbers(int(query["pageNo"]), int(query["pageSize"]), 30)
        ]
        return json.dumps({"total": 30, "result": rows})

    address = "/eportal/ui?moduleId=5&portal.url=/portlet/xxgkml!queryList.portlet&pageNo=1&pageSize=20&flmc=tcfl&fldm=353"
    assert len(walk_list("eportal", address, answer).rows) == 30


GUID = "7eb5f7f1-9041-43ad-8e13-8fcb82ea831a"


@pytest.mark.parametrize(
    ("address", "category", "dept"),
    [
        ("/zwgk/001001/001001002/list.html", "001001002", ""),
        ("/001/001001/subPage.html", "001001", ""),
        ("/dynamic/zwgk/govInfoPub.html?categorynum=003017002&deptcode=001001", "003017002", "001001"),
    ],
)
def test_epoint_columns_look_up_the_ids_of_their_site(address: str, category: str, dept: str) -> None:
    def answer(request: ListRequest) -> str | None:
        path = path_of(request)
        if path == "/js/webBuilderCommon.js":
            return f'var siteInfo = {{"projectName":"/EWB-FRONT","siteGuid":"{GUID}","isShow":1}};function f(){{}}'
        if path != "/EWB-FRONT/rest/lightfrontaction/getgovinfolist":
            return shell(
                head='<script src="/js/webBuilderCommon.js"></script>',
                body='<ul class="ewb-list-items"></ul>',
            )
        body = json.loads(request.json)
        assert (body["siteGuid"], body["categorynum"], body["deptcode"]) == (GUID, category, dept)
        page = body["pageIndex"] + 1
        assert page == request.page
        rows = [
            {"title": title(n), "infourl": f"/001/001001/20260105/{n}.html", "infodate": "2026-01-05"}
            for n in numbers(page, body["pageSize"], 45)
        ]
        return json.dumps({"status": {"code": 1}, "custom": json.dumps({"data": rows, "total": 45})})

    walked = walk_list("epoint", address, answer)
    assert [row.title for row in walked.rows] == [title(n) for n in range(1, 46)]
    assert (walked.rows[0].date, walked.walk.total, len(walked.asked)) == (date(2026, 1, 5), 45, 5)


def test_epoint_static_columns_and_nfcms_columns_are_lists() -> None:
    rows = items(1, 15, 15, "/zwgk/001001/001001002/20260105/{}.html")
    page = shell(
        head='<script src="/js/webBuilderCommon.js"></script>', body=f'<ul class="ewb-list-items">{rows}</ul>'
    )
    assert len(walk_list("epoint", "/zwgk/001001/001001002/list.html", lambda _: page).rows) == 15

    def columns(request: ListRequest) -> str | None:
        number = {"index.html": 1, "index_2.html": 2}.get(request.url.rpartition("/")[2], 0)
        if not number:
            return None
        rows = items(number, 15, 20, "/zwgk/wjk/qbwj/yfh/content/post_{}.html")
        following = '<a class="next" href="/zwgk/wjk/index_2.html">下一页</a>' if number == 1 else ""
        return shell(body=f'<div class="viewList"><ul>{rows}</ul></div>{following}')

    assert len(walk_list("nfcms", "/zwgk/wjk/index.html", columns).rows) == 20


# answers that are none

ADDRESSES = {
    "ucap": f"/common/search/{HEX}",
    "jcms": "/api-gateway/jpaas-publish-server/front/page/build/unit?webId=1&pageId=2",
    "pclist": "/queryList?webSiteCode[]=a&channelCode[]=b",
    "gkmlpt": "/gkmlpt/api/all/0?sid=2",
    "longxun": "/site/label/8888?siteId=1&organId=2",
    "eportal": "/eportal/ui?moduleId=5&portal.url=/portlet/x.portlet",
    "epoint": "/EWB-FRONT/rest/lightfrontaction/getgovinfolist?categorynum=001&siteGuid=1",
    "nfcms": "/zwgk/index.html",
}
NEWS = f"<ul>{items(1, 10, 10, '/xw/{}.shtml')}</ul>"


@pytest.mark.parametrize("platform", ADDRESSES)
@pytest.mark.parametrize(
    "answer",
    ["", "<html><body><h1>502 Bad Gateway</h1></body></html>", '{"code":500,"msg":"系统异常"}', "[]", "null", '{"data":{"results":[{"title":"演示', '{"data":{"html":""}}'],
)  # fmt: skip
def test_answers_without_rows_have_a_name(platform: str, answer: str) -> None:
    walked = walk_list(platform, ADDRESSES[platform], lambda _: answer)
    assert walked.walk.end is End.FAILED and len(walked.asked) == 1
    assert walked.walk.failure in (Failure.LIST_EMPTY, Failure.LIST_SHELL, Failure.LIST_UNREADABLE)


@pytest.mark.parametrize("platform", sorted(ADDRESSES.keys() - {"longxun", "nfcms"}))
def test_a_home_page_is_no_answer_of_an_interface(platform: str) -> None:
    walked = walk_list(platform, ADDRESSES[platform], lambda _: shell(body=NEWS))
    assert not walked.rows and walked.walk.failure is Failure.LIST_UNREADABLE


@pytest.mark.parametrize(
    ("platform", "address", "column"),
    [
        ("ucap", "/c1/list.shtml", shell(script="var channelId = channel;")),
        ("ucap", "/c1/list.shtml", shell(head='<meta name="channelId" content="../../etc">')),
        ("ucap", "/list.shtml", shell(script="get('/common/getChannelList')")),
        ("jcms", "/col/col1/index.html", shell(body='<script queryData="{" url="/unit"></script>')),
        (
            "jcms",
            "/col/col1/index.html",
            shell(body="<script queryData=\"{'webId':'1','pageId':'2'}\"></script>"),
        ),
        ("jcms", "/col/col1/index.html", shell(script="load('/module/xxgk/search.jsp')")),
        ("pclist", "/list.html", shell(script="$.post('/queryList')")),
        ("gkmlpt", "/gkmlpt/index", shell(script="window._CONFIG = {SID: 'x'}")),
        ("longxun", "/public/column/1", shell(script="labelName:'publicInfoList'")),
        ("epoint", "/zwgk/list.html", shell(head='<script src="/js/webBuilderCommon.js">')),
    ],
)
def test_shells_that_do_not_say_enough_have_no_rows(platform: str, address: str, column: str) -> None:
    walked = walk_list(platform, address, lambda _: column)
    assert len(walked.asked) == 1 and not walked.rows
    assert walked.walk.failure in (Failure.LIST_EMPTY, Failure.LIST_SHELL)


def test_a_script_without_ids_ends_the_walk_by_name() -> None:
    def answer(request: ListRequest) -> str | None:
        return "var siteInfo = {};" if request.url.endswith(".js") else shell(script="EWB-FRONT")

    walked = walk_list("epoint", "/001/001001/list.html", answer)
    assert (len(walked.asked), walked.walk.failure) == (2, Failure.LIST_SHELL)


def test_what_counts_pages_is_never_taken_from_the_address() -> None:
    interfaces = PLATFORMS["pclist"].interfaces
    paging = paging_of(interfaces, HOST + "/queryList?pageNo=9&pageSize=30&channelCode[]=001")
    assert paging is not None and paging.size == 30
    assert dict(paging.request(2).form) == {
        "pageNo": "2", "perPage": "15", "sort": "sortNum", "order": "desc", "pageSize": "30", "channelCode[]": "001", "current": "2",
    }  # fmt: skip
    body = paging_of(
        PLATFORMS["epoint"].interfaces,
        HOST + "/x/rest/lightfrontaction/getgovinfolist?categorynum=001002&pageSize=5",
    )
    assert body is not None and json.loads(body.request(3).json) == {
        "deptcode": "", "categorynum": "001002", "pageSize": 5, "pageIndex": 2,
    }  # fmt: skip


NAMES = sorted(
    {one.page for kind in PLATFORMS.values() for one in kind.interfaces} | {"pageSize", "size", "x[]", "uid"}
)


@given(
    st.sampled_from(sorted(ADDRESSES.values())),
    st.dictionaries(st.sampled_from(NAMES), st.text(max_size=30), max_size=5),
    st.integers(1, 10_000),
)
def test_any_parameters_give_one_request_a_page(address: str, params: dict[str, str], page: int) -> None:
    path, _, query = (HOST + address).partition("?")
    query = "&".join(pair for pair in query.split("&") if pair.partition("=")[0] not in params)
    for kind in PLATFORMS.values():
        paging = paging_of(kind.interfaces, f"{path}?{query}&{urlencode(params)}")
        if paging is not None:
            assert paging.numbered and 1 <= paging.size <= 999
            one, other = paging.request(page), paging.request(page + 1)
            assert one != other and "{n}" not in one.json and one == paging.request(page)
            assert not (one.form or one.json) or "?" not in one.url


HUGE = {
    "script": "<script queryData='{" * 10_000,
    "value": "var channelId = " * 10_000,
    "record": "<a mc=" * 20_000,
    "pager": "('a-1.html" * 10_000,
    "meta": "<meta name='channelId' " * 8_000,
    "call": "/module/xxgk/search.jsp" * 8_000,
}


@pytest.mark.parametrize("platform", ADDRESSES)
def test_hostile_shells_take_linear_time(platform: str) -> None:
    channel = Channel("政策文件", "policy", HOST + "/001/001001/list.html")
    family = PLATFORMS[platform](stranger(HOST))
    begun = time.process_time()
    for text in HUGE.values():
        assert not family.parse_list(text.encode(), channel.list, channel).rows
    assert time.process_time() - begun < 3


RECOGNISED = [
    ("ucap", "/ncszf/ncsgfxwj/202604/0a1b2c3d4e5f60718293a4b5c6d7e8f9.shtml", ""),
    ("ucap", "/zfxxgk/c100280/xxgk_list.shtml", ""),
    ("ucap", "", "createPageHTML('page_div',20, 1,'list','shtml',383)<ucapcontent>"),
    ("jcms", "/col/col33718/index.html", "<datastore><recordset>"),
    ("jcms", "/art/2026/9/11/art_33718_11828204.html", ""),
    ("jcms", "/zwgk/zcfb/index.html", JPAAS[0]),
    ("pclist", "/jxsrmzf/szfwj/pc/list.html", "$.post('/queryList',{})"),
    ("pclist", "/ycsrmzf/tzgg/pc/content/content_1234567890123456789.html", ""),
    ("gkmlpt", "/gkmlpt/content/9/9306/post_9306638.html", "window._CONFIG = {"),
    ("nfcms", "/zwgk/wjk/qbwj/content/post_12093872.html", "NFCMS_SITE_ID='2'"),
    ("longxun", "/public/column/21691?type=4&action=list", "/site/label/8888"),
    ("longxun", "/public/21691/32709621.html", '<table class="table_suoyin">'),
    ("eportal", "/fgw/index/tzgg/index.shtml", '<div class="easysite-total-page">'),
    ("epoint", "/zwgk/001001/001001002/list.html", '<script src="/js/webBuilderCommon.js">'),
]


@pytest.mark.parametrize(("platform", "address", "text"), RECOGNISED)
def test_families_know_their_own(platform: str, address: str, text: str) -> None:
    page = SeenPage(HOST + address if address else "", text)
    found = sorted((kind.recognises(page) for kind in PLATFORMS.values()), key=lambda one: -one.confidence)
    assert found[0].platform == platform and found[0].confidence >= 0.6 and found[0].reasons
    assert found[1].confidence < found[0].confidence
