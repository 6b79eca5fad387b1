"""What people do in the portal, in a real browser: with a pointer, by keys alone, on a telephone, without scripts."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from chromium import DESK, TELEPHONE, opened
from page_kinds import WORDS, links_of_letter
from playwright.sync_api import Browser, Locator, Page, expect

from benchmarks.alert_receivers import Mailbox

pytestmark = pytest.mark.slow

# A machine with other work may take so long to answer.
expect.set_options(timeout=20_000)
LEAST_STOPS, MOST_STOPS = 10, 40
LOOKS: dict[str, dict[str, Any]] = {
    "desk": {"size": DESK},
    "telephone": {"size": TELEPHONE, "is_mobile": True, "has_touch": True},
    "telephone-without-scripts": {"size": TELEPHONE, "is_mobile": True, "java_script_enabled": False},
}
# What has the focus: how it is outlined, whether it can be seen, and its place among all elements.
FOCUSED = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect(), look = getComputedStyle(one);
  return {
    name: one.tagName + " " + (one.getAttribute("aria-label") || one.name || one.textContent.trim().slice(0, 30)),
    outlined: look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 1,
    seen: box.width > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
    place: [...document.querySelectorAll("*")].indexOf(one),
  };
}"""


@pytest.fixture
def page(browser: Browser, demo: str) -> Iterator[Page]:
    """A tab at a desk; nothing may have gone wrong in it."""
    with opened(browser, demo) as (page, noted):
        yield page
        noted.check()


@pytest.fixture(params=LOOKS.values(), ids=LOOKS)
def any_page(request: pytest.FixtureRequest, browser: Browser, demo: str) -> Iterator[Page]:
    """A tab of every look in turn."""
    with opened(browser, demo, **request.param) as (page, noted):
        yield page
        noted.check()


def search(page: Page, words: str) -> None:
    box = page.get_by_role("search").locator("input[name=q]")
    box.fill(words)
    box.press("Enter")
    expect(page.locator(".total strong")).to_be_visible()


def total(page: Page) -> int:
    return int(page.locator(".total strong").inner_text())


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def count_beside(choice: Locator) -> int:
    return int(choice.locator("xpath=..").locator("span").inner_text())


def test_from_the_first_page_to_a_document(any_page: Page) -> None:
    page = any_page
    page.goto("/")
    search(page, WORDS)
    first = page.locator(".results li h2 a").first
    expect(page.locator(".results mark").first).to_have_text(WORDS)
    title = first.inner_text()
    first.click()
    expect(page.locator("h1")).to_have_text(title)
    assert urlsplit(page.url).path.startswith("/policies/")
    expect(page.locator("footer")).to_contain_text("非官方来源，以原文为准")


def test_filters_are_chosen_and_taken_back(any_page: Page) -> None:
    page = any_page
    page.goto(f"/search?q={WORDS}")
    everything = total(page)
    levels = page.locator("fieldset.level input")
    two = [levels.nth(0), levels.nth(1)]
    names = [one.get_attribute("value") for one in two]
    wanted = sum(map(count_beside, two))
    for one in two:
        one.check()
    page.locator("button.apply").click()
    expect(page.locator(".active li")).to_have_count(3)  # two filters, and all of them at once
    assert asked(page)["level"] == names
    assert "from" not in asked(page) or asked(page)["from"] == [""]
    assert total(page) == wanted < everything
    for one in two:
        expect(one).to_be_checked()
    page.locator(".active a").first.click()
    expect(page.locator(".active li")).to_have_count(2)
    assert asked(page)["level"] == names[1:]
    page.locator(".active a").last.click()
    expect(page.locator(".active")).to_have_count(0)
    assert total(page) == everything


