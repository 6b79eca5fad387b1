"""Sites of which nothing is known but an address: how they are asked, and what their pages look like."""

from collections.abc import Sequence
from dataclasses import replace

from crawlers.asking import Answer
from crawlers.platforms import PLATFORMS
from crawlers.platforms.interfaces import paging_of
from crawlers.platforms.list_requests import ListRequest
from crawlers.platforms.recognise import recognise
from crawlers.platforms.recognition import Recognition, SeenPage
from crawlers.saved_lists import LEAST_CONFIDENCE, stranger
from crawlers.site import Fetch, Site
from normalizers.addresses import host_of
from normalizers.encoding import decode_page


def first_request(url: str) -> ListRequest:
    """How an address is asked: as the interface of a platform where it is one, else as a page."""
    for kind in PLATFORMS.values():
        if (paging := paging_of(kind.interfaces, url)) is not None:
            return paging.request(1)
    return ListRequest(url)


def newcomer(url: str, *others: str) -> Site:
    """A site of which nothing is known but an address; its name with and without www is one host."""
    host = host_of(url)
    bare = host.removeprefix("www.")
    hosts = {host, bare, f"www.{bare}"} if host.endswith(".cn") else {host}
    hosts |= {other for other in others if other}
    fetch = Fetch(delay=0) if host.endswith(".test") else Fetch()
    return replace(stranger(url), id=host, hosts=frozenset(hosts), fetch=fetch)


def recognise_site(answers: Sequence[Answer]) -> Recognition:
    """The platform of some pages of one site: the one that is surest of any of them; generic where none is."""
    found = [family for answer in answers for family in families(answer)]
    return max(found, key=lambda family: family.confidence, default=Recognition("generic", 0.0))


def families(answer: Answer) -> list[Recognition]:
    """The families a page may be of, the surest first; without those that are no more than a hint."""
    page = SeenPage(answer.url, decode_page(answer.data))
    return [
        one for one in recognise(page) if one.confidence >= LEAST_CONFIDENCE and one.platform != "generic"
    ]
