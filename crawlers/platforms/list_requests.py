"""How list pages are asked for: one request, and the address pattern of all pages of a list."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# What Paging.request fills in, in this order.
MARKS = ("{n}", "{start}", "{end}", "{skip}")


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A list page to ask for; with `form` (urlencoded) or `json` (text) it is a POST."""

    url: str
    page: int = 1
    form: Mapping[str, str] = field(default_factory=dict)
    json: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paging:
    """Where page n of a list lies.

    In `url`, the values of `form` and the text `json`, `{n}` stands for page + `offset`, `{start}` and
    `{end}` for the numbers of the page's first and last record, counted from 1 at `size` records a page,
    `{skip}` for the number of records before the page. With `last` the pages are numbered downwards
    (VSB): `{n}` of page 1 is `last`. `headers` go with every request.
    """

    url: str
    offset: int = 0
    size: int = 0
    form: Mapping[str, str] = field(default_factory=dict)
    json: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    last: int = 0

    @property
    def numbered(self) -> bool:
        """Whether it tells pages apart; else it is one address and no more."""
        return any(mark in text for mark in MARKS for text in (self.url, self.json, *self.form.values()))

    def request(self, page: int) -> ListRequest:
        """The request for page `page` (1 is the first)."""
        number = self.last + 1 - page if self.last else page + self.offset
        values = (number, (page - 1) * self.size + 1, page * self.size, (page - 1) * self.size)
        numbers = dict(zip(MARKS, map(str, values), strict=True))

        def fill(text: str) -> str:
            for mark, value in numbers.items():
                text = text.replace(mark, value)
            return text

        form = {key: fill(value) for key, value in self.form.items()}
        return ListRequest(fill(self.url), page, form, fill(self.json), self.headers)

    def number(self, url: str) -> int:
        """Which page an address is; 1 where it is none of the pattern's, which the first page often is."""
        pattern = re.escape(self.url).replace(re.escape("{n}"), r"(\d{1,6})", 1)
        pattern = pattern.replace(re.escape("{n}"), r"\d{1,6}")
        found = re.fullmatch(re.sub(r"\\\{(?:start|end|skip)\\\}", r"\\d+", pattern), url)
        if not found or not found.lastindex:
            return 1
        return self.last + 1 - int(found[1]) if self.last else int(found[1]) - self.offset
