"""The server itself: the vendor's test distribution with the three token filters that it lacks.

It is the real server with the modules for transport, security and APM alone (observed 2026-11: no `GET /`,
no scripts, no delete by query, no API keys). Maven fetches it from wherever this machine's settings say;
a second call finds it in the cache.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VERSION = "8.19.21"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
SHA256 = "215d5f3dbf0609a149f6218a9e47b6ae2df34ebbff3c5754e35f15a5e5393c8a"
PLUGIN = Path(__file__).parent / "plugin"
# Program → the Debian package that has it.
TOOLS = {"java": "default-jdk-headless", "javac": "default-jdk-headless", "mvn": "maven"}
FETCH_SECONDS = 900


class NodeError(RuntimeError):
    """The server cannot be had or does not start; the message says why and what to do."""


def cache_folder() -> Path:
    """Where the server is kept between runs."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "zhengce"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def missing_packages() -> list[str]:
    """The Debian packages whose programs are not here."""
    return sorted({package for program, package in TOOLS.items() if shutil.which(program) is None})


def java_home() -> Path:
    """The folder of the JDK that `javac` belongs to."""
    return Path(shutil.which("javac") or "javac").resolve().parent.parent


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Alone on this machine; the kernel gives the lock back when the process ends."""
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def distribution() -> Path:
    """The folder of the server, fetched and completed where it is not in the cache; raises NodeError."""
    if missing := missing_packages():
        raise NodeError(f"Elasticsearch needs these packages: {' '.join(missing)} (make elasticsearch-tools)")
    cache = cache_folder()
    folder = cache / f"elasticsearch-{VERSION}-{_digest(PLUGIN)}"
    with locked(cache / "elasticsearch.lock"):
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=cache) as scratch:
                made = _make(Path(scratch))
                for old in cache.glob("elasticsearch-*"):
                    shutil.rmtree(old)
                made.rename(folder)
    return folder


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def _make(scratch: Path) -> Path:
    _run("mvn", "-q", "-B", "dependency:copy", f"-DoutputDirectory={scratch}", f"-Dartifact={ARTIFACT}")
    archive = scratch / f"elasticsearch-{VERSION}.zip"
    if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
        raise NodeError(f"{archive.name} is not the file that was asked for: its SHA-256 differs")
    _unzip(archive, scratch)
    folder = scratch / f"elasticsearch-{VERSION}"
    _add_plugin(folder, scratch / "classes")
    return folder


def _unzip(archive: Path, into: Path) -> None:
    """As `zipfile` does, but programs stay programs."""
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.infolist():
            path = Path(opened.extract(entry, into))
            path.chmod(0o755 if entry.is_dir() else (entry.external_attr >> 16) & 0o755 | 0o644)


def _add_plugin(folder: Path, classes: Path) -> None:
    into = folder / "plugins" / "zhengce-analysis"
    into.mkdir()
    jars = ":".join(str(jar) for jar in folder.glob("lib/*.jar"))
    sources = [str(path) for path in sorted(PLUGIN.glob("*.java"))]
    _run("javac", "--release", "17", "-d", str(classes), "-cp", jars, *sources)
    with zipfile.ZipFile(into / "zhengce-analysis.jar", "w") as jar:
        for path in sorted(classes.rglob("*.class")):
            jar.write(path, path.relative_to(classes))
    for name in ("named_components.json", "stable-plugin-descriptor.properties"):
        shutil.copy(PLUGIN / name, into / name)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False)
    if done.returncode:
        raise NodeError(f"{command[0]} failed: {(done.stdout + done.stderr).strip()[-2000:]}")
