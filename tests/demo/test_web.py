"""The sites as a client meets them: pages agree with the truth, conditions, paging, annexes, the log."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import docx
import httpx
import lxml.html
import pypdfium2
import pytest
import python_calamine

from demo import SITES, web
from demo.country import STARTERS, Site
from demo.dialects import dialect_of, jcms, ucap_search
from demo.dialects.view import SiteView
from demo.served import Country, Shelf
from demo.world import World, list_place

pytestmark = pytest.mark.slow

STARTER_SITES = tuple(site for site in SITES if site.id in STARTERS)
CONTAINERS = {
    "trs": "//div[@id='Zoom']/div",
    "jcms": "//div[@id='zoom']",
    "ucap": "//div[@id='UCAP-CONTENT']",
}


@dataclass
class Demo:
    world: World
    server: web.Server
    client: httpx.Client

    def get(self, url: str, method: str = "GET", **more: Any) -> httpx.Response:
        """Ask the demo server for an absolute address on a .test host."""
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {"Host": parts.netloc, **more.pop("headers", {})}
        return self.client.request(
            method, f"http://127.0.0.1:{self.server.port}{target}", headers=headers, **more
        )

    def truth(self, day: int) -> list[dict[str, Any]]:
        return list(self.world.truth(day, self.server.port))

    def root(self, site: str) -> str:
        return f"http://{site}.test:{self.server.port}"


@pytest.fixture(scope="module")
def running() -> Iterator[Demo]:
    world = World(documents=400, seed=11)
    with web.running(world) as server, httpx.Client(trust_env=False) as client:
        yield Demo(world, server, client)


@pytest.fixture
def site(running: Demo) -> Iterator[Demo]:
    running.server.set_day(0)
    running.server.reset_log()
    yield running


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def decoded(response: httpx.Response) -> str:
    return decoded_bytes(response.content)


def decoded_bytes(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        assert b'charset="gb2312"' in data
        return data.decode("gb18030")


def body_of(row: dict[str, Any], html: str, platform: str) -> str:
    tree = lxml.html.fromstring(html)
    (container,) = tree.xpath(CONTAINERS[platform])
    for link in container.xpath(".//p[@class='insertfileTag']"):
        link.drop_tree()
    return bare(container.text_content())


def test_every_kind_of_page_says_what_the_truth_says(site: Demo) -> None:
    platforms = {s.id: s.platform for s in STARTER_SITES}
    for row in site.truth(0)[::6]:
        response = site.get(row["url"])
        assert response.status_code == 200, row["url"]
        html = decoded(response)
        assert "演示" in html
        text = body_of(row, html, platforms[row["site"]])
        begin = text.index(row["body_start"])
        lead = text[:begin].replace(bare(row["title"]), "").replace(bare(row["doc_number"] or ""), "")
        assert lead == ""
        assert len(text) - begin == row["body_chars"]
        assert text.endswith(row["body_end"])
        whole = bare(lxml.html.fromstring(html).text_content())
        assert bare(row["title"]) in whole
        for field in ("doc_number", "index_number"):
            assert row[field] is None or bare(row[field]) in whole
        links = [urljoin(row["url"], href) for href in lxml.html.fromstring(html).xpath("//a/@href")]
        assert {a["url"] for a in row["attachments"]} <= set(links)


def test_edits_and_withdrawals_reach_the_sites(site: Demo) -> None:
    news = site.world.news(1)
    port = site.server.port
    urls = {kind: [url.replace(":8147", f":{port}") for url in rows] for kind, rows in news.items()}
    before = {url: site.get(url) for kind in ("edited", "withdrawn") for url in urls[kind]}
    assert all(site.get(url).status_code == 404 for url in urls["new"])
    site.server.set_day(1)
    for url in urls["edited"]:
        now = site.get(url, headers={"If-None-Match": before[url].headers["etag"]})
        assert now.status_code == 200
        assert now.content != before[url].content
        assert now.headers["last-modified"] != before[url].headers["last-modified"]
    assert all(site.get(url).status_code == 404 for url in urls["withdrawn"])
    assert all(site.get(url).status_code == 200 for url in urls["new"])


def test_every_other_page_answers_304_on_later_days(site: Demo) -> None:
    tags = {row["url"]: site.get(row["url"]).headers["etag"] for row in site.truth(0)}
    site.server.set_day(1)
    fresh = [
        url for url, tag in tags.items() if site.get(url, headers={"If-None-Match": tag}).status_code != 304
    ]
    news = site.world.news(1)
    assert sorted(url.replace(f":{site.server.port}", ":8147") for url in fresh) == sorted(
        [*news["edited"], *news["withdrawn"]]
    )


def test_conditional_requests_on_pages_lists_and_annexes(site: Demo) -> None:
    row = next(row for row in site.truth(0) if row["attachments"])
    for url in (row["url"], row["attachments"][0]["url"], site.root("yanshi-fgw") + "/xxgk/zcwj/"):
        first = site.get(url)
        tag, date = first.headers["etag"], first.headers["last-modified"]
        for headers in (
            {"If-None-Match": tag},
            {"If-Modified-Since": date},
            {"If-None-Match": f'"x", W/{tag}'},
        ):
            again = site.get(url, headers=headers)
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == tag
        stale = {"If-None-Match": '"other"', "If-Modified-Since": date}
        assert site.get(url, headers=stale).status_code == 200
        assert (
            site.get(url, headers={"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}).status_code == 200
        )
        assert site.get(url, headers={"If-Modified-Since": "nonsense"}).status_code == 200
        head = site.get(url, method="HEAD")
        assert head.content == b""
        assert head.headers["content-length"] == first.headers["content-length"]


def trs_rows(demo: Demo, one: Site, number: int) -> list[str]:
    base = demo.root(one.id) + dialect_of(one).list_address(one, one.channels[number])
    html = site_text = decoded(demo.get(base))
    call = re.search(r'createPageHTML\((\d+), 0, "index", "html"\)', site_text)
    assert call is not None
    urls = []
    for page in range(int(call[1])):
        if page:
            html = decoded(demo.get(f"{base}index_{page}.html"))
            assert f"createPageHTML({call[1]}, {page}," in html
        urls += [
            urljoin(base, href) for href in lxml.html.fromstring(html).xpath("//a[@target='_blank']/@href")
        ]
    assert demo.get(f"{base}index_{call[1]}.html").status_code == 404
    return urls


def jcms_rows(demo: Demo, one: Site, number: int) -> list[str]:
    channel = one.channels[number]
    html = decoded(demo.get(demo.root(one.id) + dialect_of(one).list_address(one, channel)))
    total = int(re.findall(r"totalRecord:(\d+)", html)[0])
    records = re.findall(r"<record><!\[CDATA\[(.*?)\]\]></record>", html, re.DOTALL)
    assert len(records) == min(total, jcms.GROUP)
    proxy = demo.root(one.id) + jcms.PROXY
    for first in range(len(records) + 1, total + 1, 30):
        query = {"startrecord": first, "endrecord": first + 29, "perpage": 15, "columnid": channel.key}
        method = "POST" if first % 2 else "GET"
        answer = (
            demo.get(proxy, method="POST", data=query)
            if method == "POST"
            else demo.get(f"{proxy}?{httpx.QueryParams(query)}")
        )
        xml = answer.content.decode()
        assert f"<totalrecord>{total}</totalrecord><totalpage>{-(-total // 15)}</totalpage>" in xml
        records += re.findall(r"<record><!\[CDATA\[(.*?)\]\]></record>", xml, re.DOTALL)
    if following := re.search(r'<nextgroup><!\[CDATA\[<a href="([^"]+)"', html):
        xml = demo.get(demo.root(one.id) + following[1]).content.decode()
        group = re.findall(r"<record><!\[CDATA\[(.*?)\]\]></record>", xml, re.DOTALL)
        assert group == records[jcms.GROUP : 2 * jcms.GROUP]
    return [demo.root(one.id) + re.findall(r'href="([^"]+)"', record)[0] for record in records]


def ucap_rows(demo: Demo, one: Site, number: int) -> list[str]:
    channel = one.channels[number]
    html = decoded(demo.get(demo.root(one.id) + dialect_of(one).list_address(one, channel)))
    (name,) = set(re.findall(r'(?:name="channelId" content|var channelId)="([0-9a-f]{32})"', html))
    assert name == ucap_search.channel_id(one, channel)
    rows: list[dict[str, Any]] = []
    total, page = 1, 0
    while len(rows) < total:
        page += 1
        query = f"page={page}&_pageSize=20&_isAgg=true&_isJson=true&_template=index"
        data = json.loads(demo.get(f"{demo.root(one.id)}/common/search/{name}?{query}").content)["data"]
        assert data["page"] == page and data["results"]
        total = data["total"]
        rows += data["results"]
    return [demo.root(one.id) + row["url"] for row in rows]


@pytest.mark.parametrize("one", STARTER_SITES, ids=lambda s: s.id)
def test_lists_show_all_rows_in_order_over_their_pages(site: Demo, one: Site) -> None:
    walk = {"trs": trs_rows, "jcms": jcms_rows, "ucap": ucap_rows}[one.platform]
    for number in range(len(one.channels)):
        wanted = [site.world.url(page, site.server.port) for page in site.world.listed(one.id, number, 0)]
        assert walk(site, one, number) == wanted


def test_api_rows_carry_what_the_page_shows(site: Demo) -> None:
    truth = {row["url"]: row for row in site.truth(0)}
    one = next(s for s in STARTER_SITES if s.id == "hailan")
    name = ucap_search.channel_id(one, one.channels[0])
    answer = json.loads(site.get(f"{site.root(one.id)}/common/search/{name}?page=1&_pageSize=50").content)
    for row in answer["data"]["results"]:
        wanted = truth[site.root(one.id) + row["url"]]
        pairs = {pair["key"]: pair["value"] for pair in row["domainMetaList"][0]["resultList"]}
        assert row["title"] == wanted["title"]
        assert row["publishedTimeStr"].startswith(wanted["published_date"])
        assert (pairs["refno"] or None) == wanted["doc_number"]
        assert pairs["writedate"] == wanted["written_date"]
        assert len(row["resList"]) == len(wanted["attachments"])


def words_in(kind: str, data: bytes) -> str:
    if kind == "pdf":
        pdf = pypdfium2.PdfDocument(data)
        return "".join(page.get_textpage().get_text_bounded() for page in pdf)
    if kind == "docx":
        document = docx.Document(io.BytesIO(data))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([p.text for p in document.paragraphs] + cells)
    if kind == "xlsx":
        sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        return "\n".join(str(cell) for row in sheet.to_python() for cell in row)
    if kind == "doc":
        assert data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
        return data.decode("utf-16-le", "ignore") + data[1:].decode("utf-16-le", "ignore")
    import zipfile

    archive = zipfile.ZipFile(io.BytesIO(data))
    root = lxml.etree.fromstring(archive.read("OFD.xml"))
    assert root.xpath("//*[local-name()='DocRoot']/text()") == ["Doc_0/Document.xml"]
    pages = [name for name in sorted(archive.namelist()) if name.endswith("Content.xml")]
    trees = [lxml.etree.fromstring(archive.read(name)) for name in pages]
    return "".join(text for tree in trees for text in tree.xpath("//*[local-name()='TextCode']/text()"))


def test_annexes_open_and_hold_their_words(site: Demo) -> None:
    found = {}
    for row in site.truth(0):
        for annex in row["attachments"]:
            found.setdefault(annex["kind"], []).append(annex)
    assert set(found) == {"pdf", "docx", "xlsx", "ofd", "doc"}
    for kind, annexes in found.items():
        for annex in annexes[:4]:
            response = site.get(annex["url"])
            assert response.status_code == 200
            assert annex["name"].endswith(f".{kind}")
            text = bare(words_in(kind, response.content))
            assert [word for word in annex["words"] if bare(word) not in text] == []


def test_annexes_are_the_same_bytes_in_another_server(site: Demo) -> None:
    by_kind = {a["kind"]: a["url"] for row in site.truth(0) for a in row["attachments"]}
    first = {url: site.get(url).content for url in by_kind.values()}
    country = Country(World(400, 11), site.server.port)
    country.set_day(0)
    for url, data in first.items():
        parts = urlsplit(url)
        head = f"GET {parts.path}?{parts.query} HTTP/1.1" if parts.query else f"GET {parts.path} HTTP/1.1"
        request = web.parse_request(f"{head}\r\nHost: {parts.netloc}".encode(), b"")
        assert request is not None
        stored = country.find(request)
        assert stored is not None and stored.make() == data


def test_robots_home_and_what_is_not_there(site: Demo) -> None:
    robots = site.get(site.root("moni") + "/robots.txt")
    assert "Disallow: /manage/" in robots.text and "Crawl-delay" not in robots.text
    home = site.get(site.root("moni") + "/")
    column = next(s.channels[0] for s in SITES if s.id == "moni").key
    assert f"/{column}/" in home.text and "模拟市人民政府（演示）" in home.text
    for url in (
        site.root("moni") + f"/{column}/nothing.html",
        "http://nowhere.test/",
        site.root("moni") + "/manage/",
    ):
        assert site.get(url).status_code == 404
    assert site.get(site.root("moni") + "/", method="DELETE").status_code == 405


def test_robots_may_ask_for_a_delay() -> None:
    country = Country(World(60, crawl_delay={"moni": 1.5}), 8147)
    country.set_day(0)
    request = web.parse_request(b"GET /robots.txt HTTP/1.1\r\nHost: moni.test:8147", b"")
    assert request is not None
    stored = country.find(request)
    assert stored is not None and b"Crawl-delay: 1.5" in stored.make()


def test_the_log_counts_every_request(site: Demo) -> None:
    page = site.truth(0)[0]
    first = site.get(page["url"])
    site.get(page["url"], headers={"If-None-Match": first.headers["etag"]})
    site.get(site.root("moni") + "/nothing", method="HEAD")
    log = site.server.log()
    assert [(r["method"], r["status"], r["conditional"]) for r in log] == [
        ("GET", 200, False),
        ("GET", 304, True),
        ("HEAD", 404, False),
    ]
    assert log[0]["host"] == urlsplit(page["url"]).netloc
    assert log[0]["path"] == urlsplit(page["url"]).path
    assert log[0]["bytes"] > len(first.content) > log[1]["bytes"]
    site.server.reset_log()
    assert site.server.log() == []


@pytest.fixture(scope="module")
def whole() -> Country:
    country = Country(World(1500), 8147)
    country.set_day(0)
    return country


def ask(
    country: Country, method: str, url: str, body: bytes = b"", kind: str = ""
) -> tuple[int, bytes, bytes]:
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    head = f"{method} {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: {kind}".encode()
    request = web.parse_request(head, body)
    assert request is not None
    return web.answer(country, request)


def test_every_list_address_of_the_147_sites_answers(whole: Country) -> None:
    for one in SITES:
        for channel in one.channels:
            place = dialect_of(one).list_address(one, channel)
            url = f"http:{place}" if place.startswith("//") else f"http://{one.id}.test:8147{place}"
            parts = urlsplit(url)
            form = {name: values[0] for name, values in parse_qs(parts.query).items()}
            tries = [
                ask(whole, "GET", url),
                ask(whole, "POST", url.split("?")[0], parts.query.encode()),
                ask(whole, "POST", url.split("?")[0], json.dumps(form).encode(), "application/json"),
            ]
            assert 200 in [status for status, *_ in tries], url


def test_front_pages_link_to_their_columns_and_newest_rows(whole: Country) -> None:
    for one in SITES:
        status, _, body = ask(whole, "GET", f"http://{one.id}.test:8147/")
        links = set(lxml.html.fromstring(decoded_bytes(body)).xpath("//div[@class='col']//@href"))
        columns = {list_place(one, channel, 8147) for channel in one.channels}
        assert status == 200 and columns < links


def test_pages_of_every_site_are_drawn(whole: Country) -> None:
    seen = set()
    for page in whole.world.pages:
        if page.is_live(0) and page.site not in seen:
            seen.add(page.site)
            status, _, body = ask(whole, "GET", whole.world.url(page))
            assert status == 200 and len(body) > 500
    assert len(seen) == 147


def test_rows_through_a_redirect_rows_that_are_files_and_soft_404(whole: Country) -> None:
    page = next(p for p in whole.world.pages if p.site == "yanshi-sl" and p.channel == 0 and p.is_live(0))
    view = SiteView(whole.world, next(s for s in SITES if s.id == "yanshi-sl"), 0, 8147)
    status, lines, _ = ask(whole, "GET", view.origin() + view.href(page))
    assert view.href(page).startswith("/visit/link.do?url=http%3A")
    assert status == 302 and f"Location: {whole.world.url(page)}".encode() in lines
    row = next(row for row in whole.world.truth(0) if row["file"] and row["reachable"])
    _, lines, body = ask(whole, "GET", row["url"])
    assert b"application/pdf" in lines
    assert all(bare(row[name]) in bare(words_in("pdf", body)) for name in ("body_start", "body_end"))
    status, _, body = ask(whole, "GET", "http://jiadeng.test:8147/nothing.html")
    assert status == 200 and body == ask(whole, "GET", "http://jiadeng.test:8147/")[2]
    assert ask(whole, "GET", "http://yinli.test:8147/nothing.html")[0] == 404


def test_bodies_are_kept_up_to_a_size() -> None:
    shelf = Shelf(limit=100)
    for number in range(50):
        assert shelf.get(str(number), lambda: b"x" * 30) == b"x" * 30
    assert shelf.size <= 100 and list(shelf.bodies) == ["47", "48", "49"]
    assert shelf.get("49", lambda: b"never") == b"x" * 30
    assert len(shelf.get("large", lambda: b"x" * 500)) == 500 and list(shelf.bodies) == ["large"]


def test_malformed_and_oversized_requests_end_the_connection(site: Demo) -> None:
    import socket

    for data in (b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b"x" * 40000):
        with socket.create_connection(("127.0.0.1", site.server.port), timeout=5) as raw:
            raw.sendall(data)
            answer = raw.recv(100)
            assert answer == b"" or answer.startswith(b"HTTP/1.1 400")


def test_pipelined_requests_are_answered_in_order(site: Demo) -> None:
    import socket

    ask = "GET {} HTTP/1.1\r\nHost: moni.test\r\n{}\r\n"
    data = ask.format("/robots.txt", "") + ask.format("/nothing", "Connection: close\r\n")
    with socket.create_connection(("127.0.0.1", site.server.port), timeout=5) as raw:
        raw.sendall(data.encode())
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
    assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"200", b"404"]


def test_the_server_ends_with_its_block_and_says_when_its_port_is_taken(
    site: Demo, capfd: pytest.CaptureFixture[str]
) -> None:
    with web.running(World(60)) as server:
        assert server.process.poll() is None
    assert server.process.poll() == 0
    taken = pytest.raises(RuntimeError, match=f"端口 {site.server.port}")
    with taken, web.running(World(60), port=site.server.port):
        pass
    assert "无法监听端口" in capfd.readouterr().err
