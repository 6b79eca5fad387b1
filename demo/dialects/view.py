"""What a platform's module sees of the world: one site on one day, served at one port."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from demo.country import Channel, Site
from demo.pages import Block, Page

if TYPE_CHECKING:
    from demo.world import World

HTML = "text/html; charset=utf-8"
XML = "text/xml; charset=utf-8"
JSON = "application/json;charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """The body of an answer 200 and its content type."""

    body: bytes
    content_type: str = HTML


@dataclass(frozen=True, slots=True)
class SiteView:
    """One site of the world on one day."""

    world: "World"
    site: Site
    day: int
    port: int

    def rows(self, channel: int) -> list[Page]:
        """The rows of a channel's list."""
        return self.world.listed(self.site.id, channel, self.day)

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
        """The column of a page."""
        return self.site.channels[page.channel]
