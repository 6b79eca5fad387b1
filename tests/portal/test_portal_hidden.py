"""A hidden policy is nowhere in any answer of the portal, whether or not the index has followed."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import lxml.html
import pytest
from fastapi.routing import iter_route_contexts
from made_policies import NOW, hide, make_policy, store
from served_portal import Served, serving

from index.sync import sync_index
from normalizers.policy import Attachment
from pipelines.catalogue import Catalogue
from pipelines.changes import ChangeKind
from pipelines.hiding import unhide_policy
from portal.app import create_app

pytestmark = pytest.mark.slow

API = "/api/v1"
SECRET = make_policy(
    3,
    title="演示市关于柑橘救助对象名单的公示",
    doc_number="演柑发〔2024〕77号",
    doc_number_key="演柑发2024-77",
    issuers=("演示柑橘救助局",),
    authorities=("演示柑橘救助局",),
    topics=("演示柑橘标签",),
    keywords=("柑橘关键词",),
    text="柑橘救助对象某某某，住演示路一号。",
    attachments=(Attachment("http://demo3.test:8147/a/柑橘名单.xls", "柑橘名单.xls", "xls", "柑橘救助名单"),),
)
# What no answer may say: every text of the policy has it, and nothing else in the library.
MARK = "柑橘"
REASON = "演示理由：含个人信息"
GONE = f"这件政策已于{NOW.year}年3月3日隐去，不再提供"  # 18:00 UTC is the next day in Shanghai
# Pages of one kind (one path, whatever its ids and parameters are) that a walk over links looks at.
MOST_OF_A_KIND = 5
LIKE = make_policy(40, title="演示市关于救助对象名单的公示", text="救助对象某某某，住演示路一号。")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A portal over twenty policies, one of which has just been hidden; the index does not know yet."""
    others = [make_policy(n) for n in range(20) if n != 3]
    with serving(tmp_path, [SECRET, LIKE, *others]) as served:
        sync_index(served.catalogue, served.engine)
        assert MARK in told(served.client.get("/search", params={"q": MARK}))
        hide(served.catalogue, SECRET.id, REASON)
        yield served


def told(answer: httpx.Response) -> str:
    """An answer without what it repeats of the question."""
    return answer.text + str(answer.headers)


def own_routes(served: Served) -> list[str]:
    """Every address that the application has for one policy, with the id of ours."""
    routes = iter_route_contexts(create_app(served.engine, served.catalogue).routes)
    paths = [route.path or "" for route in routes if "GET" in (route.methods or ())]
    named = [path for path in paths if re.search(r"\{(page|policy)_id", path)]
    return [
        re.sub(r"\{[^}]+\}", "1", re.sub(r"\{(page|policy)_id[^}]*\}", SECRET.id, path)) for path in named
    ]


def documents() -> list[str]:
    return [
        f"/policies/{SECRET.id}",
        f"/policies/{SECRET.id}?file=1",
        f"/policies/{SECRET.id}/why?q=某某某",
        f"{API}/policies/{SECRET.id}",
        f"{API}/similar/{SECRET.id}",
        f"{API}/explain/{SECRET.id}?q=某某某",
    ]


def test_its_own_addresses_say_that_it_is_gone_and_when(served: Served) -> None:
    routes = own_routes(served)
    assert len(routes) >= 8
    for address in [*documents(), *routes]:
        answer = served.client.get(address)
        assert (answer.status_code, GONE in answer.text) == (410, True), address
        assert MARK not in told(answer), address
        assert REASON not in told(answer), address
        if address.startswith(API):
            assert answer.headers["content-type"] == "application/problem+json"
            assert (answer.json()["name"], answer.json()["status"]) == ("hidden", 410)
    assert served.client.get(f"{API}/policies/{'0' * 16}").status_code == 404


def test_a_client_that_has_it_is_told_so(served: Served) -> None:
    with served.catalogue.write() as connection:
        unhide_policy(connection, SECRET.id, NOW)
    tag = {"if-none-match": served.client.get(f"/policies/{SECRET.id}").headers["etag"]}
    hide(served.catalogue, SECRET.id, REASON)
    assert served.client.get(f"/policies/{SECRET.id}", headers=tag).status_code == 410


