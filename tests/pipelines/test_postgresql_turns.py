"""The change log on a real PostgreSQL, where transactions write side by side: what our statements do there.

The statements are made by our own functions and run by `psql`, so that no driver has to be installed.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import Connection, create_mock_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from pipelines import schema as t
from pipelines.changes import ChangeKind, append_changes

pytestmark = pytest.mark.slow

BIN = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), Path("/usr/bin"))
DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
MOMENT = datetime(2026, 3, 2, tzinfo=UTC)
PATIENCE = 60  # seconds


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    """A new PostgreSQL; the folder of its socket."""
    if not (BIN / "initdb").exists() or shutil.which("psql") is None:
        pytest.skip("no PostgreSQL on this machine")
    folder = Path(tempfile.mkdtemp(prefix="zhengce-pg-"))
    # It refuses to run as root.
    user = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    os.chown(folder, user.pw_uid, user.pw_gid)
    owner: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid} if os.getuid() == 0 else {}
    common: dict[str, Any] = {
        "cwd": folder,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
        **owner,
    }
    data = folder / "data"
    subprocess.run([BIN / "initdb", "-D", data, "-U", "zhengce", "-A", "trust", "-N"], check=True, **common)
    options = ["-c", "listen_addresses=", "-c", "fsync=off", "-k", str(folder)]
    process = subprocess.Popen([BIN / "postgres", "-D", data, *options], **common)
    try:
        for _ in range(PATIENCE * 10):
            if subprocess.run([BIN / "pg_isready", "-q", "-h", folder], check=False).returncode == 0:
                break
            time.sleep(0.1)
        yield folder
    finally:
        process.send_signal(signal.SIGINT)  # it waits for no session
        process.wait(PATIENCE)
        shutil.rmtree(folder)


def psql(server: Path) -> "subprocess.Popen[str]":
    command = ["psql", "-h", str(server), "-U", "zhengce", "-d", "postgres", "-qAtX", "-v", "ON_ERROR_STOP=1"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def say(session: "subprocess.Popen[str]", *statements: str) -> None:
    assert session.stdin
    session.stdin.write("".join(f"{statement};\n" for statement in statements))
    session.stdin.flush()


def ask(server: Path, statement: str) -> list[str]:
    answer, _ = (session := psql(server)).communicate(f"{statement};\n", timeout=PATIENCE)
    assert session.returncode == 0
    return answer.split()


def appending(page: str) -> list[str]:
    """The statements with which a change is appended."""
    made: list[str] = []

    def take(statement: Any, rows: Any = None, *_: object) -> None:
        for row in rows if isinstance(rows, list) else [rows]:
            bound = statement.values(row) if isinstance(rows, list) else statement.params(row)
            made.append(str(bound.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True})))

    connection = cast(Connection, create_mock_engine("postgresql+psycopg://", take))
    append_changes(connection, [(page, ChangeKind.NEW)], night=date(2026, 3, 2), at=MOMENT, run=None)
    return made


def wait_until_waiting(server: Path) -> bool:
    """Whether a session comes to wait for another one's turn."""
    for _ in range(50):
        if ask(server, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == ["1"]:
            return True
        time.sleep(0.1)
    return False


def test_no_position_is_seen_before_an_earlier_one(server: Path) -> None:
    ask(server, str(CreateTable(t.change).compile(dialect=DIALECT)))
    night, people = psql(server), psql(server)
    say(night, "BEGIN", *appending("a" * 16))
    assert night.stdout
    say(night, "SELECT 'appended'")
    while night.stdout.readline().strip() != "appended":
        pass
    say(people, "BEGIN", *appending("b" * 16), "COMMIT")
    # A reader that looks now must not pass a position that may still come.
    assert wait_until_waiting(server)
    assert ask(server, "SELECT seq FROM change") == []
    night.communicate("COMMIT;\n", timeout=PATIENCE)
    people.communicate(timeout=PATIENCE)
    assert ask(server, "SELECT seq || page_id FROM change ORDER BY seq") == ["1" + "a" * 16, "2" + "b" * 16]
