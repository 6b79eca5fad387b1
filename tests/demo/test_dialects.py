"""Every family as a client meets it: first page, paging, details, annexes, read here with plain expressions."""

import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest
from made_sites import ROOT, Client, client_of, local

from demo import web
from demo.dialects.view import Reply
from demo.pages import plain
from demo.world import World

pytestmark = pytest.mark.slow

Walk = Callable[[Client, str], Iterator[list[str]]]


def links(html: str, row: str, base: str) -> list[str]:
    """The addresses that a row's expression finds, as paths."""
    return [local(urljoin(ROOT + urlsplit(base).path, unescape(href))) for href in re.findall(row, html)]


def numbered(row: str, name: Callable[[str, int], str], total: str = "") -> Walk:
    """Static pages by number: `name` makes the address of page n, `total` finds the number of pages in the first."""

    def walk(client: Client, first: str) -> Iterator[list[str]]:
        html = client.get(first)
        pages = int(re.findall(total, html)[0]) if total else 99
        yield links(html, row, first)
        number = 2
        while number <= pages and not client.missing(name(first, number)):
            here = name(first, number)
            yield links(client.get(here), row, here)
            number += 1
        assert client.missing(name(first, number))
        assert not total or number == pages + 1

    return walk


def by_script(row: str, name: str) -> Walk:
    """Pages of a script by a parameter, empty behind the last."""

    def walk(client: Client, first: str) -> Iterator[list[str]]:
        yield links(client.get(first), row, first)
        for number in range(2, 99):
            here = f"{first.split(f'&{name}=')[0]}&{name}={number}"
            found = links(client.get(here), row, here)
            if not found:
                return
            yield found

    return walk


def by_json(ask: Callable[[Client, str, int], str], rows: Callable[[Any], list[str]]) -> Walk:
    """Answers of an interface: `ask` gets page n, `rows` finds the addresses in it."""

    def walk(client: Client, first: str) -> Iterator[list[str]]:
        for number in range(1, 99):
            found = [local(urljoin(ROOT, href)) for href in rows(json.loads(ask(client, first, number)))]
            if not found:
                return
            yield found

    return walk


def walk_vsb(client: Client, first: str) -> Iterator[list[str]]:
    row = r'id="line_u1?3?_\d+">.*?<a [^>]*?href="([^"]+)"'
    html = client.get(first)
    total = int(re.findall(r"_simple_list_gotopage_fun\((\d+)", html)[0])
    assert f'href="{first.rsplit("/", 1)[1].removesuffix(".htm")}/{total - 1}.htm"' in html
    yield links(html, row, first)
    for number in range(total - 1, 0, -1):
        here = f"{first.removesuffix('.htm')}/{number}.htm"
        yield links(client.get(here), row, here)
    assert client.missing(f"{first.removesuffix('.htm')}/{total}.htm")


def walk_longxun(client: Client, first: str) -> Iterator[list[str]]:
    html = client.get(first)
    if "/content/column/" in first:
        rows = by_script(r'<li><a href="(/content/article/\d+)"', "pageIndex")
        yield from rows(client, f"{first}?x=")
        return
    assert not re.findall(r"/public/\d+/\d+\.html", html)
    given = dict(re.findall(r"(\w+):'?([^',}]*)'?[,}]", html[html.index("var param") :]))
    assert re.findall(r'name="SiteId" content="(\d+)"', html) == [given["siteId"]]
    for number in range(1, 99):
        fragment = client.post("/site/label/8888?IsAjax=1&dataType=html", {**given, "pageIndex": str(number)})
        if "暂无相关信息" in fragment:
            return
        assert fragment == client.get(
            "/site/label/8888?" + "&".join(f"{key}={given[key]}" for key in ("labelName", "siteId", "organId", "catId"))
            + f"&pageIndex={number}"
        )  # fmt: skip
        yield links(fragment, r'class="xxgk_navli">.*?<a href="([^"]+)"', "/")


