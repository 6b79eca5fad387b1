"""Every warning has its words, and shows its detail without names of the program."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import normalizers
from normalizers.failures import ADVICE, Failure
from normalizers.warning_words import WORDS, warning_text

TREES = [
    ast.parse(file.read_text(encoding="utf-8"))
    for file in sorted(Path(normalizers.__file__).parent.rglob("*.py"))
]


def constants() -> dict[str, str]:
    """The constants of all modules that are one string, and the failures."""
    found = {failure.name: failure.value for failure in Failure}
    for node in (statement for tree in TREES for statement in tree.body):
        if not isinstance(node, ast.Assign):
            continue
        (target,) = node.targets
        pairs = (
            zip(target.elts, node.value.elts, strict=True)
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
            else [(target, node.value)]
        )
        for name, value in pairs:
            if (
                isinstance(name, ast.Name)
                and isinstance(value, ast.Constant)
                and isinstance(value.value, str)
            ):
                found[name.id] = value.value
    return found


CONSTANTS = constants()


def sources(tree: ast.AST) -> Iterator[ast.expr]:
    """Every expression that becomes a warning: given to `warn`, put into `warnings`, returned as such."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="warn"), args=[given, *_]):
                yield given
            case ast.Call(func=ast.Attribute(value=ast.Name("warnings"), attr="append"), args=[given]):
                yield given
            case ast.Assign(targets=[target], value=value):
                yield from _assigned(target, value)
            case ast.AugAssign(target=ast.Name("warnings"), value=value):
                yield value
            case ast.FunctionDef(name=name):
                returned = [n.value for n in ast.walk(node) if isinstance(n, ast.Return) and n.value]
                if "warnings" in name:
                    yield from returned
                elif "warnings" in (ast.get_docstring(node) or ""):
                    yield from (r.elts[-1] for r in returned if isinstance(r, ast.Tuple))


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, ast.Name) and target.id == "warnings":
        yield value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, given in zip(target.elts, value.elts, strict=True):
            yield from _assigned(one, given)


def names(expression: ast.expr) -> Iterator[str]:
    """The names of the warnings that an expression may make."""
    match expression:
        case ast.Constant(str(text)):
            yield text.partition(":")[0]
        case ast.JoinedStr([ast.Constant(str(text)), *_]):
            yield text.partition(":")[0]
        case ast.JoinedStr([ast.FormattedValue(first), *_]):
            yield from names(first)
        case ast.Attribute(value=inner, attr="value"):
            yield from names(inner)
        case ast.Name(name) | ast.Attribute(attr=name):
            yield from {CONSTANTS[name]} if name in CONSTANTS else ()
        case ast.IfExp(body=one, orelse=other):
            yield from (*names(one), *names(other))
        case ast.Tuple(elts) | ast.List(elts) | ast.Call(args=elts):
            yield from (name for element in elts for name in names(element))
        case ast.ListComp(element) | ast.GeneratorExp(element) | ast.Starred(element):
            yield from names(element)


def test_every_warning_that_is_produced_has_its_words() -> None:
    produced = {name for tree in TREES for source in sources(tree) for name in names(source)}
    # `reason` of the pages that OCR leaves is a variable.
    assert produced | {"ocr_not_installed", "ocr_page_limit"} == WORDS.keys()


@pytest.mark.parametrize(
    ("warning", "text"),
    [
        ("body_empty", "没有读到正文，只有标题和信息表"),
        ("issuer_unknown: 演示: 带冒号的局", "机关名录里没有的发文机关：演示: 带冒号的局"),
        ("text_restored: pinyin", "网页文字已还原为简体原文，原样文字另存：拼音版网页"),
        (
            "date_conflict: 成文日期 2024-03-08，另有 2023-03-01（meta:pubdate）",
            "日期互相矛盾，已按出处取其一：成文日期 2024-03-08，另有 2023-03-01（网页元数据 pubdate）",
        ),
        ("corrected: written_date, was 2024-05", "已经人工更正：成文日期，程序读出的是 2024-05"),
        ("corrected: level, was county", "已经人工更正：层级，程序读出的是 县级"),
        ("corrected: note, was unknown", "已经人工更正：附注，程序读出的是 （无）"),
        (
            "correction_to_review: title, was 甲, was 乙, now 丙",
            "人工更正之后网页有变，请复核：标题，程序读出的是 甲, was 乙，现在是 丙",
        ),
        ("correction_not_needed: note", "不再需要的人工更正，程序读出的就是这个值：附注"),
        ("pages_without_text:1,2", "没有文字的页（扫描件或图片）：1、2"),
        ("pages_without_text:1,2:内.pdf", "没有文字的页（扫描件或图片）：1、2（内.pdf）"),
        (
            "pages_blank:" + ",".join(map(str, range(1, 21))),
            "空白的页：" + "、".join(map(str, range(1, 21))) + "等",
        ),
        ("pages_unreadable:表一", "读不出的页、幻灯片或工作表：表一"),
        ("text_cut:内.pdf", "文字超过长度上限或中途断开，后面的部分没有读：内.pdf"),
        (
            "member_unreadable:二:三.bin:attachment_unsupported",
            f"压缩包中读不出的文件：二:三.bin（{ADVICE[Failure.ATTACHMENT_UNSUPPORTED]}）",
        ),
        (
            "member_unreadable:二.bin:attachment_damaged:内.zip",
            f"压缩包中读不出的文件：内.zip 中的 二.bin（{ADVICE[Failure.ATTACHMENT_DAMAGED]}）",
        ),
        ("ocr_not_installed", "没有安装 OCR 组件，扫描页未能识别"),
        ("<b>别的</b>: 话", "<b>别的</b>: 话"),
    ],
)
def test_warnings_in_chinese(warning: str, text: str) -> None:
    assert warning_text(warning) == text
