"""`zhengce reports` as an operator calls it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from made_policies import NOW, make_policy, store

from pipelines.catalogue import Catalogue
from pipelines.error_reports import store_report
from zhengce.cli import cli

POLICY = make_policy(1)


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--data", str(data), "reports", *arguments])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with two reports."""
    catalogue = Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    store(catalogue, [POLICY])
    with catalogue.write() as connection:
        store_report(connection, POLICY.id, "written_date", "应为5月2日\n见落款", "甲@yanshi.test", NOW)
        store_report(connection, POLICY.id, "other", "链接打不开", "", NOW)
    catalogue.close()
    return tmp_path


def test_reports_are_listed_and_done(data: Path) -> None:
    lines = run(data).stdout.splitlines()
    assert lines == [
        f"1  2026-03-03 02:00  待处理  {POLICY.id}  {POLICY.title}",
        "    成文日期：应为5月2日 / 见落款",
        "    联系方式：甲@yanshi.test",
        f"2  2026-03-03 02:00  待处理  {POLICY.id}  {POLICY.title}",
        "    其他：链接打不开",
    ]
    rest = run(data, "--done", "1", "--note", "已更正", "--json")
    assert [report["id"] for report in json.loads(rest.stdout)["reports"]] == [2]
    every = json.loads(run(data, "--all", "--json").stdout)["reports"]
    assert [(report["contact"], report["note"]) for report in every] == [("", "已更正"), ("", "")]
    again = run(data, "--done", "1")
    assert (again.exit_code, "没有编号为 1 的待处理报告" in again.stderr) == (1, True)
    assert run(data, "--done", "2").exit_code == 0
    assert "没有待处理的报告" in run(data).stderr


def test_a_note_belongs_to_a_report(data: Path) -> None:
    assert run(data, "--note", "x").exit_code == 2
