"""新点 Epoint EWB: static columns by category number, and the JSON of getgovinfolist with the site's ids."""

import re
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic, is_json, parse_any
from crawlers.platforms.interfaces import Interface, paging_of
from crawlers.platforms.list_requests import Paging
from crawlers.platforms.recognition import Mark
from crawlers.platforms.shells import has_dated_rows, named_value, path_parts, shell_of
from normalizers.failures import Failure
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

# The script every page loads; it holds siteInfo with the ids the interface wants (徐州, 2026).
COMMON_SCRIPT = "/js/webBuilderCommon.js"
INTERFACE = "/rest/lightfrontaction/getgovinfolist"
CATEGORY = re.compile(r"\d{3}(?:\d{3}){0,7}")
PROJECT = re.compile(r"\bprojectName[\"']?\s{0,9}[:=]\s{0,9}[\"'](/?[\w./-]{0,100})[\"']")
SHELL_SIGNS = ("webBuilderCommon", "EWB-FRONT", "lightfrontaction", "ewb-")


class Epoint(Generic):
    """EWB columns; `list` is the column's page (its category in the path or as categorynum=) or getgovinfolist."""

    name = "epoint"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark(
            "接口 lightfrontaction",
            0.95,
            url=re.compile(r"/rest/lightfrontaction/"),
            text=re.compile(r"/rest/lightfrontaction/"),
        ),
        Mark(
            "脚本 webBuilderCommon.js", 0.9, text=re.compile(r"/webBuilder\w{0,30}\.(?:js|css)|\bEWB-FRONT\b")
        ),
        Mark("新点样式 ewb-*", 0.7, text=re.compile(r"class=[\"'](?:[^\"'<>]{0,80}\s)?ewb-[a-z]")),
        Mark(
            "地址按类别号分层 /001/001002/", 0.8, url=re.compile(r"/(\d{3})/(?:[^/?#]{1,40}/)?\1\d{3}(?:/|$)")
        ),
        Mark(
            "栏目页 govInfoPub 或 subPage",
            0.7,
            url=re.compile(r"/govInfoPub\w*\.html|/\d{6,}/(?:subPage|specification)\.html"),
        ),
    )
    interfaces: ClassVar[tuple[Interface, ...]] = (
        Interface(re.compile(r"/rest/lightfrontaction/getgovinfolist$"), "pageIndex", first=0, size="pageSize", method="JSON", fixed={"deptcode": ""}),
    )  # fmt: skip
    hints = Hints(
        body=(
            "div.ewb-article-info",
            "div.ewb-article-content",
            "div.article-info",
            "#Zoom",
            "div.mian-cont",
            "#UCAP-CONTENT",
        ),
    )

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows of a static column or an answer; for a shell the script with the site's ids, then the interface."""
        if urlsplit(url).path.endswith(COMMON_SCRIPT):
            return self._read_script(text, url)
        page = parse_any(text, url, channel)
        if is_json(text) or has_dated_rows(page) or not any(sign in text for sign in SHELL_SIGNS):
            return page
        category, asked = _category(url), dict(parse_qsl(urlsplit(url).query))
        # The script's address carries what the interface will be asked: it is read without its column.
        query = f"categorynum={category}&deptcode={quote(asked.get('deptcode', ''))}"
        return shell_of(Paging(urljoin(url, f"{COMMON_SCRIPT}?{query}"))) if category else page

    def _read_script(self, text: str, url: str) -> ListPage:
        """The interface with the ids of siteInfo and the category of the column that led here."""
        project, site = PROJECT.search(text), named_value(text, "siteGuid")
        asked = dict(parse_qsl(urlsplit(url).query))
        if project is None or not site or "categorynum" not in asked:
            return ListPage(failure=Failure.LIST_SHELL)
        params = {
            "siteGuid": site,
            "categorynum": asked["categorynum"],
            "deptcode": asked.get("deptcode", ""),
        }
        query = "&".join(f"{name}={quote(value)}" for name, value in params.items())
        source = paging_of(self.interfaces, urljoin(url, f"{_folder(project[1])}{INTERFACE}?{query}"))
        return shell_of(source) if source else ListPage(failure=Failure.LIST_SHELL)


def _folder(project: str) -> str:
    name = project.strip("/")
    return f"/{name}" if name else ""


def _category(address: str) -> str:
    """The category number of a column: categorynum=, else the last folder that is one; "" for none."""
    asked = dict(parse_qsl(urlsplit(address).query)).get("categorynum", "")
    if CATEGORY.fullmatch(asked):
        return asked
    return next((part for part in reversed(path_parts(address)) if CATEGORY.fullmatch(part)), "")
