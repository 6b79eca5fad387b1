"""Placeholder."""

from crawlers.platforms.base import Platform


class Jcms(Platform):
    """Placeholder."""

    name = "jcms"
