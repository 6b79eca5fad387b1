"""The "pc/list + queryList" platform: column pages without rows, POST /queryList, details content_<19 digits>."""

import json
from html import escape
from typing import Any

from demo.country import Channel, Site, all_topics, digits, hex_id
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, column_number, detail_page, json_reply, list_page, minute, snowflake
from demo.dialects.view import Ask, Reply, SiteView
from demo.pages import Page

PER_PAGE = 15
MAX_PER_PAGE = 100
QUERY = "/queryList"


def web_code(site: Site) -> str:
    """The site's name in addresses: portals end in rmzf."""
    name = site.id.replace("-", "")
    return f"{name}rmzf" if len(site.bodies) > 1 else name


def code_name(channel: Channel) -> str:
    """The column's name in addresses: its own, or col and its number."""
    name = channel.key.rsplit("/", 1)[-1]
    return f"col{name}" if name.isdecimal() else name


def _folder(site: Site, channel: Channel) -> str:
    return f"/{web_code(site)}/{code_name(channel)}/pc"


class PcList(Dialect):
    """The platform of a province and its departments."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The column's page."""
        return f"{_folder(site, channel)}/list.html"

    def detail_path(self, site: Site, page: Page) -> str:
        """A 19-digit id."""
        return f"{_folder(site, site.channels[page.channel])}/content/content_{snowflake(page)}.html"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """A folder of the page's id."""
        name = f"{hex_id(site.id, page.id, number)}.{page.attachments[number].kind}"
        return f"/{web_code(site)}/attach/{snowflake(page)}/{name}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """The column's page, or the rows; GET of the interface finds nothing."""
        site, values = view.site, ask.values
        for place, channel in enumerate(site.channels):
            if ask.path in (
                self.list_address(site, channel),
                f"/{web_code(site)}/{code_name(channel)}/index.html",
            ):
                return view.reply(self._shell(view, channel))
            named = values.get("channelCode[]", values.get("channelCode")) == code_name(channel)
            numbered = values.get("channelId") == column_number(site, channel, 6)
            if ask.path == QUERY and ask.method == "POST" and (named or numbered):
                return json_reply(self._query(view, place, ask))
        return None

    def _query(self, view: SiteView, place: int, ask: Ask) -> dict[str, Any]:
        current = max(1, ask.number("current", ask.number("pageNo", 1)))
        size = min(max(1, ask.number("pageSize", ask.number("perPage", PER_PAGE))), MAX_PER_PAGE)
        rows = [{"source": self._source(view, page)} for page in view.shown(place, current, size)]
        data = {"total": view.total(place), "page": current, "rows": size, "results": rows}
        return {"code": "200", "msg": "操作成功", "data": data}

    def _source(self, view: SiteView, page: Page) -> dict[str, Any]:
        href = view.href(page)
        return {
            "id": snowflake(page),
            "title": page.title,
            "pubDate": minute(page),
            "urls": json.dumps({"pc": href, "common": href, "phone": ""}),
            "content": {"content": parts.body_html(view, page)[:400]},
            "metadata": {
                "fileNum": page.number,
                "indexNum": page.index_number,
                "themeName": all_topics()[page.topic].subject,
            },
            "images": [],
            "isTop": view.world.is_pinned(page),
        }

    def _shell(self, view: SiteView, channel: Channel) -> str:
        site = view.site
        block = (
            '<div class="list-box"><ul class="page-list" id="pageList"></ul><div id="pagination"></div></div>'
            f'<script>var websiteId="{digits(12, site.id)}";var siteId="{digits(12, site.id)}";var webSiteCode="{web_code(site)}";'
            f'var channelId="{column_number(site, channel, 6)}";var codeName="{code_name(channel)}";var unitid="{digits(6, site.id, "unit")}";'
            "function loadList(current){$.ajax({url:'/queryList',type:'POST',dataType:'json',data:{current:current,unitid:unitid,"
            f"'webSiteCode[]':[webSiteCode],'channelCode[]':[codeName],pageSize:{PER_PAGE},sort:'sortNum',order:'desc'}},"
            "success:function(res){render(res.data.results,JSON.parse);}});}loadList(1);</script>"
        )
        return list_page(view, channel, block)

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page with <publishtime> and div.article-content-body."""
        site, channel = view.site, view.channel_of(page)
        files = annexes(view, page, self.attachment_path, _links)
        block = (
            f'<div class="article-box">{parts.info_table(view, page)}<h1 class="article-title">{escape(page.title)}</h1>'
            f'<div class="article-info"><span>发布时间：<publishtime>{parts.published(site, page)} {parts.time_of(page)}</publishtime></span>'
            f"<span>信息来源：{parts.source_of(site, page)}</span>{parts.share()}</div>"
            f'<div class="article-content-body" id="zoomcon">\n{parts.body_html(view, page)}\n{files.inside}</div>{files.outside}</div>'
        )
        return detail_page(view, page, self.detail_path(site, page), self.list_address(site, channel), block)


def _links(page: Page, hrefs: list[str]) -> str:
    rows = "".join(
        f'<div class="fj-a"><a href="{href}" download="{escape(item.name)}">{escape(item.name)}</a></div>'
        for item, href in zip(page.attachments, hrefs, strict=True)
    )
    return f'<div class="fj-box"><div class="fj-t">附件：</div>{rows}</div>'
