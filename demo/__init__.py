"""A small country that does not exist, on this machine, with known truth."""

from demo.country import SITES, Authority, Site, authorities, regions

__all__ = ["SITES", "Authority", "Site", "authorities", "regions"]
