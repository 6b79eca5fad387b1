"""What an index holds of one policy."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import msgspec

from index.query import TextField
from normalizers.policy import Validity
from pipelines.policies import StoredPolicy

# Characters of text that one document may bring to an index. The longest real body seen is 0.3 M
# (a five-year plan, 2021), the longest annex 0.9 M (a table of subsidies as xlsx).
MAX_TEXT = 1_000_000
MAX_ATTACHMENT_TEXT = 2_000_000
# The field of an IndexDocument, and of every engine, that each text field of a query means.
TEXT_NAMES: dict[TextField, str] = {
    "title": "title",
    "number": "number_text",
    "issuer": "issuer_text",
    "body": "body",
    "attachment": "attachment_text",
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """One policy as a search engine sees it; "" or None or () is unknown.

    `number_text` and `issuer_text` are searched text: numbers as printed (document, index and
    registration number), issuers as printed and by their full names, one a line. `issuers` are full
    names where the body is known. `regions` holds the region code and those above it, so that a
    province finds its cities. `work` is shared by all copies of one document; `first_seen` is an
    instant with zone.
    """

    id: str
    title: str
    number_text: str
    issuer_text: str
    body: str
    attachment_text: str
    doc_number_key: str | None
    issuers: tuple[str, ...]
    level: str | None
    regions: tuple[str, ...]
    content_type: str
    doc_type: str | None
    instrument: str | None
    subject: str | None
    validity: Validity | None
    topics: tuple[str, ...]
    keywords: tuple[str, ...]
    site: str
    work: str
    withdrawn: bool
    written_date: date | None
    published_date: date | None
    first_seen: datetime
    effective_date: date | None = None
    expiry_date: date | None = None
    url: str = ""
    normative: bool | None = None
    interpretation_form: str | None = None

    @property
    def date(self) -> date | None:
        """The day that a range of dates and the year mean: written, else published."""
        return self.written_date or self.published_date


def index_document(stored: StoredPolicy) -> IndexDocument | None:
    """The document of a stored policy; None for a hidden one, which no index may hold."""
    if stored.hidden is not None:
        return None
    policy = stored.policy
    numbers = (policy.doc_number, policy.index_number, policy.registration_number)
    bodies = dict.fromkeys((*policy.issuers, *policy.authorities))
    return IndexDocument(
        id=policy.id,
        title=policy.title or "",
        number_text="\n".join(filter(None, numbers)),
        issuer_text="\n".join(bodies),
        body=policy.text[:MAX_TEXT],
        attachment_text=_joined(_attachment_texts(stored), MAX_ATTACHMENT_TEXT),
        doc_number_key=policy.doc_number_key,
        issuers=policy.authorities or policy.issuers,
        level=policy.level,
        regions=region_path(policy.region),
        content_type=policy.content_type,
        doc_type=policy.doc_type,
        instrument=policy.instrument,
        subject=policy.subject,
        validity=policy.validity,
        topics=policy.topics,
        keywords=policy.keywords,
        site=policy.site,
        work=policy.id,
        withdrawn=stored.withdrawn,
        written_date=policy.written_date,
        published_date=policy.published_date,
        first_seen=stored.first_seen,
        effective_date=policy.effective_date,
        expiry_date=policy.expiry_date,
        url=policy.url,
        normative=policy.normative,
        interpretation_form=policy.interpretation_form,
    )


def region_path(code: str | None) -> tuple[str, ...]:
    """A region code (GB/T 2260, six digits, townships nine or twelve) and those above it, widest first."""
    if not code:
        return ()
    if not code.isdigit() or len(code) not in (6, 9, 12):
        return (code,)
    return tuple(dict.fromkeys((code[:2] + "0000", code[:4] + "00", code[:6], code)))


def content_hash(document: IndexDocument) -> str:
    """32 hex digits over all that is searched; `first_seen` belongs to the run, not to the content."""
    data = msgspec.json.encode(replace(document, first_seen=EPOCH))
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _attachment_texts(stored: StoredPolicy) -> Iterator[str]:
    for attachment in stored.policy.attachments:
        yield attachment.name
        yield attachment.text


def _joined(parts: Iterable[str], most: int) -> str:
    return "\n".join(filter(None, parts))[:most]
