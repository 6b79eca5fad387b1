"""Pieces of pages that all platforms share: meta tags, info tables, bodies, navigation, footer."""

from collections.abc import Callable, Iterator
from html import escape

from demo.country import SITE, Channel, Site, all_authorities, all_topics
from demo.dialects.view import SiteView
from demo.pages import Block, Page

NAV = [
    "首页",
    "要闻动态",
    "机构职能",
    "领导之窗",
    "政务公开",
    "政府信息公开指南",
    "政府信息公开制度",
    "法定主动公开内容",
    "政府信息公开年报",
    "依申请公开",
    "办事服务",
    "互动交流",
    "在线访谈",
    "意见征集",
    "网上调查",
    "数据发布",
    "专题专栏",
    "人事信息",
    "财政预决算",
    "重大项目",
    "招标采购",
    "行政许可",
    "走进演示",
]

# The labels of the disclosure table as sites print them (reference: 政府信息公开目录, seen 2018–2026).
LABELS = {
    "state": {
        "index": "索引号", "subject": "主题分类", "issuer": "发文机关", "written": "成文日期",
        "title": "标　　题", "number": "发文字号", "published": "发布日期", "validity": "有效性",
    },
    "local": {
        "index": "索引号", "subject": "主题分类", "issuer": "发文机关", "written": "成文日期",
        "title": "名称", "number": "文号", "published": "发布日期", "validity": "有效性",
    },
    "spaced": {
        "index": "索 引 号", "subject": "主题分类", "issuer": "发文单位", "written": "生成日期",
        "title": "名　　称", "number": "文　　号", "published": "公开日期", "validity": "时 效 性",
    },
    "alias": {
        "index": "信息索引号", "subject": "组配分类", "issuer": "制发机关", "written": "成文时间",
        "title": "信息名称", "number": "文件编号", "published": "发布时间", "validity": "效力状态",
    },
}  # fmt: skip


def time_of(page: Page) -> str:
    """The minute a page says it was published."""
    return f"{8 + page.id % 10:02d}:{page.id * 7 % 60:02d}"


def day_in(style: str, year: int, month: int, day: int) -> str:
    """A date in one of the styles dash, zh, slash."""
    if style == "zh":
        return f"{year}年{month:02d}月{day:02d}日"
    mark = "/" if style == "slash" else "-"
    return f"{year}{mark}{month:02d}{mark}{day:02d}"


def published(site: Site, page: Page) -> str:
    """发布日期 as the site prints it."""
    day = page.published
    return day_in(site.look.date, day.year, day.month, day.day)


def source_of(site: Site, page: Page) -> str:
    """来源: the body that explains, the site that a repost was taken from, else the site's owner."""
    if page.content_type == "interpretation":
        return all_authorities()[page.issuers[0]].name
    return page.source or site.owner


def publisher_of(page: Page) -> str:
    """发布机构 as list interfaces give it: the bodies that issued a document, nothing for an explanation."""
    if page.content_type == "interpretation":
        return ""
    return " ".join(all_authorities()[name].name for name in page.issuers)


def meta_tags(view: SiteView, page: Page, path: str) -> str:
    """The meta tags of a content page, with the deviations of the site."""
    site, channel = view.site, view.channel_of(page)
    kind = "政策解读" if page.content_type == "interpretation" else "政策文件"
    day = page.published
    stamps = {
        "full": f"{day.isoformat()} {time_of(page)}",
        "lower": f"{day.isoformat()} {time_of(page)}:00",
        "single": day_in("slash", day.year, day.month, day.day),
        "swapped": f"{day_in('zh', day.year, day.month, day.day)} {time_of(page)}",
    }
    tags = {
        "SiteName": site.name,
        "SiteDomain": f"{site.id}.test",
        "SiteIDCode": site.code,
        "ColumnName": channel.name,
        "ColumnDescription": f"{site.name}{channel.name}栏目",
        "ColumnKeywords": f"{channel.name},演示",
        "ColumnType": channel.name if site.look.meta == "swapped" else kind,
        "ArticleTitle": page.title,
        "PubDate": stamps[site.look.meta],
        "ContentSource": source_of(site, page),
        "Keywords": f"{all_topics()[page.topic].name};演示",
        "Author": "演示编辑",
        "Url": view.origin() + path,
    }
    return "\n".join(_META[site.look.meta](name, escape(value)) for name, value in tags.items())


