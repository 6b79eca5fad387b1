"""Frames that the families share: list and detail pages around their own blocks, annexes, addresses, JSON."""

import json
import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from demo.country import Channel, Site, digits, hex_id
from demo.dialects import parts
from demo.dialects.view import JSON, Reply, SiteView
from demo.pages import Page


@dataclass(frozen=True, slots=True)
class Annexes:
    """The links to a page's annexes, either `inside` its body block or `outside` of it; the other is ""."""

    inside: str
    outside: str


def annexes(
    view: SiteView,
    page: Page,
    address: Callable[[Site, Page, int], str],
    links: Callable[[Page, list[str]], str] = parts.attachment_links,
) -> Annexes:
    """The annexes of a page where the site's look wants them; `links` draws those outside."""
    hrefs = [address(view.site, page, number) for number in range(len(page.attachments))]
    if view.site.look.attachments == "inside":
        return Annexes(parts.attachment_paragraphs(page, hrefs), "")
    return Annexes("", links(page, hrefs) if hrefs else "")


def list_page(view: SiteView, channel: Channel, block: str, head: str = "") -> str:
    """A column page around its list block; `head` goes below its meta tags."""
    site = view.site
    body = (
        f'{parts.header(site)}<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/nav/4/">政务公开</a> &gt; {channel.name}</div>'
        f'<div class="main"><h2>{channel.name}</h2>{block}</div>{parts.footer(site)}'
    )
    return parts.shell(f"{parts.column_head(site, channel)}\n{head}", f"{channel.name}_{site.name}", body)


def detail_page(view: SiteView, page: Page, path: str, column: str, block: str, head: str = "") -> str:
    """A content page at `path` around its article block; `column` is the column's address for 当前位置."""
    site = view.site
    body = (
        f"{parts.header(site)}{parts.breadcrumbs(site, view.channel_of(page), escape(column))}"
        f"{block}{parts.related(view, page)}{parts.footer(site)}"
    )
    meta = parts.meta_tags(view, page, path)
    return parts.shell(f"{meta}\n{head}", parts.document_title(view, page), body)


def labelled(view: SiteView, page: Page, keys: tuple[str, ...], form: str) -> str:
    """Rows of the disclosure table by `form` with {key}, {label} and {value}; "" for interpretations."""
    if page.content_type == "interpretation":
        return ""
    found = {key: (label, value) for key, label, value in parts.info_items(view, page)}
    return "".join(form.format(key=key, label=found[key][0], value=found[key][1]) for key in keys)


def relative(base: str, href: str) -> str:
    """An address from the root as a page at path `base` writes it with ../, other addresses as they are."""
    if not href.startswith("/") or href.startswith("//"):
        return href
    path, mark, query = href.partition("?")
    return posixpath.relpath(path, posixpath.dirname(base)) + mark + query


def whole(view: SiteView, page: Page) -> str:
    """The address of a page with its host, as some families write it."""
    href = view.href(page)
    return f"{view.origin()}{href}" if href.startswith("/") else href


def json_reply(data: Any) -> Reply:
    """A JSON answer."""
    return Reply(json.dumps(data, ensure_ascii=False).encode(), JSON)


def column_number(site: Site, channel: Channel, length: int) -> str:
    """The number of a column, of `length` digits, different for the columns of a site."""
    first = int(digits(length, site.id, "columns")) // 2
    return str(first + 13 * site.channels.index(channel) + 10 ** (length - 1))


def uuid_of(*names: object) -> str:
    """A UUID that is the same in every run."""
    text = hex_id(*names)
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def snowflake(page: Page) -> str:
    """A 19-digit id."""
    return str(10**18 + page.published.toordinal() * 10**11 + page.id)


def minute(page: Page) -> str:
    """Day and minute of publication as APIs give it."""
    return f"{page.published} {parts.time_of(page)}:00"
