"""The cyberspace office: pages A0937<nn>index_1.htm without rows, POST /cms/JsonList, details <month>/<day>/c_<n>.htm."""

from html import escape
from typing import Any

from demo.country import Channel, Site, digits
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, detail_page, json_reply, list_page, minute, whole
from demo.dialects.view import Ask, Reply, SiteView
from demo.history import date_of
from demo.pages import Page

PER_PAGE = 20
MAX_PER_PAGE = 40
LIST = "/cms/JsonList"


def code(site: Site, channel: Channel) -> str:
    """The column's code."""
    return f"A0937{site.channels.index(channel) + 2:02d}"


class Cac(Dialect):
    """The office."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The column's page, its code in the name."""
        return f"/{channel.key}/{code(site, channel)}index_1.htm"

    def detail_path(self, site: Site, page: Page) -> str:
        """The day and a number of 16 digits."""
        day = date_of(page.appears)
        return f"/{day:%Y-%m}/{day:%d}/c_{1_713_000_000_000_000 + page.id * 1009}.htm"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """The editor's folder."""
        name = f"{1_713_000_000_000_000 + page.id * 1009 + number + 1}{digits(3, site.id)}.{page.attachments[number].kind}"
        return f"/rootimages/uploadimg/{name[:16]}/{name}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """The column's page or its rows."""
        for place, channel in enumerate(view.site.channels):
            if ask.path == self.list_address(view.site, channel):
                return view.reply(self._shell(view, channel))
            if (
                ask.path == LIST
                and ask.method == "POST"
                and ask.values.get("channelCode") == code(view.site, channel)
            ):
                return json_reply(self._found(view, place, ask))
        return None

    @staticmethod
    def _found(view: SiteView, place: int, ask: Ask) -> dict[str, Any]:
        size = min(max(1, ask.number("perPage", PER_PAGE)), MAX_PER_PAGE)
        current = max(1, ask.number("pageno", 1))
        rows = [
            {
                "topic": page.title,
                "infourl": whole(view, page).removeprefix("http:"),
                "pubtime": f"{minute(page)}.0",
                "filltime": f"{minute(page)}.0",
                "coverurl": "",
                "description": "",
            }
            for page in view.shown(place, current, size)
        ]
        return {
            "list": rows,
            "totalRec": view.total(place),
            "totalPage": view.pages(place, size),
            "curPage": current,
        }

    @staticmethod
    def _shell(view: SiteView, channel: Channel) -> str:
        block = (
            '<div class="wenzhang"><ul class="list-item" id="loadingInfoPage"></ul></div><div id="pages"></div>'
            f"<script>var channelCode = '{code(view.site, channel)}';function getItemById(id){{$.ajax({{type:'POST',url:'{LIST}',"
            f"data:{{channelCode:channelCode,perPage:'{PER_PAGE}',pageno:id}},dataType:'json',success:function(data){{render(data.list,data.totalRec);}}}});}}"
            "getItemById(1);</script>"
        )
        return list_page(view, channel, block)

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page: h1.title, #pubtime, #source, #BodyLabel."""
        site, channel = view.site, view.channel_of(page)
        files = annexes(view, page, self.attachment_path)
        day = page.published
        block = (
            f'{parts.info_table(view, page)}<div class="main-title"><h1 class="title">\n{escape(page.title)}\n</h1><div class="info clearfix">'
            f'<span id="pubtime">\n{parts.day_in("zh", day.year, day.month, day.day)} {parts.time_of(page)}\n</span>'
            f'<span id="source">来源：\n {parts.source_of(site, page)}\n</span>{parts.share()}</div></div>'
            f'<div class="main-content" id="BodyLabel">\n{parts.body_html(view, page)}\n{files.inside}</div>{files.outside}'
        )
        return detail_page(view, page, self.detail_path(site, page), self.list_address(site, channel), block)
