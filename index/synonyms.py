"""Other words for a word of a query: short names of bodies and of things in policy language.

`data/synonyms.csv` has one pair a row: `word`, `also`, `both` (1 where each stands for the other) and
`source`. Names of bodies come from the authority file of the normalizers.
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from index.query import TextField
from index.tokens import search_text
from normalizers.authorities import lookup

# Words added for one word; more would drown what was typed.
MAX_OTHERS = 4
# What stands beside a short word inside a longer one has at least so many characters: 高企|认定.
LEAST_REST = 2
RANKS = tuple("省市区县州旗")  # they may stand alone before a body: 市人社局


@cache
def table() -> Mapping[str, tuple[str, ...]]:
    """Every word of the table, folded, with what it is searched for besides."""
    found: dict[str, tuple[str, ...]] = {}
    text = (files("index") / "data" / "synonyms.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        pairs = [(row["word"], row["also"]), (row["also"], row["word"])][: 1 + int(row["both"])]
        for word, also in pairs:
            found[folded(word)] = (*found.get(folded(word), ()), also)
    return found


def folded(word: str) -> str:
    """A word as it is compared: 醫保 is 医保, ａｉ is AI."""
    return " ".join(search_text(word).split())


def is_known(word: str) -> bool:
    """Whether a whole word stands in the table or is a body's name or short name."""
    return folded(word) in table() or lookup(folded(word)) is not None


def other_words(word: str, where: TextField | None = None) -> tuple[str, ...]:
    """What is searched for beside a word, best first: the full name of a body, other words for the thing.

    A longer word is widened where a short name of the table begins or ends it. Numbers have no other words.
    """
    if where in ("number", "attachment"):
        return ()
    typed, word = word, folded(word)
    found = list(table().get(word, ()))
    body = lookup(typed) or (lookup(word) if word != typed else None)
    if body and folded(body.name) != word:
        found.insert(0, body.name)
    if not found:
        found = _inside(word)
    # What holds the word itself is found with it.
    return tuple(dict.fromkeys(other for other in found if word not in folded(other)))[:MAX_OTHERS]


def _inside(word: str) -> list[str]:
    if word[:1] in RANKS and (others := table().get(word[1:])):
        return [word[0] + other for other in others]
    for size in range(len(word) - LEAST_REST, 1, -1):
        if others := table().get(word[:size]):
            return [other + word[size:] for other in others if len(other) > size and other not in word]
        if others := table().get(word[-size:]):
            return [word[:-size] + other for other in others if len(other) > size and other not in word]
    return []
