"""Starting a node, waiting until it answers, and ending it."""

import ctypes
import os
import pwd
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.elastic_node import security
from benchmarks.elastic_node.distribution import NodeError, distribution, java_home

START_SECONDS = 300  # 9 s alone on two cores, over 180 s were seen beside fifteen other busy processes
STOP_SECONDS = 20
HEAP = "-Xms1g -Xmx1g"
# The first compiler alone: 11 s of CPU until ready against 23 s (2 cores, 2026-11), but slower in the long run.
QUICK = "-XX:TieredStopAtLevel=1"
# A node refuses to run as root; as root it is started as this user, who owns nothing.
PLAIN_USER = "nobody"
PR_SET_PDEATHSIG = 1
SETTINGS = """
discovery.type: single-node
network.host: 127.0.0.1
http.port: {port}
transport.port: 0
node.portsfile: true
cluster.routing.allocation.disk.threshold_enabled: false
"""


@dataclass(frozen=True, slots=True)
class Node:
    """A node that answers: its address and process; the file of its authority and its passwords if guarded."""

    url: str
    pid: int
    certificate: str = ""
    passwords: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def running_node(
    port: int = 0, *, guarded: bool = False, quick: bool = False, folder: Path | None = None
) -> Iterator[Node]:
    """A node of its own, ended at the end; port 0 is any free one. Raises NodeError.

    `guarded` asks for TLS and passwords; `quick` starts in half the time and is no node to measure. Its data
    lie in `folder` and are found there again; without one they are removed.
    """
    with tempfile.TemporaryDirectory(prefix="zhengce-elasticsearch-") as scratch:
        home = (folder or Path(scratch)) / "home"
        if not home.exists():
            shutil.copytree(distribution(), home)
        config = home / "config"
        passwords = security.guard(config) if guarded else {}
        settings = SETTINGS.format(port=port) + (security.SETTINGS if guarded else security.OPEN_SETTINGS)
        (config / "elasticsearch.yml").write_text(settings)
        (home / "logs" / "http.ports").unlink(missing_ok=True)
        _give_away(home.parent)
        process = _start(home, f"{HEAP} {QUICK}" if quick else HEAP)
        try:
            certificate = str(config / "http.crt") if guarded else ""
            address = _wait_for_port(process, home)
            scheme = "https" if guarded else "http"
            node = Node(f"{scheme}://{address}", process.pid, certificate, passwords)
            _wait_until_ready(process, home, node)
            yield node
        finally:
            _stop(process)


def _give_away(folder: Path) -> None:
    """As root, make everything the plain user's."""
    if os.getuid() != 0:
        return
    user = pwd.getpwnam(PLAIN_USER)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def _start(home: Path, java_options: str) -> "subprocess.Popen[bytes]":
    environ = {
        "PATH": os.environ["PATH"],
        "ES_JAVA_HOME": str(java_home()),
        "ES_JAVA_OPTS": java_options,
        "HOME": str(home),
    }
    user = pwd.getpwnam(PLAIN_USER) if os.getuid() == 0 else None
    with (home / "console.log").open("wb") as log:
        return subprocess.Popen(
            [str(home / "bin" / "elasticsearch")],
            cwd=home,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            preexec_fn=_die_with_parent,
        )


def _die_with_parent() -> None:
    """Even a killed parent takes the node with it; the server ends with the launcher that this becomes."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait_for_port(process: "subprocess.Popen[bytes]", home: Path) -> str:
    """The address in the file that the node writes when it listens."""
    ports = home / "logs" / "http.ports"
    for _ in _patience(process, home):
        if ports.exists() and (lines := ports.read_text().split()):
            return lines[0]
    raise AssertionError


def _wait_until_ready(process: "subprocess.Popen[bytes]", home: Path, node: Node) -> None:
    for _ in _patience(process, home):
        try:
            ask(node, "/_cluster/health?wait_for_status=yellow&timeout=5s")
        except (OSError, urllib.error.URLError):
            continue
        return


def ask(node: Node, path: str) -> bytes:
    """One GET, as the administrator; raises OSError."""
    context = ssl.create_default_context(cafile=node.certificate) if node.certificate else None
    manager = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    manager.add_password(None, node.url, "admin", node.passwords.get("admin", ""))
    opener = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=context), urllib.request.HTTPBasicAuthHandler(manager)
    )
    with opener.open(node.url + path, timeout=10) as answer:
        return bytes(answer.read())


def is_alive(node: Node) -> bool:
    """Whether the node that this process started still runs."""
    return os.waitid(os.P_PID, node.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None


def _patience(process: "subprocess.Popen[bytes]", home: Path) -> Iterator[None]:
    """Turns of waiting; NodeError with the last lines of the log where the node dies or never comes."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        yield
        if process.poll() is not None:
            raise NodeError(f"Elasticsearch ended with {process.returncode}:\n{_tail(home)}")
        time.sleep(0.1)
    raise NodeError(f"Elasticsearch did not answer within {START_SECONDS} s:\n{_tail(home)}")


def _tail(home: Path) -> str:
    return (home / "console.log").read_text(errors="replace")[-3000:]


def kill(node: Node) -> None:
    """End a node that this process started as a power cut would."""
    os.killpg(node.pid, signal.SIGKILL)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
