"""What a wrong command line is answered."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from zhengce.cli import cli


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--data", str(folder), *arguments])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["search", "养老", "--levle", "municipal"], "没有选项 --levle；是不是 --level"),
        (["search", "养老", "--levle=municipal"], "没有选项 --levle；是不是 --level"),
        (["search", "--no-synonym", "养老"], "没有选项 --no-synonym；是不是 --no-synonyms、--synonyms"),
        (["search", "养老", "--通知"], "没有选项 --通知"),
        (
            ["search", "养老", "--level", "xx"],
            "--level：没有“xx”，可用：national（国家）、provincial（省级）、",
        ),
        (["search", "养老", "--sort", "xyz"], "--sort：没有“xyz”，可用：relevance（相关度）、"),
        (["search", "养老", "--facet", "xyz"], "--facet：没有“xyz”，可用：level（层级）、"),
        (["search", "养老", "--order", "up"], "--order：没有“up”，可用：desc、asc"),
        (["search", "养老", "--limit", "999"], "--limit：999 不在范围 0<=x<=200 之内"),
        (["search", "养老", "--limit", "many"], "--limit：“many”不是整数"),
        (["search", "养老", "--limit"], "选项 --limit 后面缺少值"),
        (["search", "养老", "--why=yes"], "选项 --why 不带值"),
        (["show"], "缺少 ID_OR_NUMBER"),
        (["show", "a", "b"], "多出的参数：b"),
        (["serach"], "没有命令 serach；是不是 search"),
        (["site", "lst"], "没有命令 lst；是不是 list"),
        (["search", "养老", "--from", "2023-13-01"], "还没有数据"),
    ],
)
def test_a_wrong_line_is_answered_in_chinese(tmp_path: Path, arguments: list[str], words: str) -> None:
    result = run(tmp_path / "none", *arguments)
    assert result.exit_code == (3 if "数据" in words else 2)
    said = result.stderr.splitlines()[-1]
    assert words in said
    assert not re.search("[a-z] (is|of|valid|option|argument)", said)


def test_one_dash_leaves_a_word_out(tmp_path: Path) -> None:
    result = run(tmp_path / "none", "search", "养老", "-通知")
    assert (result.exit_code, "还没有数据" in result.stderr) == (3, True)
