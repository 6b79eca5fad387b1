"""Other words for a word of a query: short names of bodies and of things in policy language.

`data/synonyms.csv` has one pair a row: `word`, `also`, `both` (1 where each stands for the other) and
`source`. Names of bodies come from the authority file of the normalizers.
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from index.query import TextField
from normalizers.authorities import lookup

# Words added for one word; more would drown what was typed.
MAX_OTHERS = 4
# What stands beside a short word inside a longer one has at least so many characters: 高企|认定.
LEAST_REST = 2


@cache
def table() -> Mapping[str, tuple[str, ...]]:
    """Every word of the table with what it is searched for besides."""
    found: dict[str, tuple[str, ...]] = {}
    text = (files("index") / "data" / "synonyms.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        word, also = row["word"], row["also"]
        found[word] = (*found.get(word, ()), also)
        if row["both"] == "1":
            found[also] = (*found.get(also, ()), word)
    return found


def other_words(word: str, where: TextField | None = None) -> tuple[str, ...]:
    """What is searched for beside a word, best first: the full name of a body, other words for the thing.

    A longer word is widened where a short name of the table begins or ends it. Numbers have no other words.
    """
    if where in ("number", "attachment"):
        return ()
    found = list(table().get(word, ()))
    body = lookup(word)
    if body and body.name != word:
        found.insert(0, body.name)
    if not found and where != "issuer":
        found = _inside(word)
    return tuple(dict.fromkeys(found))[:MAX_OTHERS]


def _inside(word: str) -> list[str]:
    for size in range(len(word) - LEAST_REST, 1, -1):
        if others := table().get(word[:size]):
            return [other + word[size:] for other in others if len(other) > size and other not in word]
        if others := table().get(word[-size:]):
            return [word[:-size] + other for other in others if len(other) > size and other not in word]
    return []
