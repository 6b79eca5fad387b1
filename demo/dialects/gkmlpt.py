"""Guangdong's disclosure platform: /gkmlpt/index is a script, rows come from /gkmlpt/api/all/<category>."""

import json
from datetime import UTC, datetime
from html import escape
from typing import Any

from demo.country import Channel, Site, all_topics, digits
from demo.dialects import parts
from demo.dialects.dialect import Dialect
from demo.dialects.frames import annexes, column_number, json_reply, minute, whole
from demo.dialects.view import Ask, Reply, SiteView
from demo.pages import Page

PER_PAGE = 100  # what the interface gives a page, whatever is asked (seen at several hosts)


def site_id(site: Site) -> str:
    """The platform's number of the site."""
    return digits(6, site.id, "sid")


def category(site: Site, channel: Channel) -> str:
    """The platform's number of a column."""
    return column_number(site, channel, 4)


def post_id(page: Page) -> int:
    """The platform's number of a page."""
    return 8_600_000 + page.id


def _root(site: Site) -> str:
    """Departments stand below their government's host."""
    return f"/{site.id.rsplit('-', 1)[-1]}/gkmlpt" if len(site.bodies) == 1 else "/gkmlpt"


def _js(value: Any) -> str:
    """A value as the platform writes it into its script: ASCII, no < and no bare slash."""
    text = json.dumps(value).replace("/", "\\/")
    return (
        text.replace("<", "\\u003C").replace(">", "\\u003E").replace("&", "\\u0026").replace("'", "\\u0027")
    )


def _epoch(page: Page) -> int:
    hour, minutes = parts.time_of(page).split(":")
    day = page.published
    return int(datetime(day.year, day.month, day.day, int(hour) - 8, int(minutes), tzinfo=UTC).timestamp())


def _tree(site: Site) -> list[dict[str, Any]]:
    def node(number: int, name: str, parent: int, children: list[dict[str, Any]]) -> dict[str, Any]:
        return {"id": number, "name": name, "parent": parent, "jump_url": None, "children": children}

    leaves = [node(int(category(site, channel)), channel.name, 564, []) for channel in site.channels]
    return [
        node(549, "政府信息公开指南", 0, []),
        node(564, "法定主动公开内容", 0, leaves),
        node(565, "政府信息公开年报", 0, []),
    ]


def _config(view: SiteView, action: str, more: str = "") -> str:
    site = view.site
    info = {"name": site.name, "domain": f"{site.id}.test", "sitecode": site.code, "id": site_id(site)}
    return (
        f"<script>\nwindow._CONFIG = {{\n isMobile: false,\n ACTION: '{action}',\n CSRF: '{digits(9, site.id)}',\n"
        f" APP_URL: '{view.origin()}',\n SITE_INFO: {_js(info)},\n SID: '{site_id(site)}',\n ENV: 'production',\n"
        f"{more} TREE: {_js(_tree(site))}\n}};\n</script>"
    )


