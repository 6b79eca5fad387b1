"""What the readers did not understand in all policies of the catalogue, by kind and value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import Connection, select

from pipelines import schema as t

# Warnings of a Policy that name something unknown, `kind: value`.
KINDS = ("issuer_unknown", "label_unconsumed", "doc_number_unreadable", "date_unreadable", "doc_type_unknown")
# Fields that a policy document has, by their names; other content types may lack them rightly.
EXPECTED = ("title", "issuers", "doc_type", "written_date", "published_date", "blocks")
# Different values kept of one kind (40 MB); of more only the number is known.
MAX_VALUES = 50_000
FETCH = 500


class _Told(msgspec.Struct):
    """What is needed of a stored Policy."""

    url: str
    content_type: str
    title: str | None
    issuers: list[msgspec.Raw]
    doc_type: str | None
    written_date: str | None
    published_date: str | None
    blocks: list[msgspec.Raw]
    warnings: list[str]


@dataclass(slots=True)
class Seen:
    """How often something was met, and the address of the first page that has it."""

    count: int
    sample: str


@dataclass(slots=True)
class Unknowns:
    """What is unknown of `policies` policies that are neither hidden nor withdrawn.

    `values` maps each kind to its values, `rest` counts what came after the first MAX_VALUES values of a
    kind; `missing` maps a field to the policy documents (of `documents`) that lack it.
    """

    policies: int = 0
    documents: int = 0
    values: dict[str, dict[str, Seen]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    rest: dict[str, int] = field(default_factory=dict)
    missing: dict[str, Seen] = field(default_factory=dict)


def count_unknowns(connection: Connection) -> Unknowns:
    """Read all policies once, in order of id, a few hundred at a time."""
    found = Unknowns()
    for told in _policies(connection):
        found.policies += 1
        for warning in told.warnings:
            kind, _, value = warning.partition(": ")
            if kind in found.values:
                _count_value(found, kind, value, told.url)
        if told.content_type == "policy":
            found.documents += 1
            for name in EXPECTED:
                if not getattr(told, name):
                    _count(found.missing, name, told.url)
    return found


def most_common(values: Mapping[str, Seen]) -> list[tuple[str, Seen]]:
    """Values with what was seen of them, the most frequent first."""
    return sorted(values.items(), key=lambda item: (-item[1].count, item[0]))


def _count_value(found: Unknowns, kind: str, value: str, url: str) -> None:
    values = found.values[kind]
    if value in values or len(values) < MAX_VALUES:
        _count(values, value, url)
    else:
        found.rest[kind] = found.rest.get(kind, 0) + 1


def _count(values: dict[str, Seen], name: str, url: str) -> None:
    if seen := values.get(name):
        seen.count += 1
    else:
        values[name] = Seen(1, url)


def _policies(connection: Connection) -> Iterator[_Told]:
    decode = msgspec.json.Decoder(_Told).decode
    policy = t.policy.c
    query = (
        select(policy.record)
        .where(policy.hidden.is_(None), policy.withdrawn.is_(False))
        .order_by(policy.page_id)
        .execution_options(yield_per=FETCH)
    )
    for (record,) in connection.execute(query):
        yield decode(record)
