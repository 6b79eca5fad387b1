"""The state of the results page, as its address says it."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from index.engine import FILTERS, SearchRequest
from index.vocabulary import Names
from portal.forms import Asked, SearchForm
from portal.labels import FILTER_NAMES, Label
from portal.parameters import whole_number

PAGE = 20
SIZES = (10, 20, 50, 100)
MAX_CURSOR = 80  # characters; the longest that an engine gives has 56


class Address:
    """What a person asked on the results page, and addresses that ask a little more or less."""

    def __init__(self, parameters: QueryParams) -> None:
        self.text = parameters.get("q", "")
        self.filters = {name: _values(parameters, name) for name in FILTERS}
        self.first, self.last = parameters.get("from", ""), parameters.get("to", "")
        self.sort, self.order = parameters.get("sort", ""), parameters.get("order", "")
        self.page = whole_number(parameters.get("page", "")) or 1
        self.cursor = parameters.get("cursor", "")
        size = whole_number(parameters.get("size", ""))
        self.size = size if size in SIZES else PAGE
        self.synonyms = parameters.get("synonyms", "") != "0"
        self.counting = parameters.get("facets", "") != "0"
        self.only_text = set(parameters) <= {"q"}

    def request(self, names: Names) -> Asked:
        """The search of this page; raises RequestError."""
        cursor = self.cursor if len(self.cursor) <= MAX_CURSOR else "?"
        offset = 0 if cursor else (self.page - 1) * self.size
        return self._form(names).request(offset=offset, cursor=cursor or None, limit=self.size)

    def counting_request(self, names: Names, facets: Sequence[str]) -> SearchRequest:
        """What counts the facets of this search; raises RequestError."""
        return self._form(names).request(limit=0, facets=facets).request

    def newest(self, names: Names, limit: int) -> Asked:
        """What came in last of this search, whatever its own order and page are; raises RequestError."""
        return self._form(names, sort="first_seen", order="desc").request(limit=limit)

    def _form(self, names: Names, sort: str | None = None, order: str | None = None) -> SearchForm:
        return SearchForm(
            self.text,
            self.filters,
            self.first,
            self.last,
            self.sort if sort is None else sort,
            self.order if order is None else order,
            synonyms=self.synonyms,
            names=names,
        )

    def href(self, path: str = "/search", **changes: Any) -> str:
        """An address of this search with some parameters changed; the page is the first unless given."""
        values = {**self._state(), **changes}
        asked = urlencode({name: value for name, value in values.items() if value}, doseq=True)
        return f"{path}?{asked}" if asked else path

    def api_href(self) -> str:
        """This search as the API answers it."""
        changes = {"synonyms": "" if self.synonyms else "false", "size": "", "facets": ""}
        return self.href("/api/v1/policies", **changes, limit="" if self.size == PAGE else self.size)

    def feed_href(self, kind: str, **changes: Any) -> str:
        """This search as a feed, "atom" or "rss"; it has an order of its own."""
        return self.href(f"/feeds/{kind}", **{"sort": "", "order": "", "size": "", "facets": "", **changes})

    def alert_href(self) -> str:
        """The form that orders mails of this search; it has no order and no size."""
        return self.href("/alerts/new", sort="", order="", size="", facets="")

    def export_href(self, kind: str) -> str:
        """This whole search as a file, in a format of portal/exports."""
        changes = {"synonyms": "" if self.synonyms else "false", "size": "", "facets": ""}
        return self.href("/api/v1/exports", **changes, format=kind)

    def told(self, label: Label) -> str:
        """What is searched for in words, its order and size aside."""
        told = [self.text.strip()] if self.text.strip() else []
        for name, values in self.filters.items():
            if values:
                told.append(f"{FILTER_NAMES[name]}：{'、'.join(label(name, value) for value in values)}")
        if self.first or self.last:
            told.append(f"日期：{self.first or '不限'} 至 {self.last or '不限'}")
        if not self.synonyms:
            told.append("照原样检索")
        return "；".join(told) or "全部政策"

    def without_value(self, name: str, value: str) -> str:
        """The address without one value of a filter."""
        changes: dict[str, Any] = {name: tuple(v for v in self.filters[name] if v != value)}
        return self.href(**changes)

    def cleared(self) -> str:
        """The address without any filter."""
        changes: dict[str, Any] = dict.fromkeys((*self.filters, "from", "to"), "")
        return self.href(**changes)

    def hidden(self, *but: str) -> Iterator[tuple[str, str]]:
        """Names and values of hidden fields that keep the state in a form, but those of some names."""
        for name, value in self._state().items():
            if name not in but:
                yield from ((name, one) for one in ((value,) if isinstance(value, str) else value) if one)

    def _state(self) -> dict[str, Any]:
        return {
            "q": self.text,
            **self.filters,
            "from": self.first,
            "to": self.last,
            "sort": self.sort,
            "order": self.order,
            "size": str(self.size) if self.size != PAGE else "",
            "synonyms": "" if self.synonyms else "0",
            "facets": "" if self.counting else "0",
        }


def _values(parameters: QueryParams, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, parameters.getlist(name))))
