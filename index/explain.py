"""Which terms of a request gave a document its points, in any engine.

The points of a term are those of index/ranking.py; what one of them is worth for a document only its engine
knows.
"""

from collections.abc import Callable

from index.engine import Explanation, RequestError, SearchRequest, Share
from index.query import Term
from index.ranking import Point, request_points

NOT_FOUND = "这份文件不在这次检索的结果里"


def explained(
    request: SearchRequest,
    worth: Callable[[Point], float],
    factor: float,
) -> Explanation:
    """The explanation of one document that the request finds, given what its engine says of it."""
    shares = [
        Share(term, point.field, _text(term, point), point.how, given)
        for point, term in request_points(request.query).items()
        if (given := worth(point))
    ]
    ranked = tuple(sorted(shares, key=lambda share: -share.points))
    return Explanation(factor * sum(share.points for share in ranked), ranked, factor)


def refused(document_id: str) -> RequestError:
    """The error of a document that the request does not find."""
    return RequestError(f"{NOT_FOUND}：{document_id}")


def _text(term: Term, point: Point) -> str:
    """The term as typed where it counts as a whole, else its token."""
    return term.text if point.how == "constant" else point.tokens[0]
