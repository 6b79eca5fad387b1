"""Opening a catalogue: new, current, older, newer, damaged; and what a transaction promises."""

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, select, text

from pipelines import schema as t
from pipelines.catalogue import HEAD, MIGRATIONS, Catalogue, CatalogueError, schema_version
from pipelines.changes import ChangeKind, append_changes, changes_since, last_seq
from pipelines.database import upsert

MOMENT = datetime(2026, 3, 2, tzinfo=UTC)


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'deep' / 'catalogue.sqlite'}"


def test_migrations_make_what_the_schema_says(tmp_path: Path) -> None:
    catalogue = Catalogue.open(url(tmp_path))
    with catalogue.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), t.metadata) == []


def test_the_newest_migration_is_the_one_the_program_expects() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert script.get_current_head() == HEAD
    assert [r.revision for r in script.walk_revisions()] == sorted(
        (r.revision for r in script.walk_revisions()), reverse=True
    )


def test_opening_twice_changes_nothing(tmp_path: Path) -> None:
    Catalogue.open(url(tmp_path)).close()
    again = Catalogue.open(url(tmp_path))
    assert schema_version(again.engine) is not None


def test_an_older_catalogue_is_brought_up_to_date_and_keeps_its_rows(tmp_path: Path) -> None:
    catalogue = Catalogue.open(url(tmp_path))
    row = {"site": "yanshi", "channel": "政策文件", "type": "policy", "position": 0}
    with catalogue.write() as connection:
        connection.execute(insert(t.channel).values(**row, backfill_page=7))
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = catalogue.engine
    command.downgrade(config, "0001")
    assert schema_version(catalogue.engine) == "0001"
    catalogue.close()
    again = Catalogue.open(url(tmp_path))
    with again.read() as connection:
        kept = connection.execute(select(t.channel)).one()
    assert (kept.backfill_page, kept.list_source, schema_version(again.engine)) == (7, "", HEAD)


def test_a_newer_catalogue_is_left_alone(tmp_path: Path) -> None:
    catalogue = Catalogue.open(url(tmp_path))
    with catalogue.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    catalogue.close()
    with pytest.raises(CatalogueError, match="更新版本"):
        Catalogue.open(url(tmp_path))


def test_a_damaged_catalogue_is_named(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    path.write_bytes(b"not a database " * 400)
    with pytest.raises(CatalogueError, match=r"catalogue\.sqlite"):
        Catalogue.open(f"sqlite:///{path}")
    assert path.read_bytes().startswith(b"not a database")


@pytest.mark.parametrize("url", ["mysql://x/y", "not an address", "oracle+nothing://x"])
def test_an_address_of_no_database_is_named(url: str) -> None:
    with pytest.raises(CatalogueError, match="目录库地址不可用"):
        Catalogue.open(url)


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    catalogue = Catalogue.open(url(tmp_path))
    with pytest.raises(RuntimeError), catalogue.write() as connection:
        append_changes(connection, [("a" * 16, ChangeKind.NEW)], night=date(2026, 3, 2), at=MOMENT, run=None)
        raise RuntimeError
    with catalogue.read() as connection:
        assert last_seq(connection) == 0


def test_changes_are_read_in_order_from_any_position(tmp_path: Path) -> None:
    catalogue = Catalogue.open(url(tmp_path))
    with catalogue.write() as connection:
        for kind in (ChangeKind.NEW, ChangeKind.CHANGED, ChangeKind.VANISHED):
            append_changes(connection, [("a" * 16, kind)], night=date(2026, 3, 2), at=MOMENT, run=1)
    with catalogue.read() as connection:
        assert [c.kind for c in changes_since(connection, 1, 10)] == ["changed", "vanished"]
        assert [c.seq for c in changes_since(connection, 0, 2)] == [1, 2]


def test_upsert_inserts_leaves_and_updates(tmp_path: Path) -> None:
    catalogue = Catalogue.open(url(tmp_path))
    row = {"id": "s", "name": "演示", "platform": "trs", "base": "http://s.test/"}
    with catalogue.write() as connection:
        connection.execute(insert(t.site).values(**row))
        upsert(connection, t.site, [row | {"name": "甲", "base": "x"}], update=["name"])
        upsert(connection, t.site, [row | {"name": "乙"}])
    with catalogue.read() as connection:
        stored = connection.execute(select(t.site)).one()
    assert (stored.name, stored.base) == ("甲", "http://s.test/")


def test_processes_write_side_by_side(tmp_path: Path) -> None:
    catalogue = Catalogue.open(url(tmp_path))
    program = (
        "import sys\nfrom datetime import UTC, date, datetime\n"
        "from pipelines.catalogue import Catalogue\nfrom pipelines.changes import ChangeKind, append_changes\n"
        "c = Catalogue.open(sys.argv[1])\n"
        "for i in range(100):\n"
        "    with c.write() as k:\n"
        "        append_changes(k, [(sys.argv[2] * 16, ChangeKind.NEW)], night=date(2026, 3, 2),"
        " at=datetime(2026, 3, 2, tzinfo=UTC), run=None)\n"
    )
    children = [subprocess.Popen([sys.executable, "-c", program, url(tmp_path), letter]) for letter in "abc"]
    assert [child.wait(60) for child in children] == [0, 0, 0]
    with catalogue.read() as connection:
        assert last_seq(connection) == 300
