"""The web pages, read as a browser without JavaScript would."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

import lxml.html
import pytest
from lxml.html import HtmlElement
from made_policies import make_policy
from served_portal import Served, serving

from index.sync import sync_index
from normalizers.chinese_names import SOURCE_NAMES
from normalizers.policy import Attachment, Block, Evidence, Policy

pytestmark = pytest.mark.slow

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>养老'


def page(served: Served, path: str, status: int = 200, **parameters: Any) -> HtmlElement:
    answer = served.client.get(path, params=parameters or None)
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"].startswith("text/html")
    document = lxml.html.document_fromstring(answer.text)
    footer = document.findtext(".//footer/p")
    assert footer is not None
    assert "数据截至" in footer
    assert "非官方来源，以原文为准" in footer
    return document


def text(element: HtmlElement, css: str) -> str:
    return " ".join(" ".join(e.text_content().split()) for e in element.cssselect(css))


def test_home_says_what_the_night_brought(portal: Served) -> None:
    home = page(portal, "/")
    assert "120 件新政策" in text(home, ".tiles")
    assert len(home.cssselect(".results li")) == 10
    assert home.cssselect("form[action='/search'] input[name=q]")
    assert "2026-03-03 02:00" in text(home, "footer")


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/search", 200), ("/nowhere", 404)])
def test_every_page_shows_the_notice(portal: Served, path: str, status: int) -> None:
    assert text(page(portal, path, status), "p.banner") == "演示 <告示>"


def test_results_have_facets_marks_and_facts(portal: Served) -> None:
    found = page(portal, "/search", q="养老")
    matching = [p for p in portal.policies if "养老" in (p.title or "") + p.text]
    assert text(found, ".total strong") == str(len(matching))
    assert "养老" in {m.text_content() for m in found.cssselect(".results mark")}
    titles = text(found, "aside legend")
    for name in ("层级", "地区", "发文机关", "内容类型", "文种", "年份"):
        assert name in titles
    assert "演示省" in text(found, "aside")
    assert "演政发〔" in text(found, ".facts")


def test_facets_are_chosen_by_a_form_and_taken_away_by_links(portal: Served) -> None:
    found = page(portal, "/search", q="养老")
    counts = {box.get("value"): int(text(box.getparent(), "span")) for box in found.cssselect(".level input")}
    narrowed = page(portal, "/search", **submitted(found, level=["county", "national"]))
    assert text(narrowed, ".total strong") == str(counts["county"] + counts["national"])
    chips = {" ".join(a.text_content().split()) for a in narrowed.cssselect(".active a")}
    assert chips == {"层级：国家 ✕", "层级：县级 ✕", "全部清除"}
    # A facet does not filter itself.
    assert {
        box.get("value"): int(text(box.getparent(), "span")) for box in narrowed.cssselect(".level input")
    } == counts
    assert {box.get("value") for box in narrowed.cssselect(".level input[checked]")} == {"county", "national"}
    (remove,) = [a for a in narrowed.cssselect(".active a") if "县级" in a.text_content()]
    assert text(page(portal, remove.get("href")), ".total strong") == str(counts["national"])
    kept = narrowed.cssselect("header input[type=hidden][name=level]")
    assert {e.get("value") for e in kept} == {"national", "county"}


def submitted(found: HtmlElement, **ticked: list[str]) -> dict[str, list[str]]:
    """What the form of the facets would send with some boxes ticked."""
    (form,) = found.cssselect("form.filters")
    sent: dict[str, list[str]] = {}
    for field in form.cssselect("input"):
        name, value = field.get("name"), field.get("value") or ""
        if (
            field.get("type") != "checkbox"
            or field.get("checked") is not None
            or value in ticked.get(name, ())
        ):
            sent.setdefault(name, []).append(value)
    assert all(set(values) <= set(sent.get(name, ())) for name, values in ticked.items())
    return sent


def test_paging_shows_every_policy_once(portal: Served) -> None:
    seen, path = list[str](), "/search?sort=written"
    while path:
        found = page(portal, path)
        seen += [a.get("href") for a in found.cssselect(".results h2 a")]
        path = next((a.get("href") for a in found.cssselect(".pages a[rel=next]")), "")
    assert sorted(seen) == sorted(f"/policies/{p.id}" for p in portal.policies)


def test_a_number_lands_on_its_document(portal: Served) -> None:
    policy = next(p for p in portal.policies if p.doc_number)
    typed = (policy.doc_number or "").replace("〔", " [").replace("〕", "] 第")
    answer = portal.client.get("/search", params={"q": typed})
    assert answer.status_code == 303
    shown = page(portal, answer.headers["location"])
    assert text(shown, "h1") == policy.title
    (back,) = shown.cssselect(".jumped a")
    assert text(page(portal, back.get("href")), ".total strong") == "1"
    assert page(portal, "/search", q=typed, sort="written") is not None


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"from": "2023-13-01"}, "日期“2023-13-01”不可用"),
        ({"sort": "x"}, "没有排序“x”，可用：relevance（相关度）、written（成文日期）"),
        ({"level": "xyz"}, "没有层级“xyz”"),
        ({"region": "moon"}, "没有地区代码“moon”"),
    ],
)
def test_what_cannot_be_asked_is_refused(portal: Served, parameters: dict[str, str], words: str) -> None:
    found = page(portal, "/search", 422, **parameters)
    assert words in text(found, "#mistakes")
    assert found.cssselect("header input[name=q]")[0].get("value") == parameters.get("q", "")


@pytest.mark.parametrize(
    ("query", "words", "marked"),
    [
        ('养老 "补贴', "引号没有配对", '"'),
        ("！！", "没有可以检索的文字", "！！"),
        ("养老 level:foo", "没有层级", "level:foo"),
    ],
)
def test_mistakes_are_shown_at_their_place(portal: Served, query: str, words: str, marked: str) -> None:
    found = page(portal, "/search", q=query)
    assert words in text(found, "#mistakes")
    assert text(found, "#mistakes mark") == marked
    assert found.cssselect("header input[name=q]")[0].get("value") == query


def test_other_words_are_shown_with_a_way_to_leave_them_out(portal: Served) -> None:
    found = page(portal, "/search", q="国办")
    assert "国务院办公厅" in text(found, ".also")
    href = found.cssselect(".also a")[0].get("href")
    assert href is not None
    exact = portal.client.get(href)
    assert "国务院办公厅" not in exact.text


@pytest.mark.parametrize("number", ["-1", "0", "x", "９", ""])
def test_a_strange_page_is_the_first(portal: Served, number: str) -> None:
    assert len(page(portal, "/search", page=number).cssselect(".results li")) == 20


@pytest.mark.parametrize(
    "path", ["/policies/0000000000000000", "/policies/x", "/nothing", "/static/../app.py"]
)
def test_404(portal: Served, path: str) -> None:
    assert "首页" in text(page(portal, path, 404), "main")


def test_safe_headers_everywhere(portal: Served) -> None:
    for path in (
        "/",
        "/search",
        "/nothing",
        "/static/portal.css",
        "/api/v1/policies",
        "/healthz",
        "/openapi.json",
    ):
        headers = portal.client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "script-src 'self';" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


PIECES = [
    "",
    '"',
    "-",
    "“",
    "演政发〔2023〕12号",
    "9" * 30,
    "relevance.5",
    "2023-02-30",
    "9999-12-31",
    "\x00",
    "😀",
    "%",
]
NAMES = [
    "q",
    "level",
    "sort",
    "order",
    "page",
    "from",
    "to",
    "cursor",
    "limit",
    "facets",
    "region",
    "nonsense",
    "size",
    "file",
    "find",
    "offset",
    "work",
]
FUZZED = [
    "/search",
    "/search/facets/region",
    "/policies/{}",
    "/policies/{1}/why",
    "/api/v1/policies",
    "/api/v1/numbers/{}",
    "/api/v1/facets",
    "/api/v1/suggest",
    "/api/v1/explain/{1}",
]


@pytest.mark.slow
def test_no_request_breaks_the_portal(portal: Served) -> None:
    r = random.Random(3)
    for _ in range(120):
        raw = bytes(r.randrange(256) for _ in range(r.randrange(8)))
        value = quote_from_bytes(r.choice([r.choice(PIECES).encode(), raw]))
        path = r.choice(FUZZED).format(value, portal.policies[r.randrange(50)].id)
        asked = "&".join(
            f"{r.choice(NAMES)}={quote_from_bytes(r.choice(PIECES).encode())}" for _ in range(r.randrange(5))
        )
        answer = portal.client.get(f"{path}?{asked}&q={value}")
        assert answer.status_code < 500, (path, asked, value)


def hostile_policy() -> Policy:
    return replace(
        make_policy(1),
        title=HOSTILE,
        url="javascript:alert(1)",
        issuers=(HOSTILE,),
        doc_number=HOSTILE,
        summary=HOSTILE,
        note=HOSTILE,
        region=HOSTILE,
        text=HOSTILE,
        blocks=(
            Block("paragraph", HOSTILE),
            Block("table", "", rows=((HOSTILE, "乙"),)),
            Block("heading", HOSTILE),
        ),
        attachments=(
            Attachment("javascript:alert(2)", HOSTILE, "pdf", HOSTILE),
            Attachment("//x", "甲", failure=HOSTILE),
        ),
        evidence={"title": Evidence(HOSTILE, HOSTILE)},
        warnings=(HOSTILE,),
    )


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path, [hostile_policy()]) as served:
        sync_index(served.catalogue, served.engine)
        yield served


def test_hostile_text_stays_text(hostile: Served) -> None:
    one, asked = f"/policies/{make_policy(1).id}", {"q": "养老 alert script"}
    found = page(hostile, "/search", **asked, sort="written", keyword="", size=10)
    paths = ["/", "/search", one, "/search/facets/issuer"]
    for document in [page(hostile, path) for path in paths] + [page(hostile, f"{one}/why", **asked), found]:
        scripts = [script.get("src") or "" for script in document.cssselect("script")]
        assert scripts
        assert all(src.startswith("/static/") for src in scripts)
        assert document.cssselect("img") == []
        assert "<script>alert(1)</script>" in document.text_content()
        for link in document.cssselect("[href], [src]"):
            assert not (link.get("href") or "").startswith("javascript:")
        assert not [e for e in document.iter() if any(name.startswith("on") for name in e.attrib)]
    strange = {"q": HOSTILE, "keyword": HOSTILE, "site": HOSTILE, "find": HOSTILE, "file": HOSTILE}
    for path in ("/search", one, f"{one}/why", "/search/facets/issuer", "/search/facets/region"):
        shown = hostile.client.get(path, params=strange)
        assert lxml.html.document_fromstring(shown.text).cssselect("main script, header script, img") == []


def test_every_documented_source_of_evidence_has_a_chinese_name() -> None:
    said = " ".join((Evidence.__doc__ or "").split())
    read = said.partition("source one of ")[2].partition(";")[0].split(", ")
    assert len(read) > 10
    assert {*read, "issuer", "prefix", "computed", "inferred", "correction"} == SOURCE_NAMES.keys()
