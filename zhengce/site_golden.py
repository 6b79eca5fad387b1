"""`zhengce site golden`: whether sites still read their golden pages as recorded."""

import click

from crawlers.golden import GoldenError, compare_golden, golden_folder, needs_golden, update_golden
from pipelines.config import Config
from zhengce.site_files import file_of, load_or_stop, matching

TROUBLE = 1


@click.command("golden", short_help="用样本页核对站点文件。")
@click.argument("pattern", default="*", metavar="[GLOB]")
@click.option("--update", is_flag=True, help="核对后把现在读出的结果记为新的样本记录（网页不变）。")
@click.pass_obj
def site_golden_command(config: Config, pattern: str, *, update: bool) -> None:
    """重读样本页（<标识>.golden），与记录比较，不访问网络。

    记录由 site new 写成；站点文件或解析程序有意改动之后，先看差异，再用 --update 记下新的结果。
    网页本身要重取（网站改版、加了栏目）时用 zhengce site check <标识> --record。
    退出码：0 全部相符；1 有差异或缺少样本。
    """
    sites = matching(load_or_stop(config), pattern, config)
    wrong = compared = 0
    for site in sites:
        folder = golden_folder(file_of(config, site))
        if not folder.exists() and not needs_golden(site):
            continue
        compared += 1
        try:
            lines = compare_golden(site, folder)
            if lines and update:
                update_golden(site, folder)
        except GoldenError as error:
            lines = [f"{error}：用 zhengce site check {site.id} --record 重新存样本"]
            wrong += 1
        else:
            wrong += bool(lines) and not update
        for line in lines:
            click.echo(f"{site.id}：{line}")
        if lines and update:
            click.echo(f"{site.id}：已更新 {folder}")
    click.echo(f"共 {len(sites)} 个站点，{compared} 个有样本，{wrong} 个不符")
    if wrong:
        raise SystemExit(TROUBLE)
