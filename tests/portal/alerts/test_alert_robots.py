"""Robots of group chats through apprise: what they are sent, and answers of 200 that are none."""

import json

import pytest
from alert_house import House
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot
from made_policies import make_policy, page_id

from benchmarks.alert_receivers import Hook

pytestmark = pytest.mark.slow

ROBOTS = {
    "dingtalk": (NotifyDingTalk, "?access_token={token}", "0123456789abcdef"),
    "wecom": (NotifyWeComBot, "?key={key}", "0123abcd-0123"),
    "feishu": (NotifyFeishu, "&{token}", "0123-abcd"),
}


@pytest.fixture(params=ROBOTS)
def robot(request: pytest.FixtureRequest, hooked: Hook, monkeypatch: pytest.MonkeyPatch) -> str:
    """The kind of a robot whose service is our server."""
    plugin, asked, _ = ROBOTS[request.param]
    monkeypatch.setattr(plugin, "notify_url", hooked.url + asked)
    hooked.status = lambda number: 200
    return str(request.param)


def test_group_is_told(house: House, hooked: Hook, robot: str) -> None:
    token = ROBOTS[robot][2]
    house.add(f"{robot}:{token}", name="养老")
    hooked.answer = (
        b'{"errcode": 0, "errmsg": "ok"}' if robot != "feishu" else b'{"code": 0, "msg": "success"}'
    )
    house.store([make_policy(1, title='养老通知 <at user_id="all">')])
    assert house.run().events == 1
    ((path, _, body),) = hooked.requests
    assert token in path
    said = json.loads(body)
    text = said["content"]["text"] if robot == "feishu" else said["text"]["content"]
    assert "养老通知 ＜at" in text
    assert page_id(1) in text


@pytest.mark.parametrize(
    ("status", "answer", "failure", "paused"),
    [
        (200, {"errcode": 310000, "errmsg": "keywords not in content"}, "target_refused", True),
        (200, {"errcode": 93000, "errmsg": "invalid webhook url"}, "target_refused", True),
        (
            200,
            {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"},
            "target_refused",
            True,
        ),
        (200, {"errcode": 45009, "errmsg": "api freq out of limit"}, "target_trouble", False),
        (200, {"errcode": 130101, "errmsg": "send too fast"}, "target_trouble", False),
        (200, {}, "target_trouble", False),
        (200, [], "target_trouble", False),
        (500, {}, "target_trouble", False),
        (404, {}, "target_refused", True),
        (302, {}, "target_refused", True),
    ],
)
def test_refusal_in_an_answer_is_no_acceptance(
    house: House, hooked: Hook, robot: str, status: int, answer: object, failure: str, paused: bool
) -> None:
    house.add(f"{robot}:{ROBOTS[robot][2]}")
    hooked.status, hooked.answer = lambda number: status, json.dumps(answer).encode()
    house.store([make_policy(1)])
    report = house.run()
    (trouble,) = report.troubles
    assert (trouble.failure, trouble.paused, report.events) == (failure, paused, 0)
    assert ROBOTS[robot][2] not in "".join(report.lines)


def test_service_that_is_away(house: House, hooked: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NotifyFeishu, "notify_url", "http://127.0.0.1:1/{token}")
    house.add("feishu:0123-abcd-0123-abcd")
    house.store([make_policy(1)])
    report = house.run()
    assert [one.failure for one in report.troubles] == ["target_unreachable"]
    assert "0123" not in "".join(report.lines)
