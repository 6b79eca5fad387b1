"""`zhengce text FILE` prints the text of a file, or says in Chinese why not."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from zhengce.text_command import text_command


def test_prints_the_text(tmp_path: Path) -> None:
    file = tmp_path / "附件.txt"
    file.write_text("演示通知\n第二行")
    result = CliRunner().invoke(text_command, [str(file)])
    assert (result.exit_code, result.stdout) == (0, "演示通知\n第二行\n")


def test_json_has_all_that_is_known(tmp_path: Path) -> None:
    file = tmp_path / "附件.txt"
    file.write_text("演示通知")
    result = CliRunner().invoke(text_command, [str(file), "--json"])
    assert json.loads(result.stdout) == {
        "kind": "text",
        "text": "演示通知",
        "pages": None,
        "reader": "plain",
        "title": None,
        "warnings": [],
    }


def test_warnings_go_to_stderr(shared: Path) -> None:
    file = shared / "samples/pdf/bad_bitrot.pdf"
    result = CliRunner().invoke(text_command, [str(file)])
    assert result.exit_code == 0
    assert "警告：读不出的页、幻灯片或工作表：9" in result.stderr
    assert "警告" not in result.stdout


@pytest.mark.parametrize(
    ("content", "message", "name"),
    [
        (b"<html></html>", "网页", "attachment_is_html"),
        (b"", "附件为空", "attachment_empty"),
        (b"%PDF-1.4 cut", "损坏", "attachment_damaged"),
        (None, "文件不存在", "unreadable_file"),
    ],
)
def test_failures_are_named(tmp_path: Path, content: bytes | None, message: str, name: str) -> None:
    file = tmp_path / "附件.pdf"
    if content is not None:
        file.write_bytes(content)
    plain = CliRunner().invoke(text_command, [str(file)])
    assert (plain.exit_code, plain.stdout) == (1, "")
    assert message in plain.stderr
    as_json = CliRunner().invoke(text_command, [str(file), "--json"])
    assert as_json.exit_code == 1
    assert json.loads(as_json.stdout)["error"]["name"] == name
