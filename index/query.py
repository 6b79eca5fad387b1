"""The language of queries: words, "exact phrases", -without, and document numbers.

A query is read into a small tree which every engine lowers to its own terms. Words separated by
white space must all be found; `"…"` is found letter for letter; `-word` and `-"…"` exclude; a
document number is recognised in any spelling.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.tokens import phrase_tokens, runs
from normalizers.doc_numbers import KEY, doc_number_key

MAX_LENGTH = 300  # characters; the longest real title seen has 180
MAX_TERMS = 24
QUOTES = {'"': '"', "＂": "＂", "“": "”", "”": "”", "「": "」", "『": "』"}
MINUS = "-－"
WORD = re.compile(r"[^\s\"＂“”「『]+")
# White space between two letters separates words; elsewhere a number may have it: 演政发 〔2023〕 12 号.
BETWEEN_LETTERS = re.compile(r"[^\W\d_]\s+[^\W\d_]")
# Of every four pairs of a long word one may be missing: where two words meet, no document need have
# the pair (陕西|科技成果 → 西科). Words of up to four characters are found as they stand.
PAIRS_A_MISS = 4


class QueryError(ValueError):
    """A query that cannot be understood; `position` is the offset of the character to blame."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True)
class Word:
    """A word is found as it stands; a long one (no spaces in Chinese) by nearly all of its pairs."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Text that must stand letter for letter, punctuation aside."""

    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """A document number: the document that bears it, and those that name it, as typed or by its key."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Not:
    """What must not be found."""

    node: "Word | Phrase | Number"


@dataclass(frozen=True, slots=True)
class And:
    """All of these; without any it is every document."""

    nodes: "tuple[Word | Phrase | Number | Not, ...]" = ()


Term = Word | Phrase | Number
EVERYTHING = And()


def parse_query(text: str) -> And:
    """The tree of a query; blank text is every document. Raises QueryError."""
    if len(text) > MAX_LENGTH:
        raise QueryError(f"检索词太长：最多 {MAX_LENGTH} 个字符", MAX_LENGTH)
    whole = text.strip()
    if whole[:1] not in MINUS and not BETWEEN_LETTERS.search(whole) and (key := number_key(whole)):
        return And((Number(key, whole),))
    nodes = tuple(_terms(text))
    if len(nodes) > MAX_TERMS:
        raise QueryError(f"检索词太多：最多 {MAX_TERMS} 个", len(text))
    if text.strip() and not nodes:
        raise QueryError("没有可以检索的文字：请输入汉字、字母或数字", 0)
    return And(nodes)


def number_key(text: str) -> str | None:
    """The key of a text that is a document number and nothing else, in any spelling."""
    key = doc_number_key(text)
    return key if KEY.fullmatch(key) else None


def loose_tokens(word: Word) -> tuple[tuple[str, ...], int]:
    """The distinct tokens of a long word and how many of them must be found; ((), 0) for a short one."""
    distinct = tuple(dict.fromkeys(phrase_tokens(word.text)))
    if len(distinct) < PAIRS_A_MISS:
        return (), 0
    return distinct, len(distinct) - len(distinct) // PAIRS_A_MISS


def lone_number(query: And) -> str | None:
    """The key of the document number where the query is one and nothing else."""
    match query.nodes:
        case (Number(key, _),):
            return key
    return None


def _terms(text: str) -> Iterator[Term | Not]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        excluded = text[at] in MINUS and at + 1 < len(text) and not text[at + 1].isspace()
        start = at + excluded
        term, at = _quoted(text, start) if text[start] in QUOTES else _plain(text, start)
        if runs(term.text):
            yield Not(term) if excluded else term


def _quoted(text: str, start: int) -> tuple[Phrase, int]:
    closing = QUOTES[text[start]]
    end = text.find(closing, start + 1)
    if end < 0:
        raise QueryError("引号没有配对", start)
    return Phrase(text[start + 1 : end]), end + 1


def _plain(text: str, start: int) -> tuple[Word | Number, int]:
    match = WORD.match(text, start)
    end = match.end() if match else start + 1
    word = text[start:end]
    key = number_key(word)
    return (Number(key, word) if key else Word(word)), end
