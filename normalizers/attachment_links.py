"""Links of a detail page that lead to its annexes, or to the document as a file."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from lxml.html import HtmlElement

from normalizers.chars import tidy
from normalizers.containers import matches
from normalizers.file_endings import FILES
from normalizers.html import parse_html
from normalizers.page import AttachmentLink, Hints
from normalizers.page_json import read_json_page

MAX_LINKS = 300
MAX_ANCHORS = 20_000
MAX_FRAMES = 50
MAX_FIELDS = 20
MAX_NAME = 200
# Longer links are not remembered; so those that are take 8 MB at most.
MAX_KNOWN = 500
EXTENSION = re.compile(rf"\.(?:{FILES})$", re.IGNORECASE)
# Only a link with one of these can be to a file whose ending does not end the link.
WRITTEN_OTHERWISE = re.compile(r"[%?#;\s]")
# Download programs of JCMS, VSB, Longxun, CAC and kin (seen 2018-2026).
DOWNLOAD = re.compile(
    r"downfile\.jsp|downloadfile|download\.jsp|DownloadAttach|/attachment/|download\?|/download/|filedown|downfile|attach(?:ment)?id=|fileid=",
    re.IGNORECASE,
)
# Elements that show a file in the page (HTML Standard, embedded content), and the attribute that names it.
EMBEDDED = {"iframe": "src", "embed": "src", "object": "data"}
# The viewer of pdf.js is a page; the file is its parameter: /pdfjs/web/viewer.html?file=/a.pdf.
VIEWER = re.compile(r"\.html?$", re.IGNORECASE)
VIEWED = ("file", "url", "pdf", "src")
# What the bytes of a page hold, in lower case, where EXTENSION or DOWNLOAD finds a link; most real pages hold none.
FILE_END = re.compile(rb"\.(?:pdf|doc|wps|ofd|xls|et|dps|zip|rar|7z|ppt|ceb|rtf|csv|txt|tif)")
FILE_WORDS = (
    b"download",
    b"downfile",
    b"filedown",
    b"/attachment/",
    b"attachid=",
    b"attachmentid=",
    b"fileid=",
)
# Letters and dots of a link in another spelling: %2E and &#46;.
PERCENT = re.compile(rb"%(?:2e|[3-7][0-9a-f])")
ATTRIBUTE = re.compile(rb"(?:href|src|data)\s*=")
MAX_ATTRIBUTE = 2_000
# Bytes with more entities than this are parsed at once.
MAX_ENTITIES = 20_000
ADDRESSES = (b"href", b"src", b"data")
# Links that lead nowhere, and what those can begin with.
NOWHERE = ("#", "javascript:", "mailto:", "tel:", "data:")
NOWHERE_INITIALS = frozenset("#jJmMtTdD")
NAME_IN_SELECTOR = re.compile(r"[.#]([\w-]+)")
EMPTY_NAME = re.compile(
    r"^(?:点击|点此|附件)?(?:下载|查看|打开|下载附件|附件下载|下载查看|点击下载|查看附件|预览|此处|这里)?[\d:：.、]*$"
)
SHELL = re.compile(
    r"(?:^|[\s_-])(?:nav|menu|header|footer|foot|top|bottom|sidebar|banner|copyright|friend|link|links)(?:$|[\s_-])",
    re.IGNORECASE,
)
OTHER_PAPER = re.compile(r"解读|一图读懂|图解|说明书下载|阅读器|浏览器|客户端下载|操作手册")


def is_file_link(href: str) -> bool:
    """Whether a link leads to a file: by the end of its path or query, or by a download program."""
    return _known_link(href) if len(href) <= MAX_KNOWN else _leads_to_file(href)


@lru_cache(maxsize=4096)
def _known_link(href: str) -> bool:
    """The answer for a link, remembered: the pages of a site share most of theirs."""
    return _leads_to_file(href)


def _leads_to_file(href: str) -> bool:
    if not is_address(href):
        return False
    if not (WRITTEN_OTHERWISE.search(href) or EXTENSION.search(href) or DOWNLOAD.search(href)):
        return False
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    if EXTENSION.search(unquote(parts.path)) or (parts.query and EXTENSION.search(unquote(parts.query))):
        return True
    return bool(DOWNLOAD.search(href)) and not href.lower().endswith((".html", ".htm", ".shtml"))


def is_address(href: str) -> bool:
    """Whether a link leads anywhere but to a place or script of its own page."""
    if href[:1] not in NOWHERE_INITIALS:
        return bool(href)
    return not href.lower().startswith(NOWHERE)


def absolute(base: str, href: str) -> str | None:
    """The absolute address of a link; None where it cannot be one."""
    try:
        return urljoin(base, href)
    except ValueError:
        return None


def in_shell(element: HtmlElement) -> bool:
    """Whether an element stands in the header, navigation or footer of a page."""
    for parent in element.iterancestors():
        if parent.tag in ("nav", "header", "footer"):
            return True
        name = f"{parent.get('id') or ''} {parent.get('class') or ''}"
        if name != " " and SHELL.search(name):
            return True
    return False


def _text(element: HtmlElement) -> str:
    return "".join(t for t in element.itertext() if isinstance(t, str))


def link_name(element: HtmlElement, url: str) -> str:
    """The name of an annex: link text, else its title, else the text before it, else the file's name."""
    text = tidy(_text(element))
    title = tidy(element.get("title") or "")
    if EMPTY_NAME.match(text) or text.endswith(("...", "…")):
        previous = element.getprevious()
        before = tidy((previous.tail if previous is not None else element.getparent().text) or "")
        text = title or (before if len(before) > 3 and not EMPTY_NAME.match(before) else "") or text
    return (text or unquote(urlsplit(url).path.rpartition("/")[2]))[:MAX_NAME]


