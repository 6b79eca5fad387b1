"""What every platform is: bytes of a list or detail page in, values out; no network.

A family overrides what it reads differently, most of them `read_list` of the generic one and no more,
and declares the rest as class attributes.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from crawlers.platforms.interfaces import Interface, paging_of
from crawlers.platforms.list_requests import ListRequest, Paging
from crawlers.platforms.recognition import Mark, Recognition, SeenPage
from normalizers.attachment_links import extract_attachment_links
from normalizers.failures import Failure
from normalizers.page import AttachmentLink, Hints, ListRow

if TYPE_CHECKING:
    from crawlers.site import Channel, Site

# The largest real page has 1.2 MB (2026).
MAX_PAGE_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class ListPage:
    """What one list page says.

    `fields` holds, by address of a row, the fields of Policy that the list itself gave. `paging`
    tells where any other page lies, `next` where only the following one is known. `pages` and
    `total` are what the site declares (None: nothing). `failure` names why there are no rows.
    `source` is where the rows of a shell come from: its page 1 is asked instead of this page, and its
    further pages where the answers tell no paging of their own. `contents` maps the address of a row to
    where its content is asked, for rows whose own address is a shell (JSON details). `shown` are all rows
    of the page in its order where some have no address (`url` ""): dead links, which nobody can follow.
    """

    rows: tuple[ListRow, ...] = ()
    paging: Paging | None = None
    next: ListRequest | None = None
    pages: int | None = None
    total: int | None = None
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    failure: Failure | None = None
    source: Paging | None = None
    contents: Mapping[str, str] = field(default_factory=dict)
    shown: tuple[ListRow, ...] = ()

    @property
    def items(self) -> tuple[ListRow, ...]:
        """Every row the page shows, dead ones too."""
        return self.shown or self.rows

    def hop(self, asked: ListRequest) -> ListRequest | None:
        """Where the rows of a shell come from; None for a list, and for a shell that names what was `asked`."""
        if self.source is None or self.rows:
            return None
        wanted = self.source.request(1)
        same = (wanted.url, wanted.form, wanted.json) == (asked.url, asked.form, asked.json)
        return None if same else wanted

    def paging_from(self, source: Paging | None) -> Paging | None:
        """The paging of a list that came from the source of a shell: its own, else that of the source."""
        if self.paging is None and self.next is None and source is not None and source.numbered:
            return source
        return self.paging

    def after(self, page: int) -> ListRequest | None:
        """The request for the page after `page`, or of a shell's source; None at the end of the list."""
        if self.source is not None:
            return self.source.request(1)
        if self.next is not None:
            return self.next
        if self.paging is None or (self.pages is not None and page >= self.pages):
            return None
        return self.paging.request(page + 1)


@dataclass(frozen=True, slots=True)
class Detail:
    """What a platform makes of a detail page: hints for the normalizers and the links to its annexes."""

    hints: Hints
    attachments: tuple[AttachmentLink, ...] = ()


class Platform:
    """A CMS family, bound to one site."""

    name: ClassVar[str]
    api_keys: ClassVar[tuple[str, ...]] = ()
    hints: ClassVar[Hints] = Hints()
    marks: ClassVar[tuple[Mark, ...]] = ()
    interfaces: ClassVar[tuple[Interface, ...]] = ()

    @classmethod
    def recognises(cls, page: SeenPage) -> Recognition:
        """How surely a list or detail page is of this family; independent marks add up."""
        found = [mark for mark in cls.marks if mark.stands_in(page)]
        doubt = math.prod(1 - mark.weight for mark in found)
        return Recognition(cls.name, 1 - doubt, tuple(mark.reason for mark in found))

    def __init__(self, site: "Site") -> None:
        self.site = site

    def list_requests(self, channel: "Channel") -> ListRequest:
        """The request for the first list page of a channel: its page, or a list API at its address."""
        paging = paging_of(self.interfaces, channel.list)
        return paging.request(1) if paging else ListRequest(channel.list)

    def parse_list(self, data: bytes, url: str, channel: "Channel") -> ListPage:
        """What a list page or list API answer says; `url` is where it came from."""
        raise NotImplementedError

    def detail_hints(self, channel: "Channel", fields: Mapping[str, str]) -> Hints:
        """What is known of a detail page before it is asked: the site file's selectors first."""
        chosen: dict[str, Any] = {
            key: channel.selectors[key]
            for key in ("title", "body", "info", "attachments", "remove")
            if key in channel.selectors
        }
        return replace(self.hints, platform=self.name, fields=dict(fields), **chosen)

    def parse_detail(self, data: bytes, url: str, hints: Hints) -> Detail:
        """Hints and attachment links of a detail page; `url` is the one people open."""
        return Detail(hints, extract_attachment_links(data, url, hints))

    def attachment_source(self, data: bytes, url: str) -> str:
        """Where an answer for an annex says that the file lies; "" where it is the file itself."""
        return ""
