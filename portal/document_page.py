"""What the page of one policy tells, gathered from its record, its sources and its archive; plain values.

Copies, versions and relations of a work get a field here and a section in policy.html, after the files, when the
catalogue holds them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from normalizers.chinese_names import FIELD_NAMES
from normalizers.corrections import is_corrected
from normalizers.failures import ADVICE
from normalizers.policy import Attachment, Evidence, Part, Policy
from normalizers.rule_words import rule_text
from pipelines.clock import day_of
from pipelines.page_sources import Kept, PageSources
from pipelines.policies import StoredPolicy
from portal.body_blocks import ShownBody, shown_body
from portal.citation import citation, gbt_citation
from portal.labels import NOTED_NAMES, Label, day_text
from portal.passages import MAX_SHOWN_TEXT, file_label, pages_of

# What has a place of its own on the page.
SIDE_FIELDS = ("title", "text", "attachments")
# Characters of the raw text of one piece of evidence; a signature has 30, a clause 60.
MAX_PROOF = 120
MAX_RULE = 80
# Characters of all files together that are shown on one page; what is left out has a page where it is alone.
MAX_FILES_TEXT = 600_000
NAMES = FIELD_NAMES | NOTED_NAMES
# Evidence that says the same as that of another field.
REPEATED = ("doc_number_key", "authorities")
TROUBLES = {failure.value: words for failure, words in ADVICE.items()}


@dataclass(frozen=True, slots=True)
class Proof:
    """Where a field comes from, in words: 取自落款：「…」."""

    name: str
    words: str
    corrected: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A known field of the policy and its evidence, None where it has none."""

    key: str
    name: str
    value: str
    proof: Proof | None


@dataclass(frozen=True, slots=True)
class File:
    """A file of the policy, numbered from 1; `kept` are its bytes in the archive.

    `pages` are names and texts that are shown, () where there is no text or where `left_out` says that the page
    has no room for it.
    """

    number: int
    label: str
    attachment: Attachment
    kept: Kept | None
    pages: tuple[tuple[str, str], ...]
    cut: bool
    left_out: bool
    opened: bool
    trouble: str


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that is told of one policy; `proofs` are those of fields without a row of their own."""

    stored: StoredPolicy
    sources: PageSources
    fields: tuple[Field, ...]
    proofs: tuple[Proof, ...]
    body: ShownBody
    parts: tuple[tuple[Part, bool], ...]
    files: tuple[File, ...]
    citation: str
    gbt_citation: str

    @property
    def policy(self) -> Policy:
        """The record."""
        return self.stored.policy


def document_of(stored: StoredPolicy, sources: PageSources, label: Label, opened: int = 0) -> Document:
    """A policy as its page tells it; `opened` is the file (from 1) whose text is to be open."""
    policy = stored.policy
    fields = tuple(_fields(policy, label))
    told = {field.key for field in fields}
    body = shown_body(policy)
    anchors = {block.anchor for block in body.blocks}
    return Document(
        stored,
        sources,
        fields,
        tuple(proof_of(policy, name) for name in policy.evidence if name not in (*told, *REPEATED)),
        body,
        tuple((part, f"block-{part.start}" in anchors) for part in policy.parts),
        files_of(policy, sources, opened),
        citation(policy),
        gbt_citation(policy, day_of(sources.last_seen or stored.last_seen)),
    )


def _fields(policy: Policy, label: Label) -> list[Field]:
    printed = ("authorities",) if policy.authorities == policy.issuers else ()
    found = []
    for key, name in FIELD_NAMES.items():
        value = "" if key in (*SIDE_FIELDS, *printed) else _shown(label, policy, key, getattr(policy, key))
        if value:
            found.append(Field(key, name, value, proof_of(policy, key) if key in policy.evidence else None))
    return found


def proof_of(policy: Policy, name: str) -> Proof:
    """The evidence of a field in words; the name of one that a person set right is told, with the reason."""
    corrected = is_corrected(policy, name)
    return Proof(NAMES.get(name, name), proof_words(policy.evidence[name], corrected=corrected), corrected)


def proof_words(evidence: Evidence, *, corrected: bool = False) -> str:
    """取自落款：「演示省人民政府 2023年5月1日」; a correction gives its reason; long texts are cut."""
    words = rule_text(evidence.rule[:MAX_RULE])
    raw = " ".join(evidence.raw.split())
    if not raw:
        return words
    quoted = f"「{raw[:MAX_PROOF]}{'…' if len(raw) > MAX_PROOF else ''}」"
    return f"{words}，理由：{quoted}" if corrected else f"{words}：{quoted}"


def kept_file(policy: Policy, sources: PageSources, number: int) -> Kept | None:
    """The archived bytes of a file (from 1); of a policy that is itself a file those of its page."""
    url = policy.attachments[number - 1].url
    return sources.original if url == policy.url else sources.files.get(url)


def files_of(policy: Policy, sources: PageSources, opened: int = 0) -> tuple[File, ...]:
    """The files of a policy with the texts that a page has room for, the opened one first."""
    order = sorted(range(1, len(policy.attachments) + 1), key=lambda number: number != opened)
    room, shown = MAX_FILES_TEXT, set[int]()
    for number in order:
        size = min(len(policy.attachments[number - 1].text), MAX_SHOWN_TEXT)
        if size <= room:
            room -= size
            shown.add(number)
    return tuple(
        _file(policy, sources, number, shown=number in shown, opened=number == opened)
        for number in range(1, len(policy.attachments) + 1)
    )


def _file(policy: Policy, sources: PageSources, number: int, *, shown: bool, opened: bool) -> File:
    attachment = policy.attachments[number - 1]
    return File(
        number,
        file_label(policy, attachment),
        attachment,
        kept_file(policy, sources, number),
        pages_of(attachment) if shown and attachment.text else (),
        cut=len(attachment.text) > MAX_SHOWN_TEXT,
        left_out=bool(attachment.text) and not shown,
        opened=opened,
        trouble=_trouble(attachment),
    )


def _trouble(attachment: Attachment) -> str:
    if not attachment.failure:
        return ""
    if attachment.text:
        return "只读出一部分"
    return f"未读到文字：{TROUBLES.get(attachment.failure, attachment.failure)}"


def _shown(label: Label, policy: Policy, name: str, value: Any) -> str:
    match value:
        case None | () | "":
            return ""
        case bool():
            return "是" if value else "否"
        case date():
            return day_text(value, policy.date_precision.get(name, "day"))
        case tuple():
            return "；".join(label(name, str(one)) for one in value)
        case _:
            return label(name, str(value))


def originals(files: Sequence[File]) -> tuple[File, ...]:
    """The archived files that are the document itself, as it was signed: OFD, PDF, Word."""
    return tuple(file for file in files if file.kept and file.attachment.role == "document")
