"""Archived originals: the page as it was fetched and its files, bytes as they were, where they can do no harm.

Pages are shown in a sandbox that runs no script, loads nothing and sends no form; plain text is shown; all else
is saved to disk. PDF is saved too: the viewers of browsers do not open inside a sandbox, and outside of it a file
of a stranger would stand at our address. What a site said of type and name decides nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from normalizers.attachments.reading import sniff_kind
from normalizers.encoding import MAX_BYTES, UTF8_BOM, UTF16_BOMS, decode_page
from normalizers.failures import Failure
from pipelines.archive import ArchiveDamaged
from pipelines.archived_body import ArchivedBody, open_body
from pipelines.page_sources import Kept
from portal.citation import UNTITLED
from portal.document_page import kept_file
from portal.documents import file_number
from portal.headers import attachment_header
from portal.library import Library
from portal.middleware import is_known
from portal.rendering import Templates
from portal.results import NO_POLICY
from portal.serving import Serving

SANDBOX = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": SANDBOX,
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-cache",
}
# Bytes that tell the kind of a file: all signatures lie in them.
HEAD = 64 << 10
PACKAGES = (b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # ZIP and OLE
OCTETS = "application/octet-stream"
# Kind → media type of what is saved; a kind that is not here is saved as nameless bytes.
TYPES = {
    "pdf": "application/pdf",
    "ofd": "application/ofd",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "wps": "application/vnd.ms-works",
    "rtf": "application/rtf",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "tiff": "image/tiff",
    "bmp": "image/bmp",
}
ENDINGS = {"jpeg": ("jpg", "jpeg"), "tiff": ("tif", "tiff")}
# Kinds of `sniff_kind` that are shown, each as what.
SHOWN = {"html": "text/html", "text": "text/plain"}

NO_ARCHIVE = "这个政策库没有开放存档"
NOT_KEPT = "存档中没有它：当时没有采集到"
NO_FILE = "这件政策没有这个附件"
DAMAGED = "存档已损坏或丢失，无法读取（{}）；管理员可用 zhengce archive verify 核对。本库的记录不受影响"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: bytes of the archive and the name to save them under; `kind` "" where it is not known."""

    kept: Kept
    name: str
    kind: str


class Originals:
    """Answers with archived bytes, by the id of a policy and the number of a file; a hidden one raises PolicyHidden."""

    def __init__(self, library: Library, templates: Templates, serving: Serving) -> None:
        self._library = library
        self._templates = templates
        self._folder = serving.archive

    def page(self, page_id: str, request: Request) -> Response:
        """The page as it was fetched."""
        found = self._library.document(page_id)
        if found is None:
            return self._templates.error(404, NO_POLICY)
        stored, sources = found
        if sources.original is None:
            return self._templates.error(404, NOT_KEPT)
        policy = stored.policy
        itself = next((file for file in policy.attachments if file.url == policy.url), None)
        name, kind = (itself.name, itself.kind) if itself else (policy.title or UNTITLED, "")
        return self._answer(Wanted(sources.original, name, kind), request)

    def file(self, page_id: str, number: str, request: Request) -> Response:
        """A file (from 1) as it was fetched."""
        found = self._library.document(page_id)
        if found is None:
            return self._templates.error(404, NO_POLICY)
        stored, sources = found
        policy, place = stored.policy, file_number(number)
        if not 1 <= place <= len(policy.attachments):
            return self._templates.error(404, NO_FILE)
        kept = kept_file(policy, sources, place)
        if kept is None:
            return self._templates.error(404, NOT_KEPT)
        attachment = policy.attachments[place - 1]
        return self._answer(Wanted(kept, attachment.name, attachment.kind), request)

    def _answer(self, wanted: Wanted, request: Request) -> Response:
        if self._folder is None:
            return self._templates.error(404, NO_ARCHIVE)
        tag = f'"{wanted.kept.sha256[:40]}"'
        if wanted.kept.sha256 and is_known(request.headers, tag, ""):
            return Response(status_code=304, headers={"etag": tag, **HEADERS})
        try:
            body = open_body(self._folder, wanted.kept.ref)
            headers = {**HEADERS, **_described(body, wanted)}
        except ArchiveDamaged:
            return self._templates.error(503, DAMAGED.format(Failure.ARCHIVE_DAMAGED))
        if wanted.kept.sha256:
            headers["etag"] = tag
        return StreamingResponse(_pieces(body), headers=headers)


def _pieces(body: ArchivedBody) -> Iterator[bytes]:
    """The bytes of a body, at least one piece: an answer begins with one."""
    if not body.size:
        yield b""
    yield from body.pieces()


def _described(body: ArchivedBody, wanted: Wanted) -> dict[str, str]:
    """The headers that say what the bytes are, by the bytes; raises ArchiveDamaged."""
    head = body.read(HEAD)
    # A package is told by what is in it: a contained reader has looked, this process does not open it.
    packed = head.startswith(PACKAGES)
    kind = (wanted.kind if wanted.kind in TYPES else "") if packed else sniff_kind(head)
    size = {"content-length": str(body.size)}
    if kind in SHOWN and body.size <= MAX_BYTES:
        charset = charset_of(body.read(MAX_BYTES))
        return {"content-type": f"{SHOWN[kind]}; charset={charset}", "content-disposition": "inline", **size}
    name = saved_name(wanted.name, kind)
    return {
        "content-type": TYPES.get(kind, OCTETS),
        "content-disposition": attachment_header(name),
        **size,
    }


def saved_name(name: str, kind: str) -> str:
    """A name whose ending says what the bytes are: what is no known kind is no program either."""
    endings = ENDINGS.get(kind, (kind,)) if kind in TYPES else ("bin",)
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return name if ending in endings else f"{name}.{endings[0]}"


def charset_of(data: bytes) -> str:
    """The charset that our own reading of a page found, for the browser to read it as we did."""
    if data[:2] in UTF16_BOMS:
        return "utf-16"
    text = decode_page(data)
    plain = data.removeprefix(UTF8_BOM)
    for charset in ("utf-8", "gb18030", "big5hkscs"):
        if plain.decode(charset, "replace") == text:
            return {"big5hkscs": "big5"}.get(charset, charset)
    return "utf-8"


def originals_router(originals: Originals) -> APIRouter:
    """The routes of archived originals; nothing of an address becomes the name of a file of ours."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @router.get("/policies/{page_id}/original")
    def page(page_id: str, request: Request) -> Response:
        return originals.page(page_id, request)

    @router.get("/policies/{page_id}/files/{number}")
    def file(page_id: str, number: str, request: Request) -> Response:
        return originals.file(page_id, number, request)

    return router
