"""What a result shows of its policy: title and passages marked, each passage with the place it stands at."""

import re
from dataclasses import dataclass

from index.highlight import mark_all, opening, passages, placed_passages
from index.query import Node, terms
from normalizers.attachments.file_text import PAGE_BREAK
from normalizers.policy import Attachment, Policy
from pipelines.policies import StoredPolicy
from portal.labels import ROLE_NAMES

# What the parts of an attachment's text are; of all other kinds they are pages.
UNITS = {
    **dict.fromkeys(("xls", "xlsx", "xlsb", "ods"), "张表"),
    **dict.fromkeys(("zip", "rar", "7z"), "个文件"),
    "pptx": "张幻灯片",
}
# Pages of a file that are marked each; the longest file seen has 274.
MAX_PAGES = 2_000
# A document page with this many characters of one file still opens at once on a telephone.
MAX_SHOWN_TEXT = 200_000
MARK = re.compile("<mark>([^<]*)</mark>")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the files of a policy a passage stands; file and page are counted from 1.

    `page` is None in a file without pages, `anchor` the id of the place on the page of the document.
    """

    label: str
    file: int
    page: int | None
    anchor: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Escaped HTML with <mark>; `place` is None in the text of the page itself."""

    html: str
    place: Place | None = None

    @property
    def where(self) -> tuple[str | None, int | None, int | None]:
        """The label, file and page of its place, None in the text of the page itself."""
        return (self.place.label, self.place.file, self.place.page) if self.place else (None, None, None)


@dataclass(frozen=True, slots=True)
class Item:
    """One result: the stored policy, its title as escaped HTML with <mark>, its passages."""

    stored: StoredPolicy
    title: str
    passages: tuple[Passage, ...]


def item_of(stored: StoredPolicy, query: Node) -> Item:
    """A policy as a result of a query; without words of a query in it, the beginning of its text."""
    policy = stored.policy
    found = _passages(policy, query) if any(terms(query)) else ()
    text = policy.summary or policy.text
    shown = found or ((Passage(opening(text)),) if text else ())
    return Item(stored, mark_all(policy.title or "（无标题）", query), shown)


def unmarked(marked: str) -> str:
    """Escaped HTML without its <mark>, still escaped; `html.unescape` makes plain text of it."""
    return marked.replace("<mark>", "").replace("</mark>", "")


def _passages(policy: Policy, query: Node) -> tuple[Passage, ...]:
    """Passages of the text, or of the attachment that has more of the query, with their place in it.

    Of a policy that is itself a file the passages are those of the file, which knows its pages.
    """
    itself = next((n for n, file in enumerate(policy.attachments) if file.url == policy.url), None)
    if itself is not None and (placed := placed_passages(policy.attachments[itself].text, query)):
        return tuple(_passage(policy, itself, at, html) for at, html in placed)
    found = tuple(Passage(passage) for passage in passages(policy.text, query))
    whole = max((len(term.text) for term in terms(query)), default=0)
    for n, attachment in enumerate(policy.attachments):
        if (marked := _longest_mark(found)) >= whole:
            break
        for at, html in placed_passages(attachment.text, query, most=1):
            passage = _passage(policy, n, at, html)
            if _longest_mark((passage,)) > marked:
                found = (passage,)
    return found


def _passage(policy: Policy, n: int, at: int, html: str) -> Passage:
    """A passage of the n-th file (from 0), which may run over the end of a page."""
    return Passage(html.replace(PAGE_BREAK, " "), place_of(policy, n, at))


def _longest_mark(found: tuple[Passage, ...]) -> int:
    return max((len(mark) for passage in found for mark in MARK.findall(passage.html)), default=0)


def place_of(policy: Policy, n: int, at: int) -> Place:
    """The place of an offset in the text of the n-th file (from 0), named as the document page names it."""
    file = policy.attachments[n]
    said = "" if file.url == policy.url else file_label(policy, file)
    page = file.text.count(PAGE_BREAK, 0, at) + 1 if PAGE_BREAK in file.text else None
    label = "，".join(filter(None, (said, _page_name(file, page) if page else "")))
    shown = page is not None and at < MAX_SHOWN_TEXT and page <= MAX_PAGES
    return Place(
        label or ROLE_NAMES[file.role], n + 1, page, f"file-{n + 1}-{page}" if shown else f"file-{n + 1}"
    )


def file_label(policy: Policy, file: Attachment) -> str:
    """What a file of a policy is called: 正文文件, 附件, or 附件2 where there are several annexes."""
    annexes = [other for other in policy.attachments if other.role == "annex"]
    number = str(annexes.index(file) + 1) if file.role == "annex" and len(annexes) > 1 else ""
    return ROLE_NAMES[file.role] + number


def pages_of(attachment: Attachment) -> tuple[tuple[str, str], ...]:
    """The pages that are shown of a file: what each is called, "" where there is but one, and its text.

    After MAX_PAGES the rest is one piece.
    """
    pages = attachment.text[:MAX_SHOWN_TEXT].split(PAGE_BREAK, MAX_PAGES)
    if PAGE_BREAK not in attachment.text:
        return (("", pages[0]),)
    return tuple((_page_name(attachment, number), page) for number, page in enumerate(pages, 1))


def _page_name(attachment: Attachment, number: int) -> str:
    return f"第{number}{UNITS.get(attachment.kind, '页')}"
