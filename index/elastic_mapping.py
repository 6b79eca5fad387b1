"""The fields of the Elasticsearch index, and an IndexDocument as Elasticsearch takes it.

Three kinds of fields: searched text under the names of TEXT_NAMES, cleaned by us and kept out of
`_source`; values to filter, count and sort by; and `shown`, the document as a person reads it.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from index.document import TEXT_NAMES, IndexDocument, content_hash
from index.engine import FILTERS, Rejected
from index.keys import SORT_FIELDS, facet_values, sort_keys
from index.ranking import factor
from index.suggest import suggest_terms
from index.tokens import END, pieces, search_text
from normalizers.policy import CONTENT_TYPES, LEVELS, VALIDITIES
from normalizers.regions import region_names

# Raised whenever the fields below or the text in them change; an older index is then rebuilt.
SCHEMA_VERSION = 6
TEXT_FIELDS = (*TEXT_NAMES.values(), "title_chars")
SORTS = tuple(sorted(set(SORT_FIELDS.values())))
# What a record of the index is: a policy, or the one that holds the position in the change log.
POLICY, STATE = "policy", "state"
STATE_ID = "state"
WEIGHT = "weight"  # what the points of a record are multiplied by, see index/ranking.py
SUGGEST = "suggest"  # the beginnings of title and number, see index/suggest.py
# Our sort keys are below 2^64, a long has a sign.
HALF = 1 << 63
# Titles longer than this are not counted in Kibana; the longest real one has 180 characters.
LONGEST_TITLE = 1000

KEYWORD = {"type": "keyword"}
DATE = {"type": "date", "format": "strict_date"}
UNSEARCHED = {"type": "keyword", "index": False, "doc_values": False}
TEXT = {"type": "text", "analyzer": "zhengce_text"}

ANALYSIS = {
    "analyzer": {
        "zhengce_text": {"tokenizer": "standard", "filter": ["cjk_width", "lowercase", "cjk_bigram"]},
        "zhengce_chars": {"tokenizer": "standard", "filter": ["cjk_width", "lowercase"]},
    }
}
SETTINGS: dict[str, Any] = {
    "auto_expand_replicas": "0-1",
    "refresh_interval": -1,  # a commit says when
    "codec": "best_compression",
    "max_result_window": 2**31 - 1,
    "query.default_field": list(TEXT_NAMES.values()),
    "similarity": {"default": {"type": "BM25", "k1": 1.2, "b": 0.75}},
    "analysis": ANALYSIS,
}
# The document as a person reads it.
SHOWN: dict[str, Any] = {
    "title": {"type": "keyword", "ignore_above": LONGEST_TITLE},
    "number": KEYWORD,  # the first of the numbers: columns have them in another order
    "numbers": KEYWORD,
    "level": KEYWORD,
    "content_type": KEYWORD,
    "validity": KEYWORD,
    "regions": KEYWORD,
    "body": UNSEARCHED,
    "attachments": UNSEARCHED,
}

# What every generation says of itself; a build adds who is at it.
META: dict[str, Any] = {"program": "zhengce", "schema_version": SCHEMA_VERSION}


@cache
def properties() -> Mapping[str, Any]:
    """Every field by name."""
    return {
        "record": KEYWORD,
        "id": KEYWORD,
        "hash": {"type": "keyword", "index": False},
        "url": {"type": "keyword", "index": False},
        "doc_number_key": KEYWORD,
        **dict.fromkeys(TEXT_NAMES.values(), TEXT),
        "title_chars": {"type": "text", "analyzer": "zhengce_chars"},
        **dict.fromkeys(FILTERS, KEYWORD),
        "version": {"type": "integer"},  # the place among the versions of a work; not known yet
        "date": DATE,
        "written_date": DATE,
        "published_date": DATE,
        "effective_date": DATE,
        "expiry_date": DATE,
        "first_seen": {"type": "date", "format": "strict_date_time_no_millis"},
        **{name: {"type": "long", "index": False} for name in SORTS},
        WEIGHT: {"type": "float", "index": False},
        SUGGEST: {"type": "keyword", "doc_values": False},
        "shown": {"properties": SHOWN},
        "seq": {"type": "long", "index": False, "doc_values": False},
        "writer": UNSEARCHED,
        "rejected": {"type": "object", "enabled": False},
    }


def index_template(name: str, shards: int) -> dict[str, Any]:
    """The template of all generations of an index; none of them comes into being by a stray write."""
    return {
        "index_patterns": [f"{name}-*"],
        "priority": 500 + len(name),  # of zhengce and zhengce-test the longer name is meant
        "allow_auto_create": False,
        "template": {
            "settings": {"index": {**SETTINGS, "number_of_shards": shards}},
            "mappings": {
                "dynamic": "strict",
                "_meta": META,
                "_source": {"excludes": [*TEXT_FIELDS, *SORTS, WEIGHT, SUGGEST]},
                "properties": properties(),
            },
        },
    }


def elastic_document(document: IndexDocument) -> dict[str, Any]:
    """The document as Elasticsearch takes it; what is unknown is left out."""
    result: dict[str, Any] = {
        "record": POLICY,
        "id": document.id,
        "hash": content_hash(document),
        "url": document.url,
        "doc_number_key": document.doc_number_key,
        "first_seen": document.first_seen.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "date": document.date,
        "written_date": document.written_date,
        "published_date": document.published_date,
        "effective_date": document.effective_date,
        "expiry_date": document.expiry_date,
        "shown": _shown(document),
    }
    for name in TEXT_NAMES.values():
        result[name] = " ".join((*pieces(getattr(document, name)), END))
    result["title_chars"] = f"{search_text(document.title)} {END}"
    result[WEIGHT] = factor(document)
    result[SUGGEST] = sorted(suggest_terms(document))
    result |= facet_values(document)
    result |= {name: key - HALF for name, key in sort_keys(document).items()}
    return {name: value for name, value in result.items() if value not in (None, "", ())}


def state_document(seq: int, writer: str, rejected: Iterable[Rejected] = ()) -> dict[str, Any]:
    """The record that holds the position in the change log, who wrote it, and what was refused so far."""
    refused = [{"id": one.id, "reason": one.reason} for one in rejected]
    state = {"record": STATE, "seq": seq, "writer": writer, "rejected": refused}
    return state | dict.fromkeys(TEXT_FIELDS, END)


def _shown(document: IndexDocument) -> dict[str, Any]:
    names, numbers = _region_names(), document.number_text.split("\n")
    shown = {
        "title": document.title,
        "number": numbers[0],
        "numbers": [*filter(None, numbers)],
        "level": LEVELS.get(document.level or "", document.level),
        "content_type": CONTENT_TYPES.get(document.content_type, document.content_type),
        "validity": VALIDITIES.get(document.validity or "", document.validity),
        "regions": [names.get(code, code) for code in document.regions],
        "body": document.body,
        "attachments": document.attachment_text,
    }
    return {name: value for name, value in shown.items() if value}


@cache
def _region_names() -> Mapping[str, str]:
    return region_names()
