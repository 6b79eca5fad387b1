"""龙讯 Longxun: disclosure columns are shells filled from /site/label/8888, content columns are static."""

from html import escape

from demo.country import Channel, Site, digits
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, column_number, detail_page, labelled, list_page
from demo.dialects.view import HTML, Ask, Reply, SiteView
from demo.pages import Page

PER_PAGE = 15
MAX_PER_PAGE = 50
LABEL = "/site/label/8888"
INFO = ("index", "subject", "issuer", "written", "title", "number", "published", "validity")


def site_id(site: Site) -> str:
    """The vendor's number of the site."""
    return digits(7, site.id, "site")


def organ_id(site: Site) -> str:
    """The vendor's number of the body whose disclosure it is."""
    return digits(4, site.id, "organ")


def _number(site: Site, channel: Channel) -> str:
    return column_number(site, channel, 8)


def _rows(view: SiteView, place: int, current: int, size: int) -> str:
    return "\n".join(
        f'<div class="xxgk_navli"><ul class="clearfix"><li class="num">{number + 1}</li><li class="mc"><div>'
        f'<a href="{view.href(page)}" title="{escape(page.title)}" class="title" target="_blank">{escape(parts.cut(page.title, 50))}</a>'
        f'</div></li><li class="rq"><span class="date">{page.published}</span></li></ul></div>'
        for number, page in enumerate(view.shown(place, current, size))
    )


def _fragment(view: SiteView, place: int, ask: Ask) -> str:
    """What the label answers: rows and the pager's settings, without a page around them."""
    current = max(1, ask.number("pageIndex", 1))
    size = min(max(1, ask.number("pageSize", PER_PAGE)), MAX_PER_PAGE)
    rows = _rows(view, place, current, size) or '<div class="xxgk_nodata">暂无相关信息</div>'
    pages = view.pages(place, size)
    return (
        f'{rows}\n<div class="page_list" id="page_public_info"></div><script type="text/javascript">'
        f"$('#page_public_info').pagination({{pageIndex:{current},pageSize:{size},pageCount:{pages},total:{view.total(place)}}});</script>"
    )


class Longxun(Dialect):
    """Portals publish in disclosure columns, departments in content columns."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """A column of the disclosure (its number in catId) or of the site's content."""
        number = _number(site, channel)
        if len(site.bodies) == 1:
            return f"/content/column/{number}"
        return f"/public/column/{organ_id(site)}?type=4&action=list&nav=3&catId={number}"

    def detail_path(self, site: Site, page: Page) -> str:
        """Number of the body and of the page."""
        number = digits(4, site.id, "page")
        if len(site.bodies) == 1:
            return f"/content/article/{number}{10000 + page.id}"
        return f"/public/{organ_id(site)}/{number}{10000 + page.id}.html"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """A file of the vendor's store."""
        name = digits(12, site.id, page.id, number)
        return f"/group6/M00/0{name[0]}/{name[1:3]}/wKg{name}.{page.attachments[number].kind}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """A column's page or the label's fragment."""
        site, values = view.site, ask.values
        for place, channel in enumerate(site.channels):
            number = _number(site, channel)
            if len(site.bodies) == 1:
                if ask.path == f"/content/column/{number}":
                    return view.reply(self._static(view, channel, place, max(1, ask.number("pageIndex", 1))))
                continue
            if ask.path == f"/public/column/{organ_id(site)}" and values.get("catId") == number:
                return view.reply(self._shell(view, channel, place))
            wanted = number in (values.get("catId"), *values.get("catIds", "").split(","))
            if ask.path == LABEL and wanted and self._is_list(site, values):
                return Reply(_fragment(view, place, ask).encode(), HTML)
        return None

    @staticmethod
    def _is_list(site: Site, values: dict[str, str]) -> bool:
        given = (values.get("labelName"), values.get("siteId"), values.get("organId"))
        return given == ("publicInfoList", site_id(site), organ_id(site))

    def _shell(self, view: SiteView, channel: Channel, place: int) -> str:
        site = view.site
        params = (
            f"siteId:'{site_id(site)}',pageSize:{PER_PAGE},pageIndex:1,action:'list',isDate:true,dateFormat:'yyyy-MM-dd',length:50,"
            f"organId:'{organ_id(site)}',type:4,catId:'{_number(site, channel)}',catIds:'',cId:'',result:'暂无相关信息',"
            "labelName:'publicInfoList',isInvalid:'0,5',file:'/demo/xxgk/publicInfoList_xzgfk'"
        )
        block = (
            '<div class="xxgk_right"><div id="xxgk_lmcontent"></div></div><script type="text/javascript">'
            f"$(function(){{var param={{{params}}};$.ajax({{url:'{LABEL}?IsAjax=1&dataType=html&_='+Math.random(),type:'POST',"
            "data:param,dataType:'html',success:function(html){$('#xxgk_lmcontent').html(html);}});});</script>"
        )
        return list_page(view, channel, block, f'<meta name="SiteId" content="{site_id(site)}">')

    def _static(self, view: SiteView, channel: Channel, place: int, current: int) -> str:
        rows = "\n".join(
            f'<li><a href="{view.href(page)}" title="{escape(page.title)}" target="_blank">{escape(parts.cut(page.title))}</a>'
            f'{parts.after_row(view, page)}<span class="right date">{page.published}</span></li>'
            for page in view.shown(place, current, PER_PAGE)
        )
        block = (
            f'<div class="listnews"><ul class="doc_list list-{_number(view.site, channel)}">{rows}</ul>'
            f'<div class="page" id="page_list"></div><script type="text/javascript">$("#page_list").createPage({{'
            f"pageCount:{view.pages(place, PER_PAGE)},current:{current},total:{view.total(place)},"
            'backFn:function(p){location.href="?pageIndex="+p;}});</script></div>'
        )
        return list_page(view, channel, block, f'<meta name="SiteId" content="{site_id(view.site)}">')

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page: table.table_suoyin, body in div.wzcon."""
        site = view.site
        cells = labelled(view, page, INFO, '<tr><th>{label}：</th><td id="_{key}">{value}</td></tr>')
        cells = cells.replace('id="_number"', 'id="_fileNum"')
        info = (
            f'<div class="div_table_suoyin"><table class="table_suoyin" width="100%"><tbody>{cells}</tbody></table></div>'
            if cells
            else ""
        )
        files = annexes(view, page, self.attachment_path)
        block = (
            f'{info}<div class="wzxl"><h1 class="newstitle">{escape(page.title)}</h1>'
            f'<div class="wzbjxx"><span>发布时间：{parts.published(site, page)} {parts.time_of(page)}</span>'
            f"<span>来源：{parts.source_of(site, page)}</span><span>浏览次数：</span>{parts.share()}</div>"
            f'<div class="wzcon j-fontContent clearfix">\n{parts.body_html(view, page)}\n{files.inside}</div>{files.outside}</div>'
        )
        column = self.list_address(site, view.channel_of(page))
        head = f'<meta name="SiteId" content="{site_id(site)}">'
        return detail_page(view, page, self.detail_path(site, page), column, block, head)
