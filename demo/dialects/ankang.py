"""安康 Node: /Node-<id>.html, /Node-<id>_2.html …, details /Content-<id>.html."""

from html import escape

from demo.country import Channel, Site, hex_id
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, column_number, detail_page, list_page
from demo.dialects.view import Ask, Reply, SiteView
from demo.pages import Page

PER_PAGE = 15


def _file(site: Site, channel: Channel, current: int) -> str:
    name = f"Node-{column_number(site, channel, 5)}"
    return f"{name}.html" if current == 1 else f"{name}_{current}.html"


class Ankang(Dialect):
    """A city with its counties and bureaus."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The node's first page."""
        return f"/{_file(site, channel, 1)}"

    def detail_path(self, site: Site, page: Page) -> str:
        """A number."""
        return f"/Content-{2_400_000 + page.id}.html"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """A folder of the month."""
        return f"/Upload/main/ContentManage/Article/File/{page.published:%Y/%m/%d}/{hex_id(site.id, page.id, number)[:16]}.{page.attachments[number].kind}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """A list page."""
        for place, channel in enumerate(view.site.channels):
            total = view.pages(place, PER_PAGE)
            names = {f"/{_file(view.site, channel, number)}": number for number in range(1, total + 1)}
            if current := names.get(ask.path):
                return view.reply(self._list(view, channel, place, current))
        return None

    def _list(self, view: SiteView, channel: Channel, place: int, current: int) -> str:
        site, total = view.site, view.pages(place, PER_PAGE)
        rows = "\n".join(
            f'<li><span class="time">{page.published}</span><a href="{view.href(page)}" title="{escape(page.title)}" target="_blank">'
            f"{escape(parts.cut(page.title))}</a></li>"
            for page in view.shown(place, current, PER_PAGE)
        )
        near = range(max(1, current - 2), min(total, current + 2) + 1)
        links = "".join(
            f"<span>{number}</span>"
            if number == current
            else f'<a href="{_file(site, channel, number)}">{number}</a>'
            for number in near
        )
        forth = (
            f'<a href="{_file(site, channel, current + 1)}">下一页</a><a href="{_file(site, channel, total)}">尾页</a>'
            if current < total
            else ""
        )
        return list_page(
            view, channel, f'<ul class="newlist">{rows}</ul><div class="page">{links}{forth}</div>'
        )

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page: body in #fontzoom."""
        site, channel = view.site, view.channel_of(page)
        files = annexes(view, page, self.attachment_path)
        block = (
            f'<div class="location"><a href="/">首页</a>&gt;<a href="{self.list_address(site, channel)}">{channel.name}</a></div>'
            f'{parts.info_table(view, page)}<div class="xqCent"><h1>{escape(page.title)}</h1>'
            f'<div class="info"><span>时间：{parts.published(site, page)} {parts.time_of(page)}</span><span>来源：{parts.source_of(site, page)}</span>'
            f'<span>作者：</span>{parts.share()}</div><div id="fontzoom">\n{parts.body_html(view, page)}\n{files.inside}</div>{files.outside}</div>'
        )
        return detail_page(view, page, self.detail_path(site, page), self.list_address(site, channel), block)
