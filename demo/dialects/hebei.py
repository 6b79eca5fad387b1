"""Hebei's UUID platform: /columns/<uuid>/index.html, details /columns/<uuid>/<month>/<day>/<uuid>.html."""

from html import escape

from demo.country import Channel, Site
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, detail_page, list_page, uuid_of
from demo.dialects.view import Ask, Reply, SiteView
from demo.history import date_of
from demo.pages import Page

PER_PAGE = 20


def _folder(site: Site, channel: Channel) -> str:
    return f"/columns/{uuid_of('column', site.id, channel.key)}"


def _file(current: int) -> str:
    return "index.html" if current == 1 else f"index_{current}.html"


class Hebei(Dialect):
    """A province and its capital."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The column's first page."""
        return f"{_folder(site, channel)}/index.html"

    def detail_path(self, site: Site, page: Page) -> str:
        """Month and day of upload, then a UUID."""
        folder = _folder(site, site.channels[page.channel])
        return f"{folder}/{date_of(page.appears):%Y%m/%d}/{uuid_of(site.id, page.id)}.html"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """The file service, by UUID."""
        return f"/files/{date_of(page.appears):%Y%m/%d}/{uuid_of(site.id, page.id, number)}.{page.attachments[number].kind}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """A list page."""
        for place, channel in enumerate(view.site.channels):
            base = f"{_folder(view.site, channel)}/"
            names = {f"{base}{_file(number)}": number for number in range(1, view.pages(place, PER_PAGE) + 1)}
            if current := names.get(ask.path if ask.path != base else f"{base}index.html"):
                return view.reply(self._list(view, channel, place, current))
        return None

    def _list(self, view: SiteView, channel: Channel, place: int, current: int) -> str:
        total = view.pages(place, PER_PAGE)
        rows = "\n".join(
            f'<li><a href="{view.href(page)}" target="_blank"><span class="title">{escape(page.title)}</span>'
            f'<span class="time">{page.published}</span></a></li>'
            for page in view.shown(place, current, PER_PAGE)
        )
        forth = (
            f'<a class="next" href="{_file(current + 1)}">下一页</a><a class="last" href="{_file(total)}">尾页</a>'
            if current < total
            else ""
        )
        back = f'<a class="prev" href="{_file(current - 1)}">上一页</a>' if current > 1 else ""
        return list_page(
            view,
            channel,
            f'<div class="list-content"><ul>{rows}</ul><div class="pages">{back}<span>{current}/{total}</span>{forth}</div></div>',
        )

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page."""
        site, channel = view.site, view.channel_of(page)
        files = annexes(view, page, self.attachment_path)
        block = (
            f'{parts.info_table(view, page)}<div class="xl-main"><div class="xl-title"><h2>{escape(page.title)}</h2></div>'
            f'<div class="xl-sub"><span>发布时间：{parts.published(site, page)} {parts.time_of(page)}</span>'
            f"<span>来源：{parts.source_of(site, page)}</span>{parts.share()}</div>"
            f'<div class="xl-content" id="zoom">\n{parts.body_html(view, page)}\n{files.inside}</div>{files.outside}</div>'
        )
        return detail_page(view, page, self.detail_path(site, page), self.list_address(site, channel), block)
