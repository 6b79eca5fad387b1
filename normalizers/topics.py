"""Topic tags 主题标签: which matters a document treats, each tag with the words that say so.

The scheme is data (data/topics.csv, docs/tags.md): each tag with its words, longer words that hold one
of them and mean something else, its subject of the 22 and the key disclosure area 重点领域 it falls in.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from normalizers.chars import squeeze
from normalizers.words import Words, load_table

# Precision before recall: one word of the title is enough, a body must say it with different words, often,
# near its beginning.
LEAD = 500
LEAD_WORDS, LEAD_TIMES = 2, 4
MAX_TAGS = 6
# In the order of tags a word of the title counts so many times of the body.
TITLE_WEIGHT = 10
ISSUER = re.compile(r"^[^《]{2,80}?(?=关于|印发|转发|批转)")


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag of the scheme."""

    id: str
    name: str
    words: tuple[str, ...]
    exclude: tuple[str, ...]
    subject: str
    key_area: str


@dataclass(frozen=True, slots=True)
class _Scheme:
    tags: tuple[Tag, ...]
    words: Words
    by_word: dict[str, tuple[int, ...]]


def load_tags() -> tuple[Tag, ...]:
    """The scheme in its own order."""
    return _scheme().tags


@cache
def _scheme() -> _Scheme:
    tags = tuple(
        Tag(
            row["id"],
            row["name"],
            tuple(filter(None, row["words"].split("|"))),
            tuple(filter(None, row["exclude"].split("|"))),
            row["subject"],
            row["key_area"],
        )
        for row in load_table("topics.csv")
    )
    by_word: dict[str, tuple[int, ...]] = {}
    for number, tag in enumerate(tags):
        for word in tag.words:
            by_word[word] = (*by_word.get(word, ()), number)
    return _Scheme(tags, Words([*by_word, *(word for tag in tags for word in tag.exclude)]), by_word)


def extract_topics(title: str, lead: str) -> tuple[tuple[str, ...], str] | None:
    """The names of a document's tags, the surest first, and the words that gave them; None where no word does.

    What the title says before 关于 is its issuer and gives no tag.
    """
    scheme = _scheme()
    in_title = scheme.words.count(ISSUER.sub("", squeeze(title)))
    in_lead = scheme.words.count(lead[:LEAD])
    titled, said = _by_tag(in_title), _by_tag(in_lead)
    scores = {
        tag: TITLE_WEIGHT * len(titled.get(tag, ())) + sum(said.get(tag, {}).values())
        for tag in {*titled, *said}
        if tag in titled or enough(said[tag])
    }
    best = sorted(scores, key=lambda tag: (-scores[tag], tag))[:MAX_TAGS]
    if not best:
        return None
    words = [f"{scheme.tags[tag].name}：{'、'.join(titled.get(tag) or said[tag])}" for tag in best]
    return tuple(scheme.tags[tag].name for tag in best), "；".join(words)


def enough(words: dict[str, int]) -> bool:
    """Whether the words of one tag in a lead are many and different enough."""
    return len(words) >= LEAD_WORDS and sum(words.values()) >= LEAD_TIMES


def _by_tag(found: Counter[str]) -> dict[int, dict[str, int]]:
    """Number of a tag to its words that were found, with how often."""
    tags: dict[int, dict[str, int]] = {}
    for word, times in found.items():
        for tag in _scheme().by_word.get(word, ()):
            tags.setdefault(tag, {})[word] = times
    return tags
