"""Alerts from the commit of a policy to real servers: what is told, once, and what happens to targets that fail."""

from dataclasses import replace

import pytest
from alert_house import PUBLIC, House
from made_policies import hide, make_policy, page_id, store

from benchmarks.alert_receivers import Hook, Mailbox, text_of
from index.sync import sync_index
from pipelines.alerts import AlertState, Rhythm, resume_alert
from pipelines.changes import ChangeKind, append_changes

pytestmark = pytest.mark.slow

CARE = {"title": "演示省关于养老服务的通知", "text": "养老服务补贴。"}
ROADS = {"title": "演示省关于公路的通知", "text": "公路养护。"}


def test_new_policies_that_match_are_told_once(house: House, hooked: Hook) -> None:
    house.store([make_policy(0, **CARE)])
    house.add(f"webhook:{hooked.url}", "q=养老服务")
    house.store([make_policy(1, **CARE), make_policy(2, **ROADS)])
    report = house.run()
    assert (report.found, report.messages, report.events, report.waiting) == (1, 1, 1, 0)
    (body,) = hooked.bodies
    (event,) = body["events"]
    assert body["alert"] == {"id": f"{1:016x}", "name": "演示订阅", "query": "q=养老服务"}
    assert (event["event"], event["policy"]["id"]) == ("new", page_id(1))
    assert event["policy"]["page"] == f"{PUBLIC}/policies/{page_id(1)}"
    assert event["policy"]["title"] == CARE["title"]
    assert house.run(hours=1) == replace(report, found=0, messages=0, events=0)
    assert len(hooked.requests) == 1


def test_kinds_of_changes_are_told_to_who_asked_for_them(house: House, hooked: Hook) -> None:
    house.store([make_policy(n, **CARE, validity="valid") for n in range(3)])
    for topics in ("new", "changed", "status"):
        house.add(f"webhook:{hooked.url}&{topics}", "q=养老服务&validity=valid", topics=topics)
    house.store([make_policy(3, **CARE, validity="valid")])
    house.store([make_policy(0, **CARE, validity="valid", summary="改")], ChangeKind.CHANGED)
    house.store([make_policy(1, **CARE, validity="valid")], ChangeKind.VANISHED, withdrawn=True)
    house.store([make_policy(1, **CARE, validity="valid")], ChangeKind.RESTORED)
    house.store([make_policy(1, **CARE, validity="valid")], ChangeKind.REEXTRACTED)
    house.store([make_policy(2, **CARE, validity="repealed")], ChangeKind.RELISTED)
    with house.catalogue.write() as connection:
        append_changes(
            connection,
            [(page_id(2), ChangeKind.CHANGED)],
            night=house.now.date(),
            at=house.now,
            run=None,
            validities={page_id(2): "valid"},
        )
    sync_index(house.catalogue, house.engine)
    house.run()
    told = {
        path.rpartition("&")[2]: [
            (e["event"], e["policy"]["id"], e["validity_before"]) for e in body["events"]
        ]
        for (path, _, _), body in zip(hooked.requests, hooked.bodies, strict=True)
    }
    assert told == {
        "new": [("new", page_id(3), None)],
        "changed": [("changed", page_id(0), None)],
        # what was in force and is no longer is told to who asked for what is in force
        "status": [
            ("vanished", page_id(1), None),
            ("restored", page_id(1), None),
            ("validity", page_id(2), "valid"),
        ],
    }


def test_hidden_policies_are_never_told(house: House, hooked: Hook, box: Mailbox) -> None:
    first = house.add(f"webhook:{hooked.url}")
    house.add("mail:reader@example.org")
    house.store([make_policy(1), make_policy(2)])
    hide(house.catalogue, page_id(1), "个人信息")
    sync_index(house.catalogue, house.engine)
    house.run()
    assert [e["policy"]["id"] for e in hooked.bodies[0]["events"]] == [page_id(2)]
    assert len(box.mails) == 1
    assert page_id(1) not in box.texts[0]
    # hidden between a failed try and the next one
    hooked.status = lambda number: 500
    house.store([make_policy(3), make_policy(4)])
    house.run()
    hide(house.catalogue, page_id(3), "个人信息")
    hooked.status = lambda number: 200
    house.run(seconds=5)
    assert [e["policy"]["id"] for e in hooked.bodies[-1]["events"]] == [page_id(4)]
    # nothing left: nothing is sent, and nothing waits
    hooked.status = lambda number: 500
    house.store([make_policy(5)])
    house.run()
    sent = len(hooked.requests)
    hide(house.catalogue, page_id(5), "个人信息")
    assert house.run(seconds=5).waiting == 0
    assert len(hooked.requests) == sent
    assert house.alert(first).state is AlertState.ACTIVE