def test_why_and_back_and_all_values_of_a_facet(any_page: Page) -> None:
    page = any_page
    page.goto(f"/search?q={WORDS}")
    everything = total(page)
    page.locator(".why a").first.click()
    expect(page.get_by_role("row").last).to_contain_text("合计")
    page.get_by_role("link", name="回到结果").click()
    page.goto("/search/facets/issuer?" + urlsplit(page.url).query)
    choice = page.locator("form.whole input[type=checkbox]").first
    wanted = count_beside(choice)
    choice.check()
    page.locator("button.apply").click()
    expect(page.locator(".active li")).to_have_count(2)
    assert total(page) == wanted < everything


def test_pages_are_turned_and_sorted(any_page: Page) -> None:
    page = any_page
    page.goto(f"/search?q={WORDS}&size=10")
    first = page.locator(".results h2 a").all_inner_texts()
    page.get_by_role("link", name="下一页").click()
    expect(page.locator(".total")).to_contain_text("第 2 页")
    assert not set(page.locator(".results h2 a").all_inner_texts()) & set(first)
    page.locator(".sorts").get_by_role("link", name=re.compile("发布")).click()
    expect(page.locator(".sorts strong")).to_contain_text("发布")
    assert asked(page)["sort"] == ["published"]
    assert asked(page)["size"] == ["10"]


def test_attachments_are_read_on_the_page_of_their_document(any_page: Page, ids: Mapping[str, str]) -> None:
    page = any_page
    page.goto(f"/policies/{ids['filed']}")
    file = page.locator("#file-1 details")
    expect(file.locator("pre")).to_be_hidden()
    file.locator("summary").click()
    expect(file.locator("pre")).to_be_visible()
    assert file.locator("pre").inner_text().strip()


def test_examples_of_the_help_find_what_they_say(any_page: Page) -> None:
    page = any_page
    page.goto("/")
    page.locator("footer").get_by_role("link", name="怎样检索").click()
    example = page.locator("table a code").first
    query = example.inner_text()
    example.click()
    expect(page.locator("header input[name=q]")).to_have_value(query)
    expect(page.locator(".total")).to_be_visible()


@pytest.mark.parametrize(
    "any_page", [LOOKS["telephone-without-scripts"]], indirect=True, ids=["telephone-without-scripts"]
)
def test_mails_of_a_search_are_ordered_confirmed_and_stopped(any_page: Page, letters: Mailbox) -> None:
    page, receiver = any_page, "reader@yanshi.test"
    page.goto(f"/search?q={WORDS}")
    page.locator("a[href^='/alerts/new']").click()
    expect(page.locator(".alert")).to_contain_text(WORDS)
    page.get_by_label("邮箱").fill(receiver)
    page.get_by_role("button", name="订阅", exact=True).click()
    expect(page.locator("h1")).to_have_text("请查收邮件")
    links = links_of_letter(letters, receiver)
    for does, button, outcome in (("confirm", "确认", "订阅已确认"), ("stop", "退订", "已退订")):
        page.goto(links[does])
        expect(page.locator(".alert")).to_contain_text(WORDS)
        page.get_by_role("button", name=re.compile(button)).click()
        expect(page.locator("h1")).to_have_text(outcome)
    page.goto(links["stop"])
    expect(page.locator("h1")).to_have_text("已退订")


# comfort: what scripts add


def test_two_ticks_of_the_pointer_are_one_search(page: Page) -> None:
    page.goto("/search")
    page.evaluate("window.same = true")
    levels = page.locator("fieldset.level input")
    names = [levels.nth(n).get_attribute("value") for n in (0, 1)]
    page.evaluate("document.querySelectorAll('fieldset.level input').forEach(e => e.scrollIntoView())")
    for n in (0, 1):
        levels.nth(n).click()
    expect(page.locator(".active li")).to_have_count(3)
    assert asked(page) == {"level": names}


def test_a_suggestion_is_taken_by_keys_alone(page: Page, demo: str) -> None:
    number, policy = numbered(demo)
    page.goto("/")
    box = page.locator("input[name=q]")
    expect(box).to_be_focused()
    page.keyboard.type(number[:-1])
    expect(page.get_by_role("option")).to_have_count(1)
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_value(number)
    active = box.get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    expect(box).to_have_value(number[:-1])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/policies/{policy}")


