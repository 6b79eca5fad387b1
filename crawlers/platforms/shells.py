"""Shells: list pages whose rows a script fetches, and the values their scripts and meta tags give it."""

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from crawlers.platforms.base import ListPage
from crawlers.platforms.list_requests import Paging
from normalizers.failures import Failure

# Ids and codes of columns: 32 hex digits, UUIDs, 19-digit numbers, pinyin; nothing seen was longer.
MAX_VALUE = 64


def shell_of(source: Paging) -> ListPage:
    """A page without rows that says where they are."""
    return ListPage(failure=Failure.LIST_SHELL, source=source)


def has_dated_rows(page: ListPage) -> bool:
    """Whether a page is a list itself: links without dates may as well be its menu."""
    return any(row.date is not None for row in page.rows)


def named_value(text: str, *names: str) -> str:
    """The value a page gives the first of these names: in a meta tag, a variable or a property; "" where in none.

    Names are compared without regard to case; a variable set to another variable says nothing.
    """
    lowered = text.lower()
    for name in names:
        if name.lower() not in lowered:
            continue
        found = _value_of(name).search(text)
        if found is not None:
            return next(value for value in found.groups() if value is not None)
    return ""


@lru_cache(maxsize=64)
def _value_of(name: str) -> re.Pattern[str]:
    value = rf"([\w-]{{1,{MAX_VALUE}}})"
    return re.compile(
        rf"""<meta\b[^<>]{{0,200}}\bname=["']{name}["'][^<>]{{0,200}}\bcontent=["']{value}["']"""
        rf"""|<meta\b[^<>]{{0,200}}\bcontent=["']{value}["'][^<>]{{0,200}}\bname=["']{name}["']"""
        rf"""|(?<![\w.]){name}["']?\s{{0,9}}[:=]\s{{0,9}}(?:["']{value}["']|(\d{{1,20}})\b)""",
        re.IGNORECASE,
    )


def path_parts(address: str) -> list[str]:
    """The folders and the file of an address, unquoted."""
    return [unquote(part) for part in urlsplit(address).path.split("/") if part]
