"""The part of a night that writes the full dump, where an installation wants one."""

from collections.abc import Callable
from datetime import date

from sqlalchemy.exc import SQLAlchemyError

from normalizers.failures import ADVICE, Failure
from pipelines.catalogue import Catalogue
from pipelines.clock import Clock
from pipelines.config import Config
from pipelines.disk import StorageError
from pipelines.own_tables import load_region_names


class NightDump:
    """Writes the dump of a night; `told` says afterwards what was written, `complaint` what went wrong.

    A dump that fails leaves those before it as they were, and the rest of the night too.
    """

    def __init__(self, config: Config, catalogue: Catalogue, night: date, clock: Clock) -> None:
        self.told = self.complaint = ""
        self._config = config
        self._catalogue = catalogue
        self._night = night
        self._clock = clock

    def run(self, look: Callable[[], str]) -> None:
        """Write it, if it is wanted; `look` is called now and then and says why the night must end, if so."""
        config, folder = self._config, self._config.dump
        if folder is None:
            return
        # pyarrow costs 0.3 s of CPU and 60 MB, which nights without a dump need not pay.
        from portal.exports.dump import DumpError, DumpPlan, write_dump

        def heed(_: int) -> None:
            if reason := look():
                raise DumpError(reason)

        try:
            regions = load_region_names(config.data)
            plan = DumpPlan(folder, self._night, self._clock, config.dump_keep, regions, config.min_free)
            dump = write_dump(self._catalogue, plan, heed)
        except (DumpError, StorageError, SQLAlchemyError) as error:
            self.complaint = f"{Failure.DUMP_FAILED}：{ADVICE[Failure.DUMP_FAILED]}（{error}）"
        else:
            size = sum(file.size for file in dump.files) / (1 << 20)
            self.told = f"全量导出 {dump.documents} 件，{size:.1f} MiB"
