"""The language of queries: words, "exact phrases", -without, and document numbers.

Words separated by white space must all be found; `"…"` is found letter for letter; `-word` and `-"…"`
exclude; a document number is recognised in any spelling.
"""

import re
from collections.abc import Iterator

from index.query import All, Not, Number, Phrase, Span, Term, Word
from index.tokens import runs
from normalizers.doc_numbers import KEY, doc_number_key

MAX_LENGTH = 300  # characters; the longest real title seen has 180
MAX_TERMS = 24
QUOTES = {'"': '"', "＂": "＂", "“": "”", "”": "”", "「": "」", "『": "』"}
MINUS = "-－"
WORD = re.compile(r"[^\s\"＂“”「『]+")
# White space between two letters separates words; elsewhere a number may have it: 演政发 〔2023〕 12 号.
BETWEEN_LETTERS = re.compile(r"[^\W\d_]\s+[^\W\d_]")


class QueryError(ValueError):
    """A query that cannot be understood; `position` is the offset of the character to blame."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


def parse_query(text: str) -> All:
    """The tree of a query; blank text is every document. Raises QueryError."""
    if len(text) > MAX_LENGTH:
        raise QueryError(f"检索词太长：最多 {MAX_LENGTH} 个字符", MAX_LENGTH)
    whole = text.strip()
    if whole[:1] not in MINUS and not BETWEEN_LETTERS.search(whole) and (key := number_key(whole)):
        return All((Number(key, whole, span=Span(0, len(text))),))
    nodes = tuple(_terms(text))
    if len(nodes) > MAX_TERMS:
        raise QueryError(f"检索词太多：最多 {MAX_TERMS} 个", len(text))
    if text.strip() and not nodes:
        raise QueryError("没有可以检索的文字：请输入汉字、字母或数字", 0)
    return All(nodes)


def number_key(text: str) -> str | None:
    """The key of a text that is a document number and nothing else, in any spelling."""
    key = doc_number_key(text)
    return key if KEY.fullmatch(key) else None


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
    return Phrase(text[start + 1 : end], span=Span(start, end + 1)), end + 1


def _plain(text: str, start: int) -> tuple[Word | Number, int]:
    match = WORD.match(text, start)
    end = match.end() if match else start + 1
    word, span = text[start:end], Span(start, end)
    key = number_key(word)
    return (Number(key, word, span=span) if key else Word(word, span=span)), end
