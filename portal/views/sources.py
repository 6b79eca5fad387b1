"""How fresh the sources are, and which of them a page lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from crawlers.site_state import STATES
from index.engine import RequestError
from normalizers.policy import LEVELS
from portal.sites import SiteState

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
