"""A dump of catalogue and index in which only what matters is left, for comparing two nights.

Left out: instants, run ids, archive places, walk numbers, and through which of its channels a page
was asked first. Changes are a multiset of (page, kind) without `relisted`, which says only when a
second channel was met.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from sqlalchemy import select

from index.tantivy_engine import TantivyEngine
from pipelines import schema as t
from pipelines.catalogue import Catalogue
from pipelines.changes import ChangeKind

LEFT_OUT = {
    "channel": {"complete_pass_at", "walk"},
    "page": {
        "first_seen",
        "last_seen",
        "fetched_at",
        "archive_file",
        "archive_offset",
        "archive_length",
        "run",
        "ticket",
        "channel",
    },
    "listing": {"walk"},
    "attachment": {"archive_file", "archive_offset", "archive_length"},
    "policy": {"first_seen", "last_seen", "changed_at"},
}
TABLES = (t.site, t.channel, t.page, t.address, t.listing, t.attachment, t.policy, t.corrected)


def dump(data: Path) -> dict[str, list[Any]]:
    """Table → sorted rows, plus `change` and `index`."""
    catalogue = Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")
    result: dict[str, list[Any]] = {}
    try:
        with catalogue.read() as connection:
            for table in TABLES:
                hidden = LEFT_OUT.get(table.name, set())
                columns = [c for c in table.columns if c.name not in hidden]
                result[table.name] = sorted(map(_row, connection.execute(select(*columns))))
            changes = connection.execute(
                select(t.change.c.page_id, t.change.c.kind).where(t.change.c.kind != ChangeKind.RELISTED)
            )
            result["change"] = sorted(map(_row, changes))
    finally:
        catalogue.close()
    result["index"] = _index(data / "index")
    return result


def digest(dumped: dict[str, list[Any]]) -> str:
    """One hash of a dump."""
    return hashlib.sha256(json.dumps(dumped, ensure_ascii=False).encode()).hexdigest()


def differences(one: dict[str, list[Any]], other: dict[str, list[Any]], most: int = 5) -> list[str]:
    """What differs, a line each: table, and the first rows that only one side has."""
    lines = []
    for name in sorted(one.keys() | other.keys()):
        left, right = set(map(str, one.get(name, []))), set(map(str, other.get(name, [])))
        for mark, rows in (("-", left - right), ("+", right - left)):
            lines += [f"{name} {mark} {row[:300]}" for row in sorted(rows)[:most]]
        if len(one.get(name, [])) != len(other.get(name, [])):
            lines.append(f"{name}: {len(one.get(name, []))} rows against {len(other.get(name, []))}")
    return lines


def _row(row: Any) -> list[str]:
    return [value.decode() if isinstance(value, bytes) else str(value) for value in row]


def _index(folder: Path) -> list[Any]:
    return [list(pair) for pair in TantivyEngine(folder).reader().dump()]