def test_mail_says_what_happened_and_how_to_stop(house: House, box: Mailbox) -> None:
    alert_id = house.add("mail:reader@example.org", "q=养老服务", name="养老服务")
    house.store([make_policy(1, **CARE, doc_number="演政发〔2026〕1号", issuers=("演示省人民政府",))])
    house.store([make_policy(1, **CARE)], ChangeKind.CHANGED)
    house.run()
    ((receiver, mail, _),) = box.mails
    assert receiver == mail["To"] == "reader@example.org"
    assert mail["Subject"] == "[政策库] 养老服务：新收录 1 件、内容有改动 1 件"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = mail["List-Unsubscribe"]
    assert stop.startswith(f"<{PUBLIC}/alerts/stop?t={alert_id}-0-")
    for kind in ("plain", "html"):
        text = text_of(mail, kind)
        assert "【新收录、内容有改动】" in text
        assert f"{PUBLIC}/policies/{page_id(1)}" in text
        assert stop.strip("<>") in text
    assert f"{PUBLIC}/search?" in text_of(mail)


def test_long_night_is_one_mail(house: House, box: Mailbox) -> None:
    house.add("mail:reader@example.org")
    house.store([make_policy(n) for n in range(130)])
    report = house.run()
    assert (report.messages, report.events) == (1, 130)
    (text,) = box.texts
    assert text.count("【新收录】") == 100
    assert "另有 30 件" in text


def test_webhook_gets_pieces_of_a_hundred_in_order(house: House, hooked: Hook) -> None:
    house.add(f"webhook:{hooked.url}")
    house.store([make_policy(n) for n in range(250)])
    house.run()
    assert [len(body["events"]) for body in hooked.bodies] == [100, 100, 50]
    seqs = [event["seq"] for body in hooked.bodies for event in body["events"]]
    assert seqs == sorted(seqs)
    assert len(set(hooked.accepted)) == len(hooked.accepted) == 250


def test_digest_comes_once_a_day_after_its_hour(house: House, box: Mailbox) -> None:
    house.settings = replace(house.settings, digest_hour=20)
    house.add("mail:reader@example.org", rhythm=Rhythm.DAILY)
    house.store([make_policy(1)])
    assert house.run().waiting == 1
    house.store([make_policy(2)])
    house.run(hours=10)  # 19:00 in Shanghai
    assert not box.mails
    house.run(hours=1)
    (text,) = box.texts
    assert page_id(1) in text
    assert page_id(2) in text
    house.store([make_policy(3)])
    house.run(hours=1)
    assert len(box.mails) == 1
    house.run(hours=23)
    assert len(box.mails) == 2


def test_trouble_is_tried_again_with_growing_pauses_and_the_same_id(house: House, hooked: Hook) -> None:
    alert_id = house.add(f"webhook:{hooked.url}")
    hooked.status = lambda number: 503 if number < 4 else 200
    house.store([make_policy(1)])
    report = house.run()
    assert (report.failed, report.waiting) == (1, 1)
    assert [one.failure for one in report.troubles] == ["target_trouble"]
    house.run()
    assert len(hooked.requests) == 1  # its time has not come
    house.run(seconds=1)
    house.run(seconds=1)
    house.run(seconds=1)
    assert len(hooked.requests) == 3  # the third pause is two seconds
    assert house.alert(alert_id).failures == 3
    assert house.run(seconds=1).events == 1
    assert len({headers["zhengce-delivery"] for _, headers, _ in hooked.requests}) == 1
    assert len({body for _, _, body in hooked.requests}) == 1
    assert house.alert(alert_id).failures == 0
    assert house.run(hours=9).events == 0


def test_target_may_ask_for_patience(house: House, hooked: Hook) -> None:
    house.add(f"webhook:{hooked.url}")
    hooked.status = lambda number: 429 if number == 1 else 200
    hooked.headers = {"retry-after": "120"}
    house.store([make_policy(1)])
    house.run()
    house.run(seconds=119)
    assert len(hooked.requests) == 1
    assert house.run(seconds=2).events == 1


