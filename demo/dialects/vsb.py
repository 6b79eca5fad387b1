"""博达 VSB: <column>.htm, then <column>/<n>.htm numbered downwards; details /info/<tree>/<id>.htm."""

from html import escape

from demo.country import Channel, Site, digits, hex_id
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, column_number, detail_page, labelled, list_page, relative
from demo.dialects.view import Ask, Reply, SiteView
from demo.pages import Page

PER_PAGE = 20
INFO = ("index", "subject", "issuer", "written", "number", "published")


def _shown_page(path: str, base: str, total: int) -> int:
    """Which page of the list of `total` pages stands at a path, 0 for none."""
    if path == f"{base}.htm":
        return 1
    text = path.removeprefix(f"{base}/").removesuffix(".htm")
    inside = path.startswith(f"{base}/") and text.isdecimal() and 1 <= int(text) < total
    return total + 1 - int(text) if inside else 0


def _page_path(base: str, current: int, total: int) -> str:
    return f"{base}.htm" if current == 1 else f"{base}/{total + 1 - current}.htm"


def _classic_row(view: SiteView, page: Page, number: int, href: str) -> str:
    """The old template: a table, the date inside a sentence with a click counter."""
    return (
        f'<tr id="line_u1_{number}"><td width="16"><font face="Wingdings">v</font></td><td width="929">'
        f'<a class="news" href="{href}" target="_blank">{escape(page.title)}</a>　<font color="#cccccc">'
        f'(发布时间：{page.published} {parts.time_of(page)}:06 阅读次数：<span id="dynclicks_u1_{page.id}"></span>)</font></td></tr>\n'
        f'<span id="section_u1_{number}" style="display:none;"><hr/></span>'
    )


def _row(view: SiteView, page: Page, number: int, href: str) -> str:
    date = f"[{page.published}]" if view.site.look.date == "slash" else f"{page.published}"
    title = escape(page.title)
    return (
        f'<li id="line_u13_{number}"><a href="{href}" title="{title}" target="_blank">'
        f"{escape(parts.cut(page.title))}</a>{parts.after_row(view, page)}<span>{date}</span></li>"
    )


def _pager(base: str, current: int, total: int, rows: int, classic: bool) -> str:
    """The pager as two generations of the vendor draw it; links are relative to the page."""
    here = _page_path(base, current, total)

    def link(number: int) -> str:
        return relative(here, _page_path(base, number, total))

    jump = f"_simple_list_gotopage_fun({total},"
    if classic:
        ends = (
            f'<a href="{link(current + 1)}" class="Next">下页</a><a href="{link(total)}" class="Next">尾页</a>'
            if current < total
            else '<span class="NextDisabled">下页</span><span class="NextDisabled">尾页</span>'
        )
        return (
            f"<script type=\"text/javascript\">function a1015_gopage_fun(){{{jump}'a1015GOPAGE',2)}}</script>"
            f'<table cellspacing="0"><tr valign="middle"><td nowrap id="fanye1015">共{rows}条&nbsp;&nbsp;{current}/{total}&nbsp;</td>'
            f'<td nowrap><div>{ends}&nbsp;<input type="button" value="转到" onclick="javascript:a1015_gopage_fun()">'
            '<input size="2" name="a1015GOPAGE" id="a1015GOPAGE" value="">页</div></td></tr></table>'
        )
    near = sorted({1, total, *range(max(1, current - 2), min(total, current + 2) + 1)})
    numbers = "".join(
        f'<span class="p_no_d">{number}</span>'
        if number == current
        else f'<span class="p_no"><a href="{link(number)}">{number}</a></span>'
        for number in near
    )
    last = (
        f'<span class="p_next p_fun"><a href="{link(current + 1)}">下页</a></span>'
        f'<span class="p_last p_fun"><a href="{link(total)}">尾页</a></span>'
        if current < total
        else '<span class="p_next_d p_fun_d">下页</span><span class="p_last_d p_fun_d">尾页</span>'
    )
    return (
        f'<div class="pb_sys_common pb_sys_normal pb_sys_style1"><span class="p_t">共{rows}条</span> '
        f'<span class="p_pages">{numbers}{last}</span> <span class="p_t">到第</span><span class="p_goto">'
        f'<input type="text" class="p_goto_input" id="u13_goto"></span><span class="p_t">页</span> '
        f'<span class="p_goto"><a href="javascript:;" onclick="{jump}&quot;u13_goto&quot;,2)">跳转</a></span></div>'
    )


