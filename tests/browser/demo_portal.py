"""The real portal over a real night of the demo country, each in processes of its own."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.lab import country, night
from pipelines import schema as t
from pipelines.catalogue import Catalogue

# The twelve sites of a small country: every kind of page, and 10 s CPU for the night.
DOCUMENTS = 240
# Tests ask faster than anybody may, and see the pages of subscribers.
SETTINGS = {
    "ZHENGCE_REQUESTS_PER_SECOND": "0",
    "ZHENGCE_ALERTS_FROM": "demo@yanshi.test",
    "ZHENGCE_PUBLIC_URL": "http://yanshi.test",
}
ZHENGCE = (sys.executable, "-P", "-m", "zhengce")
NOBODY = 9  # the port that throws away (RFC 863): closed nearly everywhere
NOTICE = "演示数据：国家、机构、文件全部为虚构"


def make_demo(folder: Path, documents: int = DOCUMENTS) -> Path:
    """The data of the country's first night in a folder; made once, whoever asks (workers of one run wait)."""
    folder.mkdir(parents=True, exist_ok=True)
    data, done = folder / "data", folder / "hidden"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            with country(documents, folder):
                outcome = night(data, folder / "sites")
            assert outcome.exit_code == 0, outcome.outcome
            done.write_text(hide_one(data))
    return data


def hide_one(data: Path) -> str:
    """Have the first policy hidden, as one with personal data is; its id."""
    catalogue = Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")
    try:
        with catalogue.read() as connection:
            page_id = str(connection.scalar(select(func.min(t.policy.c.page_id))))
    finally:
        catalogue.close()
    command = [*ZHENGCE, "--data", str(data), "hide", page_id, "--reason", "含个人信息"]
    subprocess.run(command, cwd=data, check=True, stdout=subprocess.DEVNULL)
    return page_id


def hidden_one(data: Path) -> str:
    """The id of the policy that was hidden when the data were made."""
    return (data.parent / "hidden").read_text()


@contextmanager
def serving_demo(data: Path, mail_port: int = NOBODY) -> Iterator[str]:
    """The address of a portal over that data, as `zhengce serve` serves it; its mails go to a port here."""
    child = subprocess.Popen(
        [*ZHENGCE, "--data", str(data), "serve", "--port", "0", "--json", "--notice", NOTICE],
        stdout=subprocess.PIPE,
        cwd=data,
        env={**os.environ, **SETTINGS, "ZHENGCE_ALERTS_SMTP": f"smtp://127.0.0.1:{mail_port}"},
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
