"""easysite/eportal: static index.shtml with <hash>-<n>.shtml behind it, or the portlet's JSON; details <time>/index.shtml."""

from html import escape
from typing import Any

from demo.country import Channel, Site, digits, hex_id
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, column_number, detail_page, json_reply, labelled, list_page, uuid_of
from demo.dialects.view import Ask, Reply, SiteView
from demo.history import date_of
from demo.pages import Page

PER_PAGE = 20
MAX_PER_PAGE = 50
PORTLET = "/portlet/xxgkml!queryList.portlet"
INFO = ("issuer", "written", "number", "published", "subject", "index")


def _by_portlet(site: Site) -> bool:
    """Departments list by the portlet, governments by static pages."""
    return len(site.bodies) == 1


def _file(site: Site, channel: Channel, current: int) -> str:
    return "index.shtml" if current == 1 else f"{uuid_of('list', site.id, channel.key)[:8]}-{current}.shtml"


class Eportal(Dialect):
    """Administrations and provinces of the north-east."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The column's page, or the portlet with the column's number."""
        if _by_portlet(site):
            return f"/eportal/ui?moduleId=5&portal.url={PORTLET}&flmc=tcfl&fldm={column_number(site, channel, 3)}"
        return f"/{channel.key}/index.shtml"

    def detail_path(self, site: Site, page: Page) -> str:
        """A folder named by the moment of upload."""
        moment = f"{date_of(page.appears):%Y%m%d}{100_000_000 + page.id}"
        return f"/{site.channels[page.channel].key}/{moment}/index.shtml"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """The portal's file folder."""
        name = f"{date_of(page.appears):%Y%m%d}{hex_id(site.id, page.id, number)[:10]}.{page.attachments[number].kind}"
        return (
            f"/eportal/fileDir/{site.id}/resource/cms/article/{digits(6, site.id)}/{600_000 + page.id}/{name}"
        )

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """A list page or the portlet's rows."""
        site = view.site
        for place, channel in enumerate(site.channels):
            total = view.pages(place, PER_PAGE)
            names = {
                f"/{channel.key}/{_file(site, channel, number)}": number for number in range(1, total + 1)
            }
            current = names.get(f"{ask.path}index.shtml" if ask.path.endswith("/") else ask.path)
            if current and not _by_portlet(site):
                return view.reply(self._static(view, channel, place, current))
            if current == 1:
                return view.reply(self._shell(view, channel))
            values = ask.values
            mine = (
                values.get("fldm") == column_number(site, channel, 3) and values.get("portal.url") == PORTLET
            )
            if ask.path == "/eportal/ui" and mine:
                return json_reply(self._found(view, place, ask))
        return None

    @staticmethod
    def _found(view: SiteView, place: int, ask: Ask) -> dict[str, Any]:
        size = min(max(1, ask.number("pageSize", PER_PAGE)), MAX_PER_PAGE)
        current = max(1, ask.number("pageNo", 1))
        rows = [
            {
                "id": 600_000 + page.id,
                "title": page.title,
                "url": view.href(page),
                "fbrq": page.published.isoformat(),
                "wh": page.number,
                "syh": page.index_number,
            }
            for page in view.shown(place, current, size)
        ]
        return {"pageNo": current, "pageSize": size, "totalCount": view.total(place), "result": rows}

    def _shell(self, view: SiteView, channel: Channel) -> str:
        where = self.list_address(view.site, channel)
        block = f"<div id=\"tableList\"></div><script>$.getJSON('{where}&pageNo=1&pageSize={PER_PAGE}',function(d){{render(d.result);}});</script>"
        return list_page(view, channel, block)

    @staticmethod
    def _static(view: SiteView, channel: Channel, place: int, current: int) -> str:
        site, total = view.site, view.pages(place, PER_PAGE)

        def link(name: str, number: int) -> str:
            path = f"/{channel.key}/{_file(site, channel, number)}"
            return f'<a href="javascript:void(0)" tagname="{path}" class="pagingNormal" onclick="queryArticleByCondition(this,\'{path}\')">{name}</a>'

        rows = "\n".join(
            f'<li><a href="{view.href(page)}" title="{escape(page.title)}" target="_blank">{escape(parts.cut(page.title))}</a>'
            f"<span>{page.published}</span></li>"
            for page in view.shown(place, current, PER_PAGE)
        )
        back = link("首页", 1) + link("上一页", current - 1) if current > 1 else ""
        forth = link("下一页", current + 1) + link("尾页", total) if current < total else ""
        pager = f'<div class="easysite-page-wrap">{back}{forth}<div class="easysite-total-page"><span><b>{current}</b>/<b>{total}</b></span></div></div>'
        return list_page(view, channel, f'<div class="l-gl-main cl conList_ull"><ul>{rows}</ul></div>{pager}')

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page: .easysite-news-peruse, body in div.zoom; departments with div.headInfo."""
        site, channel = view.site, view.channel_of(page)
        files = annexes(view, page, self.attachment_path)
        cells = labelled(view, page, INFO, "<td><strong>{label}：</strong>{value}</td>|").split("|")[:-1]
        rows = "".join(f"<tr>{''.join(cells[at : at + 2])}</tr>" for at in range(0, len(cells), 2))
        info = (
            f'<div class="headInfo"><table><tbody>{rows}</tbody></table></div>'
            if cells and _by_portlet(site)
            else parts.info_table(view, page)
        )
        block = (
            f'<div class="easysite-news-peruse zy_content">{info}<h2 class="easysite-news-title zy_title">{escape(page.title)}</h2>'
            f'<div class="easysite-news-describe info"><span>来源：{parts.source_of(site, page)}</span>'
            f'<span>发布时间：{parts.published(site, page)} {parts.time_of(page)}</span></div><div class="easysite-news-operation">{parts.share()}</div>'
            f'<div class="easysite-news-text zoom" id="easysiteText">\n{parts.body_html(view, page)}\n{files.inside}</div>{files.outside}</div>'
        )
        column = f"/{channel.key}/index.shtml"
        return detail_page(view, page, self.detail_path(site, page), column, block)
