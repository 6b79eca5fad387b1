"""What strangers wrote — titles of sites, names and queries of readers — in headers, HTML and group chats."""

from email.message import EmailMessage

import pytest
from alert_house import PUBLIC, House
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from made_policies import NOW, make_policy, page_id

from benchmarks.alert_receivers import Mailbox, text_of
from pipelines.alerts import Alert, AlertState, Rhythm, TargetKind
from portal.alerts.content import Content, Line
from portal.alerts.mail import confirm_mail, news_mail
from portal.alerts.robots import MAX_BYTES, robot_text
from portal.alerts.targets import TargetError, parse_mail, parse_target, shown_target

HOSTILE = [
    "</title><script>alert(1)</script>",
    "\r\nBcc: other@example.org\r\n\r\nhello",
    "a\nList-Unsubscribe: <http://evil.example>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    "\u202egnp.exe\u202c",
    "\x00\x1b[31m",
    "=?utf-8?b?QmNjOiBhQGV4YW1wbGUub3Jn?=",
    "=?utf-8?q?a=0D=0ABcc:_other=40example.org?=",
    "=?utf-8?q?a=0ABcc:_other=40example.org=0A=0Abody?=",
    "\ud800",
    "演" * 500,
    '<at user_id="all">所有人</at>',
]


def news(name: str, title: str) -> EmailMessage:
    alert = Alert(
        "0" * 16,
        name,
        "q=x",
        TargetKind.MAIL,
        "reader@example.org",
        frozenset(),
        Rhythm.INSTANT,
        AlertState.ACTIVE,
        NOW,
    )
    line = Line("新收录", title, title, f"{PUBLIC}/policies/{page_id(1)}")
    content = Content(alert, (), (line,), "新收录 1 件", f"{PUBLIC}/search?q=x")
    return news_mail(content, "f" * 16, "policy@example.org", PUBLIC, b"key", NOW)


def check(mail: EmailMessage) -> None:
    """No header but ours, one receiver, and no markup but ours."""
    raw = mail.as_bytes()
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    names = [line.partition(":")[0] for line in head.split("\r\n") if line[:1] not in (" ", "\t")]
    assert len(names) == len(set(names))
    assert set(names) <= {
        *("Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"),
        *("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id"),
    }
    page = html.fromstring(text_of(mail, "html"))
    assert not page.xpath("//script | //img | //@onerror | //style | //iframe")
    for href in page.xpath("//@href"):
        assert str(href).startswith(PUBLIC)


@pytest.mark.parametrize("text", HOSTILE)
def test_mails_hold_hostile_text(text: str) -> None:
    if text == "\ud800":
        text = "x"  # a lone surrogate reaches no catalogue: it cannot be stored
    check(news(text, text))
    alert = Alert(
        "0" * 16,
        text,
        "q=x",
        TargetKind.MAIL,
        "reader@example.org",
        frozenset(),
        Rhythm.INSTANT,
        AlertState.PENDING,
        NOW,
    )
    check(confirm_mail(alert, text, "policy@example.org", PUBLIC, b"key", NOW, NOW))


@settings(max_examples=40)
@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=200))
def test_mails_hold_any_text(text: str) -> None:
    check(news(text, text))


def test_hostile_titles_through_a_real_mail_server(house: House, box: Mailbox) -> None:
    for text in HOSTILE[:3]:
        house.add("mail:reader@example.org", name=text)
    house.store([make_policy(n, title=text) for n, text in enumerate(HOSTILE) if text != "\ud800"])
    report = house.run()
    assert report.messages == 3
    assert {receiver for receiver, _, _ in box.mails} == {"reader@example.org"}
    for _, mail, raw in box.mails:
        assert mail["Bcc"] is None
        assert b"<script" not in raw
        assert not html.fromstring(text_of(mail, "html")).xpath("//script | //img | //@onerror")


@pytest.mark.parametrize(
    "text",
    [
        *("", "a", "@example.org", "a@", "a@b", "a b@example.org", "a@example.org\n", "a@example..org"),
        *(
            "a..b@example.org",
            ".a@example.org",
            "a.@example.org",
            "a@-example.org",
            "a@example.org, b@example.org",
        ),
        *(
            "<a@example.org>",
            '"a b"@example.org',
            "a@127.0.0.1",
            "a@[::1]",
            "a@exämple.org",
            "a" * 65 + "@example.org",
        ),
        *("a@" + "b" * 250 + ".org", "a@example.org\x00", "a%0d@example.org\r", "a@example.c"),
        *("=?utf-8?q?a=0ABcc:_x?=@example.org", "=?@example.org"),
    ],
)
def test_what_is_no_mail_address(text: str) -> None:
    with pytest.raises(TargetError):
        parse_mail(text)


def test_targets_show_no_secret() -> None:
    for text, shown in (
        ("mail:reader@Example.ORG", "mail:r***@example.org"),
        (
            "webhook:https://hooks.example.org/T000/B000/secretsecret?token=1",
            "webhook:https://hooks.example.org/…",
        ),
        ("webhook:https://hooks.example.org:8443/", "webhook:https://hooks.example.org:8443"),
        ("dingtalk:0123456789abcdef0123456789abcdef", "dingtalk:…cdef"),
        ("wecom:0123abcd-0123-0123-0123-0123456789ab", "wecom:…89ab"),
        ("feishu:short", "feishu:…"),
    ):
        target = parse_target(text)
        assert shown_target(target.kind, target.address) == shown
        assert "secret" not in repr(target.secret)
        assert "0123" not in repr(target)


@pytest.mark.parametrize(
    "text",
    ["", "mail", "mail:", "pigeon:x", "webhook:ftp://x", "dingtalk:../../x", "feishu:a b", "wecom:x?y=z"],
)
def test_what_is_no_target(text: str) -> None:
    with pytest.raises(TargetError):
        parse_target(text)


def test_group_chats_get_plain_text_that_fits() -> None:
    alert = Alert(
        "0" * 16, HOSTILE[-1], "", TargetKind.FEISHU, "…", frozenset(), Rhythm.INSTANT, AlertState.ACTIVE, NOW
    )
    lines = tuple(
        Line("新收录", text.replace("\ud800", ""), "", f"{PUBLIC}/policies/{n:016}")
        for n, text in enumerate(HOSTILE * 9)
    )
    text = robot_text(Content(alert, (), lines, "新收录 99 件", f"{PUBLIC}/search"))
    assert len(text.encode()) <= MAX_BYTES
    assert "<" not in text
    assert "另有" in text
    assert text.endswith(f"检索结果：{PUBLIC}/search")
