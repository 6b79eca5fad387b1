"""An installation, and receivers on this machine."""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from alert_house import House

from benchmarks.alert_receivers import Hook, Mailbox, hook, mailbox
from index.tantivy_engine import TantivyEngine
from pipelines.alert_settings import AlertSettings, MailServer
from pipelines.catalogue import Catalogue


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    catalogue = Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    settings = AlertSettings(sender="policy@example.org", networks=(ip_network("127.0.0.1"),))
    yield House(tmp_path, catalogue, TantivyEngine(tmp_path / "index"), settings)
    catalogue.close()


@pytest.fixture
def box(house: House) -> Iterator[Mailbox]:
    with mailbox() as made:
        house.settings = replace(house.settings, server=MailServer("127.0.0.1", made.port, tls=False))
        yield made


@pytest.fixture
def hooked() -> Iterator[Hook]:
    with hook() as made:
        yield made
