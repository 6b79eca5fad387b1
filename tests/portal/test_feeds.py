"""Feeds of any search: their rules, their order, their ids, and that they are not sent twice."""

import html
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import lxml.html
import pytest
from feed_rules import ATOM, check_atom, check_rss, parse
from made_policies import NOW, hide, make_policy, page_id, store
from served_portal import Served, serving

from index.sync import sync_index
from normalizers.policy import Attachment
from portal.feeds import MAX_SIZE, SIZE, clean
from portal.serving import Serving

pytestmark = pytest.mark.slow

HOSTILE = [
    "<script>alert(1)</script>",
    "]]><evil/>",
    "演示\x00通\x08知\x1b[31m",
    "&amp;lt;b&gt; &#x3C;i&#x3E; &nbsp;",
    "演示\ufffe\uffff\x85\u2028末",
    "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>&x;",
    "\u202e倒写\u202c \U0001f600 \ud7ff\ue000",
    '"onmouseover="alert(1)',
    "=cmd|' /C calc'!A0",
    "长" * 5_000,
    "\r\nX-Injected: 1",
    "   ",
]


def later() -> datetime:
    """A day after everything was stored."""
    return NOW + timedelta(days=1)


@pytest.fixture(scope="module")
def fed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A portal whose policies came in one an hour; not to be written to."""
    policies = [make_policy(n) for n in range(70)]
    folder = tmp_path_factory.mktemp("fed")
    with serving(folder, [], serving=Serving(clock=later)) as served:
        for n, policy in enumerate(policies):
            store(served.catalogue, [policy], at=NOW - timedelta(hours=70 - n))
        sync_index(served.catalogue, served.engine)
        yield Served(served.client, served.catalogue, served.engine, policies)


def atom(served: Served, **parameters: Any) -> list[dict[str, str]]:
    answer = served.client.get("/feeds/atom", params=parameters)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/atom+xml"
    return check_atom(answer.content)


def rss(served: Served, **parameters: Any) -> list[dict[str, str]]:
    answer = served.client.get("/feeds/rss", params=parameters)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/rss+xml"
    return check_rss(answer.content)


def test_what_came_in_last_comes_first(fed: Served) -> None:
    ids = [f"urn:zhengce:policy:{page_id(n)}" for n in reversed(range(70))]
    for entries in (atom(fed), rss(fed)):
        assert [entry["id"] for entry in entries] == ids[:SIZE]
    assert [entry["id"] for entry in atom(fed, size=MAX_SIZE)] == ids
    assert [entry["id"] for entry in rss(fed, size=3)] == ids[:3]


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "养老"},
        {"q": "养老 OR 教育", "level": "county"},
        {"level": ["county", "municipal"], "from": "2021-01-01", "to": "2023-12-31"},
        {"q": "养老服务", "synonyms": "0", "sort": "written", "order": "asc", "page": "2", "facets": "0"},
        {"issuer": "演示市财政局"},
    ],
)
def test_a_feed_has_what_the_search_has(fed: Served, asked: dict[str, Any]) -> None:
    page = fed.client.get("/search", params={**asked, "size": 100, "page": 1})
    document = lxml.html.document_fromstring(page.text)
    found = {
        link.partition("?")[0].rpartition("/")[2]
        for link in document.xpath("//ol[@class='results']//h2/a/@href")
    }
    assert found
    assert {entry["id"].rpartition(":")[2] for entry in atom(fed, **asked, size=200)} == found
    for kind in ("atom", "rss"):
        (link,) = document.xpath(f"//link[@rel='alternate'][@type='application/{kind}+xml']/@href")
        assert link in document.xpath("//p[@class='take']/a/@href")
        parts = urlsplit(link)
        assert parts.path == f"/feeds/{kind}"
        by_link = fed.client.get(link)
        check = {"atom": check_atom, "rss": check_rss}[kind]
        assert {entry["id"].rpartition(":")[2] for entry in check(by_link.content)} == found
        assert link in html.unescape(
            by_link.text.replace("http://" + fed.client.base_url.netloc.decode(), "")
        )


def test_a_feed_says_what_it_is(fed: Served) -> None:
    root = parse(
        fed.client.get("/feeds/atom", params={"q": "养老", "level": "county", "from": "2021-01-01"}).content
    )
    told = "养老；层级：县级；日期：2021-01-01 至 不限"
    assert root.findtext(f"{ATOM}title") == f"政策库：{told}"
    assert told in (root.findtext(f"{ATOM}subtitle") or "")
    assert "非官方来源" in (root.findtext(f"{ATOM}subtitle") or "")
    channel = parse(fed.client.get("/feeds/rss").content)[0]
    assert channel.findtext("title") == "政策库：全部政策"


def test_an_entry_tells_the_document(fed: Served) -> None:
    policy = next(
        p for p in reversed(fed.policies) if p.doc_number and len(p.issuers) == 2 and p.effective_date is None
    )
    (entry,) = [one for one in atom(fed, size=200) if one["id"].endswith(policy.id)]
    base = str(fed.client.base_url).rstrip("/")
    assert (entry["title"], entry["link"]) == (policy.title, f"{base}/policies/{policy.id}")
    assert (entry["via"], entry["authors"]) == (policy.url, "、".join(policy.issuers))
    assert policy.doc_number and policy.doc_number in entry["summary"]
    assert "、".join(policy.issuers) in entry["summary"]
    assert "成文 " in entry["summary"]
    assert policy.text.splitlines()[0][:10] in entry["summary"]
    (item,) = [one for one in rss(fed, size=200) if one["id"] == entry["id"]]
    assert {name: item[name] for name in ("id", "title", "summary", "link")} == {
        name: entry[name] for name in ("id", "title", "summary", "link")
    }
    moment = datetime.fromisoformat(entry["updated"])
    assert moment == NOW - timedelta(hours=70 - fed.policies.index(policy))
    assert fed.client.get(entry["link"]).status_code == 200


def test_ids_do_not_depend_on_the_host(fed: Served) -> None:
    one = fed.client.get("/feeds/atom?q=养老").content
    other = fed.client.get("/feeds/atom?q=养老", headers={"host": "mirror.example:8443"}).content
    assert b"mirror.example:8443/policies/" in other and b"mirror.example" not in one
    for left, right in zip(check_atom(one), check_atom(other), strict=True):
        assert (left["id"], left["title"], left["summary"]) == (right["id"], right["title"], right["summary"])
    assert parse(one).findtext(f"{ATOM}id") == parse(other).findtext(f"{ATOM}id")
    same = parse(fed.client.get("/feeds/rss?q=养老&sort=written&size=3").content)
    assert parse(one).findtext(f"{ATOM}id") != parse(fed.client.get("/feeds/atom").content).findtext(
        f"{ATOM}id"
    )
    assert (
        same.findtext("channel/link")
        == str(fed.client.base_url).rstrip("/") + "/search?q=%E5%85%BB%E8%80%81&sort=first_seen"
    )


@pytest.mark.parametrize(
    "host",
    [
        "evil.example/path",
        "a@evil.example",
        "evil.example:99999999",
        "<script>",
        "ev il",
        "[::1",
        "",
        "x" * 300,
        "a..b",
    ],
)
def test_a_host_that_is_none_is_not_repeated(fed: Served, host: str) -> None:
    answer = fed.client.get("/feeds/atom", headers={"host": host})
    if answer.status_code == 400:  # the server itself refused it
        return
    own = str(fed.client.base_url).rstrip("/")
    assert all(entry["link"].startswith(f"{own}/policies/") for entry in check_atom(answer.content))


def test_a_public_address_wins_over_every_host(tmp_path: Path) -> None:
    told = Serving(public_url="https://policy.example.org")
    with serving(tmp_path, [make_policy(1)], serving=told) as served:
        sync_index(served.catalogue, served.engine)
        answer = served.client.get(
            "/feeds/rss", headers={"host": "other.example", "x-forwarded-host": "evil.example"}
        )
        (item,) = check_rss(answer.content)
        assert item["link"] == f"https://policy.example.org/policies/{page_id(1)}"
        assert b"evil.example" not in answer.content and b"other.example" not in answer.content


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_hostile_documents_stay_text(tmp_path: Path, kind: str) -> None:
    policies = [
        make_policy(
            n,
            title=text,
            doc_number=text[:100],
            issuers=(text,),
            text=f"演示正文 {text}",
            url=("javascript:alert(1)", f"http://demo.test/{text[:50]}")[n % 2],
            attachments=(Attachment("http://demo.test/a.pdf", text, "pdf", text),),
        )
        for n, text in enumerate(HOSTILE)
    ]
    with serving(tmp_path, policies) as served:
        sync_index(served.catalogue, served.engine)
        answer = served.client.get(f"/feeds/{kind}", params={"q": HOSTILE[0]})
        {"atom": check_atom, "rss": check_rss}[kind](answer.content)
        everything = served.client.get(f"/feeds/{kind}")
    entries = {"atom": check_atom, "rss": check_rss}[kind](everything.content)
    titles = {entry["id"].rpartition(":")[2]: entry["title"] for entry in entries}
    for n, text in enumerate(HOSTILE):
        told = clean(text).strip().replace("\r\n", "\n")[:500] or "（无标题）"
        assert titles[page_id(n)] == told
    assert "javascript:" not in everything.text
    assert "x-injected" not in everything.headers


def test_every_character_that_xml_forbids_is_left_out() -> None:
    from lxml import etree

    for code in (*range(0x300), *range(0xD7F0, 0xE010), *range(0xFFF0, 0x10010), 0x10FFFF):
        try:
            etree.Element("a").text = chr(code)
            allowed = True
        except ValueError:
            allowed = False
        assert (clean(chr(code)) == chr(code)) == allowed, hex(code)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("size=0", "1 到 200"),
        ("size=201", "1 到 200"),
        ("size=ten", "“ten”"),
        ("size=９", "1 到 200"),
        ("level=xyz", "没有层级“xyz”"),
        ("from=2023-13-01", "日期“2023-13-01”不可用"),
        ("q=" + "a" * 1001, "最多 1000 个字符"),
    ],
)
def test_errors_are_for_programs(fed: Served, asked: str, words: str) -> None:
    for kind in ("atom", "rss"):
        answer = fed.client.get(f"/feeds/{kind}?{asked}")
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
        assert words in answer.json()["detail"]
    assert fed.client.get("/feeds/nothing").headers["content-type"] == "application/problem+json"


def test_parts_of_a_query_are_no_news_of_it(fed: Served) -> None:
    assert "部分符合" in fed.client.get("/search", params={"q": "养老服务 无此词语"}).text
    assert atom(fed, q="养老服务 无此词语") == []


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_a_feed_is_not_sent_twice(fed: Served, kind: str) -> None:
    first = fed.client.get(f"/feeds/{kind}?q=养老")
    tag, modified = first.headers["etag"], first.headers["last-modified"]
    assert modified == format_datetime(NOW.astimezone(UTC) - timedelta(hours=1), usegmt=True)
    for known in ({"if-none-match": tag}, {"if-modified-since": modified}, {"if-none-match": f'"x", {tag}'}):
        again = fed.client.get(f"/feeds/{kind}?q=养老", headers=known)
        assert (again.status_code, again.content) == (304, b"")
        assert (again.headers["etag"], again.headers["last-modified"]) == (tag, modified)
    stale = {"if-modified-since": format_datetime(NOW - timedelta(days=30), usegmt=True)}
    for unknown in (
        {"if-none-match": '"x"', "if-modified-since": modified},
        stale,
        {"if-modified-since": "soon"},
    ):
        assert fed.client.get(f"/feeds/{kind}?q=养老", headers=unknown).status_code == 200
    for path in (
        f"/feeds/{kind}",
        f"/feeds/{kind}?q=养老&size=2",
        f"/feeds/{'rss' if kind == 'atom' else 'atom'}?q=养老",
    ):
        assert fed.client.get(path, headers={"if-none-match": tag}).status_code == 200
    assert fed.client.get(f"/feeds/{kind}?q=养老").content == first.content


def test_a_change_is_news_and_what_was_hidden_is_gone(tmp_path: Path) -> None:
    policies = [make_policy(n) for n in range(3)]
    with serving(tmp_path, policies, serving=Serving(clock=later)) as served:
        sync_index(served.catalogue, served.engine)
        before = served.client.get("/feeds/atom")
        known = {"if-none-match": before.headers["etag"]}
        assert served.client.get("/feeds/atom", headers=known).status_code == 304
        hide(served.catalogue, policies[1].id, "个人信息")
        entries = changed(served, known)
        # The index has not seen it yet: no date is given that would promise more than is known.
        assert "last-modified" not in served.client.get("/feeds/atom").headers
        assert [entry["id"][-16:] for entry in entries].count(policies[1].id) == 0
        assert policies[1].title not in {entry["title"] for entry in entries}
        sync_index(served.catalogue, served.engine)
        assert {entry["id"][-16:] for entry in atom(served)} == {policies[0].id, policies[2].id}


def changed(served: Served, known: dict[str, str]) -> list[dict[str, str]]:
    """The feed as soon as it is another; the portal looks at its state twice a second."""
    import time

    end = time.monotonic() + 5
    while time.monotonic() < end:
        answer = served.client.get("/feeds/atom", headers=known)
        if answer.status_code == 200:
            return check_atom(answer.content)
        time.sleep(0.1)
    raise AssertionError("still the old feed")


def test_a_change_that_is_too_near_has_no_date(tmp_path: Path) -> None:
    near = Serving(clock=lambda: NOW + timedelta(seconds=30))
    with serving(tmp_path, [make_policy(1)], serving=near) as served:
        sync_index(served.catalogue, served.engine)
        answer = served.client.get("/feeds/atom")
        assert "etag" in answer.headers and "last-modified" not in answer.headers


def test_no_index_and_an_empty_one(bare: Served) -> None:
    problem = bare.client.get("/feeds/atom")
    assert (problem.status_code, problem.json()["name"]) == (503, "index_unusable")
    sync_index(bare.catalogue, bare.engine)
    assert atom(bare) == [] and rss(bare) == []
