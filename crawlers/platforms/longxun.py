"""龙讯 Longxun (安徽): disclosure columns are shells filled by /site/label/8888, content columns are static."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic, parse_any
from crawlers.platforms.interfaces import Interface, paging_of
from crawlers.platforms.list_requests import Paging
from crawlers.platforms.recognition import Mark
from crawlers.platforms.shells import has_dated_rows, named_value, shell_of
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

LABEL = "/site/label/8888"
# Sites below a folder of their host name it in the call.
CALL = re.compile(r"[\"']((?:/[\w-]{1,40}){0,2}/site/label/8888)")
# What the label is asked for by the columns' own scripts; titles are whole without a `length` (2020-2026).
LABEL_FIXED = {
    "IsAjax": "1",
    "dataType": "html",
    "labelName": "publicInfoList",
    "action": "list",
    "isDate": "true",
    "dateFormat": "yyyy-MM-dd",
}
ORGAN = re.compile(r"/public/column/(\d{1,12})")
PAGE_COUNT = re.compile(r"\bpageCount\s*[:=]\s*[\"']?(\d{1,6})")
TOTAL = re.compile(r"\b(?:total|totalCount|recordCount)\s*[:=]\s*[\"']?(\d{1,8})")
TEMPLATE = re.compile(r"\bfile\s*[:=]\s*[\"'](/[\w/.-]{1,120})[\"']")
# Parameters of the column's address that the label understands.
ASKED = ("type", "catId", "catIds", "cId", "organId", "isParent")
# One of these must be known, or the label answers the whole site.
COLUMN_NAMES = frozenset({"organId", "catId", "catIds"})
# Numbers the column's script gives the label; the address goes before them.
DECLARED = re.compile(
    r"(?<![\w.])(catIds?|organId|type|isInvalid|pageSize)[\"']?\s{0,3}:\s{0,3}[\"']?(\d[\d,]{0,60})(?=[\"'\s,}])"
)


class Longxun(Generic):
    """Columns of 安徽 and of some counties elsewhere; `list` is the column's address with its parameters."""

    name = "longxun"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark(
            "地址形如 /public/column/编号",
            0.9,
            url=re.compile(r"/public/column/\d+|/content/column/\d+|/site/tpl/\d+"),
        ),
        Mark(
            "地址形如 /public/机构/编号.html",
            0.75,
            url=re.compile(r"/public/(?:content/)?\d+(?:/\d+)?\.html|/content/article/\d+"),
        ),
        Mark("接口 /site/label/8888", 0.95, url=re.compile(r"/site/label/8888")),
        Mark("脚本取自 /site/label/8888", 0.9, text=re.compile(r"/site/label/8888|\blabelName\s*[:=]")),
        Mark("信息公开索引表 table_suoyin", 0.6, text=re.compile(r"\b(?:div_)?table_suoyin\b")),
        Mark("正文在 j-fontContent 中", 0.7, text=re.compile(r"class=[\"'][^\"'<>]{0,120}\bj-fontContent\b")),
    )
    interfaces: ClassVar[tuple[Interface, ...]] = (
        Interface(re.compile(r"/site/label/8888$"), "pageIndex", size="pageSize", rows=15, fixed=LABEL_FIXED, answers="html"),
        Interface(re.compile(r"/content/column/\d+$"), "pageIndex", answers="html"),
    )  # fmt: skip
    hints = Hints(
        title=("h1.newstitle",),
        body=("div.wzcon", "div.j-fontContent"),
        info=("table.table_suoyin", "div.div_table_suoyin"),
    )

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows of a static column or of the label's fragment; for a shell, the label with its column's parameters."""
        page = parse_any(text, url, channel)
        if LABEL in url or PAGE_COUNT.search(text):
            return _counted(page, text)
        if has_dated_rows(page):
            return page
        source = self._source(text, url)
        return shell_of(source) if source else page

    def _source(self, text: str, url: str) -> Paging | None:
        site, organ = named_value(text, "SiteId"), ORGAN.search(url)
        declared, asked = dict(DECLARED.findall(text)), dict(parse_qsl(urlsplit(url).query))
        params = declared | {name: asked[name] for name in ASKED if name in asked}
        if organ is not None:
            params["organId"] = organ[1]
        if not site.isdecimal() or not COLUMN_NAMES.intersection(params):
            return None
        params["siteId"] = site
        if template := TEMPLATE.search(text):
            params["file"] = template[1]
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in params.items())
        call = CALL.search(text)
        return paging_of(self.interfaces, urljoin(url, f"{call[1] if call else LABEL}?{query}"))


def _counted(page: ListPage, text: str) -> ListPage:
    """A list with the counts its pager script declares; its pages are asked by pageIndex."""
    pages, total = PAGE_COUNT.search(text), TOTAL.search(text)
    return replace(
        page,
        paging=None,
        next=None,
        pages=int(pages[1]) if pages else page.pages,
        total=int(total[1]) if total else page.total,
    )
