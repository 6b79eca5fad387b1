"""A portal on this machine over made-up policies."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from made_policies import make_policy
from served_portal import Served, serving

from index.sync import sync_index


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A portal with an index of 120 policies; not to be written to."""
    with serving(tmp_path_factory.mktemp("portal"), [make_policy(n) for n in range(120)]) as served:
        sync_index(served.catalogue, served.engine)
        yield served


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Served]:
    """A portal over an empty catalogue without an index."""
    with serving(tmp_path, []) as served:
        yield served
