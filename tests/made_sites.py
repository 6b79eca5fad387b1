"""Sites of every family filled with pages of the demo country, asked without a network."""

from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from demo.country import Channel, Look, Site
from demo.dialects import Dialect, dialect_of
from demo.dialects.view import Ask, Reply, SiteView
from demo.pages import Page
from demo.world import World

ROOT = "http://host.test"
COUNTS = {"policy": 130, "interpretation": 37, "notice": 64}
COLUMNS = (
    Channel("政策文件", "policy", "zwgk/zcwj"),
    Channel("政策解读", "interpretation", "zwgk/zcjd"),
    Channel("通知公告", "notice", "zwgk/tzgg"),
)
BODIES = ("990100-gov", "990100-office", "990100-nync")
PORTAL = Site(
    "yanshiji", "演示集政府（演示）", "provincial", "990100", "vsb", BODIES, COLUMNS,
    Look("ul", "local", "p", "full", "span"), 1, "9901990001",
)  # fmt: skip
DEPARTMENT = replace(
    PORTAL, id="yanshiji-nync", bodies=BODIES[2:], level="municipal",
    look=Look("td", "spaced", "br", "single", "span", "zh", "inside", number_line=True, title_line=True, charset="gb2312"),
)  # fmt: skip


class Shelf:
    """A real world whose pages are filed anew in the three columns of one site."""

    def __init__(self, world: World, site: Site, dialect: Dialect) -> None:
        self.world, self.site, self.dialect = world, site, dialect
        self.columns: list[list[Page]] = []
        for place, channel in enumerate(site.channels):
            found = [page for page in world.pages if page.content_type == channel.type and page.is_live(0)]
            chosen = [replace(page, site=site.id, channel=place) for page in found[: COUNTS[channel.type]]]
            assert len(chosen) == COUNTS[channel.type]
            self.columns.append(sorted(chosen, key=lambda page: (page.published, page.id), reverse=True))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.world, name)

    def listed(self, site: str, channel: int, day: int) -> list[Page]:
        """The rows of a column."""
        assert site == self.site.id
        return self.columns[channel]

    def neighbours(self, page: Page, count: int) -> list[Page]:
        """No page has neighbours: links to them would be taken for rows."""
        return []

    def path(self, page: Page) -> str:
        """The address of a page."""
        if page.site == self.site.id:
            return self.dialect.detail_path(self.site, page)
        return self.world.path(page)


@dataclass
class Client:
    """Asks one site without a network, by the rules of the server."""

    shelf: Shelf
    view: SiteView

    def __post_init__(self) -> None:
        site, dialect = self.view.site, self.shelf.dialect
        pages = [page for rows in self.shelf.columns for page in rows]
        self.details = {dialect.detail_path(site, page): page for page in pages}
        self.contents = {dialect.content_path(site, page): page for page in pages}
        self.files = {
            dialect.attachment_path(site, page, number)
            for page in pages
            for number in range(len(page.attachments))
        }

    def reply(
        self, address: str, form: dict[str, str] | None = None, data: Any = None, referer: bool = True
    ) -> Reply | None:
        """What stands at an address; POST where there is a form or data."""
        parts = urlsplit(urljoin(ROOT, address))
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        if target in self.details:
            return self.view.reply(self.shelf.dialect.detail(self.view, self.details[target]))
        if target in self.contents:
            return self.shelf.dialect.content(self.view, self.contents[target])
        if target in self.files:
            return Reply(b"file", "application/octet-stream")
        method = "GET" if form is None and data is None else "POST"
        headers = {"referer": ROOT} if referer else {}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        ask = Ask(method, parts.netloc, target, unquote(parts.path), query, form or {}, data, headers)
        return self.shelf.dialect.answer(self.view, ask)

    def get(self, address: str) -> str:
        """The text at an address that must be there."""
        return self._text(address, self.reply(address))

    def post(self, address: str, form: dict[str, str] | None = None, data: Any = None) -> str:
        """The text a post is answered with."""
        return self._text(address, self.reply(address, form if data is None else None, data))

    @staticmethod
    def _text(address: str, reply: Reply | None) -> str:
        assert reply is not None and reply.status == 200, address
        try:
            return reply.body.decode()
        except UnicodeDecodeError:
            assert b'charset="gb2312"' in reply.body
            return reply.body.decode("gb18030")

    def missing(self, address: str) -> bool:
        """Whether nothing stands there."""
        return self.reply(address) is None


def local(address: str) -> str:
    """Path and query of an address on the site."""
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def client_of(world: World, name: str, kind: str) -> Client:
    """A client of a portal or a department of the family."""
    platform, _, variant = name.partition("-")
    site = replace(PORTAL if kind == "portal" else DEPARTMENT, platform=platform, variant=variant)
    if platform == "jcms":
        site = replace(
            site, channels=tuple(replace(c, key=str(4501 + n)) for n, c in enumerate(site.channels))
        )
    shelf = Shelf(world, site, dialect_of(site))
    return Client(shelf, SiteView(cast(World, shelf), site, 0, 80))