@pytest.mark.parametrize("status", [400, 401, 404, 410, 301, 308])
def test_final_answer_pauses_the_target_and_loses_nothing(house: House, hooked: Hook, status: int) -> None:
    alert_id = house.add(f"webhook:{hooked.url}")
    hooked.status = lambda number: status
    hooked.headers = {"location": hooked.url}
    house.store([make_policy(1)])
    report = house.run()
    assert len(hooked.requests) == 1  # no redirect is followed
    (trouble,) = report.troubles
    assert (trouble.failure, trouble.paused, report.paused) == ("target_refused", True, 1)
    assert "token" not in "".join(report.lines)
    house.store([make_policy(2)])
    assert house.run(hours=9).failed == 0
    hooked.status = lambda number: 200
    with house.catalogue.write() as connection:
        resume_alert(connection, alert_id, skip=False)
    assert house.run(hours=9).events == 2


def test_target_that_is_down_for_days_is_paused(house: House, hooked: Hook) -> None:
    alert_id = house.add(f"webhook:{hooked.url}")
    hooked.status = lambda number: 500
    house.store([make_policy(n) for n in range(700)])
    house.run()
    assert len(hooked.requests) == 5  # down after five failures in a row, though seven messages wait
    tries = [len(hooked.requests)]
    while house.alert(alert_id).state is AlertState.ACTIVE:
        house.run(hours=1)
        tries.append(len(hooked.requests))
        assert len(tries) < 80
    assert tries[-1] < 60
    assert len(tries) == pytest.approx(73, abs=25)
    report = house.run(hours=1)
    assert (report.paused, report.waiting, report.failed) == (1, 700, 0)


def test_half_of_all_tries_fail_and_each_event_is_accepted_once(house: House, hooked: Hook) -> None:
    house.add(f"webhook:{hooked.url}")
    hooked.status = lambda number: 500 if number % 2 else 200
    house.store([make_policy(n) for n in range(700)])
    for _ in range(40):
        house.run(seconds=8)
    assert len(hooked.accepted) == len(set(hooked.accepted)) == 700


def test_answers_of_the_mail_server(house: House, box: Mailbox) -> None:
    gone = house.add("mail:gone@example.org")
    full = house.add("mail:full@example.org")
    good = house.add("mail:good@example.org")
    answers = {"gone@example.org": "550 no such user", "full@example.org": "452 mailbox full"}
    box.at_receiver = lambda receiver: answers.get(receiver, "")
    house.store([make_policy(1)])
    report = house.run()
    assert report.events == 1
    assert house.alert(gone).state is AlertState.PAUSED
    assert house.alert(full).failure == "target_trouble"
    assert house.alert(good).failure is None
    box.at_receiver = lambda receiver: ""
    assert house.run(seconds=2).events == 1
    assert [receiver for receiver, _, _ in box.mails] == ["good@example.org", "full@example.org"]


def test_mail_server_that_is_away_is_no_fault_of_receivers(house: House, box: Mailbox) -> None:
    ids = [house.add(f"mail:reader{n}@example.org") for n in range(3)]
    working = house.settings
    assert working.server
    house.settings = replace(working, server=replace(working.server, port=1))
    house.store([make_policy(1)])
    for _ in range(5):
        report = house.run(days=1)
        assert {one.failure for one in report.troubles} == {"mail_server_failed"}
    assert all(house.alert(one).state is AlertState.ACTIVE for one in ids)
    house.settings = working
    assert house.run(days=1).events == 3


def test_index_behind_the_catalogue_tells_later(house: House, hooked: Hook) -> None:
    house.store([make_policy(0)])
    house.add(f"webhook:{hooked.url}")
    store(house.catalogue, [make_policy(1)], at=house.now)
    assert house.run().found == 0
    sync_index(house.catalogue, house.engine)
    assert house.run().events == 1


def test_no_index_is_named_and_delivers_what_waits(house: House, hooked: Hook) -> None:
    house.add(f"webhook:{hooked.url}")
    report = house.run()
    assert [one.failure for one in report.troubles] == ["index_failed"]


def test_saved_query_that_is_refused_is_paused(house: House, hooked: Hook) -> None:
    alert_id = house.add(f"webhook:{hooked.url}", "level=galactic")
    house.store([make_policy(1)])
    (trouble,) = house.run().troubles
    assert (trouble.failure, trouble.paused) == ("alert_query_refused", True)
    assert house.alert(alert_id).state is AlertState.PAUSED


def test_missing_secret_is_named(house: House, hooked: Hook) -> None:
    house.add(f"webhook:{hooked.url}")
    (house.folder / "alert-secrets.json").unlink()
    house.store([make_policy(1)])
    (trouble,) = house.run().troubles
    assert trouble.failure == "target_key_missing"
