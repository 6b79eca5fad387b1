"""What stands at every address of the demo country on a day, drawn when it is asked for."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from html import escape

from demo.attachments import TYPES, make_file, make_page_file
from demo.country import SITE, Site
from demo.dialects import dialect_of, parts
from demo.dialects.view import HTML, JSON, REDIRECT, Ask, Reply, SiteView
from demo.pages import Page
from demo.world import World, list_place

# Bodies kept: a crawl asks a page once, a browser a few times.
SHELF_BYTES = 32 * 2**20
# List pages kept until the next day: those of a quiet night and of the front pages.
LISTS = 1500
ROBOTS = "User-agent: *\nDisallow: /manage/\nDisallow: /jiansuo\n"
CSS = "body{font:16px/1.8 sans-serif;margin:0 auto;max-width:60em}.nav li{display:inline-block;margin-right:1em}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands at an address: what conditional requests are compared with, and how its body is made."""

    etag: str
    modified: datetime
    head: bytes
    make: Callable[[], bytes]
    status: int = 200


@dataclass(slots=True)
class Shelf:
    """The bodies drawn last, up to a number of bytes."""

    limit: int
    bodies: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    size: int = 0

    def get(self, key: str, make: Callable[[], bytes]) -> bytes:
        """The body under a key, made where it is not on the shelf."""
        if key in self.bodies:
            self.bodies.move_to_end(key)
            return self.bodies[key]
        body = self.bodies[key] = make()
        self.size += len(body)
        while self.size > self.limit and len(self.bodies) > 1:
            self.size -= len(self.bodies.popitem(last=False)[1])
        return body


