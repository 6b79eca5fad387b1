"""What a search must find, by plain comparison of characters: no tokens, no index.

What "exact" means. Letters are compared after `search_text`: compatibility forms, lower case, traditional
characters as simplified ones; whatever is no ideograph, a-z or digit is a space. White space and punctuation
part runs of characters, and how much of it there is makes no difference; neither does any between an
ideograph and a letter or digit (2023年 = 2023 年). So a text is its runs joined by single spaces
(`spaced`), and a phrase stands in it where its own runs do:

- inside a run of ideographs anywhere (务体 in 服务体系), never across punctuation that the phrase does not have
  (服务体系 is not in 服务，体系; 服务，体系 is in 服务。体系 and not in 服务体系);
- words of letters and digits are whole: 23年 is not in 2023年;
- a phrase stands in one field from its first to its last character;
- an ideograph at an end of the phrase, parted from the rest by nothing but punctuation (甲，乙方), is left out:
  only 乙方 is looked for, for in a document 甲 may be the end of a longer run (`kept`);
- one ideograph alone is looked for in titles only.

A long word (four pairs or more) asks for three of every four of its pairs, rounded up, each in any field.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta, timezone
from functools import cache

from index.document import IndexDocument
from index.engine import FacetCount, SearchRequest
from index.query import All, Days, Either, Filter, Hint, Ids, Node, Not, Number, Phrase, TextField, Word
from index.tokens import search_text

CHINA = timezone(timedelta(hours=8))
CLASH = re.compile(r"(?<=[0-9a-z])(?=[^0-9a-z ])|(?<=[^0-9a-z ])(?=[0-9a-z])")
# A word of so many different pairs is long, and of every so many one may be missing.
LONG, MAY_MISS = 4, 4
MOST_PAIRS = 32  # of a word of which four of ten will do
TEXT_NAMES: tuple[TextField, ...] = ("title", "number", "issuer", "body", "attachment")


@cache
def spaced(text: str) -> str:
    """The runs of a text joined by single spaces."""
    return " ".join(CLASH.sub(" ", search_text(text)).split())


def is_latin(char: str) -> bool:
    """Whether a character of a spaced text belongs to a word of letters and digits."""
    return char.isascii()


@cache
def kept(phrase: str) -> str:
    """A spaced phrase without the single ideographs at its ends that only punctuation parts from the rest."""
    parts = phrase.split()
    if len(parts) > 1 and len(parts[0]) == 1 and not is_latin(parts[0]) and not is_latin(parts[1][0]):
        parts = parts[1:]
    if len(parts) > 1 and len(parts[-1]) == 1 and not is_latin(parts[-1]) and not is_latin(parts[-2][0]):
        parts = parts[:-1]
    return " ".join(parts)


def needle(phrase: str) -> str:
    """A spaced phrase with the edges of its words, as it must stand in a field that has a space at either end."""
    return " " * is_latin(phrase[0]) + phrase + " " * is_latin(phrase[-1])


@dataclass(frozen=True, slots=True)
class Text:
    """One document as it is compared: every field spaced, with a space at either end."""

    document: IndexDocument
    fields: dict[TextField, str] = field(repr=False)

    def has(self, phrase: str, where: TextField | None) -> bool:
        """Whether a spaced phrase stands in a field, or in any."""
        if len(phrase) == 1 and not is_latin(phrase):
            return where in (None, "title") and phrase in self.fields["title"]
        sought = needle(phrase)
        return any(sought in self.fields[name] for name in _fields(where))

    def has_pair(self, pair: str, where: TextField | None) -> bool:
        """Whether a pair of ideographs, a word, or an ideograph beside a word stands in a field."""
        if len(pair) > 1 or is_latin(pair):
            sought = needle(pair)
            return any(sought in self.fields[name] for name in _fields(where))
        # An ideograph by itself, or the one of its run that is next to a word.
        shape = re.compile(f" {pair} |[0-9a-z] {pair}|{pair} [0-9a-z]")
        return any(shape.search(self.fields[name]) for name in _fields(where))


def text_of(document: IndexDocument) -> Text:
    """A document as the oracle reads it."""
    values: dict[TextField, str] = {
        "title": document.title,
        "number": document.number_text,
        "issuer": document.issuer_text,
        "body": document.body,
        "attachment": document.attachment_text,
    }
    return Text(document, {name: f" {spaced(value)} " for name, value in values.items()})


def _fields(where: TextField | None) -> Iterable[TextField]:
    return TEXT_NAMES if where is None else (where,)


def matches(node: Node, text: Text) -> bool:  # noqa: C901, PLR0911  one line a kind of node
    """Whether a document is asked for by a tree."""
    match node:
        case Phrase(words, where):
            return text.has(kept(spaced(words)), where)
        case Word():
            return _has_word(node, text)
        case Number(key, words, where):
            bears = text.document.doc_number_key == key
            if where == "number":
                return bears
            named = any(text.has(kept(spaced(spelled)), where) for spelled in (key, words))
            return named or (bears and where is None)
        case Filter(name, values):
            return has_value(text.document, name, values)
        case Days(first, last, "first_seen"):
            return within(text.document.first_seen.astimezone(CHINA).date(), first, last)
        case Days(first, last):
            return within(text.document.date, first, last)
        case Ids(ids):
            return text.document.id in ids
        case Not(inner):
            return not matches(inner, text)
        case Either(nodes):
            return any(matches(inner, text) for inner in nodes)
        case All(nodes):
            return all(matches(inner, text) for inner in nodes)


def _has_word(node: Word, text: Text) -> bool:
    word, where = spaced(node.text), node.field
    if isinstance(node, Hint):
        return text.has(kept(word), where) or has_value(text.document, node.name, node.values)
    if node.loose:
        pairs = [pair for pair in pairs_of(word) if len(pair) > 1 or is_latin(pair)][:MOST_PAIRS]
        needed = -(-4 * len(pairs) // 10)
    else:
        every = pairs_of(kept(word))
        pairs, needed = (list(every), len(every) - len(every) // MAY_MISS) if len(every) >= LONG else ([], 0)
    if not pairs:
        return text.has(kept(word), where)
    return sum(text.has_pair(pair, where) for pair in pairs) >= needed


@cache
def pairs_of(word: str) -> tuple[str, ...]:
    """The different pairs of ideographs of a spaced word, its words of letters, and the ideographs beside those."""
    found: list[str] = []
    parts = word.split()
    for at, part in enumerate(parts):
        if is_latin(part[0]) or len(part) == 1:
            found.append(part)
            continue
        if at and is_latin(parts[at - 1][0]):
            found.append(part[0])
        found += [part[i : i + 2] for i in range(len(part) - 1)]
        if at + 1 < len(parts) and is_latin(parts[at + 1][0]):
            found.append(part[-1])
    return tuple(dict.fromkeys(found))


def has_value(document: IndexDocument, name: str, values: Sequence[str]) -> bool:
    """Whether a document has one of these values of a facet."""
    found = values_of(document, name)
    return bool(set(found) & set(values)) or ("none" in values and not found)


def values_of(document: IndexDocument, name: str) -> tuple[str, ...]:
    """The values of a document for one facet."""
    day = document.date
    many = {
        "region": document.regions,
        "issuer": document.issuers,
        "topic": document.topics,
        "keyword": document.keywords,
        "year": (day.isoformat()[:4],) if day else (),
        "withdrawn": (str(document.withdrawn).lower(),),
        "normative": () if document.normative is None else (str(document.normative).lower(),),
    }
    if name in many:
        return tuple(dict.fromkeys(many[name]))
    value: str | None = getattr(document, name)
    return (value,) if value else ()


def within(day: date | None, first: date | None, last: date | None) -> bool:
    """Whether a day is known and in a closed range."""
    return day is not None and (first is None or first <= day) and (last is None or day <= last)


def asked(request: SearchRequest, texts: Iterable[Text], *, but: str = "") -> list[IndexDocument]:
    """The documents that a request asks for, the filter named `but` set aside."""
    wanted = {name: values for name, values in request.filters.items() if values and name != but}
    ranged = bool(request.date_from or request.date_to)
    return [
        text.document
        for text in texts
        if all(has_value(text.document, name, values) for name, values in wanted.items())
        and (not ranged or within(text.document.date, request.date_from, request.date_to))
        and matches(request.query, text)
    ]


def counted(request: SearchRequest, texts: Sequence[Text], name: str) -> tuple[FacetCount, ...]:
    """The counts of one facet, largest first, its own filter set aside."""
    counts = Counter(value for found in asked(request, texts, but=name) for value in values_of(found, name))
    return tuple(
        sorted(
            (FacetCount(value, count) for value, count in counts.items()), key=lambda c: (-c.count, c.value)
        )
    )
