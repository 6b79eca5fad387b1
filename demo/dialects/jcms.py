"""大汉 JCMS: columns with a datastore in a script, paged by dataproxy.jsp; details art_<column>_<id>.html.

Variants: "" honours record numbers and groups; bypage: groups alone; encrypted: the proxy wants
encrypted ids and answers nothing, so the column page is all there is; uid: static pages.
"""

from base64 import b64encode
from html import escape
from urllib.parse import quote

from demo.country import Channel, Site, hex_id
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.view import XML, Ask, Reply, SiteView
from demo.history import date_of
from demo.pages import Page

PER_PAGE = 15
GROUP = 3 * PER_PAGE  # a column page and each further answer hold three pages
MAX_PER_PAGE = 300
PROXY = "/module/web/jpage/dataproxy.jsp"
# What newer versions answer to ids that are not encrypted as they want: 54 bytes.
EMPTY = "<datastore><recordset></recordset></datastore>"


def list_address(site: Site, channel: Channel) -> str:
    """The column's page."""
    return f"/col/col{channel.key}/index.html"


def unit_id(channel: Channel) -> str:
    """The number of the list block."""
    return str(200000 + int(channel.key) * 7)


def detail_path(site: Site, page: Page) -> str:
    """Day of upload, column and id."""
    day = date_of(page.appears)
    return (
        f"/art/{day.year}/{day.month}/{day.day}/art_{site.channels[page.channel].key}_{50000 + page.id}.html"
    )


def attachment_path(site: Site, page: Page, number: int) -> str:
    """Portals hand annexes out through downfile.jsp, departments from a folder."""
    name = f"{hex_id(site.id, page.id, number)}.{page.attachments[number].kind}"
    if len(site.bodies) > 1:
        return f"/module/download/downfile.jsp?classid=0&filename={name}"
    return f"/attach/0/{name}"


def answer(view: SiteView, ask: Ask) -> Reply | None:
    """The column page, or the proxy's XML."""
    site = view.site
    for number, channel in enumerate(site.channels):
        if ask.path in (list_address(site, channel), f"/col/col{channel.key}/"):
            return view.reply(_static(view, number, ask) if site.variant == "uid" else _list(view, number))
        if ask.path == PROXY and ask.values.get("columnid") == channel.key and site.variant != "uid":
            return Reply(_proxy(view, number, ask).encode(), XML)
    return Reply(EMPTY.encode(), XML) if ask.path == PROXY and site.variant == "encrypted" else None


def _proxy(view: SiteView, number: int, ask: Ask) -> str:
    """Rows startrecord…endrecord (from 1); without them, or on servers that ignore them, group `page`.

    The column page is group 0.
    """
    per_page = min(max(ask.number("perpage", PER_PAGE), 1), MAX_PER_PAGE)
    channel, total = view.site.channels[number], view.total(number)
    rows = view.shown(number, 1, total)
    more = ""
    if "startrecord" in ask.values and view.site.variant != "bypage":
        first = max(ask.number("startrecord", 1), 1)
        last = min(ask.number("endrecord", first + per_page - 1), first + 3 * MAX_PER_PAGE - 1)
    else:
        group = ask.number("page", 0)
        first, last = group * GROUP + 1, (group + 1) * GROUP
        more = _next(view.site, channel, group + 1) if last < total else ""
    records = _records(view, rows[first - 1 : last])
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><datastore>{more}<totalrecord>{total}</totalrecord>'
        f"<totalpage>{-(-total // per_page)}</totalpage><recordset>{records}</recordset></datastore>"
    )


def _next(site: Site, channel: Channel, group: int) -> str:
    column, unit = channel.key, unit_id(channel)
    if site.variant == "encrypted":
        column, unit = (b64encode(hex_id(site.id, name).encode()[:18]).decode() for name in (column, unit))
    href = (
        f"{PROXY}?page={group}&appid=1&webid={site.code[-2:]}&path=/&columnid={quote(column)}"
        f"&unitid={quote(unit)}&webname={site.owner}&permissiontype=0"
    )
    return f'<nextgroup><![CDATA[<a href="{href}"></a>]]></nextgroup>'


def _records(view: SiteView, rows: list[Page]) -> str:
    return "\n".join(f"<record><![CDATA[{_row(view, page)}]]></record>" for page in rows)


def _row(view: SiteView, page: Page) -> str:
    href, title = view.href(page), escape(page.title)
    pinned = '<font color="red">〔置顶〕</font>' if view.world.is_pinned(page) else ""
    mark = ' class="istop"' if pinned else ""
    link = f'{pinned}<a target="_blank" href="{href}" title="{title}">{escape(parts.cut(page.title, 36))}</a>'
    link += parts.after_row(view, page)
    if view.site.look.row == "date-first":
        return f"<li{mark}><span>[{page.published}]</span>{link}</li>"
    if view.site.look.row == "b":
        return f'<li{mark}>{link}<b readlabel="{page.published}">{page.published}</b></li>'
    return f"<li{mark}>{link}<span>{page.published}</span></li>"


