"""Every kind of page in a real browser: accessible, light, no wider than a telephone, asking nobody else."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from chromium import DESK, TELEPHONE, Noted, opened
from page_kinds import PAGE_KINDS, PageKind
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.slow

MOST_BYTES = 120 * 1024
# What depends on the colours of the night and the width of a telephone; all else was looked at by day.
BY_NIGHT = {
    "runOnly": ["color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block"],
    "resultTypes": ["violations"],
}
# Between them they have every element that is coloured.
NIGHT_KINDS = [kind for kind in PAGE_KINDS if kind.name in {"results-chosen", "document-files", "source"}]
FOUND_ONLY = {"resultTypes": ["violations"]}
WIDTH = "document.documentElement.scrollWidth"
STICKING_OUT = """() => [...document.querySelectorAll("body *")]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".wide, pre"))
  .slice(0, 5).map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def visitor(browser: Browser, demo: str) -> Iterator[tuple[Page, Noted]]:
    """A tab that keeps nothing of what it read."""
    with opened(browser, demo, DESK) as (page, noted):
        page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
        yield page, noted


@pytest.fixture
def tab(visitor: tuple[Page, Noted]) -> tuple[Page, Noted]:
    """A tab at a desk, by day, of somebody who comes for the first time."""
    page, noted = visitor
    noted.forget()
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    page.emulate_media(color_scheme="light")
    return page, noted


@pytest.mark.parametrize("kind", PAGE_KINDS, ids=lambda kind: kind.name)
def test_a_first_visit_at_a_desk_and_on_a_telephone(
    tab: tuple[Page, Noted], kind: PageKind, ids: Mapping[str, str], pictures: Path
) -> None:
    page, noted = tab
    visit(page, noted, kind, ids)
    page.screenshot(path=pictures / f"{kind.name}-desk.png")
    sent = weights(noted)
    assert {"portal.css", "portal.js"} <= {url.split("?")[0].rsplit("/", 1)[1] for url in sent}
    assert sum(sent.values()) <= MOST_BYTES, sent
    open_all(page)
    assert violations(Axe().run(page, options=FOUND_ONLY)) == []
    narrow(page)
    page.screenshot(path=pictures / f"{kind.name}-telephone.png")
    assert page.evaluate(STICKING_OUT) == []
    assert page.evaluate(WIDTH) <= TELEPHONE[0]
    noted.check()


@pytest.mark.parametrize("kind", NIGHT_KINDS, ids=lambda kind: kind.name)
def test_a_visit_by_night_on_a_telephone(
    tab: tuple[Page, Noted], kind: PageKind, ids: Mapping[str, str]
) -> None:
    page, noted = tab
    narrow(page)
    visit(page, noted, kind, ids)
    open_all(page)
    assert violations(Axe().run(page, options=BY_NIGHT)) == []


def test_a_printed_document_is_the_document_alone(tab: tuple[Page, Noted], ids: Mapping[str, str]) -> None:
    page, _ = tab
    page.goto(f"/policies/{ids['filed']}")
    shown = "all => all.filter(one => one.checkVisibility()).map(one => one.tagName + '.' + one.className)"
    around = page.locator("header, nav, button, input, .skip, .links, .similar")
    assert around.evaluate_all(shown)
    page.emulate_media(media="print")
    assert around.evaluate_all(shown) == []
    for part in ("h1", ".fields", ".body", ".cite", "footer"):
        expect(page.locator(part).first).to_be_visible()
    page.emulate_media(media="screen")


def visit(page: Page, noted: Noted, kind: PageKind, ids: Mapping[str, str]) -> None:
    """Go to a page of a kind; of one with an error the browser says so in its console."""
    noted.expected = (f"status of {kind.status}",) if kind.status >= 400 else ()
    answer = page.goto(kind.path.format_map(ids))
    assert answer is not None
    assert answer.status == kind.status


def narrow(page: Page) -> None:
    """Make the tab one of a telephone in the dark."""
    page.set_viewport_size({"width": TELEPHONE[0], "height": TELEPHONE[1]})
    page.emulate_media(color_scheme="dark")


def weights(noted: Noted) -> dict[str, int]:
    """The bytes that went over the wire for each address, headers too."""
    sizes = {answer.url: answer.request.sizes() for answer in noted.answers}
    return {url: one["responseBodySize"] + one["responseHeadersSize"] for url, one in sizes.items()}


def open_all(page: Page) -> None:
    """Unfold everything that is folded, so that it is looked at, too."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")


def violations(found: AxeResults) -> list[str]:
    """The rules of axe-core that a page breaks, each with the first elements."""
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {[node['html'][:200] for node in one['nodes'][:3]]}"
        for one in found.response["violations"]
    ]
