"""Pages that have rows and are still no list: a document with related links, a front page with a block of news."""

from datetime import date
from typing import Literal

from crawlers.channel_reading import context_of, page_input
from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import is_json
from crawlers.site import Channel
from crawlers.strangers import newcomer
from normalizers.address_dialects import read_address
from normalizers.encoding import decode_page
from normalizers.normalize import NormalizeError, normalize_policy
from normalizers.page import Hints
from normalizers.policy import Policy

Likeness = Literal["document", "home", ""]
# Characters of a body; what list pages hold besides their rows is shorter (a line on the column, a footer).
LONG_BODY = 300


def likeness(url: str, data: bytes, today: date) -> Likeness:
    """What a page with rows rather is than a list; "" where nothing speaks against a list.

    A document: it is read as one, and its address, a number or a long body says so.
    """
    if is_json(decode_page(data)):
        return ""
    kind = read_address(url).kind
    if kind == "home":
        return "home"
    policy = read_document(url, data, today)
    if policy is None or policy.title is None:
        return ""
    return "document" if kind == "detail" or policy.doc_number or len(policy.text) >= LONG_BODY else ""


def read_document(url: str, data: bytes, today: date) -> Policy | None:
    """A page of which nothing else is known, read as a document; None where it is none."""
    context = context_of(newcomer(url), Channel("", "policy", url), today)
    try:
        return normalize_policy(page_input(url, data, Hints()), context)
    except NormalizeError:
        return None


def is_paged(page: ListPage) -> bool:
    """Whether a list has further pages."""
    return page.paging is not None or page.next is not None or (page.pages or 0) > 1
