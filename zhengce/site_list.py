"""`zhengce site list`: every site with its state after the last nights."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import click
import msgspec
from sqlalchemy.engine import make_url

from crawlers.site import Site
from crawlers.site_state import STATES, state_of
from normalizers.failures import ADVICE, Failure
from normalizers.policy import LEVELS
from normalizers.regions import region_names
from pipelines.catalogue import Catalogue, CatalogueError
from pipelines.config import Config
from pipelines.standing import ChannelStanding, count_documents, load_standing
from zhengce.site_files import load_or_stop, matching, stop
from zhengce.site_preview import padded

UNUSABLE = 3
NAME_WIDTH = 34


@dataclass(frozen=True, slots=True)
class SiteLine:
    """One site as it is listed; `state` is fine, failed, blocked or never, `failure` the name of why."""

    id: str
    name: str
    level: str
    region: str | None
    region_name: str | None
    platform: str
    base: str
    channels: tuple[str, ...]
    confirmed: date | None
    state: str
    failure: str | None
    last_success: date | None
    documents: int


@click.command("list", short_help="列出站点与状态。")
@click.argument("pattern", default="*", metavar="[GLOB]")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.pass_obj
def site_list_command(config: Config, pattern: str, *, as_json: bool) -> None:
    """列出站点：层级、地区、平台、栏目数、状态、最近成功的一夜、文件数。

    状态取自目录库中最近一次运行：正常、失败（附名称）、被拦（附名称）、未抓取。没有目录库时都是未抓取。
    """
    sites = matching(load_or_stop(config), pattern, config)
    try:
        standing, documents = _standing(config)
    except CatalogueError as error:
        stop(str(error), UNUSABLE)
    lines = [_line(site, standing.get(site.id, {}), documents.get(site.id, 0)) for site in sites]
    if as_json:
        click.echo(msgspec.json.encode(lines))
        return
    for text in table(lines):
        click.echo(text)


def _standing(config: Config) -> tuple[Mapping[str, Mapping[str, ChannelStanding]], Mapping[str, int]]:
    """What the catalogue knows; nothing where there is none yet (none is made for a look)."""
    if not catalogue_exists(config):
        return {}, {}
    catalogue = Catalogue.open(config.catalogue_url)
    try:
        with catalogue.read() as connection:
            return load_standing(connection), count_documents(connection)
    finally:
        catalogue.close()


def catalogue_exists(config: Config) -> bool:
    """Whether there is a catalogue to be read; a server's is taken to be there."""
    from pathlib import Path

    url = make_url(config.catalogue_url)
    return not url.drivername.startswith("sqlite") or bool(url.database and Path(url.database).exists())


def _line(site: Site, channels: Mapping[str, ChannelStanding], documents: int) -> SiteLine:
    state, failure = state_of(channels)
    nights = [one.last_ok_night for one in channels.values() if one.last_ok_night]
    return SiteLine(
        id=site.id,
        name=site.name,
        level=site.level,
        region=site.region or None,
        region_name=region_names().get(site.region),
        platform=site.platform,
        base=site.base,
        channels=tuple(channel.name for channel in site.active),
        confirmed=site.confirmed,
        state=state,
        failure=failure,
        last_success=max(nights, default=None),
        documents=documents,
    )


def table(lines: list[SiteLine]) -> Iterator[str]:
    """The lines as text, a sum at the end."""
    for line in lines:
        state = STATES[line.state] + (f" {line.failure}" if line.failure else "")
        where = f"{line.region or ''} {line.region_name or ''}".strip()
        night = str(line.last_success) if line.last_success else "-"
        yield (
            f"{padded(line.id, 22)}  {LEVELS[line.level]}  {padded(where, 18)}  {padded(line.platform, 10)}"
            f"  {len(line.channels):>2} 栏目  {padded(state, 24)}  {night:<10}"
            f"  {line.documents:>6} 篇  {padded(line.name, NAME_WIDTH)}"
        ).rstrip()
    counts = {state: sum(line.state == state for line in lines) for state in STATES}
    told = "，".join(f"{STATES[state]} {count}" for state, count in counts.items() if count)
    yield f"共 {len(lines)} 个站点：{told or '无'}；文件 {sum(line.documents for line in lines)} 篇"
    for name in sorted({line.failure for line in lines if line.failure}):
        yield f"    {name}：{ADVICE[Failure(name)]}"
