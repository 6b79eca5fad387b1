"""How fresh the sources are, and which of them a page lists."""

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from crawlers.site_state import STATES
from index.engine import RequestError
from normalizers.policy import LEVELS
from pipelines.catalogue import Catalogue
from portal.sites import SiteRun, SiteState, load_site_runs, load_sites

# Seconds that the standing of all sites is not read again: it counts all listed addresses.
SITES_KEPT = 30
SITES_A_PAGE = 200
NO_LEVEL = "none"


@dataclass(frozen=True, slots=True)
class Freshness:
    """The last night that asked any site: how many answered, which did not (longest silent first), which were not asked."""

    night: date
    answered: int
    silent: tuple[SiteState, ...]
    not_asked: tuple[SiteState, ...]

    @property
    def sites(self) -> int:
        """All sites."""
        return self.answered + len(self.silent) + len(self.not_asked)


class Sources:
    """The standing of all sites, read at most every SITES_KEPT; safe to share between threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._lock = threading.Lock()
        self._sites: tuple[SiteState, ...] = ()
        self._read = float("-inf")

    def sites(self) -> tuple[SiteState, ...]:
        """Every site that was ever crawled, by id; raises SQLAlchemyError."""
        with self._lock:
            if time.monotonic() - self._read > SITES_KEPT:
                with self._catalogue.read() as connection:
                    self._sites = load_sites(connection)
                self._read = time.monotonic()
            return self._sites

    def site(self, site: str) -> SiteState | None:
        """One site; None where there is none."""
        return next((one for one in self.sites() if one.id == site), None)

    def runs(self, site: str) -> tuple[SiteRun, ...]:
        """The last runs that asked a site, newest first."""
        with self._catalogue.read() as connection:
            return load_site_runs(connection, site)


def freshness(sites: Sequence[SiteState]) -> Freshness | None:
    """How the last night went; None before the first one."""
    night = max((one.last_night for one in sites if one.last_night), default=None)
    if night is None:
        return None
    asked = [one for one in sites if one.last_night == night]
    silent = [one for one in asked if one.last_success != night]
    return Freshness(
        night,
        answered=len(asked) - len(silent),
        silent=tuple(sorted(silent, key=lambda one: (one.last_success or date.min, one.id))),
        not_asked=tuple(one for one in sites if one.last_night != night),
    )


def chosen_sites(sites: Iterable[SiteState], level: str, state: str) -> list[SiteState]:
    """The sites of a level and a state, "" for any; raises RequestError."""
    if level and level not in (*LEVELS, NO_LEVEL):
        raise RequestError(f"没有层级“{level[:20]}”，可用：{'、'.join((*LEVELS, NO_LEVEL))}")
    if state and state not in STATES:
        raise RequestError(f"没有状态“{state[:20]}”，可用：{'、'.join(STATES)}")
    return [one for one in sites if level in ("", one.level or NO_LEVEL) and state in ("", one.state)]
