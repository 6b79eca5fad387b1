"""FineCMS/迅睿: shells xxgk-list-<slug>.html, rows by POST /api-ajax_list-<n>.html, details xxgk-show-<id>.html."""

from html import escape
from typing import Any

from demo.country import Channel, Site, hex_id
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, column_number, detail_page, json_reply, list_page
from demo.dialects.view import Ask, Reply, SiteView
from demo.pages import Page

PER_PAGE = 20
MAX_PER_PAGE = 50
MODULE = "21"
LIST = "/api-ajax_list-"


def _module(channel: Channel) -> str:
    """Policies stand in the module xxgk, the rest in news."""
    return "xxgk" if channel.type == "policy" else "news"


def _slug(channel: Channel) -> str:
    return channel.key.replace("/", "")


def category(site: Site, channel: Channel) -> str:
    """The number of the column."""
    return column_number(site, channel, 3)


def _asked(ask: Ask) -> list[str]:
    """The values of ajax_type[] in order, as a form may write them: repeated or with indices."""
    given = [value for name, value in ask.form.items() if name.startswith("ajax_type")]
    return ",".join(given).split(",")


class FineCms(Dialect):
    """A city, its counties and departments."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The column's page."""
        return f"/{_module(channel)}-list-{_slug(channel)}.html"

    def detail_path(self, site: Site, page: Page) -> str:
        """Module and number."""
        return f"/{_module(site.channels[page.channel])}-show-{100_000 + page.id}.html"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """A folder a month."""
        name = f"{hex_id(site.id, page.id, number)[:14]}.{page.attachments[number].kind}"
        return f"/uploadfile/{page.published:%Y%m}/{name}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """The column's page, or rows: only by POST and with the page they are for as Referer."""
        site = view.site
        for channel in site.channels:
            if ask.path == self.list_address(site, channel):
                return view.reply(self._shell(view, channel))
        text = ask.path.removeprefix(LIST).removesuffix(".html")
        if ask.path != f"{LIST}{text}.html" or not text.isdecimal() or len(text) > 6:
            return None
        if ask.method != "POST" or "referer" not in ask.headers:
            return None
        return self._rows(view, _asked(ask), max(1, int(text)))

    def _rows(self, view: SiteView, asked: list[str], current: int) -> Reply | None:
        for place, channel in enumerate(view.site.channels):
            if len(asked) > 1 and asked[1] == category(view.site, channel):
                wanted = asked[6] if len(asked) > 6 and asked[6].isdecimal() and len(asked[6]) < 5 else ""
                size = min(max(1, int(wanted or PER_PAGE)), MAX_PER_PAGE)
                rows = [self._row(view, page) for page in view.shown(place, current, size)]
                return json_reply({"code": 1, "total": view.total(place), "data": rows})
        return None

    @staticmethod
    def _row(view: SiteView, page: Page) -> dict[str, Any]:
        return {
            "id": str(100_000 + page.id),
            "title": parts.cut(page.title, 50),
            "url": view.href(page),
            "updatetime": page.published.isoformat(),
            "hits": "0",
        }

    def _shell(self, view: SiteView, channel: Channel) -> str:
        site, module = view.site, _module(channel)
        kinds = (
            f'"{MODULE}_{module}","{category(site, channel)}","{MODULE}","{module}","Y-m-d","50","{PER_PAGE}",'
            '["is_top DESC","displayorder DESC","inputtime DESC"],""'
        )
        block = (
            '<div class="pagingList infodate infolist"><ul class="list_list" id="all_list"></ul></div><div class="pages" id="pagination"></div>'
            f"<script>var ajax_type=[{kinds}];function ajax_list(page){{$.ajax({{type:'POST',dataType:'json',"
            f"url:'{LIST}'+page+'.html',data:{{'ajax_type':ajax_type,'is_ds':1}},success:function(res){{render(res.data,res.total);}}}});}}"
            "ajax_list(1);</script>"
        )
        return list_page(view, channel, block, '<meta name="author" content="xunruicms">')

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page."""
        site, channel = view.site, view.channel_of(page)
        files = annexes(view, page, self.attachment_path)
        block = (
            f'{parts.info_table(view, page)}<div class="show_con"><h1 class="show_title">{escape(page.title)}</h1>'
            f'<div class="show_info"><span>发布时间：{parts.published(site, page)} {parts.time_of(page)}</span>'
            f'<span>来源：{parts.source_of(site, page)}</span><span>点击：<script src="/api-hits-{page.id}.html"></script></span>{parts.share()}</div>'
            f'<div class="show_content" id="zoom">\n{parts.body_html(view, page)}\n{files.inside}</div>{files.outside}</div>'
        )
        return detail_page(view, page, self.detail_path(site, page), self.list_address(site, channel), block)
