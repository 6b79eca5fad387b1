"""Saved pages as a network: how real pages go through the real spiders without asking anybody."""

import json
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from crawlers.counts import counts_of
from crawlers.failures import NOT_SAVED_FLAG
from crawlers.saved_lists import UNKNOWN
from crawlers.stopping import check_running
from normalizers.addresses import address_key, host_of

DETAILS = "truth.jsonl"
LISTS = "lists.jsonl"
# A saved page is read whole; the largest real file, an attachment, had 31 MB (2026).
MAX_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class SavedPage:
    """One saved page; `media_type` is guessed from the name of the file, without a charset."""

    url: str
    path: Path
    media_type: str


@dataclass(frozen=True, slots=True)
class Replay:
    """The pages of a folder: details and lists in the order of their rows, all of them by address key.

    `skipped` has one line for each row that could not be used, with file, line and reason (Chinese).
    """

    details: tuple[SavedPage, ...]
    lists: tuple[SavedPage, ...]
    pages: dict[str, SavedPage]
    skipped: tuple[str, ...]

    def __deepcopy__(self, memo: dict[int, Any]) -> "Replay":
        return self


def load_replay(folder: Path) -> Replay:
    """Read `truth.jsonl` (details) and `lists.jsonl` (lists) of a folder; of each row `file` and `url` only.

    A row without a usable address gets `https://unknown.invalid/<file>`. A row that cannot be used is
    skipped and named; of two rows with one address the first counts. Raises FileNotFoundError where
    neither file exists.
    """
    if not any((folder / name).is_file() for name in (DETAILS, LISTS)):
        raise FileNotFoundError(f"{folder} 中没有 {DETAILS} 或 {LISTS}")
    pages: dict[str, SavedPage] = {}
    skipped: list[str] = []
    kinds: dict[str, list[SavedPage]] = {DETAILS: [], LISTS: []}
    for manifest, saved in kinds.items():
        for where, row in _rows(folder / manifest, skipped):
            page = _saved_page(folder, row)
            if isinstance(page, str):
                skipped.append(f"{where}：{page}")
                continue
            key = address_key(page.url)
            if key in pages:
                skipped.append(f"{where}：地址与前面的行重复 {page.url}")
                continue
            pages[key] = page
            saved.append(page)
    return Replay(tuple(kinds[DETAILS]), tuple(kinds[LISTS]), pages, tuple(skipped))


def _rows(manifest: Path, skipped: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    if not manifest.is_file():
        return
    with manifest.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            where = f"{manifest.name} 第 {number} 行"
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            if isinstance(row, dict):
                yield where, row
            else:
                skipped.append(f"{where}：不是 JSON 对象")


def _saved_page(folder: Path, row: dict[str, Any]) -> SavedPage | str:
    """The page of a row, or why there is none."""
    file = row.get("file")
    if not isinstance(file, str) or not file or "\0" in file:
        return "缺少 file"
    path = folder / file
    if not path.resolve().is_relative_to(folder.resolve()):
        return f"文件不在目录之内：{file}"
    if not path.is_file():
        return f"文件不存在：{file}"
    if path.stat().st_size > MAX_BYTES:
        return f"文件超过大小上限：{file}"
    return SavedPage(_usable_url(row.get("url")) or UNKNOWN + file, path, _media_type(path))


def _usable_url(url: object) -> str:
    if not isinstance(url, str) or not url.startswith(("http://", "https://")) or not host_of(url):
        return ""
    try:
        address_key(url)
    except ValueError:
        return ""
    return url


def _media_type(path: Path) -> str:
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"


class ReplayHandler(BaseDownloadHandler):
    """Download handler that answers from saved pages; what is not saved is 404, robots.txt is empty.

    It takes the place of the handler that has sockets, so nothing reaches the network, whatever asks.
    """

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.replay: Replay = crawler.settings["ZHENGCE_REPLAY"]

    async def download_request(self, request: Request) -> Response:
        """Answer one request."""
        check_running(self.crawler)
        counts_of(self.crawler.spider, request.meta.get("channel", "")).requests += 1
        if request.meta.get("kind") == "robots":
            return _answer(request.url, "text/plain", b"")
        page = self._find(request.url)
        if page is None:
            return Response(request.url, 404, flags=[NOT_SAVED_FLAG])
        return _answer(request.url, page.media_type, page.path.read_bytes())

    def _find(self, url: str) -> SavedPage | None:
        try:
            return self.replay.pages.get(address_key(url))
        except ValueError:
            return None


def _answer(url: str, media_type: str, body: bytes) -> Response:
    headers = Headers({b"Content-Type": media_type.encode()})
    kind = responsetypes.from_args(headers=headers, url=url, body=body)
    return kind(url, 200, headers, body)
