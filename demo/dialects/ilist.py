"""iList.jsp: /info/iList.jsp?node_id=&cat_id=&cur_page=, details below /info/egovinfo."""

from html import escape

from demo.country import Channel, Site, digits, hex_id
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, column_number, detail_page, labelled, list_page
from demo.dialects.view import Ask, Reply, SiteView
from demo.pages import Page

PER_PAGE = 16
INFO = ("index", "subject", "issuer", "written", "number", "published", "validity")


def _script(site: Site) -> str:
    return "/info/iList.jsp" if len(site.bodies) > 1 else "/view/iList.jsp"


def _query(site: Site, channel: Channel) -> str:
    number = column_number(site, channel, 5)
    return (
        f"node_id=GK{site.id.replace('-', '')}&cat_id={number}"
        if len(site.bodies) > 1
        else f"cat_id={number}"
    )


class IList(Dialect):
    """Governments and departments of the years before 2019 that still stand."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The script with the column's number."""
        return f"{_script(site)}?{_query(site, channel)}"

    def detail_path(self, site: Site, page: Page) -> str:
        """The body's code, then year, day and serial."""
        body = f"0{digits(7, site.id, 'body')}-{site.code[-1]}_A"
        return f"/info/egovinfo/1001/xxgkxl/{body}/{page.published:%Y-%m%d}{page.id:05d}.htm"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """A folder of the day."""
        return f"/uploadfiles/{page.published:%Y%m/%d}/{hex_id(site.id, page.id, number)[:18]}.{page.attachments[number].kind}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """A list page."""
        for place, channel in enumerate(view.site.channels):
            if ask.path == _script(view.site) and ask.query.get("cat_id") == column_number(
                view.site, channel, 5
            ):
                return view.reply(self._list(view, channel, place, max(1, ask.number("cur_page", 1))))
        return None

    def _list(self, view: SiteView, channel: Channel, place: int, current: int) -> str:
        site, total = view.site, view.pages(place, PER_PAGE)
        old = len(site.bodies) == 1
        rows = "\n".join(
            f'<li><a href="{view.href(page)}" title="{escape(page.title)}" target="_blank">{escape(parts.cut(page.title, 34))}</a>'
            f"<span>{f'[{page.published}]' if old else page.published}</span></li>"
            for page in view.shown(place, current, PER_PAGE)
        )
        links = "".join(
            f'<a href="?{escape(_query(site, channel))}&amp;cur_page={number}">{name}</a>'
            for name, number in (("首页", 1), ("上页", current - 1), ("下页", current + 1), ("末页", total))
            if 1 <= number <= total and number != current
        )
        pager = f'<div class="page">共{view.total(place)}条 第{current}/{total}页 {links}</div>'
        return list_page(
            view, channel, f'<div class="{"textlist" if old else "list_div"}"><ul>{rows}</ul></div>{pager}'
        )

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page: #attribute > span, body in section > article or .info_content."""
        site, channel = view.site, view.channel_of(page)
        files = annexes(view, page, self.attachment_path)
        spans = labelled(view, page, INFO, '<span class="gk {key}">{label}：{value}</span>')
        text = f"{parts.body_html(view, page)}\n{files.inside}"
        body = (
            f'<div class="info_content">\n{text}</div>'
            if len(site.bodies) == 1
            else f"<section><article>\n{text}</article></section>"
        )
        block = (
            f'{f"<div id={chr(34)}attribute{chr(34)}>{spans}</div>" if spans else ""}<h1 class="info_title">{escape(page.title)}</h1>'
            f'<div class="info_attr">发布时间：{parts.published(site, page)} {parts.time_of(page)}　来源：{parts.source_of(site, page)}{parts.share()}</div>'
            f"{body}{files.outside}"
        )
        return detail_page(view, page, self.detail_path(site, page), self.list_address(site, channel), block)
