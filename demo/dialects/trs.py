"""TRS WCM: static list pages in all paging forms, JSON lists beside the column, rows in scripts and iframes.

Variants: "" createPageHTML with index_1 for page 2; two: index_2 for page 2; count: countPage in a pager
of the site's own; commented: countPage, its createPageHTML commented out; column: index_<column>_<n>.shtml;
shtml; json; script: rows written by document.writeln; iframe; landing: the address given is a page above
the column; igs, irs, was5, fjdzapp: the search interfaces of demo/dialects/trs_search.py.
"""

import json
from html import escape

from demo.country import Channel, Site, digits
from demo.dialects import parts, trs_search
from demo.dialects.dialect import Dialect
from demo.dialects.view import JSON, Ask, Reply, SiteView
from demo.history import date_of
from demo.pages import Page

PER_PAGE = 20
# Files of a static list: the ending, the number of page 2, and what stands before the number.
ENDINGS = {"shtml": "shtml", "column": "shtml"}


def column_path(channel: Channel) -> str:
    """The column's folder."""
    return f"/{channel.key}/"


def _folder(site: Site, page: Page) -> str:
    return f"/{site.channels[page.channel].key}/{date_of(page.appears):%Y%m}/"


def _ending(site: Site) -> str:
    return ENDINGS.get(site.variant, "html")


def _prefix(site: Site, channel: Channel) -> str:
    return f"index_{digits(4, site.id, channel.key)}" if site.variant == "column" else "index"


def _names(site: Site, channel: Channel, total: int) -> list[str]:
    """The file names of the pages of a list; the first is also the folder."""
    first = 2 if site.variant == "two" else 1
    prefix, ending = _prefix(site, channel), _ending(site)
    return [f"index.{ending}", *(f"{prefix}_{number}.{ending}" for number in range(first, first + total - 1))]


def _pager(site: Site, channel: Channel, current: int, total: int) -> str:
    """The script under a list; `current` counts from 0."""
    prefix, ending = _prefix(site, channel), _ending(site)
    call = f'createPageHTML({total}, {current}, "{prefix}", "{ending}");'
    if site.variant == "two":
        return f'<script>createPageHTML({total}, {current + 1}, "{prefix}", "{ending}");</script>'
    if site.variant == "count":
        return f"<script>\nvar currentPage = {current};//所在页从0开始\nvar countPage = {total}//共多少页\n{_OWN_PAGER}</script>"
    if site.variant == "commented":
        return f"<script>\nvar countPage = {total};\nvar currentPage = {current};\n//{call}\n{_OWN_PAGER}</script>"
    return f"<script>{call}</script>"


_OWN_PAGER = """var prevPage = currentPage-1, nextPage = currentPage+1;
document.write("共"+countPage+"页&nbsp;");
if(countPage>1&&currentPage!=(countPage-1))
  document.write("<a href=\\"index_"+nextPage+".html\\">下一页</a>");
"""


def _list_page(view: SiteView, number: int, current: int, total: int) -> str:
    site, channel = view.site, view.site.channels[number]
    shown = view.shown(number, current + 1, PER_PAGE)
    rows = "\n".join(_row(view, channel, page, n + 1) for n, page in enumerate(shown))
    if site.variant == "script":
        wrap = f'<ul class="gov-list"><script>\n{"".join(_written(view, channel, page) for page in shown)}</script></ul>'
    elif site.variant == "iframe":
        wrap = f'<div class="scy_main_V2_list"><table>{rows}</table></div>'
        body = f'{wrap}<div class="page">{_pager(site, channel, current, total)}</div>'
        return parts.shell("", channel.name, body)
    elif site.look.row == "table":
        wrap = f'<table class="list_table">{_HEAD}{rows}</table>'
    else:
        wrap = f'<ul class="gov-list">{rows}</ul>'
    return _column(view, channel, f'{wrap}<div class="page">{_pager(site, channel, current, total)}</div>')


def _column(view: SiteView, channel: Channel, inner: str) -> str:
    site = view.site
    body = (
        f'{parts.header(site)}<div class="position">当前位置：<a href="/">首页</a> &gt; {channel.name}</div>'
        f'<div class="list_main"><h2>{channel.name}</h2>{inner}</div>{parts.footer(site)}'
    )
    return parts.shell(parts.column_head(site, channel), f"{channel.name}_{site.name}", body)


