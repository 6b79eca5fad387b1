"""The real portal over a real night of the demo country, each in processes of its own."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.lab import country, night

# The twelve sites of a small country: every kind of page, and 10 s CPU for the night.
DOCUMENTS = 240
# Tests ask faster than anybody may, and see the pages of subscribers; no mail is sent.
SETTINGS = {
    "ZHENGCE_REQUESTS_PER_SECOND": "0",
    "ZHENGCE_ALERTS_SMTP": "smtp://127.0.0.1:9",
    "ZHENGCE_ALERTS_FROM": "demo@yanshi.test",
    "ZHENGCE_PUBLIC_URL": "http://yanshi.test",
}
NOTICE = "演示数据：国家、机构、文件全部为虚构"


def make_demo(folder: Path, documents: int = DOCUMENTS) -> Path:
    """The data of the country's first night in a folder; made once, whoever asks (workers of one run wait)."""
    folder.mkdir(parents=True, exist_ok=True)
    data, done = folder / "data", folder / "done"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            with country(documents, folder):
                outcome = night(data, folder / "sites")
            assert outcome.exit_code == 0, outcome.outcome
            done.touch()
    return data


@contextmanager
def serving_demo(data: Path) -> Iterator[str]:
    """The address of a portal over that data, as `zhengce serve` serves it."""
    command = [sys.executable, "-P", "-m", "zhengce", "--data", str(data), "serve", "--port", "0", "--json"]
    child = subprocess.Popen(
        [*command, "--notice", NOTICE],
        stdout=subprocess.PIPE,
        cwd=data,
        env={**os.environ, **SETTINGS},
        text=True,
        start_new_session=True,
    )
    assert child.stdout is not None
    try:
        yield json.loads(child.stdout.readline())["address"].rstrip("/")
    finally:
        child.terminate()
        child.wait(10)
        child.stdout.close()
