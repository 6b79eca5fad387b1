"""Hidden policies: what the catalogue and the change log keep of them, and that no later night shows them."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from made_policies import NOW, make_policy, store
from sqlalchemy import Connection

from index.sync import sync_index, verify_index
from index.tantivy_engine import TantivyEngine
from pipelines.backup import restore_backup, write_backup
from pipelines.catalogue import Catalogue
from pipelines.changes import ChangeKind, changes_since
from pipelines.config import load_config
from pipelines.hiding import (
    hidden_among,
    hidden_at,
    hide_policy,
    last_hiding,
    list_hidden,
    unhide_policy,
)
from pipelines.policies import load_stored

LATER = NOW + timedelta(days=1)
ONE, OTHER = make_policy(1), make_policy(2)


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    store(opened, [ONE, OTHER])
    yield opened
    opened.close()


def log(catalogue: Catalogue) -> list[tuple[str, ChangeKind]]:
    with catalogue.read() as connection:
        return [(change.page_id, change.kind) for change in changes_since(connection, 2, 100)]


def reason(catalogue: Catalogue) -> str | None:
    with catalogue.read() as connection:
        return load_stored(connection, [ONE.id])[ONE.id].hidden


def test_a_tombstone_and_the_way_back(catalogue: Catalogue) -> None:
    with catalogue.write() as connection:
        assert hide_policy(connection, ONE.id, "含个人信息", NOW)
        assert not hide_policy(connection, ONE.id, "另一个理由", LATER)
    assert (log(catalogue), reason(catalogue)) == ([(ONE.id, ChangeKind.HIDDEN)], "另一个理由")
    with catalogue.read() as connection:
        (listed,) = list_hidden(connection)
        assert (listed.id, listed.title, listed.url) == (ONE.id, ONE.title, ONE.url)
        assert (listed.reason, listed.at) == ("另一个理由", NOW)
        assert hidden_at(connection, ONE.id) == NOW
        assert hidden_at(connection, OTHER.id) is None
        assert hidden_among(connection, [ONE.id, OTHER.id, "none"]) == {ONE.id}
        assert last_hiding(connection) == 3
    with catalogue.write() as connection:
        assert unhide_policy(connection, ONE.id, LATER)
        assert not unhide_policy(connection, ONE.id, LATER)
    assert log(catalogue) == [(ONE.id, ChangeKind.HIDDEN), (ONE.id, ChangeKind.UNHIDDEN)]
    assert reason(catalogue) is None
    with catalogue.read() as connection:
        assert list_hidden(connection) == ()


def test_the_date_is_that_of_the_newest_tombstone_in_the_day_of_shanghai(catalogue: Catalogue) -> None:
    with catalogue.write() as connection:
        for at in (NOW, LATER):
            hide_policy(connection, ONE.id, "演示", at)
            unhide_policy(connection, ONE.id, at)
        hide_policy(connection, ONE.id, "演示", LATER)
        assert hidden_at(connection, ONE.id) == LATER
        nights = [change.night for change in changes_since(connection, 2, 9)]
    assert nights[0] == date(2026, 3, 3)  # 18:00 UTC is two o'clock of the next day there


@pytest.mark.parametrize(
    "act", [lambda c, i: hide_policy(c, i, "演示", NOW), lambda c, i: unhide_policy(c, i, NOW)]
)
def test_what_is_not_there_cannot_be_hidden(
    catalogue: Catalogue, act: Callable[[Connection, str], object]
) -> None:
    with pytest.raises(LookupError), catalogue.write() as connection:
        act(connection, "0" * 16)
    assert log(catalogue) == []


def test_the_index_lets_go_of_it_and_takes_it_back(catalogue: Catalogue, tmp_path: Path) -> None:
    engine = TantivyEngine(tmp_path / "index")
    for act, held in (
        (lambda c: hide_policy(c, ONE.id, "演示", NOW), {OTHER.id}),
        (lambda c: unhide_policy(c, ONE.id, NOW), {ONE.id, OTHER.id}),
    ):
        with catalogue.write() as connection:
            act(connection)
        sync_index(catalogue, engine)
        assert {page for page, _ in engine.reader().dump()} == held
        assert verify_index(catalogue, engine) == []


def test_a_backup_keeps_it(catalogue: Catalogue, tmp_path: Path) -> None:
    with catalogue.write() as connection:
        hide_policy(connection, ONE.id, "演示", NOW)
    write_backup(load_config({"data": str(tmp_path)}, {}), tmp_path / "b.tar", lambda: LATER)
    restore_backup(tmp_path / "b.tar", tmp_path / "back")
    restored = Catalogue.open(f"sqlite:///{tmp_path / 'back' / 'catalogue.sqlite'}")
    try:
        with restored.read() as connection:
            assert [(one.id, one.at) for one in list_hidden(connection)] == [(ONE.id, NOW)]
    finally:
        restored.close()
