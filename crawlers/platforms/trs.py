"""Placeholder."""

from crawlers.platforms.base import Platform


class Trs(Platform):
    """Placeholder."""

    name = "trs"
