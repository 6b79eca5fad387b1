"""What click says of a wrong command line, in Chinese."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

import click

# What click 8 says, and the same in Chinese: no translation comes with it.
_WORDS = (
    (re.compile(r"'?(.*?)'? is not one of (.+?)\.", re.DOTALL), "没有“{0}”，可用：{1}"),
    (re.compile(r"'?(.*?)'? is not a valid integer( range)?\.", re.DOTALL), "“{0}”不是整数"),
    (re.compile(r"'?(.*?)'? is not in the range (.+?)\.", re.DOTALL), "{0} 不在范围 {1} 之内"),
    (re.compile(r"Option '(.+?)' requires an argument\."), "选项 {0} 后面缺少值"),
    (re.compile(r"Option '(.+?)' does not take a value\."), "选项 {0} 不带值"),
    (re.compile(r"Got unexpected extra arguments? \((.+)\)", re.DOTALL), "多出的参数：{0}"),
    (re.compile(r"Missing command\."), "缺少命令"),
)


class Labelled(click.Choice[str]):
    """One of some values; a wrong one is answered with all of them and their Chinese names."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        super().__init__(list(labels))
        self._labels = labels

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """The values with their names."""
        told = "、".join(f"{code}（{label}）" for code, label in self._labels.items())
        return f"没有“{value}”，可用：{told}"


def in_chinese(error: click.UsageError) -> click.UsageError:
    """The same error in Chinese; what is not known stays as it is."""
    told = _told(error)
    return error if told is None else click.UsageError(told, error.ctx)


def _told(error: click.UsageError) -> str | None:
    match error:
        case click.NoSuchOption():
            return f"没有选项 {error.option_name}{_near(error.possibilities)}"
        case click.NoSuchCommand():
            return f"没有命令 {error.command_name}{_near(error.possibilities or _commands_like(error))}"
        case click.MissingParameter():
            return f"缺少 {_hint(error)}"
        case click.BadParameter():
            return f"{_hint(error)}：{_words(error.message)}"
    told = _words(error.message)
    return told if told != error.message else None


def _commands_like(error: click.NoSuchCommand) -> list[str]:
    """Commands of a group that knows them only by name; click looks among those it has imported."""
    group = error.cmd
    known = group.list_commands(error.ctx) if isinstance(group, click.Group) and error.ctx else []
    return get_close_matches(error.command_name, known)


def _near(possibilities: Iterable[str] | None) -> str:
    return f"；是不是 {'、'.join(possibilities)}" if possibilities else ""


def _hint(error: click.BadParameter) -> str:
    hint = error.param_hint or (error.param.get_error_hint(error.ctx) if error.param else "")
    return hint.replace("'", "") if isinstance(hint, str) else " / ".join(hint)


def _words(message: str) -> str:
    for pattern, chinese in _WORDS:
        if m := pattern.fullmatch(message):
            return chinese.format(*(part.replace("', '", "、").strip("'") for part in m.groups() if part))
    return message
