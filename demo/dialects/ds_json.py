"""The ds_ platform: shells whose rows stand in ds_<id>.json beside them, details /<day>/<32 hex>/c.html."""

from html import escape
from typing import Any

from demo.country import Channel, Site, hex_id
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, detail_page, json_reply, list_page, minute, relative
from demo.dialects.view import Ask, Reply, SiteView
from demo.history import date_of
from demo.pages import Page

ALL = 100_000  # one file holds every row of the column


def _data(site: Site, channel: Channel) -> str:
    return hex_id("datasource", site.id, channel.key)


def _folder(channel: Channel) -> str:
    head = channel.key.rsplit("/", 1)[0] if "/" in channel.key else ""
    return f"/{head}/" if head else "/"


class DsJson(Dialect):
    """An administration on a news agency's platform."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The column's page; the number sign of its rows is in it."""
        return f"/{channel.key}.htm"

    def detail_path(self, site: Site, page: Page) -> str:
        """The day of upload, 32 hex digits and the letter c."""
        return f"/{date_of(page.appears):%Y%m%d}/{hex_id(site.id, page.id)}/c.html"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """In the page's folder."""
        folder = self.detail_path(site, page).removesuffix("c.html")
        return f"{folder}{hex_id(site.id, page.id, number)}.{page.attachments[number].kind}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """The column's page or its file of rows."""
        for place, channel in enumerate(view.site.channels):
            if ask.path == self.list_address(view.site, channel):
                return view.reply(self._shell(view, channel))
            if ask.path == f"{_folder(channel)}ds_{_data(view.site, channel)}.json":
                rows = [self._row(view, page, ask.path) for page in view.shown(place, 1, ALL)]
                return json_reply({"categoryName": channel.name, "categoryDesc": "", "datasource": rows})
        return None

    @staticmethod
    def _row(view: SiteView, page: Page, here: str) -> dict[str, Any]:
        href = relative(here, view.href(page))
        pinned = view.world.is_pinned(page)
        title = f'<a href="{href}" target="_blank">{escape(page.title)}</a>' if pinned else page.title
        return {
            "contentId": f"{date_of(page.appears):%Y%m%d}{hex_id(view.site.id, page.id)}",
            "title": title,
            "showTitle": title,
            "publishUrl": href,
            "publishTime": minute(page),
            "author": "",
            "sourceText": parts.source_of(view.site, page),
            "contentType": "Link" if pinned else "MultiMedia",
            "summary": "",
        }

    @staticmethod
    def _shell(view: SiteView, channel: Channel) -> str:
        block = (
            f'<div class="list-box"><ul id="showData0" class="list" data="datasource:{_data(view.site, channel)}" datatype="ds" preview="ds_"></ul>'
            '<div id="page0" class="xhw-page"></div></div><script>new Xhwpage({el:"showData0",size:15});</script>'
        )
        return list_page(view, channel, block)

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page: the record of the directory, then td#detail."""
        site = view.site
        files = annexes(view, page, self.attachment_path)
        box = (
            '<div class="article-content"><table width="800"><tbody><tr><td class="STYLE5">目录项的基本信息</td></tr></tbody></table>'
            f"{_record(view, page)}"
            if page.content_type != "interpretation"
            else f'<h1 class="titles">{escape(page.title)}</h1><div class="times">发布时间：{page.published}　来源：{parts.source_of(site, page)}</div>'
            '<div class="article-content">'
        )
        block = (
            f'<div class="channel-page"><div class="article-box">{box}<table width="800"><tbody><tr><td id="detail" class="detail">'
            f'<span id="detailContent">\n{parts.body_html(view, page)}\n{files.inside}</span></td></tr></tbody></table>{files.outside}</div></div></div>'
        )
        head = f'<meta name="publishdate" content="{page.published}">\n<meta name="source" content="演示社">'
        return detail_page(view, page, self.detail_path(site, page), "/", block, head)


def _record(view: SiteView, page: Page) -> str:
    """The administration's own table: name, index, body and day of issue."""
    values = {key: value for key, _, value in parts.info_items(view, page)}
    rows = (
        (("公开事项名称", values["title"]),),
        (("索引号", values["index"]), ("主办单位", values["issuer"])),
        (("制发日期", page.written.isoformat()), ("文号", values["number"])),
    )
    cells = "".join(
        "<tr>"
        + "".join(
            f'<td align="right"><span class="STYLE10">{label}:</span></td><td class="STYLE9">\n{value}\n</td>'
            for label, value in row
        )
        + "</tr>"
        for row in rows
    )
    return f'<table width="800" class="table1"><tbody>{cells}</tbody></table>'
