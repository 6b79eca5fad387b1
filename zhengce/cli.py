"""The one program `zhengce`: its group, its common options, and where each command lives."""

from pathlib import Path
from typing import Any

import click

from pipelines.config import ConfigError, load_config
from zhengce.lazy_group import LazyGroup
from zhengce.usage_errors import in_chinese

# command → module:attribute; modules are imported when their command is called, so that
# `zhengce show` does not wait for Scrapy.
COMMANDS: dict[str, str] = {
    "nightly": "zhengce.nightly_command:nightly_command",
    "crawl": "zhengce.crawl_commands:crawl_command",
    "normalize": "zhengce.upkeep_commands:normalize_command",
    "index": "zhengce.index_command:index_command",
    "search": "zhengce.search_command:search_command",
    "export": "zhengce.export_command:export_command",
    "show": "zhengce.find_commands:show_command",
    "correct": "zhengce.correct_command:correct_command",
    "corrections": "zhengce.corrections_command:corrections_command",
    "alerts": "zhengce.alerts_command:alerts_group",
    "hide": "zhengce.hide_command:hide_command",
    "serve": "zhengce.serve_command:serve_command",
    "mcp": "zhengce.mcp_command:mcp_command",
    "reports": "zhengce.reports_command:reports_command",
    "extract": "zhengce.extract_command:extract_command",
    "extract-list": "zhengce.extract_list_command:extract_list_command",
    "text": "zhengce.text_command:text_command",
    "site": "zhengce.site_commands:site_group",
    "status": "zhengce.upkeep_commands:status_command",
    "unknowns": "zhengce.unknowns_command:unknowns_command",
    "doctor": "zhengce.upkeep_commands:doctor_command",
    "archive": "zhengce.upkeep_commands:archive_group",
    "backup": "zhengce.upkeep_commands:backup_command",
    "restore": "zhengce.upkeep_commands:restore_command",
    "demo": "zhengce.demo_command:demo_command",
}


COMMON = frozenset({"--data", "--config", "--contact", "--sites-folder"})


class Program(LazyGroup):
    """The program with its commands in the order of a night; what click finds wrong is said in Chinese."""

    def make_context(self, *arguments: Any, **extra: Any) -> click.Context:
        """Read the options of the program."""
        try:
            return super().make_context(*arguments, **extra)
        except click.UsageError as error:
            raise in_chinese(error) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Read the rest of the line, a command's own, and run it."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise in_chinese(error) from error

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Options of the program are understood behind the command too: `zhengce status --data DIR`."""
        return super().parse_args(ctx, self._hoisted(ctx, args))

    def _hoisted(self, ctx: click.Context, args: list[str]) -> list[str]:
        at = next((i for i, arg in enumerate(args) if arg in self.places), len(args))
        command = self.get_command(ctx, args[at]) if at < len(args) else None
        own = {option for p in command.params for option in p.opts} if command else set()
        front, rest = args[:at], iter(args[at:])
        back: list[str] = []
        for arg in rest:
            if arg == "--":
                back += [arg, *rest]
            elif (name := arg.split("=")[0]) in COMMON and name not in own:
                front += [arg] if "=" in arg else [arg, *([value] if (value := next(rest, "")) else [])]
            else:
                back.append(arg)
        return front + back


@click.group(cls=Program, places=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", metavar="DIR", help="数据目录：目录库、归档与索引所在（默认 data）。")
@click.option(
    "--config", "file", type=click.Path(path_type=Path), help="配置文件（默认当前目录的 zhengce.toml）。"
)
@click.option("--contact", help="联系方式（邮箱或网址），写入 User-Agent；抓取真实站点前必填。")
@click.option("--sites-folder", metavar="DIR", help="站点文件目录（默认随程序附带）。")
@click.version_option(package_name="zhengce")
@click.pass_context
def cli(
    ctx: click.Context, data: str | None, file: Path | None, contact: str | None, sites_folder: str | None
) -> None:
    """政策：每夜抓取政府网站的政策栏目，汇成一个可检索的跨层级政策库。

    各项设置的优先级：命令行选项 > 环境变量 ZHENGCE_… > zhengce.toml > 默认值。
    """
    flags = {"data": data, "contact": contact, "sites": sites_folder}
    try:
        ctx.obj = load_config(flags, file=file)
    except ConfigError as error:
        raise click.UsageError(str(error)) from error


def main() -> None:
    """Run the program."""
    cli(prog_name="zhengce")