def walk_gkmlpt(client: Client, first: str) -> Iterator[list[str]]:
    html, category = client.get(first.split("#")[0]), first.split("#")[1]
    (sid,) = re.findall(r"SID: '(\d+)'", html)
    assert f'"id": {category}' in html
    root = first.split("/index")[0]
    ask = by_json(
        lambda c, _, n: c.get(f"{root}/api/all/{category}?page={n}&sid={sid}"),
        lambda data: [row["url"] for row in data["articles"]],
    )
    yield from ask(client, first)


def walk_finecms(client: Client, first: str) -> Iterator[list[str]]:
    html = client.get(first)
    values = re.findall(r'"([^"]*)"', re.findall(r"ajax_type=\[(.*?)\];", html)[0])
    form = {"ajax_type[]": ",".join(values), "is_ds": "1"}
    assert client.reply("/api-ajax_list-1.html", form, referer=False) is None
    ask = by_json(
        lambda c, _, n: c.post(f"/api-ajax_list-{n}.html", form),
        lambda data: [row["url"] for row in data["data"]],
    )
    yield from ask(client, first)


def walk_pclist(client: Client, first: str) -> Iterator[list[str]]:
    html = client.get(first)
    assert client.missing("/queryList?channelCode[]=zcwj")
    given = dict(re.findall(r'var (\w+)="([^"]*)"', html))
    form = {
        "unitid": given["unitid"],
        "webSiteCode[]": given["webSiteCode"],
        "channelCode[]": given["codeName"],
    }
    ask = by_json(
        lambda c, _, n: c.post("/queryList", {**form, "current": str(n), "pageSize": "15"}),
        lambda data: [json.loads(row["source"]["urls"])["pc"] for row in data["data"]["results"]],
    )
    yield from ask(client, first)


def walk_gov_cn(client: Client, first: str) -> Iterator[list[str]]:
    if first.endswith("home.htm"):
        row = r'<h4><a href="([^"]+)"'
        yield from numbered(row, lambda a, n: a.replace("home", f"home_{n - 1}"))(client, first)
    elif "search-gov" in first:
        yield from by_json(
            lambda c, a, n: c.get(f"{a}&p={n}&n=20"),
            lambda data: [row["url"] for row in data["searchVO"]["listVO"]],
        )(client, local("http:" + first))
    else:
        assert "ZUIXINZHENGCE.json" in client.get(first)
        rows = json.loads(client.get(f"{first}ZUIXINZHENGCE.json"))
        yield [local(row["URL"]) for row in rows]


def walk_jpaas(client: Client, first: str) -> Iterator[list[str]]:
    html = unescape(client.get(first))
    (_, data) = (json.loads(text.replace("'", '"')) for text in re.findall(r'queryData="(\{.*?\})"></', html))
    assert data["parseType"] == "bulidstatic"
    query = "&".join(f"{key}={value}" for key, value in data.items())
    for number in range(1, 99):
        answer = client.get(
            f'/api-gateway/jpaas-publish-server/front/page/build/unit?{query}&paramJson={{"pageNo":{number},"pageSize":15}}'
        )
        found = links(json.loads(answer)["data"]["html"], r'<li[^>]*><a class="news" href="([^"]+)"', first)
        if not found:
            return
        yield found


def walk_xxgk(client: Client, first: str) -> Iterator[list[str]]:
    html = client.post(first, {"currpage": "1"})
    pages = int(re.findall(r"共(\d+)页", html)[0])
    for number in range(1, pages + 1):
        html = client.post(first, {"currpage": str(number)})
        assert len(re.findall(r' rq="\d{4}-\d\d-\d\d" wh="', html)) == len(re.findall(" mc=", html))
        yield links(html, r'<a href="([^"]+)" mc="', first)


def walk_aspx(client: Client, first: str) -> Iterator[list[str]]:
    row = r"<li><a href='([^']+)'>·"
    if "ClassID" in first:
        yield from by_script(row, "page")(client, first)
        return
    html = client.get(first)
    while True:
        yield links(html, row, first)
        found = re.findall(r"__doPostBack\(&#39;([^&]+)&#39;,&#39;(\d+)&#39;\)[^>]*>下一页", html)
        if not found:
            break
        state = re.findall(r'id="__VIEWSTATE" value="([^"]+)"', html)[0]
        target, number = found[0]
        html = client.post(first, {"__EVENTTARGET": target, "__EVENTARGUMENT": number, "__VIEWSTATE": state})
    refused = client.reply(first, {"__EVENTTARGET": "x", "__EVENTARGUMENT": "2"})
    assert refused is not None and refused.status == 500


