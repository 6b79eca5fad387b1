"""RT: /news_list.rt?channlCid=&orgId=&channlId=&pageNo=N (its own spelling), details below /resources/site/<n>/html."""

from html import escape

from demo.country import Channel, Site, digits, hex_id
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, column_number, detail_page, list_page
from demo.dialects.view import Ask, Reply, SiteView
from demo.history import date_of
from demo.pages import Page

PER_PAGE = 20


def _script(site: Site) -> str:
    """Governments list news, departments their disclosure."""
    return "/news_list.rt" if len(site.bodies) > 1 else "/zwgk_list.rt"


def _query(site: Site, channel: Channel, current: int) -> str:
    number = column_number(site, channel, 4)
    if len(site.bodies) > 1:
        return f"channlCid={number}&orgId=90&channlId={number}&pageNo={current}"
    return f"channlId={number}&channlCid={int(number) - 1000}&pageNo={current}"


def _root(site: Site) -> str:
    return f"/resources/site/{digits(3, site.id, 'rt')}"


class Rt(Dialect):
    """A city, its counties and departments."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The script with the column's number."""
        return f"{_script(site)}?{_query(site, channel, 1).rsplit('&', 1)[0]}"

    def detail_path(self, site: Site, page: Page) -> str:
        """The static mirror: folders of the column, the month, a number."""
        folder = site.channels[page.channel].key
        return f"{_root(site)}/html/{folder}/{date_of(page.appears):%Y%m}/{600_000 + page.id}.html"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """The mirror's files."""
        name = f"{hex_id(site.id, page.id, number)}.{page.attachments[number].kind}"
        return f"{_root(site)}/file/{date_of(page.appears):%Y-%m}/{name}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """A list page; behind the last it is empty."""
        for place, channel in enumerate(view.site.channels):
            if ask.path == _script(view.site) and ask.query.get("channlId") == column_number(
                view.site, channel, 4
            ):
                return view.reply(self._list(view, channel, place, max(1, ask.number("pageNo", 1))))
        return None

    def _list(self, view: SiteView, channel: Channel, place: int, current: int) -> str:
        site, total = view.site, view.pages(place, PER_PAGE)

        def link(name: str, number: int) -> str:
            return f'<a href="{_script(site)}?{escape(_query(site, channel, number))}">{name}</a>'

        rows = "\n".join(
            f'<li><a href="{view.href(page)}" title="{escape(page.title)}" target="_blank">{escape(parts.cut(page.title))}</a>'
            f"{parts.after_row(view, page)}<span>{page.published}</span></li>"
            for page in view.shown(place, current, PER_PAGE)
        )
        back = link("首页", 1) + link("上一页", current - 1) if current > 1 else ""
        forth = link("下一页", current + 1) + link("尾页", total) if current < total else ""
        pager = (
            f'<div class="cms_page">第<span>{current}</span>页/共<span>{total}</span>页 {back}{forth}</div>'
        )
        return list_page(view, channel, f'<div class="list"><ul>{rows}</ul></div>{pager}')

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page: body in div.show-text."""
        site, channel = view.site, view.channel_of(page)
        files = annexes(view, page, self.attachment_path)
        block = (
            f'<div class="position border">您的位置：<a href="/">首页</a> &gt; <a href="{escape(self.list_address(site, channel))}">{channel.name}</a></div>'
            f'{parts.info_table(view, page)}<div class="show-box"><h1 class="show-title">{escape(page.title)}</h1>'
            f'<div class="show-time">发布时间：{parts.published(site, page)} {parts.time_of(page)}　来源：{parts.source_of(site, page)}{parts.share()}</div>'
            f'<div class="show-text">\n{parts.body_html(view, page)}\n{files.inside}</div>{files.outside}</div>'
        )
        return detail_page(view, page, self.detail_path(site, page), self.list_address(site, channel), block)
