"""Every kind of page that the portal has, in one list: what is asked of all of them is asked of these."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from benchmarks.alert_receivers import Mailbox, text_of

# A server closes a connection that was idle for 5 seconds, just when it may be used again.
NO_REUSE = httpx.Limits(max_keepalive_connections=0)
WORDS = "通知"  # in titles of every world
# A letter leaves after the answer to its order.
LETTER_SECONDS = 20


@dataclass(frozen=True)
class PageKind:
    """A kind of page: its name, an address of it with {names} from `known_ids` and `known_alerts`, its status."""

    name: str
    path: str
    status: int = 200


PAGE_KINDS = (
    PageKind("home", "/"),
    PageKind("results", "/search?q={words}"),
    PageKind("results-chosen", "/search?q={words}&level=municipal&level=county&from=2000-01-01"),
    PageKind("results-empty", "/search?q=没有这样的词语组合"),
    PageKind("results-mistaken", "/search?q=机关: ({words}"),
    PageKind("results-refused", "/search?from=昨天", 422),
    PageKind("document", "/policies/{policy}"),
    PageKind("document-files", "/policies/{filed}?file=1"),
    PageKind("document-table", "/policies/{tabled}"),
    PageKind("why", "/policies/{found}/why?q={words}"),
    PageKind("facet", "/search/facets/issuer"),
    PageKind("facet-regions", "/search/facets/region"),
    PageKind("similar", "/policies/{policy}/similar"),
    PageKind("report", "/policies/{policy}/report"),
    PageKind("alert", "/alerts/new?q={words}&level=county"),
    PageKind("alert-confirm", "{confirm}"),
    PageKind("alert-stop", "{stop}"),
    PageKind("alert-stopped", "{stopped}"),
    PageKind("alert-unknown", "/alerts/confirm?t=unknown", 410),
    PageKind("help", "/help"),
    PageKind("library", "/library"),
    PageKind("shelf", "/library/policies"),
    PageKind("shelf-rules", "/library/rules"),
    PageKind("areas", "/library/areas"),
    PageKind("browse", "/browse"),
    PageKind("browse-branch", "/browse?level=municipal"),
    PageKind("sources", "/sources"),
    PageKind("source", "/sources/{site}"),
    PageKind("statistics", "/statistics"),
    PageKind("missing", "/nowhere", 404),
    PageKind("missing-document", "/policies/0000000000000000", 404),
    PageKind("hidden-document", "/policies/{hidden}", 410),
)


def known_ids(address: str, words: str = WORDS) -> Mapping[str, str]:
    """What the addresses above are filled with, read from the API of the portal: documents that words find."""
    with httpx.Client(base_url=address, timeout=60, limits=NO_REUSE) as client:
        found = client.get("/api/v1/policies", params={"q": words, "limit": 50}).json()["items"]
        whole = [client.get(f"/api/v1/policies/{one['id']}").json() for one in found]
    filed = next(one for one in whole if any(file["text"] for file in one["attachments"]))
    tabled = next((one for one in whole if any(b["kind"] == "table" for b in one["blocks"])), whole[0])
    longest = max(whole, key=lambda one: len(one["text"]))
    return {
        "words": words,
        "found": found[0]["id"],
        "policy": longest["id"],
        "filed": filed["id"],
        "tabled": tabled["id"],
        "site": whole[0]["site"],
    }


def known_alerts(address: str, box: Mailbox, words: str = WORDS) -> Mapping[str, str]:
    """Links that receivers of mail got: two of an order that waits, and one of an order that is stopped."""
    with httpx.Client(base_url=address, timeout=60, limits=NO_REUSE) as client:
        waiting, ended = (order(client, box, words, f"{name}@yanshi.test") for name in ("waiting", "ended"))
        for link in (ended["confirm"], ended["stop"]):
            assert client.post(link).status_code == 200
    return {**waiting, "stopped": ended["stop"]}


def order(client: httpx.Client, box: Mailbox, words: str, receiver: str) -> Mapping[str, str]:
    """Order mails of a search, and the links of the letter that asks whether they are wanted."""
    form = client.get("/alerts/new", params={"q": words}).text
    sent = {name: re.findall(f'name="{name}" value="(.*?)"', form)[0] for name in ("query", "token")}
    answer = client.post("/alerts/new", data={**sent, "mail": receiver, "topic_new": "1"})
    assert answer.status_code == 200
    return links_of_letter(box, receiver)


def links_of_letter(box: Mailbox, receiver: str) -> Mapping[str, str]:
    """The links to confirm and to stop in the letter to a receiver, without their host."""
    end = time.monotonic() + LETTER_SECONDS
    while time.monotonic() < end:
        for to, mail, _ in list(box.mails):
            if to == receiver:
                return {
                    does: re.findall(rf"http://\S+?(/alerts/{does}\?t=\S+)", text_of(mail))[0]
                    for does in ("confirm", "stop")
                }
        time.sleep(0.05)
    raise AssertionError(f"no letter to {receiver}")
