"""An explanation in words, as a person reads it beside a result."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from index.engine import Explanation, Share
from index.query import Term
from index.ranking import EXPLAINED_SHARE, FIRST_YEAR, LEVEL_SHARES
from index.tokens import phrase_tokens

PLACES = {
    "title": "标题",
    "number_text": "文号",
    "issuer_text": "发文机关",
    "body": "正文",
    "attachment_text": "附件",
}
MEANT = {"year": "年份", "region": "地区", "level": "层级"}  # what a word may mean, see index/plain_words.py
RANKS = {"national": "国家级", "provincial": "省级", "municipal": "市级", "county": "县级"}
BEARER, CHARACTERS = "doc_number_key", "title_chars"
ONLY_FILTERS = "符合条件；检索式中没有计分的词"
MOST_QUOTED = 5
NOTHING_ADDED: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence about a result and the points of what it tells; 0 where it gives none by itself."""

    words: str
    points: float


def reasons(
    explanation: Explanation, level: str | None, day: date | None, typed: Mapping[str, str] = NOTHING_ADDED
) -> tuple[Reason, ...]:
    """Why a document is found, in Chinese, what counted most first.

    `level` and `day` are those of the document; `typed` gives for every word that a query was widened by the
    word that stands in it.
    """
    found = sorted(_by_place(explanation.shares, typed), key=lambda reason: -reason.points)
    if not found:
        found = [Reason(ONLY_FILTERS, 0.0)]
    return (*found, *_standing(explanation, level, day))


def _by_place(shares: Iterable[Share], typed: Mapping[str, str]) -> Iterator[Reason]:
    """One sentence for each term in each place."""

    def key(share: Share) -> tuple[str, str]:
        return share.term.text, share.field

    for _, group in groupby(sorted(shares, key=key), key=key):
        together = list(group)
        term, field = together[0].term, together[0].field
        points = sum(share.points for share in together)
        origin = f"（“{typed[term.text]}”的另一种说法）" if term.text in typed else ""
        if words := _sentence(term, field, together, shares):
            yield Reason(words + origin, points)


def _sentence(term: Term, field: str, together: list[Share], shares: Iterable[Share]) -> str:
    if field == BEARER:
        return f"文号就是“{term.text}”"
    if field in MEANT:
        return f"{MEANT[field]}符合“{term.text}”"
    if any(share.how == "constant" for share in together):
        return f"{PLACES[field]}里原样出现“{term.text}”"
    tokens = [share.text for share in together]
    if field != CHARACTERS:
        return f"{PLACES[field]}里出现{_quoted(_joined(term, tokens))}"
    stands = any(s.term == term and s.field == "title" and s.how == "constant" for s in shares)
    # The characters of what stands in the title as a whole are no news.
    return "" if stands else f"标题里有{_quoted(tokens)}字"


def _joined(term: Term, tokens: Iterable[str]) -> list[str]:
    """The parts of a term that its tokens cover: 养老 老服 服务 → 养老服务."""
    found, parts, last = set(tokens), [""], ""
    for token in phrase_tokens(term.text):
        if token not in found:
            last = ""
            continue
        if last and last[-1] == token[0] and len(token) == 2:
            parts[-1] += token[1:]
        else:
            parts.append(token)
        last = token if len(token) == 2 and not token.isascii() else ""
    return list(dict.fromkeys(parts[1:]))


def _quoted(texts: list[str]) -> str:
    shown = "、".join(f"“{text}”" for text in texts[:MOST_QUOTED])
    return f"{shown}等" if len(texts) > MOST_QUOTED else shown


def _standing(explanation: Explanation, level: str | None, day: date | None) -> Iterator[Reason]:
    """What level, year and type of content did to the whole."""
    names = ["文件本身而非解读"] if explanation.factor > 1 + EXPLAINED_SHARE else []
    names += [RANKS[level]] if level in LEVEL_SHARES else []
    names += [f"{day.year}年"] if day and day.year > FIRST_YEAR else []
    if names and explanation.factor > 1 and explanation.score:
        more = explanation.score - explanation.score / explanation.factor
        yield Reason(f"{'、'.join(names)}，略微提前（{explanation.factor - 1:.1%}）", more)
