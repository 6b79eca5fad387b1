"""大汉 JCMS, disclosure search: rows come from /module/xxgk/search.jsp with the fields on the anchor."""

from html import escape

from demo.country import Channel, Site, digits
from demo.dialects import jcms, parts
from demo.dialects.frames import column_number, list_page
from demo.dialects.view import HTML, Ask, Reply, SiteView
from demo.pages import Page

PER_PAGE = 15
SEARCH = "/module/xxgk/search.jsp"


def _kind(site: Site, channel: Channel) -> str:
    return f"B001A0{10 + site.channels.index(channel)}"


def _division(site: Site, channel: Channel) -> str:
    return f"div{column_number(site, channel, 7)}"


def _anchor(view: SiteView, page: Page) -> str:
    title = escape(page.title)
    number = "" if page.content_type == "interpretation" else escape(page.number)
    return (
        f'<a href="{view.href(page)}" mc="{title}" rq="{page.published}" wh="{number}" syh="{page.index_number}" '
        f'title="{title}" target="_blank">{escape(parts.cut(page.title, 36))}</a>'
    )


def _rows(view: SiteView, rows: list[Page], first: int) -> str:
    """Two templates: a table with odd and even rows, or a list with the date in <b>."""
    if view.site.look.info not in ("td", "th"):
        return (
            f"<ul>{''.join(f'<li>{_anchor(view, page)}<b>{page.published}</b></li>' for page in rows)}</ul>"
        )
    lines = "".join(
        f'<tr class="tr_main_value_{"odd" if place % 2 else "even"}"><td align="center">{first + place}</td>'
        f'<td>{_anchor(view, page)}</td><td align="center">{page.published}</td></tr>'
        for place, page in enumerate(rows)
    )
    return f'<table width="100%" class="table_main"><tr class="tr_main_title"><td>序号</td><td>名称</td><td>发布日期</td></tr>{lines}</table>'


class JcmsXxgk(jcms.Jcms):
    """Disclosure columns of the vendor; details are those of its other sites."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The search with the parameters that name the column."""
        return f"{SEARCH}?infotypeId={_kind(site, channel)}&jdid={digits(4, site.id, 'jd')}&area=&divid={_division(site, channel)}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """The column's page, or rows by the kind of information; GET and POST alike."""
        values = ask.values
        for place, channel in enumerate(view.site.channels):
            if ask.path in (
                f"/col/col{column_number(view.site, channel, 7)}/index.html",
                jcms.list_address(view.site, channel),
            ):
                return view.reply(self._shell(view, channel))
            mine = values.get("infotypeId") == _kind(view.site, channel)
            if ask.path == SEARCH and mine and values.get("jdid") == digits(4, view.site.id, "jd"):
                return Reply(
                    self._found(view, channel, place, max(1, ask.number("currpage", 1))).encode(), HTML
                )
        return None

    def _shell(self, view: SiteView, channel: Channel) -> str:
        where = self.list_address(view.site, channel)
        name = _division(view.site, channel)
        block = f"<div id=\"{name}\"></div><script>$('#{name}').load('{where}&vc_title=&vc_number=&sortfield=,compaltedate:0');</script>"
        return list_page(view, channel, block)

    @staticmethod
    def _found(view: SiteView, channel: Channel, place: int, current: int) -> str:
        total, pages = view.total(place), view.pages(place, PER_PAGE)
        rows = _rows(view, view.shown(place, current, PER_PAGE), (current - 1) * PER_PAGE + 1)
        forth = (
            f'<a onclick="javascript:goSearch({current + 1})" href="javascript:void(0)">下一页</a>'
            if current < pages
            else ""
        )
        return (
            f'<div class="xxgk_list">{rows}</div><div class="main_page">共 {total} 条信息&nbsp;&nbsp;第{current}页&nbsp;&nbsp;共{pages}页&nbsp;'
            f'{forth} 转到 <input id="currpage" value="{current}"> 页</div>'
        )