def _list(view: SiteView, number: int) -> str:
    site, channel = view.site, view.site.channels[number]
    unit, total = unit_id(channel), view.total(number)
    more = _next(site, channel, 1) if total > GROUP else ""
    records = _records(view, view.shown(number, 1, GROUP))
    island = f"<datastore>\n{more}\n<recordset>\n{records}\n</recordset></datastore>"
    return _column(
        view,
        channel,
        f'<div id="{unit}" class="default_pgContainer">'
        f'<script type="text/xml">{island}</script></div>'
        f"<script>var param_{unit}={{col:1,appid:1,webid:{int(site.code[-2:])},path:'/',columnid:{channel.key},"
        f"sourceContentType:1,unitid:'{unit}',webname:'{site.owner}',permissiontype:0}};"
        f"$('#{unit}').jpage({{proxyUrl:'{PROXY}',perPage:{PER_PAGE},groupSize:3,totalRecord:{total},"
        f"params:param_{unit}}});</script>",
    )


def _static(view: SiteView, number: int, ask: Ask) -> str:
    """A column whose pages are ?uid=…&pageNum=n of the same address."""
    site, channel = view.site, view.site.channels[number]
    unit = unit_id(channel)
    total = view.pages(number, PER_PAGE)
    current = min(max(ask.number("pageNum", 1), 1), total) if ask.query.get("uid") == unit else 1
    rows = "".join(_row(view, page) for page in view.shown(number, current, PER_PAGE))
    names = {"首页": 1, "上一页": max(current - 1, 1), "下一页": min(current + 1, total), "尾页": total}
    links = "".join(
        f'<a class="pagingNormal" href="{list_address(site, channel)}?uid={unit}&pageNum={place}">{name}</a>'
        if place != current
        else f'<span class="pagingDisabled">{name}</span>'
        for name, place in names.items()
    )
    tell = f"共&nbsp;{view.total(number)}&nbsp;条记录&nbsp;第&nbsp;{current}&nbsp;页&nbsp;共&nbsp;{total}&nbsp;页"
    return _column(
        view,
        channel,
        f'<div id="{unit}"><div class="default_pgContainer"><ul>{rows}</ul></div>'
        f'<div class="default_pgPanel"><table class="tb_pager"><tr><td>{tell}{links}</td></tr></table></div></div>',
    )


def _column(view: SiteView, channel: Channel, inner: str) -> str:
    site = view.site
    body = (
        f'{parts.header(site)}<div class="position">当前位置：<a href="/">首页</a> &gt; {channel.name}</div>'
        f'<div class="main"><h2>{channel.name}</h2>{inner}</div>{parts.footer(site)}'
    )
    return parts.shell(parts.column_head(site, channel), f"{channel.name}-{site.name}", body)


def detail(view: SiteView, page: Page) -> str:
    """A detail page: title between comments, body in #zoom between the vendor's marks."""
    site, path = view.site, detail_path(view.site, page)
    hrefs = [attachment_path(site, page, n) for n in range(len(page.attachments))]
    inside = site.look.attachments == "inside"
    channel = view.channel_of(page)
    head = f'{parts.meta_tags(view, page, path)}\n<meta name="HtmlGenerateTime" content="{page.published} {parts.time_of(page)}">'
    body = (
        f"{parts.header(site)}{parts.breadcrumbs(site, channel, list_address(site, channel))}"
        f'<div id="c" class="main-txt">{parts.info_table(view, page)}'
        f'<div class="title"><!--<$[标题名称(html)]>begin-->{escape(page.title)}<!--<$[标题名称(html)]>end--></div>'
        f'<div class="explain">发布日期：{parts.published(site, page)} {parts.time_of(page)}　　'
        f'信息来源：{parts.source_of(site, page)}　　浏览次数：<script src="/vc/vc.jsp"></script>　{parts.share()}</div>'
        f'<div id="zoom" class="bt-content"><!--ZJEG_RSS.content.begin--><meta name="ContentStart">\n'
        f"{parts.body_html(view, page)}\n{parts.attachment_paragraphs(page, hrefs) if inside else ''}"
        f'<meta name="ContentEnd"><!--ZJEG_RSS.content.end--></div>{"" if inside else parts.attachment_links(page, hrefs)}</div>'
        f"{parts.related(view, page)}{parts.footer(site)}"
    )
    return parts.shell(head, parts.document_title(view, page), body)


class Jcms(Dialect):
    """The family as the server asks for it."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The column."""
        return list_address(site, channel)

    def page_size(self, site: Site) -> int:
        """Rows of a column page."""
        return GROUP

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