def _links(page: Page, hrefs: list[str]) -> str:
    rows = "".join(
        f'<li>附件【<a href="{escape(href)}" target="_blank"><span>{escape(item.name)}</span></a>】'
        f'已下载<span id="nattach{page.id}{number}"></span>次</li>'
        for number, (item, href) in enumerate(zip(page.attachments, hrefs, strict=True))
    )
    return f'<ul style="list-style-type:none;">{rows}</ul>'


class Vsb(Dialect):
    """WebPlus sites of the vendor 博达."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The column as one .htm file."""
        return f"/{channel.key}.htm"

    def detail_path(self, site: Site, page: Page) -> str:
        """Number of the column's tree, number of the page."""
        return f"/info/{column_number(site, site.channels[page.channel], 4)}/{10000 + page.id}.htm"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """The vendor's download page, or files of the editor under /__local."""
        if site.look.attachments == "inside":
            name = hex_id(site.id, page.id, number).upper()
            folder = "/".join((name[0], name[1:3], name[3:6]))
            return f"/__local/{folder}/{name[6:]}_{name[:8]}_1A2B{number}.{page.attachments[number].kind}"
        owner, file = digits(10, site.id, "owner"), digits(7, site.id, page.id, number)
        return f"/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner={owner}&wbfileid={file}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """A list page."""
        for place, channel in enumerate(view.site.channels):
            total = view.pages(place, PER_PAGE)
            if current := _shown_page(ask.path, f"/{channel.key}", total):
                return view.reply(self._list(view, channel, place, current))
        return None

    def _list(self, view: SiteView, channel: Channel, place: int, current: int) -> str:
        base, total = f"/{channel.key}", view.pages(place, PER_PAGE)
        classic = view.site.look.info in ("td", "header")  # the old template has old tables
        here = _page_path(base, current, total)
        draw = _classic_row if classic else _row
        rows = "\n".join(
            draw(view, page, number, relative(here, view.href(page)))
            for number, page in enumerate(view.shown(place, current, PER_PAGE))
        )
        wrap = f'<table width="945">{rows}</table>' if classic else f'<ul class="txtList">{rows}</ul>'
        pager = _pager(base, current, total, view.total(place), classic)
        head = "<!--Announced by Visual SiteBuilder 9-->"
        return list_page(view, channel, f"{wrap}{pager}", head)

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page: #vsb_content with .v_news_content, annexes below it."""
        site, path = view.site, self.detail_path(view.site, page)
        files = annexes(view, page, self.attachment_path, _links)
        listed = labelled(view, page, INFO, "<li>{label}：<em>{value}</em></li>")
        info = (
            f'<div class="dtl-list"><ul>{listed}</ul></div>'
            if site.look.info in ("ul", "span") and listed
            else parts.info_table(view, page)
        )
        block = (
            f'{info}<form name="_newscontent_fromname"><div class="show-article"><h1>{escape(page.title)}</h1>'
            f'<div class="show-info">发布时间：{parts.published(site, page)} {parts.time_of(page)}　来源：{parts.source_of(site, page)}　'
            f'点击：<script>_showDynClicks("wbnews", {digits(10, site.id, "owner")}, {10000 + page.id})</script>{parts.share()}</div>'
            f'<div id="vsb_content"><div class="v_news_content">\n{parts.body_html(view, page)}\n{files.inside}</div></div>'
            f'<div id="div_vote_id"></div>{files.outside}</div></form>'
        )
        column = self.list_address(site, view.channel_of(page))
        return detail_page(view, page, path, column, block, "<!--Announced by Visual SiteBuilder 9-->")
