"""Every hostile string as title, number, issuer and address of a policy, and as name of an alert, through real mails."""

import pytest
from alert_house import PUBLIC, House
from hostile_policies import WORD, filled_policy
from hostile_strings import STORABLE, thinned
from lxml import html

from benchmarks.alert_receivers import Mailbox, text_of

pytestmark = pytest.mark.slow

HEADERS = {
    "subject", "from", "to", "date", "message-id", "auto-submitted", "mime-version", "content-type",
    "list-unsubscribe", "list-unsubscribe-post", "list-id",
}  # fmt: skip
# What the server that took a mail may have written above it.
TAKEN = {"x-peer", "x-mailfrom", "x-rcptto"}
ELEMENTS = {"html", "head", "meta", "title", "body", "h1", "ol", "li", "p", "a"}
# A title is cut where no title is that long.
SHOWN = 300


def letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def test_no_string_gets_out_of_a_mail(house: House, box: Mailbox) -> None:
    house.add("mail:reader@example.org", f"q={WORD}")
    for text in thinned(STORABLE, 40):
        house.add("mail:other@example.org", f"q={WORD}", name=text)
    house.store([filled_policy(n) for n in range(len(STORABLE))])
    house.run()
    assert {receiver for receiver, _, _ in box.mails} == {"reader@example.org", "other@example.org"}
    told = ""
    for _, mail, _ in box.mails:
        names = [name.lower() for name in mail]
        assert set(names) <= HEADERS | TAKEN and len(names) == len(set(names))
        assert "\n" not in mail["subject"] and "\r" not in mail["subject"]
        page = html.document_fromstring(text_of(mail, "html"))
        assert {str(one.tag) for one in page.iter()} <= ELEMENTS
        assert {name for one in page.iter() for name in one.attrib} <= {"lang", "charset", "href"}
        assert all(one.get("href", f"{PUBLIC}/").startswith(f"{PUBLIC}/") for one in page.iter())
        told += letters("".join(map(str, page.itertext()))) if "reader@" in mail["to"] else ""
    shown = [letters(f"{WORD} {text}"[: SHOWN // 2]) for text in STORABLE]
    assert sum(one in told for one in shown) >= min(100, len(STORABLE))
