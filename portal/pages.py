"""The web pages: home, results, one policy; rendered here, readable without JavaScript."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from index.engine import (
    FACETS,
    SORTS,
    FacetCount,
    IndexUnusableError,
    RequestError,
    SearchRequest,
)
from index.query import lone_number, terms
from index.vocabulary import Names
from normalizers.chinese_names import FIELD_NAMES
from normalizers.failures import ADVICE
from normalizers.policy import LEVELS, VALIDITIES, Policy
from normalizers.warning_words import warning_text
from pipelines.clock import SHANGHAI
from portal.forms import Asked, SearchForm
from portal.labels import FACET_NAMES, PART_NAMES, ROLE_NAMES, SORT_NAMES, proof, value_label
from portal.library import Found, Library, file_label, pages_of

TEMPLATES = Path(__file__).parent / "templates"
PAGE = 20
NEWEST = 10  # policies on the home page
SHOWN_FACETS = ("level", "region", "issuer", "content_type", "doc_type", "year", "validity", "withdrawn")
SHOWN_VALUES = 8  # values of a facet before "more"
MOST_VALUES = 60
# A page of this size still opens at once on a telephone; the rest is behind the original link.
MAX_BLOCKS = 5_000
MAX_SHOWN_TEXT = 200_000
SIDE_FIELDS = ("title", "text", "attachments")


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet as a link that adds or removes it."""

    label: str
    count: int
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its first values and those behind "more"."""

    name: str
    choices: Sequence[Choice]
    more: Sequence[Choice]


class Form:
    """What a person asked on the results page, and links that ask a little more or less."""

    def __init__(self, request: Request) -> None:
        parameters = request.query_params
        self.text = parameters.get("q", "")
        self.filters = {name: tuple(filter(None, parameters.getlist(name))) for name in FACETS}
        self.first, self.last = parameters.get("from", ""), parameters.get("to", "")
        self.sort, self.order = parameters.get("sort", ""), parameters.get("order", "")
        page = parameters.get("page", "1")
        self.page = int(page) if page.isascii() and page.isdecimal() and len(page) < 8 else 1
        self.synonyms = parameters.get("synonyms", "") != "0"
        self.only_text = set(parameters) <= {"q"}

    def request(self, names: Names) -> Asked:
        """The search; raises RequestError."""
        offset = (max(1, self.page) - 1) * PAGE
        form = SearchForm(
            self.text,
            self.filters,
            self.first,
            self.last,
            self.sort,
            self.order,
            synonyms=self.synonyms,
            names=names,
        )
        return form.request(offset=offset, limit=PAGE, facets=SHOWN_FACETS)

    def href(self, **changes: Any) -> str:
        """The address of this search with some of q, filters, from, to, sort, order, page changed."""
        values: dict[str, Any] = {"q": self.text, **self.filters, "from": self.first, "to": self.last}
        values |= {"sort": self.sort, "order": self.order, "synonyms": "" if self.synonyms else "0"} | changes
        return "/search?" + urlencode({k: v for k, v in values.items() if v}, doseq=True)

    def with_value(self, name: str, value: str) -> str:
        """The address with one more value of a filter."""
        return self.href(**{name: (*self.filters.get(name, ()), value)})

    def without_value(self, name: str, value: str) -> str:
        """The address without one value of a filter."""
        return self.href(**{name: tuple(v for v in self.filters[name] if v != value)})


class Pages:
    """Renders the templates; every page is told how fresh the data are."""

    def __init__(self, library: Library, notice: str = "") -> None:
        self.library = library
        self._templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True)
        self._templates.filters.update(
            day=_day, instant=_instant, web=_web_address, marked=Markup, warning=warning_text
        )
        self._templates.globals.update(
            notice=notice,
            levels=LEVELS,
            validities=VALIDITIES,
            sort_names=SORT_NAMES,
            roles=ROLE_NAMES,
            failures=ADVICE,
            part_names=PART_NAMES,
            file_label=file_label,
            pages_of=pages_of,
        )

    def render(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page."""
        state = self.library.state()
        text = self._templates.get_template(template).render(as_of=state.as_of, **values)
        return HTMLResponse(text, status)

    def error(self, status: int, message: str) -> Response:
        """A page that says what went wrong; it needs neither index nor catalogue."""
        try:
            as_of = self.library.state().as_of
        except SQLAlchemyError:
            as_of = None
        text = self._templates.get_template("error.html").render(as_of=as_of, status=status, message=message)
        return HTMLResponse(text, status)

    def home(self) -> Response:
        """The first page: the box, and what the last night brought."""
        newest, trouble = None, ""
        try:
            newest = self.library.search(SearchRequest(sort="first_seen", limit=NEWEST))
        except IndexUnusableError as error:
            trouble = str(error)
        return self.render(
            "home.html", night=self.library.state().night, newest=newest, trouble=trouble, label=self._label()
        )

    def search(self, request: Request) -> Response:
        """The results of a search, or the form with its mistake."""
        form = Form(request)
        try:
            asked = form.request(self.library.query_names())
            found = self.library.search(asked.request)
        except RequestError as error:
            return self._refused(form, error)
        key = lone_number(asked.request.query)
        if key and form.only_text and len(bearers := self.library.find_number(key)) == 1:
            return RedirectResponse(f"/policies/{bearers[0].policy.id}", 303)
        return self._results(form, asked, found)

    def policy(self, page_id: str) -> Response:
        """One policy with everything that is known of it."""
        stored = self.library.policy(page_id)
        if stored is None:
            return self.error(404, "没有这件政策，或者它已按要求隐去")
        policy = stored.policy
        proofs = {name: proof(name, evidence) for name, evidence in policy.evidence.items()}
        return self.render(
            "policy.html",
            stored=stored,
            policy=policy,
            fields=self._fields(policy),
            blocks=policy.blocks[:MAX_BLOCKS],
            cut=len(policy.blocks) > MAX_BLOCKS or len(policy.text) > MAX_SHOWN_TEXT,
            most=MAX_SHOWN_TEXT,
            starts={part.start for part in policy.parts},
            proofs=proofs.values(),
            corrected={name for name, one in proofs.items() if one.corrected},
            label=self._label(),
            citing="/search?" + urlencode({"q": f'"{policy.doc_number}"'}) if policy.doc_number else "",
        )

    def _refused(self, form: Form, error: RequestError) -> Response:
        return self.render(
            "search.html",
            422,
            form=form,
            refusal=str(error),
            found=None,
            active=_active(self._label(), form),
        )

    def _results(self, form: Form, asked: Asked, found: Found) -> Response:
        label = self._label()
        last = -(-found.result.total // PAGE)
        return self.render(
            "search.html",
            form=form,
            asked=asked.request,
            mistakes=asked.mistakes,
            also=asked.also,
            found=found,
            facets=[_facet(label, form, name, found.result.facets[name]) for name in SHOWN_FACETS],
            active=_active(label, form),
            sorts=[s for s in SORTS if s != "relevance" or any(terms(asked.request.query))],
            pages=_pages(form.page, last),
            last=last,
            label=label,
        )

    def _label(self) -> "_Label":
        return _Label(self.library.names())

    def _fields(self, policy: Policy) -> list[tuple[str, str, str]]:
        """(field, Chinese name, value) of every known field but title, text and attachments."""
        label = self._label()
        printed = ("authorities",) if policy.authorities == policy.issuers else ()
        named = ((n, getattr(policy, n)) for n in FIELD_NAMES if n not in (*SIDE_FIELDS, *printed))
        shown = ((name, _shown(label, policy, name, value)) for name, value in named)
        return [(name, FIELD_NAMES[name], text) for name, text in shown if text]


class _Label:
    """Values of fields in Chinese, for templates."""

    def __init__(self, names: Mapping[str, Mapping[str, str]]) -> None:
        self._names = names

    def __call__(self, field: str, value: str) -> str:
        return value_label(field, value, self._names)


def pages_router(pages: Pages) -> APIRouter:
    """The routes of the web pages."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @router.get("/")
    def home() -> Response:
        return pages.home()

    @router.get("/search")
    def search(request: Request) -> Response:
        return pages.search(request)

    @router.get("/policies/{page_id}")
    def policy(page_id: str) -> Response:
        return pages.policy(page_id)

    return router


def _facet(label: _Label, form: Form, name: str, counts: Sequence[FacetCount]) -> Facet:
    chosen = form.filters.get(name, ())
    ordered = sorted(counts, key=lambda c: c.value, reverse=True) if name == "year" else counts
    choices = [
        Choice(
            label(name, c.value),
            c.count,
            form.without_value(name, c.value) if c.value in chosen else form.with_value(name, c.value),
            c.value in chosen,
        )
        for c in ordered[:MOST_VALUES]
    ]
    return Facet(FACET_NAMES[name], choices[:SHOWN_VALUES], choices[SHOWN_VALUES:])


def _active(label: _Label, form: Form) -> list[tuple[str, str, str]]:
    """Every filter that is set: its name, its value, the address without it."""
    active = [
        (FACET_NAMES[name], label(name, value), form.without_value(name, value))
        for name, values in form.filters.items()
        for value in values
    ]
    active += [("起", form.first, form.href(**{"from": ""}))] if form.first else []
    return active + ([("止", form.last, form.href(to=""))] if form.last else [])


def _shown(label: _Label, policy: Policy, name: str, value: Any) -> str:
    match value:
        case None | () | "":
            return ""
        case bool():
            return "是" if value else "否"
        case date():
            return _day(value, policy.date_precision.get(name, "day"))
        case tuple():
            return "；".join(label(name, str(one)) for one in value)
        case _:
            return label(name, str(value))


def _pages(page: int, last: int) -> list[int]:
    """The numbers of pages around this one, with the first and the last."""
    near = range(max(1, page - 2), min(last, page + 2) + 1)
    return sorted({1, last, *near} & set(range(1, last + 1)))


def _day(day: date | None, precision: str = "day") -> str:
    """A day as written in Chinese, no more exact than it is known."""
    if day is None:
        return ""
    text = f"{day.year}年"
    text += f"{day.month}月" if precision != "year" else ""
    return text + (f"{day.day}日" if precision == "day" else "")


def _instant(moment: datetime | None) -> str:
    """An instant in the time of Shanghai, to the minute."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if moment else ""


def _web_address(url: str) -> str:
    """The address where it may be a link; "" for javascript: and other schemes a page could smuggle in."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""