class Gkmlpt(Dialect):
    """The disclosure of a government or, below its host, of a department."""

    def list_address(self, site: Site, channel: Channel) -> str:
        """The platform's page with the category behind #, as its own links give it."""
        return f"{_root(site)}/index#{category(site, channel)}"

    def detail_path(self, site: Site, page: Page) -> str:
        """Two folders of the leading digits of the id."""
        number = post_id(page)
        return f"{_root(site)}/content/{number // 10**6}/{number // 10**3}/post_{number}.html"

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """The store of the province: folders of the leading digits, then the page's id."""
        file = 500_000 + page.id * 3 + number
        return f"/attachment/0/{file // 1000}/{file}/{post_id(page)}.{page.attachments[number].kind}"

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """The platform's page, or the rows of a category; category 0 is everything."""
        site, root = view.site, _root(view.site)
        if ask.path in (f"{root}/index", f"{root}/", f"{root}/policy"):
            return view.reply(self._index(view))
        if not ask.path.startswith(f"{root}/api/all/") or ask.query.get("sid") != site_id(site):
            return None
        wanted, current = ask.path.rsplit("/", 1)[1], max(1, ask.number("page", 1))
        for place, channel in enumerate(site.channels):
            if wanted == category(site, channel):
                rows = view.shown(place, current, PER_PAGE)
                return json_reply(self._rows(view, rows, view.total(place), channel))
        return None

    def _rows(self, view: SiteView, rows: list[Page], total: int, channel: Channel) -> dict[str, Any]:
        number = int(category(view.site, channel))
        return {
            "total": total,
            "classify": {"id": number, "name": channel.name, "post_count": total},
            "articles": [self._article(view, page, channel) for page in rows],
        }

    def _article(self, view: SiteView, page: Page, channel: Channel) -> dict[str, Any]:
        return {
            "id": post_id(page),
            "title": page.title,
            "url": whole(view, page),
            "publisher": parts.publisher_of(page),
            "identifier": page.index_number,
            "document_number": page.number,
            "classify_main_name": channel.name,
            "classify_theme_name": all_topics()[page.topic].subject,
            "created_at": minute(page),
            "create_time": _epoch(page) - 3600,
            "first_publish_time": _epoch(page),
            "display_publish_time": 0,
            "date": page.published.isoformat(),
            "is_expired": 0,
            "is_abolished": 0,
            "gkml_top": int(view.world.is_pinned(page)),
        }

    def _index(self, view: SiteView) -> str:
        site = view.site
        head = f'<meta name="ColumnName" content="政府信息公开平台">\n<meta name="SiteName" content="{site.name}">\n{_config(view, "index")}'
        body = f'<div id="app"><div class="nav__slot"></div><div class="content-wrapper__router"></div></div>{parts.footer(site)}'
        return parts.shell(head, f"{site.owner}政府信息公开平台", body)

    def detail(self, view: SiteView, page: Page) -> str:
        """A content page: the record in window._CONFIG.DETAIL and drawn in div.classify and div.article-content."""
        site, path = view.site, self.detail_path(view.site, page)
        files = annexes(view, page, self.attachment_path)
        content = f"{parts.body_html(view, page)}\n{files.inside}"
        record = {
            "id": post_id(page),
            "title": page.title,
            "content": content,
            "date": page.published.isoformat(),
        }
        head = f"{parts.meta_tags(view, page, path)}\n{_config(view, 'content', f' DETAIL: {_js(record)},' + chr(10))}"
        body = (
            f'<div class="header"><a href="/">{site.owner}</a> 政府信息公开平台</div><div class="nav__slot"></div>'
            f'<h1 class="print-title">{site.owner}政府信息公开</h1><div class="content-wrapper"><div class="content-box">'
            f'{_classify(view, page)}<h1 class="title document-number">{escape(page.title)}</h1>'
            f'<div class="date-row"><span>发布日期：{page.published} {parts.time_of(page)}</span>'
            f"<span>来源：{parts.source_of(site, page)}</span>{parts.share()}</div>"
            f'<div class="article-content">\n{content}</div>{files.outside}</div></div>{parts.related(view, page)}{parts.footer(site)}'
        )
        return parts.shell(head, escape(page.title), body)


def _classify(view: SiteView, page: Page) -> str:
    if page.content_type == "interpretation":
        return ""
    values = {key: value for key, _, value in parts.info_items(view, page)}
    pairs = (
        (("索引号", values["index"]), ("分类", values["subject"])),
        (("发布机构", values["issuer"]), ("成文日期", page.written.isoformat())),
        (("名称", values["title"]),),
        (("文号", values["number"]), ("发布日期", page.published.isoformat())),
        (("主题词", ""),),
    )
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td class="first">{label}：</td><td class="td-value-xl"><span>{value}</span></td>'
            for label, value in row
        )
        + "</tr>"
        for row in pairs
    )
    return f'<div class="classify"><table>{rows}</table></div>'