_META: dict[str, Callable[[str, str], str]] = {
    "full": lambda name, value: f'<meta name="{name}" content="{value}">',
    "lower": lambda name, value: f'<meta name="{name.lower()}" content="{value}" />',
    "single": lambda name, value: f"<meta name='{name}' content='{value}'>",
    "swapped": lambda name, value: f'<meta content="{value}" name="{name}"/>',
}


def info_table(view: SiteView, page: Page) -> str:
    """The disclosure table of a page in the site's layout, "" for interpretations."""
    if page.content_type == "interpretation":
        return ""
    pairs = [(label, value) for _, label, value in info_items(view, page)]
    return _LAYOUTS[view.site.look.info](pairs)


def info_items(view: SiteView, page: Page) -> Iterator[tuple[str, str, str]]:
    """What the disclosure table says: key of LABELS, label and value, ready for HTML."""
    look = view.site.look
    bodies = [all_authorities()[name] for name in page.issuers]
    names = [body.aliases[0] if look.issuer == "alias" and body.aliases else body.name for body in bodies]
    day = page.written
    ended = bool(view.world.linked_from(page, "repeals"))
    values = {
        "index": page.index_number,
        "subject": all_topics()[page.topic].subject,
        "issuer": ("、" if look.labels in ("state", "alias") else " ").join(names),
        "written": day_in(look.date, day.year, day.month, day.day),
        "title": page.title,
        "number": page.number or look.empty,
        "published": published(view.site, page),
        "validity": "废止" if ended else "有效",
    }
    for key, label in LABELS[look.labels].items():
        yield key, label, escape(values[key])


