"""How the table of address dialects reads real addresses: `python -m benchmarks.addresses [--show]`.

Counted, from the reference beside the checkout (../shared):

- details: the addresses of `urls_2020.txt.gz` whose last segment does not begin with `index`, each once;
  right is kind "detail".
- columns taken for details: the different addresses of `policy_columns.tsv`. A few of them really are
  documents (a guide, a year's report), which no rule over addresses can know; they count as mistakes.
- columns of sites.csv taken for details: the same for `list_urls` there (home pages left out): a figure only.
- family: each host of `urls_2020.txt.gz` that sites.csv knows. A host's family is the vote of its addresses:
  every address votes for the platforms of its dialect, addresses that anybody could write abstain. The vote
  is right where the family of the `cms` column is among the winners (several platforms can share a form).
  `unknown` and `other` are no families. The addresses are of 2020, the column of 2024-2026, and many hosts
  changed their system between: compared are the hosts of which at least one address of 2020 has the form
  that sites.csv itself records (`detail_url_pattern`). All other hosts are printed with --show.
- family by address: the same, every address of the compared hosts that has the recorded form by itself.
- one key a page: no two different addresses of `urls_2020.txt.gz` share a key unless they differ only in
  what cannot tell two pages apart: scheme, `.` and `..` segments, doubled slashes.
- microseconds a call: the mean over 400 addresses spread over all hosts, each by its quietest call of a
  hundred (machines are shared and noisy).
"""

import argparse
import csv
import gzip
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from posixpath import normpath
from urllib.parse import urlsplit

from benchmarks.lab import SHARED, Bars
from normalizers.address_dialects import read_address
from normalizers.addresses import address_key, host_of

PAGES, SITES = SHARED / "pages", SHARED / "reference" / "sites.csv"
FAMILIES = {"gov.cn": "gov_cn", "govcn_api": "gov_cn"}
NO_FAMILY = {"", "unknown", "other"}


def main() -> None:
    """Print every figure, exit with 1 where one misses its bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--show", action="store_true", help="print every miss")
    show = parser.parse_args().show
    bars = Bars()
    urls = load_addresses(PAGES / "urls_2020.txt.gz")
    details(bars, urls, show)
    columns(bars, show)
    families(bars, urls, show)
    keys(bars, urls, show)
    speed(bars, urls)
    bars.end()


def load_addresses(path: Path) -> list[str]:
    """The addresses of a packed list, index pages left out."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        urls = dict.fromkeys(line.strip() for line in lines)
    return [url for url in urls if url and not re.search(r"/index[^/]*$", url)]


def details(bars: Bars, urls: list[str], show: bool) -> None:
    """Real details recognised as such."""
    missed = [url for url in urls if read_address(url).kind != "detail"]
    share = 1 - len(missed) / len(urls)
    bars.check("details of 223 hosts recognised", share >= 0.995, f"{share:.4f} of {len(urls)}", "0.995")
    _print(missed, show)


def columns(bars: Bars, show: bool) -> None:
    """Columns that are taken for details."""
    with (PAGES / "policy_columns.tsv").open(encoding="utf-8") as lines:
        urls = {row["policy_column"] for row in csv.DictReader(lines, delimiter="\t")} - {""}
    taken = sorted(url for url in urls if read_address(url).kind == "detail")
    share = len(taken) / len(urls)
    bars.check("policy columns taken for details", share <= 0.01, f"{share:.4f} of {len(urls)}", "0.01")
    _print(taken, show)
    listed = {url for row in sites() for url in row["list_urls"].split(";") if url.startswith("http")}
    more = sorted(url for url in listed - urls if read_address(url).kind == "detail")
    print(f"      columns of sites.csv taken for details: {len(more)} of {len(listed - urls)} others")
    _print(more, show)


def sites() -> Iterator[dict[str, str]]:
    """The rows of sites.csv."""
    with SITES.open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


def families(bars: Bars, urls: list[str], show: bool) -> None:
    """The family of a host by the vote of its addresses."""
    by_host: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        by_host[host_of(url)].append(url)
    known = {
        host_of(row["base_url"]): row
        for row in sites()
        if row["cms"] not in NO_FAMILY and row["detail_url_pattern"]
    }
    right: list[str] = []
    wrong: list[str] = []
    moved: list[str] = []
    addresses = Counter[bool]()
    for host in sorted(by_host.keys() & known.keys()):
        family = FAMILIES.get(known[host]["cms"], known[host]["cms"])
        form = _recorded(known[host]["detail_url_pattern"])
        fitting = [url for url in by_host[host] if form and form.search(urlsplit(url).path)]
        addresses.update(family in read_address(url).platforms for url in fitting)
        voted = vote(by_host[host])
        kind = moved if not fitting else right if family in voted else wrong
        note = "(right)" if family in voted else ""
        kind.append(f"{host} is {family}, voted {'/'.join(voted) or 'nothing'} {note}")
    share = len(right) / max(1, len(right) + len(wrong))
    bars.check("family of a host", share >= 0.98, f"{share:.4f} of {len(right) + len(wrong)} hosts", "0.98")
    _print(wrong, show)
    share = addresses[True] / max(1, addresses.total())
    bars.check("family of an address", share >= 0.98, f"{share:.4f} of {addresses.total()}", "0.98")
    print(f"      hosts without an address of the recorded form (another system in 2020): {len(moved)}")
    print(f"      of them {sum('(right)' in line for line in moved)} voted right all the same")
    _print(moved, show)


def vote(urls: list[str]) -> tuple[str, ...]:
    """The platforms of the dialect that most addresses are written in."""
    votes = Counter(facts.platforms for url in urls if (facts := read_address(url)).platforms)
    return votes.most_common(1)[0][0] if votes else ()


def _recorded(patterns: str) -> re.Pattern[str] | None:
    parts = [part.split(" (")[0].removeprefix("old ").strip() for part in patterns.split(" | ")]
    usable = [re.sub(r"\b(?:YYYY|MM|DD|M|D)\b", r"\\d+", part) for part in parts if part.startswith("/")]
    return re.compile("|".join(f"(?:{part})" for part in usable)) if usable else None


def keys(bars: Bars, urls: list[str], show: bool) -> None:
    """Different pages that share a key."""
    pages: dict[str, set[str]] = defaultdict(set)
    for url in urls:
        pages[address_key(url)].add(_same_page(url))
    mixed = [" = ".join(sorted(spellings)) for spellings in pages.values() if len(spellings) > 1]
    bars.check("different pages with one key", not mixed, f"{len(mixed)} of {len(pages)} keys", "none")
    _print(mixed, show)


def _same_page(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc}{normpath('/.' + parts.path)}?{parts.query}"


def speed(bars: Bars, urls: list[str]) -> None:
    """Microseconds a call."""
    chosen = urls[:: len(urls) // 400]
    rounds = [[_cost(url) for url in chosen] for _ in range(100)]
    mean = sum(min(costs) for costs in zip(*rounds, strict=True)) / len(chosen)
    bars.check("microseconds a call of read_address", mean <= 5, f"{mean:.1f}", "5")


def _cost(url: str) -> float:
    start = time.perf_counter()
    read_address(url)
    return (time.perf_counter() - start) * 1e6


def _print(lines: list[str], show: bool) -> None:
    for line in lines if show else ():
        print(f"        {line}")


if __name__ == "__main__":
    main()
