"""The index_pc platform: <column>/list/index_pc_<n>.html with totalData and showData, details <MMDD>/<digits>_pc.html."""

from html import escape

from demo.country import Channel, Site, hex_id
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, detail_page, list_page
from demo.dialects.view import Ask, Reply, SiteView
from demo.history import date_of
from demo.pages import Page

PER_PAGE = 15


class IndexPc(Dialect):
    """A bureau and its information centre."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The folder list of the column."""
        return f"/{channel.key}/list/"

    def detail_path(self, site: Site, page: Page) -> str:
        """Month and day, then the second of upload with a serial."""
        day = date_of(page.appears)
        return f"/{site.channels[page.channel].key}/{day:%m%d}/{day:%Y%m%d}{90_000_000_000 + page.id}_pc.html"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """A folder of the day."""
        name = f"{hex_id(site.id, page.id, number)}.{page.attachments[number].kind}"
        return f"/{site.channels[page.channel].key}/{date_of(page.appears):%m%d}/files/{name}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """A list page; the folder is index_pc_1.html."""
        for place, channel in enumerate(view.site.channels):
            base, total = self.list_address(view.site, channel), view.pages(place, PER_PAGE)
            if not ask.path.startswith(base):
                continue
            names = {
                "": 1,
                "index.html": 1,
                **{f"index_pc_{number}.html": number for number in range(1, total + 1)},
            }
            if current := names.get(ask.path[len(base) :]):
                return view.reply(self._list(view, channel, place, current))
        return None

    def _list(self, view: SiteView, channel: Channel, place: int, current: int) -> str:
        rows = "\n".join(
            f'<li><a href="{view.href(page)}" title="{escape(page.title)}" target="_blank">{escape(parts.cut(page.title))}</a>'
            f"{parts.after_row(view, page)}<span>{page.published:%Y/%m/%d}</span></li>"
            for page in view.shown(place, current, PER_PAGE)
        )
        block = (
            f'<ul class="u-list">{rows}</ul><div class="M-box" id="page"></div><script>$("#page").pagination({{'
            f"totalData:{view.total(place)},showData:{PER_PAGE},current:{current},coping:true,homePage:'首页',endPage:'末页',"
            'callback:function(api){location.href="index_pc_"+api.getCurrent()+".html";}});</script>'
        )
        return list_page(view, channel, block)

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page: div.article, annexes in div.filelist."""
        site, channel = view.site, view.channel_of(page)
        files = annexes(view, page, self.attachment_path, _links)
        block = (
            f'{parts.info_table(view, page)}<div class="article-box"><h1 class="article-title">{escape(page.title)}</h1>'
            f'<div class="article-bar"><span>发布时间：{parts.published(site, page)}</span><span>来源：{parts.source_of(site, page)}</span>{parts.share()}</div>'
            f'<div class="article">\n{parts.body_html(view, page)}\n{files.inside}</div>{files.outside}</div>'
        )
        return detail_page(view, page, self.detail_path(site, page), self.list_address(site, channel), block)


def _links(page: Page, hrefs: list[str]) -> str:
    rows = "".join(
        f'<p><a href="{href}" title="{escape(item.name)}" target="_blank">{escape(item.name)}</a></p>'
        for item, href in zip(page.attachments, hrefs, strict=True)
    )
    return f'<div class="filelist"><h3>附件</h3>{rows}</div>'
