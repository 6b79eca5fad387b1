"""Landing pages: pages above a column that hold no rows, and the column among their links to read instead."""

from urllib.parse import urlsplit

from crawlers.platforms.links import join
from crawlers.platforms.list_requests import Paging
from normalizers.addresses import address_key, host_of
from normalizers.attachment_links import in_shell
from normalizers.html import parse_html

# A column that lies below the page is more likely meant than one of the site's menu, and so is one of the kind asked for.
BELOW, SAME_TYPE = 0.5, 0.3
# The weight of 通知公告, the weakest name of a column that holds documents.
LEAST_WEIGHT = 0.6


def best_column(text: str, url: str, kind: str, *, below_only: bool) -> Paging | None:
    """The column below a landing page, or on its host, whose name fits best; None where none does.

    `kind` is the content type that is looked for; with `below_only` only columns below the page count, else
    also others that do not stand in the site's own menu.
    """
    # The words of columns stand on this package's link reader.
    from crawlers.columns import find_columns

    folder = urlsplit(url).path.rpartition("/")[0] + "/"
    menu = _menu(text, url)
    best, most = "", 0.0
    own = (column for column in find_columns(text, url) if host_of(column.url) == host_of(url))
    for column in own:
        below = folder != "/" and urlsplit(column.url).path.startswith(folder)
        if column.weight < LEAST_WEIGHT or (not below and (below_only or column.url in menu)):
            continue
        weight = column.weight + BELOW * below + SAME_TYPE * (column.type == kind)
        if weight > most:
            best, most = column.url, weight
    return Paging(best) if best else None


def _menu(text: str, url: str) -> frozenset[str]:
    """The addresses that header, navigation and footer link to."""
    root = parse_html(text)
    if root is None:
        return frozenset()
    links = (link for link in root.iter("a") if link.get("href") and in_shell(link))
    return frozenset(join(url, link.get("href") or "").partition("#")[0] for link in links)


def same_page(url: str, other: str) -> bool:
    """Whether two addresses are spellings of one page's."""
    try:
        return address_key(url) == address_key(other)
    except ValueError:
        return False


def strayed_home(url: str, wanted: str) -> bool:
    """Whether a request for a column ended at the home page of its host: a soft 404."""
    try:
        key, _, query = address_key(url).partition("?")
        path = key.partition("/")[2]
        return not path and not query and host_of(url) == host_of(wanted) and not same_page(url, wanted)
    except ValueError:
        return False
