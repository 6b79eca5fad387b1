"""What is a challenge page, and above all what is none."""

import time
from pathlib import Path

import pytest
from rude_server import PAGE, SHELL_412, SHELL_521, SHELL_CAPTCHA, SHELL_COOKIE, SHELL_WZWS

from crawlers.middlewares.challenges import MAX_REFUSAL, MAX_SHELL, detect_challenge
from normalizers.failures import Failure

NOTICE = "各县（区）人民政府，市直各有关部门：现将有关事项通知如下，请认真贯彻执行。" * 20
EDGE = b"<html><script>document.cookie = '__tst_status=1; EO_Bot_Ssid=2';</script><body></body></html>"
CHALLENGES = [
    (412, b"", SHELL_412, Failure.BLOCKED_RS412),
    (202, b"", SHELL_412, Failure.BLOCKED_RS412),
    (200, b"", SHELL_412, Failure.BLOCKED_RS412),
    (412, b"", SHELL_412 + b"<script>" + b"a" * 60000 + b"</script>", Failure.BLOCKED_RS412),
    (521, b"__jsluid_h=1", SHELL_521, Failure.BLOCKED_JSL521),
    (521, b"", b'<script>go({"bts":[1]})</script>', Failure.BLOCKED_JSL521),
    (521, b"__jsl_clearance_s=1", b"<script>x</script>", Failure.BLOCKED_JSL521),
    (200, b"", SHELL_WZWS, Failure.BLOCKED_WZWS),
    (202, b"", SHELL_WZWS, Failure.BLOCKED_WZWS),
    (200, b"", SHELL_WZWS.upper(), Failure.BLOCKED_WZWS),
    (200, b"", SHELL_COOKIE, Failure.BLOCKED_COOKIE_SHELL),
    (200, b"", EDGE, Failure.BLOCKED_COOKIE_SHELL),
    (200, b"", SHELL_CAPTCHA, Failure.BLOCKED_CAPTCHA),
    (403, b"", b"<p>reason:GeoBL</p>", Failure.BLOCKED_GEO),
    (403, b"", b"reason: geobl", Failure.BLOCKED_GEO),
]
ORDINARY = [
    (200, b"", PAGE),
    (200, b"__jsluid_h=1; wzws_cid=2", PAGE),
    # A notice that speaks of all this.
    (
        200,
        b"",
        f"<html><p>关于 wzwschallenge、$_ts、captcha、__jsl_clearance 与 document.cookie 的通知</p><p>{NOTICE}</p></html>".encode(),
    ),
    # A protected page that carries the script of its firewall.
    (200, b"", SHELL_412.replace(b"<body>", f"<body><p>{NOTICE}</p>".encode())),
    (200, b"", f"<script>document.cookie='a=1';location.href='#'</script><p>{NOTICE}</p>".encode("gb18030")),
    (200, b"", f"<form><input name=captcha></form><p>{NOTICE}</p>".encode()),
    # A short page whose text, not its script, has the words.
    (200, b"", "<html><body>captcha 与 wzwschallenge 的说明</body></html>".encode()),
    (200, b"", b'{"items": [], "captcha": false, "script": "document.cookie location.href"}'),
    (200, b"", b""),
    (403, b"", b"<html><title>403 Forbidden</title><h1>Forbidden</h1></html>"),
    (404, b"", SHELL_COOKIE),
    (412, b"", b"<h1>Precondition Failed</h1>"),
    (521, b"", b"<h1>Web server is down</h1>"),
    (500, b"", b"<h1>Internal Server Error</h1>"),
    (304, b"", b""),
    (200, b"", SHELL_COOKIE + b" " * MAX_SHELL),
]


@pytest.mark.parametrize(("status", "cookies", "body", "expected"), CHALLENGES)
def test_challenge_is_named(status: int, cookies: bytes, body: bytes, expected: Failure) -> None:
    assert detect_challenge(status, cookies, body) is expected


@pytest.mark.parametrize(("status", "cookies", "body"), ORDINARY)
def test_ordinary_page_is_no_challenge(status: int, cookies: bytes, body: bytes) -> None:
    assert detect_challenge(status, cookies, body) is None


def test_no_saved_real_page_is_a_challenge(shared: Path) -> None:
    pages = [path for folder in ("detail", "list") for path in sorted((shared / "pages" / folder).iterdir())]
    assert len(pages) > 100
    assert [path.name for path in pages if detect_challenge(200, b"", path.read_bytes())] == []


@pytest.mark.parametrize(
    "piece",
    [b"<", b"<script>", b"<script>document.cookie=", b"document.cookie location ", b" ", b"<!--", b"reason "],
)
def test_hostile_page_takes_no_time(piece: bytes) -> None:
    body = (b"<script>captcha document.cookie" + piece * (MAX_REFUSAL // len(piece)))[:MAX_REFUSAL]
    begun = time.process_time()
    detect_challenge(412, b"", body)
    assert time.process_time() - begun < 1.0
