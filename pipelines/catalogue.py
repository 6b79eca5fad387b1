"""The catalogue: one database, opened with its version checked; short transactions only."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import ArgumentError, DatabaseError

from pipelines.database import begin_writing, open_engine

MIGRATIONS = Path(__file__).parent / "migrations"
# The newest revision in MIGRATIONS; revisions are numbers of four digits that grow.
HEAD = "0007"


class CatalogueError(RuntimeError):
    """A catalogue that cannot be used; nothing was written to it."""


class Catalogue:
    """A connection pool to one catalogue whose schema is the one this program knows."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, url: str) -> "Catalogue":
        """Open or create the catalogue, upgrading an older one.

        Raises CatalogueError for a damaged or unreachable database and for one that a newer
        program wrote.
        """
        try:
            engine = open_engine(url)
        except (ArgumentError, ImportError) as error:
            raise CatalogueError(f"目录库地址不可用：{_first_line(error)}") from error
        try:
            _bring_up_to_date(engine)
        except (DatabaseError, OSError) as error:
            engine.dispose()
            raise CatalogueError(f"目录库 {_shown(engine)} 无法使用：{_first_line(error)}") from error
        except CatalogueError:
            engine.dispose()
            raise
        return cls(engine)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection in a transaction that sees one state and writes nothing."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection in a write transaction, taken at once and committed at the end; keep it short."""
        with self.engine.connect() as connection, begin_writing(connection):
            yield connection

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def schema_version(engine: Engine) -> str | None:
    """The revision the database is at; None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _bring_up_to_date(engine: Engine) -> None:
    current = schema_version(engine)
    if current == HEAD:
        return
    if current is not None and current > HEAD:
        raise CatalogueError(
            f"目录库 {_shown(engine)} 由更新版本的 zhengce 写成（版本 {current}），请升级程序；未作任何改动"
        )
    # Importing alembic costs 0.2 s of CPU; every process opens the catalogue, hardly any upgrades it.
    from alembic import command
    from alembic.config import Config as AlembicConfig

    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["engine"] = engine
    command.upgrade(config, "head")


def _shown(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
