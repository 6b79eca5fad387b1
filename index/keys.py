"""What every engine keeps of a document beside its texts: values of facets and unique sort keys."""

from datetime import UTC, date, datetime, timedelta

from index.document import IndexDocument
from pipelines.clock import day_begin

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
# Characters of a value of a facet: what is longer is a text that stands in the wrong place.
LONGEST_VALUE = 1000
DAY_BITS = 20  # to the year 2870
SECOND_BITS = 33  # from 2000 to the year 2272
FIRST_SECOND = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
LAST_DAY = (1 << DAY_BITS) - 1


def facet_values(document: IndexDocument) -> dict[str, tuple[str, ...]]:
    """The values of a document for every name of FILTERS."""
    day = document.date
    values = {
        "level": _one(document.level),
        "region": document.regions,
        "issuer": tuple(dict.fromkeys(document.issuers)),
        "content_type": (document.content_type,),
        "doc_type": _one(document.doc_type),
        "instrument": _one(document.instrument),
        "normative": () if document.normative is None else (_told(document.normative),),
        "interpretation_form": _one(document.interpretation_form),
        "subject": _one(document.subject),
        "year": (str(day.year),) if day else (),
        "validity": _one(document.validity),
        "topic": tuple(dict.fromkeys(document.topics)),
        "keyword": tuple(dict.fromkeys(document.keywords)),
        "site": (document.site,),
        "work": (document.work,),
        "withdrawn": (_told(document.withdrawn),),
    }
    return {name: tuple(one for one in some if len(one) <= LONGEST_VALUE) for name, some in values.items()}


def _told(value: bool) -> str:
    return "true" if value else "false"


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def sort_keys(document: IndexDocument) -> dict[str, int]:
    """The sort keys of a document by field, each below 2^64."""
    # What has no written date is not lost at the end.
    written, published = document.date, document.published_date
    return {
        "sort_written_desc": _key(_day(written, 0), DAY_BITS, document.id),
        "sort_written_asc": _key(_day(written, LAST_DAY), DAY_BITS, document.id),
        "sort_published_desc": _key(_day(published, 0), DAY_BITS, document.id),
        "sort_published_asc": _key(_day(published, LAST_DAY), DAY_BITS, document.id),
        "sort_first_seen": _key(_second(document.first_seen), SECOND_BITS, document.id),
    }


def seen_keys(first: date | None, last: date | None) -> tuple[int, int]:
    """The least and the largest key that a document first seen on these days (Asia/Shanghai, closed) can have."""
    low = _second(day_begin(first)) if first else 0
    high = _second(day_begin(last + timedelta(days=1))) if last else 1 << SECOND_BITS
    return low << (64 - SECOND_BITS), (high << (64 - SECOND_BITS)) - 1


def _second(instant: datetime) -> int:
    return max(0, int(instant.timestamp()) - FIRST_SECOND)


def _day(day: date | None, unknown: int) -> int:
    return unknown if day is None else day.toordinal()


def _key(high: int, bits: int, document_id: str) -> int:
    return (high << (64 - bits)) | (int(document_id, 16) >> bits)
