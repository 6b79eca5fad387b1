"""大汉 JCMS: columns with a datastore in a script, paged by dataproxy.jsp; details art_<column>_<id>.html."""

from html import escape

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


def list_address(site: Site, channel: Channel) -> str:
    """The column's page."""
    return f"/col/col{channel.key}/index.html"


def channel_id(site: Site, channel: Channel) -> str:
    """The column number."""
    return channel.key


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
    for number, channel in enumerate(view.site.channels):
        if ask.path in (list_address(view.site, channel), f"/col/col{channel.key}/"):
            return view.reply(_list(view, channel, view.rows(number)))
        if ask.path == PROXY and ask.values.get("columnid") == channel.key:
            return Reply(_proxy(view, channel, view.rows(number), ask.values).encode(), XML)
    return None


def _number(query: dict[str, str], name: str, default: int) -> int:
    text = query.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 9 else default


def _proxy(view: SiteView, channel: Channel, rows: list[Page], query: dict[str, str]) -> str:
    """Rows startrecord…endrecord (from 1); without them, group `page` (the column page is group 0)."""
    per_page = min(max(_number(query, "perpage", PER_PAGE), 1), MAX_PER_PAGE)
    group = _number(query, "page", 0)
    if "startrecord" in query:
        first = max(_number(query, "startrecord", 1), 1)
        last = min(_number(query, "endrecord", first + per_page - 1), first + 3 * MAX_PER_PAGE - 1)
        more = ""
    else:
        first, last = group * GROUP + 1, (group + 1) * GROUP
        more = _next(view.site, channel, group + 1) if last < len(rows) else ""
    records = _records(view, rows[first - 1 : last])
    total = -(-len(rows) // per_page)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><datastore>{more}<totalrecord>{len(rows)}</totalrecord>'
        f"<totalpage>{total}</totalpage><recordset>{records}</recordset></datastore>"
    )


def _next(site: Site, channel: Channel, group: int) -> str:
    href = (
        f"{PROXY}?page={group}&appid=1&webid={site.code[-2:]}&path=/&columnid={channel.key}"
        f"&unitid={unit_id(channel)}&webname={site.owner}&permissiontype=0"
    )
    return f'<nextgroup><![CDATA[<a href="{href}"></a>]]></nextgroup>'


def _records(view: SiteView, rows: list[Page]) -> str:
    return "\n".join(f"<record><![CDATA[{_row(view, page)}]]></record>" for page in rows)


def _row(view: SiteView, page: Page) -> str:
    href, title = detail_path(view.site, page), escape(page.title)
    pinned = '<font color="red">〔置顶〕</font>' if view.world.is_pinned(page) else ""
    mark = ' class="istop"' if pinned else ""
    link = f'{pinned}<a target="_blank" href="{href}" title="{title}">{escape(parts.cut(page.title, 36))}</a>'
    if view.site.look.row == "date-first":
        return f"<li{mark}><span>[{page.published}]</span>{link}</li>"
    if view.site.look.row == "b":
        return f'<li{mark}>{link}<b readlabel="{page.published}">{page.published}</b></li>'
    return f"<li{mark}>{link}<span>{page.published}</span></li>"


def _list(view: SiteView, channel: Channel, rows: list[Page]) -> str:
    site, unit = view.site, unit_id(channel)
    more = _next(site, channel, 1) if len(rows) > GROUP else ""
    island = f"<datastore>\n{more}\n<recordset>\n{_records(view, rows[:GROUP])}\n</recordset></datastore>"
    body = (
        f'{parts.header(site)}<div class="position">当前位置：<a href="/">首页</a> &gt; {channel.name}</div>'
        f'<div class="main"><h2>{channel.name}</h2><div id="{unit}" class="default_pgContainer">'
        f'<script type="text/xml">{island}</script></div>'
        f"<script>var param_{unit}={{col:1,appid:1,webid:{int(site.code[-2:])},path:'/',columnid:{channel.key},"
        f"sourceContentType:1,unitid:'{unit}',webname:'{site.owner}',permissiontype:0}};"
        f"$('#{unit}').jpage({{proxyUrl:'{PROXY}',perPage:{PER_PAGE},groupSize:3,totalRecord:{len(rows)},"
        f"params:param_{unit}}});</script></div>{parts.footer(site)}"
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
