"""The fields of the tantivy index, and an IndexDocument as tantivy's document."""

from datetime import UTC, date, datetime
from functools import cache

import tantivy

from index.document import TEXT_NAMES, IndexDocument, content_hash
from index.engine import FILTERS
from index.tokens import bigrams, unigrams

# Raised whenever the fields below or the tokens in them change; an older index is then rebuilt.
SCHEMA_VERSION = 2
TEXT_FIELDS = (*TEXT_NAMES.values(), "title_chars")
# One number a document and order, unlike any other document's: the day or second in the high bits,
# the first bits of the id in the low ones. Unknown days are last either way, hence two fields a date.
SORT_FIELDS = {
    ("written", "desc"): "sort_written_desc",
    ("written", "asc"): "sort_written_asc",
    ("published", "desc"): "sort_published_desc",
    ("published", "asc"): "sort_published_asc",
    ("first_seen", "desc"): "sort_first_seen",
    ("first_seen", "asc"): "sort_first_seen",
}
DAY_BITS = 20  # to the year 2870
SECOND_BITS = 33  # from 2000 to the year 2272
FIRST_SECOND = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
LAST_DAY = (1 << DAY_BITS) - 1
# What a record of the index is: a policy, or the one that holds the position in the change log.
POLICY, STATE = "policy", "state"


@cache
def schema() -> tantivy.Schema:
    """The schema of the index; nothing but ids, hashes and the state is stored."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("record", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("hash", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("seq", stored=True)
    builder.add_text_field("doc_number_key", tokenizer_name="raw", index_option="basic")
    for name in TEXT_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace")
    for name in FILTERS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    for name in sorted(set(SORT_FIELDS.values())):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    return builder.build()


def tantivy_document(document: IndexDocument) -> tantivy.Document:
    """The document as tantivy stores it."""
    result = tantivy.Document()
    add = result.add_text
    add("record", POLICY)
    add("id", document.id)
    add("hash", content_hash(document))
    for name in TEXT_NAMES.values():
        if text := getattr(document, name):
            add(name, bigrams(text))
    add("title_chars", unigrams(document.title))
    if document.doc_number_key:
        add("doc_number_key", document.doc_number_key)
    for name, values in _facets(document).items():
        for value in values:
            add(name, value)
    if document.date:
        result.add_integer("day", document.date.toordinal())
    for name, key in _sort_keys(document).items():
        result.add_unsigned(name, key)
    return result


def state_document(seq: int) -> tantivy.Document:
    """The record that holds the position in the change log."""
    result = tantivy.Document()
    result.add_text("record", STATE)
    result.add_unsigned("seq", seq)
    return result


def _facets(document: IndexDocument) -> dict[str, tuple[str, ...]]:
    day = document.date
    return {
        "level": _one(document.level),
        "region": document.regions,
        "issuer": tuple(dict.fromkeys(document.issuers)),
        "content_type": (document.content_type,),
        "doc_type": _one(document.doc_type),
        "instrument": _one(document.instrument),
        "subject": _one(document.subject),
        "year": (str(day.year),) if day else (),
        "validity": _one(document.validity),
        "topic": tuple(dict.fromkeys(document.topics)),
        "keyword": tuple(dict.fromkeys(document.keywords)),
        "site": (document.site,),
        "work": (document.work,),
        "withdrawn": ("true" if document.withdrawn else "false",),
    }


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def _sort_keys(document: IndexDocument) -> dict[str, int]:
    seconds = int(document.first_seen.timestamp()) - FIRST_SECOND
    written, published = document.written_date, document.published_date
    return {
        "sort_written_desc": _key(_day(written, 0), DAY_BITS, document.id),
        "sort_written_asc": _key(_day(written, LAST_DAY), DAY_BITS, document.id),
        "sort_published_desc": _key(_day(published, 0), DAY_BITS, document.id),
        "sort_published_asc": _key(_day(published, LAST_DAY), DAY_BITS, document.id),
        "sort_first_seen": _key(max(0, seconds), SECOND_BITS, document.id),
    }


def _day(day: date | None, unknown: int) -> int:
    return unknown if day is None else day.toordinal()


def _key(high: int, bits: int, document_id: str) -> int:
    return (high << (64 - bits)) | (int(document_id, 16) >> bits)
