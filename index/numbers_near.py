"""Document numbers that exist and differ from one that does not by a slip of the hand: offered, never guessed."""

import re
from collections.abc import Callable, Collection, Iterator
from functools import cache
from itertools import chain, islice, zip_longest

from index.pinyin import homophones
from normalizers.authorities import authority_file

PARTS = re.compile(r"(?P<prefix>\D+)(?P<year>(?:19|20)\d\d)?-(?P<serial>\d+)")
MOST_LOOKED_UP = 30
YEARS_OFF = (1, -1, 2, -2)
# Digits beside each other in the row above the letters or on the block of numbers.
BESIDE = {"0": "91", "1": "24", "2": "135", "3": "246", "4": "1357", "5": "2468", "6": "3579", "7": "486", "8": "579", "9": "680"}  # fmt: skip


def numbers_near(key: str, bearers: Callable[[str], Collection[object]], most: int = 3) -> tuple[str, ...]:
    """Numbers as text that some document bears, likeliest slip first, for the key of one that none bears.

    A digit of the serial left out, doubled, swapped or beside the right one on the keys; the year before or after;
    a letter of the same sound in the prefix. At most MOST_LOOKED_UP numbers are looked up.
    """
    m = PARTS.fullmatch(key)
    if not m or bearers(key):
        return ()
    near = islice(dict.fromkeys(_near(m["prefix"], m["year"] or "", m["serial"])), MOST_LOOKED_UP)
    found = (printed for other, printed in near if other != key and bearers(other))
    return tuple(islice(found, most))


def _near(prefix: str, year: str, serial: str) -> Iterator[tuple[str, str]]:
    """Keys and what they are printed as, kinds of slips in turns."""
    kinds = (
        ((prefix, year, other) for other in _serials(serial)),
        ((prefix, other, serial) for other in _years(year)),
        ((other, year, serial) for other in _prefixes(prefix)),
    )
    for parts in filter(None, chain.from_iterable(zip_longest(*kinds))):
        yield _key(*parts), _printed(*parts)


def _key(prefix: str, year: str, serial: str) -> str:
    return f"{prefix}{year}-{serial}"


def _printed(prefix: str, year: str, serial: str) -> str:
    return f"{prefix}〔{year}〕{serial}号" if year else f"{prefix}第{serial}号"


def _serials(serial: str) -> Iterator[str]:
    digits = range(len(serial))
    swapped = (serial[:at] + serial[at + 1] + serial[at] + serial[at + 2 :] for at in digits[:-1])
    shorter = (serial[:at] + serial[at + 1 :] for at in digits if len(serial) > 1)
    doubled = (serial[:at] + serial[at] + serial[at:] for at in digits)
    beside = (
        serial[:at] + other + serial[at + 1 :] for at in reversed(digits) for other in BESIDE[serial[at]]
    )
    return (other for other in chain(swapped, shorter, doubled, beside) if not other.startswith("0"))


def _years(year: str) -> Iterator[str]:
    if year:
        yield year[:2] + year[3] + year[2]
        yield from (str(int(year) + off) for off in YEARS_OFF)


def _prefixes(prefix: str) -> Iterator[str]:
    for at in reversed(range(len(prefix))):
        for other in homophones(prefix[at]):
            if other in _letters():
                yield prefix[:at] + other + prefix[at + 1 :]


@cache
def _letters() -> frozenset[str]:
    """The letters that prefixes are made of."""
    tables = authority_file()
    return frozenset("".join((*tables.by_prefix, *tables.open_prefixes, *tables.letters, "办发函字规令告通")))
