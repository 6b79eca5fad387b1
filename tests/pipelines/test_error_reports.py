"""Reports of readers are kept within limits, listed and done."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from made_policies import NOW, make_policy, store

from pipelines import error_reports
from pipelines.catalogue import Catalogue
from pipelines.error_reports import (
    MAX_CONTACT,
    MAX_MESSAGE,
    ReportRefused,
    finish_report,
    load_reports,
    store_report,
)

PAGE = make_policy(1).id


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    catalogue = Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    store(catalogue, [make_policy(1)])
    yield catalogue
    catalogue.close()


def test_a_report_is_listed_until_it_is_done(catalogue: Catalogue) -> None:
    with catalogue.write() as connection:
        first = store_report(connection, PAGE, "written_date", " 应为5月2日\r\n见落款\x1b[31m ", "甲\n", NOW)
        second = store_report(connection, PAGE, "other", "x", "", NOW)
    with catalogue.read() as connection:
        one, two = load_reports(connection)
    assert (one.id, one.page_id, one.field) == (first, PAGE, "written_date")
    assert (one.message, one.contact, one.title) == ("应为5月2日\n见落款[31m", "甲", make_policy(1).title)
    assert (one.at, one.done_at, two.id) == (NOW, None, second)
    with catalogue.write() as connection:
        assert finish_report(connection, first, "已更正", NOW)
        assert not finish_report(connection, first, "again", NOW)
        assert not finish_report(connection, 99, "", NOW)
    with catalogue.read() as connection:
        assert [report.id for report in load_reports(connection)] == [second]
        done, _ = load_reports(connection, done=True)
    assert (done.done_at, done.note, done.contact) == (NOW, "已更正", "")


@pytest.mark.parametrize(
    ("field", "message", "contact", "reason"),
    [
        ("nothing", "x", "", "请选择"),
        ("title", " \n\x00 ", "", "请写明"),
        ("title", "长" * (MAX_MESSAGE + 1), "", "2000"),
        ("title", "x", "长" * (MAX_CONTACT + 1), "200"),
    ],
)
def test_what_cannot_be_taken(
    catalogue: Catalogue, field: str, message: str, contact: str, reason: str
) -> None:
    with pytest.raises(ReportRefused, match=reason), catalogue.write() as connection:
        store_report(connection, PAGE, field, message, contact, NOW)


def test_a_day_has_room_for_so_many(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(error_reports, "MAX_A_DAY", 3)
    with catalogue.write() as connection:
        for _ in range(3):
            store_report(connection, PAGE, "title", "x", "", NOW)
    with pytest.raises(ReportRefused, match="已满 3 件"), catalogue.write() as connection:
        store_report(connection, PAGE, "title", "x", "", NOW + timedelta(hours=23))
    with catalogue.write() as connection:
        store_report(connection, PAGE, "title", "x", "", NOW + timedelta(hours=25))
