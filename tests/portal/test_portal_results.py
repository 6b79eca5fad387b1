"""The results page and what stands beside it, read as a browser without JavaScript would."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import lxml.html
import msgspec
import pytest
from lxml.html import HtmlElement
from made_policies import SUBJECTS, make_policy
from served_portal import Served, serving

from index.parse import parse_query
from index.query import All, Either, Node
from index.sync import sync_index
from normalizers.policy import Attachment
from normalizers.regions import region_names
from portal.exports.formats import FORMATS
from portal.help import API_CALLS, EXAMPLES, FIELD_EXAMPLES, examples_of

pytestmark = pytest.mark.slow

DOCUMENT = Path(__file__).parents[2] / "docs" / "searching.md"
LIMIT = 120_000  # bytes of a results page with everything, on a first visit


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A portal of 500 policies with many bodies and regions, two bearers of a number, a long attachment."""
    codes = [code for code in region_names() if not code.endswith("0000")][::5]
    policies = [
        make_policy(
            n,
            region=codes[n * 7 % len(codes)],
            issuers=(f"演示{n}号人民政府办公厅",),
            keywords=(f"词{n % 9}",),
        )
        for n in range(500)
    ]
    for n in (20, 21):
        policies[n] = replace(policies[n], doc_number="演政发〔2019〕7号", doc_number_key="演政发2019-7")
    pages = "\f".join(f"第{n}页的话" if n != 3 else "助餐服务点的补贴标准" for n in range(1, 6))
    files = (
        Attachment("http://demo.test/b.docx", "乙", "docx", "别的话"),
        Attachment("http://demo.test/c.pdf", "丙", "pdf", pages),
    )
    policies[30] = replace(policies[30], attachments=files)
    title = "演示省人民政府关于印发荔枝产业高质量发展实施方案的通知"
    for n in range(40, 44):
        policies[n] = replace(policies[n], title=f"{title}（{n}）", text=f"荔枝产业的品种与冷链。{n}")
    with serving(tmp_path_factory.mktemp("shelf"), policies) as served:
        sync_index(served.catalogue, served.engine)
        yield served


def page(served: Served, path: str, status: int = 200, **parameters: Any) -> HtmlElement:
    answer = served.client.get(path, params=parameters or None)
    assert answer.status_code == status, answer.text[:500]
    return lxml.html.document_fromstring(answer.text)


def text(element: HtmlElement, css: str) -> str:
    return " ".join(" ".join(e.text_content().split()) for e in element.cssselect(css))


def link(element: HtmlElement, css: str) -> str:
    (found,) = element.cssselect(css)
    return found.get("href") or ""


def total(element: HtmlElement) -> int:
    return int(text(element, ".total strong"))


def test_several_bearers_of_a_number_are_listed(shelf: Served) -> None:
    found = page(shelf, "/search", q="演政发2019-7号")
    assert "2 件政策使用这个文号" in text(found, "#candidates")
    listed = {a.get("href") for a in found.cssselect("section.notice li a")}
    assert listed == {f"/policies/{shelf.policies[n].id}" for n in (20, 21)}


def test_what_was_meant_is_offered_where_nothing_is_found(shelf: Served) -> None:
    found = page(shelf, "/search", q="荔支产业", size=10)
    assert total(found) == 0
    (offer, *_) = found.cssselect(".meant a")
    assert offer.text_content() == "荔枝产业"
    assert "size=10" in offer.get("href")
    assert total(page(shelf, offer.get("href"))) == 4
    answer = shelf.client.get("/api/v1/policies", params={"q": "荔支产业"}).json()
    assert answer["did_you_mean"][0] == "荔枝产业"
    assert page(shelf, "/search", q="荔枝产业").cssselect(".meant") == []


def test_what_is_found_letter_for_letter_was_meant(shelf: Served) -> None:
    title = shelf.policies[20].title
    found = page(shelf, "/search", q=f'"{title}"')
    assert 0 < total(found) <= 2
    assert found.cssselect(".meant") == []


def test_numbers_near_one_that_nobody_bears_are_offered(shelf: Served) -> None:
    found = page(shelf, "/search", q="演政发2018-7号")
    assert [a.text_content() for a in found.cssselect(".meant a")] == ["演政发〔2019〕7号"]
    assert page(shelf, "/search", q="演政发2019-7号").cssselect(".meant") == []


