"""The contract of the API."""

import re
from collections import Counter
from collections.abc import Callable
from urllib.parse import quote

import msgspec
import pytest
from made_policies import hide, make_policy, store
from served_portal import Served

from index.engine import FILTERS
from index.sync import rebuild_index, sync_index
from normalizers.policy import Policy, decode_policy

API = "/api/v1"
EXPORTED = {
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/jsonl",
    "application/vnd.apache.parquet",
}


def test_search_answers_total_items_next(portal: Served) -> None:
    answer = portal.client.get(
        f"{API}/policies", params={"q": "养老", "limit": 2, "facets": ["level", "year"]}
    ).json()
    assert set(answer) == {
        "total",
        "items",
        "next",
        "facets",
        "mistakes",
        "also",
        "did_you_mean",
        "note",
        "partial",
    }
    matching = [p for p in portal.policies if "养老" in (p.title or "") + p.text]
    assert answer["total"] == len(matching)
    assert len(answer["items"]) == 2
    assert "<mark>养老</mark>" in answer["items"][0]["title_marked"]
    levels = {c["value"]: c["count"] for c in answer["facets"]["level"]}
    assert levels == Counter(p.level for p in matching if p.level)


def test_the_cursor_takes_the_whole_result_away(portal: Served) -> None:
    taken, cursor = list[str](), None
    while True:
        parameters = {"level": "county", "sort": "written", "order": "asc", "limit": 7} | (
            {"cursor": cursor} if cursor else {}
        )
        page = portal.client.get(f"{API}/policies", params=parameters).json()
        taken += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(taken) == sorted(p.id for p in portal.policies if p.level == "county")
    assert page["total"] == len(taken)


def test_a_policy_comes_whole(portal: Served) -> None:
    policy = portal.policies[10]
    answer = portal.client.get(f"{API}/policies/{policy.id}")
    record = answer.json()
    life = {name: record.pop(name) for name in ("first_seen", "last_seen", "changed_at", "withdrawn")}
    assert decode_policy(msgspec.json.encode(record)) == policy
    assert life["withdrawn"] is False
    assert life["first_seen"].startswith("2026-03-02T18:00:00")


def numbered(policies: list[Policy]) -> Policy:
    return next(p for p in policies if p.doc_number)


@pytest.mark.parametrize(
    "spell", [lambda n: n, lambda n: n.replace("〔", "[").replace("〕", "]").replace("号", "")]
)
def test_a_number_in_any_spelling(portal: Served, spell: Callable[[str], str]) -> None:
    policy = numbered(portal.policies)
    number = spell(policy.doc_number)
    answer = portal.client.get(f"{API}/numbers/{quote(number, safe='')}").json()
    assert answer["key"] == policy.doc_number_key
    assert [item["id"] for item in answer["items"]] == [policy.id]
    assert set(answer["items"][0]) >= {"title", "doc_number", "validity", "withdrawn"}


