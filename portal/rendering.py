"""The templates, what they may call, and rendering them whole or in pieces."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from fastapi import Response
from fastapi.responses import HTMLResponse, StreamingResponse
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from normalizers.failures import ADVICE
from normalizers.policy import LEVELS, VALIDITIES
from normalizers.warning_words import warning_text
from pipelines.clock import minute_text
from portal.choice_items import choice_items
from portal.exports.formats import FORMATS
from portal.labels import FACET_NAMES, PART_NAMES, ROLE_NAMES, SORT_NAMES, day_text
from portal.library import Library
from portal.passages import file_label, pages_of
from portal.site_text import web_address

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
# Where a streamed template lets go of what it has so far; no text can hold it, texts are escaped.
FLUSH = "<!--flush-->"


class Templates:
    """Renders pages; every page is told how fresh the data are, and whether mails can be ordered."""

    def __init__(self, library: Library, notice: str = "", *, mails: bool = False) -> None:
        self._library = library
        sources = b"".join(path.read_bytes() for path in sorted(TEMPLATES.glob("*.html")))
        self._digest = blake2b(sources + notice.encode(), digest_size=12).hexdigest()
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,  # the entity tags know the templates of the start only
        )
        self._environment.filters.update(
            day=day_text, instant=_instant_text, web=web_address, marked=Markup, warning=warning_text
        )
        self._environment.globals.update(
            notice=notice,
            mails=mails,
            levels=LEVELS,
            validities=VALIDITIES,
            sort_names=SORT_NAMES,
            facet_names=FACET_NAMES,
            roles=ROLE_NAMES,
            failures=ADVICE,
            export_formats=FORMATS,
            part_names=PART_NAMES,
            file_label=file_label,
            pages_of=pages_of,
            asset=_asset,
            choice_items=choice_items,
        )

    def render(self, template: str, status: int = 200, **values: Any) -> Response:
        """A whole page."""
        if "as_of" not in values:
            values["as_of"] = self._library.state().as_of
        return HTMLResponse(self._environment.get_template(template).render(values), status)

    def tag(self, *parts: object) -> str:
        """An entity tag of a page that is made of these parts, the templates and the state of the data."""
        state = self._library.state()
        made_of = repr((*parts, state.seq, state.as_of, self._digest))
        return f'"{blake2b(made_of.encode(), digest_size=12).hexdigest()}"'

    def stream(self, template: str, **values: Any) -> Response:
        """A page in pieces; what a template calls behind FLUSH is called when all before it was sent."""
        values["as_of"] = self._library.state().as_of
        pieces = self._environment.get_template(template).generate(values)
        return StreamingResponse(_flushed(pieces), media_type="text/html; charset=utf-8")

    def error(self, status: int, message: str) -> Response:
        """A page that says what went wrong; it needs neither index nor catalogue."""
        try:
            as_of = self._library.state().as_of
        except SQLAlchemyError:
            as_of = None
        return self.render("error.html", status, as_of=as_of, code=status, message=message)


def _flushed(pieces: Iterator[str]) -> Iterator[bytes]:
    held: list[str] = []
    for piece in pieces:
        before, *behind = piece.split(FLUSH)
        held.append(before)
        for after in behind:
            yield "".join(held).encode()
            held = [after]
    yield "".join(held).encode()


@cache
def _asset(name: str) -> str:
    """The address of a file of ours, another one after every change of it."""
    digest = blake2b((STATIC / name).read_bytes(), digest_size=5).hexdigest()
    return f"/static/{name}?v={digest}"


def _instant_text(moment: datetime | None) -> str:
    return minute_text(moment) if moment else ""
