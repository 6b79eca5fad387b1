"""Saved pages as the site they were saved from: which of them is the list, and where each was."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from crawlers.asking import Answer
from crawlers.list_likeness import likeness, read_document
from crawlers.platforms import PLATFORMS
from crawlers.platforms.list_requests import ListRequest
from crawlers.site import Channel
from crawlers.strangers import families, first_request, newcomer
from normalizers.address_dialects import read_address
from normalizers.addresses import address_key, host_of
from normalizers.attachments.reading import sniff_kind
from normalizers.chars import squeeze
from normalizers.encoding import decode_page
from normalizers.failures import ADVICE, Failure
from normalizers.html import parse_html
from normalizers.meta_tags import first_tag, read_meta_tags
from normalizers.normalize import is_binary
from normalizers.page import ListRow
from pipelines.normalize_worker import PAGE_KINDS

# The limit of the crawl for pages.
MAX_BYTES = 8 << 20
MAX_FILES = 20
# What browsers write into a page they save ("mark of the web").
SAVED_FROM = re.compile(r"<!-- saved from url=\(\d{4}\)(https?://\S+) -->")
# A page needs an address to be read; this one belongs to nobody (RFC 2606).
NOWHERE = "https://unknown.invalid/"


class SavedPagesError(Exception):
    """Saved pages that cannot be used; said in one line (Chinese)."""


@dataclass(frozen=True, slots=True)
class SavedSite:
    """The list's address, the pages by what would be asked for them, documents of them, files left over."""

    url: str
    answers: tuple[Answer, ...]
    details: tuple[str, ...]
    unused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Saved:
    path: Path
    data: bytes
    url: str
    rows: tuple[ListRow, ...] = ()


def load_saved_site(files: Sequence[Path], url: str | None, today: date) -> SavedSite:
    """Read the files; `url` is the address of the list where it does not tell it. Raises SavedPagesError."""
    if len(files) > MAX_FILES:
        raise SavedPagesError(f"一次最多读 {MAX_FILES} 个文件")
    pages = [_load(path, url if len(files) == 1 else None) for path in files]
    chosen = max(pages, key=lambda page: _fitness(page, pages, today))
    if not _is_page(chosen.data):
        raise SavedPagesError(f"{Failure.NOT_A_PAGE.value}：{chosen.path}：{ADVICE[Failure.NOT_A_PAGE]}")
    address = url or chosen.url
    if not address:
        raise SavedPagesError(f"{chosen.path} 没有说明自己的网址，请写出列表页的网址，或用 --url")
    chosen = _read(chosen.path, chosen.data, address)
    _refuse_no_list(chosen, today)
    answers = [Answer(first_request(address), address, chosen.data)]
    details, unused = [], []
    for page in pages:
        if page.path == chosen.path:
            continue
        place = _place_in(chosen, page, today)
        if place is None:
            unused.append(str(page.path))
            continue
        answers.append(Answer(ListRequest(place), place, page.data))
        details.append(place)
    return SavedSite(address, tuple(answers), tuple(details), tuple(unused))


def _load(path: Path, url: str | None) -> _Saved:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise SavedPagesError(f"无法打开文件 {path}：{error.strerror or error}") from error
    if not data.strip():
        raise SavedPagesError(f"文件是空的：{path}")
    if len(data) > MAX_BYTES:
        raise SavedPagesError(f"文件超过 {MAX_BYTES >> 20} MiB：{path}")
    return _read(path, data, url or own_address(decode_page(data)))


def _read(path: Path, data: bytes, url: str) -> _Saved:
    """A saved page with the rows it has when it is read as a list."""
    address = url or NOWHERE
    site = newcomer(address)
    answer = Answer(ListRequest(address), address, data)
    for kind in dict.fromkeys((*(family.platform for family in families(answer)), "generic")):
        page = PLATFORMS[kind](site).parse_list(data, address, Channel("", "policy", address))
        if page.rows:
            return _Saved(path, data, url, page.rows)
    return _Saved(path, data, url)


def own_address(text: str) -> str:
    """The address a saved page names as its own: the browser's mark, canonical link, og:url; "" for none."""
    if mark := SAVED_FROM.search(text[:4000]):
        return mark[1]
    root = None if text.lstrip()[:1] in ("{", "[") else parse_html(text)
    if root is None:
        return ""
    links = [link.get("href") or "" for link in root.iter("link") if link.get("rel") == "canonical"]
    tag = first_tag(read_meta_tags(root), ("og:url",))
    bases = [base.get("href") or "" for base in root.iter("base")]
    named = [*links, *((tag[1],) if tag else ()), *bases]
    return next((one for one in named if one.startswith(("http://", "https://")) and host_of(one)), "")


def _is_page(data: bytes) -> bool:
    """Whether some bytes can be a list: markup or data, no picture and no document."""
    return sniff_kind(data) in PAGE_KINDS and not is_binary(data)


def _refuse_no_list(page: _Saved, today: date) -> None:
    """Raise SavedPagesError for a document at the address of one, whose rows are related links.

    A front page may hold the list (国家版权局, 2026), and a page may only read like a document: these are
    questions for the operator.
    """
    named = read_address(page.url).kind == "detail"
    if page.rows and named and likeness(page.url, page.data, today) == "document":
        raise SavedPagesError(
            f"{page.path}（{page.url}）像一篇文件，不是列表：请连同它所在栏目的列表页一起给 --from。没有写出任何文件。"
        )


def _fitness(page: _Saved, pages: Sequence[_Saved], today: date) -> tuple[bool, int, bool, int]:
    """How well a page fits as the list of the others: what its address says, their number, its rows."""
    linked = _linked(page, pages, today)
    fits = read_address(page.url).kind not in ("detail", "home")
    return fits and linked > 0, linked, fits, len(page.rows)


def _linked(page: _Saved, pages: Sequence[_Saved], today: date) -> int:
    """How many of the other pages are documents of this list."""
    if not page.rows:
        return 0
    return sum(_place_in(page, other, today) is not None for other in pages if other is not page)


def _place_in(listing: _Saved, page: _Saved, today: date) -> str | None:
    """The address under which a list has a page: the page's own, else that of the row with its title."""
    by_key = {_key(row.url): row.url for row in listing.rows}
    if page.url and _key(page.url) in by_key:
        return by_key[_key(page.url)]
    title = _title(page, today)
    if len(title) < 6:
        return None
    for row in listing.rows:
        told = squeeze(row.title).rstrip(".…")
        if len(told) >= 6 and (title.startswith(told) or told.startswith(title)):
            return row.url
    return None


def _title(page: _Saved, today: date) -> str:
    policy = read_document(page.url or NOWHERE, page.data, today)
    return squeeze(policy.title or "") if policy else ""


def _key(url: str) -> str:
    try:
        return address_key(url)
    except ValueError:
        return url
