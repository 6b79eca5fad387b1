"""The central portal: a feed of the newest policies, the library's interface, static columns."""

from datetime import UTC, date, datetime
from html import escape
from typing import Any

from demo.country import Channel, Site, all_topics
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, detail_page, json_reply, list_page, whole
from demo.dialects.view import Ask, Reply, SiteView
from demo.history import date_of
from demo.pages import Page

PER_PAGE = 20
MAX_PER_PAGE = 50
FEED_ROWS = 100_000  # the feed is one file
FEED = "/zhengce/zuixin/"
LIBRARY = "/search-gov/data"
KIND = "zhengcelibrary_gw"


def _millis(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() - 8 * 3600) * 1000


def _home(channel: Channel, current: int) -> str:
    return "home.htm" if current == 1 else f"home_{current - 1}.htm"


class GovCn(Dialect):
    """Policies stand in the library, notices in the feed, interpretations in a static column."""

    def hosts(self, site: Site) -> tuple[str, ...]:
        """The library answers on a host of its own."""
        return ("sousuo",)

    def list_address(self, site: Site, channel: Channel) -> str:
        """The library's interface, the feed's folder, or the column's first page."""
        if channel.type == "policy":
            return f"//sousuo.{site.id}.test{LIBRARY}?t={KIND}"
        return FEED if channel.type == "notice" else f"/{channel.key}/home.htm"

    def detail_path(self, site: Site, page: Page) -> str:
        """The month of upload and a number; documents of the government and of departments apart."""
        folder = "content" if page.issuers[0].endswith(("-gov", "-office")) else "zhengceku"
        if page.content_type == "interpretation":
            return f"/zhengce/{date_of(page.appears):%Y%m}/content_{6_900_000 + page.id}.htm"
        return f"/zhengce/{folder}/{date_of(page.appears):%Y%m}/content_{6_900_000 + page.id}.htm"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """P, the day and a serial, beside the page."""
        folder = self.detail_path(site, page).rsplit("/", 1)[0]
        serial = 380_000_000_000 + page.id * 1009 + number
        return f"{folder}/P0{date_of(page.appears):%Y%m%d}{serial}.{page.attachments[number].kind}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """The feed and its page, the library, a static column."""
        for place, channel in enumerate(view.site.channels):
            if channel.type == "policy" and ask.path == LIBRARY and ask.query.get("t") == KIND:
                return json_reply(self._library(view, place, ask))
            if channel.type == "notice" and ask.path in (FEED, f"{FEED}index.htm"):
                return view.reply(self._feed_page(view, channel))
            if channel.type == "notice" and ask.path == f"{FEED}ZUIXINZHENGCE.json":
                return json_reply([self._feed_row(view, page) for page in view.shown(place, 1, FEED_ROWS)])
            if channel.type == "interpretation":
                names = {
                    f"/{channel.key}/{_home(channel, number)}": number
                    for number in range(1, view.pages(place, PER_PAGE) + 1)
                }
                if current := names.get(ask.path):
                    return view.reply(self._column(view, channel, place, current))
        return None

    def _library(self, view: SiteView, place: int, ask: Ask) -> dict[str, Any]:
        current = max(1, ask.number("p", 1))
        size = min(max(1, ask.number("n", PER_PAGE)), MAX_PER_PAGE)
        total, pages = view.total(place), view.pages(place, size)
        rows = [self._library_row(view, page) for page in view.shown(place, current, size)]
        found = {"totalCount": total, "pageSize": size, "currentPage": current, "totalpage": pages}
        return {
            "code": 200,
            "paramsVO": {"t": KIND, "p": current, "n": size, "sort": ask.query.get("sort", "pubtime")},
            "searchVO": {**found, "searchTime": 85, "listVO": rows, "catMap": None},
        }

    @staticmethod
    def _library_row(view: SiteView, page: Page) -> dict[str, Any]:
        subject = all_topics()[page.topic].subject
        return {
            "id": f"zhengceku_gongwen:{page.id}",
            "title": page.title,
            "url": whole(view, page),
            "pcode": page.number,
            "puborg": next(value for key, _, value in parts.info_items(view, page) if key == "issuer"),
            "pubtime": _millis(page.published),
            "pubtimeStr": f"{page.published:%Y.%m.%d}",
            "ptime": _millis(page.written),
            "index": page.index_number,
            "childtype": subject.replace("、", "\\", 1),
            "colname": "演示国政务院文件",
            "summary": f"{page.title} {page.number}…",
        }

    @staticmethod
    def _feed_row(view: SiteView, page: Page) -> dict[str, Any]:
        url = whole(view, page)
        return {"TITLE": page.title, "SUB_TITLE": "", "URL": url, "DOCRELPUBTIME": page.published.isoformat()}

    @staticmethod
    def _feed_page(view: SiteView, channel: Channel) -> str:
        block = (
            '<div class="news_box"><div class="list list_1"><ul id="list_1"></ul></div></div>'
            "<script>$.getJSON('./ZUIXINZHENGCE.json',function(data){render('#list_1',data);});</script>"
        )
        return list_page(view, channel, block)

    def _column(self, view: SiteView, channel: Channel, place: int, current: int) -> str:
        total = view.pages(place, PER_PAGE)
        rows = "\n".join(
            f'<li><h4><a href="{view.href(page)}" target="_blank">{escape(page.title)}</a>'
            f'<span class="date">{page.published}</span></h4></li>'
            for page in view.shown(place, current, PER_PAGE)
        )
        links = "".join(
            f'<a href="{_home(channel, number)}"{" class=cur" if number == current else ""}>{number}</a>'
            for number in range(max(1, current - 2), min(total, current + 2) + 1)
        )
        forth = f'<a href="{_home(channel, current + 1)}">下一页</a>' if current < total else ""
        block = (
            f'<div class="news_box"><div class="list list_1 list_2"><ul>{rows}</ul></div>'
            f'<div class="newspage cl">{links}{forth}</div></div>'
        )
        return list_page(view, channel, block)

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page: table.bd1 above, body in #UCAP-CONTENT; interpretations without a table."""
        site = view.site
        files = annexes(view, page, self.attachment_path)
        text = f"{parts.body_html(view, page)}\n{files.inside}"
        box = f'<div class="pages_content" id="UCAP-CONTENT"><div class="trs_editor_view TRS_UEDITOR">\n{text}</div></div>'
        if page.content_type == "interpretation":
            when = f"{page.published} {parts.time_of(page)}"
            block = (
                f'<div class="article oneColumn pub_border"><h1 id="ti">{escape(page.title)}</h1>'
                f'<div class="pages-date">{when}<span class="font">来源： {parts.source_of(site, page)}</span>{parts.share()}</div>'
                f"{box}{files.outside}</div>"
            )
        else:
            block = (
                f'<div class="policyLibraryOverview_content">{_table(view, page)}{box}{files.outside}</div>'
            )
        head = (
            f'<meta name="firstpublishedtime" content="{page.published:%Y-%m-%d}-{parts.time_of(page)}:00">\n'
            f'<meta name="lanmu" content="{view.channel_of(page).name}">\n<meta name="manuscriptId" content="{6_900_000 + page.id}">'
        )
        column = "/zhengce/"
        return detail_page(view, page, self.detail_path(site, page), column, block, head)


def _table(view: SiteView, page: Page) -> str:
    """The portal's own table; two ideographic spaces part 标 and 题."""
    names = {
        "index": "索&nbsp;引&nbsp;号", "subject": "主题分类", "issuer": "发文机关", "written": "成文日期",
        "title": "标　　题", "number": "发文字号", "published": "发布日期",
    }  # fmt: skip
    values = {key: value for key, _, value in parts.info_items(view, page)}
    cells = [f'<td align="right"><b>{label}：</b></td><td>{values[key]}</td>' for key, label in names.items()]
    rows = "".join(f"<tr>{''.join(cells[at : at + 2])}</tr>" for at in range(0, len(cells), 2))
    return f'<table class="bd1" width="100%" border="0"><tbody>{rows}</tbody></table>'
