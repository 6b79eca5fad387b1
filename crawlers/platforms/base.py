"""What every platform is: bytes of a list or detail page in, values out; no network.

A family overrides only `list_requests`, `parse_list` and `parse_detail`, and declares the rest as
class attributes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

from normalizers.attachment_links import extract_attachment_links
from normalizers.failures import Failure
from normalizers.page import AttachmentLink, Hints, ListRow

if TYPE_CHECKING:
    from crawlers.site import Channel, Site


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A list page to ask for; with `form` it is a POST."""

    url: str
    page: int = 1
    form: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paging:
    """Where page n of a list lies.

    In `url` (and the values of `form`) `{n}` stands for page + `offset`, `{start}` and `{end}` for
    the numbers of the page's first and last record at `size` records a page.
    """

    url: str
    offset: int = 0
    size: int = 0
    form: Mapping[str, str] = field(default_factory=dict)

    def request(self, page: int) -> ListRequest:
        """The request for page `page` (1 is the first)."""
        numbers = {
            "{n}": page + self.offset,
            "{start}": (page - 1) * self.size + 1,
            "{end}": page * self.size,
        }

        def fill(text: str) -> str:
            for mark, number in numbers.items():
                text = text.replace(mark, str(number))
            return text

        return ListRequest(fill(self.url), page, {key: fill(value) for key, value in self.form.items()})

    def number(self, url: str) -> int:
        """Which page an address is; 1 where it is none of the pattern's, which the first page often is."""
        pattern = re.escape(self.url).replace(re.escape("{n}"), r"(\d{1,6})")
        found = re.fullmatch(re.sub(r"\\\{(?:start|end)\\\}", r"\\d+", pattern), url)
        return int(found[1]) - self.offset if found and found.lastindex else 1


@dataclass(frozen=True, slots=True)
class ListPage:
    """What one list page says.

    `fields` holds, by address of a row, the fields of Policy that the list itself gave. `paging`
    tells where any other page lies, `next` where only the following one is known. `pages` and
    `total` are what the site declares (None: nothing). `failure` names why there are no rows.
    """

    rows: tuple[ListRow, ...] = ()
    paging: Paging | None = None
    next: ListRequest | None = None
    pages: int | None = None
    total: int | None = None
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    failure: Failure | None = None

    def after(self, page: int) -> ListRequest | None:
        """The request for the page after `page`; None at the end of the list."""
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

    def __init__(self, site: "Site") -> None:
        self.site = site

    def list_requests(self, channel: "Channel") -> ListRequest:
        """The request for the first list page of a channel."""
        return ListRequest(channel.list)

    def parse_list(self, data: bytes, url: str, channel: "Channel") -> ListPage:
        """What a list page or list API answer says; `url` is where it came from."""
        raise NotImplementedError

    def detail_hints(self, channel: "Channel", fields: Mapping[str, str]) -> Hints:
        """What is known of a detail page before it is asked: the site file's selectors first."""
        chosen = {
            key: channel.selectors[key]
            for key in ("title", "body", "info", "attachments", "remove")
            if key in channel.selectors
        }
        return replace(self.hints, platform=self.name, fields=dict(fields), **chosen)  # type: ignore[arg-type]

    def parse_detail(self, data: bytes, url: str, hints: Hints) -> Detail:
        """Hints and attachment links of a detail page."""
        return Detail(hints, extract_attachment_links(data, url, hints))
