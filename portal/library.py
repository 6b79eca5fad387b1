"""What the portal serves: index and catalogue joined."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from index.engine import Reader, SearchRequest, SearchResult
from index.highlight import mark_all, opening, passages, placed_passages
from index.query import Node, terms
from index.vocabulary import Names
from normalizers.attachments.file_text import PAGE_BREAK
from normalizers.policy import Attachment, Policy
from pipelines.catalogue import Catalogue
from pipelines.changes import last_seq
from pipelines.policies import StoredPolicy, load_stored
from portal.labels import ROLE_NAMES
from portal.nights import LastNight, data_as_of, last_night, site_names

# What the parts of an attachment's text are; of all other kinds they are pages.
UNITS = {
    **dict.fromkeys(("xls", "xlsx", "xlsb", "ods"), "张表"),
    **dict.fromkeys(("zip", "rar", "7z"), "个文件"),
    "pptx": "张幻灯片",
}
# Pages of a file that are marked each; the longest file seen has 274.
MAX_PAGES = 2_000
MARK = re.compile("<mark>([^<]*)</mark>")


@dataclass(frozen=True, slots=True)
class Item:
    """One result: the stored policy, its title and passages as escaped HTML with <mark>."""

    stored: StoredPolicy
    title: str
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a search with the policies it names, in its order."""

    result: SearchResult
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class State:
    """What every page says of the data; all of it belongs to one position of the change log."""

    seq: int
    as_of: datetime | None
    night: LastNight | None
    sites: Mapping[str, str]


class Library:
    """Answers for pages and API alike; safe to share between threads."""

    def __init__(self, reader: Reader, catalogue: Catalogue, regions: Mapping[str, str]) -> None:
        self.reader = reader
        self.regions = regions
        self._catalogue = catalogue
        self._lock = threading.Lock()
        self._state: State | None = None

    def search(self, request: SearchRequest) -> Found:
        """The result of a request; raises RequestError, IndexUnusableError."""
        result = self.reader.search(request)
        stored = self.load(tuple(hit.id for hit in result.hits))
        return Found(result, tuple(_item(one, request.query) for one in stored))

    def find_number(self, key: str) -> tuple[StoredPolicy, ...]:
        """The policies that bear a document number."""
        return self.load(self.reader.find_number(key))

    def policy(self, page_id: str) -> StoredPolicy | None:
        """One policy; None where there is none or it is hidden."""
        return next(iter(self.load((page_id,))), None)

    def load(self, ids: tuple[str, ...]) -> tuple[StoredPolicy, ...]:
        """The policies of some ids in their order, without hidden ones and those gone meanwhile."""
        if not ids:
            return ()
        with self._catalogue.read() as connection:
            stored = load_stored(connection, ids)
        return tuple(stored[i] for i in ids if i in stored and stored[i].hidden is None)

    def state(self) -> State:
        """The state of the data, counted anew when a change or a run has come."""
        with self._catalogue.read() as connection:
            seq, as_of = last_seq(connection), data_as_of(connection)
            with self._lock:
                old = self._state
            if old and (old.seq, old.as_of) == (seq, as_of):
                return old
            state = State(seq, as_of, last_night(connection), site_names(connection))
        with self._lock:
            self._state = state
        return state

    def query_names(self) -> Names:
        """The names of regions and sites, for queries."""
        return Names(self.regions, self.state().sites)

    def names(self) -> Mapping[str, Mapping[str, str]]:
        """The names of regions and sites, for labels."""
        return {"region": self.regions, "site": self.state().sites}


def _item(stored: StoredPolicy, query: Node) -> Item:
    policy = stored.policy
    found = _passages(policy, query) if any(terms(query)) else ()
    shown = found or ((opening(policy.summary or policy.text),) if policy.text or policy.summary else ())
    return Item(stored, mark_all(policy.title or "（无标题）", query), shown)


def _passages(policy: Policy, query: Node) -> tuple[str, ...]:
    """Passages of the text, or of the attachment that has more of the query, with their place in it.

    Of a policy that is itself a file the passages are those of the file, which knows its pages.
    """
    itself = next((file for file in policy.attachments if file.url == policy.url), None)
    if itself and (placed := placed_passages(itself.text, query)):
        return tuple(_said(page_label(itself, at), passage) for at, passage in placed)
    found = passages(policy.text, query)
    whole = max((len(term.text) for term in terms(query)), default=0)
    for attachment in policy.attachments:
        if (marked := _longest_mark(found)) >= whole:
            break
        for at, passage in placed_passages(attachment.text, query, most=1):
            if _longest_mark((passage,)) > marked:
                place = "，".join(filter(None, (file_label(policy, attachment), page_label(attachment, at))))
                found = (_said(place, passage),)
    return found


def _longest_mark(found: tuple[str, ...]) -> int:
    return max((len(mark) for passage in found for mark in MARK.findall(passage)), default=0)


def file_label(policy: Policy, file: Attachment) -> str:
    """What a file of a policy is called: 正文文件, 附件, or 附件2 where there are several annexes."""
    annexes = [other for other in policy.attachments if other.role == "annex"]
    number = str(annexes.index(file) + 1) if file.role == "annex" and len(annexes) > 1 else ""
    return ROLE_NAMES[file.role] + number


def _said(place: str, passage: str) -> str:
    return f"{place}：{passage}" if place else passage


def page_label(attachment: Attachment, at: int) -> str:
    """The page, sheet or archive member at an offset of the text (第3页), empty where there is but one."""
    if PAGE_BREAK not in attachment.text:
        return ""
    return _page_name(attachment, attachment.text.count(PAGE_BREAK, 0, at) + 1)


def pages_of(attachment: Attachment, most: int) -> tuple[tuple[str, str], ...]:
    """The pages of the first `most` characters: what each is called, "" where there is but one, and its text.

    After MAX_PAGES the rest is one piece.
    """
    pages = attachment.text[:most].split(PAGE_BREAK, MAX_PAGES)
    if PAGE_BREAK not in attachment.text:
        return (("", pages[0]),)
    return tuple((_page_name(attachment, number), page) for number, page in enumerate(pages, 1))


def _page_name(attachment: Attachment, number: int) -> str:
    return f"第{number}{UNITS.get(attachment.kind, '页')}"
