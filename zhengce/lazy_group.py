"""A group of commands whose modules are imported when their command is called."""

import importlib
from collections.abc import Mapping
from typing import Any

import click


class LazyGroup(click.Group):
    """A group of the commands in `places`, each as module:attribute, told in that order."""

    def __init__(self, *arguments: Any, places: Mapping[str, str], **extra: Any) -> None:
        super().__init__(*arguments, **extra)
        self.places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of their places."""
        return list(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        where = self.places.get(cmd_name)
        if where is None:
            return None
        module, attribute = where.split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command