@pytest.mark.parametrize("followed", [False, True], ids=["index behind", "index level"])
def test_no_answer_to_any_question_has_it(served: Served, followed: bool) -> None:
    if followed:
        sync_index(served.catalogue, served.engine)
    questions = (
        {"q": "救助对象名单"},
        {"q": '"住演示路一号"'},
        {"q": "jiuzhu"},
        {"q": "救助对像名单"},
        {"site": SECRET.site},
    )
    places = ["/search", f"{API}/policies"]
    if followed:  # what values are counted is a matter of the index alone
        places += [f"{API}/facets", "/search/facets/topic", "/search/facets/issuer"]
    counted = {} if followed else {"facets": "0"}
    asked = [
        (place, question | (counted if place == "/search" else {}))
        for place in places
        for question in questions
    ]
    asked += [
        (f"{API}/suggest", {"q": "演示市关于"}),
        (f"{API}/suggest", {"q": "演"}),
        (f"{API}/numbers/演甘发〔2024〕77号", {}),
        (f"{API}/policies", {"q": "演甘发〔2024〕77号"}),
        (f"{API}/policies", {"sort": "first_seen", "limit": "100"}),
        *((f"/feeds/{kind}", {"q": text}) for kind in ("atom", "rss") for text in ("", "救助对象名单")),
        *((f"{API}/exports", {"format": kind}) for kind in ("csv", "jsonl")),
        (f"{API}/similar/{LIKE.id}", {}),
        (f"/policies/{LIKE.id}", {}),
        ("/", {}),
    ]
    if followed:  # names of bodies are those of the index, too
        asked.append((f"{API}/suggest", {"q": "救助"}))
    for place, parameters in asked:
        answer = served.client.get(place, params=parameters)
        assert answer.status_code < 500, (place, parameters)
        assert MARK not in told(answer), (place, parameters)
        assert SECRET.id not in told(answer), (place, parameters)
        assert REASON not in told(answer), (place, parameters)


def test_who_knows_its_words_does_not_learn_more(served: Served) -> None:
    for followed in (False, True):
        if followed:
            sync_index(served.catalogue, served.engine)
        for text in ("柑橘救助", "演柑发〔2024〕77号", '标题:"柑橘救助"', "演柑发[2024]7号"):
            found = served.client.get(f"{API}/policies", params={"q": text}).json()
            assert SECRET.id not in [item["id"] for item in found["items"]]
            assert not [other for other in found["did_you_mean"] if "77" in other]
            assert served.client.get("/search", params={"q": text}).status_code == 200  # no way to its page
        typed = served.client.get(f"{API}/suggest", params={"q": "演示市关于柑橘"}).json()
        assert typed["items"] == []
        assert served.client.get(f"{API}/numbers/演柑发〔2024〕77号").status_code == 404


def test_no_page_that_can_be_reached_has_it(served: Served) -> None:
    sync_index(served.catalogue, served.engine)
    pages = dict(walked(served.client))
    assert len(pages) > 20
    for path, answer in pages.items():
        assert answer.status_code < 500, path
        assert MARK not in told(answer), path
        assert REASON not in told(answer), path
        if SECRET.id in answer.text:
            assert is_stream(path), path


def is_stream(path: str) -> bool:
    """Whether a path is the change stream, the one place that tells the id: its tombstone."""
    return path.split("?")[0] == f"{API}/changes"


def walked(client: httpx.Client) -> Iterator[tuple[str, httpx.Response]]:
    """The answers to links from the home page on and to every GET of the API that needs no id."""
    api = client.get("/openapi.json").json()["paths"]
    paths = ["/", *(path for path, methods in api.items() if "get" in methods and "{" not in path)]
    seen, kinds = set(paths), Counter[str]()
    for path in paths:
        kinds[kind := re.sub("[0-9a-f]{16}", "", path.partition("?")[0])] += 1
        if kinds[kind] > MOST_OF_A_KIND:
            continue
        answer = client.get(path)
        yield path, answer
        if answer.headers.get("content-type", "").startswith("text/html"):
            found = [link for link in links(answer) if link not in seen]
            seen.update(found)
            paths.extend(found)


def links(answer: httpx.Response) -> Iterator[str]:
    here = urlsplit(str(answer.url))
    for href in lxml.html.fromstring(answer.text).xpath("//a/@href | //link/@href | //form/@action"):
        parts = urlsplit(urljoin(str(answer.url), href))
        if parts.netloc == here.netloc and not parts.path.startswith("/static/"):
            yield parts._replace(scheme="", netloc="", fragment="").geturl()


def test_shown_again_it_is_there_as_before(served: Served) -> None:
    sync_index(served.catalogue, served.engine)
    with served.catalogue.write() as connection:
        unhide_policy(connection, SECRET.id, NOW)
    sync_index(served.catalogue, served.engine)
    for address in documents():
        assert served.client.get(address).status_code in (200, 422), address
    assert served.client.get(f"{API}/numbers/演柑发〔2024〕77号").json()["items"][0]["id"] == SECRET.id


def test_a_day_of_hiding_is_no_night(tmp_path: Path) -> None:
    from portal.nights import last_night

    catalogue = Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    earlier = [SECRET, *(make_policy(n) for n in range(4, 8))]
    for kind in (ChangeKind.NEW, ChangeKind.CHANGED, ChangeKind.VANISHED):
        store(catalogue, earlier, kind, at=NOW - timedelta(days=1))
    store(catalogue, [SECRET, make_policy(4), make_policy(5)], ChangeKind.CHANGED, at=NOW)
    store(catalogue, [make_policy(6)], ChangeKind.VANISHED, at=NOW)
    store(catalogue, [make_policy(9)], at=NOW)
    hide(catalogue, SECRET.id, REASON)
    with catalogue.read() as connection:
        night = last_night(connection)
    catalogue.close()
    assert night is not None
    assert (night.night, dict(night.kinds)) == (NOW.date(), {"changed": 2, "vanished": 1})
