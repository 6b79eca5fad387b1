"""The normalised record of one page, and the evidence for each of its fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import msgspec

CONTENT_TYPES: dict[str, str] = {
    "policy": "政策文件",
    "interpretation": "解读",
    "gazette": "公报",
    "notice": "公告",
    "data": "数据",
    "consultation": "征集",
    "letter": "信件",
    "disclosure_request": "依申请公开",
}
LEVELS: dict[str, str] = {
    "national": "国家",
    "provincial": "省级",
    "municipal": "市级",
    "county": "县级",
    "township": "乡镇",
}
Precision = Literal["day", "month", "year"]
INTERPRETATION_FORMS: dict[str, str] = {
    "text": "文字解读",
    "infographic": "图解",
    "video": "视频",
    "expert": "专家解读",
    "interview": "访谈",
    "press_conference": "新闻发布会",
}
VALIDITIES: dict[str, str] = {
    "valid": "现行有效",
    "amended": "已被修改",
    "not_yet": "尚未施行",
    "expired": "已失效",
    "repealed": "已废止",
}
Validity = Literal["valid", "amended", "not_yet", "expired", "repealed"]
BlockKind = Literal["heading", "paragraph", "table", "list", "image", "signature"]
PartKind = Literal["annex", "document"]
AttachmentRole = Literal["annex", "document"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Which rule found a field and the raw text it read.

    `rule` is `<source>:<detail>`, source one of meta, info_table, header, title, body, address,
    list_row, api, attachment, site, trafilatura, readability; issuer and prefix name what a known
    body told; computed and inferred name what was worked out from other fields, never read;
    correction names what a person set right, with the reason as its raw text.
    """

    rule: str
    raw: str


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a body in reading order.

    `rows` holds the cells of a table, `level` that of a heading (1 the highest), `alt` the text that a
    picture has beside its address.
    """

    kind: BlockKind
    text: str
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A range of blocks that is a text of its own: an annex printed in the page, or an inner document.

    `start` and `end` number the blocks of the Policy, end exclusive; the first one names the part. An
    inner document is one that the page forwards, publishes or approves, with its own title and number.
    """

    kind: PartKind
    start: int
    end: int
    title: str
    doc_number: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the page with its text; `failure` names why there is none, or not the whole of it.

    Form feeds stand between the pages, slides, sheets or archive members of `text`, and nowhere else.
    `role` tells an annex from the file that is the document itself.
    """

    url: str
    name: str
    kind: str = ""
    text: str = ""
    failure: str = ""
    role: AttachmentRole = "annex"


@dataclass(frozen=True, slots=True)
class SiteContext:
    """What is known about a page before it is read: its site, channels and the moment of crawl.

    `today` is the date of crawl in Asia/Shanghai. `issuers` maps every known name or alias of an
    issuing body to its full name, `regions` maps region codes to names.
    """

    site: str
    site_name: str
    channels: tuple[str, ...]
    content_type: str
    level: str | None
    region: str | None
    today: date
    issuers: Mapping[str, str] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policy:
    """The normalised record of one page; None or () is unknown, never a guess.

    Dates are days in Asia/Shanghai; a date known only to the month has its first day and
    `date_precision[field] == "month"`. `issuers` are printed names, `authorities` the same bodies by
    their full names, as printed where the authority file does not know them. `text` is the body as
    plain text, one block a line; `printed_text` is the same as the page prints it, where the body was
    restored from traditional characters or a pinyin mirror or was printed twice, else "". `parts` are
    ranges of `blocks` in reading order; one may hold another.
    """

    id: str
    url: str
    site: str
    channels: tuple[str, ...]
    content_type: str
    title: str | None
    doc_number: str | None = None
    doc_number_key: str | None = None
    registration_number: str | None = None
    index_number: str | None = None
    issuers: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    level: str | None = None
    region: str | None = None
    doc_type: str | None = None
    instrument: str | None = None
    normative: bool | None = None
    subject: str | None = None
    subject_detail: str | None = None
    topics: tuple[str, ...] = ()
    written_date: date | None = None
    published_date: date | None = None
    effective_date: date | None = None
    expiry_date: date | None = None
    date_precision: Mapping[str, Precision] = field(default_factory=dict)
    validity: Validity | None = None
    validity_reason: str | None = None
    interpretation_form: str | None = None
    addressees: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    summary: str | None = None
    source: str | None = None
    note: str | None = None
    contacts: tuple[str, ...] = ()
    print_info: str | None = None
    blocks: tuple[Block, ...] = ()
    text: str = ""
    printed_text: str = ""
    parts: tuple[Part, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def encode_policy(policy: Policy) -> bytes:
    """A Policy as one JSON object, keys in the order of the class, dates ISO, unknown null or []."""
    return msgspec.json.encode(policy)


def decode_policy(data: bytes) -> Policy:
    """The Policy that `encode_policy` wrote; raises msgspec.DecodeError on anything else."""
    return msgspec.json.decode(data, type=Policy)
