"""Facets, suggestions, likeness and reasons of the API; answers that need not be sent again."""

from collections import Counter

import pytest
from served_portal import Served

pytestmark = pytest.mark.slow

API = "/api/v1"


def test_facets_are_a_request_of_their_own(portal: Served) -> None:
    answer = portal.client.get(f"{API}/facets", params={"q": "养老", "level": "county", "limit": 2}).json()
    matching = [p for p in portal.policies if "养老" in (p.title or "") + p.text]
    assert answer["total"] == sum(p.level == "county" for p in matching)
    levels = Counter(p.level for p in matching if p.level)
    told = {c["value"]: c["count"] for c in answer["facets"]["level"]}
    assert all(levels[level] == count for level, count in told.items())
    assert sorted(told.values(), reverse=True) == [count for _, count in levels.most_common(2)]
    assert ("level" in answer["more"]) == (len(levels) > 2)
    assert "issuer" in answer["more"] and "withdrawn" not in answer["more"]
    assert {c["label"] for c in answer["facets"]["level"]} <= {"国家", "省级", "市级", "县级"}
    issuers = Counter(name for p in matching if p.level == "county" for name in set(p.issuers))
    assert [c["count"] for c in answer["facets"]["issuer"]] == sorted(issuers.values(), reverse=True)[:2]
    one = portal.client.get(f"{API}/facets", params={"facets": "region"}).json()
    assert set(one["facets"]) == {"region"}
    assert {"value": "990000", "label": "演示省"}.items() <= one["facets"]["region"][0].items()


def test_facets_say_when_parts_are_counted(portal: Served) -> None:
    asked = {"q": "科技成果转化 火星基地"}
    listed = portal.client.get(f"{API}/policies", params=asked).json()
    counted = portal.client.get(f"{API}/facets", params=asked).json()
    assert listed["partial"] is counted["partial"] is True
    assert (listed["total"], listed["note"]) == (counted["total"], counted["note"])
    exact = portal.client.get(f"{API}/facets", params={**asked, "synonyms": "false"}).json()
    assert (exact["total"], exact["note"], exact["partial"]) == (0, "", False)


def test_counting_alone_gives_no_items(portal: Served) -> None:
    answer = portal.client.get(f"{API}/policies", params={"limit": 0}).json()
    assert (answer["total"], answer["items"], answer["facets"]) == (120, [], {})


@pytest.mark.parametrize(
    "parameters", [{"q": "演示"}, {"sort": "written"}, {"sort": "published", "order": "asc"}]
)
def test_offset_and_cursor_walk_the_same_way(portal: Served, parameters: dict[str, str]) -> None:
    first = portal.client.get(f"{API}/policies", params={**parameters, "limit": 10}).json()
    by_cursor = portal.client.get(
        f"{API}/policies", params={**parameters, "limit": 10, "cursor": first["next"]}
    ).json()
    by_offset = portal.client.get(f"{API}/policies", params={**parameters, "limit": 10, "offset": 10}).json()
    assert by_cursor == by_offset
    assert first["total"] == by_offset["total"] == 120


def test_a_beginning_is_completed(portal: Served) -> None:
    policy = next(p for p in portal.policies if p.doc_number)
    for typed, kind in (
        (policy.issuers[0][:3], "issuer"),
        (policy.doc_number, "number"),
        (policy.title, "title"),
    ):
        answer = portal.client.get(f"{API}/suggest", params={"q": typed})
        assert answer.headers["cache-control"] == "public, max-age=60"
        (offer, *_) = [one for one in answer.json()["items"] if one["kind"] == kind]
        assert (typed or "") in offer["text"]
        assert (offer["id"] is None) == (kind == "issuer")
        found = portal.client.get(f"{API}/policies", params={"q": offer["query"]}).json()
        assert found["total"] >= 1 and found["mistakes"] == []
        assert offer["id"] in {None, *(item["id"] for item in found["items"])}
    assert portal.client.get(f"{API}/suggest", params={"q": "演", "limit": 3}).json()["items"][2:]
    for nothing in ("", "　", '"', "火星"):
        assert portal.client.get(f"{API}/suggest", params={"q": nothing}).json() == {
            "q": nothing,
            "items": [],
        }


def test_what_is_alike_and_why_something_was_found(portal: Served) -> None:
    policy = portal.policies[0]
    alike = portal.client.get(f"{API}/similar/{policy.id}", params={"limit": 5}).json()
    assert alike["id"] == policy.id
    assert policy.id not in {item["id"] for item in alike["items"]}
    word = (policy.title or "").partition("关于")[2][:4]
    asked = {"q": f"{word} OR 国办"}
    found = portal.client.get(f"{API}/policies", params={**asked, "limit": 200}).json()
    told = portal.client.get(f"{API}/explain/{policy.id}", params=asked).json()
    assert policy.id in {item["id"] for item in found["items"]}
    assert told["score"] == pytest.approx(sum(reason["points"] for reason in told["reasons"]), rel=0.01)
    assert f"“{word}”" in told["reasons"][0]["text"]


def test_items_say_their_work_and_places(portal: Served) -> None:
    (item,) = portal.client.get(f"{API}/policies", params={"q": '附件:"补贴标准10元"'}).json()["items"]
    assert item["work"] == item["id"]
    (passage,) = item["passages"]
    assert (passage["place"], passage["file"], passage["page"]) == ("附件", 1, None)
    copies = portal.client.get(f"{API}/policies", params={"work": item["work"]}).json()
    assert [copy["id"] for copy in copies["items"]] == [item["id"]]


PATHS = ["/", "/help", "/openapi.json", f"{API}/policies?q=养老", f"{API}/facets", f"{API}/suggest?q=演示"]


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_is_not_sent_twice(portal: Served, path: str) -> None:
    first = portal.client.get(path)
    assert first.headers["cache-control"] in ("no-cache", "public, max-age=60")
    again = portal.client.get(path, headers={"if-none-match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "default-src 'none'" in again.headers["content-security-policy"]
    assert portal.client.get(path, headers={"if-none-match": '"other"'}).content == first.content


def test_a_document_is_not_sent_twice(portal: Served) -> None:
    one, other = (f"/policies/{p.id}" for p in portal.policies[:2])
    tag = portal.client.get(one).headers["etag"]
    again = portal.client.get(one, headers={"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    for path in (other, f"{one}?file=1", f"{one}?q=养老"):
        assert portal.client.get(path, headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize("path", [*PATHS, "/search?q=养老", "/nothing", "/static/portal.js"])
def test_head_is_get_without_a_body(portal: Served, path: str) -> None:
    got, head = portal.client.get(path), portal.client.head(path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    for name in ("content-type", "etag", "content-length"):
        assert head.headers.get(name) == got.headers.get(name)


@pytest.mark.parametrize("path", ["/search", "/", f"{API}/policies"])
def test_nothing_can_be_written(portal: Served, path: str) -> None:
    answer = portal.client.post(path, data={"q": "养老"})
    assert answer.status_code == 405
    assert "这里只能读取" in answer.text
