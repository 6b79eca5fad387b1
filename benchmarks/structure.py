"""What the blocks of real bodies are, and whether mirrored pages give the fields of their sources.

    python -m benchmarks.structure [--show]

Counts blocks, headings by level, inner texts and texts printed twice over the saved pages beside the
checkout and the sets of benchmarks.labelled; --show prints every inner text. Then each saved page is put
into traditional characters by opencc and read again: every field must be that of the page itself. Two
simplified characters that share a traditional one (复, 覆) are the limit of this round trip.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator

from opencc import OpenCC

from benchmarks.extraction import saved_pages
from benchmarks.labelled import CONTEXT, SETS
from benchmarks.scoring import PAGES
from normalizers.encoding import decode_page
from normalizers.normalize import NormalizeError, PageInput, normalize_policy
from normalizers.page import Hints
from normalizers.policy import Policy

# Scripts, styles and attributes that are no text: mirrors leave them alone too.
NO_TEXT = re.compile(
    r"""(<script.*?</script>|<style.*?</style>|(?:href|src|class|id|name)\s*=\s*"[^"]*")""",
    re.DOTALL | re.IGNORECASE,
)
FIELDS = (
    "title", "doc_number", "doc_number_key", "index_number", "issuers", "authorities", "written_date",
    "published_date", "effective_date", "subject", "addressees", "doc_type", "instrument", "level", "region",
    "validity", "text", "parts",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true")
    show = parser.parse_args().show
    if not (PAGES / "truth.jsonl").exists():
        print(f"没有 {PAGES}：真实网页不在本目录旁，无法评测", file=sys.stderr)
        return 2
    pages = list(saved_pages())
    report("saved pages", (policy for data, url in pages if (policy := read(data, url))), show)
    for name, cases in SETS.items():
        report(name, (policy for case in cases() if (policy := policy_of(case.page))), show)
    return mirrors(pages)


def read(data: bytes, url: str) -> Policy | None:
    """The Policy of a saved page; None where it has none."""
    return policy_of(PageInput("0" * 16, url, data, None, Hints()))


def policy_of(page: PageInput) -> Policy | None:
    try:
        return normalize_policy(page, CONTEXT)
    except NormalizeError:
        return None


def report(name: str, policies: Iterator[Policy], show: bool) -> None:
    """Print the counts of one set."""
    kinds: Counter[str] = Counter()
    for policy in policies:
        kinds["documents"] += 1
        kinds["printed twice"] += "text_printed_twice" in policy.warnings
        for block in policy.blocks:
            kinds[f"{block.kind} {block.level}" if block.kind == "heading" else block.kind] += 1
        for part in policy.parts:
            kinds[f"inner {part.kind}"] += 1
            if show:
                print(
                    f"  {part.kind} {part.start}-{part.end} {part.title} {part.doc_number or ''} ← {policy.title}"
                )
    print(f"{name}: " + ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))


def mirrors(pages: list[tuple[bytes, str]]) -> int:
    """Compare every page with its own text in traditional characters; 1 where a mirror was not seen."""
    converter, asked, right, unseen = OpenCC("s2t"), Counter[str](), Counter[str](), 0
    for data, url in pages:
        pieces = NO_TEXT.split(decode_page(data))
        printed = "".join(p if i % 2 else converter.convert(p) for i, p in enumerate(pieces))
        plain, mirror = read(data, url), read(printed.encode(), url)
        if plain is None or mirror is None:
            continue
        unseen += "text_restored: traditional" not in mirror.warnings
        for name in FIELDS:
            asked[name] += 1
            right[name] += getattr(plain, name) == getattr(mirror, name)
    print("traditional pages: " + ", ".join(f"{name} {right[name]}/{asked[name]}" for name in FIELDS))
    print(f"{'ok   ' if not unseen else 'MISS '} traditional pages not seen as such: {unseen}  (bar: none)")
    return int(bool(unseen))


if __name__ == "__main__":
    sys.exit(main())
