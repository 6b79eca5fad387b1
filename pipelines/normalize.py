"""The normalise stage: fetched pages become policies, changes and named failures.

The parent alone writes; a pool of child processes does the reading. A page stays in the queue of
the catalogue until the transaction that stores its result, so a kill loses nothing and repeats at
most what was in hand.
"""

import sys
import time
from collections import Counter, deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

import msgspec
from sqlalchemy import Connection

from normalizers.failures import Failure
from pipelines.catalogue import Catalogue
from pipelines.changes import ChangeKind
from pipelines.clock import Clock
from pipelines.config import Config
from pipelines.corrections import open_corrections, requeue_corrected
from pipelines.disk import RESERVE_BYTES, check_free
from pipelines.normalize_worker import Outcome, Setup
from pipelines.own_tables import load_own_tables
from pipelines.policies import (
    requeue_outdated,
    store_normalize_failure,
    store_policies,
    store_withdrawals,
    take_work,
)
from pipelines.runs import count_results
from pipelines.work import WorkItem
from pipelines.worker_pool import Answer, WorkerPool

# Pages taken from the catalogue at once: one query serves several rounds of all children.
TAKE = 100
# Results stored in one transaction: few enough to hold the write lock for some 30 ms.
STORE = 50
STORE_AFTER_S = 0.3
# How often an idle stage looks for new work, and how often for pages that vanished or came back.
LOOK_S = 0.5
WITHDRAW_S = 30.0
# How often the free space is looked at.
DISK_S = 10.0
# A page of 3 MB takes 2 s; a reader of attachments limits itself to less than FILE_SECONDS, with OCR.
PAGE_SECONDS = 90.0
FILE_SECONDS = 240.0
CPU_SECONDS = 60
MEMORY_BYTES = 2 << 30

_COLUMNS = {ChangeKind.NEW: "new", ChangeKind.CHANGED: "changed", ChangeKind.VANISHED: "vanished"}


@dataclass(frozen=True, slots=True)
class StepReport:
    """What a step stored; `unchanged` includes pages that were only listed anew or read by a new version.

    `idle` says that nothing is under way and the last look at the catalogue found nothing.
    """

    done: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: int = 0
    vanished: int = 0
    restored: int = 0
    idle: bool = False

    def __add__(self, other: "StepReport") -> "StepReport":
        sums = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        return StepReport(**sums | {"idle": other.idle})


