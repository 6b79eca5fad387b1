"""The web pages beside the results: home, one policy, help; rendered here, readable without JavaScript."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from index.engine import IndexUnusableError, SearchRequest
from normalizers.chinese_names import FIELD_NAMES
from normalizers.policy import Policy
from pipelines.policies import StoredPolicy
from portal.forms import MAX_TEXT
from portal.help import API_CALLS, EXAMPLES, FIELD_EXAMPLES
from portal.labels import Label, proof
from portal.library import Library
from portal.passages import MAX_SHOWN_TEXT, Item
from portal.rendering import Templates, day_text
from portal.results import NO_POLICY, Results

NEWEST = 10  # policies on the home page
SIMILAR = 5
# A page of this size still opens at once on a telephone; the rest is behind the original link.
MAX_BLOCKS = 5_000
SIDE_FIELDS = ("title", "text", "attachments")


class Pages:
    """The home page, one policy, help, and errors."""

    def __init__(self, library: Library, templates: Templates) -> None:
        self._library = library
        self._templates = templates

    def home(self) -> Response:
        """The first page: the box, and what the last night brought."""
        newest, trouble = None, ""
        try:
            newest = self._library.search(SearchRequest(sort="first_seen", limit=NEWEST))
        except IndexUnusableError as error:
            trouble = str(error)
        night, label = self._library.state().night, self._library.label()
        return self._templates.render("home.html", night=night, newest=newest, trouble=trouble, label=label)

    def help(self) -> Response:
        """How to search, with examples that are links."""
        return self._templates.render(
            "help.html", examples=EXAMPLES, field_examples=FIELD_EXAMPLES, calls=API_CALLS
        )

    def policy(self, page_id: str, asked: str, file: str, known: str = "") -> Response:
        """One policy with everything known of it; what is like it is looked for when the rest was sent.

        `asked` is the number that led straight here, `file` the one (from 1) whose text is to be open,
        `known` the tags of pages that the client has.
        """
        stored = self._library.policy(page_id)
        if stored is None:
            return self._templates.error(404, NO_POLICY)
        tag = self._templates.tag(
            page_id, stored.content_hash, stored.last_seen, stored.withdrawn, asked, file
        )
        kept = {"etag": tag, "cache-control": "no-cache"}
        if tag in known:
            return Response(status_code=304, headers=kept)
        policy = stored.policy
        proofs = {name: proof(name, evidence) for name, evidence in policy.evidence.items()}
        response = self._templates.stream(
            "policy.html",
            stored=stored,
            policy=policy,
            fields=self._fields(policy),
            blocks=policy.blocks[:MAX_BLOCKS],
            cut=len(policy.blocks) > MAX_BLOCKS or len(policy.text) > MAX_SHOWN_TEXT,
            most=MAX_SHOWN_TEXT,
            back="/search?" + urlencode({"q": asked, "jump": "0"}) if asked else "",
            asked=asked,
            opened=file,
            similar=self._similar(stored),
            starts={part.start for part in policy.parts},
            proofs=proofs.values(),
            corrected={name for name, one in proofs.items() if one.corrected},
            label=self._library.label(),
            citing="/search?" + urlencode({"q": f'"{policy.doc_number}"'}) if policy.doc_number else "",
        )
        response.headers.update(kept)
        return response

    def _similar(self, stored: StoredPolicy) -> Callable[[], Sequence[Item]]:
        def found() -> Sequence[Item]:
            try:
                return self._library.similar(stored, SIMILAR)
            except IndexUnusableError:
                return ()

        return found

    def _fields(self, policy: Policy) -> list[tuple[str, str, str]]:
        """(field, Chinese name, value) of every known field but title, text and attachments."""
        label = self._library.label()
        printed = ("authorities",) if policy.authorities == policy.issuers else ()
        named = ((n, getattr(policy, n)) for n in FIELD_NAMES if n not in (*SIDE_FIELDS, *printed))
        shown = ((name, _shown(label, policy, name, value)) for name, value in named)
        return [(name, FIELD_NAMES[name], text) for name, text in shown if text]


def pages_router(pages: Pages, results: Results) -> APIRouter:
    """The routes of the web pages."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @router.get("/")
    def home() -> Response:
        return pages.home()

    @router.get("/help")
    def help_page() -> Response:
        return pages.help()

    @router.get("/search")
    def search(request: Request) -> Response:
        return results.search(request)

    @router.get("/search/facets/{name}")
    def facet(name: str, request: Request) -> Response:
        return results.facet(name, request)

    @router.get("/policies/{page_id}")
    def policy(request: Request, page_id: str, q: str = "", file: str = "") -> Response:
        return pages.policy(page_id, q[:MAX_TEXT], file, request.headers.get("if-none-match", ""))

    @router.get("/policies/{page_id}/why")
    def why(page_id: str, request: Request) -> Response:
        return results.why(page_id, request)

    return router


def _shown(label: Label, policy: Policy, name: str, value: Any) -> str:
    match value:
        case None | () | "":
            return ""
        case bool():
            return "是" if value else "否"
        case date():
            return day_text(value, policy.date_precision.get(name, "day"))
        case tuple():
            return "；".join(label(name, str(one)) for one in value)
        case _:
            return label(name, str(value))
