"""Which known bodies issued a document, and the level and region that follow from them."""

from normalizers.authorities import Authority, Reading, authority_file, read_body, read_prefix
from normalizers.doc_numbers import whole_number
from normalizers.draft import Draft
from normalizers.policy import SiteContext
from normalizers.regions import Near


def near_of(context: SiteContext) -> Near:
    """Where the names of a page are printed."""
    return Near(context.level or "", context.region or "", context.regions)


def decide_place(draft: Draft, context: SiteContext, publisher: bool) -> None:
    """Full names of the issuers, then level and region: from the issuers, the number's prefix, the site.

    With `publisher` the issuers are only who put the page online: then the prefix is asked first. A
    document keeps the level of its issuer wherever it is reposted.
    """
    near = near_of(context)
    readings = _authorities(draft, context, near)
    asked = [_of_issuers(draft, readings), _of_prefix(draft, near)]
    for source in reversed(asked) if publisher else asked:
        if source:
            reading, rule, raw = source
            draft.put("level", reading.level, rule, raw)
            draft.put("region", reading.region, rule, raw)
            return
    draft.put("level", context.level, "site:level", context.site)
    draft.put("region", context.region, "site:region", context.site)


Told = tuple[Reading, str, str]


def _authorities(draft: Draft, context: SiteContext, near: Near) -> list[tuple[str, Reading | None]]:
    """The issuers with what their names tell; puts their full names, reports those that are not known."""
    printed: tuple[str, ...] = draft.values.get("issuers", ())
    year = _year(draft)
    readings = [(name, read_body(name, near, year)) for name in printed]
    given = set(context.issuers.values())
    names = []
    for name, reading in readings:
        body = reading.authority if reading and name not in given else None
        if body is None and name not in given:
            draft.warn(f"issuer_unknown: {name[:60]}")
        names.append(body.name if body else name)
        if body and year:
            _warn_of_years(draft, body, year)
    draft.put("authorities", tuple(dict.fromkeys(names)), "issuer:names", "、".join(printed))
    return readings


def _year(draft: Draft) -> int | None:
    """The year of the document: that of its signature, else that of its number."""
    if day := draft.day("written_date"):
        return day.year
    number = whole_number(str(draft.values.get("doc_number", "")))
    return number.year if number else None


def _warn_of_years(draft: Draft, body: Authority, year: int) -> None:
    """Warn of an issuer that did not exist in the year of the document; its name stays as it is."""
    if body.valid_from and year < body.valid_from:
        draft.warn(f"date_conflict: {body.name}设立于{body.valid_from}年，文件为{year}年")
    elif body.valid_to and year > body.valid_to:
        after = authority_file().by_id.get(body.successor)
        heir = f"（其后为{after.name}）" if after else ""
        draft.warn(f"date_conflict: {body.name}止于{body.valid_to}年{heir}，文件为{year}年")


def _of_issuers(draft: Draft, readings: list[tuple[str, Reading | None]]) -> Told | None:
    for name, reading in readings:
        if reading:
            return reading, "issuer:authority" if reading.authority else "issuer:division", name
    return None


def _of_prefix(draft: Draft, near: Near) -> Told | None:
    number = whole_number(draft.values.get("doc_number", ""))
    reading = read_prefix(number.prefix, near, number.year) if number else None
    if number is None or reading is None:
        return None
    return reading, "prefix:authority" if reading.authority else "prefix:letters", number.prefix
