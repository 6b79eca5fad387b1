"""`zhengce alerts` as operators use it, and a process that is killed between acceptance and commit."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from made_policies import make_policy, page_id, store

from benchmarks.alert_receivers import Hook, hook
from index.sync import sync_index
from index.tantivy_engine import TantivyEngine
from pipelines.catalogue import Catalogue
from pipelines.clock import system_clock
from pipelines.config import Config, load_config
from zhengce.cli import cli
from zhengce.doctor import run_checks
from zhengce.night_alerts import deliver_after_night

pytestmark = pytest.mark.slow

PATIENCE = 280  # seconds; on a busy machine a process takes minutes to start


@pytest.fixture
def hooked() -> Iterator[Hook]:
    with hook() as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of settings for an installation of one policy."""
    file = tmp_path / "zhengce.toml"
    file.write_text(
        f'data = "{tmp_path / "data"}"\n[alerts]\nallow_hosts = ["127.0.0.1"]\n', encoding="utf-8"
    )
    add_policies(tmp_path / "data", 0)
    return file


def add_policies(data: Path, *numbers: int) -> None:
    catalogue = Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")
    store(catalogue, [make_policy(n) for n in numbers])
    sync_index(catalogue, TantivyEngine(data / "index"))
    catalogue.close()


def call(settings: Path, *arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(cli, ["--config", str(settings), "alerts", *arguments])
    assert result.exit_code == code, result.output
    return result.output


def config_of(settings: Path) -> Config:
    return load_config({}, {}, settings)


def alert_check(settings: Path) -> Any:
    return next(check for check in run_checks(config_of(settings), system_clock) if check.name == "通知")


def test_life_of_an_alert(settings: Path, hooked: Hook) -> None:
    data = config_of(settings).data
    added = json.loads(call(settings, "add", "--query", "通知", "--to", f"webhook:{hooked.url}", "--json"))
    alert_id = added["id"]
    assert (added["query"], added["state"], added["name"]) == ("q=%E9%80%9A%E7%9F%A5", "active", "通知")
    assert added["target"].endswith("/…")
    secrets = data / "alert-secrets.json"
    assert secrets.stat().st_mode & 0o777 == 0o600
    key = json.loads(secrets.read_text())["targets"][alert_id]["key"]
    shown = call(settings, "list") + call(settings, "list", "--json")
    assert key not in shown
    assert "token" not in shown
    assert call(settings, "test", alert_id) == f"{added['target']} 已接收\n"
    assert hooked.bodies[0]["events"] == []

    call(settings, "pause", alert_id)
    add_policies(data, *range(1, 9))
    assert "送达 0 条" in call(settings)
    call(settings, "resume", alert_id)
    assert "送达 0 条" not in call(settings)
    assert len(hooked.requests) == 2

    hooked.status = lambda number: 401
    add_policies(data, *range(9, 17))
    told = call(settings, code=1)
    assert "target_refused" in told
    assert "已暂停" in told
    check = alert_check(settings)
    assert check.state == "warn"
    assert alert_id in check.found
    (line,) = [
        line for line in deliver_after_night(config_of(settings), _open(data), system_clock) if "暂停" in line
    ]
    assert "1 个订阅" in line

    call(settings, "remove", alert_id)
    assert json.loads(secrets.read_text())["targets"] == {}
    assert json.loads(call(settings, "list", "--json")) == []
    assert alert_check(settings).state == "ok"
    secrets.chmod(0o644)
    assert alert_check(settings).state == "fail"


def _open(data: Path) -> Catalogue:
    return Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["add", "--to", "pigeon:x"], "目标的写法不对"),
        (["add"], "目标的写法不对"),
        (["add", "--to", "mail:reader@example.org"], "没有设置发信"),
        (["add", "--to", "webhook:http://hooks.example.org/", "--query", "level=galactic"], "galactic"),
        (["add", "--to", "webhook:http://hooks.example.org/", "--events", "gossip"], "--events"),
        (["remove", "nobody"], "没有编号"),
        (["resume", "nobody"], "没有编号"),
        (["test", "nobody"], "没有编号"),
    ],
)
def test_mistakes_are_told(settings: Path, arguments: list[str], told: str) -> None:
    assert told in call(settings, *arguments, code=2)


def test_night_tells_nothing_where_nobody_wants_anything(settings: Path) -> None:
    assert deliver_after_night(config_of(settings), _open(config_of(settings).data), system_clock) == ()


def test_damaged_secrets_are_named_and_fail_no_night(settings: Path, hooked: Hook) -> None:
    call(settings, "add", "--to", f"webhook:{hooked.url}")
    data = config_of(settings).data
    (data / "alert-secrets.json").write_text("{", encoding="utf-8")
    (line,) = deliver_after_night(config_of(settings), _open(data), system_clock)
    assert line.startswith("通知 alerts_failed")
    call(settings, code=3)


def test_killed_between_acceptance_and_commit_it_sends_the_same_message_again(
    settings: Path, hooked: Hook
) -> None:
    call(settings, "add", "--to", f"webhook:{hooked.url}")
    add_policies(config_of(settings).data, 1)
    command = [sys.executable, "-m", "zhengce", "--config", str(settings), "alerts"]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    # the message is taken, and whoever sent it dies before it can hear so
    hooked.before_answer = lambda number: os.kill(process.pid, signal.SIGKILL) if number == 1 else None
    assert process.wait(timeout=PATIENCE) == -signal.SIGKILL
    assert len(hooked.requests) == 1
    assert "送达 1 条" in call(settings)
    assert "送达 0 条" in call(settings)
    first, second = hooked.requests
    assert first[1]["zhengce-delivery"] == second[1]["zhengce-delivery"]
    assert first[2] == second[2]
    assert [e["policy"]["id"] for e in hooked.bodies[1]["events"]] == [page_id(1)]
