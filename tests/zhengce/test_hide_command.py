"""`zhengce hide` as an operator calls it, and what the other commands then say."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from made_policies import make_policy, store

from index.tantivy_engine import TantivyEngine
from pipelines.catalogue import Catalogue
from zhengce.cli import cli

pytestmark = pytest.mark.slow

POLICIES = [make_policy(n) for n in range(12)]
ONE = next(p for p in POLICIES if p.doc_number)
TITLE = ONE.title or ""


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--data", str(data), *arguments])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with twelve policies and their index."""
    catalogue = Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    store(catalogue, POLICIES)
    catalogue.close()
    assert run(tmp_path, "index").exit_code == 0
    return tmp_path


def test_hidden_by_number_gone_at_once_and_back(data: Path) -> None:
    typed = (ONE.doc_number or "").replace("〔", "[").replace("〕", "]")
    done = run(data, "hide", typed, "--reason", "含个人信息", "--json")
    assert json.loads(done.stdout) == {
        "id": ONE.id,
        "title": TITLE,
        "hidden": True,
        "changed": True,
        "index": "",
        "dumps": "",
    }
    asked = (
        ("search", f'"{TITLE}"', "--json"),
        ("search", TITLE[:6], "--suggest"),
        ("search", "--limit", "50", "--facet", "year"),
        ("show", ONE.id),
        ("show", typed, "--json"),
    )
    for command in asked:
        answer = run(data, *command)
        assert TITLE not in answer.output.replace(json.dumps(TITLE), ""), command
        assert ONE.id not in answer.stdout
    assert run(data, "show", ONE.id).exit_code == 1
    assert "已隐去" in run(data, "show", ONE.id).stderr
    assert run(data, "index", "--verify").exit_code == 0
    (listed,) = json.loads(run(data, "hide", "--list", "--json").stdout)
    assert (listed["id"], listed["reason"]) == (ONE.id, "含个人信息")
    assert listed["at"]
    assert run(data, "hide", "--list").stdout.count("\t") == 4
    assert json.loads(run(data, "status", "--json").stdout)["hidden"] == 1
    assert "已隐去 1" in run(data, "status").stdout
    checks = {c["name"]: c for c in json.loads(run(data, "doctor", "--json").stdout)}
    assert checks["隐去的政策"]["state"] == "ok"
    assert checks["隐去的政策"]["found"].startswith("1 件")
    assert "此前已经隐去" in run(data, "hide", ONE.id, "--reason", "另有理由").stdout
    assert "已恢复显示" in run(data, "hide", ONE.id, "--undo").stdout
    assert "没有隐去" in run(data, "hide", ONE.id, "--undo").stdout
    assert TITLE in run(data, "show", ONE.id).stdout
    assert run(data, "index", "--verify").exit_code == 0


def test_a_busy_index_is_said_and_followed_later(data: Path) -> None:
    with TantivyEngine(data / "index").writer():
        done = run(data, "hide", ONE.id, "--reason", "演示")
        assert (done.exit_code, "索引由另一进程在写" in done.stderr) == (0, True)
        checks = {c["name"]: c for c in json.loads(run(data, "doctor", "--json").stdout)}
        assert checks["隐去的政策"]["state"] == "warn"
        # What the index still holds is not told.
        for command in (("search", TITLE[:6], "--suggest"), ("search", f'"{TITLE}"')):
            assert TITLE not in run(data, *command).output, command
    assert json.loads(run(data, "index", "--json").stdout)["deleted"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ((), 2, "请给出编号"),
        ((ONE.id,), 2, "--reason"),
        ((ONE.id, "--reason", "  "), 2, "--reason"),
        ((ONE.id, "--reason", "长" * 501), 2, "不超过 500 字"),
        ((ONE.id, "--undo", "--reason", "演示"), 2, "--undo"),
        (("--list", ONE.id), 2, "--list"),
        (("0" * 16, "--reason", "演示"), 1, "没有编号"),
    ],
)
def test_mistakes_are_named(data: Path, arguments: tuple[str, ...], code: int, told: str) -> None:
    answer = run(data, "hide", *arguments)
    assert (answer.exit_code, told in answer.stderr) == (code, True)


def test_earlier_dumps_are_named(data: Path) -> None:
    (data / "zhengce.toml").write_text(f'dump = "{data / "dumps"}"\n')
    config = ("--config", str(data / "zhengce.toml"))
    assert "全量导出" not in run(data, *config, "hide", ONE.id, "--reason", "演示").stderr
    (data / "dumps").mkdir()
    done = run(data, *config, "hide", ONE.id, "--reason", "演示")
    assert (done.exit_code, str(data / "dumps") in done.stderr) == (0, True)


def test_several_bearers_of_a_number_are_listed_and_none_is_hidden(data: Path) -> None:
    catalogue = Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")
    store(catalogue, [make_policy(90, doc_number=ONE.doc_number, doc_number_key=ONE.doc_number_key)])
    catalogue.close()
    answer = run(data, "hide", ONE.doc_number or "", "--reason", "演示")
    assert (answer.exit_code, ONE.id in answer.stderr) == (1, True)
    assert json.loads(run(data, "hide", "--list", "--json").stdout) == []
