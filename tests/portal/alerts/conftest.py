"""An installation, and receivers on this machine."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alert_house import House, installation

from benchmarks.alert_receivers import Hook, Mailbox, hook, mailbox
from pipelines.alert_settings import MailServer


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with installation(tmp_path) as made:
        yield made


@pytest.fixture
def box(house: House) -> Iterator[Mailbox]:
    with mailbox() as made:
        house.settings = replace(house.settings, server=MailServer("127.0.0.1", made.port, tls=False))
        yield made


@pytest.fixture
def hooked() -> Iterator[Hook]:
    with hook() as made:
        yield made
