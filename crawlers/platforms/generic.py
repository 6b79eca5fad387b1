"""Placeholder."""

from crawlers.platforms.base import Platform


class Generic(Platform):
    """Placeholder."""

    name = "generic"
