"""The list interfaces of UCAP: common/search and its kin under other names."""

from collections.abc import Callable
from typing import Any

from demo.country import Channel, Site, all_topics, digits, hex_id
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import json_reply, minute
from demo.dialects.view import Ask, Reply, SiteView
from demo.pages import Page

PER_PAGE = 20
MAX_PER_PAGE = 100
SEARCH, SEARCH_LIST, LOCAL_LIST = "/common/search/", "/searchList/", "/getLocalList"
FILE_LIST, LIBRARY, LIST, API = (
    "/getFileListByCodeId",
    "/u/search/wjk/rs",
    "/u/search/list/",
    "/search/common/search/",
)


def channel_id(site: Site, channel: Channel) -> str:
    """The 32 hex digits which the interfaces want."""
    return hex_id("channel", site.id, channel.key)


def _number(site: Site, channel: Channel) -> str:
    return digits(5, "channel", site.id, channel.key)


def list_address(site: Site, channel: Channel) -> str:
    """The interface with what names the column."""
    return INTERFACES[site.variant](site, channel)


# The variants whose site files name an interface, each with the address that stands there.
INTERFACES: dict[str, Callable[[Site, Channel], str]] = {
    "search_list": lambda site, channel: f"{SEARCH_LIST}{channel_id(site, channel)}",
    "filelist": lambda site, channel: f"{FILE_LIST}?channelId={channel_id(site, channel)}",
    "hainan": lambda site, channel: f"{LIBRARY}?columnId={_number(site, channel)}",
    "xinyu": lambda site, channel: f"{LIST}{channel_id(site, channel)}",
    "hunan": lambda site, channel: f"//api.{site.id}.test{API}{_number(site, channel)}",
}


def answer(dialect: Dialect, view: SiteView, ask: Ask) -> Reply | None:
    """The answer of the site's interface, None at any other address."""
    for number, channel in enumerate(view.site.channels):
        reply = _answer_column(dialect, view, ask, number, channel)
        if reply is not None:
            return reply
    return None


def _answer_column(dialect: Dialect, view: SiteView, ask: Ask, number: int, channel: Channel) -> Reply | None:
    site, name = view.site, channel_id(view.site, channel)
    variant = site.variant
    if variant == "search_list" and ask.path == LOCAL_LIST:
        children = [{"channelId": channel_id(site, one), "channelName": one.name} for one in site.channels]
        return json_reply({"code": 200, "results": {"children": children}})
    if ask.path in _engine_paths(site, channel):
        return json_reply(
            {"code": 200, "message": "success", "data": _engine(dialect, view, number, ask, "_pageSize")}
        )
    if variant == "filelist" and ask.path == FILE_LIST and ask.form.get("channelId") == name:
        return json_reply({"code": 200, "results": {"data": _engine(dialect, view, number, ask, "size")}})
    if variant == "hainan" and ask.path == LIBRARY and ask.query.get("columnId") == _number(site, channel):
        return json_reply({"code": "1", "page": _library(view, number, ask)})
    if variant == "xinyu" and ask.method == "POST" and ask.path == LIST + name:
        return json_reply({"code": 0, "data": {"page": _library(view, number, ask)}})
    return None


def _engine_paths(site: Site, channel: Channel) -> tuple[str, ...]:
    """Where the engine itself is asked for a column."""
    name = channel_id(site, channel)
    paths = {
        "": (SEARCH + name,),
        "search_list": (SEARCH + name, SEARCH_LIST + name),
        "hunan": (API + _number(site, channel),),
    }
    return paths.get(site.variant, ())


def _engine(dialect: Dialect, view: SiteView, number: int, ask: Ask, size_name: str) -> dict[str, Any]:
    current = max(ask.number("page", 1), 1)
    size = min(max(ask.number(size_name, PER_PAGE), 1), MAX_PER_PAGE)
    return {
        "total": view.total(number),
        "page": current,
        "rows": size,
        "channelId": channel_id(view.site, view.site.channels[number]),
        "results": [_row(dialect, view, page) for page in view.shown(number, current, size)],
    }


def _row(dialect: Dialect, view: SiteView, page: Page) -> dict[str, Any]:
    site = view.site
    pairs = {"source": parts.source_of(site, page)}
    if page.content_type != "interpretation":
        pairs = {
            "refno": page.number,
            "writedate": page.written.isoformat(),
            "pubdate": page.published.isoformat(),
            "indexnumber": page.index_number,
            "theme": all_topics()[page.topic].subject,
            "publisher": parts.publisher_of(page),
            **pairs,
        }
    path = dialect.detail_path(site, page)
    return {
        "title": page.title,
        "subTitle": "",
        "url": view.origin() + path if site.variant == "hunan" else path,
        "publishedTimeStr": minute(page),
        "content": "",
        "isTop": int(view.world.is_pinned(page)),
        "resList": [
            {"filePath": dialect.attachment_path(site, page, n), "title": item.name}
            for n, item in enumerate(page.attachments)
        ],
        "domainMetaList": [
            {
                "domainName": "公开目录",
                "resultList": [{"key": key, "value": value} for key, value in pairs.items()],
            }
        ],
    }


def _library(view: SiteView, number: int, ask: Ask) -> dict[str, Any]:
    """Hainan's and Xinyu's rows, with the names of columns of a table."""
    current = max(ask.number("curPage", ask.number("currentPage", 1)), 1)
    size = min(max(ask.number("PageSize", ask.number("number", 15)), 1), MAX_PER_PAGE)
    rows = [
        {
            "ID": str(page.id),
            "TITLE": page.title,
            "URL_COMP": view.href(page),
            "PUBLISHED_TIME_FORMATED": page.published.isoformat(),
            "FWZH": page.number,
        }
        for page in view.shown(number, current, size)
    ]
    return {
        "list": rows,
        "totalCount": view.total(number),
        "totalPage": view.pages(number, size),
        "currPage": current,
        "pageSize": size,
    }
