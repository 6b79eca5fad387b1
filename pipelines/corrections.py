"""Which corrections belong to which page, and which pages must be normalised anew because of them."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
from sqlalchemy import Connection, func, select, update

from normalizers.addresses import address_key
from normalizers.corrections import Correction, is_corrected
from normalizers.policy import Policy
from pipelines import schema as t
from pipelines.correction_file import ID, CorrectionFileError, Mistake, load_corrections
from pipelines.database import upsert
from pipelines.items import PageState

# Values of one IN list; SQLite takes 32,766.
CHUNK = 500


class PageCorrections:
    """The corrections of a file, found by the id or any address of a page."""

    def __init__(self, corrections: Sequence[Correction]) -> None:
        self.corrections = tuple(corrections)
        self._by_id: dict[str, list[int]] = {}
        self._by_key: dict[str, list[int]] = {}
        for number, correction in enumerate(self.corrections):
            page = correction.page
            table, name = (self._by_id, page) if ID.fullmatch(page) else (self._by_key, address_key(page))
            table.setdefault(name, []).append(number)

    def __bool__(self) -> bool:
        return bool(self.corrections)

    def of_pages(self, connection: Connection, ids: Collection[str]) -> dict[str, tuple[Correction, ...]]:
        """The corrections of some pages, at most one a field: of several the last of the file."""
        found = {page: list(self._by_id[page]) for page in ids if page in self._by_id}
        a = t.address.c
        if self._by_key:
            for some in _chunks(ids):
                for row in connection.execute(select(a.key, a.page_id).where(a.page_id.in_(some))):
                    found.setdefault(row.page_id, []).extend(self._by_key.get(row.key, ()))
        return {page: self._chosen(numbers) for page, numbers in found.items() if numbers}

    def pages(self, connection: Connection) -> tuple[str | None, ...]:
        """The page of each correction in the order of the file; None for one the catalogue does not know."""
        p, a = t.page.c, t.address.c
        known: dict[str, str] = {}
        for some in _chunks(self._by_id):
            known |= {i: i for i in connection.execute(select(p.id).where(p.id.in_(some))).scalars()}
        for some in _chunks(self._by_key):
            rows = connection.execute(select(a.key, a.page_id).where(a.key.in_(some)))
            known |= {row.key: row.page_id for row in rows}
        return tuple(
            known.get(c.page if ID.fullmatch(c.page) else address_key(c.page)) for c in self.corrections
        )

    def _chosen(self, numbers: Iterable[int]) -> tuple[Correction, ...]:
        by_field = {c.field: c for c in (self.corrections[n] for n in sorted(set(numbers)))}
        return tuple(by_field.values())


def open_corrections(path: Path, connection: Connection) -> PageCorrections:
    """The corrections of the file at `path`, none where there is no file.

    Raises CorrectionFileError for a file with mistakes, and where it is missing while pages were
    corrected by it: a wrong path must not undo the work of people.
    """
    if not path.exists():
        pages = connection.execute(select(func.count()).select_from(t.corrected)).scalar_one()
        if pages:
            raise CorrectionFileError(
                [
                    Mistake(
                        str(path),
                        "",
                        f"更正文件不见了，而目录库中有 {pages} 页曾按它更正：请放回文件，或修正设置 corrections；"
                        "确实要全部撤销时，在这里放一个空文件",
                    )
                ]
            )
    return PageCorrections(load_corrections(path))


def digest_of(corrections: Sequence[Correction]) -> str:
    """The hash of a page's corrections; "" for none. How the page is named does not count."""
    if not corrections:
        return ""
    said = sorted((c.field, c.value, c.reason, c.by, str(c.day or ""), c.was) for c in corrections)
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def requeue_corrected(connection: Connection, corrections: PageCorrections) -> int:
    """Queue every page whose corrections are not those that its policy was made with; returns how many."""
    c = t.corrected.c
    made = {row.page_id: row.digest for row in connection.execute(select(c.page_id, c.digest))}
    if not made and not corrections:
        return 0
    pages = {page for page in corrections.pages(connection) if page}
    wanted = {page: digest_of(found) for page, found in corrections.of_pages(connection, pages).items()}
    stale = [page for page in {*made, *wanted} if made.get(page) != wanted.get(page)]
    queued = 0
    for some in _chunks(stale):
        page = t.page.c
        again = update(t.page).where(page.id.in_(some), page.state == PageState.NORMALISED)
        queued += connection.execute(again.values(state=PageState.FETCHED, ticket=page.ticket + 1)).rowcount
    return queued


def load_digests(connection: Connection, pages: Sequence[str]) -> dict[str, str]:
    """The hashes of the corrections that policies were made with; pages without corrections are left out."""
    c = t.corrected.c
    return {
        row.page_id: row.digest
        for row in connection.execute(select(c.page_id, c.digest).where(c.page_id.in_(pages)))
    }


def store_digests(connection: Connection, old: Mapping[str, str], new: Mapping[str, str]) -> None:
    """Note with which corrections policies were made; "" for none."""
    gone = [page for page, digest in new.items() if not digest and page in old]
    rows = [{"page_id": p, "digest": d} for p, d in new.items() if d and old.get(p) != d]
    if gone:
        connection.execute(t.corrected.delete().where(t.corrected.c.page_id.in_(gone)))
    upsert(connection, t.corrected, rows, update=["digest"])


def corrected_fields_differ(old: Policy, new: Policy) -> bool:
    """Whether a field that people set right in one of two readings of a page has another value in the other."""
    fields = {name for policy in (old, new) for name in policy.evidence if is_corrected(policy, name)}
    return any(
        getattr(old, name) != getattr(new, name)
        or old.date_precision.get(name) != new.date_precision.get(name)
        for name in fields
    )


def _chunks(values: Iterable[str]) -> Iterable[list[str]]:
    every = list(values)
    return (every[start : start + CHUNK] for start in range(0, len(every), CHUNK))
