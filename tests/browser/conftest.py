"""One night of a small demo country for the whole run, the portal over it, and a browser for each module."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from chromium import CHROMIUM, launched
from demo_portal import hidden_one, make_demo, serving_demo
from page_kinds import known_alerts, known_ids
from playwright.sync_api import Browser

from benchmarks.alert_receivers import Mailbox, mailbox
from benchmarks.lab import ROOT


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser; only for a module, as it keeps an event loop running in the thread of the tests."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt install chromium)")
    with launched() as one:
        yield one


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The data of the demo country, one for all workers of a run."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    return make_demo(shared / "demo-country")


@pytest.fixture(scope="session")
def letters() -> Iterator[Mailbox]:
    """Where all mails of the portal go."""
    with mailbox() as box:
        yield box


@pytest.fixture(scope="session")
def demo(world: Path, letters: Mailbox) -> Iterator[str]:
    """The address of the portal over the demo country."""
    with serving_demo(world, letters.port) as address:
        yield address


@pytest.fixture(scope="session")
def ids(demo: str, world: Path, letters: Mailbox) -> Mapping[str, str]:
    """Documents of the demo by what they have, and links of letters."""
    return {"hidden": hidden_one(world), **known_ids(demo), **known_alerts(demo, letters)}


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where the tests leave a picture of every kind of page, to be looked at."""
    folder = ROOT / "build" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
