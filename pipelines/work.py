"""What the normalise stage hands to its children and gets back: a child needs no database."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import msgspec

from normalizers.corrections import Correction
from normalizers.page import Hints, ListRow
from normalizers.policy import Attachment, Policy, SiteContext, encode_policy
from pipelines.items import ArchiveRef


@dataclass(frozen=True, slots=True)
class WorkAttachment:
    """An attachment of a page to normalise; `read` is set where these bytes need not be read again.

    `tries` counts the readings of these bytes that met trouble which may pass.
    """

    url: str
    name: str
    sha256: str
    archive: ArchiveRef | None
    failure: str
    read: Attachment | None = None
    reader: str = ""
    tries: int = 0


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A fetched page with all that is needed to normalise it; `opened` is where its links are meant from."""

    page_id: str
    url: str
    opened: str
    site: str
    channel: str
    media_type: str
    archive: ArchiveRef
    row: ListRow
    hints: Hints
    attachments: tuple[WorkAttachment, ...]
    context: SiteContext
    run: int | None
    ticket: int = 0
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class Normalised:
    """A policy ready to be stored: its record as JSON, its hash, and what the catalogue keeps in columns."""

    record: bytes
    content_hash: str
    title: str | None
    doc_number_key: str | None
    written_date: date | None
    published_date: date | None
    content_type: str


@dataclass(frozen=True, slots=True)
class ReadAttachment:
    """What a reader made of an attachment: stored so that the same bytes are never read twice.

    `tries` is 0 for what will not change by reading again, else how often it was tried, this time included.
    """

    url: str
    sha256: str
    attachment: Attachment
    reader: str
    tries: int = 0


def normalised(policy: Policy, attachments: Sequence[WorkAttachment]) -> Normalised:
    """A policy made ready where it was made, so that the parent only stores it."""
    return Normalised(
        record=encode_policy(policy),
        content_hash=content_hash(policy, attachments),
        title=policy.title,
        doc_number_key=policy.doc_number_key,
        written_date=policy.written_date,
        published_date=policy.published_date,
        content_type=policy.content_type,
    )


def content_hash(policy: Policy, attachments: Sequence[WorkAttachment]) -> str:
    """The hash that decides whether a page has changed: fields, text and the bytes of its attachments.

    Where a page is listed and how it was read do not count, nor does what follows from them.
    """
    content = replace(
        policy,
        channels=(),
        content_type="",
        authorities=(),
        level=None,
        region=None,
        evidence={},
        warnings=(),
    )
    body = msgspec.json.encode([content, [(a.url, a.sha256) for a in attachments]])
    return hashlib.sha256(body).hexdigest()
