"""Every kind of page in a real browser: accessible, light, no wider than a telephone, asking nobody else."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import DESK, TELEPHONE, Noted, opened
from page_kinds import PAGE_KINDS, PageKind
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

MOST_BYTES = 120 * 1024
EVERY_KIND = pytest.mark.parametrize("kind", PAGE_KINDS, ids=lambda kind: kind.name)
WIDE = "document.documentElement.scrollWidth"
STICKING_OUT = """() => [...document.querySelectorAll("body *")]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".wide, pre"))
  .slice(0, 5).map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture
def at_a_desk(browser: Browser, demo: str) -> Iterator[tuple[Page, Noted]]:
    """A tab of somebody who comes for the first time."""
    with opened(browser, demo, DESK) as tab:
        yield tab


@pytest.fixture
def on_a_telephone(browser: Browser, demo: str) -> Iterator[tuple[Page, Noted]]:
    """A narrow tab in the dark."""
    with opened(browser, demo, TELEPHONE, color_scheme="dark", is_mobile=True) as tab:
        yield tab


@EVERY_KIND
def test_a_first_visit_at_a_desk(
    at_a_desk: tuple[Page, Noted], kind: PageKind, ids: Mapping[str, str], pictures: Path
) -> None:
    page, noted = at_a_desk
    visit(page, noted, kind, ids)
    sent = weights(noted)
    assert {"portal.css", "portal.js"} <= {url.split("?")[0].rsplit("/", 1)[1] for url in sent}
    assert sum(sent.values()) <= MOST_BYTES, sent
    page.screenshot(path=pictures / f"{kind.name}.png")
    open_all(page)
    assert violations(page) == []
    noted.check()


@EVERY_KIND
def test_a_visit_by_telephone_at_night(
    on_a_telephone: tuple[Page, Noted], kind: PageKind, ids: Mapping[str, str], pictures: Path
) -> None:
    page, noted = on_a_telephone
    visit(page, noted, kind, ids)
    page.screenshot(path=pictures / f"{kind.name}-telephone.png")
    open_all(page)
    assert page.evaluate(STICKING_OUT) == []
    assert page.evaluate(WIDE) <= TELEPHONE[0]
    assert violations(page) == []
    noted.check()


def visit(page: Page, noted: Noted, kind: PageKind, ids: Mapping[str, str]) -> None:
    """Go to a page of a kind; of one with an error the browser says so in its console."""
    noted.expected = (f"status of {kind.status}",) if kind.status >= 400 else ()
    answer = page.goto(kind.path.format_map(ids))
    assert answer is not None
    assert answer.status == kind.status


def weights(noted: Noted) -> dict[str, int]:
    """The bytes that went over the wire for each address, headers too."""
    sizes = {answer.url: answer.request.sizes() for answer in noted.answers}
    return {url: one["responseBodySize"] + one["responseHeadersSize"] for url, one in sizes.items()}


def open_all(page: Page) -> None:
    """Unfold everything that is folded, so that it is looked at, too."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")


def violations(page: Page) -> list[str]:
    """The rules of axe-core, all of them, that a page breaks, each with the first elements."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {[node['html'][:200] for node in one['nodes'][:3]]}"
        for one in found
    ]
