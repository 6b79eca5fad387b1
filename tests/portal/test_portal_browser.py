"""The portal in a real browser: suggestions by keyboard, filters by pointer, everything without scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import CHROMIUM, Browser, browsing
from made_policies import make_policy
from served_portal import Served, serving

from index.sync import sync_index

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (Debian: apt install chromium)"),
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser for the tests of this module."""
    with browsing(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture
def at(browser: Browser, portal: Served) -> Iterator[str]:
    """The address of the portal; no page may have thrown an error or broken the security policy."""
    browser.errors.clear()
    browser.scripts(True)
    browser.width(1200)
    yield str(portal.client.base_url)
    assert browser.errors == []


FOCUSED = "document.activeElement.name === 'q'"
OFFERS = "document.querySelectorAll('[role=option]').length"


def test_a_suggestion_is_taken_by_keys_alone(browser: Browser, portal: Served, at: str) -> None:
    policy = max(
        portal.policies, key=lambda p: len(p.doc_number or "")
    )  # no other number goes on from this one
    browser.open(f"{at}/")
    browser.until(FOCUSED)
    typed = (policy.doc_number or "")[:-1]
    browser.type(typed)
    browser.until(f"{OFFERS} > 0")
    assert browser.value("document.activeElement.getAttribute('aria-expanded')") == "true"
    browser.press("ArrowDown")
    active = "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))"
    assert browser.value(f"{active}.getAttribute('aria-selected')") == "true"
    assert browser.value("document.activeElement.value") == policy.doc_number
    browser.press("ArrowUp")
    assert browser.value("document.activeElement.value") == typed
    browser.press("ArrowDown")
    browser.press("Enter")
    browser.until(f"location.pathname === '/policies/{policy.id}'")


def test_escape_gives_back_what_was_typed(browser: Browser, at: str) -> None:
    browser.open(f"{at}/")
    browser.until(FOCUSED)
    browser.type("演示")
    browser.until(f"{OFFERS} > 0")
    browser.press("ArrowDown")
    browser.press("Escape")
    assert browser.value("document.activeElement.value") == "演示"
    assert browser.value("document.querySelector('[role=listbox]').hidden") is True
    browser.press("Enter")
    browser.until("location.pathname === '/search' && document.querySelector('.total')")
    assert browser.value("new URLSearchParams(location.search).get('q')") == "演示"


def test_a_hostile_title_is_offered_as_text(browser: Browser, at: str, tmp_path: Path) -> None:
    title = '养老<img src=x onerror="document.title=1"><b>乙</b>'
    with serving(tmp_path, [make_policy(1, title=title, doc_number=title)]) as served:
        sync_index(served.catalogue, served.engine)
        browser.open(str(served.client.base_url))
        browser.until(FOCUSED)
        browser.type("养老")
        browser.until(f"{OFFERS} > 0")
        assert title in browser.value("document.querySelector('[role=listbox]').textContent")
        assert browser.value("document.querySelectorAll('img, b').length") == 0


def test_an_issuer_is_searched_when_it_is_clicked(browser: Browser, at: str) -> None:
    browser.open(f"{at}/search")
    browser.click("header input[name=q]")
    browser.type("演示市财")
    browser.until(f"{OFFERS} > 0")
    browser.click("[role=option]")
    browser.until("location.search.includes('q=') && document.querySelector('.total')")
    assert browser.value("new URLSearchParams(location.search).get('q')") == '机关:"演示市财政局"'


def test_two_ticks_of_the_pointer_are_one_search(browser: Browser, portal: Served, at: str) -> None:
    browser.open(f"{at}/search")
    browser.click("input[name=level][value=county]")
    browser.click("input[name=level][value=municipal]")
    browser.until("location.search.includes('level=') && document.querySelector('.total')")
    assert (
        browser.value("new URLSearchParams(location.search).getAll('level').sort().join()")
        == "county,municipal"
    )
    assert "from" not in browser.value("location.search")
    wanted = sum(p.level in ("county", "municipal") for p in portal.policies)
    assert browser.value("document.querySelector('.total strong').textContent") == str(wanted)


def test_keys_tick_and_apply(browser: Browser, at: str) -> None:
    browser.open(f"{at}/search?q=养老")
    browser.value("document.querySelector('input[name=level]').focus()")
    browser.press("Space")
    assert browser.value("document.querySelector('input[name=level]').checked") is True
    browser.value("new Promise(done => setTimeout(done, 1000))")
    assert browser.value("location.search.includes('level')") is False
    browser.press("Enter")
    browser.until("location.search.includes('level=') && document.querySelector('.active')")


def test_without_scripts_every_step_works(browser: Browser, portal: Served, at: str) -> None:
    browser.scripts(False)
    browser.open(f"{at}/search?q=养老")
    assert browser.value("document.querySelector('[role=combobox], [role=listbox]')") is None
    browser.click("input[name=level][value=county]")
    browser.click("button.apply")
    browser.until("location.search.includes('level=county') && document.querySelector('.active')")
    browser.click(".why a")
    browser.until("location.pathname.endsWith('/why') && document.querySelector('table')")
    browser.click("h1 a")
    browser.until("document.querySelector('.fields')")


@pytest.mark.parametrize(
    "path", ["/", "/search?q=养老&level=county", "/help", "/search/facets/region", "why"]
)
def test_nothing_is_wider_than_a_telephone(
    browser: Browser, portal: Served, at: str, path: str, tmp_path: Path
) -> None:
    browser.width(360)
    policy = next(p for p in portal.policies if "养老" in (p.title or ""))
    browser.open(at + (f"/policies/{policy.id}/why?q=养老" if path == "why" else path))
    browser.picture(tmp_path / "telephone.png")
    assert browser.value("document.documentElement.scrollWidth") <= 360
