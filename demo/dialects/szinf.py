"""szinf: the policy library answers POST /szinf/xxgk/interfacesWebZcwj/loadData; details are UCAP's with its own table."""

from html import escape
from typing import Any

from demo.country import Channel, Site, hex_id
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, detail_page, json_reply, labelled, uuid_of
from demo.dialects.view import Ask, Reply, SiteView
from demo.history import date_of
from demo.pages import Page

PER_PAGE = 15
MAX_PER_PAGE = 50
LOAD = "/szinf/xxgk/interfacesWebZcwj/loadData"
INFO = ("index", "subject", "issuer", "written", "number", "title", "published", "validity")


def _column(site: Site, channel: Channel) -> str:
    return hex_id("channel", site.id, channel.key)


class Szinf(Dialect):
    """A city's library of files."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The interface with size and column."""
        return f"{LOAD}?pageSize={PER_PAGE}&channel_id={_column(site, channel)}"

    def detail_path(self, site: Site, page: Page) -> str:
        """The month of upload and 32 hex digits."""
        folder = f"/{site.id.replace('-', '')}rmzf/{site.channels[page.channel].key.rsplit('/', 1)[-1]}"
        return f"{folder}/{date_of(page.appears):%Y%m}/{hex_id(site.id, page.id)}.shtml"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """In the folder of the page's own name."""
        folder = self.detail_path(site, page).removesuffix(".shtml")
        return f"{folder}/files/{hex_id(site.id, page.id, number)}.{page.attachments[number].kind}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """The rows of a column."""
        for place, channel in enumerate(view.site.channels):
            if (
                ask.path == LOAD
                and ask.method == "POST"
                and ask.values.get("channel_id") == _column(view.site, channel)
            ):
                return json_reply(self._found(view, channel, place, ask))
        return None

    @staticmethod
    def _found(view: SiteView, channel: Channel, place: int, ask: Ask) -> dict[str, Any]:
        size = min(max(1, ask.number("pageSize", PER_PAGE)), MAX_PER_PAGE)
        current = max(1, ask.number("pageIndex", 1))
        rows = [
            {
                "TITLE": page.title,
                "URL": view.href(page),
                "C_WJBH": page.number,
                "C_SYH": page.index_number,
                "C_FWRQ_FORMAT": "" if page.content_type == "interpretation" else page.written.isoformat(),
                "PUBLISHED_TIME_FORMAT": page.published.isoformat(),
                "CHANNEL_ID": _column(view.site, channel),
                "MANUSCRIPT_ID": uuid_of(view.site.id, page.id),
            }
            for page in view.shown(place, current, size)
        ]
        pages = view.pages(place, size)
        data = {
            "allRow": view.total(place),
            "totalPage": pages,
            "currentPage": current,
            "pageSize": size,
            "list": rows,
        }
        return {"code": "0", "msg": "success", "data": data}

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page: div.xxgkml-content, body in div.article-content#zoomcon."""
        site, channel = view.site, view.channel_of(page)
        files = annexes(view, page, self.attachment_path)
        rows = labelled(
            view, page, INFO, '<dt>{label}：</dt><dd><div class="display-block">{value}</div></dd>'
        )
        block = (
            f'{f"<div class={chr(34)}xxgkml-content{chr(34)}><dl>{rows}</dl></div>" if rows else ""}<h1 class="info-title">'
            f'<ucaptitle>{escape(page.title)}</ucaptitle></h1><div class="xxgk-info-from"><span>发布日期：<publishtime>{parts.published(site, page)} '
            f"{parts.time_of(page)}</publishtime></span><span>来源：{parts.source_of(site, page)}</span>{parts.share()}</div>"
            f'<div class="article-content" id="zoomcon"><ucapcontent>\n{parts.body_html(view, page)}\n{files.inside}</ucapcontent></div>{files.outside}'
        )
        column = f"/{site.id.replace('-', '')}rmzf/zcwj/nav_list.shtml"
        return detail_page(
            view,
            page,
            self.detail_path(site, page),
            column,
            block,
            f'<meta name="channelId" content="{_column(site, channel)}">',
        )