def walk_epoint(client: Client, first: str) -> Iterator[list[str]]:
    if first.endswith("list.html"):
        row = r'<a href="([^"]+)" class="ewb-list-name'
        yield from numbered(row, lambda a, n: a.replace("list.html", f"{n}.html"))(client, first)
        return
    assert "webBuilderCommon.js" in client.get(first)
    info = json.loads(re.findall(r"siteInfo = (\{.*?\});", client.get("/js/webBuilderCommon.js"))[0])
    body = {"deptcode": "", "categorynum": first.split("=")[1], "siteGuid": info["siteGuid"], "pageSize": 20}
    place = f"{info['projectName']}/rest/lightfrontaction/getgovinfolist"
    ask = by_json(
        lambda c, _, n: c.post(place, data={**body, "pageIndex": n - 1}),
        lambda data: [row["infourl"] for row in data["custom"]["data"]],
    )
    yield from ask(client, first)
    wrapped = json.loads(client.post(place, data={"params": {**body, "pageIndex": "0"}}))
    assert wrapped["custom"]["total"] > 20


def walk_eportal(client: Client, first: str) -> Iterator[list[str]]:
    if "portlet" in first:
        yield from by_json(
            lambda c, a, n: c.get(f"{a}&pageNo={n}&pageSize=20"),
            lambda data: [row["url"] for row in data["result"]],
        )(client, first)
        return
    here, row = first, r'<li><a href="([^"]+)"[^>]*title='
    while True:
        html = client.get(here)
        yield links(html, row, here)
        found = re.findall(r"tagname=\"([^\"]+)\"[^>]*>下一页", html)
        if not found:
            return
        here = found[0]


def walk_ds(client: Client, first: str) -> Iterator[list[str]]:
    (name,) = re.findall(r'id="showData0"[^>]*data="datasource:(\w+)"', client.get(first))
    place = urljoin(first, f"ds_{name}.json")
    rows = json.loads(client.get(place))["datasource"]
    yield [local(urljoin(ROOT + place, row["publishUrl"])) for row in rows]


def walk_cac(client: Client, first: str) -> Iterator[list[str]]:
    (code,) = re.findall(r"channelCode = '(A\d+)'", client.get(first))
    assert f"/{code}index_1.htm" in first
    ask = by_json(
        lambda c, _, n: c.post("/cms/JsonList", {"channelCode": code, "perPage": "20", "pageno": str(n)}),
        lambda data: [row["infourl"] for row in data["list"]],
    )
    yield from ask(client, first)


def walk_nfra(client: Client, first: str) -> Iterator[list[str]]:
    assert "ng-app" in client.get(first)
    (number,) = re.findall(r"itemId=(\d+)", first)
    folder = "/cn/static/data/DocInfo/SelectDocByItemIdAndChild"
    for page in range(1, 99):
        place = f"{folder}/data_itemId={number},pageIndex={page},pageSize=18.json"
        if client.missing(place):
            return
        rows = json.loads(client.get(place))["data"]["rows"]
        yield [f"/cn/view/pages/ItemDetail.html?docId={row['docId']}" for row in rows]


def walk_truecms(client: Client, first: str) -> Iterator[list[str]]:
    html = client.get(first)
    (column,) = re.findall(r"columnId:'([^']+)'", html)
    (place,) = re.findall(r"proxyUrl:'([^']+)'", html)
    assert client.reply(f"{place}?columnId={column}", referer=False) is None
    for start in range(1, 999, 50):
        query = f"startrecord={start}&endrecord={start + 49}&perpage=50&columnId={column}"
        text = client.get(f"{place}?{query}&callback=cb")
        assert text.startswith("cb(")
        found = links(json.loads(text[3:-1])["result"], r'<!\[CDATA\[<li><a href="([^"]+)"', first)
        if not found:
            break
        yield found
    assert json.loads(client.get(f"{place}?startrecord=1&endrecord=100&columnId={column}"))["result"] == ""


