"""What a list row and a platform tell the normalizers about a page.

Both are plain values that are stored with the page, so that it can be read again years later
without the network and without crawler code.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a list page or list API, as the list gave it.

    `url` is absolute; `date` is None where the row has none or it could not be read (then
    `raw_date` holds what was printed); `pinned` rows (置顶) do not count for stopping early.
    """

    url: str
    title: str
    date: datetime.date | None = None
    raw_date: str = ""
    number: str = ""
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Hints:
    """What a platform or site file knows about its detail pages.

    All selectors are CSS, tried in order. `labels` maps a printed label (white space and colons
    removed) to a field of Policy; `dates` maps a meta name or label to `written_date`,
    `published_date` or ""; "" means: never use it. `fields` maps a field of Policy to a value
    which the list API itself gave for this page (number, dates, index number, …). `content_url` is where the content is asked when that is not the
    page's own address, `json_body` the path of the body in a JSON answer (`data.docClob`),
    `json_fields` maps fields of Policy to paths in it, `json_files` is the path of its list of annexes.
    """

    platform: str = "generic"
    title: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    info: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    json_body: str = ""
    json_fields: Mapping[str, str] = field(default_factory=dict)
    json_files: str = ""
    content_url: str = ""

    def opened_at(self, url: str, answered: str) -> str:
        """Where relative links of a page are meant from: where its answer came from after redirects.

        Content that is asked elsewhere belongs to the page at `url`, which is the one that people open.
        """
        return url if self.content_url else answered


@dataclass(frozen=True, slots=True)
class AttachmentLink:
    """A link of a detail page that leads to one of its annexes or to the document as a file."""

    url: str
    name: str