@pytest.mark.parametrize(
    ("path", "status", "name", "words"),
    [
        ("/policies/0000000000000000", 404, "not_found", "没有编号为 0000000000000000"),
        ("/policies/%00", 404, "not_found", "没有编号"),
        ("/similar/0000000000000000", 404, "not_found", "没有编号"),
        ("/explain/0000000000000000?q=养老", 404, "not_found", "没有编号"),
        (f"/explain/{make_policy(0).id}?q=火星", 422, "bad_query", "不在这次检索的结果里"),
        ("/numbers/演政发1900-1", 404, "not_found", "没有文号为 演政发1900-1"),
        ("/numbers/%2F%2F", 404, "not_found", "没有文号"),
        ("/nothing", 404, "not_found", "没有这个接口"),
        ("/policies?limit=1000", 422, "bad_parameter", "limit：不能大于 200"),
        ("/policies?limit=x", 422, "bad_parameter", "limit：应为整数"),
        ("/policies?limit=-1", 422, "bad_parameter", "limit：不能小于 0"),
        ("/policies?offset=99999999999", 422, "bad_parameter", "offset：不能大于"),
        ("/policies?colour=red", 422, "bad_parameter", "colour：没有这个参数"),
        ("/policies?synonyms=vielleicht", 422, "bad_parameter", "synonyms：应为 true 或 false"),
        ("/policies?sort=size", 422, "bad_parameter", "可用 relevance、written、published、first_seen"),
        ("/policies?level=xyz", 422, "bad_query", "没有层级“xyz”，level 可用：national（国家）、"),
        ("/policies?doc_type=xyz", 422, "bad_query", "doc_type 可用：决议、决定、"),
        ("/policies?validity=xyz", 422, "bad_query", "valid（现行有效）"),
        ("/policies?withdrawn=no", 422, "bad_query", "true（原站已撤下）、false（原站在架）"),
        ("/facets?content_type=xyz", 422, "bad_query", "没有内容类型“xyz”"),
        ("/policies?year=last", 422, "bad_query", "年份“last”不可用"),
        ("/policies?region=moon", 422, "bad_query", "没有地区代码“moon”"),
        ("/facets?region=619999", 422, "bad_query", "没有地区代码“619999”"),
        ("/policies?q=" + "a" * 1001, 422, "bad_parameter", "q：最多 1000 个字符"),
        ("/policies?" + "&".join(f"issuer={n}" for n in range(60)), 422, "bad_parameter", "最多 50 个值"),
        ("/policies?facets=colour", 422, "bad_query", "没有筛选项 'colour'"),
        ("/policies?cursor=zzz", 422, "bad_query", "cursor"),
        ("/policies?cursor=relevance.5&offset=5&sort=relevance", 422, "bad_query", "不能同时使用"),
        ("/policies?from=2023-13-01", 422, "bad_query", "日期“2023-13-01”不可用"),
        (
            "/policies?" + "&".join(f"{f}={n}" for f in FILTERS[:5] for n in range(50)),
            422,
            "bad_query",
            "最多 200",
        ),
        ("/facets?limit=0", 422, "bad_parameter", "limit：不能小于 1"),
        ("/suggest?q=" + "a" * 101, 422, "bad_parameter", "最多 100 个字符"),
        ("/suggest?q=a&limit=21", 422, "bad_parameter", "不能大于 20"),
    ],
)
def test_mistakes_have_a_name(portal: Served, path: str, status: int, name: str, words: str) -> None:
    answer = portal.client.get(API + path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["name"], problem["type"]) == (status, name, f"/help#{name}")
    assert words in problem["detail"]


def test_a_mistake_of_the_query_says_where_and_the_rest_is_searched(portal: Served) -> None:
    found = portal.client.get(f"{API}/policies", params={"q": '养老 "补贴'}).json()
    (mistake,) = found["mistakes"]
    assert (mistake["start"], mistake["end"]) == (3, 4)
    assert "引号" in mistake["message"]
    assert found["total"] == portal.client.get(f"{API}/policies", params={"q": "养老 补贴"}).json()["total"]


def test_other_words_are_said_and_can_be_left_out(portal: Served) -> None:
    found = portal.client.get(f"{API}/policies", params={"q": "养老 OR 国办"}).json()
    assert found["also"] == [{"word": "国办", "others": ["国务院办公厅"]}]
    exact = portal.client.get(f"{API}/policies", params={"q": "养老 OR 国办", "synonyms": "false"}).json()
    assert exact["also"] == []


def test_open_filters_take_anything(portal: Served) -> None:
    for name in ("issuer", "site", "topic", "subject", "keyword", "instrument"):
        answer = portal.client.get(f"{API}/policies", params={name: "无此值"})
        assert (answer.status_code, answer.json()["total"]) == (200, 0)
    # A region of the table without policies is a result of nothing.
    assert portal.client.get(f"{API}/policies", params={"region": "540000"}).json()["total"] == 0


def test_openapi_describes_what_is_answered(portal: Served) -> None:
    document = portal.client.get("/openapi.json").json()
    assert set(document["paths"]) >= {
        f"{API}/policies",
        f"{API}/policies/{{policy_id}}",
        f"{API}/numbers/{{number}}",
        f"{API}/facets",
        f"{API}/suggest",
        f"{API}/similar/{{policy_id}}",
        f"{API}/explain/{{policy_id}}",
        f"{API}/changes",
        f"{API}/sites",
        f"{API}/sites/{{site_id}}",
        f"{API}/runs",
        f"{API}/runs/{{run_id}}",
    }
    names = {p["name"] for p in document["paths"][f"{API}/policies"]["get"]["parameters"]}
    assert names >= {
        "q",
        "level",
        "region",
        "issuer",
        "from",
        "to",
        "sort",
        "order",
        "limit",
        "cursor",
        "facets",
    }
    item = document["components"]["schemas"]["ApiItem"]["properties"]
    answer = portal.client.get(f"{API}/policies", params={"limit": 1}).json()
    assert set(answer["items"][0]) == set(item)


