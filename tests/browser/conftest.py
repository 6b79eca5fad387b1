"""One night of a small demo country for the whole run, the portal over it, and a browser for each module."""

from collections.abc import Iterator, Mapping

import pytest
from chromium import CHROMIUM, launched
from demo_portal import make_demo, serving_demo
from page_kinds import known_ids
from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser; only for a module, as it keeps an event loop running in the thread of the tests."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt install chromium)")
    with launched() as one:
        yield one


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """The address of the portal over the demo country."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    with serving_demo(make_demo(shared / "demo-country")) as address:
        yield address


@pytest.fixture(scope="session")
def ids(demo: str) -> Mapping[str, str]:
    """Documents of the demo by what they have."""
    return known_ids(demo)
