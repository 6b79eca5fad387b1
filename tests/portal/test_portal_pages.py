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
from normalizers.policy import Attachment, Block, Evidence, Part, Policy

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
        (script,) = document.cssselect("script")
        assert (script.get("src") or "").startswith("/static/portal.js?v=")
        assert document.cssselect("img") == []
        assert "<script>alert(1)</script>" in document.text_content()
        for link in document.cssselect("[href], [src]"):
            assert not (link.get("href") or "").startswith("javascript:")
        assert not [e for e in document.iter() if any(name.startswith("on") for name in e.attrib)]
    strange = {"q": HOSTILE, "keyword": HOSTILE, "site": HOSTILE, "find": HOSTILE, "file": HOSTILE}
    for path in ("/search", one, f"{one}/why", "/search/facets/issuer", "/search/facets/region"):
        shown = hostile.client.get(path, params=strange)
        assert lxml.html.document_fromstring(shown.text).cssselect("main script, header script, img") == []


def test_parts_of_a_document_are_linked(tmp_path: Path) -> None:
    policy = replace(
        make_policy(3),
        blocks=(
            Block("paragraph", "现印发给你们。"),
            Block("paragraph", "演示办法"),
            Block("heading", "（一）范围", 2),
            Block("image", "/a.png", alt="流程图"),
            Block("paragraph", "附件1"),
            Block("paragraph", "演示清单"),
        ),
        parts=(Part("document", 1, 6, "演示办法", "演政发〔2024〕9号"), Part("annex", 4, 6, HOSTILE)),
        printed_text="現印發給你們。",
    )
    with serving(tmp_path, [policy]) as served:
        shown = page(served, f"/policies/{policy.id}")
    rows = shown.cssselect(".body .contents li")
    assert [" ".join(row.text_content().split()) for row in rows] == [
        "内含文件 演示办法 演政发〔2024〕9号",
        f"附件 {HOSTILE}",
    ]
    for link, first in zip(shown.cssselect(".contents a"), ("演示办法", "附件1"), strict=True):
        (anchor,) = shown.cssselect(f"a[id={(link.get('href') or '').removeprefix('#')}]")
        following = anchor.getnext()
        assert following is not None and following.text_content() == first
    assert text(shown, ".body h4") == "（一）范围"
    assert "［图片：流程图］" in text(shown, ".body")
    assert "現印發給你們。" in text(shown, ".body details")


def test_a_document_page_shows_everything(tmp_path: Path) -> None:
    policy = replace(
        make_policy(3),
        blocks=(
            Block("heading", "一、总则", 1),
            Block("paragraph", "演示正文。"),
            Block("table", "", rows=(("项目", "金额"), ("补贴", "5元"))),
            Block("signature", "演示市人民政府"),
        ),
        attachments=(
            Attachment("http://demo.test/z.pdf", "正文.pdf", "pdf", role="document"),
            Attachment("http://demo.test/a.pdf", "附件一.pdf", "pdf", "附件的文字"),
            Attachment("http://demo.test/c.xlsx", "附件三.xlsx", "xlsx", "甲\t1\f乙\t2"),
            Attachment("http://demo.test/b.pdf", "附件二.pdf", "pdf", failure="attachment_encrypted"),
        ),
        evidence={
            "doc_number": Evidence("info_table:文号", "演政发〔2023〕4号"),
            "validity_reason": Evidence("correction:演示员", "见演示市公告"),
            "expiry_date": Evidence("correction:file", "原件没有写失效日期"),
        },
        date_precision={"written_date": "month"},
        warnings=("corrected: level, was county", "pages_unknown: 演示"),
        validity="repealed",
        validity_reason="第九条",
        effective_date=make_policy(3).written_date,
    )
    with serving(tmp_path, [policy]) as served:
        shown = page(served, f"/policies/{policy.id}")  # needs no index
        assert text(shown, "h1") == policy.title
        assert text(shown, ".body td") == "项目 金额 补贴 5元"
        assert text(shown, ".body .signature") == "演示市人民政府"
        assert "附件的文字" in text(shown, ".attachments details")
        assert [li.findtext("span") for li in shown.cssselect(".attachments li")] == [
            "正文文件",
            "附件1",
            "附件2",
            "附件3",
        ]
        one, many = shown.cssselect(".attachments pre")
        assert (one.text_content(), many.text_content()) == (
            "附件的文字\n",
            "—— 第1张表 ——\n甲\t1\n—— 第2张表 ——\n乙\t2\n",
        )
        jumps = [(a.text_content(), a.get("href")) for a in shown.cssselect(".attachments .hint a")]
        assert jumps == [("第1张表", "#file-3-1"), ("第2张表", "#file-3-2")]
        assert text(shown, "#file-3-2") == "—— 第2张表 ——"
        assert text(shown, ".attachments .badge") == "未读到文字：附件已加密"
        assert "已废止" in text(shown, ".facts")
        told = [li.text_content() for li in shown.cssselect(".evidence li")]
        assert told == ["已经人工更正：层级，程序读出的是 县级", "pages_unknown: 演示"]
        fields = {div.findtext("dt"): div.findtext("dd") for div in shown.cssselect(".fields div")}
        assert fields["有效性依据"] == "第九条 "
        assert policy.written_date
        assert fields["成文日期"] == f"{policy.written_date.year}年{policy.written_date.month}月"
        assert fields["首次收录"] == "2026-03-03 02:00"
        proofs = [
            [cell.text_content() for cell in row.cssselect("td")] for row in shown.cssselect(".evidence tr")
        ]
        assert proofs[1:] == [
            ["发文字号", "信息表 文号", "演政发〔2023〕4号"],
            ["有效性依据", "人工更正 演示员", "更正理由：见演示市公告"],
            ["失效日期", "人工更正", "更正理由：原件没有写失效日期"],
        ]
        assert [
            div.findtext("dt") for div in shown.cssselect(".fields div") if "人工更正" in div.text_content()
        ] == ["有效性依据"]
        (original,) = shown.cssselect(".links a.button")
        assert original.get("href") == policy.url
        assert set(original.get("rel").split()) == {"noopener", "nofollow"}


def test_every_documented_source_of_evidence_has_a_chinese_name() -> None:
    said = " ".join((Evidence.__doc__ or "").split())
    read = said.partition("source one of ")[2].partition(";")[0].split(", ")
    assert len(read) > 10
    assert {*read, "issuer", "prefix", "computed", "inferred", "correction"} == SOURCE_NAMES.keys()
