"""The night: crawl, normalise and index at the same time, under one lock, with one report."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from crawlers.options import ChildOptions
from crawlers.permission import permitted_sites, window_end
from crawlers.report import HARMLESS
from crawlers.sharding import host_groups
from crawlers.site import Site, load_sites
from normalizers.failures import ADVICE, Failure
from pipelines.catalogue import Catalogue
from pipelines.clock import Clock, day_of, system_clock
from pipelines.config import Config
from pipelines.corrections import open_corrections
from pipelines.disk import DiskFull, check_folder, check_free
from pipelines.lock import NightLock
from pipelines.normalize import NormalizeStage, StepReport
from pipelines.own_tables import load_own_tables
from pipelines.runs import beat, finish_run, start_run
from zhengce.crawl_children import CrawlChildren, Figures
from zhengce.night_alerts import deliver_after_night
from zhengce.night_dump import NightDump
from zhengce.night_index import NightIndex
from zhengce.night_report import NightReport, load_report

# How often the run says that it lives, and looks at the disk.
BEAT_SECONDS = 10.0
# How often the index follows the change log, and what is shown is brought up to date.
SYNC_SECONDS = 0.5
SHOW_SECONDS = 0.25
FINE, TROUBLED, UNUSABLE = 0, 1, 3


@dataclass(frozen=True, slots=True)
class NightOptions:
    """What one night is asked to do; `sites` is a pattern of ids (None: the core roster), `shard` is (k, n),
    `replay` a folder of saved pages.
    """

    sites: str | None = None
    shard: tuple[int, int] = (1, 1)
    replay: Path | None = None
    clock: Clock = system_clock
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """What is shown while a night runs."""

    crawl: Figures
    normalised: StepReport
    indexed: int


@dataclass(frozen=True, slots=True)
class NightOutcome:
    """How a night ended; `exit_code` as in docs/operating.md, `alerts` what became of the alerts."""

    run: int
    exit_code: int
    message: str
    report: NightReport
    alerts: tuple[str, ...] = ()


Show = Callable[[Progress], None]


def run_night(config: Config, options: NightOptions, show: Show) -> NightOutcome:
    """Run all stages until everything asked is crawled, normalised and searchable.

    Raises CrawlRefused, NightRunning, SiteFileError, CorrectionFileError, ConfigError, CatalogueError
    and StorageError before anything is asked.
    """
    sites = choose_sites(config, options)
    check_folder(config.data, config.min_free)
    load_own_tables(config.data)
    with ExitStack() as stack:
        lock = stack.enter_context(NightLock(config.data, options.clock))
        catalogue = Catalogue.open(config.catalogue_url)
        stack.callback(catalogue.close)
        with catalogue.read() as connection:
            open_corrections(config.corrections, connection)
        night = day_of(options.clock())
        with catalogue.write() as connection:
            run = start_run(connection, "nightly", night, options.clock)
        index = stack.enter_context(NightIndex(config, catalogue))
        night_run = _Night(config, options, catalogue, index, run, night)
        stopped = stack.enter_context(_signals())
        children = CrawlChildren(_plan(config, options, sites, run, night), lock.descriptor)
        stack.callback(children.close)
        return night_run.work(children, stopped, show)


def choose_sites(config: Config, options: NightOptions) -> list[Site]:
    """The sites of this night; a contact is demanded before any real host is asked."""
    if options.replay is not None:
        return list(load_sites(config.sites).values())
    return permitted_sites(config, options.sites, part=options.shard)


def _plan(
    config: Config, options: NightOptions, sites: Sequence[Site], run: int, night: date
) -> list[ChildOptions]:
    """One process a core; each gets whole host groups, dealt out evenly."""
    common = ChildOptions(
        catalogue_url=config.catalogue_url,
        archive=str(config.archive_folder),
        sites=str(config.sites),
        run=run,
        night=night,
        contact=config.contact,
        address_map=dict(config.address_map),
        now=options.now,
        until=window_end(config.window, options.clock()),
        lanes=config.lanes,
        budget=config.backfill,
        replay=str(options.replay) if options.replay else None,
        parent=os.getpid(),
    )
    if options.replay is not None:
        return [replace(common, k=k + 1, n=config.processes) for k in range(config.processes)]
    groups = host_groups(sites)
    hands = [groups[number :: config.processes] for number in range(config.processes)]
    return [replace(common, only=tuple(s.id for group in hand for s in group)) for hand in hands if hand]


class _Night:
    """The parent's part: it alone writes policies, changes and the index."""

    def __init__(
        self,
        config: Config,
        options: NightOptions,
        catalogue: Catalogue,
        index: NightIndex,
        run: int,
        night: date,
    ) -> None:
        self.config = config
        self.options = options
        self.catalogue = catalogue
        self.index = index
        self.dump = NightDump(config, catalogue, night, options.clock)
        self.run = run
        self.night = night
        self.done = StepReport()
        self.alerts: tuple[str, ...] = ()
        self._beat_at = self._sync_at = 0.0

    def work(self, children: CrawlChildren, stopped: list[str], show: Show) -> NightOutcome:
        """Step all stages until the crawl has ended and nothing waits."""
        reason, look_at = "", 0.0
        stage = NormalizeStage(
            self.catalogue,
            self.config,
            self.options.clock,
            night=self.night,
            run=self.run,
        )
        with stage:
            while True:
                step = stage.step()
                if step.done or step.vanished or step.restored:
                    self.done += step
                if time.monotonic() < look_at and not step.idle:
                    continue
                look_at = time.monotonic() + SHOW_SECONDS
                crawling = children.poll()
                self._follow()
                reason = reason or self._keep(children, stopped)
                show(Progress(children.figures, self.done, self.index.applied))
                if not crawling and (reason or step.idle):
                    break
            if not reason:
                self.done += stage.run_until_idle()
            stage.close()
            self.index.finish()
            show(Progress(children.figures, self.done, self.index.applied))
        if not reason:
            self.alerts = deliver_after_night(self.config, self.catalogue, self.options.clock)
            self.dump.run(lambda: self._beat(stopped))
        return self._end(children, reason, unusable=bool(reason) and not stopped)

    def _follow(self) -> None:
        if time.monotonic() >= self._sync_at:
            self.index.step()
            self._sync_at = time.monotonic() + SYNC_SECONDS

    def _keep(self, children: CrawlChildren, stopped: list[str]) -> str:
        """Say that the run lives, look at the disk, heed signals; returns why the night must end, if so."""
        due = time.monotonic() >= self._beat_at
        reason = self._beat(stopped)
        if due and not reason:
            try:
                check_free(self.config.data, self.config.min_free)
            except DiskFull as error:
                reason = str(error)
        if reason:
            children.stop()
        return reason

    def _beat(self, stopped: list[str]) -> str:
        """Say now and then that the run lives; returns that it was told to stop, if so."""
        if stopped:
            return f"收到 {stopped[0]}，有序停止；再次运行即继续"
        if time.monotonic() >= self._beat_at:
            self._beat_at = time.monotonic() + BEAT_SECONDS
            with self.catalogue.write() as connection:
                beat(connection, self.run)
        return ""

    def _end(self, children: CrawlChildren, reason: str, unusable: bool) -> NightOutcome:
        with self.catalogue.read() as connection:
            report = load_report(connection, self.run)
        told = (reason, *children.complaints, *self.index.complaints, self.dump.complaint)
        complaints = [line for line in told if line]
        ended = [ADVICE[Failure(name)] for name in children.stopped if Failure(name) in HARMLESS]
        ended += [self.dump.told] if self.dump.told else []
        if unusable or self.index.down or UNUSABLE in children.exit_codes:
            code = UNUSABLE
        else:
            code = TROUBLED if complaints or report.troubled else FINE
        message = "；".join([*(complaints or [report.headline, *ended]), *self.alerts])
        with self.catalogue.write() as connection:
            finish_run(connection, self.run, code, message, self.options.clock)
        return NightOutcome(self.run, code, message, report, self.alerts)


@contextmanager
def _signals() -> Iterator[list[str]]:
    """SIGINT and SIGTERM end the night in good order; the names received are in the list."""
    received: list[str] = []
    old = {
        number: signal.signal(number, lambda n, _: received.append(signal.Signals(n).name))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield received
    finally:
        _restore(old)


def _restore(old: Mapping[signal.Signals, Any]) -> None:
    for number, handler in old.items():
        signal.signal(number, handler)
