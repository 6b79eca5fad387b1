"""Counts of what requests find, kept for one state of the index: many pages show the same ones."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from index.engine import FacetCount, Reader, SearchRequest

# Answers kept. One with all regions of the country has 3,000 values, 0.5 MB.
MOST_KEPT = 100
# Facets of which a document may have several values, so that their counts do not add up to a total.
SEVERAL = frozenset(("issuer", "topic", "region"))

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Counted:
    """An exact total, exact facets largest first, and the facets that have more values than were told."""

    total: int
    facets: Mapping[str, tuple[FacetCount, ...]]
    more: tuple[str, ...]


class Counts:
    """Counts over an index; safe to share between threads."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._lock = threading.Lock()
        self._state: tuple[int, int] = (0, 0)
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def of(self, request: SearchRequest) -> Counted:
        """What a request finds, without its hits; raises RequestError, IndexUnusableError."""
        return self.kept(request, lambda: self._count(request))

    def kept(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """A value that is made at most once for a state of the index, as long as it is not crowded out."""
        state = self._reader.generation(), self._reader.applied_seq()
        with self._lock:
            if state != self._state:
                self._state = state
                self._kept.clear()
            if key in self._kept:
                self._kept.move_to_end(key)
                value: Made = self._kept[key]
                return value
        made = make()
        with self._lock:
            if state == self._state:
                self._kept[key] = made
                while len(self._kept) > MOST_KEPT:
                    self._kept.popitem(last=False)
        return made

    def _count(self, request: SearchRequest) -> Counted:
        result = self._reader.search(request)
        return Counted(result.total, result.facets, result.more)
