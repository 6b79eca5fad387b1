"""The part of a night that keeps the index level; a search server that is away does not stop the night."""

from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from index.engine import IndexServerError, Rejected
from index.sync import IndexSync, sync_index
from pipelines.catalogue import Catalogue
from pipelines.config import Config
from zhengce.engines import open_index, told_rejected


class NightIndex:
    """Follows the change log while it is open; `complaints` says afterwards what did not go well.

    What a server away misses tonight the next run makes good: the position is in the index.
    """

    def __init__(self, config: Config, catalogue: Catalogue) -> None:
        self.applied = 0
        self.down = ""
        self._config = config
        self._catalogue = catalogue
        self._stack = ExitStack()
        self._sync: IndexSync | None = None
        self._rejected: tuple[Rejected, ...] = ()

    @property
    def complaints(self) -> tuple[str, ...]:
        """What the operator has to know."""
        return tuple(line for line in (self.down, told_rejected(self._rejected)) if line)

    def step(self) -> None:
        """Apply the next changes."""
        self._try(lambda sync: sync.step())

    def finish(self) -> None:
        """Apply all changes and make them last."""

        def rest(sync: IndexSync) -> int:
            applied = 0
            while step := sync.step():
                applied += step
            self._rejected = sync.flush().rejected
            return applied

        self._try(rest)

    def _try(self, work: Callable[[IndexSync], int]) -> None:
        if self._sync is None:
            return
        try:
            self.applied += work(self._sync)
        except IndexServerError as error:
            self._give_up(error)

    def _give_up(self, error: IndexServerError) -> None:
        self.down = f"索引没有更新：{error}"
        self._sync = None
        self._stack.close()

    def __enter__(self) -> Self:
        try:
            engine = open_index(self._config)
            sync_index(self._catalogue, engine)
            self._sync = IndexSync(self._catalogue, self._stack.enter_context(engine.writer()))
        except IndexServerError as error:
            self._give_up(error)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
