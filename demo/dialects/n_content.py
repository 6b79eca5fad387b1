"""Node sites: /n1/n2/index.html, further pages index_<column>_<n>.html counted downwards, details c<id>/content.html."""

from html import escape

from demo.country import Channel, Site, digits
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, column_number, detail_page, list_page, relative
from demo.dialects.view import Ask, Reply, SiteView
from demo.history import date_of
from demo.pages import Page

PER_PAGE = 20


def _folder(site: Site, channel: Channel) -> str:
    return (
        f"/n{digits(7, site.id, 'root')}/n{digits(7, site.id, 'branch')}/n{column_number(site, channel, 7)}"
    )


class NContent(Dialect):
    """Commissions and ministries whose folders are node numbers."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The node's first page."""
        return f"{_folder(site, channel)}/index.html"

    def detail_path(self, site: Site, page: Page) -> str:
        """A folder a page."""
        return f"{_folder(site, site.channels[page.channel])}/c{20_000_000 + page.id}/content.html"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """Beside the page, with the day of upload."""
        folder = self.detail_path(site, page).removesuffix("content.html")
        return f"{folder}part/{40_000_000 + page.id * 3 + number}.{page.attachments[number].kind}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """A list page."""
        for place, channel in enumerate(view.site.channels):
            folder, total = _folder(view.site, channel), view.pages(place, PER_PAGE)
            files = {_file(view.site, channel, number, total): number for number in range(1, total + 1)}
            name = ask.path.removeprefix(f"{folder}/") if ask.path.startswith(f"{folder}/") else "-"
            if current := files.get(name or "index.html"):
                return view.reply(self._list(view, channel, place, current))
        return None

    def _list(self, view: SiteView, channel: Channel, place: int, current: int) -> str:
        site, total = view.site, view.pages(place, PER_PAGE)
        here = f"{_folder(site, channel)}/{_file(site, channel, current, total)}"
        rows = "\n".join(
            f'<li><a href="{relative(here, view.href(page))}" title="{escape(page.title)}" target="_blank">{escape(parts.cut(page.title))}</a>'
            f"{parts.after_row(view, page)}<span>[{page.published}]</span></li>"
            for page in view.shown(place, current, PER_PAGE)
        )
        column = column_number(site, channel, 7)
        hidden = "".join(
            f'<a href="{_file(site, channel, number, total)}">{number}</a>' for number in range(2, total + 1)
        )
        block = (
            f'<div class="zsy_conlist" id="comp_{column}"><ul>{rows}</ul></div><div style="display:none">{hidden}</div>'
            f'<script>var maxPageNum{column}={total};var purl="index_{column}_";document.write(pageBar(maxPageNum{column}));</script>'
        )
        return list_page(view, channel, block)

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page: .zsy_comain, or #fontzoom where the site has it."""
        site, channel = view.site, view.channel_of(page)
        files = annexes(view, page, self.attachment_path)
        container = (
            'class="content" id="fontzoom"' if site.look.meta in ("lower", "single") else 'class="zsy_comain"'
        )
        block = (
            f'{parts.info_table(view, page)}<div class="zsy_cotitle">{escape(page.title)}<p>文章来源：{parts.source_of(site, page)}　'
            f"发布时间：{parts.published(site, page)}</p>{parts.share()}</div><div {container}>\n"
            f"{parts.body_html(view, page)}\n{files.inside}</div>{files.outside}"
        )
        head = f'<meta name="publishdate" content="{date_of(page.appears)}">'
        return detail_page(
            view, page, self.detail_path(site, page), self.list_address(site, channel), block, head
        )


def _file(site: Site, channel: Channel, current: int, total: int) -> str:
    if current == 1:
        return "index.html"
    return f"index_{column_number(site, channel, 7)}_{total + 1 - current}.html"
