"""truecms: columns with a jpage block, further rows from getMessage.do as XML in JSON; details content/<uuid>.html."""

import json
from html import escape

from demo.country import Channel, Site
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, detail_page, list_page, uuid_of
from demo.dialects.view import JSON, Ask, Reply, SiteView
from demo.pages import Page

PER_PAGE = 10
GROUP = 3 * PER_PAGE  # a column's page holds the rows of three pages
MAX_WINDOW = 50  # records an answer may span; a wider span is answered by nothing
PROXY = "/truecms/messageController/getMessage.do"


def _column(site: Site, channel: Channel) -> str:
    return uuid_of("column", site.id, channel.key)


def _name(channel: Channel) -> str:
    return channel.key.rsplit("/", 1)[-1]


def _records(view: SiteView, rows: list[Page], total: int) -> str:
    records = "".join(
        f'<record><![CDATA[<li><a href="{view.href(page)}" title="{escape(page.title)}" target="_blank">'
        f"{escape(parts.cut(page.title, 40))}</a><span>{page.published}</span></li>]]></record>"
        for page in rows
    )
    return f"<datastore><totalrecord>{total}</totalrecord><recordset>{records}</recordset></datastore>"


class Truecms(Dialect):
    """Cities on the vendor's CMS; the interface is closed to requests without Referer."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The column's page: its name twice."""
        return f"/{site.id.replace('-', '')}/{_name(channel)}/{_name(channel)}.html"

    def detail_path(self, site: Site, page: Page) -> str:
        """A UUID below the column."""
        return f"/{site.id.replace('-', '')}/{_name(site.channels[page.channel])}/content/{uuid_of(site.id, page.id)}.html"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """The upload folder of the site."""
        name = f"{uuid_of(site.id, page.id, number)}.{page.attachments[number].kind}"
        return f"/{site.id.replace('-', '')}/upload/{name}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """The column's page, or records."""
        for place, channel in enumerate(view.site.channels):
            if ask.path == self.list_address(view.site, channel):
                return view.reply(self._list(view, channel, place))
            if ask.path == PROXY and ask.values.get("columnId") == _column(view.site, channel):
                return self._found(view, place, ask) if "referer" in ask.headers else None
        return None

    @staticmethod
    def _found(view: SiteView, place: int, ask: Ask) -> Reply:
        first, last = max(1, ask.number("startrecord", 1)), ask.number("endrecord", PER_PAGE)
        size = last - first + 1
        fits = 0 < size <= MAX_WINDOW
        rows = view.shown(place, 1, last)[first - 1 :] if fits else []
        text = json.dumps(
            {"result": _records(view, rows, view.total(place)) if fits else ""}, ensure_ascii=False
        )
        callback = ask.values.get("callback", "")
        if callback.isidentifier():
            return Reply(f"{callback}({text})".encode(), "application/javascript;charset=UTF-8")
        return Reply(text.encode(), JSON)

    @staticmethod
    def _list(view: SiteView, channel: Channel, place: int) -> str:
        rows = view.shown(place, 1, GROUP)
        first = "".join(
            f'<li><a href="{view.href(page)}" title="{escape(page.title)}" target="_blank">{escape(parts.cut(page.title, 40))}</a>'
            f"<span>{page.published}</span></li>"
            for page in rows
        )
        total = view.total(place)
        block = (
            f'<div id="initData" style="display:none"><ul class="xxgk-list-con">{first}</ul></div><div id="jpage"></div>'
            f"<script>$('#jpage').jpage({{dataStore:dataStore,totalRecord:{total},dataBefore:'<ul>',dataAfter:'</ul>',"
            f"proxyUrl:'{PROXY}',perPage:{PER_PAGE},groupSize:3,barPosition:'bottom',"
            f"ajaxParam:{{columnId:'{_column(view.site, channel)}'}}}});</script>"
        )
        return list_page(view, channel, block)

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page."""
        site, channel = view.site, view.channel_of(page)
        files = annexes(view, page, self.attachment_path)
        block = (
            f'{parts.info_table(view, page)}<div class="article"><h1 class="article-tit">{escape(page.title)}</h1>'
            f'<div class="article-sub"><span>发布日期：{parts.published(site, page)} {parts.time_of(page)}</span>'
            f"<span>来源：{parts.source_of(site, page)}</span>{parts.share()}</div>"
            f'<div class="zoomcon" id="zoom">\n{parts.body_html(view, page)}\n{files.inside}</div>{files.outside}</div>'
        )
        return detail_page(view, page, self.detail_path(site, page), self.list_address(site, channel), block)
