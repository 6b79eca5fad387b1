"""What the parent tells a crawl process; apart from the crawl itself, whose imports take a parent 0.6 s of CPU."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

LANES = 30
BUDGET = 500


@dataclass(frozen=True, slots=True)
class ChildOptions:
    """What the parent tells a crawl process; paths are absolute, instants carry a zone.

    `only` names the sites to crawl (empty: all of the folder); shard `k` of `n`; `now` sets the clock.
    """

    catalogue_url: str
    archive: str
    sites: str
    run: int
    night: date
    only: tuple[str, ...] = ()
    k: int = 1
    n: int = 1
    contact: str | None = None
    address_map: Mapping[str, str] = field(default_factory=dict)
    now: datetime | None = None
    until: datetime | None = None
    lanes: int = LANES
    budget: int = BUDGET
    replay: str | None = None
    parent: int | None = None
