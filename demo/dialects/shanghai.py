"""Shanghai's ivs platform: /nw<number>/index.html, index_2.html …, details <day>/<32 hex>.html."""

from html import escape

from demo.country import Channel, Site, hex_id
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, column_number, detail_page, list_page
from demo.dialects.view import Ask, Reply, SiteView
from demo.history import date_of
from demo.pages import Page

PER_PAGE = 20


def _folder(site: Site, channel: Channel) -> str:
    """The city numbers its columns, bureaus name them after themselves."""
    if len(site.bodies) > 1:
        return f"/nw{column_number(site, channel, 5)}"
    return f"/{site.id.rsplit('-', 1)[-1]}_{channel.key.rsplit('/', 1)[-1]}"


class Shanghai(Dialect):
    """A city and its bureaus."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The column's first page."""
        return f"{_folder(site, channel)}/index.html"

    def detail_path(self, site: Site, page: Page) -> str:
        """The day of upload and 32 hex digits."""
        folder = _folder(site, site.channels[page.channel])
        return f"{folder}/{date_of(page.appears):%Y%m%d}/{hex_id(site.id, page.id)}.html"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """The platform's file command."""
        name = f"{hex_id(site.id, page.id, number)}.{page.attachments[number].kind}"
        return f"/cmsres/{name[:2]}/{name}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """A list page."""
        for place, channel in enumerate(view.site.channels):
            base, total = f"{_folder(view.site, channel)}/", view.pages(place, PER_PAGE)
            if not ask.path.startswith(base):
                continue
            names = {
                "": 1,
                "index.html": 1,
                **{f"index_{number}.html": number for number in range(2, total + 1)},
            }
            if current := names.get(ask.path[len(base) :]):
                return view.reply(self._list(view, channel, place, current))
        return None

    def _list(self, view: SiteView, channel: Channel, place: int, current: int) -> str:
        rows = "\n".join(
            f'<li><a href="{view.href(page)}" title="{escape(page.title)}" target="_blank">{escape(parts.cut(page.title, 36))}</a>'
            f'{parts.after_row(view, page)}<span class="time">{page.published}</span></li>'
            for page in view.shown(place, current, PER_PAGE)
        )
        block = (
            f'<ul class="tadaty-list nowrapli list-date">{rows}</ul><div class="pagination" id="pageNav"></div>'
            f"<script>$('#pageNav').jqPaginator({{totalPage: {view.pages(place, PER_PAGE)}, currentPage: {current}, "
            "onPageChange:function(n){location.href=n==1?'index.html':'index_'+n+'.html';}});</script>"
        )
        return list_page(view, channel, block)

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page with the ids of the platform."""
        site, channel = view.site, view.channel_of(page)
        files = annexes(view, page, self.attachment_path)
        block = (
            f'{parts.info_table(view, page)}<div class="Article"><h2 class="Article-title" id="ivs_title">{escape(page.title)}</h2>'
            f'<p class="PBtime" id="ivs_date">{parts.day_in("zh", page.published.year, page.published.month, page.published.day)}</p>'
            f'<p class="source">来源：{parts.source_of(site, page)}</p>{parts.share()}'
            f'<div class="Article_content" id="ivs_content">\n{parts.body_html(view, page)}\n{files.inside}</div>{files.outside}</div>'
        )
        return detail_page(view, page, self.detail_path(site, page), self.list_address(site, channel), block)