def test_parts_of_what_was_asked_are_told_as_such_and_counted(shelf: Served) -> None:
    asked = {"q": "荔枝产业的品种与冷链 火星基地", "size": 100}
    found = page(shelf, "/search", **asked)
    assert "没有全部符合的结果" in text(found, ".note")
    ids = [(a.get("href") or "").rpartition("/")[2] for a in found.cssselect(".found .results h2 a")]
    levels = Counter(p.level for p in shelf.policies if p.id in ids and p.level)
    assert len(ids) == total(found) == 4
    assert {
        box.get("value"): int(text(box.getparent(), "span")) for box in found.cssselect(".level input")
    } == levels
    assert total(page(shelf, link(found, ".note a"))) == 0


def test_a_hit_in_an_attachment_leads_to_its_open_page(shelf: Served) -> None:
    found = page(shelf, "/search", q="助餐服务点")
    (place,) = found.cssselect("a.place")
    assert place.text_content() == "附件2，第3页"
    address = urlsplit(place.get("href") or "")
    shown = page(shelf, f"{address.path}?{address.query}")
    (anchor,) = shown.cssselect(f"#{address.fragment}")
    assert "助餐服务点" in (anchor.tail or "")
    (details,) = [above for above in anchor.iterancestors() if above.tag == "details"]
    assert details.get("open") is not None
    assert len(shown.cssselect("li[id^=file-] details[open]")) == 1


def test_why_a_hit_was_found_is_one_link_away(shelf: Served) -> None:
    found = page(shelf, "/search", q="荔枝", level=shelf.policies[40].level or "county")
    why = page(shelf, found.cssselect(".why a")[0].get("href"))
    assert "标题里" in text(why, "main table")
    assert "“荔枝”" in text(why, "main table")
    assert total(page(shelf, link(why, "main p a"))) == total(found)
    refused = page(shelf, f"/policies/{shelf.policies[1].id}/why", 422, q="荔枝")
    assert "不在这次检索的结果里" in text(refused, ".notice.bad")
    assert page(shelf, "/search", level="county").cssselect(".why") == []
    assert "没有这件政策" in text(page(shelf, "/policies/x/why", 404, q="荔枝"), "main")


def test_what_is_alike_stands_on_a_page_of_its_own(shelf: Served) -> None:
    document = page(shelf, f"/policies/{shelf.policies[40].id}")
    (link,) = document.cssselect("#similar a")
    shown = page(shelf, link.get("href") or "")
    alike = {a.get("href") for a in shown.cssselect(".results h2 a")}
    assert alike >= {f"/policies/{shelf.policies[n].id}" for n in (41, 42, 43)}
    assert f"/policies/{shelf.policies[40].id}" not in alike


@pytest.mark.parametrize(
    ("parameters", "by_cursor"),
    [
        ({"q": "演示", "size": "100"}, False),
        ({"sort": "written", "size": "50"}, True),
        ({"sort": "first_seen", "order": "asc", "size": "100"}, True),
    ],
)
def test_every_result_is_reached_once(shelf: Served, parameters: dict[str, str], by_cursor: bool) -> None:
    seen, found = list[str](), page(shelf, "/search", **parameters)
    while True:
        seen += [a.get("href") or "" for a in found.cssselect(".found .results h2 a")]
        following = found.cssselect(".pages a[rel=next]")
        if not following:
            break
        assert ("cursor" in parse_qs(urlsplit(following[0].get("href")).query)) == by_cursor
        found = page(shelf, following[0].get("href"))
    assert len(seen) == len(set(seen)) == total(found) == 500
    assert "第 " in text(found, ".total")
    before = page(shelf, link(found, ".pages a[rel=prev]"))
    assert not {a.get("href") for a in before.cssselect(".found .results h2 a")} & set(seen[-50:])


def test_far_behind_the_last_page_the_way_back_is_shown(shelf: Served) -> None:
    found = page(shelf, "/search", q="演示", page=9_999_999)
    assert "这里没有更多了" in text(found, ".notice")
    assert len(page(shelf, link(found, ".found .notice a")).cssselect(".found .results li")) == 20


