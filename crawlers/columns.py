"""The policy columns a portal or landing page links to, told by the words of their links."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawlers.domains import domain_of
from crawlers.platforms.rows import join
from normalizers.address_dialects import read_address
from normalizers.addresses import address_key, host_of
from normalizers.chars import squeeze
from normalizers.html import parse_html

# Column names in the navigation of 3,209 portals (2026-04) are 2 to 12 characters long; titles are longer.
NAME_LENGTH = range(2, 15)
# How well a name fits; the first pattern that is found counts. 文件 is preferred to 法规, which are often links
# to other sites, and a library to a column that holds a part of it.
KINDS: tuple[tuple[re.Pattern[str], str, float], ...] = (
    (
        re.compile(r"图解|动漫|视频|征集|意见|草案|废止|失效|清理|依申请|年报|指南|信箱|咨询|问答|办事"),
        "",
        0.0,
    ),
    (re.compile(r"解读"), "interpretation", 0.8),
    (re.compile(r"公报$|政府公报"), "gazette", 0.8),
    (re.compile(r"统计数据|数据发布|统计公报|数据公开"), "data", 0.6),
    (re.compile(r"政策文件|文件库|政策库|政府文件"), "policy", 1.0),
    (re.compile(r"规范性文件"), "policy", 0.95),
    (re.compile(r"(?:政府|办|委|局|厅|部门?)发?文件$|公文|发文$|[政府]办?[发函字]$"), "policy", 0.85),
    (re.compile(r"政策法规|法规文件|规章|法规政策|政策规章"), "policy", 0.75),
    (re.compile(r"^(?:最新)?政策(?:发布|公开)?$|^文件(?:发布|公开|通知)?$|政策$"), "policy", 0.7),
    (re.compile(r"通知公告|公告公示|公示公告|通告公告|公告$|^通知$|通告$|^公示$"), "notice", 0.6),
)
# Pages that hold no rows themselves but lead to columns that do.
LANDING = re.compile(r"政务公开|信息公开|主动公开|公开目录|公开内容|信息目录")


@dataclass(frozen=True, slots=True)
class Column:
    """A link that reads like a policy column; `type` is "" for a page that only leads to columns."""

    name: str
    type: str
    url: str
    weight: float


def column_type(name: str) -> str:
    """The content type that the name of a column speaks of; "" where it speaks of none."""
    return next((kind for pattern, kind, _ in KINDS if pattern.search(squeeze(name))), "")


def find_columns(text: str, url: str, hosts: Collection[str] | None = None) -> tuple[Column, ...]:
    """The columns a page links to, the one that fits best first, each address once.

    Only those on `hosts` (None: on any host of the page's owner).
    """
    root = parse_html(text)
    if root is None:
        return ()
    own, owner = _key(url), domain_of(url)
    found: dict[str, Column] = {}
    for column in _columns(root, url):
        key = _key(column.url)
        ours = domain_of(column.url) == owner if hosts is None else host_of(column.url) in hosts
        if ours and key != own and key not in found:
            found[key] = column
    return tuple(sorted(found.values(), key=lambda column: -column.weight))


def _columns(root: HtmlElement, url: str) -> Iterator[Column]:
    for link in root.iter("a"):
        name = squeeze("".join(link.itertext())) or squeeze(link.get("title") or "")
        if len(name) not in NAME_LENGTH or not (address := join(url, link.get("href") or "")):
            continue
        if read_address(address).kind == "detail":
            continue
        for pattern, kind, weight in KINDS:
            if pattern.search(name):
                if weight:
                    yield Column(name, kind, _plain(address), weight)
                break
        else:
            if LANDING.search(name):
                yield Column(name, "", _plain(address), 0.4)


def _plain(url: str) -> str:
    """An address without its fragment, but for a number: columns of 广东 gkmlpt are /gkmlpt/index#1234."""
    page, _, fragment = url.partition("#")
    return url if fragment.isdecimal() else page


def _key(url: str) -> str:
    fragment = url.partition("#")[2]
    try:
        return f"{address_key(url)}#{fragment}"
    except ValueError:
        return url
