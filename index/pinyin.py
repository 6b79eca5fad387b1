"""How characters are read: syllables without tones, characters that sound alike, Latin letters as syllables."""

import csv
import os
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice, product

from index.known_words import known_words

# Readings of a character that are tried, the usual one first, and combinations of them for one word.
MOST_READINGS, MOST_COMBINED = 3, 8
# Ways to part Latin letters into syllables (xian is xian or xi an), and letters that are read.
MOST_PARTINGS, MOST_LETTERS = 3, 48
END_OF_LEVEL_1 = b"\xd7\xfa"
LONGEST_SYLLABLE = 6  # letters: zhuang


@lru_cache(maxsize=1 << 14)
def readings(char: str) -> tuple[str, ...]:
    """The syllables of a character without tones, ü as v, the usual one first; () for an unknown one."""
    text = unicodedata.normalize("NFD", _table().get(ord(char), ""))
    plain = "".join(c for c in text.replace("u\u0308", "v") if c == "," or "a" <= c <= "z")
    return tuple(dict.fromkeys(filter(None, plain.split(","))))[:MOST_READINGS]


def near_sound(syllable: str) -> str:
    """What syllables have in common that are often confused: zh and z, l and n, ang and an."""
    return re.sub(r"^n(?=.)", "l", re.sub(r"^([zcs])h", r"\1", syllable)).removesuffix("g")


def homophones(char: str) -> tuple[str, ...]:
    """The common characters with a reading of this one."""
    found = dict.fromkeys(other for syllable in readings(char) for other in characters(syllable))
    return tuple(other for other in found if other != char)


def near_homophones(char: str) -> tuple[str, ...]:
    """The common characters that are read nearly like this one, not quite."""
    own = readings(char)
    near = dict.fromkeys(near_sound(syllable) for syllable in own)
    others = (other for sound in near for other in _by_near_sound().get(sound, ()) if other not in own)
    return tuple(dict.fromkeys(char for other in others for char in characters(other)))


def characters(syllable: str) -> tuple[str, ...]:
    """The common characters of a syllable, those of many known words first."""
    return _by_syllable().get(syllable, ())


@cache
def common_characters() -> tuple[str, ...]:
    """The 3,755 characters of GB 2312, level 1."""
    rows = (bytes((high, low)) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    return tuple(row.decode("gb2312") for row in rows if row < END_OF_LEVEL_1)


def lookalikes(char: str) -> tuple[str, ...]:
    """Characters that look like this one."""
    return _lookalikes().get(char, ())


def words_like(text: str) -> tuple[str, ...]:
    """The known words that are read nearly like a text of as many characters."""
    found = (word for sound in _sounds(text) for word in _words_by_sound().get(sound, ()))
    return tuple(dict.fromkeys(word for word in found if word != text))


def partings(letters: str) -> tuple[tuple[str, ...], ...]:
    """The ways to read Latin letters as syllables, those with few and long ones first; () where there is none."""
    if len(letters) > MOST_LETTERS:
        return ()
    found = islice(_part(letters), 4 * MOST_PARTINGS)
    return tuple(sorted(found, key=len)[:MOST_PARTINGS])


def _part(letters: str) -> Iterator[tuple[str, ...]]:
    if not letters:
        yield ()
        return
    # What has no way to its end is not begun with.
    for size in range(min(LONGEST_SYLLABLE, len(letters)), 0, -1):
        if letters[:size] in _by_syllable() and _parts(letters[size:]):
            for rest in _part(letters[size:]):
                yield (letters[:size], *rest)


@lru_cache(maxsize=1 << 12)
def _parts(letters: str) -> bool:
    """Whether letters can be read as syllables at all."""
    return not letters or any(
        letters[:size] in _by_syllable() and _parts(letters[size:])
        for size in range(min(LONGEST_SYLLABLE, len(letters)), 0, -1)
    )


@cache
def _table() -> Mapping[int, str]:
    # Its phrases are not asked for: 45 MB of memory and 0.25 s (version 0.55).
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "1")
    from pypinyin.pinyin_dict import pinyin_dict

    return pinyin_dict


@cache
def _by_syllable() -> Mapping[str, tuple[str, ...]]:
    """The common characters of every syllable: those of GB 2312, level 1, and of the known words."""
    weight = Counter(char for word in known_words() for char in word)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for char in sorted({*common_characters(), *weight}, key=lambda char: (-weight[char], char)):
        for syllable in readings(char):
            found[syllable].append(char)
    return {syllable: tuple(chars) for syllable, chars in found.items()}


@cache
def _by_near_sound() -> Mapping[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for syllable in _by_syllable():
        found[near_sound(syllable)].append(syllable)
    return {sound: tuple(syllables) for sound, syllables in found.items()}


@cache
def _lookalikes() -> Mapping[str, tuple[str, ...]]:
    found: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    text = (files("index") / "data" / "lookalikes.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        for char in row["characters"]:
            found[char] += tuple(other for other in row["characters"] if other != char)
    return found


@cache
def _words_by_sound() -> Mapping[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for word in sorted(known_words()):
        for sound in _sounds(word):
            found[sound].append(word)
    return {sound: tuple(words) for sound, words in found.items()}


def _sounds(text: str) -> Iterator[str]:
    """How a text may be read, nearly; nothing where a character has no reading."""
    each = [dict.fromkeys(map(near_sound, readings(char))) for char in text]
    return islice(dict.fromkeys(map(" ".join, product(*each))), MOST_COMBINED)
