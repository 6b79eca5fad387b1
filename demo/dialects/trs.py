"""TRS WCM: static list pages index.html, index_1.html …, details t20260302_123456.html."""

from html import escape

from demo.country import Channel, Site
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.view import Ask, Reply, SiteView
from demo.history import date_of
from demo.pages import Page

PER_PAGE = 20


def list_address(site: Site, channel: Channel) -> str:
    """The column's folder."""
    return f"/{channel.key}/"


def channel_id(site: Site, channel: Channel) -> str:
    """TRS columns have no id."""
    return ""


def _folder(site: Site, page: Page) -> str:
    return f"/{site.channels[page.channel].key}/{date_of(page.appears):%Y%m}/"


def detail_path(site: Site, page: Page) -> str:
    """The file name carries the day of upload."""
    return f"{_folder(site, page)}t{date_of(page.appears):%Y%m%d}_{100000 + page.id * 37}.html"


def attachment_path(site: Site, page: Page, number: int) -> str:
    """P + day + serial, beside the page."""
    kind = page.attachments[number].kind
    return f"{_folder(site, page)}P0{date_of(page.appears):%Y%m%d}{381000000000 + page.id * 1009 + number}.{kind}"


def answer(view: SiteView, ask: Ask) -> Reply | None:
    """The list page at this path."""
    for number, channel in enumerate(view.site.channels):
        base = list_address(view.site, channel)
        if not ask.path.startswith(base):
            continue
        rows = view.rows(number)
        total = max(1, -(-len(rows) // PER_PAGE))
        names = ["", "index.html", *(f"index_{current}.html" for current in range(1, total))]
        if ask.path[len(base) :] in names:
            current = max(0, names.index(ask.path[len(base) :]) - 1)
            return view.reply(_list(view, channel, rows, current, total))
    return None


def _list(view: SiteView, channel: Channel, rows: list[Page], current: int, total: int) -> str:
    site = view.site
    shown = rows[current * PER_PAGE : (current + 1) * PER_PAGE]
    lines = "\n".join(_row(view, page, n + 1) for n, page in enumerate(shown))
    wrap = (
        f'<table class="list_table">{_HEAD}{lines}</table>'
        if site.look.row == "table"
        else f'<ul class="gov-list">{lines}</ul>'
    )
    body = (
        f'{parts.header(site)}<div class="position">当前位置：<a href="/">首页</a> &gt; {channel.name}</div>'
        f'<div class="list_main"><h2>{channel.name}</h2>{wrap}'
        f'<div class="page"><script>createPageHTML({total}, {current}, "index", "html");</script></div></div>{parts.footer(site)}'
    )
    return parts.shell(parts.column_head(site, channel), f"{channel.name}_{site.name}", body)


_HEAD = "<tr><th>序号</th><th>标题</th><th>文号</th><th>成文日期</th><th>发布日期</th></tr>"


def _row(view: SiteView, page: Page, number: int) -> str:
    href = "./" + detail_path(view.site, page).removeprefix(list_address(view.site, view.channel_of(page)))
    title, short = escape(page.title), escape(parts.cut(page.title))
    pinned = '<em class="zd">〔置顶〕</em>' if view.world.is_pinned(page) else ""
    link = f'{pinned}<a href="{href}" target="_blank" title="{title}">{short}</a>'
    if view.site.look.row == "table":
        return (
            f"<tr><td>{number}</td><td>{link}</td><td>{escape(page.number) or '-'}</td>"
            f"<td>{page.written}</td><td>{page.published}</td></tr>"
        )
    mark = ' class="top"' if pinned else ""
    if view.site.look.row == "code":
        code = f'<span class="code-num">{escape(page.number)}</span>' if page.number else ""
        return f'<li{mark}><div class="news-a">{link}</div>{code}<span class="date rt">{page.published}</span></li>'
    return f'<li{mark}>{link}<span class="date">{page.published}</span></li>'


def detail(view: SiteView, page: Page) -> str:
    """A detail page: info table, title, date line, body, annexes beside or under it."""
    site, path = view.site, detail_path(view.site, page)
    hrefs = ["./" + attachment_path(site, page, n).rsplit("/", 1)[1] for n in range(len(page.attachments))]
    inside = site.look.attachments == "inside"
    container = "TRS_Editor" if site.level == "county" else "view TRS_UEDITOR trs_paper_default trs_word"
    body = (
        f"{parts.header(site)}{parts.breadcrumbs(site, view.channel_of(page), list_address(site, view.channel_of(page)))}"
        f'<div class="article">{parts.info_table(view, page)}<h1 class="xl-title">{escape(page.title)}</h1>'
        f'<div class="pages-date">发布时间：{parts.published(site, page)} {parts.time_of(page)}'
        f"<span>来源：{parts.source_of(site, page)}</span>{parts.share()}</div>"
        f'<div class="content" id="Zoom"><div class="{container}">\n{parts.body_html(view, page)}\n'
        f"{parts.attachment_paragraphs(page, hrefs) if inside else ''}</div></div>"
        f"{'' if inside else parts.attachment_links(page, hrefs)}"
        f'<div class="tools"><a href="javascript:window.print()">【打印本页】</a><a href="javascript:window.close()">【关闭窗口】</a>'
        f'<div class="ewm">扫一扫在手机打开当前页</div></div></div>{parts.related(view, page)}{parts.footer(site)}'
    )
    return parts.shell(parts.meta_tags(view, page, path), parts.document_title(view, page), body)


class Trs(Dialect):
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
