"""jpaas, the platform behind newer JCMS sites: list blocks are placeholders that name the unit to ask."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import quote

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import parse_api, parse_page
from crawlers.platforms.interfaces import Interface, paging_of
from crawlers.platforms.json_rows import parse_json
from crawlers.platforms.list_requests import Paging
from crawlers.platforms.rows import join
from normalizers.failures import Failure

PLACEHOLDER = re.compile(r"<(?:script|div)\b[^<>]{0,3000}\bqueryData\s*=[^<>]{0,3000}>", re.IGNORECASE)
UNIT_ADDRESS = re.compile(r"(?<![\w-])url\s*=\s*[\"']([^\"'<>\s]{1,500})[\"']", re.IGNORECASE)
PAIR = re.compile(r"[\"'](\w{1,40})[\"']\s*:\s*[\"']([^\"']{0,200})[\"']")
# Names of blocks that hold the column's list: 右侧内容 内容1 内容区域 栏目-list 分页列表 信息列表 当前栏目list 规章库列表 zw (2023-2026).
LIST_BLOCK = re.compile(r"列表|list|内容|分页|右侧|^zw$", re.IGNORECASE)
OTHER_BLOCK = re.compile(
    r"导航|菜单|位置|面包屑|头|底|搜索|检索|友情|左侧|轮播|图片|nav|menu|header|footer|banner", re.IGNORECASE
)
NEEDED = frozenset({"webId", "pageId"})
# 浙江 and 江苏 search fronts answer each row as a fragment of HTML, 12 to 30 rows a page.
MAX_FRAGMENTS = 300


@dataclass(frozen=True, slots=True)
class Unit:
    """A block of a jpaas page: where its content is asked; `is_list` where its name says that it is the list."""

    source: Paging
    is_list: bool


def jpaas_unit(text: str, url: str, interfaces: Sequence[Interface]) -> Unit | None:
    """The placeholder of a column page that holds its list, else the first that may; None where there is none."""
    if "querydata" not in text.lower():
        return None
    units: list[Unit] = []
    for placeholder in PLACEHOLDER.findall(text):
        unit = _read_unit(unescape(placeholder), url, interfaces)
        if unit is not None:
            units.append(unit)
    return next((unit for unit in units if unit.is_list), units[0] if units else None)


def _read_unit(placeholder: str, url: str, interfaces: Sequence[Interface]) -> Unit | None:
    address, data = UNIT_ADDRESS.search(placeholder), _query_data(placeholder)
    tag = data.get("tagId", "")
    if address is None or not NEEDED.issubset(data) or OTHER_BLOCK.search(tag):
        return None
    if data.get("pageType") == "article" or data.get("parseType") == "build":
        return None
    query = "&".join(f"{key}={quote(value, safe='')}" for key, value in data.items() if key != "paramJson")
    source = paging_of(interfaces, join(url, f"{address[1].partition('?')[0]}?{query}"))
    return Unit(source, LIST_BLOCK.search(tag) is not None) if source else None


def _query_data(placeholder: str) -> dict[str, str]:
    """The parameters of a placeholder, in single or double quotes within the attribute."""
    at = placeholder.lower().find("querydata")
    body = placeholder[at : placeholder.find("}", at) + 1]
    return dict(PAIR.findall(body))


def parse_packed_rows(text: str, url: str) -> ListPage:
    """The rows of a JSON answer that holds them as HTML: one block (jpaas) or a fragment each (search fronts)."""
    try:
        value = parse_json(text)
    except ValueError:
        return ListPage(failure=Failure.LIST_EMPTY)
    markup = _block(value) or _fragments(value)
    if not markup:
        return parse_api(text, url)
    page = parse_page(f"<html><body>{markup}</body></html>", url, {})
    total = value.get("total")
    declared = int(total) if isinstance(total, int | str) and str(total).isdecimal() else page.total
    failure = None if page.rows else Failure.LIST_EMPTY
    return ListPage(page.rows, pages=page.pages, total=declared, failure=failure)


def _block(value: Any) -> str:
    data = value.get("data") if isinstance(value, dict) else None
    markup = data.get("html") if isinstance(data, dict) else None
    return markup if isinstance(markup, str) else ""


def _fragments(value: Any) -> str:
    found = value.get("result") if isinstance(value, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        return ""
    return "<ul>" + "".join(f"<li>{one}</li>" for one in found[:MAX_FRAGMENTS]) + "</ul>" if found else ""
