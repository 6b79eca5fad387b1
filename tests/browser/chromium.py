"""Debian's Chromium driven by Playwright, and tabs that note what no page of ours may do."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, Response, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# A machine with other work may take so long to draw a page.
PATIENCE = 30_000  # ms
DESK, TELEPHONE = (1200, 900), (360, 740)
OPTIONS = ("--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking")


@contextmanager
def launched(*more: str) -> Iterator[Browser]:
    """A browser without a window, with more options; root has no sandbox to put it in."""
    assert CHROMIUM
    options = [*OPTIONS, *more, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options, timeout=2 * PATIENCE)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Noted:
    """What a tab did: its requests and their answers, and all that went wrong in it."""

    host: str
    answers: list[Response] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def watch(self, page: Page) -> None:
        """Note everything from now on."""
        page.on("request", self._request)
        page.on("response", self._answer)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        page.on("dialog", self._dialog)

    def forget(self) -> None:
        """Begin anew."""
        for one in (self.answers, self.foreign, self.errors, self.dialogs):
            one.clear()
        self.expected = ()

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self.host:
            self.foreign.append(request.url)

    def _answer(self, response: Response) -> None:
        self.answers.append(response)

    def _said(self, message: ConsoleMessage) -> None:
        """Errors and warnings; a browser says by an error, too, what breaks the content security policy."""
        if message.type in ("error", "warning") and not any(one in message.text for one in self.expected):
            self.errors.append(f"{message.location.get('url', '')}: {message.text}")

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def check(self) -> None:
        """Nothing went wrong, and nobody else was asked for anything."""
        wrong = {"foreign": self.foreign, "errors": self.errors, "dialogs": self.dialogs}
        assert not any(wrong.values()), wrong


@contextmanager
def opened(
    browser: Browser, address: str, size: tuple[int, int] = DESK, **options: Any
) -> Iterator[tuple[Page, Noted]]:
    """A tab with an empty profile on a portal; `options` are those of a context of Playwright."""
    context = browser.new_context(
        base_url=address, viewport={"width": size[0], "height": size[1]}, locale="zh-CN", **options
    )
    context.set_default_timeout(PATIENCE)
    noted = Noted(urlsplit(address).netloc)
    page = context.new_page()
    noted.watch(page)
    try:
        yield page, noted
    finally:
        context.close()
