"""An index of made-up policies."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from made_policies import make_policy, store

from index.sync import sync_index
from index.tantivy_engine import TantivyEngine
from normalizers.policy import Policy
from pipelines.catalogue import Catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """An empty catalogue."""
    opened = Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def engine(tmp_path: Path) -> TantivyEngine:
    """An engine without an index yet."""
    return TantivyEngine(tmp_path / "index")


@pytest.fixture(scope="module")
def policies() -> list[Policy]:
    """Four hundred policies."""
    return [make_policy(n) for n in range(400)]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, policies: list[Policy]) -> TantivyEngine:
    """An engine that holds `policies`; not to be written to."""
    folder = tmp_path_factory.mktemp("full")
    catalogue = Catalogue.open(f"sqlite:///{folder / 'catalogue.sqlite'}")
    store(catalogue, policies)
    engine = TantivyEngine(folder / "index")
    sync_index(catalogue, engine, commit_documents=90)  # several segments
    catalogue.close()
    return engine
