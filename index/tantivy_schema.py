"""The fields of the tantivy index, and an IndexDocument as tantivy's document."""

from functools import cache
from hashlib import blake2b

import tantivy

from index.common_terms import CommonTerms
from index.document import TEXT_NAMES, IndexDocument, content_hash
from index.engine import FILTERS
from index.keys import SORT_FIELDS, facet_values, sort_keys
from index.ranking import factor
from index.suggest import suggest_terms
from index.tokens import END, bigram_tokens, unigrams

# Raised whenever the fields below or the tokens in them change; an older index is then rebuilt.
SCHEMA_VERSION = 11
TEXT_FIELDS = (*TEXT_NAMES.values(), "title_chars")
# What a record of the index is: a policy, or the one that holds the position in the change log.
POLICY, STATE = "policy", "state"
COMMON = "common"  # the common terms of a document, see index/common_terms.py
# A float whose log2(2 + x) is the factor of the points, which is how tantivy weighs by a field.
WEIGHT = "weight"
SUGGEST = "suggest"
NUMBER = "id_number"  # the id, sixteen hexadecimal digits, as a number in a column
# Facets of very many values, which are counted by a number of each: to put the texts of all segments together
# takes three times as long (24,000 issuers in 14 segments: 46 ms).
# Facets of one value a document are counted in groups, by a number of all values of a group together: a group takes
# as long as one facet (5 of 80 ms for 250,000 documents found).
GROUPS = {
    "standing": ("level", "content_type", "validity", "withdrawn", "year"),
    "form": ("doc_type", "instrument", "subject", "normative", "interpretation_form"),
}
JOIN = "\x1f"  # stands in no value
NUMBERED = ("issuer", *GROUPS)
SHOWN = "shown"  # stored: the title and, on the next line, the number as printed


@cache
def schema() -> tantivy.Schema:
    """The schema of the index; nothing but ids, hashes, titles, numbers and the state is stored."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("record", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("hash", stored=True)
    builder.add_unsigned_field("seq", stored=True)
    builder.add_text_field("doc_number_key", tokenizer_name="raw", index_option="basic")
    for name in TEXT_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace")
    builder.add_text_field(COMMON, tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field(SUGGEST, tokenizer_name="whitespace", index_option="basic")
    builder.add_bytes_field(SHOWN, stored=True)
    builder.add_float_field(WEIGHT, fast=True)
    builder.add_unsigned_field(NUMBER, fast=True)
    for name in FILTERS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in GROUPS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in NUMBERED:
        builder.add_unsigned_field(numbers_of(name), fast=True)
    # Ranges are read from columns; a term for every document would cost more than all facets.
    builder.add_integer_field("day", fast=True)
    for name in sorted(set(SORT_FIELDS.values())):
        builder.add_unsigned_field(name, fast=True)
    return builder.build()


def numbers_of(name: str) -> str:
    """The field that holds the numbers of the values of a facet."""
    return f"{name}_number"


def value_number(value: str) -> int:
    """A number of 64 bits that stands for a value; of a million values two have the same once in 37 million."""
    return int.from_bytes(blake2b(value.encode("utf-8", "replace"), digest_size=8).digest())


Tokens = dict[str, list[str]]


def text_tokens(document: IndexDocument) -> Tokens:
    """The tokens of every text field, by its name in the index."""
    return {name: bigram_tokens(getattr(document, name)) for name in TEXT_NAMES.values()}


def tantivy_document(document: IndexDocument, tokens: Tokens, common: CommonTerms) -> tantivy.Document:
    """The document as tantivy stores it."""
    result = tantivy.Document()
    add = result.add_text
    add("record", POLICY)
    add("id", document.id)
    result.add_bytes("hash", bytes.fromhex(content_hash(document)))
    for name, found in tokens.items():
        add(name, f"{' '.join(found)} {END}")
    add("title_chars", f"{unigrams(document.title)} {END}")
    add(COMMON, common.of(tokens.values()))
    add(SUGGEST, " ".join(suggest_terms(document)))
    number = document.number_text.partition("\n")[0]
    result.add_bytes(SHOWN, f"{' '.join(document.title.split())}\n{number}".encode("utf-8", "replace"))
    result.add_unsigned(NUMBER, int(document.id, 16))
    result.add_float(WEIGHT, 2 ** factor(document) - 2)
    if document.doc_number_key:
        add("doc_number_key", document.doc_number_key)
    facets = facet_values(document)
    groups = {
        name: (JOIN.join("".join(facets[one]).replace(JOIN, " ") for one in members),)
        for name, members in GROUPS.items()
    }
    for name, values in (facets | groups).items():
        for value in values:
            add(name, value)
            if name in NUMBERED:
                result.add_unsigned(numbers_of(name), value_number(value))
    if document.date:
        result.add_integer("day", document.date.toordinal())
    for name, key in sort_keys(document).items():
        result.add_unsigned(name, key)
    return result


def state_document(seq: int) -> tantivy.Document:
    """The record that holds the position in the change log."""
    result = tantivy.Document()
    result.add_text("record", STATE)
    result.add_unsigned("seq", seq)
    for name in TEXT_FIELDS:
        result.add_text(name, END)
    return result
