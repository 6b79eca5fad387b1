"""One crawl process: `python -m crawlers.child`, options as JSON on standard input, progress on standard output.

Every line of output is a JSON object: figures twice a second, at last `{"summary": {…}}` or
`{"error": name, "message": text}`. Exit code 0 when the run ended in good order, 3 when catalogue or
disk could not be used, 2 for options or site files that cannot.
"""

import logging
import sys
from pathlib import Path

import msgspec

from crawlers.options import ChildOptions
from crawlers.replay import load_replay
from crawlers.run import CrawlOptions, crawl_sites
from crawlers.seeds import replay_sites
from crawlers.sharding import shard
from crawlers.site import SiteFileError, load_sites
from pipelines.catalogue import CatalogueError
from pipelines.clock import clock_at, system_clock
from pipelines.disk import StorageError

USAGE, UNUSABLE = 2, 3
NO_BUDGET = 10**9


def run_child(options: ChildOptions) -> int:
    """Crawl as the options say; returns the exit code."""
    try:
        sites = load_sites(Path(options.sites))
        replay = load_replay(Path(options.replay)) if options.replay else None
        chosen = [site for site in sites.values() if not options.only or site.id in options.only]
        if replay is not None:
            chosen = replay_sites(replay, sites)
        summary = crawl_sites(
            shard(chosen, options.k, options.n),
            CrawlOptions(
                catalogue_url=options.catalogue_url,
                archive=Path(options.archive),
                run=options.run,
                night=options.night,
                clock=clock_at(options.now) if options.now else system_clock,
                contact=options.contact,
                address_map=options.address_map,
                lanes=options.lanes,
                # A replay asks nobody: every saved page at once.
                budget=options.budget if replay is None else NO_BUDGET,
                until=options.until,
                replay=replay,
                progress=sys.stdout,
                parent=options.parent,
            ),
        )
    except (SiteFileError, FileNotFoundError) as error:
        return _fail("site_files", error, USAGE)
    except (CatalogueError, StorageError) as error:
        return _fail("unusable", error, UNUSABLE)
    _say({"summary": summary})
    return UNUSABLE if summary.stopped in ("disk_full", "catalogue_failed") else 0


def _fail(name: str, error: Exception, code: int) -> int:
    _say({"error": name, "message": str(error)})
    return code


def _say(value: object) -> None:
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
    sys.stdout.flush()


def main() -> int:
    """Read the options and run."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("scrapy").setLevel(logging.ERROR)
    try:
        options = msgspec.json.decode(sys.stdin.buffer.readline(), type=ChildOptions)
    except msgspec.DecodeError as error:
        return _fail("options", error, USAGE)
    return run_child(options)


if __name__ == "__main__":
    sys.exit(main())
