"""The xa_publish platform: <column>/1.html, 2.html …, details <column>/<19 digits>.html."""

from html import escape

from demo.country import Channel, Site, hex_id
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, detail_page, labelled, list_page, snowflake
from demo.dialects.view import Ask, Reply, SiteView
from demo.pages import Page

PER_PAGE = 20
INFO = ("index", "subject", "number", "written", "issuer", "validity")


def _pager(current: int, total: int) -> str:
    """The pager: old sites draw it by a script alone, others give the last page as a link too."""
    links = "".join(
        f'<li><a href="{number}.html"{" class=on" if number == current else ""}>{number}</a></li>'
        for number in sorted({1, *range(max(1, current - 1), min(total, current + 1) + 1), total})
    )
    return (
        f'<div class="m-lst-pg"><ul class="clearfix">{links}</ul></div>'
        f"<script>var maxPage = parseInt('{total}');var page = parseInt('{current}');"
        "if(page<maxPage){$('.next').attr('href',(page+1)+'.html');}</script>"
    )


class XaPublish(Dialect):
    """A city with its districts."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The first page."""
        return f"/{channel.key}/1.html"

    def detail_path(self, site: Site, page: Page) -> str:
        """A 19-digit id in the column's folder."""
        return f"/{site.channels[page.channel].key}/{snowflake(page)}.html"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """A file of the platform's store."""
        day = page.published
        name = f"{hex_id(site.id, page.id, number)}.{page.attachments[number].kind}"
        return f"/upload/{day.year}/{day.month:02d}/{day.day:02d}/{name}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """A list page; the folder is its first."""
        for place, channel in enumerate(view.site.channels):
            base = f"/{channel.key}"
            text = ask.path.removeprefix(f"{base}/").removesuffix(".html")
            total = view.pages(place, PER_PAGE)
            if ask.path in (base, f"{base}/", f"{base}.html"):
                return view.reply(self._list(view, channel, place, 1))
            numbered = ask.path == f"{base}/{text}.html" and text.isdecimal() and len(text) < 6
            if numbered and 1 <= int(text) <= total:
                return view.reply(self._list(view, channel, place, int(text)))
        return None

    def _list(self, view: SiteView, channel: Channel, place: int, current: int) -> str:
        rows = "\n".join(
            f'<li><a href="{view.href(page)}" title="{escape(page.title)}" target="_blank">{escape(parts.cut(page.title))}</a>'
            f"{parts.after_row(view, page)}<span>{page.published}</span></li>"
            for page in view.shown(place, current, PER_PAGE)
        )
        box = "m-lst" if view.site.look.info == "ul" else "m-lst36"
        pager = _pager(current, view.pages(place, PER_PAGE))
        return list_page(view, channel, f'<div class="{box}"><ul>{rows}</ul></div>{pager}')

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page: disclosure as div.table, body in div.m-txt-article."""
        site, channel = view.site, view.channel_of(page)
        cells = labelled(
            view,
            page,
            INFO,
            '<div class="table-td table-p12">{label}：</div><div class="table-td table-p38">{value}</div>|',
        ).split("|")[:-1]
        rows = "".join(
            f'<div class="table-tr">{"".join(cells[place : place + 2])}</div>'
            for place in range(0, len(cells), 2)
        )
        info = (
            f'<div class="table">{rows}</div>'
            if rows and site.look.info != "th"
            else parts.info_table(view, page)
        )
        files = annexes(view, page, self.attachment_path)
        block = (
            f'{info}<div class="m-txt"><h1 class="m-txt-tit">{escape(page.title)}</h1>'
            f'<div class="m-txt-info"><span>发布时间：{parts.published(site, page)} {parts.time_of(page)}</span>'
            f"<span>来源：{parts.source_of(site, page)}</span>{parts.share()}</div>"
            f'<div class="m-txt-article" id="article">\n{parts.body_html(view, page)}\n{files.inside}</div>{files.outside}</div>'
        )
        return detail_page(view, page, self.detail_path(site, page), self.list_address(site, channel), block)
