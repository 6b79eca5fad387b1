"""The sites of the repository, looked at seldom: adding up what they list reads every sighting of every page."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC

from sqlalchemy import Connection, func, select

from index.engine import IndexUnusableError, SearchRequest
from pipelines import schema as t
from pipelines.catalogue import Catalogue
from pipelines.changes import changed_at, last_seq
from portal.library import Library
from portal.middleware import last_modified
from portal.serving import Serving
from portal.sites import SiteRun, SiteState, load_site_runs, load_sites

KEPT = 30  # seconds that the sites are not looked at again


@dataclass(frozen=True, slots=True)
class Sites:
    """All sites by id; how many documents each has here, None while the index cannot say; headers of answers."""

    sites: tuple[SiteState, ...]
    documents: Mapping[str, int] | None
    headers: Mapping[str, str]

    def site(self, site_id: str) -> SiteState | None:
        """One site; None where there is none."""
        return next((one for one in self.sites if one.id == site_id), None)


class Sources:
    """Reads how the sites stand; safe to share between threads."""

    def __init__(self, library: Library, catalogue: Catalogue, serving: Serving) -> None:
        self._library = library
        self._catalogue = catalogue
        self._serving = serving
        self._lock = threading.Lock()
        self._kept: Sites | None = None
        self._looked = 0.0

    def all(self) -> Sites:
        """Every site that was ever crawled, as it was at most KEPT ago; raises SQLAlchemyError."""
        with self._lock:  # whoever comes while they are read waits for them: reading twice helps nobody
            if self._kept is None or time.monotonic() - self._looked > KEPT:
                self._kept, self._looked = self._read(), time.monotonic()
            return self._kept

    def runs(self, site_id: str) -> tuple[SiteRun, ...]:
        """The last runs that asked a site, newest first."""
        with self._catalogue.read() as connection:
            return load_site_runs(connection, site_id)

    def _read(self) -> Sites:
        documents = self._documents()
        with self._catalogue.read() as connection:
            return Sites(load_sites(connection), documents, self._headers(connection))

    def _documents(self) -> Mapping[str, int] | None:
        counting = SearchRequest(sort="published", limit=0, facets=("site",), whole=("site",))
        try:
            counts = self._library.reader.strict.search(counting).facets["site"]
        except IndexUnusableError:
            return None
        return {one.value: one.count for one in counts}

    def _headers(self, connection: Connection) -> Mapping[str, str]:
        """When this was last another: not to be said while something runs."""
        run = t.run.c
        running, ended = connection.execute(
            select(func.count().filter(run.finished_at.is_(None)), func.max(run.finished_at))
        ).one()
        changed = changed_at(connection, last_seq(connection))
        moments = [one for one in (changed, ended and ended.replace(tzinfo=UTC)) if one]
        return last_modified(max(moments, default=None), self._serving.clock()) if not running else {}
