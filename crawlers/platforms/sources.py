"""Where the rows of a page without rows lie: in a frame, a JSON file beside it, a fragment its script loads."""

import re
from urllib.parse import parse_qsl, urlsplit

from lxml.html import HtmlElement as Element

from crawlers.platforms.links import join
from crawlers.platforms.list_requests import Paging
from normalizers.addresses import host_of

JSON_FILE = re.compile(
    r"""(?:getJSON\s*\(|\.get\s*\(|fetch\s*\(|open\s*\(\s*["'](?:GET|get)["']\s*,|\b(?:url|src|path|file|json\w*)["']?\s*[:=])\s*["']([^"'\s<>]{1,300}\.json(?:\?[^"'\s<>]{0,100})?)["']"""
)
FRAGMENT = re.compile(r"""\.load\s*\(\s*["']([^"'\s<>]{1,300}\.s?html?(?:\?[^"'\s<>]{0,100})?)["']""")
# Files and frames that hold anything but a list.
OTHER = re.compile(
    r"config|menu|nav|manifest|package|lang|i18n|locale|weather|tianqi|city|region|area|map|geo|tree|search|login|share|video|player|banner|foot|head|top\.|tail|bottom"
    r"|left|side|copyright|postmeta|hits|click|visit|_files|links?\.|tongji|count|jiucuo|interact|message|comment|robot|chat|error|help|wza|qrcode",
    re.IGNORECASE,
)
MAX_FRAMES = 20


def find_source(root: Element, text: str, url: str) -> Paging | None:
    """Where a page without rows says that they lie; None where it does not say."""
    address = _menu(root, url) or _frame(root, url) or _file(text, url)
    return Paging(address) if address and address != url else None


def _frame(root: Element, url: str) -> str:
    """The frame of the page's own host that shows a list: below the column first, else the only one."""
    frames = [
        join(url, frame.get("src") or frame.get("data-src") or "")
        for frame, _ in zip(root.iter("iframe", "frame"), range(MAX_FRAMES), strict=False)
    ]
    own = [a for a in frames if a and host_of(a) == host_of(url) and not OTHER.search(urlsplit(a).path)]
    below = [address for address in own if urlsplit(address).path.startswith(_folder(url))]
    if below:
        return below[0]
    return own[0] if len(own) == 1 else ""


def _file(text: str, url: str) -> str:
    """The JSON file or fragment beside the column that a script asks for."""
    for pattern in (JSON_FILE, FRAGMENT):
        if pattern is JSON_FILE and ".json" not in text:
            continue
        for found in pattern.finditer(text):
            address = join(url, found[1])
            beside = pattern is JSON_FILE or urlsplit(address).path.startswith(_folder(url))
            if beside and host_of(address) == host_of(url) and not OTHER.search(found[1].lstrip("./")):
                return address
    return ""


def _menu(root: Element, url: str) -> str:
    """The static list behind the entry of a menu that the page's query names (内蒙古生态环境厅 ?gk=3&cid=…)."""
    query = parse_qsl(urlsplit(url).query)
    entries = [link for link in root.iter("a", "li") if link.get("data-url")]
    for name, value in reversed(query):
        for entry in entries:
            named = f"{name}={value}" in re.split(r"[?&]", entry.get("href") or "")
            if named or value in (
                entry.get("data-id"),
                entry.get("data-cid"),
                entry.get("id"),
                entry.get(f"data-{name}"),
            ):
                return join(url, entry.get("data-url") or "")
    return join(url, entries[0].get("data-url") or "") if entries and not query else ""


def _folder(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[0] + "/"
