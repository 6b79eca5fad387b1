"""Links of a list: which address a row leads to, however it is written, and which title it carries."""

import base64
import binascii
import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from lxml.html import HtmlElement as Element

from normalizers.chars import tidy

# Texts of links that are no titles: pagers, buttons and the links to other forms of the same row.
NAVIGATION = re.compile(
    r"首页|第一页|上一?页|下一?页|尾页|末页|最后一?页|更多|返回|打印|关闭|[<>«»]+|\d+|more|next|prev|last|first"
    r"|(?:19|20)\d{2}\s*(?:年|[-/.])?\s*(?:\d{1,2}\s*月?)?|\[?\s*(?:详情|详细|查看|阅读全文|全文|下载|查看详情|相关解读|解读|图解|查看更多|更多[>+»]+)\s*\]?",
    re.IGNORECASE,
)
# Links of the shell of a page, and those from one document to the next.
SHELL_TEXT = re.compile(
    r"^\s*[上下]一[篇条]|公网安备|ICP备|^(?:网站地图|联系我们|关于我们|网站帮助|网站声明|高级搜索|政府网站标识码.*)$"
)
BULLETS = "·•▪◆■●◇□▶►>*-—–　 \t\r\n\xa0"
PINNED_HEAD = re.compile(r"\s*[\[【(（〔]\s*置顶\s*[\]】)）〕]\s*|NEW\b\s*")
# PowerEasy prints the whole record into the title attribute (动易 templates, 2010-2020).
TITLE_RECORD = re.compile(r"(?:文章)?标\s*题\s*[:：]\s*(.+?)\s*(?:作\s*者|更新时间|发布时间|发布日期|点击|$)")
HEADINGS = ("h1", "h2", "h3", "h4", "h5")
SILENT = frozenset({"script", "style", "noscript", "template"})
# Where an address stands in a script: location.href='…', window.open("…"), or any quoted path.
LOCATION = re.compile(
    r"(?:location(?:\.href)?|window\.open|gotopage|goto)\s*[=(]\s*(?:encodeURI\()?['\"]([^'\"]+)['\"]",
    re.IGNORECASE,
)
QUOTED_PATH = re.compile(
    r"['\"]((?:https?://|\.{0,2}/)[^'\"\s<>]{2,500}|[\w./-]{1,300}\.(?:s?html?|jhtml|jsp|aspx?|php|pdf|docx?|ofd)(?:\?[^'\"\s<>]{0,300})?)['\"]"
)
QUOTED_CODE = re.compile(r"['\"]([A-Za-z0-9+/_-]{8,800}={0,2})['\"]")
DATA_ADDRESSES = ("data-url", "data-href", "data-link")
NOWHERE = ("javascript:", "mailto:", "tel:", "#", "data:", "about:")
# Redirectors that name their target (陕西 visit/link.do?url=, 2018-2026).
REDIRECTOR = re.compile(r"/(?:link|redirect|jump|goto|go|transfer|outlink|url)(?:\.\w{2,5})?$", re.IGNORECASE)
TARGETS = ("url", "target", "link", "to", "redirect", "redirect_url", "href", "u")
HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)
PRIVATE_NAMES = (".local", ".localhost", ".internal", ".lan", ".intranet")
# Longer addresses are no pages (the longest seen on 300 hosts has 700 characters).
MAX_ADDRESS = 2_000
# Titles with everything some templates print into the attribute.
MAX_TITLE = 1_000


def join(base: str, href: str) -> str:
    """The absolute address of a link, redirectors unwrapped; "" where it leads nowhere a crawler goes."""
    href = re.sub(r"[\t\r\n]", "", href).strip() if href else ""
    if not href or len(href) > MAX_ADDRESS or (href.startswith("#") and not href.startswith(("#/", "#!"))):
        return ""
    try:
        address = urljoin(base, href)
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    address = address.replace(" ", "%20")
    if parts.query and REDIRECTOR.search(parts.path):
        return _unwrap(parts.query, address) or address
    return address


def _unwrap(query: str, base: str) -> str:
    """The public address which a redirector's query names; "" where it names none."""
    values = {key.lower(): value.strip() for key, value in parse_qsl(query)}
    for name in TARGETS:
        value = values.get(name, "")
        for target in (value, unquote(value), decode_base64(value)):
            if target.startswith(("http://", "https://")) and is_public(target):
                return target.replace(" ", "%20")
            if target.startswith("/") and not target.startswith("//"):
                return urljoin(base, target).replace(" ", "%20")
    return ""


def is_public(address: str) -> bool:
    """Whether an address names a host of the public network, as far as its spelling tells."""
    try:
        host = (urlsplit(address).hostname or "").lower()
    except ValueError:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return bool(HOST.fullmatch(host)) and not host.endswith(PRIVATE_NAMES)


def decode_base64(text: str) -> str:
    """What a base64 code says where it says something printable; else ""."""
    if len(text) < 4 or len(text) > MAX_ADDRESS:
        return ""
    try:
        code = text.replace("-", "+").replace("_", "/")
        plain = base64.b64decode(code + "=" * (-len(code) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
    return plain if plain.isprintable() else ""


def link_address(link: Element, base: str) -> str:
    """Where a link leads: its href, a data attribute, or the address in its script; "" for a dead one."""
    href = link.get("href") or ""
    if href.strip() and not href.lstrip().lower().startswith(NOWHERE):
        return join(base, href)
    for name in DATA_ADDRESSES:
        if (address := link.get(name)) and not address.lstrip().lower().startswith(NOWHERE):
            return join(base, address)
    if href.startswith(("#/", "#!")):
        return join(base, href)
    return script_address(link.get("onclick") or "", base) or script_address(href, base)


def script_address(script: str, base: str) -> str:
    """The address that a link's script opens: after location or open, any quoted path, a base64 code of one."""
    if "'" not in script and '"' not in script:
        return ""
    for pattern in (LOCATION, QUOTED_PATH):
        if (match := pattern.search(script)) is not None and (address := join(base, match[1])):
            return address
    for code in QUOTED_CODE.findall(script):
        plain = decode_base64(code)
        if plain and QUOTED_PATH.fullmatch(f"'{plain}'"):
            return join(base, plain)
    return ""


def is_title(text: str) -> bool:
    """Whether a link's text can be a title."""
    return len(text) >= 2 and not NAVIGATION.fullmatch(text) and not SHELL_TEXT.search(text)


def clean_title(text: str) -> str:
    """A list title without bullets, pins and NEW marks."""
    text = tidy(text).strip(BULLETS)
    head = PINNED_HEAD.match(text)
    return text[head.end() :].strip(BULLETS) if head else text


def told_title(link: Element) -> str:
    """The title attribute of a link, without what some templates print around the title."""
    told = (link.get("title") or "")[:MAX_TITLE]
    if not told:
        return ""
    record = TITLE_RECORD.match(tidy(told))
    return clean_title(record[1] if record else told)


def whole_title(visible: str, told: str) -> str:
    """The longer of a link's text and its title attribute where both are the same title."""
    bare = visible.rstrip(".…")
    if len(told) <= len(bare):
        return visible
    alike = not bare or bare[:4] in told or told[:4] in bare
    return told if alike or bare != visible else visible


def chunks(element: Element) -> Iterator[tuple[Element, str]]:
    """Every text of an element with the element it stands in, scripts left out."""
    if not isinstance(element.tag, str) or element.tag in SILENT:
        return
    if element.text:
        yield element, element.text
    for child in element:
        yield from chunks(child)
        if child.tail:
            yield element, child.tail
