"""Search text and its tokens: made here once, for documents and queries alike."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from operator import add

from normalizers.traditional import simplify

# Unified ideographs as far as Lucene's standard tokenizer knows them (9.12: what Unicode had in 2018; the
# later ones are no tokens there), and the zero of Chinese dates. Compatibility ideographs (U+F900…) become
# unified ones by NFKC.
CJK = (
    "\u3400-\u4db5\u4e00-\u9fef\U00020000-\U0002a6d6\U0002a700-\U0002b734\U0002b740-\U0002b81d"
    "\U0002b820-\U0002cea1\U0002ceb0-\U0002ebe0〇"
)
# Lucene cuts a word at 255 characters, and so do we.
RUN = re.compile(f"[{CJK}]+|[0-9a-z]{{1,255}}")
SEARCHABLE = re.compile(f"[{CJK}0-9a-z]")
# A word that no text folds to. It ends every text field of every record of an index, the empty ones too:
# where lengths are averaged and documents counted, Lucene takes those that have the field and tantivy all.
END = "ω"
# Traditional characters that simplified texts have too, in words of their own (批覆 and 覆盖), and that no
# conversion character by character can tell apart: one letter for search. All that opencc's s2t, s2tw and
# s2hk made of 4 M characters of official texts and did not come back, but for confusions of words (俱, 座).
ALIKE = str.maketrans("覆瞭藉著甦", "复了借着苏")
# Shorter texts are folded letter by letter; of longer ones it pays to find the letters that fold at all.
SHORT = 200


class _Fold(dict[int, str]):
    """Code point → its search text, filled as characters are met (at most one entry a code point).

    Traditional characters fold to simplified ones one by one, without a look at their neighbours: what
    is folded alike in documents and queries is found in either script.
    """

    def __missing__(self, code: int) -> str:
        folded = simplify(unicodedata.normalize("NFKC", chr(code)).lower()).translate(ALIKE)
        text = self[code] = "".join(c if SEARCHABLE.match(c) else " " for c in folded)
        return text


FOLD = _Fold()


def search_text(text: str) -> str:
    """NFKC, lower case and simplified, character by character; all but CJK, a-z and digits becomes a space."""
    return text.translate(FOLD)


@cache
def _folding() -> re.Pattern[str]:
    """Characters other than those of ASCII and GB 2312 that fold to themselves, or to nothing but spaces."""
    rows = (bytes((row, cell)) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    known = bytes(range(0x80)).decode("ascii") + b"".join(rows).decode("gb2312", "ignore")
    kept = "".join(c for c in known if FOLD[ord(c)].strip() in ("", c))
    return re.compile(f"[^{re.escape(kept)}]+")


def runs(text: str) -> list[str]:
    """The runs of CJK characters and of a-z and digits of a text, in order."""
    if len(text) < SHORT:
        return RUN.findall(text.translate(FOLD))
    return RUN.findall(_folding().sub(lambda found: found[0].translate(FOLD), text))


def folding(text: str) -> Iterator[re.Match[str]]:
    """The parts of a text whose letters become others in search text; all else is search text or no letter."""
    return _folding().finditer(text)


def is_word(run: str) -> bool:
    """True for a run of a-z and digits, False for a run of CJK characters."""
    return run[0] < "\u0080"


def is_single(token: str) -> bool:
    """True for a token that is one CJK character."""
    return len(token) == 1 and token[0] >= "\u0080"


def pieces(text: str) -> list[str]:
    """The runs of a text, with the characters set apart that are tokens of their own.

    Where a CJK run meets a word, its last or first character is a token too (2023年度 → 2023 年 年度), so
    that 2023年 is found in it; a run of one character is that token. Joined by spaces, Lucene's standard
    tokenizer with cjk_bigram makes the tokens of `bigram_tokens` of them.
    """
    found: list[str] = []
    after_word, lead = False, ""  # lead: the character to set apart when a word follows
    for run in runs(text):
        if run[0] < "\u0080":
            if lead:
                found.append(lead)
            after_word, lead = True, ""
        elif len(run) == 1:
            after_word, lead = False, run if after_word else ""
        else:
            if after_word:
                found.append(run[0])
            after_word, lead = False, run[-1]
        found.append(run)
    return found


def bigram_tokens(text: str) -> list[str]:
    """The tokens of a text: overlapping pairs of CJK characters, whole words of a-z and digits."""
    tokens: list[str] = []
    for piece in pieces(text):
        if len(piece) == 1 or piece[0] < "\u0080":
            tokens.append(piece)
        else:
            tokens += map(add, piece, piece[1:])
    return tokens


def phrase_tokens(text: str) -> list[str]:
    """The tokens of a phrase that is looked for.

    A single character which only punctuation parts from its neighbour (甲，乙方) is left out at either
    end: in a document it may be part of a longer run, and then it is no token.
    """
    found = runs(text)
    first, last = 0, len(found)
    if last > 1 and is_single(found[0]) and not is_word(found[1]):
        first = 1
    if last - first > 1 and is_single(found[-1]) and not is_word(found[-2]):
        last -= 1
    return bigram_tokens(" ".join(found[first:last]))


def bigrams(text: str) -> str:
    """`bigram_tokens` joined by spaces, as the whitespace tokenizer of an engine wants them."""
    return " ".join(bigram_tokens(text))


def unigrams(text: str) -> str:
    """CJK characters one by one and whole words of a-z and digits, joined by spaces."""
    return " ".join(run if is_word(run) else " ".join(run) for run in runs(text))
