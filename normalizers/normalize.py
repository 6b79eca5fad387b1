"""One page in, one Policy out: the door of this package."""

import re
from dataclasses import dataclass, replace

from normalizers.addresses import address_key
from normalizers.annexes import lost_annexes, with_roles
from normalizers.attachment_links import files_without_address, find_attachment_links
from normalizers.blocks import plain_text
from normalizers.codes import is_code
from normalizers.date_checks import warn_date_conflicts
from normalizers.doc_numbers import extract_doc_number, whole_number
from normalizers.doc_types import extract_doc_type
from normalizers.draft import Draft
from normalizers.encoding import MAX_BYTES
from normalizers.facts import PageFacts, read_facts, read_text
from normalizers.failures import Failure
from normalizers.fields import decide_codes, decide_fields, decide_terms, decide_validity
from normalizers.file_endings import FILES
from normalizers.html import parse_html
from normalizers.issuers import decide_issuers, own_signature
from normalizers.kinds import decide_kinds
from normalizers.meta_tags import first_tag
from normalizers.mirrors import restore_told
from normalizers.page import Hints, ListRow
from normalizers.page_dates import decide_published, decide_written, first_texts
from normalizers.page_json import read_json_page
from normalizers.parts import find_parts
from normalizers.places import decide_place, near_of
from normalizers.policy import Attachment, Block, Evidence, Policy, SiteContext
from normalizers.signature import Signature
from normalizers.soft_errors import error_page

# Labels of info tables (索引号, 发文机关, …) that make a page without a body a record of one.
LEAST_LABELS = 2
ARTICLE = ("articletitle", "pubdate")
# A zero byte among these says that the bytes are no text.
HEAD_BYTES = 1024
# Endings of files, OFD (GB/T 33190-2016) and the formats of WPS among them.
KIND = re.compile(rf"\.({FILES})(?:$|[?#&])", re.IGNORECASE)
# [通知] begins a text, [{" and {"code": begin JSON.
JSON_HEAD = re.compile(rb'(?:\xef\xbb\xbf)?\s{0,1000}(?:\{\s*["}]|\[\s*[\[{"\]])')


class NormalizeError(ValueError):
    """A page that cannot become a Policy, by name."""

    def __init__(self, failure: Failure, message: str) -> None:
        super().__init__(message)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class PageInput:
    """Everything stored about one page: raw bytes, what the list and the platform said, annexes with text.

    For a page that is itself a file (PDF, OFD, …) `data` is empty and `file` holds the file as a
    read Attachment. `opened` is where the page came from after redirects, "" where that is its address:
    relative links are meant from there.
    """

    id: str
    url: str
    data: bytes
    row: ListRow | None
    hints: Hints
    attachments: tuple[Attachment, ...] = ()
    file: Attachment | None = None
    opened: str = ""


def normalize_policy(page: PageInput, context: SiteContext) -> Policy:
    """The Policy of a page; raises NormalizeError where there is nothing to make one of."""
    attachments: tuple[Attachment, ...]
    if page.file:
        facts, attachments = facts_of_file(page.file, page), (page.file,)
    else:
        page = as_markup(page)
        facts = facts_of_page(page)
        attachments = merge_attachments(facts, page)
        if not facts.blocks and not attachments and not is_record(facts):
            raise NormalizeError(Failure.BODY_EMPTY, f"{page.url} 没有正文，也没有附件")
    return decide(facts, *as_restored(facts, page, attachments), context)


def is_record(facts: PageFacts) -> bool:
    """Whether a page without a body is a document's all the same: it has a title, an info table and the meta tags
    of an article (国办发〔2017〕47号); lists and menus have no such tags."""
    return bool(facts.title) and facts.info.strong >= LEAST_LABELS and bool(first_tag(facts.meta, ARTICLE))