_HEAD = "<tr><th>序号</th><th>标题</th><th>文号</th><th>成文日期</th><th>发布日期</th></tr>"


def _href(view: SiteView, channel: Channel, page: Page) -> str:
    """The address of a row: relative where it lies in the column's folder."""
    href, base = view.href(page), column_path(channel)
    if view.site.variant == "iframe":
        base += "list/"
        return (
            f"../{href.removeprefix(column_path(channel))}" if href.startswith(column_path(channel)) else href
        )
    return f"./{href.removeprefix(base)}" if href.startswith(base) else href


def _row(view: SiteView, channel: Channel, page: Page, number: int) -> str:
    href = _href(view, channel, page)
    title, short = escape(page.title), escape(parts.cut(page.title))
    pinned = '<em class="zd">〔置顶〕</em>' if view.world.is_pinned(page) else ""
    link = f'{pinned}<a href="{href}" target="_blank" title="{title}">{short}</a>'
    more = parts.after_row(view, page)
    if view.site.variant == "iframe":
        return f'<tr><td class="num">{number}</td><td>{link}{more}</td><td class="date">{page.published}</td></tr>'
    if view.site.look.row == "table":
        return (
            f"<tr><td>{number}</td><td>{link}{more}</td><td>{escape(page.number) or '-'}</td>"
            f"<td>{page.written}</td><td>{page.published}</td></tr>"
        )
    mark = ' class="top"' if pinned else ""
    if view.site.look.row == "code":
        code = f'<span class="code-num">{escape(page.number)}</span>' if page.number else ""
        return f'<li{mark}><div class="news-a">{link}</div>{code}<span class="date rt">{page.published}</span>{more}</li>'
    return f'<li{mark}>{link}<span class="date">{page.published}</span>{more}</li>'


def _written(view: SiteView, channel: Channel, page: Page) -> str:
    """A row that a script writes."""
    row = _row(view, channel, page, 0).replace("\\", "\\\\").replace("'", "\\'").replace("</", "<\\/")
    return f"document.writeln('{row}');\n"


def _json_list(view: SiteView, number: int) -> str:
    rows = [
        {
            "order": place + 1,
            "title": page.title,
            "url": view.href(page),
            "PubDate": page.published.isoformat(),
            "filenum": page.number,
        }
        for place, page in enumerate(view.rows(number))
    ]
    return json.dumps({"data": rows}, ensure_ascii=False)


def _json_name(channel: Channel) -> str:
    return f"{column_path(channel)}{channel.key.rsplit('/', 1)[-1]}.json"


def _landing_path(channel: Channel) -> str:
    return column_path(channel).rsplit("/", 2)[0] + "/"


def _landing(view: SiteView, channel: Channel) -> str:
    """A page above the columns: names of columns, no documents."""
    names = {"zfxxgkzn": "政府信息公开指南", "zfxxgkzd": "政府信息公开制度", "zfxxgknb": "政府信息公开年报"}
    links = [f'<li><a href="./{slug}/" title="{name}">{name}</a></li>' for slug, name in names.items()]
    links.insert(
        2, f'<li><a href="./{channel.key.rsplit("/", 1)[-1]}/" title="{channel.name}">{channel.name}</a></li>'
    )
    inner = (
        f'<div class="gk-left"><ul class="gk-tree">{"".join(links)}</ul></div><div class="gk-right"></div>'
    )
    body = f"{parts.header(view.site)}{inner}{parts.footer(view.site)}"
    return parts.shell("", f"政府信息公开_{view.site.name}", body)


def _iframe(view: SiteView, channel: Channel) -> str:
    frame = '<iframe id="myFrame" name="myFrameName" src="./list/" width="100%" frameborder="0"></iframe>'
    return _column(view, channel, f'<div class="scy_main_r">{frame}</div>')


def _shell(view: SiteView, channel: Channel, name: str) -> str:
    script = f"<script>$.getJSON('{name}',function(d){{render(d.data);}});</script>"
    return _column(view, channel, f'<ul class="gov-list" id="list"></ul>{script}')


