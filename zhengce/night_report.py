"""The report of a night: a row a channel, failures by name with advice, one headline."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Connection

from crawlers.report import HARMLESS, NO_MATTER, FailureCount, failure_lines
from normalizers.failures import ADVICE, Failure
from pipelines.runs import report_rows

SUMMED = (
    "requests",
    "list_pages",
    "rechecks",
    "not_modified",
    "bytes",
    "fetched",
    "attachments",
    "new",
    "changed",
    "unchanged",
    "unreadable",
    "vanished",
    "failed",
)
# A report of more sites than this names only the channels that need a look.
FEW_SITES = 20


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """The figures of one channel; `stopped` is the name of what ended its walk early."""

    site: str
    channel: str
    figures: Mapping[str, int]
    failures: Mapping[str, FailureCount]
    oldest: date | None
    newest: date | None
    declared_total: int | None
    known_total: int | None
    stopped: str

    @property
    def fine(self) -> bool:
        """Whether nobody has to do anything about this channel."""
        read = self.figures["unreadable"] == 0
        return read and NO_MATTER.issuperset(self.failures) and self.stopped in {"", *NO_MATTER}


@dataclass(frozen=True, slots=True)
class NightReport:
    """All channels of a run and their sum."""

    lines: tuple[ChannelLine, ...]
    totals: Mapping[str, int]

    @property
    def troubled(self) -> tuple[str, ...]:
        """The sites with a list that could not be walked, or that were given up."""
        bad = {line.site for line in self.lines if line.stopped and line.stopped not in HARMLESS}
        return tuple(sorted(bad))

    @property
    def headline(self) -> str:
        """The night in one line."""
        t = self.totals
        return (
            f"请求 {t['requests']}，304 {t['not_modified']}，新增 {t['new']}，变更 {t['changed']}，"
            f"未变 {t['unchanged']}，撤下 {t['vanished']}，失败 {t['failed'] + t['unreadable']}"
        )


def load_report(connection: Connection, run: int) -> NightReport:
    """The stored report of a run."""
    lines = tuple(_line(row.site, row.channel, row.values) for row in report_rows(connection, run))
    totals: Counter[str] = Counter(dict.fromkeys(SUMMED, 0))
    for line in lines:
        totals.update(line.figures)
    return NightReport(lines, dict(totals))


def _line(site: str, channel: str, values: Mapping[str, Any]) -> ChannelLine:
    return ChannelLine(
        site=site,
        channel=channel,
        figures={name: values[name] for name in SUMMED},
        failures=msgspec.json.decode(values["failures"], type=dict[str, FailureCount]),
        oldest=values["oldest"],
        newest=values["newest"],
        declared_total=values["declared_total"],
        known_total=values["known_total"],
        stopped=values["stopped"],
    )


def report_lines(
    report: NightReport, *, full: bool = False, hint: str = "（--full 逐栏列出）"
) -> Iterator[str]:
    """The report as Chinese text: a line a channel, its failures below it, the sum at the end.

    Of a night over many sites the channels that nobody has to look at are counted, unless it is to be `full`;
    `hint` says how to see them.
    """
    lines = report.lines
    fine: list[ChannelLine] = []
    if not full and len({line.site for line in lines}) > FEW_SITES:
        fine = [line for line in lines if line.fine]
        lines = tuple(line for line in lines if not line.fine)
    for _, group in groupby(lines, key=lambda line: line.site):
        yield from _site_lines(group)
    if fine:
        news = sum(line.figures["new"] + line.figures["changed"] for line in fine)
        columns = sum(bool(line.channel) for line in fine)
        unfinished = sum(bool(line.stopped) for line in fine)
        rest = f"，其中 {unfinished} 个留待下一夜继续" if unfinished else ""
        yield f"另有 {columns} 个栏目无需处理{rest}，新增与变更共 {news}{hint}"
    yield f"合计：{report.headline}，复查 {report.totals['rechecks']}，下载 {_size(report.totals['bytes'])}"
    if report.troubled:
        yield f"需要处理的站点：{'、'.join(report.troubled)}"


def _site_lines(lines: Iterable[ChannelLine]) -> Iterator[str]:
    """The channels of one site with their failures.

    What a replay has no page for is counted once a site: every list names dozens of such addresses.
    """
    unsaved: list[FailureCount] = []
    for line in lines:
        yield _channel_text(line)
        shown = dict(line.failures)
        if (found := shown.pop(Failure.NOT_SAVED, None)) is not None:
            unsaved.append(found)
        for text in failure_lines(shown):
            yield f"    {text}"
    if unsaved:
        count = sum(found.count for found in unsaved)
        yield f"    {Failure.NOT_SAVED} × {count}：{ADVICE[Failure.NOT_SAVED]} 例：{unsaved[0].sample}"


def _channel_text(line: ChannelLine) -> str:
    f = line.figures
    parts = [
        f"请求 {f['requests']}（列表 {f['list_pages']}，复查 {f['rechecks']}，304 {f['not_modified']}）",
        f"新增 {f['new']} 变更 {f['changed']} 未变 {f['unchanged']} 撤下 {f['vanished']}",
        f"失败 {f['failed'] + f['unreadable']}",
    ]
    if line.oldest and line.newest:
        parts.append(f"日期 {line.oldest} 至 {line.newest}")
    if line.declared_total is not None:
        parts.append(f"声明 {line.declared_total} 已知 {line.known_total}")
    if line.stopped:
        parts.append(f"停止：{line.stopped}")
    return f"{line.site}/{line.channel or '站点'}  " + "，".join(parts)


def _size(count: int) -> str:
    return f"{count / (1 << 20):.1f} MiB" if count >= 1 << 20 else f"{count / 1024:.1f} KiB"
