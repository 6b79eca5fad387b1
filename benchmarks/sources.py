"""What the code of a rule says it was taken from: a standard, an official paper, a platform, an observation."""

import ast
import json
import re
from functools import cache
from itertools import islice
from pathlib import Path

import normalizers
from benchmarks.lab import SHARED
from normalizers.encoding import decode_page

# 国办发〔2017〕47号, 《…条例》, GB/T 9704, a year of observation, the name of a platform, a count of real pages.
NAMED = re.compile(
    r"(?:19|20)\d\d|GB/?T|DA/T|〔|《|\b(?:TRS|JCMS|UCAP|VSB|gkmlpt|Longxun|Epoint|UEditor|HTML|CSS|RFC|Unicode)\b|[Oo]bserved|real (?:pages|numbers|sites)"
    r"|[Oo]f \d+ real|on \d+ real|standards?\b"
)
FOLDER = Path(next(iter(normalizers.__path__)))


@cache
def _lines(module: str) -> tuple[str, ...]:
    return tuple((FOLDER / f"{module}.py").read_text(encoding="utf-8").splitlines())


@cache
def _docs(module: str) -> tuple[tuple[int, int, str], ...]:
    """First line, last line and docstring of the module and everything in it, the outer before the inner."""
    tree = ast.parse("\n".join(_lines(module)))
    kinds = (ast.Module, ast.FunctionDef, ast.ClassDef)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, kinds) and (text := ast.get_docstring(node)):
            last = len(_lines(module)) if isinstance(node, ast.Module) else node.end_lineno or 0
            found.append((getattr(node, "lineno", 1), last, text))
    return tuple(found)


def comment_at(module: str, line: int) -> str:
    """The comment lines straight above a line, and one behind it."""
    lines = _lines(module)
    at = line - 1
    above: list[str] = []
    while at > 0 and lines[at - 1].lstrip().startswith("#"):
        at -= 1
        above.insert(0, lines[at].strip().lstrip("# "))
    behind = lines[line - 1].partition("  # ")[2]
    return " ".join([*above, behind]).strip()


def source_of(module: str, line: int) -> str:
    """The words that name a source for what stands at a line: its comment, else the docstring around it; "" for none."""
    if line <= 0:
        return ""
    around = [text for first, last, text in _docs(module) if first <= line <= last]
    for text in (comment_at(module, line), *reversed(around)):
        if NAMED.search(text):
            return " ".join(text.split())
    return ""


TAG = re.compile(r"<[^<>]{1,2000}>")
LONGEST_LINE = 300


class Corpus:
    """All words of the data and of the references beside it, to tell words that nobody has met."""

    def __init__(self, every: int = 1) -> None:
        """Read it; of pages, records and numbers every n-th."""
        folder = SHARED / "pages"
        pages = [*(folder / "detail").iterdir(), *(folder / "list").iterdir()]
        texts = [decode_page(path.read_bytes()) for path in sorted(pages)[::every]]
        for name in ("records.jsonl", "fulltext_govcn_2020.jsonl", "fragments_zyj_beijing.jsonl"):
            with (folder / name).open(encoding="utf-8") as rows:
                texts += [
                    value
                    for row in map(json.loads, islice(rows, 0, None, every))
                    for value in row.values()
                    if isinstance(value, str)
                ]
        numbers = (folder / "doc_numbers.tsv").read_text(encoding="utf-8").replace("\t", "\n")
        texts += numbers.splitlines()[::every]
        notes = [*sorted((SHARED / "reference").glob("*.md")), SHARED / "reference" / "sites.csv"]
        told = [path.read_text(encoding="utf-8") for path in notes]
        self.data, self.reference = "\n".join(texts), "\n".join(told)
        self.folded = self.data.lower()
        self.lines = {"data": lines_of(self.data), "reference": lines_of(self.reference)}

    def met(self, words: str) -> str:
        """Where words of a rule, literal or a pattern, stand: "data", "reference", or "" for nowhere."""
        words = re.sub(r"^\^|\$$", "", words)
        if not re.search(r"[\\(\[?*+|^$.{]", words):
            if words in self.data or words in self.folded:
                return "data"
            return "reference" if words in self.reference else ""
        try:
            search = re.compile(words, re.IGNORECASE).search
        except re.error:
            return "data"  # half of a pattern: its whole is counted
        return next((name for name, lines in self.lines.items() if any(map(search, lines))), "")


def lines_of(text: str) -> list[str]:
    """The different lines of a text without tags, each cut to a length that patterns are quick on."""
    return list({line.strip()[:LONGEST_LINE]: None for line in TAG.sub("\n", text).split("\n")})
