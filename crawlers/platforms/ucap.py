"""Placeholder."""

from crawlers.platforms.base import Platform


class Ucap(Platform):
    """Placeholder."""

    name = "ucap"
    api_keys = ("channel_id",)
