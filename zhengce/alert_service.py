"""The alerts of an installation: what its configuration, catalogue and index make of them."""

from collections.abc import Mapping

from pipelines.catalogue import Catalogue
from pipelines.clock import Clock
from pipelines.config import Config
from portal.alerts.run import Service
from portal.library import Library
from zhengce.engines import open_index


def alert_service(config: Config, catalogue: Catalogue, regions: Mapping[str, str], clock: Clock) -> Service:
    """All that the alerts of an installation need; raises IndexServerError."""
    library = Library(open_index(config).reader(), catalogue, regions)
    return Service(library, catalogue, config.alerts, config.data, config.public_url, clock)