def _page_of_column(view: SiteView, number: int, name: str) -> Reply | None:
    """What lies at a name in the folder of a column."""
    site, channel = view.site, view.site.channels[number]
    first = name in ("", "index.html")
    if site.variant == "json" or site.variant in trs_search.INTERFACES:
        source = _json_name(channel) if site.variant == "json" else trs_search.list_address(site, channel)
        return view.reply(_shell(view, channel, source)) if first else None
    if site.variant == "iframe":
        if first:
            return view.reply(_iframe(view, channel))
        name = name.removeprefix("list/") if name.startswith("list/") else "?"
    total = view.pages(number, PER_PAGE)
    names = _names(site, channel, total)
    current = 0 if not name else names.index(name) if name in names else -1
    return view.reply(_list_page(view, number, current, total)) if current >= 0 else None


class Trs(Dialect):
    """TRS WCM."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The column's folder, the JSON beside it, the page above it, or a search interface."""
        if site.variant in trs_search.INTERFACES:
            return trs_search.list_address(site, channel)
        if site.variant == "json":
            return _json_name(channel)
        return _landing_path(channel) if site.variant == "landing" else column_path(channel)

    def detail_path(self, site: Site, page: Page) -> str:
        """The file name carries the day of upload; a column of files has annexes for pages."""
        if "files" in site.channels[page.channel].traits:
            return f"{_folder(site, page)}P0{date_of(page.appears):%Y%m%d}{581000000000 + page.id * 1009}.pdf"
        return f"{_folder(site, page)}t{date_of(page.appears):%Y%m%d}_{100000 + page.id * 37}.{_ending(site)}"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """P + day + serial, beside the page."""
        kind = page.attachments[number].kind
        return f"{_folder(site, page)}P0{date_of(page.appears):%Y%m%d}{381000000000 + page.id * 1009 + number}.{kind}"

    def page_size(self, site: Site) -> int:
        """Rows on a list page."""
        return PER_PAGE

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """The list page at this path."""
        searched = view.site.variant in trs_search.INTERFACES
        if searched and (found := trs_search.answer(view, ask)) is not None:
            return found
        for number, channel in enumerate(view.site.channels):
            if view.site.variant == "landing" and ask.path == _landing_path(channel):
                return view.reply(_landing(view, channel))
            if view.site.variant == "json" and ask.path == _json_name(channel):
                return Reply(_json_list(view, number).encode(), JSON)
            if ask.path.startswith(column_path(channel)):
                return _page_of_column(view, number, ask.path.removeprefix(column_path(channel)))
        return None

    def detail(self, view: SiteView, page: Page) -> str:
        """A detail page: info table, title, date line, body, annexes beside or under it."""
        site, path = view.site, self.detail_path(view.site, page)
        annexes = range(len(page.attachments))
        hrefs = ["./" + self.attachment_path(site, page, n).rsplit("/", 1)[1] for n in annexes]
        inside = site.look.attachments == "inside"
        container = "TRS_Editor" if site.level == "county" else "view TRS_UEDITOR trs_paper_default trs_word"
        channel = view.channel_of(page)
        body = (
            f"{parts.header(site)}{parts.breadcrumbs(site, channel, column_path(channel))}"
            f'<div class="article">{parts.info_table(view, page)}<h1 class="xl-title">{escape(page.title)}</h1>'
            f'<div class="pages-date">发布时间：{parts.published(site, page)} {parts.time_of(page)}'
            f"<span>来源：{parts.source_of(site, page)}</span>{parts.share()}</div>"
            f'<div class="content" id="Zoom"><div class="{container}">\n{parts.body_html(view, page)}\n'
            f"{parts.attachment_paragraphs(page, hrefs) if inside else ''}</div></div>"
            f"{'' if inside else parts.attachment_links(page, hrefs)}"
            f'<div class="tools"><a href="javascript:window.print()">【打印本页】</a>'
            f'<a href="javascript:window.close()">【关闭窗口】</a>'
            f'<div class="ewm">扫一扫在手机打开当前页</div></div></div>{parts.related(view, page)}{parts.footer(site)}'
        )
        return parts.shell(parts.meta_tags(view, page, path), parts.document_title(view, page), body)
