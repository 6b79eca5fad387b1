"""`zhengce reports`: what readers hold to be wrong, and marking it as done."""

import click
import msgspec

from pipelines.clock import minute_text, system_clock
from pipelines.config import Config
from pipelines.error_reports import REPORTED, Report, finish_report, load_reports
from zhengce.upkeep_commands import TROUBLE, json_option, opened, stop


@click.command("reports", help="读者报告的错误：列出待处理的；--done 标记为已处理。")
@click.option("--all", "every", is_flag=True, help="也列出已处理的。")
@click.option("--done", type=click.IntRange(1), metavar="编号", help="把一件标记为已处理，并删除其联系方式。")
@click.option("--note", default="", metavar="文字", help="与 --done 同用：处理结果。")
@json_option
@click.pass_obj
def reports_command(config: Config, every: bool, done: int | None, note: str, as_json: bool) -> None:
    """List reports, or mark one as done; exit 1 where there is no open one of that number."""
    if note and done is None:
        raise click.UsageError("--note 要与 --done 同用")
    with opened(config) as catalogue:
        if done is not None:
            with catalogue.write() as connection:
                known = finish_report(connection, done, note, system_clock())
            if not known:
                stop(f"没有编号为 {done} 的待处理报告", TROUBLE)
        with catalogue.read() as connection:
            found = load_reports(connection, done=every)
    if as_json:
        click.echo(msgspec.json.encode({"reports": found}))
        return
    for report in found:
        _show(report)
    if not found:
        click.echo("没有待处理的报告", err=True)


def _show(report: Report) -> None:
    at = minute_text(report.at)
    state = "已处理" if report.done_at else "待处理"
    click.echo(f"{report.id}  {at}  {state}  {report.page_id}  {report.title or '（无标题）'}")
    click.echo(f"    {REPORTED.get(report.field, report.field)}：{_one_line(report.message)}")
    for name, words in (("联系方式", report.contact), ("处理结果", report.note)):
        if words:
            click.echo(f"    {name}：{_one_line(words)}")


def _one_line(text: str) -> str:
    return " / ".join(text.split("\n"))
