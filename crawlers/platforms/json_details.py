"""List answers whose records have an id and no address: the pages people open, and where their content is asked."""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urljoin

from crawlers.platforms.base import ListPage
from crawlers.platforms.json_rows import extract_json_rows
from normalizers.failures import Failure

MAX_DEPTH = 8
ID = re.compile(r"[\w=+/-]{1,100}")


def keyed_rows(value: Any, base: str, key: str, detail: str, content: str) -> ListPage:
    """The rows of a parsed answer; `key` is the name of the id, `{id}` in `detail` and `content` stands for it.

    `detail` is the address of the page people open, `content` that of the JSON behind it; both may be
    relative to `base`.
    """
    contents: dict[str, str] = {}
    _give_addresses(value, base, key, (detail, content), contents, 0)
    page = extract_json_rows(value, base)
    if not page.rows:
        return replace(page, failure=Failure.LIST_EMPTY)
    return replace(page, contents={row.url: contents[row.url] for row in page.rows if row.url in contents})


def _give_addresses(
    value: Any, base: str, key: str, templates: tuple[str, str], contents: dict[str, str], depth: int
) -> None:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for member in value:
            _give_addresses(member, base, key, templates, contents, depth + 1)
    elif isinstance(value, dict):
        for inner in value.values():
            _give_addresses(inner, base, key, templates, contents, depth + 1)
        number = value.get(key)
        if isinstance(number, int | str) and ID.fullmatch(str(number)):
            spelled = quote(str(number), safe="")
            address, content = (urljoin(base, template.format(id=spelled)) for template in templates)
            value["url"] = address
            contents[address] = content
