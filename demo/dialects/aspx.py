"""ASP.NET: lists paged by __doPostBack with __VIEWSTATE, or by ?ClassID=&page=; details Detail-<16 HEX>.html."""

from base64 import b64encode
from html import escape

from demo.country import Channel, Site, hex_id
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, column_number, detail_page, list_page, relative
from demo.dialects.view import Ask, Reply, SiteView
from demo.pages import Page

PER_PAGE = 20
PAGER = "ctl00$ContentPlaceHolder1$anpPageIndex"


def _by_address(site: Site) -> bool:
    """Governments page by address, departments by post."""
    return len(site.bodies) > 1


def _state(site: Site, channel: Channel, current: int) -> str:
    """What the server wants back: column and page, as the framework wraps them."""
    return b64encode(f"\xff\x01\x0f\x0f\x05{site.id}/{channel.key}/{current}".encode("latin-1")).decode()


class Aspx(Dialect):
    """Sites on Microsoft's server."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The page of the column."""
        if _by_address(site):
            return f"/NewsLsit.aspx?ClassID={column_number(site, channel, 3)}"
        return f"/{channel.key}/Default.aspx"

    def detail_path(self, site: Site, page: Page) -> str:
        """16 HEX digits beside the list, or a folder of the day."""
        if _by_address(site):
            day = page.published
            return f"/html/{day.year}/{day.month}/{day.day}/{10_000 + page.id}.html"
        return f"/{site.channels[page.channel].key}/Detail-{hex_id(site.id, page.id)[:16].upper()}.html"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """The editor's upload folder."""
        name = f"{page.published:%Y%m%d}{100_000 + page.id * 3 + number}.{page.attachments[number].kind}"
        return f"/UploadFiles/file/{page.published:%Y%m%d}/{name}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """A list page; a post without the state of a page of this column is an error of the server."""
        site = view.site
        for place, channel in enumerate(site.channels):
            if _by_address(site):
                if ask.path == "/NewsLsit.aspx" and ask.query.get("ClassID") == column_number(
                    site, channel, 3
                ):
                    return view.reply(self._list(view, channel, place, max(1, ask.number("page", 1))))
            elif ask.path in (self.list_address(site, channel), f"/{channel.key}/"):
                if ask.method != "POST":
                    return view.reply(self._list(view, channel, place, 1))
                return self._posted(view, channel, place, ask)
        return None

    def _posted(self, view: SiteView, channel: Channel, place: int, ask: Ask) -> Reply:
        pages = view.pages(place, PER_PAGE)
        states = {_state(view.site, channel, number) for number in range(1, pages + 1)}
        if ask.form.get("__VIEWSTATE") not in states:
            return Reply(
                "<h1>“/”应用程序中的服务器错误。</h1><h2>验证视图状态失败（演示）</h2>".encode(), status=500
            )
        wanted = ask.form.get("__EVENTARGUMENT", "") if ask.form.get("__EVENTTARGET") == PAGER else "1"
        current = int(wanted) if wanted.isdecimal() and len(wanted) < 6 else 1
        return view.reply(self._list(view, channel, place, min(max(1, current), pages)))

    def _list(self, view: SiteView, channel: Channel, place: int, current: int) -> str:
        site = view.site
        here = self.list_address(site, channel).partition("?")[0]
        rows = "\n".join(
            f"<li><a href='{relative(here, view.href(page))}'>·{escape(page.title)}</a><span>[{page.published}]</span></li>"
            for page in view.shown(place, current, PER_PAGE)
        )
        pager = self._pager(site, channel, current, view.pages(place, PER_PAGE))
        html = list_page(view, channel, f'<ul class="list">{rows}</ul>{pager}')
        opening = self._form(site, channel, current)
        return html.replace("<body>", f"<body>{opening}", 1).replace("</body>", "</form></body>", 1)

    @staticmethod
    def _form(site: Site, channel: Channel, current: int) -> str:
        """The framework's form, which holds the whole page."""
        if _by_address(site):
            return '<form method="post" id="form1">'
        return (
            '<form method="post" action="./Default.aspx" id="form1">\n<div class="aspNetHidden">\n'
            '<input type="hidden" name="__EVENTTARGET" id="__EVENTTARGET" value="">\n'
            '<input type="hidden" name="__EVENTARGUMENT" id="__EVENTARGUMENT" value="">\n'
            f'<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="{_state(site, channel, current)}">\n</div>\n'
            '<script type="text/javascript">\n//<![CDATA[\nfunction __doPostBack(eventTarget, eventArgument){theForm.submit();}\n//]]>\n</script>\n'
            '<div class="aspNetHidden"><input type="hidden" name="__VIEWSTATEGENERATOR" id="__VIEWSTATEGENERATOR" value="623E4D7F">\n'
            f'<input type="hidden" name="__EVENTVALIDATION" id="__EVENTVALIDATION" value="{hex_id(site.id, channel.key)}"></div>'
        )

    @staticmethod
    def _pager(site: Site, channel: Channel, current: int, total: int) -> str:
        def link(name: str, number: int) -> str:
            if not 1 <= number <= total or number == current:
                return f'<a disabled="true">{name}</a>'
            if _by_address(site):
                return f'<a href="NewsLsit.aspx?ClassID={column_number(site, channel, 3)}&amp;page={number}">{name}</a>'
            return f'<a href="javascript:__doPostBack(&#39;{PAGER}&#39;,&#39;{number}&#39;)" style="margin-right:5px;">{name}</a>'

        near = "".join(
            f'<span class="cpb">{number}</span>' if number == current else link(str(number), number)
            for number in range(max(1, current - 4), min(total, current + 5) + 1)
        )
        ends = (
            link("第一页", 1) + link("上一页", current - 1),
            link("下一页", current + 1) + link("最后一页", total),
        )
        return f'<div class="page"><!-- AspNetPager --><div id="ContentPlaceHolder1_anpPageIndex">{ends[0]}{near}{ends[1]}</div></div>'

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page with the framework's ids."""
        site, channel = view.site, view.channel_of(page)
        files = annexes(view, page, self.attachment_path)
        block = (
            f'{parts.info_table(view, page)}<div class="news"><h1><span id="Body_lb_newsTitle">{escape(page.title)}</span></h1>'
            f'<div class="newsinfo">发布时间：<span id="Body_lb_NewsTime">{parts.published(site, page)} {parts.time_of(page)}</span>　'
            f'来源：<span id="Body_lb_NewsOrigin">{parts.source_of(site, page)}</span>{parts.share()}</div>'
            f'<div class="newscontent" id="Body_lb_NewsContent">\n{parts.body_html(view, page)}\n{files.inside}</div>{files.outside}</div>'
        )
        return detail_page(view, page, self.detail_path(site, page), self.list_address(site, channel), block)
