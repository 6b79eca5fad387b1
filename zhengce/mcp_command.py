"""`zhengce mcp`: the library for agents on standard input and output."""

from contextlib import suppress

import click

from pipelines.config import Config
from zhengce.engines import open_index
from zhengce.find_commands import known_regions, opened


@click.command(
    "mcp", help="供智能体使用的接口（Model Context Protocol，标准输入输出，只读）；由智能体程序启动。"
)
@click.pass_obj
def mcp_command(config: Config) -> None:
    """Serve the one client that started this program until it leaves."""
    import anyio

    from portal.library import Library
    from portal.mcp import serve

    with opened(config) as catalogue, suppress(KeyboardInterrupt):
        anyio.run(serve, Library(open_index(config).reader(), catalogue, known_regions(config)))
