"""A consistent copy of an SQLite catalogue while others write to it (SQLite only, beside `pipelines.database`)."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url


class NotSqlite(ValueError):
    """The catalogue is on another database, which has its own means of backup."""


def sqlite_path(url: str) -> Path:
    """The file of an SQLite catalogue; raises NotSqlite for any other address."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise NotSqlite(f"目录库不是 SQLite 文件（{parsed.render_as_string()}），请使用数据库自带的备份工具")
    return Path(parsed.database)


def copy_sqlite(url: str, target: Path) -> None:
    """Copy the catalogue at `url` to the new file `target` as of one moment, in one file without a journal.

    Raises NotSqlite, and sqlite3.Error where the catalogue cannot be read or the copy not be written.
    """
    source = sqlite_path(url)
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")


def check_sqlite(path: Path) -> str | None:
    """What SQLite finds wrong with a file; None where it is whole."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as file:
            (answer,) = file.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return None if answer == "ok" else str(answer)
