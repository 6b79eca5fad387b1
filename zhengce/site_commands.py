"""`zhengce site`: the operator's commands on site files; each is imported when it is called."""

import click

from zhengce.lazy_group import LazyGroup

# In the order in which a site meets them.
COMMANDS: dict[str, str] = {
    "new": "zhengce.site_new:site_new_command",
    "check": "zhengce.site_check:site_check_command",
    "golden": "zhengce.site_golden:site_golden_command",
    "list": "zhengce.site_list:site_list_command",
}


@click.group("site", cls=LazyGroup, places=COMMANDS)
def site_group() -> None:
    """站点文件：新建、检查、样本、列出。"""
