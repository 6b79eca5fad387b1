"""Feeds of what came in, RSS and Atom, for any search of the results page."""

import html
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from index.engine import MAX_LIMIT, RequestError
from normalizers.policy import VALIDITIES, Policy
from pipelines.catalogue import Catalogue
from pipelines.changes import changed_at
from portal.address import Address
from portal.labels import day_text
from portal.library import Library
from portal.middleware import NOT_MODIFIED, is_known, last_modified
from portal.parameters import whole_number
from portal.passages import Item, unmarked
from portal.rendering import Templates
from portal.serving import Serving
from portal.site_text import web_address

Kind = Literal["atom", "rss"]
MEDIA = {"atom": "application/atom+xml", "rss": "application/rss+xml"}
NAME = "政策库"
NO_TITLE = "（无标题）"
SIZE = 50
MAX_SIZE = MAX_LIMIT
MAX_TOLD = 200  # characters of a query in the title of its feed
MAX_TITLE = 500  # characters; what is longer is a paragraph that was taken for a title
# Ids stay the same wherever the portal is reached, and in every mirror: `Policy.id` comes from the page's address.
POLICY_ID = "urn:zhengce:policy:"
FEED_ID = "urn:zhengce:feed:"
# What XML 1.0 cannot hold (§2.2): control characters, halves of surrogate pairs, two that are none.
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A feed must bear a time; one of a repository that never had a document bears this.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# feedgen writes dates of RSS under another locale of the whole process and sets the old one again.
ONE_AT_A_TIME = threading.Lock()


class _Entry(FeedEntry):  # type: ignore[misc]  # feedgen has no types
    """An entry whose links in Atom say what they are: feedgen 1.0 writes their addresses only."""

    def atom_entry(self, extensions: bool = True) -> Any:
        """The entry as an element."""
        entry = super().atom_entry(extensions)
        for element, link in zip(entry.findall("link"), self.link(), strict=True):
            element.attrib.update({name: link[name] for name in ("rel", "type") if link.get(name)})
        return entry


class Feeds:
    """Answers searches with feeds, newest first by the instant they were first seen."""

    def __init__(
        self, library: Library, catalogue: Catalogue, templates: Templates, serving: Serving
    ) -> None:
        self._library = library
        self._catalogue = catalogue
        self._templates = templates
        self._serving = serving

    def answer(self, kind: Kind, request: Request) -> Response:
        """The feed of a search, or that the client has it; raises RequestError, IndexUnusableError."""
        address, size = Address(request.query_params), _size(request.query_params.get("size", ""))
        base = self._serving.base(request)
        headers = self._headers(kind, address, size, base)
        if is_known(request.headers, headers["etag"], headers.get("last-modified", "")):
            return Response(status_code=NOT_MODIFIED, headers=headers)
        asked = address.newest(self._library.query_names(), size)
        found = self._library.search(asked.request)
        # What has only parts of a query is no news of it.
        items = () if found.result.loose else found.items
        as_of = self._library.state().as_of or NEVER
        feed = _Feed(kind, address, size, base, self._told(address), as_of)
        return Response(feed.text(items), media_type=MEDIA[kind], headers=headers)

    def _headers(self, kind: Kind, address: Address, size: int, base: str) -> dict[str, str]:
        """Tag and date of a feed as it would be made now: neither search nor entries are needed for them."""
        reader, state = self._library.reader, self._library.state()
        applied, generation = reader.applied_seq(), reader.generation()
        tag = self._templates.tag(kind, address.feed_href(kind), size, base, applied, generation)
        modified = {}
        if applied == state.seq:
            with self._catalogue.read() as connection:
                modified = last_modified(changed_at(connection, state.seq), self._serving.clock())
        return {"etag": f"W/{tag}", "cache-control": "no-cache", **modified}

    def _told(self, address: Address) -> str:
        told = address.told(self._library.label())
        return told if len(told) <= MAX_TOLD else told[:MAX_TOLD] + "…"


