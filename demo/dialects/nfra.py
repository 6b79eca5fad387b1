"""The financial regulator: Angular shells, lists and details as JSON files named by their parameters."""

from html import escape
from typing import Any

from demo.country import Channel, Site, hex_id
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, column_number, json_reply, minute
from demo.dialects.view import Ask, Reply, SiteView
from demo.history import date_of
from demo.pages import Page

PER_PAGE = 18
DATA = "/cn/static/data/DocInfo"
PAGES = "/cn/view/pages"


def document_id(page: Page) -> int:
    """The number of a document."""
    return 1_100_000 + page.id


class Nfra(Dialect):
    """The regulator; a page's own address is a shell, its content stands in SelectByDocId."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The column's page with its number in itemId."""
        number = column_number(site, channel, 3)
        return f"{PAGES}/ItemList.html?itemPId=923&itemId={number}&itemUrl=ItemListRightList.html"

    def detail_path(self, site: Site, page: Page) -> str:
        """The shell with the document's number."""
        return f"{PAGES}/ItemDetail.html?docId={document_id(page)}"

    def content_path(self, site: Site, page: Page) -> str:
        """The document as JSON."""
        return f"{DATA}/SelectByDocId/data_docId={document_id(page)}.json"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """The public file store."""
        name = f"{hex_id(site.id, page.id, number)}.{page.attachments[number].kind}"
        return f"/chinese/docfile/{date_of(page.appears).year}/{name}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """The shell of a list, or a file of rows."""
        site = view.site
        if ask.path == f"{PAGES}/ItemDetail.html":  # the site's own links add itemId and generaltype
            return view.reply(self._shell(view, site.channels[0].name))
        for place, channel in enumerate(site.channels):
            number = column_number(site, channel, 3)
            if ask.path == f"{PAGES}/ItemList.html" and ask.query.get("itemId") == number:
                return view.reply(self._shell(view, channel.name))
            for current in range(1, view.pages(place, PER_PAGE) + 1):
                name = f"data_itemId={number},pageIndex={current},pageSize={PER_PAGE}.json"
                if ask.path == f"{DATA}/SelectDocByItemIdAndChild/{name}":
                    return json_reply(self._rows(view, channel, place, current))
        return None

    def _rows(self, view: SiteView, channel: Channel, place: int, current: int) -> dict[str, Any]:
        rows = [
            {
                "docId": document_id(page),
                "docTitle": page.title,
                "docSubtitle": page.title,
                "documentNo": page.number or "无[]号",
                "publishDate": minute(page),
                "builddate": page.written.isoformat(),
                "generaltype": "0",
                "itemName": channel.name,
                "docFileUrl": "",
                "pdfFileUrl": "",
            }
            for page in view.shown(place, current, PER_PAGE)
        ]
        return {"rptCode": 200, "msg": "成功", "data": {"total": view.total(place), "rows": rows}}

    @staticmethod
    def _shell(view: SiteView, name: str) -> str:
        """What stands at both addresses before the script runs; the title is the site's alone."""
        body = (
            f'{parts.header(view.site)}<div class="main" ng-app="myApp"><div ng-controller="itemCtrl"><div class="caidan">{{{{itemName}}}}</div>'
            '<div class="panel-row" ng-repeat="x in data.rows"><a ng-href="{{url(x)}}">{{x.docSubtitle}}</a><span>{{x.publishDate}}</span></div>'
            f"</div></div>{parts.footer(view.site)}"
        )
        return parts.shell(f'<meta name="ColumnName" content="{name}">', view.site.name, body)

    def detail(self, view: SiteView, page: Page) -> str:
        """The shell of a document."""
        return self._shell(view, view.channel_of(page).name)

    def content(self, view: SiteView, page: Page) -> Reply:
        """The document: title, number, dates, index, text as HTML and annexes."""
        site = view.site
        values = (
            {key: value for key, _, value in parts.info_items(view, page)}
            if page.content_type != "interpretation"
            else {}
        )
        files = annexes(view, page, self.attachment_path)
        data = {
            "docId": document_id(page),
            "docTitle": page.title,
            "docSubtitle": page.title,
            "documentNo": page.number if values else "",
            "indexNo": page.index_number,
            "publishDate": minute(page),
            "builddate": f"{page.written} 00:00:00" if values else None,
            "datafrom": parts.source_of(site, page),
            "docSource": parts.source_of(site, page),
            "docClob": f'<div class="Section0">\n{parts.body_html(view, page)}\n{files.inside}</div>',
            "attachmentInfoVOList": [
                {
                    "attachmentName": escape(item.name),
                    "urlOtherName": self.attachment_path(site, page, number),
                }
                for number, item in enumerate(page.attachments)
            ],
            "listTwoItem": [{"itemName": "首页"}, {"itemName": view.channel_of(page).name}],
        }
        return json_reply({"rptCode": 200, "msg": "成功", "data": data})
