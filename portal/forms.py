"""The parameters of a search as pages and API receive them, as one SearchRequest."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from index.engine import MAX_VALUES, NONE, Order, RequestError, SearchRequest, Sort
from index.parse import Parsed, parse_query
from index.query import terms
from index.vocabulary import NO_NAMES, Names
from normalizers.authorities import lookup
from normalizers.doc_types import TYPES
from normalizers.policy import CONTENT_TYPES, INTERPRETATION_FORMS, LEVELS, VALIDITIES
from portal.labels import FILTER_NAMES, NORMATIVE, SORT_NAMES, WITHDRAWN

MAX_TEXT = 1_000  # characters of a query; index.parse reads the first 300 and says so
MAX_CHOSEN = 50  # values of one filter
MAX_FILTERS = 200  # values of all filters
MAX_VALUE = 200  # characters of one value
# The filters whose values are all known here, with their names; regions are looked up where results are.
CLOSED: Mapping[str, Mapping[str, str]] = {
    "level": LEVELS,
    "content_type": CONTENT_TYPES,
    "doc_type": {name: name for name in TYPES.values()},
    "normative": NORMATIVE,
    "interpretation_form": INTERPRETATION_FORMS,
    "validity": VALIDITIES,
    "withdrawn": WITHDRAWN,
}
YEAR = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and the query it was read from, with its mistakes and what was added to it."""

    request: SearchRequest
    parsed: Parsed


@dataclass(frozen=True, slots=True)
class SearchForm:
    """What was asked, as text; `first` and `last` are days (ISO) or blank.

    `names` are those of the installation's own regions and sites.
    """

    text: str = ""
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    first: str = ""
    last: str = ""
    sort: str = ""
    order: str = ""
    synonyms: bool = True  # and all else that is read into a query; False asks for it as it stands
    names: Names = NO_NAMES

    def request(
        self,
        *,
        offset: int = 0,
        cursor: str | None = None,
        limit: int = 20,
        facets: Sequence[str] = (),
        values: int = MAX_VALUES,
    ) -> Asked:
        """A checked request; without a sort, words sort by relevance, 最新 by date, all by published date.

        Raises RequestError; mistakes of the query are told beside it.
        """
        if len(self.text) > MAX_TEXT:
            raise RequestError(f"检索词太长：最多 {MAX_TEXT} 个字符")
        parsed = parse_query(self.text, self.names, synonyms=self.synonyms)
        query, worded = parsed.tree, any(terms(parsed.tree))
        newest = parsed.latest and worded and not self.sort
        request = SearchRequest(
            query=query,
            filters=_checked(self.filters),
            date_from=_day(self.first),
            date_to=_day(self.last),
            sort=_sort(self.sort) or ("written" if newest else "relevance" if worded else "published"),
            order=_order(self.order) or "desc",
            offset=offset,
            cursor=cursor,
            limit=limit,
            facets=tuple(dict.fromkeys(facets)),
            values=values,
            titles_first=newest,
            strict=not self.synonyms,
        )
        request.check()
        return Asked(request, parsed)


def _checked(filters: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    if sum(map(len, filters.values())) > MAX_FILTERS:
        raise RequestError(f"筛选项太多：最多 {MAX_FILTERS} 个")
    for name, values in filters.items():
        if len(values) > MAX_CHOSEN or any(len(value) > MAX_VALUE for value in values):
            raise RequestError(f"筛选项 {name} 的值太多或太长：最多 {MAX_CHOSEN} 个，每个 {MAX_VALUE} 字")
        for value in values if name in CLOSED else ():
            if value not in CLOSED[name] and value != NONE:
                what = f"没有{FILTER_NAMES[name]}“{value[:20]}”"
                raise RequestError(f"{what}，{name} 可用：{_told(CLOSED[name])}")
        if name == "year" and (
            wrong := [value for value in values if not YEAR.fullmatch(value) and value != NONE]
        ):
            raise RequestError(f"年份“{wrong[0][:20]}”不可用：请写成 2023")
    found = {name: tuple(dict.fromkeys(filters[name])) for name in filters if filters[name]}
    if names := found.get("issuer"):
        found["issuer"] = tuple(dict.fromkeys(name for given in names for name in spellings(given)))
    return found


def spellings(issuer: str) -> tuple[str, ...]:
    """A body as it was typed and by the full name that an index holds: 国办 is 国务院办公厅."""
    body = lookup(issuer)
    return (issuer, body.name) if body else (issuer,)


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise RequestError(f"日期“{text[:20]}”不可用：请写成 2023-05-01") from error


def _sort(text: str) -> Sort | None:
    match text:
        case "":
            return None
        case "relevance" | "written" | "published" | "first_seen":
            return text
    raise RequestError(f"没有排序“{text[:20]}”，可用：{_told(SORT_NAMES)}")


def _order(text: str) -> Order | None:
    match text:
        case "":
            return None
        case "desc" | "asc":
            return text
    raise RequestError(f"没有次序“{text[:20]}”，可用：desc、asc")


def _told(labels: Mapping[str, str]) -> str:
    return "、".join(code if code == label else f"{code}（{label}）" for code, label in labels.items())
