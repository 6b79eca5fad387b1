"""The search interfaces of TRS: IGS (GET), IRS (JSON by POST), WAS5 (HTML by GET) and its kin in Fujian (a form)."""

import json
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import quote

from demo.country import Channel, Site, digits, hex_id
from demo.dialects import parts
from demo.dialects.view import JSON, Ask, Reply, SiteView
from demo.pages import Page

IGS, IRS, WAS5, FJDZAPP = (
    "/igs/front/search/list.html",
    "/irs/front/search",
    "/was5/web/search",
    "/fjdzapp/search",
)
PER_PAGE = 10
MAX_PER_PAGE = 100


def _code(site: Site, channel: Channel) -> str:
    return hex_id(site.id, channel.key)[:11]


def _number(site: Site, channel: Channel) -> str:
    return digits(6, site.id, channel.key)


def list_address(site: Site, channel: Channel) -> str:
    """The interface with the parameters that name the column."""
    return _ADDRESSES[site.variant](site, channel)


_ADDRESSES: dict[str, Callable[[Site, Channel], str]] = {
    "igs": lambda site, channel: f"{IGS}?index={site.id}-file-alias&type={channel.key.rsplit('/', 1)[-1]}",
    "irs": lambda site, channel: f"{IRS}?code={_code(site, channel)}&dataTypeId={_number(site, channel)[:4]}",
    "was5": lambda site, channel: f"{WAS5}?channelid={_number(site, channel)}",
    "fjdzapp": lambda site, channel: (
        f"{FJDZAPP}?channelid={digits(6, site.id)}&classsql={quote('chnlid=' + _number(site, channel)[1:])}"
    ),
}


def answer(view: SiteView, ask: Ask) -> Reply | None:
    """The answer of the site's interface, None at any other address."""
    path, is_asked, make = INTERFACES[view.site.variant]
    if ask.path != path:
        return None
    for number, channel in enumerate(view.site.channels):
        if is_asked(view.site, channel, ask):
            return make(view, number, ask)
    return None


def _json(data: Any) -> Reply:
    return Reply(json.dumps(data, ensure_ascii=False).encode(), JSON)


def _size(ask: Ask, name: str) -> int:
    return min(max(ask.number(name, PER_PAGE), 1), MAX_PER_PAGE)


def _whole(view: SiteView, page: Page) -> str:
    href = view.href(page)
    return href if href.startswith("http") else view.origin() + href


def _is_igs(site: Site, channel: Channel, ask: Ask) -> bool:
    values = ask.query
    return (
        values.get("index") == f"{site.id}-file-alias"
        and values.get("type") == channel.key.rsplit("/", 1)[-1]
    )


def _igs(view: SiteView, number: int, ask: Ask) -> Reply:
    current, size = max(ask.number("pageNumber", 1), 1), _size(ask, "pageSize")
    rows = [
        {
            "DOCID": str(page.id),
            "DOCTITLE": page.title,
            "FileName": page.title,
            "fileNum": page.number,
            "IdxID": page.index_number,
            "publisher": parts.publisher_of(page),
            "PUBDATE": f"{page.published}T01:30:00.000Z",
            "DOCPUBURL": _whole(view, page),
            "SITENAME": view.site.owner,
            "Effectivestate": "1",
        }
        for page in view.shown(number, current, size)
    ]
    page = {
        "content": rows,
        "total": view.total(number),
        "totalPages": view.pages(number, size),
        "pageNumber": current,
        "pageSize": size,
        "orderProperty": "PUBDATE",
        "orderDirection": "desc",
    }
    return _json({"filter": {"AVAILABLE": "True"}, "hasFilter": True, "page": page})


def _is_irs(site: Site, channel: Channel, ask: Ask) -> bool:
    values = ask.values
    asked = values.get("code"), values.get("dataTypeId")
    return ask.method == "POST" and asked == (_code(site, channel), _number(site, channel)[:4])


def _irs(view: SiteView, number: int, ask: Ask) -> Reply:
    current, size = max(ask.number("pageNo", 1), 1), _size(ask, "pageSize")
    rows = [
        {
            "type": "list",
            "data": {
                "id": str(page.id),
                "title": page.title,
                "url": _whole(view, page),
                "time": f"{page.published} {parts.time_of(page)}:00",
                "source": view.site.owner,
                "filenum": page.number,
            },
        }
        for page in view.shown(number, current, size)
    ]
    pager = {
        "pageNo": current,
        "pageSize": size,
        "pageCount": view.pages(number, size),
        "total": view.total(number),
    }
    data = {"middle": {"listAndBox": rows}, "pager": pager}
    return _json({"success": True, "msg": "操作成功", "code": 200, "data": data})


def _is_was5(site: Site, channel: Channel, ask: Ask) -> bool:
    return ask.query.get("channelid") == _number(site, channel)


def _was5(view: SiteView, number: int, ask: Ask) -> Reply:
    current, channel = max(ask.number("page", 1), 1), view.site.channels[number]
    total, name = view.pages(number, PER_PAGE), _number(view.site, channel)
    rows = "".join(
        f'<li><a href="{view.href(page)}" target="_blank" title="{escape(page.title)}">{escape(parts.cut(page.title))}</a>'
        f"<span>{page.published}</span></li>"
        for page in view.shown(number, current, PER_PAGE)
    )
    following = (
        f'<a class="next-page" href="search?channelid={name}&page={current + 1}">下一页</a>'
        if current < total
        else ""
    )
    body = (
        f'{parts.header(view.site)}<h2>{channel.name}</h2><ul id="list">{rows}</ul>'
        f'<div class="scy_tyfl_content_fy">共{view.total(number)}条记录　{current}/{total}页　{following}</div>{parts.footer(view.site)}'
    )
    return view.reply(
        parts.shell(parts.column_head(view.site, channel), f"{channel.name}_{view.site.name}", body)
    )


def _is_fjdzapp(site: Site, channel: Channel, ask: Ask) -> bool:
    values = ask.values
    asked = values.get("channelid"), values.get("classsql")
    return ask.method == "POST" and asked == (digits(6, site.id), f"chnlid={_number(site, channel)[1:]}")


def _fjdzapp(view: SiteView, number: int, ask: Ask) -> Reply:
    current, size = max(ask.number("page", 1), 1), _size(ask, "prepage")
    rows = [
        {
            "docpuburl": _whole(view, page),
            "doctitle": page.title,
            "docreltime": f"{page.published} {parts.time_of(page)}:00",
            "fileno": page.number,
        }
        for page in view.shown(number, current, size)
    ]
    return _json(
        {"count": view.total(number), "page": current, "pages": view.pages(number, size), "data": rows}
    )


_Asked = Callable[[Site, Channel, Ask], bool]
_Made = Callable[[SiteView, int, Ask], Reply]
INTERFACES: dict[str, tuple[str, _Asked, _Made]] = {
    "igs": (IGS, _is_igs, _igs),
    "irs": (IRS, _is_irs, _irs),
    "was5": (WAS5, _is_was5, _was5),
    "fjdzapp": (FJDZAPP, _is_fjdzapp, _fjdzapp),
}