def test_openapi_is_whole(portal: Served) -> None:
    document = portal.client.get("/openapi.json").json()
    names = re.findall(r'"#/components/schemas/([^"]+)"', portal.client.get("/openapi.json").text)
    assert set(names) <= set(document["components"]["schemas"])
    for path, methods in document["paths"].items():
        responses = methods["get"]["responses"]
        assert set(responses["422"]["content"]) == {"application/problem+json"}, path
        kinds = EXPORTED if path == f"{API}/exports" else {"application/json"}
        assert set(responses["200"]["content"]) == kinds, path
    problem = portal.client.get(f"{API}/policies", params={"limit": "x"}).json()
    assert set(problem) == set(document["components"]["schemas"]["Problem"]["properties"])


def test_health(portal: Served) -> None:
    answer = portal.client.get("/healthz").json()
    assert answer == {
        "status": "ok",
        "generation": 1,
        "applied_seq": 120,
        "catalogue_seq": 120,
        "data_as_of": "2026-03-02T18:00:00Z",
    }


def test_from_nothing_to_a_night_without_a_restart(bare: Served) -> None:
    client = bare.client
    assert client.get("/healthz").status_code == 503
    answer = client.get(f"{API}/policies")
    assert (answer.status_code, answer.json()["name"]) == (503, "index_unusable")
    assert "/" not in answer.json()["detail"]  # folders of the machine are nobody's business
    assert client.get("/").status_code == 200
    assert client.get("/search").status_code == 503
    sync_index(bare.catalogue, bare.engine)
    assert client.get(f"{API}/policies").json()["total"] == 0
    assert "库中还没有政策" in client.get("/search", params={"q": "养老"}).text
    store(bare.catalogue, [make_policy(1), make_policy(2)])
    sync_index(bare.catalogue, bare.engine)
    rebuild_index(bare.catalogue, bare.engine)
    assert eventually(bare, 2)
    assert "库中还没有政策" not in client.get("/search", params={"q": '"火星"'}).text
    hide(bare.catalogue, make_policy(1).id, "个人信息")
    # Hidden at once for readers of the catalogue, before the index knows.
    assert client.get(f"{API}/policies/{make_policy(1).id}").status_code == 410
    assert [i["id"] for i in client.get(f"{API}/policies").json()["items"]] == [make_policy(2).id]
    sync_index(bare.catalogue, bare.engine)
    assert eventually(bare, 1)


def eventually(served: Served, total: int) -> bool:
    import time

    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if served.client.get(f"{API}/policies").json()["total"] == total:
            return True
        time.sleep(0.1)
    return False


def test_parts_are_found_where_nothing_has_all_of_it_and_it_is_said(portal: Served) -> None:
    asked = {"q": "养老服务 无此词语", "limit": 3, "facets": "withdrawn"}
    answer = portal.client.get(f"{API}/policies", params=asked).json()
    assert answer["partial"]
    assert answer["note"].startswith("没有全部符合的结果")
    assert answer["total"] > 3
    assert sum(one["count"] for one in answer["facets"]["withdrawn"]) == answer["total"]
    further = portal.client.get(f"{API}/policies", params={**asked, "cursor": answer["next"]}).json()
    assert further["total"] == answer["total"]
    assert not {one["id"] for one in answer["items"]} & {one["id"] for one in further["items"]}
    counted = portal.client.get(f"{API}/facets", params={"q": asked["q"], "facets": "withdrawn"}).json()
    assert counted["total"] == answer["total"]
    strict = portal.client.get(f"{API}/policies", params={**asked, "synonyms": "false"}).json()
    assert (strict["total"], strict["partial"], strict["note"]) == (0, False, "")
    page = portal.client.get("/search", params={"q": asked["q"]}).text
    assert "没有全部符合的结果" in page
    assert "照原样检索" in page


def test_the_newest_are_sorted_by_date_unless_another_order_is_chosen(portal: Served) -> None:
    answer = portal.client.get(f"{API}/policies", params={"q": "最新养老服务政策", "limit": 50}).json()
    days = [one["written_date"] or one["published_date"] for one in answer["items"]]
    known = [day for day in days if day]
    assert answer["note"].startswith("按日期排序")
    assert known == sorted(known, reverse=True)
    chosen = portal.client.get(
        f"{API}/policies", params={"q": "最新养老服务政策", "sort": "relevance"}
    ).json()
    assert (chosen["note"], chosen["total"] >= answer["total"]) == ("", True)
