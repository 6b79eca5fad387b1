"""开普 UCAP: static templates and shells whose rows come from an interface; details <month>/<32 hex>.shtml.

Variants: "" a shell that names its channelId; static: rows in the template, xxgk_list_2.shtml for page 2;
hidden: the same inside an HTML comment; landing: the address given is a template without rows above the
column; search_list, filelist, hainan, xinyu, hunan: the interfaces of demo/dialects/ucap_search.py.
"""

from html import escape

from demo.country import Channel, Site, hex_id
from demo.dialects import parts, ucap_search
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, detail_page, list_page
from demo.dialects.view import Ask, Reply, SiteView
from demo.history import date_of
from demo.pages import Page

PER_PAGE = 20
STATIC = ("static", "hidden", "landing")


def column_path(site: Site, channel: Channel, number: int = 1) -> str:
    """The column's page; static templates have one a page of the list."""
    name = "xxgk_list" if site.variant in STATIC else "list"
    return f"/{channel.key}/{name}{f'_{number}' if number > 1 else ''}.shtml"


def _landing_path(channel: Channel) -> str:
    return f"/{channel.key}/xxgk_lists.shtml"


def _static(view: SiteView, number: int, current: int, total: int) -> Reply:
    channel = view.site.channels[number]
    rows = "\n".join(_row(view, page) for page in view.shown(number, current, PER_PAGE))
    call = f"createPageHTML('page_div',{total}, {current},'xxgk_list','shtml',{view.total(number)});"
    inner = f'<ul class="pageList newsList">{rows}</ul><div id="page_div"></div><script>{call}</script>'
    if view.site.variant == "hidden":
        inner = (
            f'<!--{inner}--><div class="xxgk_box" id="xxgk_box"></div><script>showBox("xxgk_box");</script>'
        )
    return view.reply(list_page(view, channel, f'<div class="list">{inner}</div>'))


def _row(view: SiteView, page: Page) -> str:
    title, short = escape(page.title), escape(parts.cut(page.title, 38))
    pinned = "【置顶】" if view.world.is_pinned(page) else ""
    link = f'<a href="{view.href(page)}" target="_blank" title="{title}">{short}</a>'
    return f'<li>{pinned}{link}<span class="time">{page.published}</span>{parts.after_row(view, page)}</li>'


def _shell(view: SiteView, number: int) -> Reply:
    """A column page without rows: it names its channelId in a meta tag or, on half of the sites, in a script."""
    site, channel = view.site, view.site.channels[number]
    name = ucap_search.channel_id(site, channel)
    meta = f'<meta name="channelId" content="{name}">' if site.code[-1] in "02468" else ""
    total = view.pages(number, PER_PAGE)
    script = (
        f'<script>var channelId="{name}";'
        f"$.getJSON('{ucap_search.SEARCH}'+channelId+'?page=1&_pageSize={PER_PAGE}&_isAgg=true&_isJson=true&_template=index',render);"
        f"createPageHTML('page_div',{total}, 1,'list','shtml',{view.total(number)});</script>"
    )
    block = f'<div class="list"><ul class="pageList newsList" id="list_ul"></ul><div id="page_div"></div></div>{script}'
    return view.reply(list_page(view, channel, block, meta))


def _landing(view: SiteView, number: int) -> Reply:
    """A template above the column: names of columns, no rows."""
    channel = view.site.channels[number]
    names = {"zfxxgkzn": "政府信息公开指南", "zfxxgkzd": "政府信息公开制度", "zfxxgknb": "政府信息公开年报"}
    links = [
        f'<li><a href="/{slug}/xxgk_nr.shtml" title="{name}">{name}</a></li>' for slug, name in names.items()
    ]
    links.insert(
        1, f'<li><a href="{column_path(view.site, channel)}" title="{channel.name}">{channel.name}</a></li>'
    )
    return view.reply(
        list_page(view, channel, f'<div class="xxgk_nav"><ul class="tree">{"".join(links)}</ul></div>')
    )


class Ucap(Dialect):
    """UCAP."""

    def hosts(self, site: Site) -> tuple[str, ...]:
        """Hunan's interface has a host of its own."""
        return ("api",) if site.variant == "hunan" else ()

    def list_address(self, site: Site, channel: Channel) -> str:
        """The column's page, the template above it, or the interface."""
        if site.variant in ucap_search.INTERFACES:
            return ucap_search.list_address(site, channel)
        return _landing_path(channel) if site.variant == "landing" else column_path(site, channel)

    def detail_path(self, site: Site, page: Page) -> str:
        """Month of upload and 32 hex digits; in Xinyu's way the day and content_."""
        day, name = date_of(page.appears), hex_id(site.id, page.id)
        if site.variant == "xinyu":
            return f"/{site.channels[page.channel].key}/{day:%Y-%m}/{day:%d}/content_{name}.shtml"
        return f"/{site.channels[page.channel].key}/{day:%Y%m}/{name}.shtml"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """In the folder of the page's own name."""
        folder = self.detail_path(site, page).removesuffix(".shtml")
        return f"{folder}/files/{hex_id(site.id, page.id, number)}.{page.attachments[number].kind}"

    def page_size(self, site: Site) -> int:
        """Rows on a list page."""
        return PER_PAGE

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """The column page or the interface's answer."""
        site = view.site
        if (found := ucap_search.answer(self, view, ask)) is not None:
            return found
        for number, channel in enumerate(site.channels):
            if site.variant == "landing" and ask.path == _landing_path(channel):
                return _landing(view, number)
            if site.variant not in STATIC:
                if ask.path == column_path(site, channel):
                    return _shell(view, number)
                continue
            total = view.pages(number, PER_PAGE)
            paths = [column_path(site, channel, current) for current in range(1, total + 1)]
            if ask.path in paths:
                return _static(view, number, paths.index(ask.path) + 1, total)
        return None

    def detail(self, view: SiteView, page: Page) -> str:
        """A detail page with the vendor's own tags."""
        site, channel = view.site, view.channel_of(page)
        links = annexes(view, page, self.attachment_path)
        head = f'<meta name="channelId" content="{ucap_search.channel_id(site, channel)}">'
        block = (
            f'<div class="content_box">{parts.info_table(view, page)}'
            f"<h1><ucaptitle>{escape(page.title)}</ucaptitle></h1>"
            f'<div class="xl_tit"><span>发布时间：<publishtime>{parts.published(site, page)} {parts.time_of(page)}</publishtime></span>'
            f"<span>来源：<ucapsource>{parts.source_of(site, page)}</ucapsource></span>{parts.share()}</div>"
            f'<div class="article-content" id="UCAP-CONTENT"><ucapcontent>\n{parts.body_html(view, page)}\n'
            f"{links.inside}</ucapcontent></div>{links.outside}</div>"
        )
        return detail_page(view, page, self.detail_path(site, page), column_path(site, channel), block, head)
