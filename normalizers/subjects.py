"""Subject 主题分类: read from what a page prints, else inferred from the words of title and first text.

The scheme is the State Council's: 22 subjects with a second level (data/subjects.csv, with the names
that provinces give to them). Weights of words are data (data/subject_words.csv), made by
`python -m benchmarks.train_subjects` from labelled documents.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from normalizers.chars import squeeze
from normalizers.words import Words, load_table

# Of a body its first characters tell what it is about; more only adds words that every document has.
LEAD = 700
# A word of the lead counts so much of one of the title, at most COUNTED times.
LEAD_WEIGHT, COUNTED = 0.2, 3
# Least probability of an answer: .89 right of .74 answered in 5-fold cross-validation (155 documents,
# benchmarks.train_subjects); at .6 it is .87 of .83, at .8 .90 of .64.
SURE = 0.7
TELLING = 5
# Read over as a whole: 民政 is no word of 人民政府, 市政 none of 市政府.
NEUTRAL = (
    "人民政府",
    "人民政协",
    "市政府",
    "市政务",
    "市政协",
    "城市政策",
    "财政部办公厅",
    "通信地址",
    "通讯地址",
)
# Cells of 主题分类 and 信息分类 that name a kind of document or column instead of a subject, or its number (1081:
# observed in the library of the State Council).
NO_SUBJECT = re.compile(
    r"文件|公文|通知|公告|公示|规章|法规|政策|解读|公报|规划|信息|公开|动态|目录|其他?文|^\d+$|命令|决定|意见"
)
LEVELS = re.compile(r"[\\/／>＞|｜»;；]|->|——?")


@dataclass(frozen=True, slots=True)
class Subject:
    """One of the 22 subjects (None: the page names none of them) and what the page says below it."""

    name: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class _Scheme:
    names: dict[str, str]
    details: dict[str, tuple[str, str]]


def fold(text: str) -> str:
    """The comparable form of the name of a subject: no white space, separators or half-width brackets."""
    return re.sub(r"[、,，和与及·]|等$", "", squeeze(text).replace("(", "（").replace(")", "）"))


@cache
def scheme() -> _Scheme:
    """Names and variants of the subjects, and the second level, each by its folded form."""
    names: dict[str, str] = {}
    details: dict[str, tuple[str, str]] = {}
    shared: set[str] = set()
    for row in load_table("subjects.csv"):
        for detail in filter(None, row["details"].split("|")):
            for key in {fold(detail), fold(detail.partition("（")[0])}:
                shared.update({key} & details.keys())
                details[key] = (row["name"], detail)
        for variant in (row["name"], *filter(None, row["variants"].split("|"))):
            variant, _, detail = variant.partition(":")
            if detail:
                details[fold(variant)] = (row["name"], variant)
            else:
                names[fold(variant)] = row["name"]
    return _Scheme(names, {k: v for k, v in details.items() if k not in shared})


@cache
def subject_names() -> dict[str, str]:
    """Ids of the 22 subjects to their names, in the order of the State Council's list."""
    return {row["id"]: row["name"] for row in load_table("subjects.csv")}


def parse_subject(text: str) -> Subject | None:
    """What a cell such as 财政、金融、审计\\税务 names; None where it names a kind of document or nothing.

    A second level alone (教育) gives its subject too; a name outside the scheme stays as detail.
    """
    parts = [part for raw in LEVELS.split(text) if (part := squeeze(raw))]
    if not parts:
        return None
    found = scheme()
    for i, part in enumerate(parts):
        if name := found.names.get(fold(part)):
            rest = [p for p in parts[i + 1 :] if p not in ("全部", "主题分类")]
            return Subject(name, printed_detail(rest[0]) if rest else None)
    for part in parts:
        if fold(part) in found.details:
            return Subject(*found.details[fold(part)])
    last = parts[-1]
    return None if NO_SUBJECT.search(last) else Subject(None, last)


def printed_detail(text: str) -> str:
    """A second level in the spelling of the scheme, else as printed."""
    known = scheme().details.get(fold(text)) or scheme().details.get(fold(text.partition("(")[0]))
    return known[1] if known else text


@dataclass(frozen=True, slots=True)
class _Model:
    words: Words
    weights: dict[str, dict[str, float]]


@cache
def model() -> _Model:
    """The words with their weights for each subject."""
    weights: dict[str, dict[str, float]] = {}
    for row in load_table("subject_words.csv"):
        weights.setdefault(row["word"], {})[row["subject"]] = float(row["weight"])
    return _Model(matcher(weights), weights)


def matcher(words: Iterable[str]) -> Words:
    """The list to find these words with."""
    return Words([*words, *NEUTRAL])


def features(words: Words, title: str, lead: str) -> dict[str, float]:
    """Each word of title and lead with what it counts."""
    found = dict.fromkeys(words.count(squeeze(title)), 1.0)
    for word, times in words.count(lead[:LEAD]).items():
        found[word] = found.get(word, 0.0) + LEAD_WEIGHT * min(times, COUNTED)
    return {word: count for word, count in found.items() if word not in NEUTRAL}


def probabilities(found: dict[str, float], weights: dict[str, dict[str, float]]) -> dict[str, float]:
    """Probability of each subject that at least one of the words speaks for."""
    scores: dict[str, float] = {}
    for word, count in found.items():
        for subject, weight in weights[word].items():
            scores[subject] = scores.get(subject, 0.0) + weight * count
    if not scores:
        return {}
    # Every subject that no word speaks for has the score 0 and its share of the whole.
    top = max(0.0, *scores.values())
    powers = {subject: math.exp(score - top) for subject, score in scores.items()}
    whole = sum(powers.values()) + (len(subject_names()) - len(scores)) * math.exp(-top)
    return {subject: power / whole for subject, power in powers.items()}


def infer_subject(title: str, lead: str) -> tuple[str, str] | None:
    """The subject that the words of a document speak for, and those words; None where they are not sure."""
    found = features(model().words, title, lead)
    chances = probabilities(found, model().weights)
    if not chances:
        return None
    best = max(chances, key=lambda subject: chances[subject])
    if chances[best] < SURE or best == "other":
        return None
    return subject_names()[best], "、".join(telling(found, best))


def telling(found: dict[str, float], subject: str) -> list[str]:
    """The words that spoke loudest for a subject."""
    loud = {word: model().weights[word].get(subject, 0.0) * count for word, count in found.items()}
    return [word for word in sorted(loud, key=lambda w: (-loud[w], w)) if loud[word] > 0][:TELLING]
