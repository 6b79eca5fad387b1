"""Webhooks: what is signed, where they may connect to, and how long they may take."""

import asyncio
import re
import socket
import threading
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
from alert_house import House
from made_policies import make_policy

from benchmarks.alert_receivers import Hook
from pipelines.alert_settings import AlertSettings
from portal.alerts import webhook
from portal.alerts.guard import NotAllowed, allowed_places, check_url
from portal.alerts.secret_file import SecretFile

pytestmark = pytest.mark.slow

DOCS = Path(__file__).resolve().parents[3] / "docs" / "alerts.md"
INSIDE = AlertSettings(hosts=frozenset({"hooks.intra"}), networks=(ip_network("10.1.0.0/16"),))


def documented() -> dict[str, Any]:
    """The example of docs/alerts.md, run."""
    code = re.search(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert code is not None
    names: dict[str, Any] = {}
    exec(code[1], names)
    return names


def test_documented_example_verifies_what_is_sent(house: House, hooked: Hook) -> None:
    alert_id = house.add(f"webhook:{hooked.url}", key="a key that was agreed upon")
    house.store([make_policy(1)])
    house.run()
    ((path, headers, body),) = hooked.requests
    assert path == "/hook?token=abc"
    assert headers["host"] == httpx.URL(hooked.url).netloc.decode()
    assert headers["content-type"] == "application/json"
    is_genuine, now = documented()["is_genuine"], house.now.timestamp()
    key = SecretFile(house.folder).targets()[alert_id].key
    assert key == "a key that was agreed upon"
    given = (headers["zhengce-timestamp"], headers["zhengce-signature"])
    assert is_genuine(key, *given, body, now)
    assert not is_genuine(key + "x", *given, body, now)
    assert not is_genuine(key, *given, body + b" ", now)
    assert not is_genuine(key, str(int(given[0]) + 1), given[1], body, now)
    assert not is_genuine(key, *given, body, now + 301)


def resolve(url: str, settings: AlertSettings = INSIDE) -> list[str]:
    return [place.address for place in asyncio.run(allowed_places(check_url(url), settings))]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://10.0.0.1/",
        "http://10.2.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[64:ff9b::7f00:1]/",
        "http://１２７.0.0.1/",
        "http://0/",
    ],
)
def test_addresses_inside_are_refused_in_every_spelling(url: str) -> None:
    with pytest.raises(NotAllowed):
        resolve(url)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://10.1.2.3/", "10.1.2.3"),
        ("https://1.1.1.1/", "1.1.1.1"),
        ("https://[2400:3200::1]/", "2400:3200::1"),
    ],
)
def test_allowed_and_public_addresses_pass(url: str, address: str) -> None:
    assert resolve(url) == [address]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example.org",
        "ftp://hooks.example.org/",
        "file:///etc/passwd",
        "https://user:secret@hooks.example.org/",
        "https://hooks.example.org/#part",
        "https://hooks.example.org/\r\nHost: other",
        "https://hooks.example.org/a b",
        "https://hooks.example.org:0/",
        "https://hooks.example.org:99999/",
        "https:///path",
        "https://hooks.example.org/" + "x" * 2000,
    ],
)
def test_what_is_no_address_of_a_webhook(url: str) -> None:
    with pytest.raises(NotAllowed):
        check_url(url)


def test_name_is_looked_up_once_and_connected_to_as_it_was_checked(
    house: House, hooked: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever owns a name may answer the check with one address and the connection with another."""
    port = httpx.URL(hooked.url).port
    answers = {"first": ["127.0.0.1", "127.0.0.2"], "second": ["127.0.0.2", "127.0.0.1"]}
    real = socket.getaddrinfo

    def rebinding(host: Any, *arguments: Any, **more: Any) -> Any:
        name = str(host).partition(".")[0]
        return real(answers[name].pop(0) if name in answers else host, *arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    house.add(f"webhook:http://first.example.org:{port}/hook")
    house.add(f"webhook:http://second.example.org:{port}/hook")
    house.store([make_policy(1)])
    with socket.create_server(("127.0.0.2", port)) as victim:
        victim.setblocking(False)
        report = house.run()
        with pytest.raises(BlockingIOError):
            victim.accept()
    assert [one.failure for one in report.troubles] == ["target_private"]
    ((_, headers, _),) = hooked.requests
    assert headers["host"] == f"first.example.org:{port}"
    assert answers == {"first": ["127.0.0.2"], "second": ["127.0.0.1"]}


def test_slow_answers_end_in_time_and_a_status_counts(
    house: House, hooked: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.add(f"webhook:{hooked.url}")
    go_on = threading.Event()
    hooked.before_answer = lambda number: None if number > 1 else hold(go_on)
    house.store([make_policy(1)])
    monkeypatch.setattr(webhook, "WHOLE_SECONDS", 1.0)
    (trouble,) = house.run().troubles
    assert trouble.failure == "target_timeout"
    go_on.set()
    monkeypatch.setattr(webhook, "WHOLE_SECONDS", 20.0)
    hooked.answer = b"x" * 3_000_000  # is not read to its end
    assert house.run(seconds=1).events == 1


def hold(go_on: threading.Event) -> None:
    assert go_on.wait(60)


def test_nobody_there(house: House) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    house.add(f"webhook:http://127.0.0.1:{port}/")
    house.store([make_policy(1)])
    (trouble,) = house.run().troubles
    assert trouble.failure == "target_unreachable"


def test_name_that_is_none(house: House) -> None:
    house.add("webhook:http://nobody.invalid/")
    house.store([make_policy(1)])
    (trouble,) = house.run().troubles
    assert trouble.failure in ("target_unreachable", "target_timeout")
