"""A file of a page as the Attachment that its Policy carries."""

from normalizers.attachments.contained import ContainedReader
from normalizers.attachments.file_text import (
    CONTENT_DAMAGED,
    PAGES_LEFT_OUT,
    PAGES_UNREADABLE,
    PAGES_WITHOUT_TEXT,
    TEXT_CUT,
    FileText,
    ReadError,
)
from normalizers.failures import Failure
from normalizers.policy import Attachment

# Warnings that something in the file was not read.
_LOSSES = (
    CONTENT_DAMAGED,
    PAGES_LEFT_OUT,
    PAGES_UNREADABLE,
    PAGES_WITHOUT_TEXT,
    TEXT_CUT,
    "document_missing",
    "member_unreadable",
    "members_left_out",
)


def read_attachment(reader: ContainedReader, data: bytes, url: str, name: str) -> tuple[Attachment, str]:
    """The attachment with its text and what kept some or all of it from being read, and who read it."""
    try:
        found = reader.read(data, name)
    except ReadError as error:
        return Attachment(url, name, failure=error.failure), ""
    return Attachment(url, name, found.kind, found.text, loss_of(found)), found.reader


def loss_of(found: FileText) -> str:
    """The name of what keeps a text from being the whole of its file, empty where nothing does."""
    if not found.text.strip():
        return Failure.ATTACHMENT_PICTURES
    return Failure.ATTACHMENT_PARTIAL if any(w.startswith(_LOSSES) for w in found.warnings) else ""
