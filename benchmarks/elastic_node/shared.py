"""One node for every process of this user that wants one, such as the workers of a test run.

Whoever uses the node holds a shared lock on a file, which the kernel takes away from the dead. A keeper
process owns the node and ends it as soon as nobody holds the lock.
"""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from benchmarks.elastic_node.distribution import NodeError, cache_folder, distribution, locked
from benchmarks.elastic_node.node import START_SECONDS, Node, is_alive, running_node

ROOT = Path(__file__).resolve().parents[2]
LOOK_SECONDS = 0.5


@contextmanager
def shared_node() -> Iterator[Node]:
    """The guarded node that all share, started where there is none; raises NodeError."""
    folder = cache_folder() / "shared-node"
    folder.mkdir(mode=0o700, exist_ok=True)
    distribution()
    with (folder / "users").open("ab") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        with locked(folder / "start"):
            node = _known(folder) or _start_keeper(folder)
        yield node


def _known(folder: Path) -> Node | None:
    """The node that the keeper has written down, while the keeper lives."""
    try:
        with (folder / "keeper").open("rb") as keeper:
            fcntl.flock(keeper, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        address = folder / "node.json"
        return msgspec.json.decode(address.read_bytes(), type=Node) if address.exists() else None
    return None


def _start_keeper(folder: Path) -> Node:
    (folder / "node.json").unlink(missing_ok=True)
    with (folder / "keeper.log").open("wb") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.elastic_node.shared", str(folder)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and keeper.poll() is None:
        if node := _known(folder):
            return node
        time.sleep(0.1)
    raise NodeError((folder / "keeper.log").read_text(errors="replace")[-3000:])


def keep(folder: Path) -> None:
    """Own the node until nobody uses it or it ends by itself."""
    with (folder / "keeper").open("ab") as mine, (folder / "users").open("ab") as users:
        fcntl.flock(mine, fcntl.LOCK_EX)
        with running_node(guarded=True, quick=True) as node:
            new = folder / "node.json.new"
            new.write_bytes(msgspec.json.encode(node))
            new.rename(folder / "node.json")
            while is_alive(node) and not _alone(users.fileno()):
                time.sleep(LOOK_SECONDS)
            (folder / "node.json").unlink()


def _alone(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


if __name__ == "__main__":
    os.umask(0o077)
    keep(Path(sys.argv[1]))
