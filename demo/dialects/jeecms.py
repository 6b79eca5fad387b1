"""JEECMS: <column>/index.jhtml, index_2.jhtml …, reached by onclick alone; details <column>/<id>.jhtml."""

from html import escape

from demo.country import Channel, Site, hex_id
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, detail_page, list_page, relative
from demo.dialects.view import Ask, Reply, SiteView
from demo.pages import Page

PER_PAGE = 18


def _file(current: int) -> str:
    return "index.jhtml" if current == 1 else f"index_{current}.jhtml"


def _pager(current: int, total: int, rows: int) -> str:
    """The counts in words, links without an address, a select box."""
    jump = 'href="#" onclick="location.href=encodeURI(\'{}\');"'
    back = (
        f"<a {jump.format(_file(1))}>首页</a> <a {jump.format(_file(current - 1))}>上一页</a>"
        if current > 1
        else '<a disabled="disabled">首页</a> <a disabled="disabled">上一页</a>'
    )
    forth = (
        f"<a {jump.format(_file(current + 1))}>下一页</a> <a {jump.format(_file(total))}>尾页</a>"
        if current < total
        else '<a disabled="disabled">下一页</a> <a disabled="disabled">尾页</a>'
    )
    options = "".join(
        f'<option value="{number}"{" selected" if number == current else ""}>{number}</option>'
        for number in range(1, total + 1)
    )
    return (
        f'<div class="Flip"><div>\n共{rows}条记录 {current}/{total}页\n&nbsp;{back}&nbsp;{forth}\n&nbsp;第<select onchange="'
        "if(this.value==1){location.href=encodeURI('index.jhtml')}else{location.href=encodeURI('index_'+this.value+'.jhtml')}"
        f"this.disabled='disabled'\">{options}</select>页\n</div></div>"
    )


class Jeecms(Dialect):
    """Commissions and cities on the vendor's CMS."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The column's first page."""
        return f"/{channel.key}/index.jhtml"

    def detail_path(self, site: Site, page: Page) -> str:
        """The number of the page."""
        return f"/{site.channels[page.channel].key}/{10_000 + page.id}.jhtml"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """Files are handed out by the CMS, or lie in its upload folder."""
        if site.look.attachments == "inside":
            return f"/u/cms/www/{page.published:%Y%m}/{hex_id(site.id, page.id, number)[:16]}.{page.attachments[number].kind}"
        return f"/attachment.jspx?cid={10_000 + page.id}&i={number}&t={1_700_000_000_000 + page.id}&k={hex_id(site.id, page.id, number)}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """A list page."""
        for place, channel in enumerate(view.site.channels):
            names = {
                f"/{channel.key}/{_file(number)}": number
                for number in range(1, view.pages(place, PER_PAGE) + 1)
            }
            if current := names.get(ask.path):
                return view.reply(self._list(view, channel, place, current))
        return None

    def _list(self, view: SiteView, channel: Channel, place: int, current: int) -> str:
        here = f"/{channel.key}/{_file(current)}"
        rows = "\n".join(
            f'<li><span>{page.published}</span><a href="{relative(here, view.href(page))}" target="_blank" '
            f'title="{escape(page.title)}">{escape(parts.cut(page.title, 34)).replace("…", "...")}</a></li>'
            for page in view.shown(place, current, PER_PAGE)
        )
        pager = _pager(current, view.pages(place, PER_PAGE), view.total(place))
        return list_page(view, channel, f'<div class="er-list2"><ul>{rows}</ul>{pager}</div>')

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page: .con-txt, annexes in .fjlist."""
        site, channel = view.site, view.channel_of(page)
        files = annexes(view, page, self.attachment_path, _links)
        block = (
            f'{parts.info_table(view, page)}<div class="con-box"><div class="title">{escape(page.title)}</div>'
            f'<div class="fbsj2">发布时间：{parts.published(site, page)} {parts.time_of(page)}　来源：{parts.source_of(site, page)}　{parts.share()}</div>'
            f'<div class="con-txt">\n{parts.body_html(view, page)}\n{files.inside}</div>{files.outside}</div>'
        )
        return detail_page(view, page, self.detail_path(site, page), self.list_address(site, channel), block)


def _links(page: Page, hrefs: list[str]) -> str:
    rows = "".join(
        f'<li><a id="attach{number}" href="{escape(href)}" title="文件下载">{escape(item.name)}</a></li>'
        for number, (item, href) in enumerate(zip(page.attachments, hrefs, strict=True))
    )
    return f'<div class="fjlist"><span>附件：</span><ul>{rows}</ul></div>'
