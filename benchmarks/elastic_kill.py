"""Killed writers, a node that restarts and one that is overloaded: the index ends level with the catalogue.

`python -m benchmarks.elastic_kill [--kills 20] [--documents 300]`. A writer is killed at random moments of a
sync, then of a rebuild; the next run must end with an index in which `verify` finds no difference. Then the
node is killed and started again, and refuses everything for some seconds, while a sync goes on.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from elasticsearch import Elasticsearch
from sqlalchemy import insert

from benchmarks.elastic_node.node import Node, kill, running_node
from benchmarks.index import make_policies
from benchmarks.lab import ROOT, Bars
from index.elastic_engine import ElasticEngine
from index.sync import sync_index, verify_index
from normalizers.policy import Policy, encode_policy
from pipelines import schema as t
from pipelines.catalogue import Catalogue
from pipelines.changes import ChangeKind, append_changes
from pipelines.config import IndexServer

SEEN = datetime(2026, 3, 2, tzinfo=UTC)
# Everything but the smallest requests is refused with 429 under this limit.
OVERLOAD = {"network.breaker.inflight_requests.limit": "20kb"}
CHILD = """
import sys
from pathlib import Path
from index.elastic_engine import ElasticEngine
from index.sync import rebuild_index, sync_index
from pipelines.catalogue import Catalogue
from pipelines.config import IndexServer
url, name, folder, database, once = sys.argv[1:]
engine, catalogue = ElasticEngine(IndexServer((url,), name), Path(folder)), Catalogue.open(database)
print("ready", flush=True)
sync_index(catalogue, engine, commit_documents=40)
print("synced", flush=True)
while once == "no":
    rebuild_index(catalogue, engine)
"""


def main() -> None:
    """Kills of writers, then of the node."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--documents", type=int, default=300)
    options = parser.parse_args()
    bars, rng = Bars(), random.Random(1)
    with tempfile.TemporaryDirectory() as scratch, lasting_folder() as node_folder:
        folder = Path(scratch)
        database = f"sqlite:///{folder / 'catalogue.sqlite'}"
        catalogue = Catalogue.open(database)
        fill(catalogue, list(make_policies(options.documents)))
        with running_node(folder=node_folder, quick=True) as node:
            port = int(node.url.rpartition(":")[2])
            lasted = undisturbed(node, catalogue, folder)
            print(f"an undisturbed sync of {options.documents} documents lasts {lasted:.1f} s")
            for number in range(options.kills):
                in_rebuild = number % 2 == 1
                engine = engine_of(node, f"zhengce_kill{number}", folder)
                moment = rng.uniform(0.05, lasted)
                kill_writer(engine, database, moment, in_rebuild=in_rebuild)
                sync_index(catalogue, engine)
                problems = verify_index(catalogue, engine)
                told = f"{'rebuild' if in_rebuild else 'sync'} killed after {moment:.2f} s"
                bars.check(told, not problems, f"{len(problems)} differences", "0")
        survive(bars, node_folder, port, catalogue, folder, database)
        catalogue.close()
    bars.end()


def survive(
    bars: Bars, node_folder: Path, port: int, catalogue: Catalogue, folder: Path, database: str
) -> None:
    """A sync during which the node is killed and started again, then one during an overload."""
    with running_node(port, folder=node_folder, quick=True) as node:
        engine = engine_of(node, "zhengce_restart", folder)
        with engine.writer():
            pass
        child = start(engine, database, once=True)
        while not engine.reader().applied_seq() and child.poll() is None:
            time.sleep(0.05)
        kill(node)
    with running_node(port, folder=node_folder, quick=True) as node:
        bars.check("a sync over a kill of the node", child.wait(300) == 0, f"exit {child.returncode}", "0")
        problems = verify_index(catalogue, engine)
        bars.check("  the index afterwards", not problems, f"{len(problems)} differences", "0")
        engine = engine_of(node, "zhengce_overload", folder)
        with engine.writer(), Elasticsearch(node.url) as admin:
            admin.cluster.put_settings(transient=OVERLOAD)
        child = start(engine, database, once=True)
        time.sleep(3)
        with Elasticsearch(node.url) as admin:
            admin.cluster.put_settings(transient=dict.fromkeys(OVERLOAD))
        bars.check("a sync through an overload", child.wait(300) == 0, f"exit {child.returncode}", "0")
        problems = verify_index(catalogue, engine)
        bars.check("  the index afterwards", not problems, f"{len(problems)} differences", "0")


@contextmanager
def lasting_folder() -> Iterator[Path]:
    """A folder for the node's data that the node's own user may enter."""
    with tempfile.TemporaryDirectory(prefix="zhengce-elasticsearch-kill-") as name:
        Path(name).chmod(0o755)
        yield Path(name) / "node"


def engine_of(node: Node, name: str, folder: Path) -> ElasticEngine:
    """An index of its own on the node."""
    return ElasticEngine(IndexServer((node.url,), name), folder / name)


def undisturbed(node: Node, catalogue: Catalogue, folder: Path) -> float:
    """Seconds of a whole sync."""
    engine = engine_of(node, "zhengce_calm", folder)
    begun = time.monotonic()
    sync_index(catalogue, engine, commit_documents=40)
    return time.monotonic() - begun


def start(engine: ElasticEngine, database: str, *, once: bool) -> "subprocess.Popen[bytes]":
    """A writer in a process of its own that has just begun."""
    server = engine.server
    arguments = [server.addresses[0], server.name, str(engine.folder), database, "yes" if once else "no"]
    child = subprocess.Popen([sys.executable, "-c", CHILD, *arguments], cwd=ROOT, stdout=subprocess.PIPE)
    assert child.stdout
    child.stdout.readline()
    return child


def kill_writer(engine: ElasticEngine, database: str, moment: float, *, in_rebuild: bool) -> None:
    """Start a writer and kill it at a moment of its sync or of its rebuilds."""
    child = start(engine, database, once=False)
    assert child.stdout
    if in_rebuild:
        child.stdout.readline()
    time.sleep(moment)
    child.kill()
    child.wait()
    child.stdout.close()


def fill(catalogue: Catalogue, policies: list[Policy]) -> None:
    """Put policies and their changes into a catalogue, as the stages before would have."""
    moment = SEEN.replace(tzinfo=None)
    with catalogue.write() as connection:
        connection.execute(insert(t.page), [page_row(policy, moment) for policy in policies])
        connection.execute(insert(t.policy), [policy_row(policy, moment) for policy in policies])
        changes = [(policy.id, ChangeKind.NEW) for policy in policies]
        append_changes(connection, changes, night=SEEN.date(), at=SEEN, run=None)


def page_row(policy: Policy, moment: datetime) -> dict[str, object]:
    """The row of the page of a policy."""
    return {
        "id": policy.id,
        "url": policy.url,
        "site": policy.site,
        "channel": "政策文件",
        "state": "normalised",
        "first_seen": moment,
        "anchor": moment.date(),
        "row": b"{}",
        "hints": b"{}",
    }


def policy_row(policy: Policy, moment: datetime) -> dict[str, object]:
    """The row of a policy."""
    return {
        "page_id": policy.id,
        "site": policy.site,
        "title": policy.title,
        "doc_number_key": policy.doc_number_key,
        "written_date": policy.written_date,
        "published_date": policy.published_date,
        "content_type": policy.content_type,
        "record": encode_policy(policy),
        "content_hash": policy.id,
        "extractor": 1,
        "first_seen": moment,
        "last_seen": moment,
        "changed_at": moment,
        "withdrawn": False,
    }


if __name__ == "__main__":
    main()
