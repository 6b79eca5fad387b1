"""Every saved real page through the real spiders: `python -m benchmarks.replay`.

Each detail must end as a policy or as a named failure, never as a crash, and be found by search;
each list must be attempted and reported.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks.lab import ROOT, SHARED, Bars, workshop
from crawlers.replay import load_replay
from index.engine import SearchRequest
from index.parse import parse_query
from index.tantivy_engine import TantivyEngine
from normalizers.addresses import address_key
from normalizers.failures import Failure
from normalizers.policy import Policy
from pipelines import schema as t
from pipelines.catalogue import Catalogue
from pipelines.items import PageState
from pipelines.policies import load_stored

CRASHES = {Failure.NORMALIZE_CRASHED, Failure.CRAWL_CRASHED}


def main() -> None:
    """One night of replay, then the questions."""
    bars = Bars()
    pages = SHARED / "pages"
    with workshop() as folder:
        data = folder / "data"
        command = [
            sys.executable,
            "-m",
            "zhengce",
            "--data",
            str(data),
            "nightly",
            "--replay",
            str(pages),
            "--json",
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        outcome = json.loads(done.stdout.splitlines()[-1])
        replay = load_replay(pages)
        details(bars, data, [page.url for page in replay.details])
        lists(bars, outcome, len(replay.lists))
        print(f"      rows of the manifests that could not be used: {len(replay.skipped)}")
        for line in replay.skipped:
            print(f"        {line}")
    bars.end()


def details(bars: Bars, data: Path, addresses: list[str]) -> None:
    """Every detail answered, and every policy found by its title or number."""
    catalogue = Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")
    ended: Counter[str] = Counter()
    with catalogue.read() as connection:
        for url in addresses:
            ended[_ending(connection, url)] += 1
        ids = [row.page_id for row in connection.execute(select(t.policy.c.page_id))]
        stored = load_stored(connection, ids)
    bars.check("details answered", ended["unanswered"] == 0, str(dict(ended)), f"all {len(addresses)}")
    crashed = {name: count for name, count in ended.items() if name in CRASHES}
    bars.check("crashes", not crashed, str(crashed or "none"), "none")
    reader = TantivyEngine(data / "index").reader()
    lost = [s.policy.url for page, s in stored.items() if not _finds(reader, _words(s.policy), page)]
    bars.check("found by search", not lost, f"{len(stored) - len(lost)} of {len(stored)}", "all")
    for url in lost:
        print(f"        not found: {url}")


def _ending(connection: Any, url: str) -> str:
    row = connection.execute(
        select(t.page)
        .join(t.address, t.address.c.page_id == t.page.c.id)
        .where(t.address.c.key == address_key(url))
    ).one_or_none()
    if row is None or row.state in (PageState.LISTED, PageState.FETCHED):
        return "unanswered"
    return "policy" if row.state == PageState.NORMALISED else str(row.failure)


def _words(policy: Policy) -> str:
    """The title as a phrase; where a page prints none, the first line of the body that says something."""
    lines = (line for line in policy.text.splitlines() if len(line) >= 8)
    return f'"{policy.title or next(lines, "")[:40]}"'.replace("\t", " ")


def _finds(reader: Any, query: str, page: str) -> bool:
    result = reader.search(SearchRequest(query=parse_query(query).tree, limit=200))
    return any(hit.id == page for hit in result.hits)


def lists(bars: Bars, outcome: dict[str, Any], count: int) -> None:
    """Every saved list was read or failed by name."""
    lines = [line for line in outcome["report"]["lines"] if line["channel"] not in ("", "回放")]
    asked = [line for line in lines if line["figures"]["list_pages"] or line["failures"]]
    named = Counter(name for line in lines for name in line["failures"])
    bars.check("lists attempted and reported", len(asked) == count, f"{len(asked)}", f"{count}")
    print(f"      failures by name, channels of lists: {dict(named)}")


if __name__ == "__main__":
    main()