@dataclass(frozen=True, slots=True)
class _Feed:
    """One feed before its entries are known; `told` is its search in words."""

    kind: Kind
    address: Address
    size: int
    base: str
    told: str
    as_of: datetime

    def text(self, items: tuple[Item, ...]) -> bytes:
        """The feed as XML."""
        updated = max((item.stored.changed_at for item in items), default=self.as_of)
        search = self.address.href("/search", sort="first_seen", order="", size="", facets="")
        state = self.address.feed_href("atom")
        feed = FeedGenerator()
        feed.id(FEED_ID + blake2b(state.encode(errors="replace"), digest_size=8).hexdigest())
        feed.title(clean(f"{NAME}：{self.told}"))
        described = clean(f"新收录的政策，最新的在前：{self.told}。非官方来源，以原文为准。")
        feed.subtitle(described)  # in Atom
        feed.description(described)  # in RSS
        feed.author(name=NAME)
        feed.language("zh-CN")
        feed.generator("zhengce")
        own = self.address.feed_href(self.kind, size=self.size if self.size != SIZE else "")
        feed.link(href=clean(self.base + own), rel="self", type=MEDIA[self.kind])
        feed.link(href=clean(self.base + search), rel="alternate", type="text/html")  # RSS takes the last
        feed.updated(updated)
        feed.lastBuildDate(updated)
        for item in items:
            feed.add_entry(self._entry(item), order="append")
        if self.kind == "atom":
            return bytes(feed.atom_str())
        with ONE_AT_A_TIME:
            return bytes(feed.rss_str())

    def _entry(self, item: Item) -> FeedEntry:
        stored, policy = item.stored, item.stored.policy
        link = f"{self.base}/policies/{quote(policy.id, safe='')}"
        entry = _Entry()
        entry.id(POLICY_ID + policy.id)
        entry.title(clean(policy.title or "").strip()[:MAX_TITLE] or NO_TITLE)
        entry.link(href=link, rel="alternate", type="text/html")
        if original := web_address(policy.url):
            entry.link(href=original, rel="via")
        summary = clean("".join(_paragraphs(item, original)))
        if self.kind == "atom":
            entry.summary(summary, type="html")
            entry.author([{"name": name} for issuer in policy.issuers if (name := clean(issuer).strip())])
        else:
            entry.description(summary)
        entry.published(stored.first_seen)
        entry.updated(stored.changed_at)
        return entry


def feeds_router(feeds: Feeds) -> APIRouter:
    """The routes of the feeds; they take the parameters of the results page."""
    router = APIRouter(prefix="/feeds", include_in_schema=False)

    @router.get("/atom")
    def atom(request: Request) -> Response:
        return feeds.answer("atom", request)

    @router.get("/rss")
    def rss(request: Request) -> Response:
        return feeds.answer("rss", request)

    return router


def clean(text: str) -> str:
    """A text without what XML cannot hold."""
    return FORBIDDEN.sub("", text)


def _paragraphs(item: Item, original: str) -> Iterator[str]:
    """The description of an entry: paragraphs of HTML in which everything a site sent is escaped."""
    facts = "　".join(html.escape(text) for text in _facts(item.stored.policy))
    if facts:
        yield f"<p>{facts}</p>"
    if item.stored.withdrawn:
        yield "<p>原站已撤下</p>"
    for passage in item.passages[:1]:
        yield f"<p>{unmarked(passage.html)}</p>"
    if original:
        yield f'<p><a href="{html.escape(original)}">原文</a></p>'


def _facts(policy: Policy) -> Iterator[str]:
    if policy.doc_number:
        yield policy.doc_number
    if policy.issuers:
        yield "、".join(policy.issuers)
    for name, called in (("written_date", "成文"), ("published_date", "发布"), ("effective_date", "施行")):
        if day := getattr(policy, name):
            yield f"{called} {day_text(day, policy.date_precision.get(name, 'day'))}"
    if policy.validity:
        yield VALIDITIES.get(policy.validity, policy.validity)


def _size(text: str) -> int:
    if not text:
        return SIZE
    size = whole_number(text)
    if not 1 <= size <= MAX_SIZE:
        raise RequestError(f"size“{text[:20]}”不可用：应在 1 到 {MAX_SIZE} 之间")
    return size
