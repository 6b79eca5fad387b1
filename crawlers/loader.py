"""Lets Scrapy's own commands see one spider per site file."""

from collections.abc import Sequence
from pathlib import Path

from scrapy import Request, Spider
from scrapy.settings import BaseSettings

from crawlers.site import Site, SiteFileError, load_sites, sites_for_host
from crawlers.spider import PolicySpider
from normalizers.addresses import host_of
from pipelines.config import ConfigError, load_config


class SiteSpiderLoader:
    """SPIDER_LOADER_CLASS: `scrapy list`, `scrapy crawl <id>` and `scrapy check` work on site files."""

    def __init__(self, sites: dict[str, Site]) -> None:
        self.sites = sites

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> "SiteSpiderLoader":
        """Load the folder named by the setting ZHENGCE_SITES, else by the configuration.

        What is wrong with either ends Scrapy's command with a line for each mistake.
        """
        try:
            return cls(load_sites(Path(settings.get("ZHENGCE_SITES") or load_config().sites)))
        except (ConfigError, SiteFileError) as error:
            raise SystemExit(str(error)) from error

    def list(self) -> list[str]:
        """The ids of all sites."""
        return sorted(self.sites)

    def load(self, spider_name: str) -> type[Spider]:
        """The spider class of one site. Raises KeyError for an unknown id."""
        if spider_name not in self.sites:
            raise KeyError(f"Spider not found: {spider_name}")
        # It imports the run, which imports this module.
        from crawlers.standalone import StandaloneSpider

        return spider_class(self.sites[spider_name], StandaloneSpider)

    def find_by_request(self, request: Request) -> Sequence[str]:
        """The ids of the sites that own the host of a request."""
        return [site.id for site in sites_for_host(self.sites, host_of(request.url))]


def spider_class(site: Site, base: type[PolicySpider] = PolicySpider) -> type[PolicySpider]:
    """A class of its own for a site: Scrapy names and configures classes, not spiders."""
    return type(base.__name__, (base,), {"name": site.id, "site": site, "__module__": __name__})
