"""Every rule that the normalizers can name has its words."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import normalizers
from normalizers.chinese_names import FIELD_NAMES, SOURCE_NAMES
from normalizers.rule_words import _NAMED, WORDS, rule_text

PACKAGE = Path(normalizers.__file__).parent
# Modules that speak of rules and make none.
SPEAKING = {"rule_words.py", "chinese_names.py", "warning_words.py"}
# What is asked of a rule, not made: rule.startswith("title:").
ASKED = {"startswith", "endswith", "removeprefix"}


def rules() -> Iterator[tuple[str, bool]]:
    """Every string `<source>:<detail>` in the modules, and whether it stands there whole."""
    for file in sorted(PACKAGE.rglob("*.py")):
        if file.name in SPEAKING:
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        skipped = {
            id(part)
            for node in ast.walk(tree)
            if isinstance(node, ast.JoinedStr)
            or (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ASKED
            )
            for part in ast.walk(node)
            if isinstance(part, ast.Constant)
        }
        for node in ast.walk(tree):
            match node:
                case ast.Constant(value=str(text)) if id(node) not in skipped:
                    yield text, True
                case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
                    yield text, False
                case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Add()):
                    yield text, False


MADE = {
    (text, whole)
    for text, whole in rules()
    if text.partition(":")[0] in SOURCE_NAMES and ":" in text and "\n" not in text
}
WHOLE = sorted(text for text, whole in MADE if whole and not text.endswith(":"))
BEGUN = sorted({text.partition(":")[0] for text, whole in MADE if not whole})


def test_the_rules_are_found() -> None:
    assert {"body:signature", "computed:days", "title:order or law", "body:自…起施行"} <= set(WHOLE)
    assert {"info_table", "meta", "api", "header", "body"} <= set(BEGUN)


@pytest.mark.parametrize("rule", WHOLE)
def test_every_rule_has_words(rule: str) -> None:
    source, _, detail = rule.partition(":")
    assert rule in WORDS or (source in _NAMED and detail in FIELD_NAMES) or rule == "header:h1"
    assert ":" not in rule_text(rule)


@pytest.mark.parametrize("source", BEGUN)
def test_every_family_of_rules_has_words(source: str) -> None:
    assert source in _NAMED
    assert rule_text(f"{source}:演示名") != SOURCE_NAMES[source]
    assert "演示名" in rule_text(f"{source}:演示名")


def test_no_words_are_left_over() -> None:
    assert set(WORDS) <= set(WHOLE)


@pytest.mark.parametrize("source", SOURCE_NAMES)
def test_every_source_has_words_for_a_rule_to_come(source: str) -> None:
    assert rule_text(f"{source}:") == SOURCE_NAMES[source]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("body:signature", "取自落款"),
        ("info_table:成文日期", "取自信息表“成文日期”一栏"),
        ("meta:pubdate", "取自网页元数据 pubdate"),
        ("api:written_date", "取自网站接口的“成文日期”"),
        ("header:发布时间", "取自标题附近的“发布时间”"),
        ("header:h2", "取自网页的标题行"),
        ("header:span.title", "取自网页的标题行"),
        ("body:div#zoom", "取自网页的正文区域（div#zoom）"),
        ("site:div.TRS_Editor", "取自已知的正文区域（div.TRS_Editor）"),
        ("correction:演示员", "人工更正（演示员）"),
        ("correction:file", "人工更正"),
        ("info_table:{0} {x}", "取自信息表“{0} {x}”一栏"),
        ("unheard of", "unheard of"),
    ],
)
def test_words_of_a_rule(rule: str, words: str) -> None:
    assert rule_text(rule) == words
