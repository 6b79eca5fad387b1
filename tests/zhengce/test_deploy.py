"""The files in deploy/ call commands that exist, with settings that load."""

import configparser
import shlex
from datetime import time
from pathlib import Path

from click.testing import CliRunner

from pipelines.config import load_config
from zhengce.cli import cli

DEPLOY = Path(__file__).resolve().parent.parent.parent / "deploy"


def commands() -> list[list[str]]:
    """The arguments of every call of zhengce in the units and the crontab."""
    found = []
    for name in ("nightly", "alerts"):
        unit = configparser.RawConfigParser(strict=False)
        unit.read(DEPLOY / f"zhengce-{name}.service", encoding="utf-8")
        found.append(shlex.split(unit["Service"]["ExecStart"]))
    lines = (DEPLOY / "zhengce.crontab").read_text(encoding="utf-8").splitlines()
    jobs = [line.partition("&& ")[2].partition(" >>")[0] for line in lines if "&& " in line]
    return [*found, *map(shlex.split, jobs)]


def test_schedules_call_commands_that_exist() -> None:
    calls = commands()
    assert [call[5] for call in calls] == ["nightly", "alerts", "nightly", "alerts", "backup"]
    for program, *arguments in calls:
        assert program == "/opt/zhengce/.venv/bin/zhengce"
        at = arguments.index("--config")
        del arguments[at : at + 2]  # the file is the operator's
        result = CliRunner().invoke(cli, [*arguments, "--help"])
        assert result.exit_code == 0, result.output


def test_the_example_settings_load() -> None:
    config = load_config({}, {}, DEPLOY / "zhengce.toml")
    assert config.window is not None
    assert config.window.contains(time(2, 0))
    assert config.min_free == 1 << 30


def test_the_timer_starts_the_unit_inside_the_window() -> None:
    timer = configparser.RawConfigParser(strict=False)
    timer.read(DEPLOY / "zhengce-nightly.timer", encoding="utf-8")
    assert timer["Timer"]["OnCalendar"] == "*-*-* 02:00:00 Asia/Shanghai"
    config = load_config({}, {}, DEPLOY / "zhengce.toml")
    assert config.window is not None
    assert config.window.contains(time(2, 5))