def as_restored(
    facts: PageFacts, page: PageInput, attachments: tuple[Attachment, ...]
) -> tuple[PageInput, tuple[Attachment, ...]]:
    """What the list told of a mirrored page and the names of its files, restored as the page was."""
    if not facts.mirror:
        return page, attachments
    row, hints = restore_told(page.row, page.hints, facts.mirror)
    files = tuple(replace(file, name=facts.mirror.restore(file.name)) for file in attachments)
    return replace(page, row=row, hints=hints), files


def facts_of_file(file: Attachment, page: PageInput) -> PageFacts:
    """Read a page that is a file from its text; raises NormalizeError where the file gave none."""
    facts = read_text(file.text, page.row, page.hints)
    if not facts.blocks:
        failure = Failure(file.failure) if file.failure else Failure.BODY_EMPTY
        raise NormalizeError(failure, f"{page.url} 文件没有可读的文字")
    return facts


def as_markup(page: PageInput) -> PageInput:
    """The page a JSON detail stands for; any other page is itself. Raises NormalizeError for JSON cut short."""
    if not page.hints.json_body:
        return page
    told = read_json_page(page.data, page.hints)
    if told is None and page.data.lstrip()[:1] in (b"{", b"["):
        raise NormalizeError(Failure.NOT_A_PAGE, f"{page.url} 的 JSON 残缺（{len(page.data)} 字节）")
    return replace(page, data=told.markup, hints=told.hints) if told else page


def facts_of_page(page: PageInput) -> PageFacts:
    """Read an HTML page; raises NormalizeError for bytes that are none and for error pages."""
    no_page = is_binary(page.data) or JSON_HEAD.match(page.data)
    root = None if no_page else parse_html(page.data)
    if root is None:
        raise NormalizeError(Failure.NOT_A_PAGE, f"{page.url} 不是网页（{len(page.data)} 字节）")
    facts = read_facts(root, page.row, page.hints)
    if len(page.data) > MAX_BYTES and "page_cut" not in facts.warnings:
        facts.warnings.append("page_cut")
    if words := error_page(facts):
        raise NormalizeError(Failure.SOFT_404, f"{page.url} 是错误页：{words}")
    return facts


