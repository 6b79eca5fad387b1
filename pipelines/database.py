"""What differs between databases: opening, locking, upserts. The one module that may be SQLite-only."""

import importlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Engine,
    Executable,
    RootTransaction,
    Row,
    Select,
    Table,
    bindparam,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.engine import make_url

BUSY_TIMEOUT_S = 30
_WRITING = "writing"
_TURN = select(func.pg_advisory_xact_lock(bindparam("turn", type_=BigInteger)))


def open_engine(url: str) -> Engine:
    """An engine whose transactions are explicit; on SQLite WAL, 30 s busy timeout, foreign keys on."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    # A transaction is over before its connection goes back; one more rollback costs 0.02 ms.
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S}, pool_reset_on_return=None)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    # Not by a listener for "begin": one listener makes every statement of the engine 0.05 ms slower.
    dialect: Any = engine.dialect
    dialect.do_begin = _begin
    return engine


def begin_writing(connection: Connection) -> RootTransaction:
    """Begin a transaction that is a write transaction from its start (SQLite: waits for its turn here)."""
    connection.info[_WRITING] = True
    return connection.begin()


def take_turn(connection: Connection, turn: int) -> None:
    """Wait until no other transaction that took this turn is open; it lasts until this one ends.

    On SQLite a write transaction has every turn from its start.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_TURN, {"turn": turn})


def _begin(connection: Any) -> None:
    """Begin a transaction of a connection of the pool: BEGIN, or BEGIN IMMEDIATE where it will write."""
    writing = connection.info.pop(_WRITING, False)
    connection.dbapi_connection.execute("BEGIN IMMEDIATE" if writing else "BEGIN")


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    update: Sequence[str] = (),
) -> None:
    """Insert rows of equal columns; a row that exists gets the columns `update` (none: is left)."""
    if rows:
        statement = _upsert(table, tuple(rows[0]), tuple(update), connection.dialect.name)
        connection.execute(statement, [dict(row) for row in rows])


def set_where(
    connection: Connection, table: Table, where: Mapping[str, Any], values: Mapping[str, Any]
) -> int:
    """Set columns of the rows whose columns equal `where`; returns how many rows there were."""
    statement = _update(table, tuple(where), tuple(values))
    return connection.execute(statement, _bound(where, values)).rowcount


def set_all(
    connection: Connection, table: Table, rows: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]
) -> None:
    """`set_where` for many rows (where, values) of equal columns in one call."""
    if rows:
        where, values = rows[0]
        statement = _update(table, tuple(where), tuple(values))
        connection.execute(statement, [_bound(where, values) for where, values in rows])


def _bound(where: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"w_{k}": v for k, v in where.items()} | {f"v_{k}": v for k, v in values.items()}


def find(connection: Connection, table: Table, **where: Any) -> Row[*tuple[Any, ...]] | None:
    """The one row whose columns equal `where`, or None."""
    return connection.execute(_select(table, tuple(where)), where).one_or_none()


# Building a statement costs SQLAlchemy more than running it (0.2 ms against 0.03 ms measured), so the
# few shapes that the crawl repeats for every page are built once.


@cache
def _upsert(table: Table, columns: tuple[str, ...], update: tuple[str, ...], dialect: str) -> Executable:
    # The module of the other database costs every process 0.04 s of CPU to import.
    module = importlib.import_module(f"sqlalchemy.dialects.{dialect}")
    insert: Any = module.insert(table)
    insert = insert.values({name: bindparam(name) for name in columns})
    key = [column.name for column in table.primary_key.columns]
    if update:
        values = {name: insert.excluded[name] for name in update}
        insert = insert.on_conflict_do_update(index_elements=key, set_=values)
    else:
        insert = insert.on_conflict_do_nothing(index_elements=key)
    done: Executable = insert
    return done


@cache
def _update(table: Table, where: tuple[str, ...], values: tuple[str, ...]) -> Executable:
    conditions = [table.c[name] == bindparam(f"w_{name}") for name in where]
    return table.update().where(*conditions).values({name: bindparam(f"v_{name}") for name in values})


@cache
def _select(table: Table, where: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    return select(table).where(*(table.c[name] == bindparam(name) for name in where))
