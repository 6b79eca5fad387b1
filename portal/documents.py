"""The pages of one policy: the document, what is like it, and its text to take away."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from portal.document_page import Document, document_of, originals
from portal.downloads import as_text, download_name
from portal.forms import MAX_TEXT
from portal.headers import attachment_header
from portal.library import Library
from portal.parameters import whole_number
from portal.passages import MAX_SHOWN_TEXT
from portal.rendering import Templates
from portal.results import NO_POLICY

SIMILAR = 5
# Digits of the number of a file in an address; a page has some hundred files at most.
MAX_DIGITS = 4


class Documents:
    """Answers for one policy, by its id; a hidden one raises PolicyHidden."""

    def __init__(self, library: Library, templates: Templates) -> None:
        self._library = library
        self._templates = templates

    def page(self, page_id: str, asked: str, file: str, known: str = "") -> Response:
        """One policy with everything known of it.

        `asked` is the number that led straight here, `file` the one (from 1) whose text is to be open,
        `known` the tags of pages that the client has.
        """
        found = self._library.document(page_id)
        if found is None:
            return self._templates.error(404, NO_POLICY)
        stored, sources = found
        tag = self._templates.tag(
            page_id, stored.content_hash, stored.last_seen, stored.withdrawn, sources, asked, file
        )
        kept = {"etag": tag, "cache-control": "no-cache"}
        if tag in known:
            return Response(status_code=304, headers=kept)
        label = self._library.label()
        document = document_of(stored, sources, label, file_number(file))
        policy = stored.policy
        response = self._templates.render(
            "policy.html",
            document=document,
            stored=stored,
            policy=policy,
            originals=originals(document.files),
            label=label,
            most=MAX_SHOWN_TEXT,
            asked=asked,
            back="/search?" + urlencode({"q": asked, "jump": "0"}) if asked else "",
            citing="/search?" + urlencode({"q": f'"{policy.doc_number}"'}) if policy.doc_number else "",
        )
        response.headers.update(kept)
        return response

    def similar(self, page_id: str) -> Response:
        """The policies most like one; raises IndexUnusableError."""
        stored = self._library.policy(page_id)
        if stored is None:
            return self._templates.error(404, NO_POLICY)
        items = self._library.similar(stored, SIMILAR)
        return self._templates.render(
            "similar.html", policy=stored.policy, items=items, label=self._library.label()
        )

    def text(self, page_id: str) -> Response:
        """The policy as plain text, to be saved."""
        document = self._document(page_id)
        if document is None:
            return self._templates.error(404, NO_POLICY)
        return Response(as_text(document), headers=_saved(document, "txt"), media_type="text/plain")

    def html(self, page_id: str) -> Response:
        """The policy as one HTML file that needs no other, to be saved."""
        document = self._document(page_id)
        if document is None:
            return self._templates.error(404, NO_POLICY)
        response = self._templates.render(
            "policy_file.html", document=document, policy=document.policy, stored=document.stored
        )
        response.headers.update(_saved(document, "html"))
        return response

    def _document(self, page_id: str) -> Document | None:
        found = self._library.document(page_id)
        return document_of(*found, self._library.label()) if found else None


def _saved(document: Document, ending: str) -> dict[str, str]:
    return {"content-disposition": attachment_header(download_name(document.policy, ending))}


def file_number(text: str) -> int:
    """The number of a file in an address, from 1; 0 for what is none."""
    return whole_number(text, MAX_DIGITS)


def documents_router(documents: Documents) -> APIRouter:
    """The routes of one policy; those with an ending come first, as an id takes all up to the next slash."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @router.get("/policies/{page_id}.txt")
    def text(page_id: str) -> Response:
        return documents.text(page_id)

    @router.get("/policies/{page_id}.html")
    def html(page_id: str) -> Response:
        return documents.html(page_id)

    @router.get("/policies/{page_id}")
    def page(request: Request, page_id: str, q: str = "", file: str = "") -> Response:
        return documents.page(page_id, q[:MAX_TEXT], file, request.headers.get("if-none-match", ""))

    @router.get("/policies/{page_id}/similar")
    def similar(page_id: str) -> Response:
        return documents.similar(page_id)

    return router
