"""Ordering, confirming and stopping mails in a running portal, without JavaScript."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from alert_house import PUBLIC, House, installation
from made_policies import make_policy, page_id
from served_portal import running
from sqlalchemy import select

from benchmarks.alert_receivers import Mailbox, mailbox, text_of
from pipelines import schema as t
from pipelines.alert_settings import MailServer
from pipelines.alerts import Alert, AlertState, load_alerts
from portal.app import create_app
from portal.serving import Serving

pytestmark = pytest.mark.slow

FIELD = re.compile(r'name="(query|token)" value="([^"]*)"')
LINK = re.compile(re.escape(PUBLIC) + r"/alerts/(\w+)\?t=([0-9a-f-]+)")


@contextmanager
def open_desk(house: House) -> Iterator[httpx.Client]:
    house.store([make_policy(0)])
    serving = Serving(public_url=PUBLIC, clock=lambda: house.now, alerts=house.settings, data=house.folder)
    app = create_app(house.engine, house.catalogue, regions={"990000": "演示省"}, serving=serving)
    with running(app) as client:
        yield client


@pytest.fixture
def portal(house: House, box: Mailbox) -> Iterator[httpx.Client]:
    """A portal over the house; mails can be ordered."""
    with open_desk(house) as client:
        yield client


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, httpx.Client]]:
    """A portal of which nothing is ordered that can be."""
    with installation(tmp_path_factory.mktemp("refusing")) as house, mailbox() as box:
        house.settings = replace(house.settings, server=MailServer("127.0.0.1", box.port, tls=False))
        with open_desk(house) as client:
            yield house, client


def alerts(house: House) -> list[Alert]:
    with house.catalogue.read() as connection:
        return load_alerts(connection)


def form_of(portal: httpx.Client, query: str = "q=养老") -> dict[str, str]:
    page = portal.get(f"/alerts/new?{query}")
    assert page.status_code == 200
    return {name: value.replace("&amp;", "&") for name, value in FIELD.findall(page.text)}


def order(portal: httpx.Client, mail: str, query: str = "q=养老", **more: str) -> httpx.Response:
    data = {
        **form_of(portal, query),
        "mail": mail,
        "topic_new": "1",
        "topic_status": "1",
        "rhythm": "instant",
        **more,
    }
    return portal.post("/alerts/new", data=data)


def wait_for_mails(box: Mailbox, count: int) -> None:
    """The question is sent behind the answer."""
    for _ in range(100):
        if len(box.mails) >= count:
            return
        time.sleep(0.05)
    raise AssertionError("no mail came")


def link(box: Mailbox, does: str, number: int = -1) -> str:
    """The path of a link in a mail."""
    found = dict(LINK.findall(text_of(box.mails[number][1])))
    return f"/alerts/{does}?t={found[does]}"


def test_order_is_confirmed_told_and_stopped(house: House, box: Mailbox, portal: httpx.Client) -> None:
    results = portal.get("/search?q=养老&level=county")
    assert '<a href="/alerts/new?q=%E5%85%BB%E8%80%81&amp;level=county"' in results.text
    answer = order(portal, "Reader@EXAMPLE.org", "q=养老&level=county")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    wait_for_mails(box, 1)
    receiver, mail, _ = box.mails[0]
    assert receiver == "Reader@example.org"
    assert "养老；层级：县级" in text_of(mail)

    house.store([make_policy(1, title="养老一", level="county")])
    assert house.run().found == 0  # nothing before he confirms
    confirm = link(box, "confirm")
    page = portal.get(confirm)
    assert 'method="post"' in page.text
    assert portal.get(confirm).status_code == 200
    (alert,) = alerts(house)
    assert alert.state is AlertState.PENDING  # a GET confirms nothing: mail scanners open links
    assert "订阅已确认" in portal.post(confirm).text
    assert "订阅已确认" in portal.post(confirm).text

    house.store(
        [make_policy(2, title="养老二", level="county"), make_policy(3, title="养老三", level="national")]
    )
    assert house.run(hours=1).events == 1
    text = text_of(box.mails[1][1])
    assert page_id(2) in text
    assert page_id(1) not in text  # it begins when it is confirmed

    stop = box.mails[1][1]["List-Unsubscribe"].strip("<>").removeprefix(PUBLIC)
    assert stop == link(box, "stop")
    assert portal.get(stop).status_code == 200
    assert len(alerts(house)) == 1  # a GET stops nothing
    # RFC 8058: the provider posts this and nothing else
    assert portal.post(stop, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert alerts(house) == []
    assert "已退订" in portal.post(stop).text
    assert "已退订" in portal.get(stop).text
    house.store([make_policy(4, title="养老四", level="county")])
    house.run(hours=1)
    assert len(box.mails) == 2
    with house.catalogue.read() as connection:
        assert connection.execute(select(t.alert_event)).all() == []


def test_answer_never_says_whether_an_address_is_known(
    house: House, box: Mailbox, portal: httpx.Client
) -> None:
    first = order(portal, "reader@example.org").text
    wait_for_mails(box, 1)
    again = order(portal, "reader@example.org").text
    portal.post(link(box, "confirm"))
    known = order(portal, "READER@example.org").text.replace("READER", "reader")
    assert first == again == known
    assert len(alerts(house)) == 1
    assert len(box.mails) == 1


def test_nobody_is_flooded_with_questions(house: House, box: Mailbox, portal: httpx.Client) -> None:
    answers = {order(portal, "victim@example.org", f"q={n}").text for n in range(5)}
    assert len(answers) == 1
    wait_for_mails(box, 3)
    assert len(alerts(house)) == 3
    for number in range(3):
        portal.post(link(box, "stop", number))
    order(portal, "victim@example.org", "q=99")  # declined ones count until they would have ended
    assert {one.state for one in alerts(house)} == {AlertState.DECLINED}
    assert len(alerts(house)) == 3
    assert portal.post(link(box, "confirm", 0)).status_code == 410
    house.run(hours=49)
    assert alerts(house) == []
    assert len(box.mails) == 3


def test_one_client_orders_so_much_and_no_more(portal: httpx.Client) -> None:
    statuses = [order(portal, f"reader{n}@example.org").status_code for n in range(12)]
    assert statuses == [200] * 10 + [429] * 2


def test_links_end_and_cannot_be_made_up(house: House, box: Mailbox, portal: httpx.Client) -> None:
    order(portal, "reader@example.org")
    wait_for_mails(box, 1)
    confirm, stop = link(box, "confirm"), link(box, "stop")
    token = urlsplit(confirm).query.removeprefix("t=")
    subject, ends, signature = token.split("-")
    for wrong in (
        "",
        "x" * 5000,
        f"{subject}-{int(ends) + 1}-{signature}",
        f"{subject}-0-{signature}",
        f"{'0' * 16}-{ends}-{signature}",
        urlsplit(stop).query.removeprefix("t="),  # a link to stop confirms nothing
    ):
        assert portal.post("/alerts/confirm", params={"t": wrong}).status_code == 410
    assert portal.post("/alerts/stop", params={"t": token}).status_code == 410
    assert alerts(house)[0].state is AlertState.PENDING
    house.now += timedelta(hours=49)
    assert portal.post(confirm).status_code == 410


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
    ],
)
def test_forms_from_elsewhere_are_refused(
    house: House, portal: httpx.Client, headers: dict[str, str], status: int
) -> None:
    data = {**form_of(portal), "mail": "reader@example.org", "topic_new": "1"}
    assert portal.post("/alerts/new", data=data, headers=headers).status_code == status
    assert len(alerts(house)) == (status == 200)


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        ({"token": ""}, 403, "重新打开"),
        ({"query": "q=other"}, 403, "重新打开"),
        ({"mail": "nobody"}, 422, "邮箱的写法不对"),
        ({"mail": "a@example.org\r\nBcc: b@example.org"}, 422, "邮箱的写法不对"),
        ({"mail": "a@example.org,b@example.org"}, 422, "邮箱的写法不对"),
        ({"mail": "演示@example.org"}, 422, "邮箱的写法不对"),
        ({"mail": "a@[127.0.0.1]"}, 422, "邮箱的写法不对"),
        ({"topic_new": ""}, 422, "至少选一项"),
        ({"mail": "x" * 40_000}, 413, "超过"),
    ],
)
def test_wrong_forms_are_answered_with_the_reason(
    refusing: tuple[House, httpx.Client], change: dict[str, str], status: int, told: str
) -> None:
    house, portal = refusing
    data = {**form_of(portal), "mail": "reader@example.org", "topic_new": "1", **change}
    answer = portal.post("/alerts/new", data=data)
    assert answer.status_code == status
    assert told in answer.text
    assert alerts(house) == []


def test_forms_end(house: House, portal: httpx.Client) -> None:
    data = {**form_of(portal), "mail": "reader@example.org", "topic_new": "1"}
    house.now += timedelta(hours=3)
    assert portal.post("/alerts/new", data=data).status_code == 403


def test_search_that_cannot_be_asked_cannot_be_ordered(portal: httpx.Client) -> None:
    assert portal.get("/alerts/new?level=galactic").status_code == 422
    assert (
        portal.get("/alerts/new?" + "&".join(f"issuer={'机关' * 40}{n}" for n in range(40))).status_code
        == 422
    )


def test_question_that_could_not_be_sent_is_sent_by_the_next_run(
    house: House, box: Mailbox, portal: httpx.Client
) -> None:
    box.at_data = lambda number: "451 try later" if number == 1 else ""
    order(portal, "reader@example.org")
    for _ in range(100):
        if alerts(house)[0].asked:
            break
        time.sleep(0.05)
    assert house.run(seconds=2).asked == 1
    assert len(box.mails) == 1
    assert house.run(hours=1).asked == 0


@pytest.mark.parametrize("lacks", ["server", "sender", "public_url", "data"])
def test_desk_is_closed_where_mails_cannot_be_sent(house: House, box: Mailbox, lacks: str) -> None:
    house.store([make_policy(0)])
    lacking = {"server": {"server": None}, "sender": {"sender": ""}}.get(lacks, {})
    settings = replace(house.settings, **lacking)
    serving = Serving(
        public_url="" if lacks == "public_url" else PUBLIC,
        alerts=settings,
        data=None if lacks == "data" else house.folder,
    )
    with running(create_app(house.engine, house.catalogue, serving=serving)) as client:
        page = client.get("/alerts/new?q=养老")
        assert page.status_code == 200
        assert "没有设置发信" in page.text
        assert '<form action="/alerts/new"' not in page.text
        assert client.post("/alerts/new", data={"mail": "a@example.org"}).status_code == 503
        assert client.get("/alerts/confirm?t=x").status_code == 410
    assert not Path(house.folder / "alert-secrets.json").exists()