LI = r'<li[^>]*>(?:<span[^>]*>[^<]*</span>)?<a href="([^"]+)"[^>]*title='
WALKS: dict[str, Walk] = {
    "ankang": numbered(LI, lambda a, n: a.replace(".html", f"_{n}.html")),
    "aspx": walk_aspx,
    "cac": walk_cac,
    "ds_json": walk_ds,
    "eportal": walk_eportal,
    "epoint": walk_epoint,
    "finecms": walk_finecms,
    "gkmlpt": walk_gkmlpt,
    "gov_cn": walk_gov_cn,
    "hebei": numbered(
        r'<li><a href="([^"]+)"[^>]*><span class="title',
        lambda a, n: a.replace(".html", f"_{n}.html"),
        r"<span>1/(\d+)<",
    ),
    "ilist": by_script(LI, "cur_page"),
    "index_pc": numbered(LI, lambda a, n: f"{a}index_pc_{n}.html"),
    "jcms-jpaas": walk_jpaas,
    "jcms-xxgk": walk_xxgk,
    "jeecms": numbered(
        r'</span><a href="([^"]+)" target="_blank" title=',
        lambda a, n: a.replace(".j", f"_{n}.j"),
        r"条记录 1/(\d+)页",
    ),
    "longxun": walk_longxun,
    "nfcms": numbered(LI, lambda a, n: f"{a}index_{n}.html"),
    "nfra": walk_nfra,
    "pclist": walk_pclist,
    "rt": by_script(LI, "pageNo"),
    "shanghai": numbered(LI, lambda a, n: a.replace(".html", f"_{n}.html"), r"totalPage: (\d+)"),
    "szinf": by_json(
        lambda c, a, n: c.post(a, {"pageIndex": str(n)}),
        lambda data: [row["URL"] for row in data["data"]["list"]],
    ),
    "truecms": walk_truecms,
    "vsb": walk_vsb,
    "xa_publish": numbered(
        LI, lambda a, n: a.replace("1.html", f"{n}.html"), r"maxPage = parseInt\('(\d+)'\)"
    ),
}


def walk_n_content(client: Client, first: str) -> Iterator[list[str]]:
    html = client.get(first)
    column, total = re.findall(r"var maxPageNum(\d+)=(\d+)", html)[0]
    yield links(html, LI, first)
    for number in range(int(total) - 1, 0, -1):
        here = first.replace("index.html", f"index_{column}_{number}.html")
        assert f'href="index_{column}_{number}.html"' in html
        yield links(client.get(here), LI, here)


WALKS["n_content"] = walk_n_content

# Where the text stands, in portals and in departments where they differ.
CONTAINERS = {
    "ankang": "//div[@id='fontzoom']",
    "aspx": "//div[@id='Body_lb_NewsContent']",
    "cac": "//div[@id='BodyLabel']",
    "ds_json": "//span[@id='detailContent']",
    "eportal": "//div[contains(@class, 'zoom')]",
    "epoint": "//div[@class='ewb-article-info']",
    "finecms": "//div[@class='show_content']",
    "gkmlpt": "//div[@class='article-content']",
    "gov_cn": "//div[@id='UCAP-CONTENT']",
    "hebei": "//div[@id='zoom']",
    "ilist": "//section/article | //div[@class='info_content']",
    "index_pc": "//div[@class='article']",
    "jcms-jpaas": "//div[@id='zoom' or @id='con_con']",
    "jcms-xxgk": "//div[@id='zoom']",
    "jeecms": "//div[@class='con-txt']",
    "longxun": "//div[contains(@class, 'wzcon')]",
    "n_content": "//div[@class='zsy_comain' or @id='fontzoom']",
    "nfcms": "//div[@class='detailCon' or @id='zoomcon']",
    "nfra": "//div[@class='Section0']",
    "pclist": "//div[@class='article-content-body']",
    "rt": "//div[@class='show-text']",
    "shanghai": "//div[@id='ivs_content']",
    "szinf": "//div[@id='zoomcon']",
    "truecms": "//div[@id='zoom']",
    "vsb": "//div[@id='vsb_content']",
    "xa_publish": "//div[@class='m-txt-article']",
}