class NormalizeStage:
    """Runs in the parent process; call `step` until it is idle, then `close`.

    It uses `config.processes` children. `run` is the run whose report the results complete; None
    for none. `only` are the pages to normalise, None for all that wait. The corrections by people and the
    installation's own tables are loaded once, at the start, which raises CorrectionFileError and ConfigError.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        config: Config,
        clock: Clock,
        *,
        night: date,
        run: int | None,
        only: Collection[str] | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._only = only
        self._data = config.data
        self._clock = clock
        self._night = night
        self._run = run
        archive = str(config.archive_folder)
        setup = Setup(archive, MEMORY_BYTES, CPU_SECONDS, load_own_tables(config.data))
        command = (sys.executable, "-P", "-m", "pipelines.normalize_worker")
        with catalogue.write() as connection:
            self._corrections = open_corrections(config.corrections, connection)
            requeue_corrected(connection, self._corrections)
            requeue_outdated(connection)
        self._pool = WorkerPool(command, msgspec.msgpack.encode(setup), config.processes)
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(Outcome).decode
        self._taken: deque[WorkItem] = deque()
        self._under_way: dict[str, WorkItem] = {}
        self._results: list[tuple[WorkItem, Outcome]] = []
        self._oldest_result = 0.0
        self._look_at = 0.0
        self._found_nothing = False
        self._withdraw_at = 0.0
        self._disk_at = 0.0

    def step(self, timeout: float = 0.2) -> StepReport:
        """Hand out work, wait up to `timeout` seconds for results, store those that are due.

        Raises PoolBroken where the children cannot start, DiskFull before there is no room at
        all, and database errors, after which the same stage may be stepped again.
        """
        if time.monotonic() >= self._disk_at:
            self._disk_at = time.monotonic() + DISK_S
            check_free(self._data, RESERVE_BYTES)
        self._fill()
        if self._under_way:
            for answer in self._pool.poll(timeout):
                self._accept(answer)
        elif not self._results:
            time.sleep(max(0.0, min(timeout, self._look_at - time.monotonic())))
        report = self._store() if self._is_store_due() else StepReport()
        idle = self._found_nothing and not (self._taken or self._under_way or self._results)
        if idle and time.monotonic() >= self._withdraw_at:
            self._withdraw_at = time.monotonic() + WITHDRAW_S
            report += self.withdraw()
        return replace(report, idle=idle)

    def run_until_idle(self) -> StepReport:
        """Step until the catalogue holds no more work; returns the sum, withdrawals included."""
        total = StepReport()
        while not total.idle:
            self._look_at = 0.0
            total += self.step()
        return total + replace(self.withdraw(), idle=True)

    def withdraw(self) -> StepReport:
        """Turn pages which the crawl marked as vanished or found again into changes."""
        with self._catalogue.write() as connection:
            found = store_withdrawals(connection, night=self._night, at=self._clock(), run=self._run)
            self._count(connection, Counter((site, channel, kind) for _, site, channel, kind in found))
        kinds = Counter(kind for *_, kind in found)
        return StepReport(vanished=kinds[ChangeKind.VANISHED], restored=kinds[ChangeKind.RESTORED])

    def close(self) -> None:
        """Store the results in hand and end the children; work under way stays in the queue."""
        try:
            if self._results:
                self._store()
        finally:
            self._pool.close()

    def __enter__(self) -> "NormalizeStage":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _fill(self) -> None:
        if len(self._taken) < self._pool.room and time.monotonic() >= self._look_at:
            self._take()
        while self._taken and self._pool.room:
            item = self._taken.popleft()
            self._under_way[item.page_id] = item
            files = 1 + sum(a.archive is not None and a.read is None for a in item.attachments)
            self._pool.submit(item.page_id, self._encode(item), PAGE_SECONDS + files * FILE_SECONDS)

    def _take(self) -> None:
        held = {item.page_id for item in self._taken} | self._under_way.keys()
        held |= {item.page_id for item, _ in self._results}
        with self._catalogue.read() as connection:
            found = self._with_corrections(connection, take_work(connection, TAKE, held, self._only))
        self._taken.extend(found)
        self._found_nothing = not found
        if len(found) < TAKE:
            self._look_at = time.monotonic() + LOOK_S

    def _with_corrections(self, connection: Connection, items: list[WorkItem]) -> list[WorkItem]:
        if not self._corrections or not items:
            return items
        found = self._corrections.of_pages(connection, [item.page_id for item in items])
        return [replace(item, corrections=found.get(item.page_id, ())) for item in items]

    def _accept(self, answer: Answer) -> None:
        item = self._under_way.pop(answer.key)
        if answer.data is None:
            outcome = Outcome(None, Failure.NORMALIZE_CRASHED, f"解析进程异常：{answer.reason}")
        else:
            outcome = self._decode(answer.data)
        if not self._results:
            self._oldest_result = time.monotonic()
        self._results.append((item, outcome))

    def _is_store_due(self) -> bool:
        if not self._results:
            return False
        waited = time.monotonic() - self._oldest_result
        return len(self._results) >= STORE or waited >= STORE_AFTER_S or not self._under_way

    def _store(self) -> StepReport:
        read = [(item, o.made, o.read) for item, o in self._results if o.made is not None]
        lost = [(item, o) for item, o in self._results if o.made is None]
        counts: Counter[tuple[str, str, str]] = Counter()
        with self._catalogue.write() as connection:
            kinds = store_policies(connection, read, night=self._night, at=self._clock(), run=self._run)
            for (item, *_), kind in zip(read, kinds, strict=True):
                column = _COLUMNS.get(kind, "unchanged") if kind else "unchanged"
                counts[item.site, item.channel, column] += 1
            for item, outcome in lost:
                failure = outcome.failure or Failure.NORMALIZE_CRASHED
                store_normalize_failure(connection, item, failure, outcome.message)
                counts[item.site, item.channel, "unreadable"] += 1
            self._count(connection, counts)
        self._results = []
        self._found_nothing = False  # newer bytes may have come for what was just stored
        sums: Counter[str] = Counter()
        for (_, _, column), count in counts.items():
            sums[column] += count
        return StepReport(counts.total(), sums["new"], sums["changed"], sums["unchanged"], sums["unreadable"])

    def _count(self, connection: Connection, counts: Mapping[tuple[str, str, str], int]) -> None:
        wanted = {key: count for key, count in counts.items() if key[2] != ChangeKind.RESTORED}
        if self._run is not None and wanted:
            count_results(connection, self._run, wanted)
