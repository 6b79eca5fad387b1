"""Epoint EWB: static list.html, 2.html …, or the interface getgovinfolist, whose pages count from 0."""

import json
from html import escape
from typing import Any

from demo.country import Channel, Site
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, column_number, detail_page, json_reply, list_page, minute, uuid_of
from demo.dialects.view import Ask, Reply, SiteView
from demo.pages import Page

PER_PAGE = 20
MAX_PER_PAGE = 50
PROJECT = "/EWB-FRONT"
LIST = f"{PROJECT}/rest/lightfrontaction/getgovinfolist"
COMMON = "/js/webBuilderCommon.js"


def category(site: Site, channel: Channel) -> str:
    """The number of the column: three digits a level."""
    return f"00300100{site.channels.index(channel) + 1}"


def _folder(site: Site, channel: Channel) -> str:
    number = category(site, channel)
    return f"/zwgk/{number[:3]}/{number[:6]}/{number}"


def _by_rest(site: Site) -> bool:
    """Portals and what stands high have the disclosure front end, departments of cities static pages."""
    return len(site.bodies) > 1 or site.level in ("national", "provincial")


def _file(current: int) -> str:
    return "list.html" if current == 1 else f"{current}.html"


def _asked(ask: Ask) -> dict[str, Any]:
    """The JSON of a request; old front ends wrap it in params."""
    given = ask.json if isinstance(ask.json, dict) else {}
    inner = given.get("params", given)
    return inner if isinstance(inner, dict) else {}


def _number(asked: dict[str, Any], name: str, default: int) -> int:
    text = str(asked.get(name, ""))
    return int(text) if text.isdecimal() and len(text) < 9 else default


class Epoint(Dialect):
    """Sites with the disclosure front end, and sites of static pages."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The disclosure page of a category, or the column's first page."""
        if _by_rest(site):
            return f"/dynamic/zwgk/govInfoPub.html?categorynum={category(site, channel)}"
        return f"{_folder(site, channel)}/list.html"

    def detail_path(self, site: Site, page: Page) -> str:
        """The day and a GUID."""
        folder = _folder(site, site.channels[page.channel])
        return f"{folder}/{page.published:%Y%m%d}/{uuid_of(site.id, page.id)}.html"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """A file by GUID, or the attachment action of the front end."""
        guid, kind = uuid_of(site.id, page.id, number), page.attachments[number].kind
        return f"/uploadfile/{page.published:%Y%m%d}/{guid}.{kind}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """List pages, the script that names the interface, and the interface."""
        site, asked = view.site, _asked(ask)
        if ask.path == COMMON:
            info = {"projectName": PROJECT, "siteGuid": uuid_of("site", site.id), "webName": site.name}
            text = f"var siteInfo = {json.dumps(info, ensure_ascii=False)};\nvar webbuilder = {{getSite:function(){{return siteInfo;}}}};\n"
            return Reply(text.encode(), "application/javascript")
        for place, channel in enumerate(site.channels):
            number = category(site, channel)
            if ask.path == "/dynamic/zwgk/govInfoPub.html" and ask.query.get("categorynum") == number:
                return view.reply(self._shell(view, channel))
            mine = asked.get("categorynum") == number and asked.get("siteGuid") == uuid_of("site", site.id)
            if ask.path == LIST and ask.method == "POST" and mine:
                return json_reply(self._found(view, place, asked))
            total = view.pages(place, PER_PAGE)
            names = {f"{_folder(site, channel)}/{_file(page)}": page for page in range(1, total + 1)}
            if not _by_rest(site) and (current := names.get(ask.path)):
                return view.reply(self._static(view, channel, place, current))
        return None

    @staticmethod
    def _found(view: SiteView, place: int, asked: dict[str, Any]) -> dict[str, Any]:
        size = min(max(1, _number(asked, "pageSize", PER_PAGE)), MAX_PER_PAGE)
        rows = [
            {
                "infoid": uuid_of(view.site.id, page.id),
                "title": page.title,
                "realtitle": page.title,
                "infourl": view.href(page),
                "infodate": page.published.isoformat(),
                "handsdate": minute(page),
                "docno": page.number,
                "deptname": parts.source_of(view.site, page),
            }
            for page in view.shown(place, _number(asked, "pageIndex", 0) + 1, size)
        ]
        return {
            "custom": {"code": 1, "text": "", "total": view.total(place), "data": rows},
            "status": {"code": 1},
        }

    @staticmethod
    def _shell(view: SiteView, channel: Channel) -> str:
        block = (
            '<div class="ewb-right-bd"><ul class="ewb-info-list" id="govinfolist"></ul><div id="page"></div></div>'
            f'<script src="{COMMON}"></script><script>var categorynum=Util.getUrlParams("categorynum");Util.ajax({{'
            "url:siteInfo.projectName+'/rest/lightfrontaction/getgovinfolist',data:{deptcode:'',categorynum:categorynum,"
            f"pageIndex:0,pageSize:{PER_PAGE},siteGuid:siteInfo.siteGuid}},success:function(msg){{render(msg.custom.data);}}}});</script>"
        )
        return list_page(view, channel, block)

    @staticmethod
    def _static(view: SiteView, channel: Channel, place: int, current: int) -> str:
        total, folder = view.pages(place, PER_PAGE), _folder(view.site, channel)
        rows = "\n".join(
            f'<li class="ewb-list-node clearfix"><a href="{view.href(page)}" class="ewb-list-name l" title="{escape(page.title)}" target="_blank">'
            f'{escape(parts.cut(page.title))}</a><span class="ewb-list-date r">{page.published}</span></li>'
            for page in view.shown(place, current, PER_PAGE)
        )
        forth = (
            f'<li class="ewb-page-li"><a href="{folder}/{_file(current + 1)}">下页</a></li>'
            if current < total
            else ""
        )
        back = (
            f'<li class="ewb-page-li"><a href="{folder}/{_file(current - 1)}">上页</a></li>'
            if current > 1
            else ""
        )
        pager = f'<ul class="ewb-page">{back}<li class="ewb-page-li ewb-page-num"><span>{current}/{total}</span></li>{forth}</ul>'
        return list_page(
            view, channel, f'<ul class="ewb-list-items">{rows}</ul><div class="pager">{pager}</div>'
        )

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page: .ewb-article-info."""
        site, channel = view.site, view.channel_of(page)
        files = annexes(view, page, self.attachment_path)
        block = (
            f'{parts.info_table(view, page)}<div class="ewb-article"><h3 class="ewb-article-tt">{escape(page.title)}</h3>'
            f'<div class="ewb-article-sources"><p>【 信息时间：{parts.published(site, page)} {parts.time_of(page)}　信息来源：{parts.source_of(site, page)}　'
            f'阅读次数：<span id="infoViewCount"></span> 】</p>{parts.share()}</div>'
            f'<div class="ewb-article-info">\n{parts.body_html(view, page)}\n{files.inside}</div>{files.outside}</div>'
        )
        head = f'<meta name="infoid" content="{uuid_of(site.id, page.id)}"><meta name="categorynum" content="{column_number(site, channel, 9)}">'
        return detail_page(
            view, page, self.detail_path(site, page), self.list_address(site, channel), block, head
        )