def is_binary(data: bytes) -> bool:
    """Whether the head of some bytes is that of a file which no browser shows as a page (UTF-16 text is one)."""
    head = data[:HEAD_BYTES]
    return head.startswith(b"%PDF") or (b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")))


def decide(
    facts: PageFacts, page: PageInput, attachments: tuple[Attachment, ...], context: SiteContext
) -> Policy:
    """Decide every field from what was read."""
    draft = Draft(warnings=list(facts.warnings))
    facts.title = facts.title or title_of_files(attachments)
    attachments = with_roles(attachments, facts.title[0] if facts.title else "", facts.blocks, page.url)
    if facts.title:
        draft.put("title", facts.title[0], facts.title[1].rule, facts.title[1].raw)
    else:
        draft.warn(Failure.TITLE_MISSING.value)
    decide_codes(draft, facts, page.hints)
    decide_number(draft, facts, page, attachments)
    signature = own_signature(facts, context.issuers)
    decide_written(draft, facts, page.hints, signature)
    decide_published(draft, facts, page.hints, page.row, page.url, context.today)
    decide_terms(draft, facts, page.hints)
    published = decide_issuers(draft, facts, page.hints, signature, context.issuers, near_of(context))
    decide_place(draft, context, published)
    decide_fields(draft, facts, context)
    decide_kinds(draft, facts, page.hints, context)
    decide_validity(draft, facts, page.hints, context)
    warn_date_conflicts(draft, context.today)
    if facts.body:
        draft.note("text", facts.body.rule, facts.body.raw)
    blocks = sign(facts, signature)
    warn_about_body(draft, blocks, attachments)
    for name in lost_annexes(blocks, attachments, files_without_address(facts.root)):
        draft.warn(f"annex_without_link: {name}")
    for label in facts.info.unknown:
        draft.warn(f"label_unconsumed: {label}")
    return Policy(
        id=page.id,
        url=page.url,
        site=context.site,
        channels=context.channels,
        blocks=blocks,
        text=plain_text(blocks),
        printed_text=facts.printed,
        parts=find_parts(blocks, draft.values.get("title"), draft.values.get("doc_number")),
        attachments=attachments,
        date_precision={name: draft.precision[name] for name in draft.precision if name in draft.values},
        evidence=draft.evidence,
        warnings=tuple(draft.warnings),
        **{"title": None, **draft.values},
    )


def title_of_files(attachments: tuple[Attachment, ...]) -> tuple[str, Evidence] | None:
    """The name of the only annex, where it ends like a title: the page prints its title nowhere else."""
    if len(attachments) != 1:
        return None
    name = KIND.sub("", attachments[0].name).strip()
    return (name, Evidence("attachment:name", attachments[0].name)) if extract_doc_type(name) else None


def decide_number(
    draft: Draft, facts: PageFacts, page: PageInput, attachments: tuple[Attachment, ...]
) -> None:
    """The document number with its key; a cell or field that holds another code has none."""
    cell = facts.info.values.get("doc_number")
    if cell is None or is_code(cell[1]):
        index = facts.info.values.get("index_number")
        cell = index if index and whole_number(index[1]) else None
    told = page.hints.fields.get("doc_number", "")
    found = extract_doc_number(
        "" if is_code(told) else told,
        cell,
        facts.title[0] if facts.title else "",
        [facts.page.lines[i].text for i in facts.header if facts.page.lines[i].text],
        before_sentence(first_texts(facts, 14)),
        page.row.number if page.row else "",
    )
    if found is None:
        if cell:
            draft.warn(f"doc_number_unreadable: {cell[1][:60]}")
        return
    number, evidence = found
    draft.put("doc_number", number.text, evidence.rule, evidence.raw)
    draft.put("doc_number_key", number.key, evidence.rule, evidence.raw)


def before_sentence(texts: list[str]) -> list[str]:
    """The lines in front of the first that reads like a sentence or an address: letterhead and title."""
    end = next(
        (i for i, text in enumerate(texts) if re.search(r"[。：]$|，", text) and "令" not in text), len(texts)
    )
    return texts[:end]


def sign(facts: PageFacts, signature: Signature | None) -> tuple[Block, ...]:
    """The blocks of the body, those of the signature marked as such."""
    if not signature or not facts.body:
        return facts.blocks
    names = {facts.page.lines[i].text for i in range(signature.start, signature.end)}
    return tuple(
        Block("signature", b.text) if b.kind == "paragraph" and b.text in names and len(b.text) < 100 else b
        for b in facts.blocks
    )


def warn_about_body(draft: Draft, blocks: tuple[Block, ...], attachments: tuple[Attachment, ...]) -> None:
    """Say where a body is missing or is nothing but pictures."""
    if not blocks:
        draft.warn("body_only_in_attachments" if attachments else Failure.BODY_EMPTY.value)
    elif all(block.kind == "image" for block in blocks):
        draft.warn("body_only_images")


def merge_attachments(facts: PageFacts, page: PageInput) -> tuple[Attachment, ...]:
    """The annexes of a page in its own order, with the text of those that were read."""
    read = {attachment.url: attachment for attachment in page.attachments}
    # Who fetched the page may have found a file under another spelling: with characters percent-encoded.
    spelled = {_spelling(attachment.url): attachment for attachment in page.attachments}
    links = find_attachment_links(facts.root, page.opened or page.url, page.hints)
    merged = [
        read.get(link.url)
        or spelled.get(_spelling(link.url))
        or Attachment(link.url, link.name, kind_of(link.url, link.name))
        for link in links
    ]
    return tuple({attachment.url: attachment for attachment in (*merged, *page.attachments)}.values())


def _spelling(url: str) -> str:
    """What all spellings of an address share; of what is no address itself."""
    try:
        return address_key(url)
    except ValueError:
        return url


def kind_of(url: str, name: str) -> str:
    """The kind of a file by its address or name, lower case without dot; "" where neither says."""
    m = KIND.search(url) or KIND.search(name)
    return m[1].lower() if m else ""
