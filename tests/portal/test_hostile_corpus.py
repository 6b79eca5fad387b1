"""Hostile strings in every field of every document and in every parameter: no output lets one of them out."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import httpx
import lxml.html
import pyarrow.parquet as pq
import pytest
from hostile_policies import HARMLESS, WORD, filled_policy, store_sites
from hostile_strings import HOSTILE, STORABLE, thinned
from lxml import etree
from made_policies import page_id
from python_calamine import CalamineWorkbook
from safe_pages import Pattern, pattern_of, tree
from served_portal import Served, serving

from index.sync import sync_index

pytestmark = pytest.mark.slow

# Other strings than there are documents of them: each page kind is seen with every optional part.
HARMLESS_COUNT = 2 * len(HARMLESS)
# What an answer may carry: ours, and what the server adds.
HEADERS = {
    "cache-control", "content-disposition", "content-encoding", "content-length", "content-security-policy",
    "content-type", "date", "etag", "last-modified", "link", "location", "referrer-policy", "retry-after", "server",
    "transfer-encoding", "vary", "x-content-type-options", "x-robots-tag", "x-total-count",
}  # fmt: skip
# A line of a request that is longer is refused by the server.
LONG = 8_000
# What makes a spreadsheet compute a cell when it stands first, full-width signs among it (OWASP, 2025).
FORMULA = tuple("=+-@＝＋－＠\t\r\n")
ATOM = "{http://www.w3.org/2005/Atom}"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FACETS = ("topic", "issuer", "subject", "instrument", "site")

# Every kind of page that shows what a site sent, by the number of the document it is asked with.
PAGES: dict[str, Callable[[int], str]] = {
    "document": lambda n: f"/policies/{page_id(n)}?file=1",
    "why": lambda n: f"/policies/{page_id(n)}/why?q={WORD}",
    "saved": lambda n: f"/policies/{page_id(n)}.html",
    "similar": lambda n: f"/policies/{page_id(n)}/similar",
    "report": lambda n: f"/policies/{page_id(n)}/report",
    "source": lambda n: f"/sources/yanshi_{n}",
    "results": lambda n: f"/search?q={WORD}&size=10&page={n + 1}",
    "facet": lambda n: f"/search/facets/{FACETS[n % len(FACETS)]}",
    "home": lambda n: "/",
    "library": lambda n: "/library",
    "areas": lambda n: "/library/areas",
    "browse": lambda n: "/browse?level=municipal&region=990100",
    "statistics": lambda n: "/statistics",
    "sources": lambda n: f"/sources?page={n + 1}",
}
EVERY = range(len(STORABLE))
# The numbers of the pages that are looked at: a policy holds forty strings, so all are seen on any kind.
PAGES_OF = {
    "results": range(-(-len(STORABLE) // 10)),
    "facet": range(len(FACETS)),
    "sources": range(4),
    "saved": thinned(EVERY, 6),
    "source": thinned(EVERY, 6),
    "document": thinned(EVERY, 2),
    "similar": thinned(EVERY, 20),
    "why": thinned(EVERY, 10),
    "report": thinned(EVERY, 10),
} | dict.fromkeys(("home", "library", "areas", "browse", "statistics"), range(1))
# What a search page may say, with nothing hostile asked.
SEARCHES: tuple[dict[str, str], ...] = (
    {"q": "无害"}, {"q": "无害", "issuer": "无害"}, {"q": "没有这样的词", "site": "无"}, {"q": "(甲"}, {"from": "昨天"},
    {"level": "无"}, {"q": WORD, "topic": "无害", "from": "2020-01-01", "to": "2030-01-01"}, {"q": "养佬"},
    {"q": "2023"}, {"synonyms": "0", "q": WORD}, {"sort": "written", "order": "asc", "q": WORD, "size": "10"}, {},
    {"q": WORD, "page": "900"}, {"facets": "0"},
)  # fmt: skip


@dataclass(frozen=True)
class Hostile:
    """A portal full of hostile documents, and what its pages are made of when documents are harmless."""

    served: Served
    patterns: dict[str, Pattern]

    def get(self, path: str, **parameters: str) -> httpx.Response:
        """An answer whose headers are ours alone."""
        answer = self.served.client.get(path, params=parameters or None)
        assert {name for name in answer.headers if not name.startswith("ratelimit")} <= HEADERS
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "unsafe" not in answer.headers["content-security-policy"]
        return answer

    def check(self, name: str, answer: httpx.Response) -> lxml.html.HtmlElement:
        """The tree of a page that is made as its kind is."""
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        page = tree(answer.text)
        assert self.patterns[name].escapes(page) == []
        return page


@contextmanager
def filled(folder: Path, strings: Sequence[str], count: int) -> Iterator[Served]:
    policies = [filled_policy(n, strings) for n in range(count)]
    with serving(folder, policies) as served:
        store_sites(served.catalogue, policies, strings)
        sync_index(served.catalogue, served.engine)
        yield served


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    with filled(tmp_path_factory.mktemp("harmless"), HARMLESS, HARMLESS_COUNT) as served:
        get = served.client.get
        patterns = {
            name: pattern_of(tree(get(one).text) for one in {path(n) for n in range(HARMLESS_COUNT)})
            for name, path in PAGES.items()
        }
        patterns["results"] = patterns["results"] | pattern_of(
            tree(get("/search", params=one).text) for one in SEARCHES
        )
        # Values and sites without anything hostile fill one page: what leads to others is that of the results.
        pager = pattern_of(tree(get(PAGES["results"](0)).text).iter("nav"))
        patterns |= {name: patterns[name] | pager for name in ("facet", "sources")}
        patterns["alert"] = pattern_of(
            [tree(get("/alerts/new", params={"q": "无害", "issuer": "无害"}).text)]
        )
        patterns["error"] = pattern_of(tree(get(f"/{path}").text) for path in ("无", "policies/无"))
    with filled(tmp_path_factory.mktemp("hostile"), STORABLE, len(STORABLE)) as served:
        yield Hostile(served, patterns)


def letters(text: str | None) -> str:
    """What of a text no parser may change."""
    return "".join(c for c in text or "" if c.isalnum())


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 200


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_made_otherwise_by_what_it_shows(hostile: Hostile, name: str) -> None:
    for n in PAGES_OF[name]:
        answer = hostile.get(PAGES[name](n))
        assert answer.status_code == 200
        page = hostile.check(name, answer)
        if name in ("document", "saved"):
            assert letters(page.findtext(".//h1")) == letters(WORD + STORABLE[n])


def test_no_parameter_gets_out_of_the_results(hostile: Hostile) -> None:
    for n, text in enumerate(HOSTILE):
        given = quote(text, errors="surrogatepass", safe="")
        if len(given) >= LONG:
            continue
        counted = "" if n % 12 == 0 else "&facets=0"
        queries = [f"q={given}{counted}"]
        if n % 3 == 0:
            queries += [f"site={given}&issuer={given}{counted}", f"issuer={given}&from={given}&sort={given}"]
        for query in queries:
            answer = hostile.get(f"/search?{query}")
            assert answer.status_code in (200, 303, 422)
            if answer.status_code == 303:
                assert answer.headers["location"].startswith("/policies/")
            else:
                hostile.check("results", answer)


def test_no_parameter_gets_out_of_the_page_of_subscribers(hostile: Hostile) -> None:
    for text in thinned(HOSTILE, 5):
        given = quote(text, errors="surrogatepass", safe="")
        if len(given) < LONG:
            answer = hostile.get(f"/alerts/new?q={given}&issuer={given}")
            assert answer.status_code in (200, 422)
            hostile.check("alert" if answer.status_code == 200 else "error", answer)


@pytest.mark.parametrize(
    "path", ["/policies/{}", "/policies/{}/why", "/search/facets/{}", "/sources/{}", "/library/{}", "/{}"]
)
def test_no_path_gets_out_of_an_error(hostile: Hostile, path: str) -> None:
    for text in thinned(HOSTILE, 6):
        given = quote(text, errors="surrogatepass", safe="")
        if 0 < len(given.strip(".")) < LONG:
            answer = hostile.get(path.format(given))
            assert answer.status_code in (404, 422)
            hostile.check("error", answer)


def test_no_path_leads_to_a_file_of_the_machine(hostile: Hostile) -> None:
    base = hostile.served.client.base_url
    asked = [
        path + text
        for text in (
            "../app.py",
            "..%2fapp.py",
            "%2e%2e/app.py",
            "..%5capp.py",
            "%2fetc%2fgroup",
            "....//app.py",
        )
        for path in ("/static/", "/policies/", "/statistics/", "/api/v1/numbers/")
    ]
    for path in (*asked, "/static/x%00.css", "/static/portal.css%00", "/static//etc/group"):
        connection = HTTPConnection(base.host, base.port or 80, timeout=120)  # leaves paths as they are
        connection.request("GET", path)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert answer.status in (400, 404), path
        assert b"import" not in text and b"root:" not in text


def test_the_api_gives_every_string_back_as_it_is(hostile: Hostile) -> None:
    found: dict[str, str] = {}
    for offset in range(0, len(STORABLE), 100):
        answer = hostile.get("/api/v1/policies", q=WORD, limit="100", offset=str(offset))
        assert answer.headers["content-type"] == "application/json"
        for item in answer.json()["items"]:
            found[item["id"]] = item["title"]
            for html in (item["title_marked"], *(passage["html"] for passage in item["passages"])):
                shown = tree(f"<div>{html}</div>")
                assert {one.tag for one in shown.iter()} <= {"html", "body", "div", "mark"}
                assert not any(one.attrib for one in shown.iter())
    assert found == {page_id(n): f"{WORD} {text}" for n, text in enumerate(STORABLE)}
    for n in range(0, len(STORABLE), 10):
        whole = hostile.get(f"/api/v1/policies/{page_id(n)}").json()
        expected = filled_policy(n)
        assert whole["attachments"][0]["name"] == expected.attachments[0].name
        assert whole["blocks"][2]["rows"] == [list(row) for row in expected.blocks[2].rows]


@pytest.mark.parametrize("path", ["/api/v1/suggest", "/api/v1/policies", "/api/v1/facets"])
def test_the_api_answers_any_query_with_json(hostile: Hostile, path: str) -> None:
    for text in thinned(HOSTILE, 4):
        given = quote(text, errors="surrogatepass", safe="")
        if len(given) < LONG:
            answer = hostile.get(f"{path}?q={given}")
            assert answer.status_code in (200, 422)
            assert answer.headers["content-type"] in ("application/json", "application/problem+json")
            json.loads(answer.content)


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_feeds_hold_text(hostile: Hostile, kind: str) -> None:
    entries, strict = 0, etree.XMLParser(resolve_entities=False, no_network=True)
    for year in ("2023", "2024"):
        answer = hostile.get(f"/feeds/{kind}", q=WORD, year=year, size="200")
        assert answer.headers["content-type"].startswith(f"application/{kind}+xml")
        root = etree.fromstring(answer.content, strict)
        found = root.findall(f"{ATOM}entry") or root.findall("channel/item")
        entries += len(found)
        for entry in found:
            titles = entry.findall(f"{ATOM}title") + entry.findall("title")
            assert [title.text[:2] for title in titles if title.text] == [WORD]
            assert all(len(title) == 0 for title in titles)
            links = [one.get("href") or "" for one in entry.findall(f"{ATOM}link")]
            links += [one.text or "" for one in entry.findall("link")]
            assert links and all(link.startswith(("http://", "https://")) for link in links)
            for summary in (entry.findtext(f"{ATOM}summary"), entry.findtext("description")):
                shown = lxml.html.fragment_fromstring(summary or "", "div")
                assert {str(one.tag) for one in shown.iter()} <= {"div", "p", "a", "strong", "em", "b"}
                assert all(one.get("href", "http").startswith("http") for one in shown.iter())
                assert {name for one in shown.iter() for name in one.attrib} <= {"href"}
    assert entries == len(STORABLE)


def test_feeds_and_files_of_hostile_searches(hostile: Hostile) -> None:
    for text in HOSTILE[1::9]:
        given = quote(text, errors="surrogatepass", safe="")
        if len(given) < LONG:
            feed = hostile.get(f"/feeds/atom?q={given}")
            assert feed.status_code in (200, 422)
            if feed.status_code == 200:
                etree.fromstring(feed.content)
            file = hostile.get(f"/api/v1/exports?format=csv&text=false&q={given}")
            assert file.status_code in (200, 422)
            if file.status_code == 200:
                check_name(file, ".csv")


def check_name(answer: httpx.Response, ending: str) -> None:
    """The name of a file to save is one name, visible, with the ending of what is in it."""
    value = answer.headers["content-disposition"]
    assert value.startswith("attachment; filename=") and value.isprintable() and value.isascii()
    read = Message()
    read["content-disposition"] = value
    name = str(read.get_filename())
    assert name.endswith(ending) and name.isprintable() and not set(name) & set('/\\:"<>|?*\r\n')


def test_texts_to_save_have_plain_names(hostile: Hostile) -> None:
    for n in thinned(EVERY, 4):
        answer = hostile.get(f"/policies/{page_id(n)}.txt")
        assert answer.headers["content-type"].startswith("text/plain; charset=utf-8")
        check_name(answer, ".txt")
        assert letters(STORABLE[n]) in letters(answer.text)
        if n % 5 == 0:
            check_name(hostile.get(f"/policies/{page_id(n)}.html"), ".html")


def test_no_cell_of_a_table_is_computed(hostile: Hostile) -> None:
    answer = hostile.get("/api/v1/exports", q=WORD, format="csv")
    usual = csv.field_size_limit(10**7)
    try:
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), strict=True))
    finally:
        csv.field_size_limit(usual)
    assert len(rows) == len(STORABLE) + 1
    assert {len(row) for row in rows} == {len(rows[0])}
    assert [
        cell for row in rows for cell in row if cell.startswith(FORMULA) or cell.lstrip().startswith(FORMULA)
    ] == []
    titles = {letters(row[rows[0].index("title")]) for row in rows[1:]}
    assert titles == {letters(WORD + text) for text in STORABLE}


def test_no_cell_of_a_workbook_is_computed(hostile: Hostile) -> None:
    answer = hostile.get("/api/v1/exports", q=WORD, format="xlsx")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        names = packed.namelist()
        sheets = [
            etree.fromstring(packed.read(name)) for name in names if name.startswith("xl/worksheets/sheet")
        ]
        relations = b"".join(packed.read(name) for name in names if name.endswith(".rels"))
    assert sheets and not any("external" in name.lower() or "vba" in name.lower() for name in names)
    assert b'TargetMode="External"' not in relations
    for sheet in sheets:
        assert not list(sheet.iter(f"{SHEET}f", f"{SHEET}hyperlink", f"{SHEET}oleObject"))
    book = CalamineWorkbook.from_object(io.BytesIO(answer.content))
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    found = {letters(str(cell)) for row in rows for cell in row}
    assert {letters(WORD + text) for text in STORABLE if len(text) < 30_000} <= found


def test_lines_and_columns_keep_every_string(hostile: Hostile) -> None:
    lines = hostile.get("/api/v1/exports", q=WORD, format="jsonl").content.split(b"\n")
    told = {json.loads(line)["title"] for line in lines if line}
    assert told == {f"{WORD} {text}" for text in STORABLE}
    table = pq.read_table(io.BytesIO(hostile.get("/api/v1/exports", q=WORD, format="parquet").content))
    assert {letters(one) for one in table.column("title").to_pylist()} == {letters(one) for one in told}
