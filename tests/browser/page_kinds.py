"""Every kind of page that the portal has, in one list: what is asked of all of them is asked of these."""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

# A server closes a connection that was idle for 5 seconds, just when it may be used again.
NO_REUSE = httpx.Limits(max_keepalive_connections=0)
WORDS = "通知"  # in titles of every world


@dataclass(frozen=True)
class PageKind:
    """A kind of page: its name, an address of it with {names} from `known_ids`, and its status."""

    name: str
    path: str
    status: int = 200


PAGE_KINDS = (
    PageKind("home", "/"),
    PageKind("results", f"/search?q={WORDS}"),
    PageKind("results-chosen", "/search?q={words}&level=municipal&level=county&from=2000-01-01"),
    PageKind("results-empty", "/search?q=没有这样的词语组合"),
    PageKind("results-mistaken", "/search?q=机关: (通知"),
    PageKind("results-refused", "/search?from=昨天", 422),
    PageKind("document", "/policies/{policy}"),
    PageKind("document-files", "/policies/{filed}?file=1"),
    PageKind("document-table", "/policies/{tabled}"),
    PageKind("why", "/policies/{found}/why?q={words}"),
    PageKind("facet", "/search/facets/issuer"),
    PageKind("facet-regions", "/search/facets/region"),
    PageKind("similar", "/policies/{policy}/similar"),
    PageKind("report", "/policies/{policy}/report"),
    PageKind("alert", f"/alerts/new?q={WORDS}&level=county"),
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
)


def known_ids(address: str) -> Mapping[str, str]:
    """What the addresses above are filled with, read from the API of the portal."""
    with httpx.Client(base_url=address, timeout=60, limits=NO_REUSE) as client:
        found = client.get("/api/v1/policies", params={"q": WORDS, "limit": 50}).json()["items"]
        whole = [client.get(f"/api/v1/policies/{one['id']}").json() for one in found]
    filed = next(one for one in whole if any(file["text"] for file in one["attachments"]))
    tabled = next((one for one in whole if any(b["kind"] == "table" for b in one["blocks"])), whole[0])
    longest = max(whole, key=lambda one: len(one["text"]))
    return {
        "words": WORDS,
        "found": found[0]["id"],
        "policy": longest["id"],
        "filed": filed["id"],
        "tabled": tabled["id"],
        "site": whole[0]["site"],
    }