def test_keys_faster_than_suggestions_lose_nothing_that_was_typed(page: Page) -> None:
    page.goto("/")
    box = page.locator("input[name=q]")
    page.keyboard.type("演")
    expect(page.get_by_role("option").first).to_be_visible()
    page.route("**/suggest?*", lambda route: None)  # what is asked from here on waits for good
    page.keyboard.type("示")
    page.keyboard.press("ArrowDown")
    expect(box).not_to_have_value("演示")
    page.keyboard.press("ArrowUp")
    expect(box).to_have_value("演示")
    page.keyboard.press("Escape")
    expect(box).to_have_value("演示")


def numbered(address: str) -> tuple[str, str]:
    """A document number that no other number goes on from but for its last character, and its document."""
    with httpx.Client(base_url=f"{address}/api/v1", timeout=60) as api:
        for one in api.get("/policies", params={"limit": 50}).json()["items"]:
            if number := one["doc_number"]:
                offers = api.get("/suggest", params={"q": number[:-1]}).json()["items"]
                if [(offer["text"], offer["id"]) for offer in offers] == [(number, one["id"])]:
                    return number, one["id"]
    raise AssertionError("no such number")


def test_escape_gives_back_what_was_typed(page: Page) -> None:
    page.goto("/")
    page.keyboard.type("演示")
    offers = page.get_by_role("listbox", name="提示")
    expect(offers.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator("input[name=q]")).to_have_value("演示")
    expect(offers).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator(".total")).to_be_visible()
    assert asked(page)["q"] == ["演示"]


def test_an_issuer_is_searched_when_it_is_clicked(page: Page) -> None:
    page.goto("/search")
    issuer = page.locator("fieldset.issuer label").first.evaluate("e => e.childNodes[1].textContent.trim()")
    page.locator("header input[name=q]").click()
    page.keyboard.type(issuer[:-1])
    page.get_by_role("option").filter(has_text=issuer).first.click()
    expect(page.locator(".total")).to_be_visible()
    assert asked(page)["q"][0].startswith("机关:")


# by keys alone


def test_every_stop_of_the_tab_key_is_seen_and_in_order(page: Page, ids: Mapping[str, str]) -> None:
    for path in (f"/search?q={WORDS}", f"/policies/{ids['filed']}", "/help"):
        page.goto(path)
        stops: list[dict[str, Any]] = []
        for _ in range(MOST_STOPS):
            page.keyboard.press("Tab")
            stop = page.evaluate(FOCUSED)
            if stop["name"].startswith("BODY"):  # all around
                break
            stops.append(stop)
        assert stops[0]["name"] == "A 跳到正文"
        assert [stop["name"] for stop in stops if not (stop["outlined"] and stop["seen"])] == []
        places = [stop["place"] for stop in stops]
        assert len(stops) > LEAST_STOPS
        assert places == sorted(set(places))


def test_keys_lead_from_the_box_to_a_document(page: Page) -> None:
    page.goto("/search")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "q":
            break
    page.keyboard.type(WORDS)
    page.keyboard.press("Enter")
    expect(page.locator("header input[name=q]")).to_have_value(WORDS)
    expect(page.locator(".results li").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    title = page.locator(".results h2 a").first.inner_text()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('h2') !== null"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(title)


def test_keys_tick_and_apply(page: Page) -> None:
    page.goto(f"/search?q={WORDS}")
    level = page.locator("fieldset.level input").first
    level.focus()
    page.keyboard.press("Space")
    expect(level).to_be_checked()
    page.wait_for_timeout(1000)
    assert "level" not in asked(page)
    page.keyboard.press("Enter")
    expect(page.locator(".active")).to_be_visible()
    assert asked(page)["level"] == [level.get_attribute("value")]
