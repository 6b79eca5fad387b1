"""Search text and its tokens: made here once, for documents and queries alike."""

import re
import unicodedata
from operator import add

# Unified ideographs with all extensions, and the zero of Chinese dates. Compatibility ideographs
# (U+F900…) become unified ones by NFKC.
CJK = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff〇"
RUN = re.compile(f"[{CJK}]+|[0-9a-z]+")
SEARCHABLE = re.compile(f"[{CJK}0-9a-z]")


class _Fold(dict[int, str]):
    """Code point → its search text, filled as characters are met (at most one entry a code point)."""

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(code)).lower()
        text = self[code] = "".join(c if SEARCHABLE.match(c) else " " for c in folded)
        return text


FOLD = _Fold()


def search_text(text: str) -> str:
    """NFKC and lower case, character by character; all but CJK, a-z and digits becomes a space."""
    return text.translate(FOLD)


def runs(text: str) -> list[str]:
    """The runs of CJK characters and of a-z and digits of a text, in order."""
    return RUN.findall(text.translate(FOLD))


def is_word(run: str) -> bool:
    """True for a run of a-z and digits, False for a run of CJK characters."""
    return run[0] < "\u0080"


def bigram_tokens(text: str) -> list[str]:
    """The tokens of a text: overlapping pairs of CJK characters, whole words of a-z and digits.

    A CJK character alone between other characters is a token itself. The same stream as Lucene's
    standard tokenizer with cjk_bigram gives for `search_text`.
    """
    tokens: list[str] = []
    for run in RUN.findall(text.translate(FOLD)):
        if len(run) == 1 or run[0] < "\u0080":
            tokens.append(run)
        else:
            tokens += map(add, run, run[1:])
    return tokens


def bigrams(text: str) -> str:
    """`bigram_tokens` joined by spaces, as the whitespace tokenizer of an engine wants them."""
    return " ".join(bigram_tokens(text))


def unigrams(text: str) -> str:
    """CJK characters one by one and whole words of a-z and digits, joined by spaces."""
    return " ".join(run if is_word(run) else " ".join(run) for run in runs(text))
