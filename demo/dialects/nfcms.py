"""nfcms, the static side of Guangdong's platform: columns index.html, index_2.html …, details content/post_<n>."""

from html import escape

from demo.country import Channel, Site, digits
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, column_number, detail_page, list_page, whole
from demo.dialects.view import Ask, Reply, SiteView
from demo.pages import Page

PER_PAGE = 15


def _post(page: Page) -> int:
    return 4_200_000 + page.id


def _pager(view: SiteView, channel: Channel, current: int, total: int) -> str:
    """First, previous, next and last page, as whole addresses."""

    def link(name: str, css: str, number: int) -> str:
        file = "index.html" if number == 1 else f"index_{number}.html"
        return f'<a class="{css}" href="{view.origin()}/{channel.key}/{file}">{name}</a>'

    back = link("首页", "first", 1) + link("上一页", "prev", current - 1) if current > 1 else ""
    forth = link("下一页", "next", current + 1) + link("尾页", "last", total) if current < total else ""
    return f'<div class="page">{back}<span class="current">{current}</span>{forth}</div>'


def _article(view: SiteView, page: Page, files: str) -> tuple[str, str, str]:
    """Opening, body and end of the article block as this level of government has it."""
    site, text = view.site, f"{parts.body_html(view, page)}\n{files}"
    title, source = escape(page.title), parts.source_of(site, page)
    when = f"{parts.published(site, page)} {parts.time_of(page)}"
    if site.level == "provincial" and len(site.bodies) > 1:
        info = f'<div class="zw-info"><span class="time">时间 : {when}</span><span class="ly">来源 : {source}</span>{parts.share()}</div>'
        return (
            f'<div class="viewbox"><h3 class="zw-title">{title}</h3>{info}',
            f'<div class="zw"><div class="detailCon">\n{text}</div></div>',
            "</div>",
        )
    if len(site.bodies) == 1:
        info = (
            f'<div class="time clearfix"><span class="publishTime">发表时间：<publishtime>{when}</publishtime></span>'
            f'<span class="resourse">信息来源：<font>{source}</font></span>{parts.share()}</div>'
        )
        head = f'<div class="mainBox detail mb"><div class="title"><ucaptitle>{title}</ucaptitle></div>{info}'
        return (
            head,
            f'<div class="content zoomcon" id="zoomcon"><ucapcontent>\n{text}</ucapcontent></div>',
            "</div>",
        )
    if site.level == "municipal":
        written = (
            f'<script>\nvar docsource="{source}";\nif(docsource==null||docsource==""){{document.write("{site.owner}");}}'
            "else{document.write(docsource);}\n</script>"
        )
        info = f'<div class="titleinfo"><i>来源：{written}</i><i>日期：{when}</i><i>字号：</i>{parts.share()}</div>'
        head = f'<div class="articlebox"><h2 class="h2title">{title}</h2>{info}'
        return head, f'<div class="articlecontent">\n{text}</div>', "</div>"
    info = (
        f'<div class="time"><span class="p12">来源： {source}&nbsp;&nbsp;&nbsp;发布日期：{when}</span></div>'
    )
    return (
        f'<div class="title"><strong>{title}</strong></div>{info}',
        f'<div class="content">\n{text}</div>',
        "",
    )


class Nfcms(Dialect):
    """The static columns of a province, its cities, bureaus and districts."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The column's folder."""
        return f"/{channel.key}/"

    def detail_path(self, site: Site, page: Page) -> str:
        """The number of the page; no date."""
        return f"/{site.channels[page.channel].key}/content/post_{_post(page)}.html"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """The store of the province: folders of the leading digits, then the page's id."""
        file = 300_000 + page.id * 3 + number
        return f"/attachment/0/{file // 1000}/{file}/{_post(page)}.{page.attachments[number].kind}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """A list page."""
        for place, channel in enumerate(view.site.channels):
            base, total = f"/{channel.key}/", view.pages(place, PER_PAGE)
            if not ask.path.startswith(base):
                continue
            names = {
                "": 1,
                "index.html": 1,
                **{f"index_{number}.html": number for number in range(2, total + 1)},
            }
            if current := names.get(ask.path[len(base) :]):
                return view.reply(self._list(view, channel, place, current))
        return None

    def _list(self, view: SiteView, channel: Channel, place: int, current: int) -> str:
        library = view.site.look.info in ("td", "dl")
        rows = "\n".join(
            f'<li><a href="{whole(view, page)}" title="{escape(page.title)}" target="_blank">{escape(parts.cut(page.title))}</a>{parts.after_row(view, page)}'
            + (f'<span class="wh">{escape(page.number)}</span>' if library else "")
            + f'<span class="date">{page.published}</span></li>'
            for page in view.shown(place, current, PER_PAGE)
        )
        box = "viewList" if library else "list_con"
        pager = _pager(view, channel, current, view.pages(place, PER_PAGE))
        return list_page(view, channel, f'<div class="{box}"><ul class="news_list">{rows}</ul></div>{pager}')

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page with the container of its level."""
        site, channel = view.site, view.channel_of(page)
        files = annexes(view, page, self.attachment_path, _links)
        opening, text, end = _article(view, page, files.inside)
        block = f"{parts.info_table(view, page)}{opening}{text}{files.outside}{end}"
        head = (
            f'<script>window.NFCMS_SITE_ID={digits(6, site.id)};window.NFCMS_PUB_TYPE="post";window.NFCMS_POST_ID="{_post(page)}";'
            f'window.NFCMS_CAT_ID="{column_number(site, channel, 5)}";</script>'
        )
        return detail_page(
            view, page, self.detail_path(site, page), self.list_address(site, channel), block, head
        )


def _links(page: Page, hrefs: list[str]) -> str:
    rows = "".join(
        f'<p><a class="nfw-cms-attachment" href="{href}" alt="{escape(item.name)}" target="_blank">{escape(item.name)}</a></p>'
        for item, href in zip(page.attachments, hrefs, strict=True)
    )
    return f'<div class="annex"><span>附件下载：</span>{rows}</div>'
