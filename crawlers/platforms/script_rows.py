"""Rows that stand in a page's scripts: arrays of addresses and titles, variables, objects, written markup."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice

from crawlers.platforms.links import clean_title, join
from crawlers.platforms.row_dates import make_date
from crawlers.platforms.rows import MAX_ROWS, extract_rows, mark_pinned, unique
from normalizers.chars import tidy
from normalizers.dates import find_dates
from normalizers.page import ListRow

SCRIPT = re.compile(r"<script\b[^<>]{0,3000}>", re.IGNORECASE)
SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
# document.writeln("<li>" + …: the parts of what it writes, strings and what stands between them.
WRITE = re.compile(r"document\.write(?:ln)?\s{0,9}\(")
PART = re.compile(
    r"""\s{0,9}(?:"((?:[^"\\\n]|\\.){0,4000})"|'((?:[^'\\\n]|\\.){0,4000})'|[\w.$\[\]]{1,60})\s{0,9}(\+?)"""
)
# name = '…', name[3] = "…", name: '…', "name": "…".
VALUE = re.compile(
    r"""(?<![\w.$])["']?([A-Za-z_]{1,30})["']?\s{0,9}(?:\[\s{0,9}\w{1,20}(?:\+\+)?\s{0,9}\]\s{0,9})?[:=]\s{0,9}(?:"((?:[^"\\\n]|\\.){0,2000})"|'((?:[^'\\\n]|\\.){0,2000})')"""
)
NAMES: Mapping[str, frozenset[str]] = {
    "url": frozenset(
        {"url", "urls", "href", "hrefs", "link", "links", "linkurl", "docpuburl", "puburl", "docurl"}
    ),
    "title": frozenset(
        {"title", "titles", "header", "headers", "doctitle", "subject", "bt", "linktitle", "name", "names"}
    ),
    "date": frozenset(
        {
            "date",
            "dates",
            "time",
            "times",
            "pubdate",
            "pubtime",
            "docreltime",
            "fbrq",
            "crtime",
            "rq",
            "docdate",
        }
    ),
    "year": frozenset({"year", "years"}),
    "month": frozenset({"month", "months"}),
    "day": frozenset({"day", "days"}),
    "number": frozenset({"filenum", "fileno", "wh", "fwzh", "docno", "filenumber"}),
}
FIELD = {name: field for field, names in NAMES.items() for name in names}
ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")
# Scripts longer than this are libraries.
MAX_SCRIPT = 400_000


def extract_script_rows(text: str, url: str) -> tuple[ListRow, ...]:
    """The rows a page's scripts hold: dated ones, in the order of the script; () where there are none.

    Seen: `document.writeln` of url, title and FILENUM (武汉), `urls[i]='…';headers[i]="…"` (北京科委 2020).
    """
    scripts = [script for script in _scripts(text) if len(script) <= MAX_SCRIPT]
    rows = unique(row for script in scripts for row in _records(script, url))
    written = "".join(_written(script) for script in scripts if "document.write" in script)
    markup = extract_rows(f"<html><body>{written}</body></html>", url, {}) if "<a" in written else ()
    best = max(mark_pinned(rows[:MAX_ROWS]), markup, key=_dated)
    return best if _dated(best) else ()


def _scripts(text: str) -> Iterator[str]:
    """What stands in the scripts of a page; one that is not closed ends the search: time stays linear."""
    at = 0
    while (start := SCRIPT.search(text, at)) is not None:
        end = SCRIPT_END.search(text, start.end())
        if end is None:
            return
        yield text[start.end() : end.start()]
        at = end.end()


def _dated(rows: Sequence[ListRow]) -> int:
    return sum(row.date is not None for row in rows)


def _written(script: str) -> str:
    """The markup that a script writes, as far as it stands in strings."""
    return "".join(_argument(script, call.end()) for call in islice(WRITE.finditer(script), MAX_ROWS))


def _argument(script: str, place: int) -> str:
    """The strings of a sum that begins at a place of a script."""
    written = ""
    while (part := PART.match(script, place)) is not None:
        written += _plain(part[1] or part[2] or "")
        place = part.end()
        if not part[3]:
            break
    return written


def _records(script: str, url: str) -> Iterator[ListRow]:
    """Records of named values; a name that comes again begins the next one."""
    record: dict[str, str] = {}
    for found in VALUE.finditer(script):
        field = FIELD.get(found[1].lower())
        if field is None:
            continue
        if field in record:
            if (row := _row(record, url)) is not None:
                yield row
            record = {}
        record[field] = _plain(found[2] if found[2] is not None else found[3])
    if (row := _row(record, url)) is not None:
        yield row


def _row(record: Mapping[str, str], url: str) -> ListRow | None:
    address = join(url, record.get("url", ""))
    title = clean_title(re.sub(r"<[^<>]{0,200}>", "", record.get("title", "")))
    if not address or len(title) < 2:
        return None
    day, raw = _date(record)
    return ListRow(address, title, day, raw, tidy(record.get("number", "")))


def _date(record: Mapping[str, str]) -> tuple[date | None, str]:
    for name in ("date", "year"):
        text = record.get(name, "")
        if text and (dates := find_dates(text)):
            return dates[0].day, dates[0].raw
    parts = [record.get(name, "").strip() for name in ("year", "month", "day")]
    if all(part.isdecimal() for part in parts):
        return make_date(*parts), "-".join(parts)
    return None, record.get("date", "")


def _plain(text: str) -> str:
    r"""A string of JavaScript without its escapes: \' \/ \u6f14."""
    return ESCAPE.sub(lambda found: _unescape(found[1]), text) if "\\" in text else text


def _unescape(code: str) -> str:
    if len(code) == 5:
        return chr(int(code[1:], 16))
    return {"n": "\n", "t": "\t", "r": ""}.get(code, code)
