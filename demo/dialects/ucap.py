"""开普 UCAP: lists come as JSON from /common/search/<channel>, details are <month>/<32 hex>.shtml."""

import json
from html import escape
from typing import Any

from demo.country import Channel, Site, all_authorities, all_topics, hex_id
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.view import JSON, Ask, Reply, SiteView
from demo.history import date_of
from demo.pages import Page

PER_PAGE = 20
MAX_PER_PAGE = 100
SEARCH = "/common/search/"


def list_address(site: Site, channel: Channel) -> str:
    """The column's page; its rows come from the API."""
    return f"/{channel.key}/list.shtml"


def channel_id(site: Site, channel: Channel) -> str:
    """The 32 hex digits which the API wants."""
    return hex_id("channel", site.id, channel.key)


def detail_path(site: Site, page: Page) -> str:
    """Month of upload and 32 hex digits."""
    return f"/{site.channels[page.channel].key}/{date_of(page.appears):%Y%m}/{hex_id(site.id, page.id)}.shtml"


def attachment_path(site: Site, page: Page, number: int) -> str:
    """In the folder of the page's own name."""
    folder = detail_path(site, page).removesuffix(".shtml")
    return f"{folder}/files/{hex_id(site.id, page.id, number)}.{page.attachments[number].kind}"


def answer(view: SiteView, ask: Ask) -> Reply | None:
    """The column page or the API's JSON."""
    for number, channel in enumerate(view.site.channels):
        if ask.path == list_address(view.site, channel):
            return view.reply(_list(view, channel, view.rows(number)))
        if ask.path == SEARCH + channel_id(view.site, channel):
            data = _search(view, channel, view.rows(number), ask.values)
            return Reply(json.dumps(data, ensure_ascii=False).encode(), JSON)
    return None


def _number(query: dict[str, str], name: str, default: int) -> int:
    text = query.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 9 else default


def _search(view: SiteView, channel: Channel, rows: list[Page], query: dict[str, str]) -> dict[str, Any]:
    current = max(_number(query, "page", 1), 1)
    size = min(max(_number(query, "_pageSize", PER_PAGE), 1), MAX_PER_PAGE)
    shown = rows[(current - 1) * size : current * size]
    return {
        "code": 200,
        "message": "success",
        "data": {
            "total": len(rows),
            "page": current,
            "rows": size,
            "channelId": channel_id(view.site, channel),
            "results": [_row(view, page) for page in shown],
        },
    }


def _row(view: SiteView, page: Page) -> dict[str, Any]:
    site = view.site
    pairs = {"source": parts.source_of(site, page)}
    if page.content_type != "interpretation":
        pairs = {
            "refno": page.number,
            "writedate": page.written.isoformat(),
            "pubdate": page.published.isoformat(),
            "indexnumber": page.index_number,
            "theme": all_topics()[page.topic].subject,
            "publisher": " ".join(all_authorities()[name].name for name in page.issuers),
            **pairs,
        }
    return {
        "title": page.title,
        "subTitle": "",
        "url": detail_path(site, page),
        "publishedTimeStr": f"{page.published} {parts.time_of(page)}:00",
        "content": "",
        "isTop": int(view.world.is_pinned(page)),
        "resList": [
            {"filePath": attachment_path(site, page, n), "title": item.name}
            for n, item in enumerate(page.attachments)
        ],
        "domainMetaList": [
            {
                "domainName": "公开目录",
                "resultList": [{"key": key, "value": value} for key, value in pairs.items()],
            }
        ],
    }


def _list(view: SiteView, channel: Channel, rows: list[Page]) -> str:
    site, total = view.site, max(1, -(-len(rows) // PER_PAGE))
    head = (
        f'{parts.column_head(site, channel)}\n<meta name="channelId" content="{channel_id(site, channel)}">'
    )
    body = (
        f'{parts.header(site)}<div class="position">当前位置：<a href="/">首页</a> &gt; {channel.name}</div>'
        f'<div class="list"><h2>{channel.name}</h2><ul class="pageList newsList" id="list_ul"></ul><div id="page_div"></div></div>'
        f'<script>var channelId="{channel_id(site, channel)}";'
        f"$.getJSON('{SEARCH}'+channelId+'?page=1&_pageSize={PER_PAGE}&_isAgg=true&_isJson=true&_template=index',render);"
        f"createPageHTML('page_div',{total}, 1,'list','shtml',{len(rows)});</script>{parts.footer(site)}"
    )
    return parts.shell(head, f"{channel.name}_{site.name}", body)


def detail(view: SiteView, page: Page) -> str:
    """A detail page with the vendor's own tags."""
    site, path, channel = view.site, detail_path(view.site, page), view.channel_of(page)
    hrefs = [attachment_path(site, page, n) for n in range(len(page.attachments))]
    inside = site.look.attachments == "inside"
    head = (
        f'{parts.meta_tags(view, page, path)}\n<meta name="channelId" content="{channel_id(site, channel)}">'
    )
    body = (
        f"{parts.header(site)}{parts.breadcrumbs(site, channel, list_address(site, channel))}"
        f'<div class="content_box">{parts.info_table(view, page)}'
        f"<h1><ucaptitle>{escape(page.title)}</ucaptitle></h1>"
        f'<div class="xl_tit"><span>发布时间：<publishtime>{parts.published(site, page)} {parts.time_of(page)}</publishtime></span>'
        f"<span>来源：<ucapsource>{parts.source_of(site, page)}</ucapsource></span>{parts.share()}</div>"
        f'<div class="article-content" id="UCAP-CONTENT"><ucapcontent>\n{parts.body_html(view, page)}\n'
        f"{parts.attachment_paragraphs(page, hrefs) if inside else ''}</ucapcontent></div>"
        f"{'' if inside else parts.attachment_links(page, hrefs)}</div>"
        f"{parts.related(view, page)}{parts.footer(site)}"
    )
    return parts.shell(head, parts.document_title(view, page), body)


class Ucap(Dialect):
    """The family as the server asks for it."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The column."""
        return list_address(site, channel)

    def detail_path(self, site: Site, page: Page) -> str:
        """A detail page."""
        return detail_path(site, page)

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """An annex."""
        return attachment_path(site, page, number)

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """A list page or API answer."""
        return answer(view, ask)

    def detail(self, view: SiteView, page: Page) -> str:
        """A detail page as HTML."""
        return detail(view, page)
