"""Shared fixtures: where the real pages and samples are."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real pages and samples that lies beside the checkout."""
    if not (SHARED / "pages" / "truth.jsonl").exists():
        pytest.skip("../shared with the real pages is not beside this checkout")
    return SHARED
