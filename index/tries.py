"""What is searched for in turn until something is found: the one place where a request is read less strictly.

A request of plain words that finds nothing is asked again for four of ten of their pairs. Sorted by date, a long
word must stand letter for letter if it does so anywhere: the newest of what is only like it is of no use. Who
wishes for the newest (最新养老服务政策) has titles first, even those that have only parts of it. `Trying` does this above any engine, and says so.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from index.document import IndexDocument
from index.engine import (
    STRANGE_CURSOR,
    Explanation,
    FieldToken,
    Reader,
    Rejected,
    RequestError,
    SearchHit,
    SearchRequest,
    SearchResult,
)
from index.query import All, Either, Filter, Hint, Node, Not, Phrase, Word, flat, loose_tokens
from index.suggest import Suggestion
from index.tokens import runs

LOOSE = "没有全部符合的结果，以下是部分符合的，按相关度排序"
NEWEST_TITLES = "按日期排序，只列出标题符合的文件，不含解读；全部结果请选择按相关度排序"
NEWEST = "标题都不符合，以下是正文等处符合的，按日期排序"
NEWEST_LOOSE = "没有全部符合的结果，以下是标题部分符合的，按日期排序，不含解读"
LETTERS = "按日期排序时只列出逐字符合的；相近的请选择按相关度排序"
NO_EXPLANATION = Not(Filter("content_type", ("interpretation",)))
MARK = "~"  # between the number of a try and the cursor of its engine


@dataclass(frozen=True, slots=True)
class Try:
    """A request to an engine, and what is to be said of its answer (Chinese, "" for the request as it stands)."""

    request: SearchRequest
    note: str = ""
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Trying:
    """A reader that tries what a request may also mean; `strict` is the reader that it asks."""

    strict: Reader

    def search(self, request: SearchRequest) -> SearchResult:
        """The answer to the first try that finds something, else to the request as it stands; RequestError."""
        if request.cursor is not None:
            return self._go_on(request, request.cursor)
        asked: SearchResult | None = None
        for place, one in enumerate(tries(request)):
            result = self.strict.search(one.request)
            if result.total:
                return _told(result, one, place, request)
            if one.request is request:
                asked = result
        assert asked is not None  # the request as it stands is always tried
        return asked

    def _go_on(self, request: SearchRequest, cursor: str) -> SearchResult:
        """The next piece of the try that a cursor belongs to."""
        number, mark, rest = cursor.partition(MARK)
        if not mark:
            return self.strict.search(request)
        for place, one in enumerate(tries(request)):
            if rest and str(place) == number:
                return _told(self.strict.search(replace(one.request, cursor=rest)), one, place, request)
        raise RequestError(STRANGE_CURSOR)

    def chosen(self, request: SearchRequest) -> Try:
        """The try that answers a request."""
        for one in tries(request):
            counting = replace(one.request, limit=0, offset=0, cursor=None, facets=())
            if self.strict.search(counting).total:
                return one
        return Try(request)

    def explain(self, request: SearchRequest, document_id: str) -> Explanation:
        """Why a document is found by the try that answers a request."""
        return self.strict.explain(self.chosen(request).request, document_id)

    def similar(self, document: IndexDocument, limit: int = 10) -> tuple[SearchHit, ...]:
        """As the reader does."""
        return self.strict.similar(document, limit)

    def frequencies(self, tokens: Sequence[FieldToken]) -> Mapping[FieldToken, int]:
        """As the reader does."""
        return self.strict.frequencies(tokens)

    def suggest(self, typed: str, limit: int = 10) -> tuple[Suggestion, ...]:
        """As the reader does."""
        return self.strict.suggest(typed, limit)

    def find_number(self, key: str) -> tuple[str, ...]:
        """As the reader does."""
        return self.strict.find_number(key)

    def rejected(self) -> tuple[Rejected, ...]:
        """As the reader does."""
        return self.strict.rejected()

    def generation(self) -> int:
        """As the reader does."""
        return self.strict.generation()

    def applied_seq(self) -> int:
        """As the reader does."""
        return self.strict.applied_seq()

    def dump(self) -> Iterator[tuple[str, str]]:
        """As the reader does."""
        return self.strict.dump()


def tries(request: SearchRequest) -> Iterator[Try]:
    """What to ask in turn; the request as it stands is always among them."""
    tree, note = request.query, ""
    if request.strict:
        yield Try(request)
        return
    if request.sort != "relevance":
        if request.titles_first and (titles := _each(tree, _in_title)) != tree:
            yield Try(replace(request, query=All((titles, NO_EXPLANATION), tree.span)), NEWEST_TITLES)
            note = NEWEST
        if (letters := _each(tree, _by_letters)) != tree:
            yield Try(replace(request, query=letters), LETTERS)
    yield Try(request, note)
    if (loose := loosened(tree)) is not None:
        if request.sort != "relevance" and request.titles_first:
            titles = All((_each(loose, _in_title), NO_EXPLANATION), tree.span)
            yield Try(replace(request, query=titles), NEWEST_LOOSE, loose=True)
        yield Try(replace(request, query=loose, sort="relevance", order="desc"), LOOSE, loose=True)


def loosened(tree: Node) -> All | None:
    """A tree whose plain words need only be found in part, all else as it is; None where that is no less strict.

    What was found for a word besides (高企, 高新技术企业) stands in for it in a second reading of all words.
    """
    if not isinstance(tree, All):
        return None
    nodes = tuple(flat(tree))
    plain = [node for node in nodes if _is_plain(node)]
    typed = _loose([_word(node, 0) for node in plain])
    also = _loose([_word(node, 1) for node in plain])
    if typed is None or also is None:
        return None
    either: Node = typed if also == typed else Either((typed, also), typed.span)
    return All((either, *(node for node in nodes if not _is_plain(node))), tree.span)


def _loose(words: Sequence[Word | Phrase]) -> Word | None:
    text = " ".join(run for word in words for run in runs(word.text) if len(run) > 1)
    loose = Word(text, None, words[0].span, loose=True) if words else None
    return loose if loose and len(loose_tokens(loose)[0]) > 1 else None


def _is_plain(node: Node) -> bool:
    """Whether a node is a word of no field, or one with its other words."""
    if isinstance(node, Either):
        return bool(node.nodes) and _is_plain(node.nodes[0]) and all(n.span == node.span for n in node.nodes)
    return isinstance(node, Word) and not isinstance(node, Hint) and node.field is None


def _word(node: Node, place: int) -> Word | Phrase:
    """The word as typed, or the first of those that mean the same."""
    if isinstance(node, Either):
        return _word(node.nodes[min(place, len(node.nodes) - 1)], place)
    assert isinstance(node, Word | Phrase)
    return node


def _each(node: Node, change: Callable[[Node], Node]) -> Node:
    """A tree with every word and phrase that a document may be found by changed."""
    match node:
        case Word() | Phrase():
            return change(node)
        case All(nodes):
            return All(tuple(_each(inner, change) for inner in nodes), node.span)
        case Either(nodes):
            return Either(tuple(_each(inner, change) for inner in nodes), node.span)
    return node


def _in_title(node: Node) -> Node:
    if isinstance(node, Word | Phrase) and node.field is None and not isinstance(node, Hint):
        return replace(node, field="title")
    return node


def _by_letters(node: Node) -> Node:
    if isinstance(node, Word) and loose_tokens(node)[0]:
        return Phrase(node.text, node.field, node.span)
    return node


def _told(result: SearchResult, one: Try, place: int, request: SearchRequest) -> SearchResult:
    """A result with what is to be said of it; its cursor goes on with the same try."""
    if one.request is request:
        return replace(result, note=one.note)
    following = result.next_cursor and f"{place}{MARK}{result.next_cursor}"
    return replace(
        result,
        next_cursor=following,
        query=one.request.query,
        note=one.note,
        loose=one.loose,
        sort=one.request.sort,
    )
