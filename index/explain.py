"""Which terms of a request gave a document its points, in any engine.

The points of a term are those of index/ranking.py; what one of them is worth for a document only its engine
knows. Below alternatives a term gives points where its whole branch is matched.
"""

from collections.abc import Callable, Iterator

from index.engine import Explanation, RequestError, SearchRequest, Share
from index.query import All, Either, Node, Number, Phrase, Term, Word, terms
from index.ranking import Point, points

NOT_FOUND = "这份文件不在这次检索的结果里"


def branches(node: Node) -> Iterator[Node]:
    """Every part of a tree that a document may match or not while the whole is matched."""
    match node:
        case Either(nodes):
            for inner in nodes:
                if any(terms(inner)):
                    yield inner
                    yield from branches(inner)
        case All(nodes):
            for inner in nodes:
                yield from branches(inner)


def explained(
    request: SearchRequest,
    matches: Callable[[Node], bool],
    worth: Callable[[Point], float],
    factor: float,
) -> Explanation:
    """The explanation of one document that the request finds, given what its engine says of it."""
    shares = [
        Share(term, point.field, _text(term, point), point.how, given)
        for term in _pointed(request.query, matches)
        for point in points(term)
        if (given := worth(point))
    ]
    ranked = tuple(sorted(shares, key=lambda share: -share.points))
    return Explanation(factor * sum(share.points for share in ranked), ranked, factor)


def refused(document_id: str) -> RequestError:
    """The error of a document that the request does not find."""
    return RequestError(f"{NOT_FOUND}：{document_id}")


def _pointed(node: Node, matches: Callable[[Node], bool]) -> Iterator[Term]:
    match node:
        case Word() | Phrase() | Number():
            yield node
        case Either(nodes):
            for inner in nodes:
                if any(terms(inner)) and matches(inner):
                    yield from _pointed(inner, matches)
        case All(nodes):
            for inner in nodes:
                yield from _pointed(inner, matches)


def _text(term: Term, point: Point) -> str:
    """The term as typed where it counts as a whole, else its token."""
    return term.text if point.how == "constant" else point.tokens[0]