@dataclass(slots=True)
class Country:
    """Draws the world's sites on the current day; nothing is kept but the bodies drawn last."""

    world: World
    port: int
    day: int = 0
    details: dict[tuple[str, str], Page] = field(default_factory=dict)
    contents: dict[tuple[str, str], Page] = field(default_factory=dict)
    files: dict[tuple[str, str], tuple[Page, int]] = field(default_factory=dict)
    lists: OrderedDict[tuple[str, ...], Answer | None] = field(default_factory=OrderedDict)
    log: list[tuple[str, str, str, int, int, bool]] = field(default_factory=list)
    shelf: Shelf = field(default_factory=lambda: Shelf(SHELF_BYTES))
    sites: dict[str, Site] = field(init=False)
    _known: int = 0

    def __post_init__(self) -> None:
        self.sites = {site.id: site for site in self.world.sites}

    def set_day(self, day: int) -> None:
        """Move the world's clock."""
        self.world.extend(day)
        self.day = day
        self.lists.clear()
        for page in self.world.pages[self._known :]:
            site = SITE[page.site]
            dialect = dialect_of(site)
            self.details[page.site, dialect.detail_path(site, page)] = page
            if place := dialect.content_path(site, page):
                self.contents[page.site, place] = page
            for number in range(len(page.attachments)):
                self.files[page.site, dialect.attachment_path(site, page, number)] = (page, number)
        self._known = len(self.world.pages)

    def find(self, ask: Ask) -> Answer | None:
        """What stands at the address, None for nothing."""
        site = self._site(ask.host)
        if site is None:
            return None
        for target in (ask.target, ask.path):
            place = (site.id, target)
            if (page := self.details.get(place)) is not None:
                return self._page(page) if page.is_live(self.day) else self._missing(site)
            if (page := self.contents.get(place)) is not None:
                return self._content(page) if page.is_live(self.day) else self._missing(site)
            if (file := self.files.get(place)) is not None:
                return self._file(*file) if file[0].is_live(self.day) else self._missing(site)
        return self._list(site, ask)

    def _site(self, host: str) -> Site | None:
        """The site of a host: its own name, or one before it that its dialect knows."""
        name = host.split(":", 1)[0].removesuffix(".test")
        before, _, own = name.rpartition(".")
        site = self.sites.get(own)
        if site is None:
            return None
        return site if not before or before in dialect_of(site).hosts(site) else None

    def _missing(self, site: Site) -> Answer | None:
        """Nothing, or the front page on the sites that show it to who asks for what is gone."""
        if not site.soft404:
            return None
        home = self._view(site).reply(home_page(self._view(site)))
        return _fixed(home, self.world.site_changed_at(site.id, self.day))

    def _view(self, site: Site) -> SiteView:
        return SiteView(self.world, site, self.day, self.port)

    def _page(self, page: Page) -> Answer:
        site, version = SITE[page.site], page.version(self.day)
        if "files" in site.channels[page.channel].traits:
            return self._drawn(f"page/{page.id}/{version}", page, TYPES["pdf"], self._pdf)
        content_type = self._view(site).reply("").content_type
        return self._drawn(f"page/{page.id}/{version}", page, content_type, self._html)

    def _content(self, page: Page) -> Answer:
        return self._drawn(f"content/{page.id}/{page.version(self.day)}", page, JSON, self._json)

    def _drawn(self, key: str, page: Page, content_type: str, draw: Callable[[Page], bytes]) -> Answer:
        """A page; what it says depends on nothing but its version, so its mark is known before it is drawn."""
        etag = _mark(f"{self.world.seed}/{self.world.documents}/{key}".encode())
        modified = self.world.changed_at(page, self.day)
        lines = _head(content_type, etag, modified)
        return Answer(etag, modified, lines, lambda: self.shelf.get(key, lambda: draw(page)))

    def _html(self, page: Page) -> bytes:
        view = self._view(SITE[page.site])
        return view.reply(dialect_of(view.site).detail(view, page)).body

    def _json(self, page: Page) -> bytes:
        view = self._view(SITE[page.site])
        return dialect_of(view.site).content(view, page).body

    def _pdf(self, page: Page) -> bytes:
        return make_page_file(page.title, page.number, self.world.body(page, self.day))

    def _file(self, page: Page, number: int) -> Answer:
        key = f"file/{page.id}/{number}"
        etag = _mark(f"{self.world.seed}/{self.world.documents}/{key}".encode())
        modified = self.world.changed_at(page, page.appears)
        lines = _head(TYPES[page.attachments[number].kind], etag, modified)
        return Answer(
            etag,
            modified,
            lines,
            lambda: self.shelf.get(key, lambda: make_file(self.world.seed, page, number)),
        )

    def _list(self, site: Site, ask: Ask) -> Answer | None:
        asked = str((sorted(ask.form.items()), ask.json, "referer" in ask.headers))
        key = (site.id, ask.host, ask.method, ask.target, asked)
        if key not in self.lists:
            self.lists[key] = self._other(site, ask)
            while len(self.lists) > LISTS:
                self.lists.popitem(last=False)
        return self.lists[key]

    def _other(self, site: Site, ask: Ask) -> Answer | None:
        view = self._view(site)
        modified = self.world.site_changed_at(site.id, self.day)
        if ask.path == "/robots.txt":
            delay = self.world.crawl_delay.get(site.id)
            text = ROBOTS + (f"Crawl-delay: {delay:g}\n" if delay is not None else "")
            reply = Reply(text.encode(), "text/plain; charset=utf-8")
            return _fixed(reply, self.world.site_changed_at(site.id, 0))
        if ask.path == "/css/style.css":
            return _fixed(Reply(CSS.encode(), "text/css"), modified)
        if ask.path in ("/", "/index.html"):
            return _fixed(view.reply(home_page(view)), modified)
        if ask.path == REDIRECT and ask.query.get("url", "").startswith("http://"):
            return _fixed(Reply(b"", HTML, 302, ask.query["url"]), modified)
        found = dialect_of(site).answer(view, ask)
        return _fixed(found, modified) if found is not None else self._missing(site)


def _fixed(reply: Reply, modified: datetime) -> Answer:
    """An answer whose body is drawn already."""
    etag = _mark(reply.body)
    lines = _head(reply.content_type, etag, modified, reply.location)
    return Answer(etag, modified, lines, lambda: reply.body, reply.status)


def _mark(data: bytes) -> str:
    return f'"{hashlib.sha256(data).hexdigest()[:20]}"'


def _head(content_type: str, etag: str, modified: datetime, location: str = "") -> bytes:
    lines = (
        f"Content-Type: {content_type}\r\nETag: {etag}\r\n"
        f"Last-Modified: {format_datetime(modified, usegmt=True)}\r\nServer: demo\r\n"
    )
    return (lines + (f"Location: {location}\r\n" if location else "")).encode("latin-1")


def home_page(view: SiteView) -> str:
    """A site's front page: its columns with their newest rows."""
    site = view.site
    blocks = []
    for number, channel in enumerate(site.channels):
        rows = "".join(
            f'<li><a href="{view.href(page)}">{escape(page.title)}</a><span>{page.published}</span></li>'
            for page in view.rows(number)[:6]
        )
        blocks.append(
            f'<div class="col"><h2><a href="{escape(list_place(site, channel, view.port))}">{channel.name}</a></h2><ul>{rows}</ul></div>'
        )
    return parts.shell("", site.name, f"{parts.header(site)}{''.join(blocks)}{parts.footer(site)}")
