"""Gazettes by issue, as far as titles, sources and columns name it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from index.engine import NONE, SearchRequest
from normalizers.gazette_issues import parse_gazette_issue
from normalizers.policy import Policy
from portal.counts import Counts
from portal.library import Library

# Documents that are looked through for their issues: 40 years of a monthly gazette with ten articles an issue.
MOST_LOOKED_THROUGH = 5_000
MAX_ISSUE = 12  # characters of an issue in an address


@dataclass(frozen=True, slots=True)
class Article:
    """A document of an issue."""

    id: str
    title: str
    day: date | None


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue with its documents; `key` is its name in an address, NONE where nothing names it."""

    key: str
    label: str
    articles: tuple[Article, ...]


def issues_of(
    library: Library, counts: Counts, request: SearchRequest, total: int
) -> tuple[Issue, ...] | None:
    """The issues of what a request finds, newest first, the unknown one last; None where there are too many."""
    if total > MOST_LOOKED_THROUGH:
        return None
    walked = replace(request, sort="published", order="asc")
    # A policy that was hidden is out of the catalogue's answers before the index has followed.
    seq = library.state().seq
    return counts.kept(("issues", walked, seq), lambda: tuple(_issues(library, walked)))


def issue_of(policy: Policy) -> tuple[int, int] | None:
    """(year, number) of the issue that a policy names itself, its source, a column or a note."""
    for text in (policy.title, policy.source, *policy.channels, policy.note):
        if issue := parse_gazette_issue(text or ""):
            return issue
    return None


def _issues(library: Library, request: SearchRequest) -> Iterator[Issue]:
    found: dict[tuple[int, int] | None, list[Article]] = {}
    for piece in library.walk(request):
        for stored in piece:
            policy = stored.policy
            article = Article(policy.id, policy.title or "", policy.published_date or policy.written_date)
            found.setdefault(issue_of(policy), []).append(article)
    for issue in sorted((one for one in found if one), reverse=True):
        year, number = issue
        yield Issue(f"{year}-{number}", f"{year}年第{number}期", tuple(found[issue]))
    if None in found:
        yield Issue(NONE, "期号未知", tuple(found[None]))