def find_attachment_links(root: HtmlElement, url: str, hints: Hints) -> tuple[AttachmentLink, ...]:
    """The links of a parsed page that lead to its annexes, in reading order, each address once."""
    base = base_of(root, url)
    hinted = [
        a for s in hints.attachments for e in matches(root, s) for a in ([e] if e.tag == "a" else e.iter("a"))
    ]
    found: dict[str, AttachmentLink] = {}
    chosen = set(hinted)
    for element in islice(root.iter("a"), MAX_ANCHORS):
        href = (element.get("href") or "").strip()
        if not (is_file_link(href) or (element in chosen and is_address(href))):
            continue
        address = absolute(base, viewed_file(href))
        if address is None or address in found:
            continue
        name = link_name(element, address)
        if element in chosen or not (OTHER_PAPER.search(name) or in_shell(element)):
            found[address] = AttachmentLink(address, name)
        if len(found) >= MAX_LINKS:
            break
    for link in embedded_files(root, base):
        if len(found) < MAX_LINKS:
            found.setdefault(link.url, link)
    return tuple(found.values())


def base_of(root: HtmlElement, url: str) -> str:
    """The address that relative links of a page start from."""
    base = next((e.get("href") for e in root.iter("base") if e.get("href")), None)
    return (absolute(url, base) if base else None) or url


def viewed_file(href: str) -> str:
    """The file that a viewer page shows, for other links the link itself."""
    if "?" not in href:
        return href
    try:
        parts = urlsplit(href)
        if not VIEWER.search(parts.path):
            return href
        told = parse_qs(parts.query, max_num_fields=MAX_FIELDS)
    except ValueError:
        return href
    values = (value for name in VIEWED for value in told.get(name, ()))
    return next((value for value in values if is_file_link(value)), href)


def embedded_files(root: HtmlElement, base: str) -> Iterator[AttachmentLink]:
    """The files that a page shows in a frame, named by their title or by themselves."""
    for element in islice(root.iter(*EMBEDDED), MAX_FRAMES):
        href = (element.get(EMBEDDED[element.tag]) or "").strip()
        if is_file_link(href) and (address := absolute(base, viewed_file(href))) and not in_shell(element):
            name = tidy(element.get("title") or "") or unquote(urlsplit(address).path.rpartition("/")[2])
            yield AttachmentLink(address, name[:MAX_NAME])


def files_without_address(root: HtmlElement) -> tuple[str, ...]:
    """The names of files whose links lead nowhere without a script (`href="javascript:;"`; NFCMS, Epoint, 2020-2021)."""
    found: dict[str, None] = {}
    for element in islice(root.iter("a"), MAX_ANCHORS):
        if is_address((element.get("href") or "").strip()):
            continue
        text = _text(element) if len(element) else element.text or ""
        told = (text, element.get("title") or "", element.get("alt") or "")
        if any("." in name and EXTENSION.search(tidy(name)) for name in told) and not in_shell(element):
            found[(tidy(text) or tidy(told[1] or told[2]))[:MAX_NAME]] = None
            if len(found) >= MAX_LINKS:
                break
    return tuple(found)


def extract_attachment_links(data: bytes, url: str, hints: Hints) -> tuple[AttachmentLink, ...]:
    """The links of a detail page, HTML or JSON, that lead to its annexes; () for bytes that are neither. Never raises."""
    told = read_json_page(data, hints) if hints.json_body else None
    if told is not None:
        data, hints = told.markup, told.hints
    if not may_link_files(data, hints):
        return ()
    root = parse_html(data)
    return find_attachment_links(root, url, hints) if root is not None else ()


def may_link_files(data: bytes, hints: Hints) -> bool:
    """Whether a page can have a link to an annex, by its bytes alone: a twentieth of the time of parsing it."""
    low = data.lower()
    if not any(name in low for name in ADDRESSES):
        return False
    if FILE_END.search(low) or any(word in low for word in FILE_WORDS):
        return True
    if b"\x00" in low or PERCENT.search(low):
        return True
    if has_entity(low):
        return True
    return any(all(name in low for name in names) for names in _names_of(hints.attachments))


def has_entity(low: bytes) -> bool:
    """Whether an attribute that may be a link spells a character by its number; each byte is read once or twice."""
    last, at = 0, low.find(b"&#")
    for _ in range(MAX_ENTITIES):
        if at < 0:
            return False
        before = low[max(last, at - MAX_ATTRIBUTE) : at]
        if ATTRIBUTE.search(before, max(before.rfind(b"<"), before.rfind(b">"), 0)):
            return True
        last, at = at, low.find(b"&#", at + 2)
    return True


@lru_cache(maxsize=256)
def _names_of(selectors: tuple[str, ...]) -> tuple[tuple[bytes, ...], ...]:
    """For each selector the ids and classes that a page must name; none where it is not that simple."""
    return tuple(
        () if re.search(r"[^\w\s.#>-]", s) else tuple(n.lower().encode() for n in NAME_IN_SELECTOR.findall(s))
        for s in selectors
    )
