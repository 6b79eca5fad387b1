"""The results page, streamed: the hits leave before anything else is counted; and the pages beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from index.engine import FACETS, SORTS, IndexUnusableError, RequestError
from index.query import lone_number, terms
from index.words_of_why import Reason
from pipelines.policies import StoredPolicy
from portal.address import SIZES, Address
from portal.counts import Counts
from portal.facets import COUNTED_VALUES, Facet, RegionTree, choices, facet_of, named_like, order
from portal.forms import Asked, spellings
from portal.labels import FILTER_NAMES, Label
from portal.library import Found, Library
from portal.rendering import Templates

ON_A_FACET_PAGE = 300  # values; 40 KB
MAX_TREE = 3_000  # regions on their page; 300 KB, all counties of the country

NO_POLICY = "没有这件政策"


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, and the address without it."""

    name: str
    value: str
    href: str


class Results:
    """Answers searches with pages."""

    def __init__(self, library: Library, templates: Templates, counts: Counts) -> None:
        self._library = library
        self._templates = templates
        self._counts = counts

    def search(self, request: Request) -> Response:
        """The results, a document whose number was typed, or the form with its mistake."""
        address = Address(request.query_params)
        try:
            asked = address.request(self._library.query_names())
            found = self._library.search(asked.request)
        except RequestError as error:
            return self._refused(address, error)
        bearers = self._bearers(asked)
        if len(bearers) == 1 and address.only_text:
            policy_id = bearers[0].policy.id
            return RedirectResponse(address.href(f"/policies/{policy_id}"), 303)
        return self._results(address, asked, found, bearers)

    def why(self, policy_id: str, request: Request) -> Response:
        """Why a search finds a document."""
        address = Address(request.query_params)
        stored = self._library.policy(policy_id)
        if stored is None:
            return self._templates.error(404, NO_POLICY)
        score, told, trouble = 0.0, tuple[Reason, ...](), ""
        try:
            asked = address.request(self._library.query_names())
            score, told = self._library.why(asked, stored)
        except RequestError as error:
            trouble = str(error)
        return self._templates.render(
            "why.html",
            422 if trouble else 200,
            stored=stored,
            address=address,
            score=score,
            reasons=told,
            active=_active(self._library.label(), address),
            trouble=trouble,
        )

    def facet(self, name: str, request: Request) -> Response:
        """All values of one facet, to choose any number of them."""
        if name not in FACETS:
            return self._templates.error(404, "没有这个分面")
        address = Address(request.query_params)
        wanted = request.query_params.get("find", "").strip()[:50]
        try:
            asked = address.request(self._library.query_names())
            counting = address.counting_request(self._library.query_names(), [name])
            counts = self._library.reader.search(counting).facets[name]
        except RequestError as error:
            return self._refused(address, error)
        label, chosen = self._library.label(), _chosen(address, asked, name)
        ordered = order(name, counts, chosen)
        kept = named_like(name, ordered, wanted, label) if wanted else ordered
        piece = kept[(address.page - 1) * ON_A_FACET_PAGE :][:ON_A_FACET_PAGE]
        shown, last = choices(name, piece, chosen, label), -(-len(kept) // ON_A_FACET_PAGE)
        told = {one.value for one in piece}
        if name == "region" and not wanted and len(ordered) <= MAX_TREE:
            shown, last, told = RegionTree(counts, chosen, label).told(), 1, set(chosen)
        return self._templates.render(
            "facet.html",
            name=name,
            address=address,
            choices=shown,
            many=len(ordered),
            kept=len(kept),
            wanted=wanted,
            elsewhere=[value for value in chosen if value not in told],
            last=last,
        )

    def _bearers(self, asked: Asked) -> tuple[StoredPolicy, ...]:
        """The documents that bear the number which is the whole query."""
        key = lone_number(asked.request.query)
        return self._library.find_number(key) if key else ()

    def _refused(self, address: Address, error: RequestError) -> Response:
        return self._templates.render(
            "search.html",
            422,
            address=address,
            refusal=str(error),
            found=None,
            active=_active(self._library.label(), address),
        )

    def _results(
        self, address: Address, asked: Asked, found: Found, bearers: Sequence[StoredPolicy]
    ) -> Response:
        label = self._library.label()
        last = -(-found.result.total // address.size)
        return self._templates.stream(
            "search.html",
            address=address,
            asked=asked.request,
            parsed=asked.parsed,
            found=found,
            empty=not found.result.total and self._library.empty(),
            meant=lambda: self._meant(asked, found),
            candidates=bearers if len(bearers) > 1 else (),
            facets=self._facets(address, asked, found, label),
            active=_active(label, address),
            sorts=[s for s in SORTS if s != "relevance" or any(terms(asked.request.query))],
            sizes=SIZES,
            pages=_pages(address.page, last),
            last=last,
            worded=any(terms(asked.request.query)),
            label=label,
        )

    def _meant(self, asked: Asked, found: Found) -> Sequence[str]:
        """What else may have been meant; nothing where the index cannot say it now, the page being half sent."""
        try:
            return self._library.meant(asked, found.whole)
        except IndexUnusableError:
            return ()

    def _facets(
        self, address: Address, asked: Asked, found: Found, label: Label
    ) -> Callable[[], Sequence[Facet] | None]:
        """What counts the facets of what was found when called; None where they cannot be counted now."""
        query = found.result.query or asked.request.query
        request = replace(
            asked.request,
            query=query,
            strict=True,
            titles_first=False,
            sort="published",  # no order has other counts
            order="desc",
            offset=0,
            cursor=None,
            limit=0,
            facets=FACETS,
            values=COUNTED_VALUES,
            whole=("region",),
        )

        def counted() -> Sequence[Facet] | None:
            if not address.counting:
                return ()
            try:
                result = self._counts.of(request)
            except (RequestError, IndexUnusableError):
                return None
            return [
                facet_of(
                    name,
                    result.facets[name],
                    _chosen(address, asked, name),
                    label,
                    cut=name in result.more,
                )
                for name in FACETS
            ]

        return counted


def _chosen(address: Address, asked: Asked, name: str) -> tuple[str, ...]:
    """The values of a filter: bodies by the full name that is counted."""
    given = address.filters[name]
    if name == "issuer":
        return tuple(dict.fromkeys(spellings(value)[-1] for value in given))
    return given


def _active(label: Label, address: Address) -> list[Chip]:
    """Every filter that is set."""
    active = [
        Chip(FILTER_NAMES[name], label(name, value), address.without_value(name, value))
        for name, values in address.filters.items()
        for value in values
    ]
    active += [Chip("起", address.first, address.href(**{"from": ""}))] if address.first else []
    return active + ([Chip("止", address.last, address.href(to=""))] if address.last else [])


def _pages(page: int, last: int) -> list[int]:
    """The numbers of pages around this one, with the first and the last."""
    near = range(max(1, page - 2), min(last, page + 2) + 1)
    return sorted({1, last, *near} & set(range(1, last + 1)))
