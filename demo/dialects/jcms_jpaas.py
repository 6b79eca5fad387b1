"""大汉 jpaas: column pages name a unit, rows come as rendered HTML from the publish server, details art_<32 hex>."""

import json
from html import escape

from demo.country import Channel, Site, hex_id
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, column_number, detail_page, json_reply, list_page
from demo.dialects.view import Ask, Reply, SiteView
from demo.history import date_of
from demo.pages import Page

PER_PAGE = 15
MAX_PER_PAGE = 50
UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
TAG = "分页列表"
NAMES = {"policy": "zcfb", "interpretation": "zcjd", "notice": "tzgg"}


def _data(site: Site, channel: Channel) -> dict[str, str]:
    """What a unit is asked with; bulidstatic is the vendor's spelling."""
    return {
        "parseType": "bulidstatic",
        "webId": hex_id("web", site.id),
        "tplSetId": hex_id("tpl", site.id),
        "pageType": "column",
        "tagId": TAG,
        "editType": "null",
        "pageId": hex_id("page", site.id, channel.key),
    }


def _folder(site: Site, channel: Channel) -> str:
    """Governments keep col and a number, ministries and departments the names of their columns."""
    return (
        f"/col/col{column_number(site, channel, 7)}"
        if len(site.bodies) > 1
        else f"/zwgk/{NAMES[channel.type]}"
    )


def _placeholder(data: dict[str, str], site: Site, number: int) -> str:
    """A unit's script as two releases write it: JSON with entities, or single quotes."""
    text = json.dumps(data, ensure_ascii=False)
    written = escape(text) if site.look.meta in ("full", "lower") else text.replace('"', "'")
    name = hex_id("unit", site.id, number)
    return (
        f'<script id="{name}" src="/images/static/unitbuild.js" parseType="{data["parseType"].replace("bulid", "build")}" '
        f'url="{UNIT}" queryData="{written}"></script>'
    )


class JcmsJpaas(Dialect):
    """The vendor's newer platform for many sites at once."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The column's page."""
        return f"{_folder(site, channel)}/index.html"

    def detail_path(self, site: Site, page: Page) -> str:
        """The year and 32 hex digits below the column."""
        folder = _folder(site, site.channels[page.channel])
        return f"{folder}/art/{date_of(page.appears).year}/art_{hex_id(site.id, page.id)}.html"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """The file manager's folder of the month."""
        day = date_of(page.appears)
        name = f"{hex_id(site.id, page.id, number)}.{page.attachments[number].kind}"
        return f"/cms_files/filemanager/{1226200000 + page.topic}/attach/{day.year}{day.month}/{name}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """The column's page or a unit; units that are not the list's hold links of the frame."""
        for place, channel in enumerate(view.site.channels):
            folder = _folder(view.site, channel)
            if ask.path in (f"{folder}/", f"{folder}/index.html"):
                return view.reply(self._shell(view, channel))
            wanted = _data(view.site, channel)
            same = all(
                ask.query.get(key) == wanted[key] for key in ("webId", "tplSetId", "pageId", "pageType")
            )
            static = ask.query.get("parseType") in ("bulidstatic", "buildstatic")
            if ask.path == UNIT and same and static and ask.query.get("tagId") == TAG:
                return json_reply(self._unit(view, channel, place, ask))
        if ask.path == UNIT:
            return json_reply(
                {
                    "success": True,
                    "code": "200",
                    "data": {"html": "<div class='dh'><a href='/'>首页</a></div>"},
                }
            )
        return None

    def _unit(self, view: SiteView, channel: Channel, place: int, ask: Ask) -> dict[str, object]:
        current, size = _paging(ask)
        rows = "".join(
            f'<li class="clearfix"><a class="news" href="{view.href(page)}" title="{escape(page.title)}" target="_blank">'
            f'{escape(parts.cut(page.title))}</a><span class="time fr">{page.published}</span></li>'
            for page in view.shown(place, current, size)
        )
        html = (
            f'<div id="{TAG}"><ul class="page-content">{rows}</ul></div>'
            f"<script>var pageObj={{count:{view.total(place)},rows:{size},pageNo:{current}}};</script>"
        )
        return {"success": True, "code": "200", "message": "操作成功", "data": {"html": html, "cacheKey": ""}}

    def _shell(self, view: SiteView, channel: Channel) -> str:
        site, data = view.site, _data(view.site, channel)
        decoy = {**data, "parseType": "build", "tagId": "页面头部"}
        block = f'{_placeholder(decoy, site, 1)}<div class="list_box" id="list">{_placeholder(data, site, 2)}</div>'
        return list_page(view, channel, block, '<meta id="pagetype" content="2">')

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page: title, time and body with ids of the vendor's templates."""
        site, channel = view.site, view.channel_of(page)
        files = annexes(view, page, self.attachment_path)
        when = f"{parts.published(site, page)} {parts.time_of(page)}"
        text = f"{parts.body_html(view, page)}\n{files.inside}"
        if len(site.bodies) > 1:
            article = (
                f'<div class="article"><h1 class="article_title">{escape(page.title)}</h1><div class="article_info">'
                f"<span>发布日期：{when}</span><span>信息来源：{parts.source_of(site, page)}</span>{parts.share()}</div>"
                f'<div class="article-content zoom" id="zoom">\n{text}</div>{files.outside}</div>'
            )
        else:
            article = (
                f'<div class="w980 center cmain"><div class="ctitle"><h1 id="con_title">{escape(page.title)}</h1></div>'
                f'<div class="cinfo center"><span id="con_time">发布时间：{when}</span> <span>来源：{parts.source_of(site, page)}</span></div>'
                f'<div class="ccontent center" id="con_con">\n{text}</div>{files.outside}</div>'
            )
        unit = _placeholder(
            {**_data(site, channel), "parseType": "build", "tagId": "文章正文2", "pageType": "article"},
            site,
            3,
        )
        block = f"{parts.info_table(view, page)}{article}{unit}"
        head = f'<meta name="MakeTime" content="{page.published} {parts.time_of(page)}:45">\n<meta id="pagetype" content="1">'
        return detail_page(
            view, page, self.detail_path(site, page), self.list_address(site, channel), block, head
        )


def _paging(ask: Ask) -> tuple[int, int]:
    """Page and size of a request; only paramJson counts, bare pageNo does nothing."""
    try:
        given = json.loads(ask.query.get("paramJson", "{}").replace("'", '"'))
    except ValueError:
        given = {}
    given = given if isinstance(given, dict) else {}

    def number(name: str, default: int) -> int:
        text = str(given.get(name, ""))
        return int(text) if text.isdecimal() and len(text) < 9 else default

    return max(1, number("pageNo", 1)), min(max(1, number("pageSize", PER_PAGE)), MAX_PER_PAGE)