def _rows_of_two(pairs: list[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    yield from (pairs[i : i + 2] for i in range(0, len(pairs), 2))


def _info_th(pairs: list[tuple[str, str]]) -> str:
    rows = "".join(
        "<tr>" + "".join(f"<th>{label}：</th><td>{value}</td>" for label, value in row) + "</tr>"
        for row in _rows_of_two(pairs)
    )
    return f'<table class="cm-table-fixed zw-table"><tbody>{rows}</tbody></table>'


def _info_td(pairs: list[tuple[str, str]]) -> str:
    rows = "".join(
        "<tr>"
        + "".join(f'<td class="lab"><b>{label}</b>：</td><td>{value}</td>' for label, value in row)
        + "</tr>"
        for row in _rows_of_two(pairs)
    )
    return f'<table class="bd1" width="100%" border="0"><tbody>{rows}</tbody></table>'


def _info_header(pairs: list[tuple[str, str]]) -> str:
    head = "".join(f"<td>{label}</td>" for label, _ in pairs)
    values = "".join(f"<td>{value}</td>" for _, value in pairs)
    return f'<table class="xxgk_table"><tr class="tt">{head}</tr><tr>{values}</tr></table>'


def _info_dl(pairs: list[tuple[str, str]]) -> str:
    rows = "".join(
        f'<dt>{label}：</dt><dd><div class="display-block">{value}</div></dd>' for label, value in pairs
    )
    return f'<div class="xxgkml-content"><dl>{rows}</dl></div>'


def _info_ul(pairs: list[tuple[str, str]]) -> str:
    rows = "".join(f"<li>{label}：{value}</li>" for label, value in pairs)
    return f'<div class="listtopbox"><ul>{rows}</ul></div>'


def _info_span(pairs: list[tuple[str, str]]) -> str:
    rows = "".join(
        f'<div class="col-xs-12"><span class="lb">{label}：</span><span class="vl">{value}</span></div>'
        for label, value in pairs
    )
    return f'<div class="metadata_content">{rows}</div>'


_LAYOUTS: dict[str, Callable[[list[tuple[str, str]]], str]] = {
    "th": _info_th, "td": _info_td, "header": _info_header, "dl": _info_dl, "ul": _info_ul, "span": _info_span,
}  # fmt: skip


def body_html(view: SiteView, page: Page) -> str:
    """The body in the site's markup; some sites print title and number inside the container."""
    site = view.site
    out = []
    if prints_title(site, page):
        out.append(f'<p style="text-align: center;"><strong>{escape(page.title)}</strong></p>')
    if site.look.number_line and page.number:
        out.append(f'<p style="text-align: center;">{escape(page.number)}</p>')
    markup = _MARKUP[site.look.body]
    out += [
        _table(block) if block.kind == "table" else markup(block.kind, escape(block.text, quote=False))
        for block in view.body(page)
    ]
    return "\n".join(out)


def prints_title(site: Site, page: Page) -> bool:
    """Whether the body's container repeats the title."""
    return site.look.title_line and page.content_type != "interpretation"


def first_line(site: Site, page: Page) -> str:
    """The number line where it begins the body as printed: no title stands above it; "" elsewhere."""
    return page.number if site.look.number_line and not prints_title(site, page) else ""


def _table(block: Block) -> str:
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in block.rows
    )
    return f'<table border="1" cellspacing="0" style="width:100%"><tbody>{rows}</tbody></table>'


def _align(kind: str) -> str:
    return "right" if kind in ("sign", "date") else "center" if kind == "title" else ""


def _p(kind: str, text: str) -> str:
    if align := _align(kind):
        return f'<p style="text-align: {align};">{text}</p>'
    if kind == "to":
        return f"<p>{text}</p>"
    return f'<p style="text-indent: 2em;">{"<strong>" + text + "</strong>" if kind == "h" else text}</p>'


def _mso(kind: str, text: str) -> str:
    step = max(12, len(text) // 4)
    cuts = [text[i : i + step] for i in range(0, len(text), step)]
    # An entity must not be cut in two.
    if "&" in text:
        cuts = [text]
    font = "黑体" if kind == "h" else "仿宋_GB2312"
    runs = "".join(
        f'<span style="font-family:{font};font-size:16pt"><font face="{font}">{cut}</font></span>'
        for cut in cuts
    )
    style = f"text-align:{_align(kind)}" if _align(kind) else "text-indent:32pt;line-height:28pt"
    return f'<p class="MsoNormal" style="{style}">{runs}</p>'


def _br(kind: str, text: str) -> str:
    if align := _align(kind):
        return f'<div align="{align}">{text}</div>'
    return f"{'' if kind == 'to' else '&nbsp;&nbsp;&nbsp;&nbsp;'}{text}<br/>"


def _div(kind: str, text: str) -> str:
    align = _align(kind)
    return (
        f'<div style="text-align:{align}">{text}</div>'
        if align
        else f"<div>{'' if kind == 'to' else '　　'}{text}</div>"
    )


def _spans(kind: str, text: str) -> str:
    align = _align(kind) or "justify"
    return f'<p style="text-align:{align}"><span style="font-size:18px">{"" if kind == "to" else "　　"}{text}</span></p>'


_MARKUP: dict[str, Callable[[str, str], str]] = {
    "p": _p,
    "mso": _mso,
    "br": _br,
    "div": _div,
    "spans": _spans,
}


def attachment_links(page: Page, hrefs: list[str]) -> str:
    """The annexes as a list of links; "" where there are none."""
    if not page.attachments:
        return ""
    rows = "".join(
        f'<li><a href="{escape(href)}" title="{escape(item.name)}" target="_blank">{escape(item.name)}</a></li>'
        for item, href in zip(page.attachments, hrefs, strict=True)
    )
    return f'<div class="fjfj"><h4>附件下载</h4><ul class="fjlist">{rows}</ul></div>'


def attachment_paragraphs(page: Page, hrefs: list[str]) -> str:
    """The annexes as paragraphs, as editors put them under the body."""
    return "".join(
        f'<p class="insertfileTag"><img src="/images/icon_{item.kind}.gif"/><a href="{escape(href)}">{escape(item.name)}</a></p>'
        for item, href in zip(page.attachments, hrefs, strict=True)
    )


def document_title(view: SiteView, page: Page) -> str:
    """What stands in <title>: with column and site, with the site, or the site alone."""
    tail, site = view.site.look.tail, view.site
    if tail == "_":
        return escape(f"{page.title}_{view.channel_of(page).name}_{site.name}")
    return escape(f"{page.title}-{site.name}" if tail else site.name)


def header(site: Site) -> str:
    """Top line and navigation."""
    items = "".join(
        f'<li><a href="/{(i and f"nav/{i}/") or ""}">{name}</a></li>' for i, name in enumerate(NAV)
    )
    return (
        f'<div class="header"><div class="top">欢迎访问{site.name}！<script>document.write(new Date().toLocaleDateString())</script>'
        f'<a href="#">无障碍浏览</a> | <a href="#">繁體</a> | <a href="#">手机版</a></div>'
        f'<div class="logo"><a href="/"><img src="/images/logo.png" alt="{site.name}"/></a></div>'
        f'<form class="search" action="/jiansuo"><input name="q" placeholder="请输入关键字"/><button>搜索</button></form>'
        f'<ul class="nav">{items}</ul></div>'
    )


def breadcrumbs(site: Site, channel: Channel, path: str) -> str:
    """当前位置."""
    return (
        f'<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/nav/4/">政务公开</a> &gt; '
        f'<a href="{path}">{channel.name}</a> &gt; 正文</div>'
    )


def share() -> str:
    """Font size, share and print buttons."""
    return (
        '<div class="share">【字体：<a href="javascript:doZoom(18)">大</a> <a href="javascript:doZoom(16)">中</a> '
        '<a href="javascript:doZoom(14)">小</a>】 分享到：<a href="#" class="wx">微信</a> <a href="#" class="wb">微博</a> '
        '<a href="javascript:window.print()">打印</a> <a href="javascript:window.close()">关闭窗口</a></div>'
    )


def related(view: SiteView, page: Page) -> str:
    """相关解读 or 原文, and older pages of the column."""
    explained = view.world.linked_from(page, "interprets")
    originals = [view.world.pages[r.target] for r in page.relations if r.type == "interprets"]
    out = []
    if explained:
        out.append(_link_list("相关解读", explained, view.href))
    if originals:
        out.append(_link_list("政策原文", originals, view.href))
    if older := view.world.neighbours(page, 5):
        out.append(_link_list("相关文章", older, view.href))
    return "\n".join(out)


def _link_list(name: str, pages: list[Page], href: Callable[[Page], str]) -> str:
    rows = "".join(
        f'<li><a href="{href(page)}" title="{escape(page.title)}">{escape(page.title)}</a><span>{page.published}</span></li>'
        for page in pages
        if page.site in SITE
    )
    return f'<div class="xgwz"><h3>{name}</h3><ul>{rows}</ul></div>'


def footer(site: Site) -> str:
    """Sponsor, codes and the mark that all of this is fiction."""
    return (
        f'<div class="footer"><p>主办单位：{site.owner}　承办单位：{site.owner}信息中心（演示）</p>'
        f"<p>网站标识码：{site.code}　演ICP备00000000号　演公网安备 99000000000000号</p>"
        f'<p>联系电话：000-00000000　<a href="/sitemap.html">网站地图</a>　<a href="#">我为政府网站找错</a></p>'
        f"<p>本站为演示站点，机构、地名与文件均为虚构。</p></div>"
    )


def shell(head: str, title: str, body: str) -> str:
    """A whole HTML page."""
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f'{head}\n<title>{title}</title>\n<link rel="stylesheet" href="/css/style.css">\n'
        '<script src="/js/jquery.min.js"></script>\n<script>var _hmt=_hmt||[];function doZoom(n){}</script>\n'
        f"</head>\n<body>\n{body}\n</body></html>\n"
    )


def column_head(site: Site, channel: Channel) -> str:
    """The meta tags of a column page."""
    make = _META[site.look.meta]
    rows = {
        "SiteName": site.name,
        "SiteDomain": f"{site.id}.test",
        "SiteIDCode": site.code,
        "ColumnName": channel.name,
        "ColumnDescription": f"{site.name}{channel.name}栏目",
        "ColumnKeywords": f"{channel.name},演示",
        "ColumnType": channel.name,
    }
    return "\n".join(make(name, value) for name, value in rows.items())


def cut(title: str, length: int = 42) -> str:
    """A title as lists print it: cut with …"""
    return title if len(title) <= length else title[: length - 1] + "…"


def after_row(view: SiteView, page: Page) -> str:
    """What stands behind the link of a row: sub-links such as 相关解读 on the sites that have them, else ""."""
    if page.site != view.site.id or "sublinks" not in view.channel_of(page).traits:
        return ""
    links = "".join(
        f'<a href="{view.href(other)}" title="{escape(other.title)}" target="_blank">【相关解读】</a>'
        for other in view.world.linked_from(page, "interprets")
        if other.site == page.site
    )
    return f'<div class="xgjd">{links}</div>' if links else ""
