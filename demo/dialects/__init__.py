"""How the fictional sites render their lists and pages, one module a platform."""

from typing import Protocol

from demo.country import Channel, Site
from demo.dialects import jcms, trs, ucap
from demo.dialects.view import Reply, SiteView
from demo.pages import Page


class Dialect(Protocol):
    """What a platform's module offers; paths are absolute on the site."""

    def list_path(self, site: Site, channel: Channel) -> str:
        """The address of the first list page."""

    def detail_path(self, site: Site, page: Page) -> str:
        """The address of a detail page."""

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """The address of a page's annex, counted from 0, with its query where it has one."""

    def channel_id(self, site: Site, channel: Channel) -> str:
        """The id which the platform's API wants, "" where it has none."""

    def answer(self, view: SiteView, path: str, query: dict[str, str]) -> Reply | None:
        """A list page or API answer, None where the platform has nothing at this path."""

    def detail(self, view: SiteView, page: Page) -> str:
        """A detail page as HTML."""


_DIALECTS: dict[str, Dialect] = {"trs": trs, "jcms": jcms, "ucap": ucap}


def dialect_of(site: Site) -> Dialect:
    """The module of the site's platform."""
    return _DIALECTS[site.platform]
