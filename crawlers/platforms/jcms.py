"""大汉 JCMS: datastores with dataproxy.jsp, disclosure search by xxgk/search.jsp, jpaas blocks from build/unit."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from crawlers.platforms.base import ListPage
from crawlers.platforms.datastore import TOTAL
from crawlers.platforms.generic import Generic, is_json, parse_any
from crawlers.platforms.interfaces import Interface, paging_of
from crawlers.platforms.jpaas import jpaas_unit, parse_packed_rows
from crawlers.platforms.list_requests import Paging
from crawlers.platforms.paging import PAGES_IN_ALL
from crawlers.platforms.recognition import Mark
from crawlers.platforms.rows import join
from crawlers.platforms.shells import has_dated_rows, shell_of
from crawlers.platforms.xxgk import parse_xxgk
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

# What the sites' own scripts send along (浙江, 2019-2026); the newest documents come first.
XXGK_FIXED = {
    "jdid": "",
    "area": "",
    "vc_title": "",
    "vc_number": "",
    "sortfield": ",compaltedate:0",
    "texttype": "",
    "fbtime": "",
}
XXGK_CALL = re.compile(r"/module/xxgk/(?:search|search_custom|subjectinfo)\.jsp\?[^\"'\s<>()]{1,800}")
UNIT_PAGES = re.compile(r"\?uid=(\d{1,12})&(?:amp;)?pageNum=\d")
UNIT_FIXED = {
    "parseType": "bulidstatic",  # the vendor's spelling
    "pageType": "column",
    "editType": "null",
    "paramJson": '{"pageNo":{n},"pageSize":20}',
}


class Jcms(Generic):
    """JCMS columns; `list` is the column's page, or one of the interfaces with its parameters.

    Where the next group of a datastore is encrypted its server answers nothing: what the column's page
    holds is all there is, and fewer rows than declared are reported as such.
    """

    name = "jcms"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark(
            "大汉数据岛 datastore 或 dataproxy.jsp",
            0.9,
            text=re.compile(r"<datastore>|/jpage/dataproxy\.jsp"),
        ),
        Mark(
            "jpaas 发布块",
            0.85,
            text=re.compile(r"jpaas-publish-server|parseType=[\"']bu(?:li|il)dstatic", re.IGNORECASE),
        ),
        Mark(
            "大汉模板标记",
            0.8,
            text=re.compile(
                r"<!--<\$\[[^\]<>]{1,40}\]>(?:begin|end)-->|ZJEG_RSS\.|/jcms_files/|/script/\d+/\d+\.js"
            ),
        ),
        Mark("大汉信息公开检索", 0.8, text=re.compile(r"/module/xxgk/|/module/jslib/|/jsearchfront/")),
        Mark("大汉下载与点击程序", 0.8, text=re.compile(r"/module/(?:download|visitcount)/\w+\.jsp")),
        Mark("大汉位置标记与样式", 0.7, text=re.compile(r"\bid=['\"]ss_webid['\"]|\bhanweb\.(?:css|js)\b")),
        Mark("地址形如 /col/colN/", 0.85, url=re.compile(r"^https?://[^/]+/col/col\d+/")),
        Mark(
            "地址形如 /art/年/月/日/art_栏目_编号.html",
            0.9,
            url=re.compile(r"/art/\d{4}/\d{1,2}/\d{1,2}/art_\d+_\d+\.html?"),
        ),
        Mark(
            "地址形如 /art/年/art_32 位编号.html",
            0.9,
            url=re.compile(r"/art/\d{4}/art_[0-9a-zA-Z]{16,40}\.html?"),
        ),
        Mark(
            "大汉接口地址",
            0.95,
            url=re.compile(
                r"/module/(?:web/jpage|xxgk)/\w+\.jsp|/jpaas-publish-server/|/j(?:search|robot)front/|/search-front-server/"
            ),
        ),
    )
    interfaces: ClassVar[tuple[Interface, ...]] = (
        Interface(re.compile(r"/module/xxgk/(?:search|search_custom|subjectinfo)\.jsp$"), "currpage", method="FORM", fixed=XXGK_FIXED, answers="html"),
        Interface(re.compile(r"/module/web/jpage/dataproxy\.jsp$"), size="perpage", rows=45, fixed={"startrecord": "{start}", "endrecord": "{end}"}, answers="html"),
        Interface(re.compile(r"/front/page/build/unit$"), "", fixed=UNIT_FIXED),
        Interface(re.compile(r"/j(?:search|robot)front/interfaces/cateSearch\.do$"), "p", size="pg", method="FORM"),
        Interface(re.compile(r"/search-front-server/api/search/info$"), "p", size="pg"),
        Interface(re.compile(r"/col/col\d+/(?:index\.html?)?$"), "pageNum", needs=("uid",), answers="html"),
    )  # fmt: skip
    hints = Hints(
        body=(
            "#zoom",
            "div.article-content",
            "div.bt-content",
            "div.main-txt",
            "div.zc_article_con",
            "div.Three_xilan_07",
            "div.art-con",
            "div.artile_zw",
            "div.bt-article-y",
        ),
        info=("table.xxgk_table", "div.headInfo table"),
    )

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows of a datastore, a static page or an answer; for a shell, the interface it names."""
        if is_json(text):
            return parse_packed_rows(text, channel.list)
        if (found := parse_xxgk(text, url)) is not None:
            return found
        unit = jpaas_unit(text, url, self.interfaces)
        if unit is not None and unit.is_list:
            return shell_of(unit.source)
        page = parse_any(text, url, channel)
        if has_dated_rows(page):
            return _with_unit_pages(page, text, url)
        call = XXGK_CALL.search(text)
        source = paging_of(self.interfaces, join(url, call[0].replace("&amp;", "&"))) if call else None
        source = source or (unit.source if unit else None)
        return shell_of(source) if source else page


def _with_unit_pages(page: ListPage, text: str, url: str) -> ListPage:
    """A list whose further pages are asked of its own address by `?uid=&pageNum=` (浙江, 江西, 荆门)."""
    unit = UNIT_PAGES.search(text) if page.paging is None and "pageNum=" in text else None
    if unit is None:
        return page
    total, pages = TOTAL.search(text), PAGES_IN_ALL.search(text)
    return replace(
        page,
        paging=Paging(f"{url.partition('?')[0]}?uid={unit[1]}&pageNum={{n}}", size=len(page.rows)),
        next=None,
        pages=int(pages[1]) if pages else page.pages,
        total=int(total[1] or total[2]) if total else page.total,
    )
