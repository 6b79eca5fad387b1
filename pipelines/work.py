"""What the normalise stage hands to its children and gets back: a child needs no database."""

from dataclasses import dataclass

from normalizers.page import Hints, ListRow
from normalizers.policy import Attachment, SiteContext
from pipelines.items import ArchiveRef


@dataclass(frozen=True, slots=True)
class WorkAttachment:
    """An attachment of a page to normalise; `read` is set where these bytes were read before."""

    url: str
    name: str
    sha256: str
    archive: ArchiveRef | None
    failure: str
    read: Attachment | None = None
    reader: str = ""


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A fetched page with all that is needed to normalise it."""

    page_id: str
    url: str
    site: str
    channel: str
    media_type: str
    archive: ArchiveRef
    row: ListRow
    hints: Hints
    attachments: tuple[WorkAttachment, ...]
    context: SiteContext
    run: int | None


@dataclass(frozen=True, slots=True)
class ReadAttachment:
    """What a reader made of an attachment: stored so that the same bytes are never read twice."""

    url: str
    sha256: str
    attachment: Attachment
    reader: str
