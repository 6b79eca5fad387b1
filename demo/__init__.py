"""A small country that does not exist, on this machine, with known truth."""

from demo.country import Authority, authorities, regions

__all__ = ["Authority", "authorities", "regions"]
