"""Detail pages that are JSON: body, fields and annexes at the paths that the platform names."""

import html
from dataclasses import dataclass, replace

import msgspec

from normalizers.encoding import decode_page
from normalizers.page import Hints

MAX_STEPS = 12
MAX_FILES = 300
# The elements that body and annexes of a JSON page are put into.
BODY_ID, FILES_ID = "json-body", "json-files"
# Names of the address and the name of an annex in lists of files (NFRA, UCAP; 2024-2026).
FILE_ADDRESSES = ("urlOtherName", "filePath", "url")
FILE_NAMES = ("title", "attachmentName", "name")


@dataclass(frozen=True, slots=True)
class JsonPage:
    """What a JSON page says, as a page that is none: markup with its body (maybe empty) and links to its annexes.

    `hints` are those of the JSON page with what its fields say and where the markup holds what.
    """

    markup: bytes
    hints: Hints


def read_json_page(data: bytes, hints: Hints) -> JsonPage | None:
    """The page at the paths of `hints`; None for bytes that are no JSON object or list."""
    try:
        value: object = msgspec.json.decode(decode_page(data).lstrip("\ufeff"))
    except (msgspec.DecodeError, RecursionError):
        return None
    if not isinstance(value, dict | list):
        return None
    body = _text_at(value, hints.json_body)
    links = _links(_at(value, hints.json_files)) if hints.json_files else ""
    fields = {
        name: text for name, path in hints.json_fields.items() if (text := _text_at(value, path).strip())
    }
    markup = f'<html><body><div id="{BODY_ID}">{body}</div>{links}</body></html>'
    found = replace(
        hints,
        fields=fields | dict(hints.fields),
        body=(f"#{BODY_ID}", *hints.body),
        attachments=(f"#{FILES_ID}", *hints.attachments),
    )
    return JsonPage(markup.replace("\0", "").encode(errors="replace"), found)


def _links(files: object) -> str:
    """The annexes as links, in a block of their own after the body."""
    links = []
    for file in files[:MAX_FILES] if isinstance(files, list) else ():
        address, name = (_first(file, names) for names in (FILE_ADDRESSES, FILE_NAMES))
        if address:
            links.append(f'<li><a href="{html.escape(address)}">{html.escape(name)}</a></li>')
    return f'<ul id="{FILES_ID}">{"".join(links)}</ul>' if links else ""


def _first(record: object, names: tuple[str, ...]) -> str:
    if not isinstance(record, dict):
        return ""
    return next((value for name in names if isinstance(value := record.get(name), str) and value), "")


def _text_at(value: object, path: str) -> str:
    """The text at a path; "" where there is none."""
    found = _at(value, path)
    return found if isinstance(found, str) else ""


def _at(value: object, path: str) -> object:
    """The value at a dotted path (`data.results.0.contentHtml`); None where there is none."""
    for step in path.split(".")[:MAX_STEPS]:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value
