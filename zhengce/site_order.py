"""What an operator asks of `zhengce site new`: an address or saved files, channels, what is known already."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urljoin

import click

from crawlers.columns import Column
from crawlers.site import ID, REGION
from crawlers.survey import Order
from normalizers.addresses import host_of
from normalizers.policy import CONTENT_TYPES

CHANNEL = re.compile(r"(?P<name>[^=]+)=(?P<type>\w+)@(?P<url>.+)")
ADDRESS = re.compile(r"https?://[^\s/?#]+", re.IGNORECASE)


class ChannelType(click.ParamType[Column]):
    """`NAME=TYPE@URL` as a column."""

    name = "名称=类别@网址"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Column:
        """The column; its address may be relative to that of the site."""
        found = CHANNEL.fullmatch(str(value))
        if found is None:
            self.fail("应为 名称=类别@网址，如 政策文件=policy@/zwgk/zcwj/", param, ctx)
        if found["type"] not in CONTENT_TYPES:
            self.fail(f"不认识类别 {found['type']!r}，可用：{'、'.join(CONTENT_TYPES)}", param, ctx)
        return Column(found["name"].strip(), found["type"], found["url"].strip(), 1.0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the operator asked for besides the address: where to write, what is known already."""

    out: Path | None
    id: str | None
    level: str | None
    region: str | None
    force: bool
    roster: bool


def order_of(
    arguments: Sequence[str], url: str | None, files: Sequence[str], channels: tuple[Column, ...]
) -> tuple[Order, tuple[Path, ...]]:
    """The address and the saved files among the arguments."""
    addresses = [one for one in (*arguments, *([url] if url else [])) if ADDRESS.match(one)]
    rest = [one for one in arguments if not ADDRESS.match(one)]
    if url is not None and not ADDRESS.match(url):
        raise click.UsageError(f"--url 应为以 http:// 或 https:// 开头的网址：{url!r}")
    if rest and not files:
        raise click.UsageError(
            f"{rest[0]!r} 不是网址（应以 http:// 或 https:// 开头）；若是保存的网页，请写在 --from 之后"
        )
    if len(set(addresses)) > 1:
        raise click.UsageError(f"只能给一个网址：{'、'.join(addresses)}")
    if not addresses and not files:
        raise click.UsageError(
            "请给出网址，如 zhengce site new https://www.example.gov.cn/；或用 --from 给出保存的网页"
        )
    if channels and files:
        raise click.UsageError("--channel 与 --from 不能同用：保存的网页只生成一个栏目")
    address = addresses[0] if addresses else ""
    if address and not _usable(address):
        raise click.UsageError(f"网址不可用：{address!r}")
    return Order(address, _absolute(channels, address)), tuple(Path(one) for one in (*files, *rest))


def _usable(address: str) -> bool:
    host = host_of(address)
    return "." in host and not re.search(r"\s", address) and len(address) < 2000


def _absolute(channels: tuple[Column, ...], address: str) -> tuple[Column, ...]:
    made = tuple(replace(column, url=urljoin(address, column.url)) for column in channels)
    for column in made:
        if host_of(column.url) != host_of(address):
            raise click.UsageError(
                f"--channel 的网址不在 {host_of(address)} 上：{column.url}（另一主机请另建站点）"
            )
    _refuse_doubled([column.name for column in made], "栏目名")
    _refuse_doubled([column.url for column in made], "网址")
    return made


def _refuse_doubled(values: Sequence[str], what: str) -> None:
    if doubled := [value for number, value in enumerate(values) if value in values[:number]]:
        raise click.UsageError(f"--channel 的{what}重复：{doubled[0]}（每个栏目只写一次）")


def check_wanted(wanted: Wanted) -> None:
    if wanted.id is not None and not ID.fullmatch(wanted.id):
        raise click.UsageError(f"--id 只能用小写字母、数字、_ 和 -：{wanted.id!r}")
    if wanted.region is not None and not REGION.fullmatch(wanted.region):
        raise click.UsageError(f"--region 应为 6 位行政区划代码（乡镇 9 或 12 位）：{wanted.region!r}")
    if wanted.level == "national" and wanted.region:
        raise click.UsageError("国家级站点不写 --region")
