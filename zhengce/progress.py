"""Progress of a night on stderr: one live line on a terminal, a plain line now and then elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.live import Live
from rich.table import Table

if TYPE_CHECKING:
    from zhengce.nightly import Progress, Show

# Lines in a log file: often enough to see that it lives.
PLAIN_SECONDS = 30.0


@contextmanager
def showing() -> "Iterator[Show]":
    """A function that shows progress while the context is open."""
    console = Console(stderr=True)
    if console.is_terminal:
        with Live(console=console, refresh_per_second=4, transient=True) as live:
            yield lambda progress: live.update(_table(progress))
    else:
        plain = _Plain()
        yield plain.show
        plain.close()


class _Plain:
    """Prints the first progress, then one line every PLAIN_SECONDS, and the last."""

    def __init__(self) -> None:
        self._next = 0.0
        self._last = self._printed = ""

    def show(self, progress: "Progress") -> None:
        """Print if it is time."""
        self._last = "  ".join(f"{name} {value}" for name, value in _cells(progress))
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + PLAIN_SECONDS
            self.close()

    def close(self) -> None:
        """Print what was shown last, unless it stands there."""
        if self._last != self._printed:
            click.echo(self._last, err=True)
            self._printed = self._last


def _cells(progress: "Progress") -> list[tuple[str, str]]:
    crawl, done = progress.crawl, progress.normalised
    return [
        ("站点", f"{crawl.sites}/{crawl.total}"),
        ("请求", str(crawl.requests)),
        ("网页", str(crawl.pages)),
        ("附件", str(crawl.attachments)),
        ("解析", str(done.done)),
        ("新增", str(done.new)),
        ("变更", str(done.changed)),
        ("入索引", str(progress.indexed)),
        ("失败", str(crawl.failures + done.failed)),
    ]


def _table(progress: "Progress") -> Table:
    table = Table.grid(padding=(0, 2))
    cells = _cells(progress)
    table.add_row(*(name for name, _ in cells), style="dim")
    table.add_row(*(value for _, value in cells))
    return table
