"""Keeping pages: items, archive, catalogue and the stages that turn pages into policies."""
