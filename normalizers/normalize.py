"""One page in, one Policy out: the door of this package."""

from dataclasses import dataclass

from normalizers.failures import Failure
from normalizers.page import Hints, ListRow
from normalizers.policy import Attachment, Policy, SiteContext

# Raised whenever the same bytes may give another Policy; stored with every record.
EXTRACTOR_VERSION = 1


class NormalizeError(ValueError):
    """A page that cannot become a Policy, by name."""

    def __init__(self, failure: Failure, message: str) -> None:
        super().__init__(message)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class PageInput:
    """Everything stored about one page: raw bytes, what the list and the platform said, annexes with text.

    For a page that is itself a file (PDF, OFD, …) `data` is empty and `file` holds the file as a
    read Attachment.
    """

    id: str
    url: str
    data: bytes
    row: ListRow | None
    hints: Hints
    attachments: tuple[Attachment, ...] = ()
    file: Attachment | None = None


def normalize_policy(page: PageInput, context: SiteContext) -> Policy:
    """The Policy of a page; raises NormalizeError where there is nothing to make one of."""
    raise NormalizeError(Failure.NOT_A_PAGE, f"{page.url} {context.site}")
