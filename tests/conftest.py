"""Shared fixtures: where the real pages and samples are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from made_servers import fresh_server

from benchmarks.elastic_node.node import Node
from benchmarks.elastic_node.shared import shared_node
from pipelines.config import IndexServer

# The first call of a test imports what it needs, and machines are shared: no test is timed.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real pages and samples that lies beside the checkout."""
    if not (SHARED / "pages" / "truth.jsonl").exists():
        pytest.skip("../shared with the real pages is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def elasticsearch() -> Iterator[Node]:
    """A real, guarded node of Elasticsearch, one for all workers; without one the tests fail."""
    with shared_node() as node:
        yield node


@pytest.fixture
def index_server(elasticsearch: Node) -> Iterator[IndexServer]:
    """Settings for an Elasticsearch index of this test alone."""
    with fresh_server(elasticsearch) as server:
        yield server
