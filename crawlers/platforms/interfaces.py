"""List APIs: what an address with its parameters becomes when page n of it is asked.

A site file names an API by its address with the parameters in the query, whether it is asked by GET
or by POST; the interface of the platform knows the method, the parameter that counts the pages and
what must always be sent.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, quote, urlsplit

from crawlers.platforms.list_requests import MARKS, Paging

NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
# No interface gave more than 300 rows a page (JCMS, 2026-04).
SIZE = re.compile(r"[1-9][0-9]{0,2}")


@dataclass(frozen=True, slots=True)
class Interface:
    """One list API of a family.

    `path` is found in the path of its addresses, whose query has all parameters of `needs`; `page` is the
    parameter that counts pages from `first` ("" where the API has none), `size` the one that says how many
    rows a page has. `fixed` is sent where the address does not say otherwise; values of it that count pages
    ({n}, {start}, {end}, {skip}) always. `headers` go with every request. `answers` is what it answers: where
    that is JSON, a page (an error, the home page of a site that wants less of us) has no rows.
    """

    path: re.Pattern[str]
    page: str = "page"
    first: int = 1
    size: str = ""
    rows: int = 20
    method: Literal["GET", "FORM", "JSON"] = "GET"
    fixed: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    answers: Literal["json", "html"] = "json"


def find_interface(interfaces: Sequence[Interface], address: str) -> Interface | None:
    """The interface that is asked at an address; None where none is."""
    if not interfaces:
        return None
    parts = urlsplit(address)
    names = {key for key, _ in parse_qsl(parts.query, keep_blank_values=True)}
    return next(
        (one for one in interfaces if one.path.search(parts.path) and names.issuperset(one.needs)), None
    )


def paging_of(interfaces: Sequence[Interface], address: str) -> Paging | None:
    """The paging of the list API at an address; None where none of the interfaces is asked there."""
    interface = find_interface(interfaces, address)
    if interface is None:
        return None
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return interface_paging(interface, parts._replace(query="", fragment="").geturl(), query)


def interface_paging(interface: Interface, address: str, params: Mapping[str, str]) -> Paging:
    """The paging of an API at an address without query, asked with these parameters."""
    counting = {key: value for key, value in interface.fixed.items() if any(mark in value for mark in MARKS)}
    chosen = {**interface.fixed, **params, **counting}
    rows = interface.rows
    if interface.size:
        told = chosen.get(interface.size, "")
        rows = int(told) if SIZE.fullmatch(told) else rows
        chosen[interface.size] = str(rows)
    if interface.page:
        chosen[interface.page] = "{n}"
    offset = interface.first - 1
    if interface.method == "FORM":
        return Paging(address, offset, rows, form=chosen, headers=interface.headers)
    if interface.method == "JSON":
        return Paging(address, offset, rows, json=_json(chosen), headers=interface.headers)
    query = "&".join(
        f"{quote(key, safe='[]')}={quote(value, safe='{}[]*<>')}" for key, value in chosen.items()
    )
    return Paging(f"{address}?{query}" if query else address, offset, rows, headers=interface.headers)


def _json(params: Mapping[str, str]) -> str:
    """A JSON object of the parameters; whole numbers are numbers, the page number too; 003001 is a code."""
    text = json.dumps(
        {key: int(v) if NUMBER.fullmatch(v) else v for key, v in params.items()}, ensure_ascii=False
    )
    return text.replace('"{n}"', "{n}")
