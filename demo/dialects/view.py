"""What a platform's module sees of the world: one site on one day, served at one port, and a request."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from demo.country import Channel, Site
from demo.pages import Block, Page

if TYPE_CHECKING:
    from demo.world import World

HTML = "text/html; charset=utf-8"
XML = "text/xml; charset=utf-8"
JSON = "application/json;charset=UTF-8"
# Where some sites send every link through, the address in its parameter `url`.
REDIRECT = "/visit/link.do"


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: `path` decoded, `query` of the address, `form` of an urlencoded body, `json` of a JSON body.

    `target` is path and query as they were sent; names of `headers` are in lower case.
    """

    method: str
    host: str
    target: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, str]:
        """The parameters of address, form and JSON object together."""
        inner = self.json if isinstance(self.json, dict) else {}
        return {**self.query, **self.form, **{key: str(value) for key, value in inner.items()}}

    def number(self, name: str, default: int) -> int:
        """A parameter that is a small whole number, else `default`."""
        text = self.values.get(name, "")
        return int(text) if text.isdecimal() and len(text) < 9 else default


@dataclass(frozen=True, slots=True)
class Reply:
    """The body of an answer, its content type, its status, and where a redirect leads."""

    body: bytes
    content_type: str = HTML
    status: int = 200
    location: str = ""


@dataclass(frozen=True, slots=True)
class SiteView:
    """One site of the world on one day."""

    world: "World"
    site: Site
    day: int
    port: int

    def rows(self, channel: int) -> list[Page]:
        """All rows of a channel's list, in order, however many of them its pages show."""
        return self.world.listed(self.site.id, channel, self.day)

    def shown(self, channel: int, number: int, size: int) -> list[Page]:
        """The rows on page `number` (from 1) of a list of `size` rows a page; [] past its end."""
        column = self.site.channels[channel]
        rows = self.rows(channel)
        if column.cap:
            rows = rows[: column.cap]
        if "repeat" in column.traits:
            number, size = 1, self.world.page_size(self.site)
        return rows[(number - 1) * size : number * size]

    def total(self, channel: int) -> int:
        """How many rows a list declares."""
        return len(self.rows(channel))

    def pages(self, channel: int, size: int) -> int:
        """How many pages a list declares, at least one."""
        return max(1, math.ceil(self.total(channel) / size))

    def href(self, page: Page) -> str:
        """The address of a page as a row or link on this site writes it: from the root, or whole on another site."""
        path = self.world.path(page)
        if page.site != self.site.id:
            return f"http://{page.site}.test:{self.port}{path}"
        if "redirect" in self.channel_of(page).traits:
            return f"{REDIRECT}?url={quote(self.origin() + path, safe='')}"
        return path

    def body(self, page: Page) -> tuple[Block, ...]:
        """The blocks of a page's body."""
        return self.world.body(page, self.day)

    def reply(self, html: str) -> Reply:
        """An HTML answer; sites of the old kind send GB18030, declare gb2312 and no charset in the header."""
        if self.site.look.charset == "utf-8":
            return Reply(html.encode())
        html = html.replace('<meta charset="utf-8">', f'<meta charset="{self.site.look.charset}">', 1)
        return Reply(html.encode("gb18030"), "text/html")

    def origin(self) -> str:
        """The site's address without a path."""
        return f"http://{self.site.id}.test:{self.port}"

    def channel_of(self, page: Page) -> Channel:
        """The column of a page of this site."""
        return self.site.channels[page.channel]