def test_all_values_of_a_facet_are_on_a_page_of_their_own(shelf: Served) -> None:
    found = page(shelf, "/search", q="演示")
    (whole,) = [a.get("href") for a in found.cssselect("fieldset.issuer > p a")]
    issuers = page(shelf, whole)
    assert "发文机关：500 个" in text(issuers, "h1")
    seen = {box.get("value") for box in issuers.cssselect(".whole input[type=checkbox]")}
    issuers = page(shelf, issuers.cssselect(".pages a")[0].get("href"))
    seen |= {box.get("value") for box in issuers.cssselect(".whole input[type=checkbox]")}
    assert seen == {p.issuers[0] for p in shelf.policies}
    looked = page(shelf, whole, find="499号", q="演示", issuer=["演示1号人民政府办公厅"])
    (box,) = looked.cssselect(".whole input[type=checkbox]")
    assert box.get("value") == "演示499号人民政府办公厅"
    kept = [(e.get("name"), e.get("value")) for e in looked.cssselect(".whole input[type=hidden]")]
    assert kept == [("q", "演示"), ("issuer", "演示1号人民政府办公厅")]
    assert total(page(shelf, link(looked, "main > p a[href^='/search?']"))) == 1
    assert "没有这个分面" in text(page(shelf, "/search/facets/colour", 404), "main")


def test_a_province_has_its_cities_below_it(shelf: Served) -> None:
    whole = page(shelf, "/search/facets/region")
    (province,) = [
        li for li in whole.cssselect(".region > li") if li.cssselect("label > input[value='610000']")
    ]
    count = int(province.cssselect("label span")[0].text_content())
    assert count == sum((p.region or "").startswith("61") for p in shelf.policies)
    below = {box.get("value") for box in province.cssselect("details input")}
    assert below and all((value or "").startswith("61") for value in below)
    chosen = page(shelf, "/search", region="610000")
    assert total(chosen) == count
    (details,) = [d for d in chosen.cssselect(".region details[open]") if d.get("open") is not None][:1]
    assert details.cssselect("input[value^='61']")
    assert text(chosen, ".active a").startswith("地区：陕西省")


def test_the_same_search_by_the_api(shelf: Served) -> None:
    parameters = {"q": "养老 OR 国办", "level": "county", "synonyms": "0", "size": "10", "sort": "written"}
    found = page(shelf, "/search", **parameters)
    taken = [a.get("href") or "" for a in found.cssselect(".take a")]
    (api,) = [href for href in taken if href.startswith("/api/v1/policies?")]
    answer = shelf.client.get(api).json()
    assert answer["total"] == total(found)
    assert [f"/policies/{item['id']}" for item in answer["items"]] == [
        a.get("href") for a in found.cssselect(".found .results h2 a")
    ]
    exports = {kind: href for kind in FORMATS for href in taken if f"format={kind}" in href}
    assert set(exports) == set(FORMATS)
    lines = shelf.client.get(exports["jsonl"]).content.splitlines()
    assert [msgspec.json.decode(line)["id"] for line in lines][:10] == [one["id"] for one in answer["items"]]
    assert len(lines) == answer["total"]


def test_filters_that_are_no_facets_are_kept(shelf: Served) -> None:
    found = page(shelf, "/search", keyword="词3")
    assert total(found) == sum("词3" in p.keywords for p in shelf.policies)
    assert "关键词：词3" in text(found, ".active")
    kept = [e.get("value") for e in found.cssselect("form.filters input[type=hidden][name=keyword]")]
    assert kept == ["词3"]
    assert total(page(shelf, "/search", work=shelf.policies[5].id)) == 1


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"q": "演示 OR 养老 OR 荔枝 OR 补贴"},
        {"q": "演示", "region": "610000"},
        {"q": "演" * 300, "level": "county"},
    ],
)
def test_a_results_page_is_light(shelf: Served, parameters: dict[str, str]) -> None:
    answer = shelf.client.get("/search", params=parameters)
    document = lxml.html.document_fromstring(answer.text)
    loaded = document.cssselect("link:not([rel=alternate]), script, img")
    linked = [e.get("href") or e.get("src") for e in loaded]
    assets = [shelf.client.get(path or "") for path in linked]
    assert all(asset.status_code == 200 for asset in assets)
    assert len(linked) == 3
    assert sum(len(one.content) for one in (answer, *assets)) < LIMIT


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"q": "长" * 1001}, "最多 1000 个字符"),
        ({"level": [str(n) for n in range(60)]}, "最多 50 个"),
        ({"cursor": "written.desc.5", "sort": "published"}, "cursor"),
        ({"cursor": "9" * 500, "sort": "written"}, "cursor"),
    ],
)
def test_limits_are_told(shelf: Served, parameters: dict[str, object], words: str) -> None:
    assert words in text(page(shelf, "/search", 422, **parameters), "#mistakes")


