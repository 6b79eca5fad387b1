"""A saved query: the parameters of the results page as text, what they ask, and what they say in words."""

from starlette.datastructures import QueryParams

from index.engine import RequestError
from index.vocabulary import Names
from portal.address import Address
from portal.forms import Asked
from portal.labels import Label
from portal.site_text import one_line

MAX_QUERY = 4_000  # characters as an address; fifty names of bodies have 3,000
MAX_NAME = 80  # characters of what an alert is called
# Where one is in the results is no part of what is asked; nor is their order.
NOT_KEPT = dict.fromkeys(("sort", "order", "size", "facets"), "")


def save_query(parameters: QueryParams, names: Names) -> str:
    """The parameters that say what is asked, as text; raises RequestError where they ask nothing that can be."""
    address = Address(parameters)
    address.request(names)
    text = address.href("", **NOT_KEPT).removeprefix("?")
    if len(text) > MAX_QUERY:
        raise RequestError(f"检索条件太长，不能订阅：最多 {MAX_QUERY} 个字符")
    return text


def saved_address(query: str) -> Address:
    """The results page of a saved query."""
    return Address(QueryParams(query))


def ask_saved(query: str, names: Names) -> Asked:
    """The search of a saved query; raises RequestError."""
    return saved_address(query).request(names)


def told_query(query: str, label: Label) -> str:
    """A saved query in words, one line."""
    return one_line(saved_address(query).told(label))


def name_of(query: str, label: Label) -> str:
    """What an alert is called where nobody named it."""
    told = told_query(query, label)
    return told if len(told) <= MAX_NAME else told[: MAX_NAME - 1] + "…"
