"""`zhengce site`: the operator's commands on site files; each is imported when it is called."""

import importlib

import click

COMMANDS: dict[str, str] = {
    "new": "zhengce.site_new:site_new_command",
    "check": "zhengce.site_check:site_check_command",
    "golden": "zhengce.site_golden:site_golden_command",
    "list": "zhengce.site_list:site_list_command",
}


class SiteGroup(click.Group):
    """The commands on site files, in the order in which a site meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """From a new site to the list of all."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        where = COMMANDS.get(cmd_name)
        if where is None:
            return None
        module, attribute = where.split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group("site", cls=SiteGroup)
def site_group() -> None:
    """站点文件：新建、检查、样本、列出。"""