@pytest.fixture(scope="module")
def world() -> World:
    return World(documents=900, seed=5)


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("kind", ["portal", "department"])
@pytest.mark.parametrize("name", sorted(WALKS))
def test_the_pages_of_a_list_are_its_rows(world: World, name: str, kind: str) -> None:
    client = client_of(world, name, kind)
    for place, channel in enumerate(client.view.site.channels):
        first = client.shelf.dialect.list_address(client.view.site, channel)
        pages = list(WALKS[name](client, first))
        wanted = [client.shelf.path(page) for page in client.shelf.columns[place]]
        assert [href for page in pages for href in page] == wanted, first
        one_file = name == "ds_json" or (name == "gov_cn" and channel.type == "notice")
        assert len(pages) > 1 or one_file or (name in ("gkmlpt", "truecms") and len(wanted) < 100)


@pytest.mark.parametrize("kind", ["portal", "department"])
@pytest.mark.parametrize("name", sorted(WALKS))
def test_details_say_what_the_page_says(world: World, name: str, kind: str) -> None:
    client = client_of(world, name, kind)
    view, dialect = client.view, client.shelf.dialect
    with_files = [page for rows in client.shelf.columns for page in rows if page.attachments]
    for page in [rows[0] for rows in client.shelf.columns] + with_files[:6]:
        address = client.shelf.path(page)
        html = client.get(dialect.content_path(view.site, page) or address)
        if name == "nfra":
            assert page.title not in client.get(address)
            data = json.loads(html)["data"]
            annexes = {row["urlOtherName"] for row in data["attachmentInfoVOList"]}
            html = f"<html><h1>{data['docTitle']}</h1>{data['documentNo']} {data['indexNo']}{data['docClob']}</html>"
        else:
            hrefs = re.findall(r'<a [^>]*?href="([^"]+)"', html)
            annexes = {local(urljoin(ROOT + address, unescape(href))) for href in hrefs}
        tree = lxml.html.fromstring(html)
        (container,) = tree.xpath(CONTAINERS[name])
        for link in container.xpath(".//p[@class='insertfileTag']"):
            link.drop_tree()
        text, body = bare(container.text_content()), bare(plain(view.body(page)))
        assert text.endswith(body)
        lead = text.removesuffix(body).replace(bare(page.title), "").replace(bare(page.number), "")
        assert lead == ""
        whole = bare(tree.text_content())
        assert bare(page.title) in whole
        if page.content_type != "interpretation":
            assert bare(page.number) in whole
            assert bare(page.index_number) in whole
        for number in range(len(page.attachments)):
            file = dialect.attachment_path(view.site, page, number)
            assert file in annexes
            assert client.reply(file) == Reply(b"file", "application/octet-stream")


@pytest.mark.parametrize("name", sorted(WALKS))
def test_addresses_are_one_a_page(world: World, name: str) -> None:
    for kind in ("portal", "department"):
        client = client_of(world, name, kind)
        pages = [page for rows in client.shelf.columns for page in rows]
        assert len(client.details) == len(pages)
        assert len(client.files) == sum(len(page.attachments) for page in pages) > 20
        assert not set(client.details) & client.files
        site = client.view.site
        columns = {client.shelf.dialect.list_address(site, channel) for channel in site.channels}
        assert len(columns) == 3


def test_repeated_names_of_a_form_reach_the_dialect() -> None:
    """A browser sends the list ajax_type as one name again and again."""
    head = b"POST /api-ajax_list-1.html HTTP/1.1\r\nHost: x.test\r\nContent-Type: application/x-www-form-urlencoded"
    ask = web.parse_request(head, b"ajax_type%5B%5D=21_xxgk&ajax_type%5B%5D=57&ajax_type%5B%5D=&is_ds=1")
    assert ask is not None
    assert ask.form == {"ajax_type[]": "21_xxgk,57,", "is_ds": "1"}