def test_the_examples_of_the_help_page_are_queries(shelf: Served) -> None:
    shown = page(shelf, "/help")
    queries = {a.text_content(): a.get("href") for a in shown.cssselect("article td a[href^='/search']")}
    number, place = list(queries)[6], list(queries)[9].split()[1]
    assert number in {policy.doc_number for policy in shelf.policies}
    assert list(queries) == [one.query for one in examples_of((*EXAMPLES, *FIELD_EXAMPLES), number, place)]
    assert total(page(shelf, queries[f"地区:{place}"] or ""))
    assert shelf.client.get(queries[number] or "", follow_redirects=False).status_code in (200, 303)
    for query, href in queries.items():
        assert parse_query(query).mistakes == (), query
        found = page(shelf, href or "")
        assert found.cssselect("header input[name=q]")[0].get("value") == query


def test_the_help_page_names_every_call_of_the_api(shelf: Served) -> None:
    written = {code.text_content() for code in page(shelf, "/help").cssselect("article td code")}
    assert written >= {one.query for one in API_CALLS if "国办发" not in one.query}
    for one in API_CALLS:
        if not {"{", "…"} & set(one.query):
            assert shelf.client.get(one.query).status_code in (200, 404), one.query
    told = [one.query.partition("?")[0] for one in API_CALLS]
    for path in shelf.client.get("/openapi.json").json()["paths"]:
        pattern = re.sub(r"\{[^}]*\}", "[^/]+", path)
        assert any(re.fullmatch(pattern, one) for one in told), path


def test_the_examples_of_the_documentation_are_queries() -> None:
    rows = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    queries = [row.split("`")[1].replace("\\|", "|") for row in rows if "/api/" not in row]
    assert len(queries) > 15
    for query in queries:
        assert parse_query(query).mistakes == (), query
        assert next(terms_and_filters(parse_query(query).tree), None), query


def terms_and_filters(node: Node) -> Iterator[Node]:
    """The leaves of a tree."""
    if isinstance(node, All | Either):
        for inner in node.nodes:
            yield from terms_and_filters(inner)
    else:
        yield node


def test_errors_lead_to_their_place_in_the_help(shelf: Served) -> None:
    anchors = {e.get("id") for e in page(shelf, "/help").cssselect("dt[id]")}
    for path in ("policies?limit=x", "policies?from=x", "policies/x", "nothing"):
        problem = shelf.client.get(f"/api/v1/{path}").json()
        assert problem["type"].partition("#")[2] in anchors


def test_mistakes_and_other_words_read_well(shelf: Served) -> None:
    found = page(shelf, "/search", q='国办 "补贴')
    assert text(found, "#mistakes li") == '引号没有配对，按普通词检索：国办 "补贴'
    assert text(found, ".also").startswith("也检索了：国办 → 国务院办公厅")


def test_subjects_of_the_world_are_found(shelf: Served) -> None:
    for subject in SUBJECTS:
        assert total(page(shelf, "/search", q=f'标题:"{subject}"')) == sum(
            subject in (p.title or "") for p in shelf.policies
        )


@pytest.mark.parametrize(
    ("asked", "sorted_by", "links"),
    [
        ({"q": "荔枝产业", "sort": "written"}, "成文日期", 1),
        ({"q": "荔枝产业 收储", "sort": "written"}, "相关度", 0),
        ({"q": "最新的荔枝产业 收储"}, "成文日期", 1),
    ],
)
def test_the_sort_that_is_shown_is_the_one_that_was_used(
    shelf: Served, asked: dict[str, str], sorted_by: str, links: int
) -> None:
    found = page(shelf, "/search", **asked)
    (chosen,) = found.xpath("//nav[@class='sorts']/strong/text()")
    assert sorted_by in chosen
    assert len(found.xpath("//nav[@class='sorts']/a[contains(., '由')]")) == links
    assert found.xpath("//ol[@class='results']/li")
    note = "".join(found.xpath("//p[contains(@class, 'note')]//text()"))
    assert not note or ("日期" in note) == (sorted_by == "成文日期")
