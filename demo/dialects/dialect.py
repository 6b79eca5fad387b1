"""What every dialect is: the addresses of a family, its answers, and how its pages are drawn."""

from demo.country import Channel, Site
from demo.dialects.view import Ask, Reply, SiteView
from demo.pages import Page


class Dialect:
    """A family's way to lay out a site; addresses are paths from the site's root, with a query where they have one.

    A dialect asks the view for what a list shows (`shown`, `total`, `pages`, `href`), never the world
    itself: columns that cut their lists short, repeat a page or send rows through a redirect do it there.
    Ids that a family gives (node numbers, UUIDs, hex) are made from the site's and column's names with
    `demo.country.hex_id` and `digits`, so that they are the same in every run.
    """

    def hosts(self, site: Site) -> tuple[str, ...]:
        """Names before the site's own host on which it answers too, such as sousuo for sousuo.<id>.test."""
        return ()

    def list_address(self, site: Site, channel: Channel) -> str:
        """What an operator writes as `list` in the site file; on another host of the site with //host.id.test."""
        raise NotImplementedError

    def detail_path(self, site: Site, page: Page) -> str:
        """The address of a detail page as rows give it; the server answers it with `detail`."""
        raise NotImplementedError

    def content_path(self, site: Site, page: Page) -> str:
        """Where the content of a page is asked, "" where that is its own address; the server answers with `content`."""
        return ""

    def attachment_path(self, site: Site, page: Page, number: int) -> str:
        """The address of a page's annex, counted from 0."""
        raise NotImplementedError

    def page_size(self, site: Site) -> int:
        """How many rows a page of a list has; only columns that repeat their first page need to know."""
        return 15

    def answer(self, view: SiteView, ask: Ask) -> Reply | None:
        """A list page, API answer or whatever else stands at an address; None where there is nothing."""
        raise NotImplementedError

    def detail(self, view: SiteView, page: Page) -> str:
        """A detail page as HTML, a shell where `content_path` says so."""
        raise NotImplementedError

    def content(self, view: SiteView, page: Page) -> Reply:
        """The content of a page that has a `content_path`."""
        raise NotImplementedError
